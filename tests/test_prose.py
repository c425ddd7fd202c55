"""References in texts become formatted values (made-up dossier)."""

import pytest

from analysis.model.references import UnknownReference
from analysis.words import prose
from analysis.words.hidden_markup import find_marks, strip_marks

SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{arbres-plantes}}", "environ 6 000 arbres"),
        ("{{arbres-plantes|nombre}}", "environ 6 000"),
        ("{{arbres-plantes|periode}}", "de 2026 à 2030"),
        ("{{arbres-plantes|annee}}", "2026–2030"),
        ("{{arbres-plantes:cible|annee}}", "2034"),
        ("{{logements-renoves:precedent|annee}}", "2029"),
        ("{{logements-renoves|date}}", "fin 2030"),
        ("{{logements-renoves|complet}}", "100 logements rénovés en 2030"),
        ("{{logements-renoves:precedent|complet}}", "80 logements rénovés en 2029"),
        ("{{logements-renoves:evolution}}", "+ 25,0 %"),
        ("{{part-femmes:evolution}}", "+ 2,5 points"),  # 52,5 % after 50 %
        ("{{part-femmes:evolution|nombre}}", "+ 2,5"),
        ("{{visiteurs-accueil:precedent}}", "plus de 6 000 visiteurs"),
        ("l'an, c'est {{ agents }} : voilà", "l’an, c’est 160 agents : voilà"),
        ("rien", "rien"),
    ],
)
def test_text_is_resolved_and_typeset(edition, text, expected):
    assert strip_marks(prose.resolve_plain(edition, text)).translate(SPACES) == expected


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("{{arbres-plantes}} ou {{agents|nombre}}", ["arbres-plantes", "agents"]),
        ("{{logements-renoves:precedent|complet}}", ["logements-renoves:precedent"]),
        ("{{arbres-plantes|periode}}", []),
        ("{{visiteurs-accueil:evolution}}", ["visiteurs-accueil:evolution"]),
        ("{{arbres-plantes@mon-territoire}}", ["arbres-plantes"]),
    ],
)
def test_every_number_carries_its_reference(edition, text, marks):
    text = text.replace("mon-territoire", edition.territory["id"])
    assert [reference for _, reference in find_marks(prose.resolve_plain(edition, text))] == marks


def test_growth_of_periods_that_do_not_compare_is_refused_in_words(edition):
    text = strip_marks(prose.resolve_plain(edition, "{{visiteurs-accueil:evolution}}"))
    assert text.startswith("non disponible (")
    assert "non comparables" in text
    assert "%" not in text


@pytest.mark.parametrize("text", ["{{arbre-plantes}}", "{{arbres-plantes:hier}}"])
def test_unknown_reference_is_named_with_what_is_near(edition, text):
    with pytest.raises(UnknownReference, match=r"arbres?-plantes"):
        prose.resolve_plain(edition, text)


def test_unknown_format_is_refused(edition):
    with pytest.raises(UnknownReference, match=r"« gras ».*attendu"):
        prose.resolve_plain(edition, "{{arbres-plantes|gras}}")


def test_dates_of_an_action_are_said_in_order(edition):
    assert len(edition.milestones)
    for action, rows in edition.milestones.groupby("action"):
        text = prose.describe_milestones(edition, action)
        dated = rows.sort_values(["date_start", "date_end", "id"])
        places = [text.find(title) for title in dated["title"]]
        assert -1 not in places
        assert places == sorted(places)
        assert "NaT" not in text
        assert "nan" not in text


def test_braces_that_hold_no_reference_are_refused(edition):
    with pytest.raises(UnknownReference, match="écriture non reconnue"):
        prose.resolve_plain(edition, "{{ Arbres plantés }}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Spending of 2029, people of 2030.
        ("{{depenses-air}}, {{agents}}", "1,20 M€ (2029), 160 agents (fin 2030)"),
        ("{{depenses-air}} en {{depenses-air|annee}}, {{agents}}",
         "1,20 M€ en 2029, 160 agents (fin 2030)"),
        ("En 2030, {{agents|nombre}} agents et {{depenses-air}}",
         "En 2030, 160 agents et 1,20 M€ (2029)"),
        ("{{depenses-air|complet}}, {{agents|nombre}} agents",
         "1,20 M€ en 2029, 160 agents (fin 2030)"),
        ("Depuis 2029, {{depenses-air}} pour {{agents|nombre}}",  # 2029 is when it began
         "Depuis 2029, 1,20 M€ (2029) pour 160 (fin 2030)"),
        ("{{depenses-air}}. {{agents}}", "1,20 M€. 160 agents"),  # two sentences
        ("{{depenses-air}}, {{depenses-eau}}", "1,20 M€, 0,60 M€"),  # of one year
        # Six thousand trees from 2026 to 2030: 2030 is common to both.
        ("{{arbres-plantes}}, {{agents}}", "environ 6 000 arbres, 160 agents"),
        # A goal, a constant, a growth, a value beside the one before it.
        ("{{agents}}, {{arbres-plantes:cible}}", "160 agents, 10 000 arbres"),
        ("{{taux-obligation-emploi}}, {{agents}}", "6,0 %, 160 agents"),
        ("{{depenses-air}}, {{logements-renoves:evolution}}", "1,20 M€, + 25,0 %"),
        ("de {{agents:precedent|nombre}} à {{agents}}", "de 150 à 160 agents"),
    ],
)  # fmt: skip
def test_a_value_of_a_year_that_is_not_named_says_its_period(edition, text, expected):
    assert strip_marks(prose.resolve_plain(edition, text)).translate(SPACES) == expected


def test_where_the_period_stands_beside_it_is_not_said_again(edition):
    said = prose.resolve_plain(edition, "{{depenses-air}}, {{agents}}", dated=True)
    assert strip_marks(said).translate(SPACES) == "1,20 M€, 160 agents"

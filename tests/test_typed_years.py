"""A typed year beside a value of another period; words that claim, words that age."""

import shutil
from datetime import date

import pytest
from test_conditions import value

from analysis.compute.dossier import InvalidDossier
from analysis.compute.dossier.typed_years import check_reason, check_years
from analysis.compute.indicators import load_edition
from analysis.model.references import UnknownReference
from analysis.words import french

PERIODS = {
    "flux": (date(2030, 1, 1), date(2030, 12, 31)),
    "flux-avant": (date(2029, 1, 1), date(2029, 12, 31)),
    "dix-mois": (date(2030, 1, 1), date(2030, 10, 26)),
    "etat": (None, date(2030, 12, 31)),
    "saison": (date(2029, 9, 1), date(2030, 8, 31)),
    "cumul": (date(2025, 1, 1), date(2030, 12, 31)),
    "sans-date": (None, None),
    "cible": (None, date(2035, 12, 31)),
}


def resolve(reference):
    name, _, modifier = reference.partition(":")
    if name not in PERIODS:
        raise UnknownReference(name, "inconnu")
    return value(1.0, PERIODS[modifier if modifier == "cible" else name], modifier=modifier)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("En 2030, {{flux}} et {{etat}}.", ""),
        ("En 2029, {{flux}} et {{etat}}.", "2029"),
        ("La Ville a versé {{flux}} en 2029.", "2029"),
        ("Ce sont {{flux}}, en 2029.", "2029"),
        ("{{flux}} en 2030, contre {{flux-avant}} en 2029.", ""),
        ("{{flux}} en 2029, contre {{flux-avant}} en 2029.", "2029"),
        ("{{flux}}, contre {{flux-avant}} en 2028.", "2028"),
        ("En 2029, {{flux-avant}} et {{flux}}.", "2029"),  # the second is of 2030
        ("Au 26 octobre 2030, {{dix-mois}}.", ""),
        ("Au 31 octobre 2030, {{dix-mois}}.", "31 octobre 2030"),
        ("En octobre 2030, {{dix-mois}}.", ""),
        ("En mai 2030, {{dix-mois}}.", "mai 2030"),
        ("Pendant la saison 2029/2030, {{saison}}.", ""),
        ("Pendant la saison 2028-2029, {{saison}}.", "2028-2029"),
        ("En 2027, {{cumul}}.", "2027"),  # within, yet not of it
        # Another thing: when something began, a law, a plan to come, a name.
        ("Depuis 2025, {{flux}}.", ""),
        ("Le service, ouvert en mai 2019, a reçu {{flux}}.", ""),
        ("Né en 2003, renouvelé en 2008 puis en 2015, il a reçu {{flux}}.", ""),
        ("La loi du 17 août 2015 fixe {{etat}}.", ""),
        ("{{flux}} ont été signés en 2029.", "2029"),  # what is counted, not what began
        ("Le programme 2028-2034 a reçu {{flux}}.", ""),
        ("Le Plan Bleu 2020 a reçu {{flux}}.", ""),  # in digit_names.csv
        ("{{flux}} pour 2036.", ""),
        ("{{flux:cible}} pour 2035.", ""),
        ("{{flux:cible}} pour 2036.", "2036"),
        ("{{flux}}, pour un objectif de {{flux:cible}} en 2035.", ""),
        # Nothing to hold against; another sentence; what is unknown is said elsewhere.
        ("En 2029, {{sans-date}}.", ""),
        ("Le plan date de 2029. Il a reçu {{flux}}.", ""),
        ("En 2029, rien.", ""),
        ("En 2029, {{inconnu}}.", ""),
        ("- {{flux}} en 2030\n- {{flux}} en 2029", "2029"),
        ("Il a reçu {{flux}}, ce que dit un bilan paru cinq ans avant 2029.", ""),
    ],
)
def test_a_year_goes_with_its_value(text, wrong):
    found = list(check_years(text, ["Plan Bleu 2020"], 2030, resolve))
    if not wrong:
        assert found == []
        return
    ((sentence, problem, expected),) = found
    assert sentence in text
    assert f"« {wrong} » est tapé à côté de" in problem
    assert "|annee}}" in expected


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        (
            "2030/actions.csv",
            "{{logements-renoves|periode}}",
            "en 2029",
            "ligne 3, colonne « summary »",
        ),
        ("2030/texts/suivi.md", "en {{population-municipale|annee}}", "en 2028", "Analyse"),
    ],
)
def test_it_is_an_error_with_its_place_and_its_sentence(dossier_copy, file, old, new, place):
    path = dossier_copy.raw / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InvalidDossier) as error:
        load_edition(dossier_copy, 2030)
    said = str(error.value)
    for words in (file, place, f"« {new[3:]} » est tapé à côté de"):
        assert words in said


def test_a_summary_carried_over_is_refused_once_its_value_has_moved(later_dossier, tmp_path):
    """What « new-year » copies: the reference moves to 2031, the typed year stays."""
    root = tmp_path / "invente"
    shutil.copytree(later_dossier.root, root)
    later = type(later_dossier)(root)
    path = later.raw / "2031" / "actions.csv"
    path.write_text(path.read_text("utf-8").replace("en 2031", "en 2030"), "utf-8")
    with pytest.raises(InvalidDossier, match="« 2030 » est tapé à côté de « logements-renoves »"):
        load_edition(later, 2031)


def test_a_reason_speaks_of_its_two_values():
    both = {name: resolve(name) for name in ("flux", "flux-avant")}
    assert list(check_reason("L’un est de 2030, l’autre de 2029.", [], 2030, both)) == []
    assert list(check_reason("L’un est compté depuis 2011.", [], 2030, both)) == []
    ((_, problem, _),) = check_reason("L’un est de 2028.", [], 2030, both)
    assert problem.startswith("« 2028 » est tapé à côté de « flux »")
    assert list(check_reason("De 2028.", [], 2030, {"a": resolve("sans-date")})) == []


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("L’habitat pèse le plus", ["plus"]),
        ("Toutes les communes adhèrent", ["Toutes"]),
        ("L'Office a dépassé ses contacts", ["dépassé"]),
        ("Les aides baissent, presque de moitié", ["baissent", "presque", "moitié"]),
        ("Les deux parts sont égales", ["égales"]),
        ("Le parc est passé de {{a}} à {{b}}", ["passé de"]),
        ("Les communes de plus de {{seuil}}", []),
        ("Les achats supérieurs à {{seuil}}", []),
        ("Elle n’échange plus de papier", []),
        ("[premier] : {{plus-de-visiteurs}}", []),
        ("Des moyens uniques", ["uniques"]),
        ("La commune plusieurs fois nommée, une surtaxe", []),
        ("Elle abandonne peu à peu le papier", []),
        ("{{a}} représente {{b}} du total", []),
    ],
)
def test_words_that_claim(text, claims):
    assert french.find_claims(text) == claims


def test_words_that_age():
    assert french.find_ageing("Un guide paraîtra bientôt ; à ce jour, rien. L'an dernier…") == [
        "bientôt", "à ce jour", "L’an dernier",
    ]  # fmt: skip
    assert french.find_ageing("L’année suivante, un guide a paru.") == []

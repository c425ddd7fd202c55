"""References: grammar, what they find, what they say when there is nothing."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.model.references import (
    Reference,
    UnknownReference,
    choose_target,
    combine_qualifiers,
    find_in_formula,
    find_in_prose,
    parse_reference,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arbres-plantes", Reference("arbres-plantes")),
        ("arbres-plantes:N-1", Reference("arbres-plantes", "", "N-1")),
        ("arbres@99001", Reference("arbres", "99001", "")),
        ("arbres@pays-exemple:cible", Reference("arbres", "pays-exemple", "cible")),
    ],
)
def test_grammar(text, expected):
    assert parse_reference(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    "text", ["", "Arbres", "arbres plantés", "arbres:", "a@b@c", "a:N-1:cible"]
)
def test_malformed_references_are_refused(text):
    with pytest.raises(UnknownReference, match="écriture non reconnue"):
        parse_reference(text)


def test_unknown_modifier_is_named_with_a_close_one():
    with pytest.raises(UnknownReference, match=r"« :precedant » n’est pas.*« precedent »"):
        parse_reference("arbres:precedant")


def test_mentions_in_prose_and_formulas():
    mentions = find_in_prose("De {{a}} à {{b:precedent|nombre}}.")
    assert [(m.reference, m.format) for m in mentions] == [("a", ""), ("b:precedent", "nombre")]
    assert find_in_formula("{a} / ({b:N-1} + {a})") == ["a", "b:N-1"]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([("exact", 1), ("exact", -1)], "exact"),
        ([("plus de", 1), ("exact", -1)], "plus de"),
        ([("exact", 1), ("plus de", -1)], "moins de"),
        ([("plus de", 1), ("au moins", 1)], "au moins"),
        ([("plus de", 1), ("au plus", 1)], "environ"),
        ([("plus de", 0)], "environ"),
        ([("près de", 1)], "environ"),
    ],
)
def test_qualifiers_follow_the_sign_of_their_term(terms, expected):
    assert combine_qualifiers(terms) == expected


def test_value_without_modifier_is_the_latest(edition):
    value = edition.value("visiteurs-accueil")
    assert (value.value, value.status) == (4752, "provisoire")
    assert (value.period_start, value.period_end) == (date(2030, 1, 1), date(2030, 10, 31))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("visiteurs-accueil:precedent", 6000),
        ("visiteurs-accueil:N", 4752),
        ("visiteurs-accueil:N-1", 6000),
        ("visiteurs-accueil:par-mois", 475.2),
        ("logements-renoves:evolution", 25),
        ("arbres-plantes:cible", 10000),
        ("soutien-par-habitant@pays-exemple", 38),
        ("communes-diagnostiquees@99001", 1),
        ("communes-diagnostiquees", 2),
        ("population-municipale:N-1", 1500),
    ],
)
def test_modifiers(edition, reference, expected):
    assert edition.value(reference).value == pytest.approx(expected)


def test_evolution_is_a_percentage(edition):
    value = edition.value("logements-renoves:evolution")
    assert (value.unit, value.precision, value.modifier) == ("pourcent", 0.1, "evolution")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("visiteurs-accueil:evolution", "périodes non comparables : 12 mois contre 10 mois"),
        ("arbres-plantes:precedent", "pas de période précédente"),
        ("arbres-plantes:N-1", "aucune valeur pour 2029"),
        ("logements-renoves:cible", "aucun objectif donné par la source"),
        ("agents:par-mois", "ce n’est pas un flux : pas de moyenne par mois"),
        ("part-femmes:evolution", "un taux en % se compare en points, pas en %"),
        ("population-totale:N", "population 2030 non connue pour 1 des 3 communes membres"),
    ],
)
def test_a_missing_value_says_why(edition, reference, reason):
    value = edition.value(reference)
    assert value.value is None
    assert value.missing == reason


def test_unknown_indicator_is_named_with_close_matches(edition):
    with pytest.raises(UnknownReference) as error:
        edition.value("arbre-plante")
    assert str(error.value).startswith(
        "référence « arbre-plante » : indicateur inconnu. Vouliez-vous dire « arbres-plantes »"
    )


def test_unknown_territory_is_refused(edition):
    with pytest.raises(UnknownReference, match="aucune valeur de cet indicateur"):
        edition.value("arbres-plantes@pays-exemple")


def test_the_next_target_is_chosen():
    targets = [{"date": date(2025, 1, 1)}, {"date": date(2040, 1, 1)}, {"date": None},
               {"date": date(2032, 1, 1)}]  # fmt: skip
    assert choose_target(targets, 2030)["date"] == date(2032, 1, 1)
    assert choose_target(targets[:1], 2030)["date"] == date(2025, 1, 1)
    assert choose_target([], 2030) is None

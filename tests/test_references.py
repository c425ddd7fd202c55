"""References: grammar, what they find, what they say when there is nothing."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.model.references import (
    BOUNDED,
    FALLING_COUNT,
    Ledger,
    Reference,
    UnknownReference,
    Value,
    choose_target,
    combine_qualifiers,
    combine_status,
    find_in_formula,
    find_in_prose,
    judge_pair,
    parse_reference,
    read_movement,
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
    with pytest.raises(UnknownReference, match="écriture non reconnue") as error:
        parse_reference(text)
    assert (error.value.reference, error.value.hint) == (text, "")
    assert not str(error.value).endswith(". ")


def test_unknown_modifier_is_named_with_a_close_one():
    with pytest.raises(UnknownReference, match=r"« :precedant » n’est pas.*« precedent »"):
        parse_reference("arbres:precedant")
    with pytest.raises(UnknownReference, match=r"référence « arbres:par » .*« par-mois »"):
        parse_reference("arbres:par")


def test_mentions_in_prose_and_formulas():
    mentions = find_in_prose("De {{a}} à {{b:precedent|nombre}}.")
    assert [(m.reference, m.format) for m in mentions] == [("a", ""), ("b:precedent", "nombre")]
    text = "De {{ a }} à {{b}}."
    assert [text[m.start : m.end] for m in find_in_prose(text)] == ["{{ a }}", "{{b}}"]
    assert find_in_formula("{a} / ({b:N-1} + {a})") == ["a", "b:N-1"]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([("exact", 1), ("exact", -1)], "exact"),
        ([("plus de", 1), ("exact", -1)], "plus de"),
        ([("exact", 1), ("plus de", -1)], "moins de"),
        ([("plus de", 1), ("au moins", 1)], "au moins"),
        ([("plus de", 1), ("au plus", 1)], None),
        ([("plus de", 1), ("plus de", -1)], None),
        ([("plus de", 0)], None),
        ([("environ", 0)], "environ"),
        ([("près de", 1)], "près de"),
        ([("près de", -1)], "environ"),
        ([("près de", 1), ("plus de", 1)], "au moins"),
        ([("près de", 1), ("moins de", 1)], "moins de"),
        ([("au plus", 1), ("environ", -1)], "au plus"),
        ([("moins de", 1), ("environ", 1)], "au plus"),
        ([("", 1), ("moins de", -1)], "plus de"),
        ([("plus de", 1), ("moins de", -1)], "plus de"),
        ([("au plus", 1), ("au moins", -1)], "au plus"),
        ([], "exact"),
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
        ("logements-renoves:cible", "aucun objectif donné"),
        ("agents:par-mois", "ce n’est pas un flux : pas de moyenne par mois"),
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


# --- a ledger written by hand, edition 2030 -------------------------------------------------------

ENTRY = {"title": "Arbres", "unit": "arbre", "measure": "flux", "precision": 10}
YEAR = (date(2030, 1, 1), date(2030, 12, 31))
BEFORE = (date(2029, 1, 1), date(2029, 12, 31))


def entry(value, start, end, rank=0, territory="ici", **changes):
    return {
        "indicator": "arbres", **ENTRY, "territory": territory, "value": value, "rank": rank,
        "period_start": start, "period_end": end, "qualifier": "exact", "status": "définitif",
        "stage": "", "payer": "", "missing": "" if value is not None else "pas répondu",
    } | changes  # fmt: skip


def make_ledger(*rows, targets=()):
    return Ledger(2030, "ici", {"arbres": ENTRY}, {"arbres": list(targets)}, rows)


def test_a_value_has_all_that_its_row_says():
    row = entry(7, *YEAR, qualifier="plus de", status="provisoire", stage="prévu", payer="état")
    value = make_ledger(row).resolve("arbres:N")
    for name in ("indicator", "title", "value", "unit", "measure", "qualifier", "status", "stage",
                 "period_start", "period_end", "precision", "payer", "missing",
                 "territory"):  # fmt: skip
        assert getattr(value, name) == row[name]
    assert value.modifier == "N"


def test_what_is_missing_still_says_what_it_would_be():
    value = make_ledger(entry(7, *YEAR)).resolve("arbres@ici:precedent")
    assert (value.indicator, value.title, value.unit) == ("arbres", "Arbres", "arbre")
    assert (value.measure, value.precision, value.territory) == ("flux", 10, "ici")
    assert (value.value, value.missing) == (None, "pas de période précédente")
    assert (value.period_start, value.period_end) == (None, None)
    assert make_ledger().resolve("arbres").missing == "aucune valeur connue"


@pytest.mark.parametrize(
    ("territories", "reference", "expected"),
    [
        (["ici"], "arbres", 0),
        (["voisin"], "arbres", 0),  # the only one
        (["voisin", "ici"], "arbres", 1),  # ours
        (["voisin", "ailleurs"], "arbres@ailleurs", 1),
        (["voisin", "ailleurs"], "arbres", "plusieurs territoires"),
        (["voisin", "ailleurs", "loin"], "arbres", "plusieurs territoires"),
        (["voisin"], "arbres@ici", "aucune valeur"),
        ([], "arbres@ici", None),  # not measured yet, anywhere
    ],
)
def test_the_territory_meant(territories, reference, expected):
    ledger = make_ledger(
        *(entry(number, *YEAR, territory=name) for number, name in enumerate(territories))
    )
    if isinstance(expected, str):
        with pytest.raises(UnknownReference) as error:
            ledger.resolve(reference)
        assert expected in error.value.problem
        assert error.value.reference == reference
        assert list(error.value.near) == [f"arbres@{name}" for name in territories]
        assert ledger.rows(*reference.split("@")) == []
    else:
        assert ledger.resolve(reference).value == expected


def test_rows_of_what_nobody_knows():
    assert make_ledger().rows("eau") == []
    assert make_ledger().rows("eau", "ici") == []


def test_three_near_names_at_most():
    names = [f"arbres-{letter}" for letter in "abcd"]
    ledger = Ledger(2030, "ici", dict.fromkeys(names, ENTRY), {})
    with pytest.raises(UnknownReference) as error:
        ledger.resolve("arbres-z")
    assert len(error.value.near) == 3
    assert error.value.reference == "arbres-z"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Of one year: what ends last, of what has a number; of two that end together, the shorter.
        ([entry(5, None, date(2030, 6, 30)), entry(6, None, date(2030, 9, 30))], 6),
        ([entry(6, None, date(2030, 9, 30)), entry(5, None, date(2030, 6, 30))], 6),
        ([entry(5, None, date(2030, 6, 30)), entry(None, None, date(2030, 9, 30))], 5),
        ([entry(7, *YEAR), entry(3, date(2030, 7, 1), date(2030, 12, 31))], 3),
        ([entry(9, None, None), entry(8, *BEFORE)], "aucune valeur pour 2030"),
        ([entry(None, *YEAR)], "pas répondu"),
    ],
)
def test_the_value_of_the_year(rows, expected):
    value = make_ledger(*rows).resolve("arbres:N")
    assert expected == (value.missing or value.value)


@pytest.mark.parametrize(
    ("latest", "precedent", "expected"),
    [
        ((60, {}), (50, {}), (20, "exact", "définitif")),
        ((40, {}), (50, {}), (-20, "exact", "définitif")),
        ((40, {}), (-50, {}), "valeur précédente négative : pas de croissance en %"),
        ((-40, {}), (-50, {}), "valeur précédente négative : pas de croissance en %"),
        ((-40, {}), (50, {}), (-180, "exact", "définitif")),
        ((60, {"qualifier": "plus de"}), (50, {}), BOUNDED),
        ((60, {}), (50, {"qualifier": "plus de"}), BOUNDED),
        ((60, {"qualifier": "au plus"}), (50, {"qualifier": "environ"}), BOUNDED),
        ((60, {"qualifier": "environ"}), (50, {}), (20, "environ", "définitif")),
        ((60, {"status": "provisoire"}), (50, {}), (20, "exact", "provisoire")),
        ((60, {}), (50, {"status": "prévisionnel"}), (20, "exact", "prévisionnel")),
        ((3, {}), (1, {}), (200, "exact", "définitif")),
        ((3, {}), (0, {}), "valeur précédente nulle : pas de croissance en %"),
        ((None, {}), (50, {}), "pas répondu"),
        ((60, {}), (None, {}), "pas répondu"),
        ((60, {"period_start": date(2030, 3, 1)}), (50, {}),
         "périodes non comparables : 12 mois contre 10 mois"),
    ],
)  # fmt: skip
def test_growth(latest, precedent, expected):
    ledger = make_ledger(
        entry(latest[0], *YEAR, **latest[1]), entry(precedent[0], *BEFORE, rank=1, **precedent[1])
    )
    value = ledger.resolve("arbres:evolution")
    assert (value.unit, value.precision, value.measure) == ("pourcent", 0.1, "taux")
    if isinstance(expected, str):
        assert (value.value, value.qualifier, value.missing) == (None, "", expected)
    else:
        assert (value.value, value.qualifier, value.status) == expected


ENDS = date(2030, 12, 31), date(2029, 12, 31)


@pytest.mark.parametrize(
    ("latest", "precedent", "expected"),
    [
        # (number, qualifier, status, dated): which way it moved, whether by how much is unknown,
        # whether the rise that is wanted came.
        ((60, "exact", "", True), (50, "exact", "", True), (1, False, True)),
        ((40, "exact", "", True), (50, "environ", "", True), (-1, False, False)),
        ((50.4, "exact", "", True), (50, "exact", "", True), (0, False, None)),  # printed alike
        ((60, "plus de", "", True), (50, "exact", "", True), (1, True, True)),
        ((60, "plus de", "", True), (50, "moins de", "", True), (1, True, True)),
        ((2.6, "plus de", "", True), (3.2, "exact", "", True), (None, True, None)),
        ((60, "moins de", "", True), (50, "exact", "", True), (None, True, None)),
        ((60, "plus de", "", True), (50, "plus de", "", True), (None, True, None)),
        ((40, "moins de", "", True), (50, "exact", "", True), (-1, True, False)),
        ((40, "exact", "", True), (50, "au moins", "", True), (-1, True, False)),
        # 6, then more than 6; at least 6 may still be 6.
        ((6, "plus de", "", True), (6, "exact", "", True), (1, True, True)),
        ((6, "au moins", "", True), (6, "exact", "", True), (None, True, None)),
        ((6, "au plus", "", True), (6, "exact", "", True), (None, True, None)),
        # More than 124,55 is printed « plus de 124 », 124,52 « 125 ».
        ((124.55, "plus de", "", True), (124.52, "exact", "", True), (None, True, None)),
        ((6.2, "plus de", "", True), (6.4, "exact", "", True), (None, True, None)),
        # Nobody can say since when, or it is but foreseen.
        ((60, "exact", "", True), (50, "exact", "", False), (1, False, None)),
        ((60, "exact", "prévisionnel", True), (50, "exact", "", True), (1, False, None)),
        ((60, "exact", "", True), (50, "exact", "prévisionnel", True), (1, False, None)),
        ((60, "exact", "", False), (50, "exact", "", True), (1, False, None)),
        ((60, "exact", "provisoire", True), (50, "exact", "", True), (1, False, None)),
        # « Environ 50 » may be 55.
        ((55, "exact", "", True), (50, "environ", "", True), (1, False, None)),
        ((56, "exact", "", True), (50, "environ", "", True), (1, False, True)),
    ],
)  # fmt: skip
def test_which_way_a_value_moved(latest, precedent, expected):
    values = []
    for end, (number, qualifier, status, dated) in zip(ENDS, (latest, precedent), strict=True):
        row = entry(number, None, end if dated else None, qualifier=qualifier, measure="stock")
        values.append(Value.from_row(row | {"status": status or "définitif", "precision": 1}))
    found = read_movement(*values, "hausse")
    assert (found.sense, found.bounded, found.worth) == expected


@pytest.mark.parametrize(
    ("latest", "precedent", "reason"),
    [
        ((60, "exact"), (57, "exact"), ""),
        ((57, "exact"), (60, "exact"), FALLING_COUNT),
        ((57, "environ"), (60, "exact"), FALLING_COUNT),
        ((57, "moins de"), (60, "exact"), FALLING_COUNT),
        ((57, "plus de"), (60, "exact"), ""),  # it may have grown
        ((57, "exact"), (60, "au plus"), ""),
    ],
)
def test_a_cumulated_count_can_but_grow(latest, precedent, reason):
    first = date(2021, 1, 1)
    values = [
        Value.from_row(entry(number, first, end, qualifier=qualifier))
        for end, (number, qualifier) in zip(ENDS, (latest, precedent), strict=True)
    ]
    verdict = judge_pair(*values)
    assert (verdict.comparable, verdict.reason) == (not reason, reason)


@pytest.mark.parametrize(
    ("latest", "precedent", "expected"),
    [
        ((52.5, {}), (47.5, {}), 5),
        ((2, {}), (-1, {}), 3),  # points need no positive base
        ((2, {}), (0, {}), 2),
        ((52.5, {"qualifier": "au moins"}), (47.5, {"qualifier": "plus de"}), BOUNDED),
        ((60, {"period_start": date(2030, 3, 1)}), (50, {}),
         "périodes non comparables : 12 mois contre 10 mois"),
    ],
)  # fmt: skip
def test_a_share_changes_in_points(latest, precedent, expected):
    share = {"unit": "pourcent", "measure": "taux", "precision": 0.5}
    ledger = make_ledger(
        entry(latest[0], *YEAR, **(share | latest[1])),
        entry(precedent[0], *BEFORE, rank=1, **(share | precedent[1])),
    )
    value = ledger.resolve("arbres:evolution")
    assert (value.unit, value.precision, value.measure) == ("point", 0.5, "taux")
    assert expected == (value.missing or value.value)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (entry(60, *YEAR), 5),
        (entry(60, date(2030, 1, 1), date(2030, 10, 31)), 6),
        (entry(None, *YEAR), "pas répondu"),
        (entry(60, None, YEAR[1]), "durée de la période non précisée"),
        (entry(60, *YEAR, measure="stock"), "ce n’est pas un flux : pas de moyenne par mois"),
    ],
)
def test_a_month_of_a_flow(row, expected):
    value = make_ledger(row).resolve("arbres:par-mois")
    assert expected == (value.missing or value.value)


def test_a_target_as_a_value():
    goal = {"value": 900, "qualifier": "au moins", "date": date(2030, 12, 31)}
    ledger = make_ledger(entry(5, *YEAR, territory="voisin"), targets=[goal])
    value = ledger.resolve("arbres:cible")
    assert (value.value, value.qualifier, value.status) == (900, "au moins", "prévisionnel")
    assert (value.period_start, value.period_end) == (None, date(2030, 12, 31))
    assert (value.missing, value.modifier, value.territory) == ("", "cible", "ici")
    assert ledger.resolve("arbres@voisin:cible").territory == "voisin"
    without = make_ledger().resolve("arbres:cible")
    assert (without.value, without.missing) == (None, "aucun objectif donné")


def test_the_least_settled_status_is_kept():
    assert combine_status(["définitif", "provisoire", ""]) == "provisoire"
    assert combine_status(["provisoire", "prévisionnel", "définitif"]) == "prévisionnel"
    assert combine_status([]) == ""


def test_a_watched_ledger_answers_alike_and_tells_what_it_looks_up():
    ledger, seen = make_ledger(entry(7, *YEAR), targets=[{"date": None}]), {}

    def wrap(table, mapping):
        seen[table] = mapping
        return mapping

    assert ledger.watch(wrap).resolve("arbres") == ledger.resolve("arbres")
    assert {table: list(mapping) for table, mapping in seen.items()} == {
        "indicators": ["arbres"], "targets": ["arbres"], "values": ["arbres"]
    }  # fmt: skip
    empty = ledger.watch(lambda table, mapping: {"arbres": ENTRY} if table == "indicators" else {})
    assert empty.rows("arbres") == []
    assert empty.resolve("arbres:cible").value is None
    with pytest.raises(UnknownReference):
        ledger.watch(lambda table, mapping: {}).resolve("arbres")
    assert ledger.resolve("arbres").value == 7, "the ledger itself is as it was"


@pytest.mark.parametrize(
    ("years", "chosen"),
    [
        ([2025, 2040, None, 2032], 2032),
        ([2032, 2030], 2030),  # due in the edition's own year: still ahead
        ([2025, None], None),
        ([2020, 2025, 2015], 2025),  # all past: the last
        ([2040, None], 2040),
    ],
)
def test_the_next_target_is_chosen(years, chosen):
    targets = [{"date": year and date(year, 1, 1)} for year in years]
    assert choose_target(targets, 2030) == {"date": chosen and date(chosen, 1, 1)}


def test_without_targets_none_is_chosen():
    assert choose_target([], 2030) is None

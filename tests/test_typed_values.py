"""Checks of what is typed, each on a table of a few rows: bounds, periods, stages, parts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.compute.dossier import crosschecks, valuechecks
from analysis.compute.dossier.crosschecks import Loaded
from analysis.compute.dossier.typed_tables import empty_frame, read_table
from analysis.compute.dossier.valuechecks import find_bounds
from analysis.model.schema import TABLES

DEFAULTS = {
    "observations": {
        "indicator": "arbres", "territory": "ici", "value": "5", "unit": "arbre",
        "qualifier": "exact", "status": "définitif", "source": "s", "locator": "l. 1",
    },
    "budget": {
        "indicator": "aide", "stage": "réalisé", "amount_eur": "5", "payer": "ici",
        "qualifier": "exact", "source": "s", "locator": "l. 1",
    },
    "targets": {"indicator": "arbres", "value": "5", "qualifier": "exact", "source": "s",
                "locator": "l. 1"},
    "parts": {"whole": "arbres", "breakdown": "par-essence", "part": "chenes", "addition": "égale"},
    "communes": {"insee": "99001", "name": "Aubépine"},
    "requests": {"indicator": "arbres", "territory": "ici", "service": "s", "due": "2030-10-01"},
    "places": {"action": "haies", "insee": "99001", "kind": "k", "name": "n", "status": "",
               "source": "s", "locator": "l. 1"},
}  # fmt: skip
#: id, unit, measure, minimum, maximum.
CATALOGUE = {
    "arbres": ("arbre", "flux", "", ""),
    "chenes": ("arbre", "flux", "", ""),
    "pins": ("arbre", "flux", "", ""),
    "agents": ("agent", "stock", "", ""),
    "part": ("pourcent", "taux", "", ""),
    "hausse": ("pourcent", "taux", "-20", "150"),
    "aide": ("eur", "flux", "", "1000"),
}


@pytest.fixture
def load(tmp_path):
    """What is read of a dossier of which only a few rows are typed: file → rows."""

    def write(file: str, name: str, rows: list[dict]) -> pd.DataFrame:
        header = TABLES[name].header
        lines = [
            ",".join(str((DEFAULTS.get(name, {}) | row).get(column, "")) for column in header)
            for row in rows
        ]
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([",".join(header), *lines]) + "\n", "utf-8")
        frame, _ = read_table(path, TABLES[name], file)
        return frame

    def run(files: dict[str, list[dict]], catalogue=CATALOGUE) -> Loaded:
        loaded = Loaded(2030, Path(tmp_path), territory={"id": "ici", "name": "Ici"})
        loaded.tables = {name: empty_frame(table) for name, table in TABLES.items()}
        entries = [
            dict(zip(("id", "unit", "measure", "minimum", "maximum"), (id, *cells), strict=True))
            for id, cells in catalogue.items()
        ]
        for file, rows in ({"reference/indicators.csv": entries} | files).items():
            name = Path(file).stem
            frame = write(file, name, rows)
            loaded.parts.append((TABLES[name], file, frame))
            known = loaded.tables[name].assign(edition=0, file="")
            new = frame.assign(edition=2030, file=file)
            loaded.tables[name] = pd.concat([known, new]) if len(known) else new
        return loaded

    return run


def find(check, loaded: Loaded) -> list[tuple]:
    """Where a check finds faults: file, row, column, what was read."""
    return [(fault.file, fault.row, fault.column, fault.value) for fault in check(loaded)]


OBS, BUDGET = "2030/observations.csv", "2030/budget.csv"

# --- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "minimum", "maximum", "bounds"),
    [
        ("arbre", None, None, (0, None)),
        ("pourcent", None, None, (0, 100)),
        ("pourcent", -20, None, (-20, 100)),
        ("pourcent", None, 150, (0, 150)),
        ("arbre", 3, 7, (3, 7)),
    ],
)
def test_bounds_given_and_bounds_that_hold_without(unit, minimum, maximum, bounds):
    found = find_bounds(unit, float(minimum or "nan"), float(maximum or "nan"))
    assert (found.low, found.high, found.unit) == (*bounds, unit)


@pytest.mark.parametrize(
    ("indicator", "value", "problem", "expected"),
    [
        ("arbres", "0", None, ""),
        ("arbres", "-0.5", "valeur négative", "Attendu : au moins 0."),
        ("part", "100", None, ""),
        ("part", "100.5", "part supérieure à 100 %", "Attendu : au plus 100."),
        ("hausse", "-20", None, ""),
        ("hausse", "-20.5", "valeur inférieure à la borne basse -20", "remplir « minimum »"),
        ("hausse", "150", None, ""),
        ("hausse", "150.5", "valeur supérieure à la borne haute 150", "remplir « maximum »"),
        ("inconnu", "-5", None, ""),  # told with the codes
    ],
)
def test_a_typed_value_within_its_bounds(load, indicator, value, problem, expected):
    loaded = load({OBS: [{"indicator": "arbres"}, {"indicator": indicator, "value": value}]})
    faults = list(valuechecks.check_bounds(loaded))
    if problem is None:
        assert faults == []
        return
    (fault,) = faults
    assert (fault.file, fault.row, fault.column) == (OBS, 3, "value")
    assert fault.value == value.replace(".", ",")
    assert fault.problem == problem
    assert expected in fault.expected
    assert f"« {indicator} »" in fault.expected


def test_amounts_and_targets_have_bounds_too(load):
    loaded = load({
        BUDGET: [{"amount_eur": "1000"}, {"amount_eur": "1001"}, {"amount_eur": ""}],
        "2030/targets.csv": [{"value": "-1"}],
    })  # fmt: skip
    assert find(valuechecks.check_bounds, loaded) == [
        (BUDGET, 3, "amount_eur", "1001"),
        ("2030/targets.csv", 2, "value", "-1"),
    ]
    loaded.unread.add("indicators")
    assert find(valuechecks.check_bounds, loaded) == []


def test_bounds_in_the_wrong_order_are_no_fault_of_the_values(load):
    catalogue = {"arbres": ("arbre", "flux", "9", "3"), "pins": ("arbre", "flux", "3", "3")}
    rows = [{"value": "5"}, {"indicator": "pins", "value": "3"}]
    assert find(valuechecks.check_bounds, load({OBS: rows}, catalogue)) == []


# --- typed twice ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observed", "amount", "double"),
    [
        (("2030-01-01", "2030-12-31"), ("2030", ""), True),
        (("2030-01-01", "2031-12-31"), ("2030", "2031"), True),
        (("", ""), ("", ""), True),
        (("2030-01-01", "2030-10-31"), ("2030", ""), False),
        (("2029-01-01", "2029-12-31"), ("2030", ""), False),
        (("2030-01-01", "2030-12-31"), ("2030", "2031"), False),
    ],
)
def test_one_amount_typed_in_both_tables(load, observed, amount, double):
    spans = {"period_start": observed[0], "period_end": observed[1]}
    files = {
        OBS: [{"indicator": "agents"}, {"indicator": "aide", **spans}],
        BUDGET: [{"fiscal_year": amount[0], "fiscal_year_end": amount[1]}],
    }
    found = find(valuechecks.check_double_entries, load(files))
    assert found == ([(OBS, 3, "indicator", "aide")] if double else [])
    loaded = load(files)
    loaded.unread.add("budget")
    assert find(valuechecks.check_double_entries, loaded) == []
    loaded = load(files)
    loaded.territory = {}
    assert find(valuechecks.check_double_entries, loaded) == []
    files[OBS][1]["territory"] = "voisin"
    assert find(valuechecks.check_double_entries, load(files)) == [], "of another territory"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"value": "5"}, {"value": "6"}, True),
        ({"value": "5"}, {"value": "5"}, False),
        ({"value": "5"}, {"value": "6", "note": "révisé"}, False),
        ({"value": "5", "note": "n"}, {"value": "6", "note": "n"}, True),  # copied with the row
        ({"value": "5", "note": "n"}, {"value": "6"}, True),
        ({"value": "5"}, {"value": ""}, False),  # a cell without a number is told elsewhere
        ({"value": ""}, {"value": "6"}, False),
        ({"value": "5"}, {"value": "6", "territory": "voisin"}, False),
    ],
)
def test_a_value_given_again_otherwise_says_why(load, before, after, told):
    span = {"period_start": "2029-01-01", "period_end": "2029-12-31"}
    loaded = load({"2029/observations.csv": [span | before], OBS: [{}, span | after]})
    faults = list(valuechecks.check_revisions(loaded))
    assert [(f.file, f.row, f.column, f.value) for f in faults] == (
        [(OBS, 3, "value", "6")] if told else []
    )
    assert all("2029/observations.csv, ligne 2 (5)" in fault.problem for fault in faults)


def test_within_one_file_a_key_that_repeats_is_no_revision(load):
    amounts = [{"fiscal_year": "2030"}, {"fiscal_year": "2030", "amount_eur": "9"}]
    assert find(valuechecks.check_revisions, load({BUDGET: amounts})) == []
    loaded = load({"2029/budget.csv": amounts[:1], BUDGET: amounts[1:]})
    assert find(valuechecks.check_revisions, loaded) == [(BUDGET, 2, "amount_eur", "9")]


# --- periods and years ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "start", "end", "column"),
    [
        ("arbres", "2030-01-01", "2030-12-31", None),
        ("arbres", "", "", None),
        ("arbres", "2030-01-01", "", "period_end"),
        ("arbres", "", "2030-12-31", "period_start"),
        ("arbres", "2030-12-31", "2030-01-01", "period_end"),
        ("arbres", "2030-12-31", "2030-12-31", None),
        ("agents", "", "2030-12-31", None),
        ("agents", "2030-01-01", "2030-12-31", "period_start"),
        ("agents", "2030-01-01", "", "period_start"),
        ("part", "2030-01-01", "2030-12-31", None),
        ("part", "", "2030-12-31", None),  # a rate at a date
        ("part", "2030-01-01", "", "period_end"),
    ],
)
def test_dates_that_a_measure_admits(load, indicator, start, end, column):
    row = {"indicator": indicator, "period_start": start, "period_end": end}
    found = find(crosschecks.check_periods, load({OBS: [{}, row]}))
    assert [(file, line, name) for file, line, name, _ in found] == (
        [(OBS, 3, column)] if column else []
    )


@pytest.mark.parametrize(
    ("first", "last", "column"),
    [
        ("2030", "", None), ("2030", "2030", None), ("2030", "2032", None), ("", "", None),
        ("2030", "2029", "fiscal_year_end"), ("", "2030", "fiscal_year"),
    ],
)  # fmt: skip
def test_fiscal_years_in_order(load, first, last, column):
    loaded = load({BUDGET: [{"fiscal_year": first, "fiscal_year_end": last}]})
    found = find(crosschecks.check_periods, loaded)
    assert [(file, row, name) for file, row, name, _ in found] == (
        [(BUDGET, 2, column)] if column else []
    )


def test_ends_of_other_tables_come_after_their_starts(load):
    loaded = load({
        "2030/requests.csv": [{"period_start": "2030-02-01", "period_end": "2030-01-01"}],
        "reference/communes.csv": [{"member_from": "2030-02-01", "member_to": "2030-01-31"}],
    })  # fmt: skip
    assert find(crosschecks.check_periods, loaded) == [
        ("2030/requests.csv", 2, "period_end", "2030-01-01"),
        ("reference/communes.csv", 2, "member_to", "2030-01-31"),
    ]


@pytest.mark.parametrize(
    ("status", "end", "told"),
    [
        ("définitif", "2030-12-31", False), ("définitif", "2031-01-01", True),
        ("provisoire", "2031-06-30", True), ("prévisionnel", "2031-06-30", False),
    ],
)  # fmt: skip
def test_what_is_measured_is_not_of_a_later_year(load, status, end, told):
    loaded = load({OBS: [{"status": status, "period_end": end}]})
    found = find(crosschecks.check_not_later, loaded)
    assert found == ([(OBS, 2, "period_end", end)] if told else [])


@pytest.mark.parametrize(
    ("stage", "first", "last", "column"),
    [
        ("réalisé", "2030", "", None), ("réalisé", "2031", "", "fiscal_year"),
        ("réalisé", "2030", "2031", "fiscal_year_end"), ("réalisé", "2029", "2030", None),
        ("réalisé", "2031", "2032", "fiscal_year"), ("prévu", "2031", "2032", None),
    ],
)  # fmt: skip
def test_what_is_spent_is_not_of_a_later_year(load, stage, first, last, column):
    row = {"stage": stage, "fiscal_year": first, "fiscal_year_end": last}
    found = find(crosschecks.check_not_later, load({BUDGET: [row]}))
    assert [(file, line, name) for file, line, name, _ in found] == (
        [(BUDGET, 2, column)] if column else []
    )


def test_an_amount_keeps_its_stage_and_its_payer(load):
    loaded = load({
        "2029/budget.csv": [{}, {"indicator": "autre", "stage": "prévu", "payer": "état"}],
        BUDGET: [{}, {"stage": "prévu"}, {"payer": "état"}],
    })  # fmt: skip
    faults = list(crosschecks.check_one_stage(loaded))
    assert [(f.file, f.row, f.column, f.value) for f in faults] == [
        (BUDGET, 3, "stage", "prévu"), (BUDGET, 4, "payer", "état")
    ]  # fmt: skip
    assert all("(2029/budget.csv, ligne 2)" in fault.problem for fault in faults)


def test_units_are_those_of_the_catalogue(load):
    loaded = load({
        OBS: [{}, {"unit": "agent"}, {"unit": ""}, {"indicator": "inconnu", "unit": "agent"}],
        BUDGET: [{}, {"indicator": "arbres"}, {"indicator": "inconnu"}],
    })  # fmt: skip
    assert find(crosschecks.check_units, loaded) == [
        (OBS, 3, "unit", "agent"), (BUDGET, 3, "indicator", "arbres")
    ]  # fmt: skip
    loaded.unread.add("indicators")
    assert find(crosschecks.check_units, loaded) == []


# --- wholes and parts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{}, {"part": "pins"}], []),
        ([{"part": "arbres"}], [(2, "part", "sa propre partie")]),
        ([{"part": "agents"}], [(2, "part", "partie comptée en « agent », tout compté en")]),
        ([{"part": "inconnu"}], []),  # told with the codes
        ([{"whole": "inconnu"}], []),
        ([{}, {"part": "pins", "addition": "au plus"}],
         [(3, "addition", "« par-essence » a déjà « égale » (ligne 2)")]),
        ([{}, {"part": "pins", "addition": "au plus", "breakdown": "par-âge"}], []),
        ([{}, {"whole": "pins", "addition": "au plus"}], []),
        ([{"addition": "somme"}, {"part": "pins"}], []),  # told with the column
        ([{}, {"whole": "chenes", "part": "arbres"}, {"part": "pins"}],
         [(2, "part", "arbres → chenes → arbres"), (3, "part", "chenes")]),
        ([{}, {"whole": "chenes", "part": "pins"}], []),
    ],
)  # fmt: skip
def test_what_parts_may_be_of_what(load, rows, faults):
    found = list(crosschecks.check_parts(load({"reference/parts.csv": rows})))
    assert [(fault.row, fault.column) for fault in found] == [f[:2] for f in faults]
    for fault, (_, _, problem) in zip(found, faults, strict=True):
        assert fault.file == "reference/parts.csv"
        assert problem in fault.problem
        assert fault.expected


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "problem"),
    [
        ("", "", None), ("2030-12-31", "", None), ("2031-01-01", "", "membre en 2030"),
        ("", "2030-01-01", None), ("", "2029-12-31", "membre en 2030"),
    ],
)  # fmt: skip
def test_a_place_stands_in_a_member_of_the_year(load, since, until, problem):
    communes = [{"member_from": since, "member_to": until}, {"insee": "99002", "name": "Bruyère"}]
    loaded = load({"reference/communes.csv": communes, "2030/places.csv": [{}]})
    faults = list(crosschecks.check_places(loaded))
    assert [(f.file, f.row, f.column, f.value) for f in faults] == (
        [("2030/places.csv", 2, "insee", "99001")] if problem else []
    )
    assert all(problem in fault.problem for fault in faults)
    loaded.unread.add("communes")
    assert find(crosschecks.check_places, loaded) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("val d’aulne", "Écrire « 99004 », le code INSEE de Val-d'Aulne."),
        ("bruyere", "Écrire « 99002 », le code INSEE de Bruyère."),
        ("bruyeres", "Vouliez-vous dire 99002 (Bruyère) ?"),
        ("99003", "Vouliez-vous dire 99002 (Bruyère) ou 99001 (Aubépine) ?"),
        ("x", "Attendu : le code INSEE d’une commune membre."),
    ],
)
def test_a_commune_named_instead_of_its_code(load, typed, expected):
    communes = [{}, {"insee": "99002", "name": "Bruyère"}]
    communes += [{"insee": "99004", "name": "Val-d'Aulne"}] if "aulne" in typed else []
    loaded = load({"reference/communes.csv": communes, "2030/places.csv": [{"insee": typed}]})
    (fault,) = crosschecks.check_places(loaded)
    assert fault.problem == "commune absente de communes.csv"
    assert fault.expected.endswith(expected)


# --- codes and catalogue --------------------------------------------------------------------------


def test_codes_that_stand_nowhere(load):
    loaded = load({
        OBS: [{"unit": "arbres"}, {"indicator": "arbre"}, {"territory": ""}],
        "reference/units.csv": [{"id": "arbre"}],
        "reference/territories.csv": [{"id": "ici"}],
        "sources.csv": [{"id": "s"}],
    })  # fmt: skip
    faults = {(f.row, f.column, f.value): f for f in crosschecks.check_codes(loaded)}
    mine = {place: fault for place, fault in faults.items() if fault.file == OBS}
    assert set(mine) == {(2, "unit", "arbres"), (3, "indicator", "arbre")}
    assert mine[2, "unit", "arbres"].problem == "code absent de units.csv"
    assert mine[2, "unit", "arbres"].expected == "Vouliez-vous dire « arbre » ?"
    loaded.unread.add("units")
    left = {(f.row, f.column) for f in crosschecks.check_codes(loaded) if f.file == OBS}
    assert left == {(3, "indicator")}, "a table that could not be read is told once"
    loaded.lost["indicators"] = {"arbre"}
    left = {f.column for f in crosschecks.check_codes(loaded) if f.file == OBS}
    assert left == set(), "so is a row"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("7;13", "7 | 13"), ("7, 99", "7 | 99"), ("7", None), ("98;99", None), ("; 7 ;", None)],
)
def test_a_list_with_another_separator(text, parts):
    found = crosschecks.other_separator(text, ["7", "13"])
    assert (found is None) is (parts is None)
    assert parts is None or f"comme « {parts} »" in found[1]


def test_an_id_names_one_thing(load):
    loaded = load({
        "2030/actions.csv": [{"id": "haies"}, {"id": "mares"}],
        "2030/planned.csv": [{"id": "haies"}, {"id": "bornes"}],
        "reference/finalities.csv": [{"id": "mares"}],
    })  # fmt: skip
    assert find(crosschecks.check_shared_ids, loaded) == [("2030/planned.csv", 2, "id", "haies")]


@pytest.mark.parametrize(
    ("code", "known"),
    [("haies", True), ("bornes", True), ("pistes", True), ("jadis", True), ("perdu", True),
     ("rien", False), ("", True)],
)  # fmt: skip
def test_what_is_followed_up_is_known(load, code, known):
    loaded = load({
        "2030/actions.csv": [{"id": "haies"}],
        "2030/planned.csv": [{"id": "bornes"}],
        "2030/improvements.csv": [{"id": "pistes"}],
        "2030/followups.csv": [{"id": code}],
    })  # fmt: skip
    loaded.earlier, loaded.lost = {"actions.id": {"jadis"}}, {"planned": {"perdu"}}
    found = find(crosschecks.check_followups, loaded)
    assert found == ([] if known else [("2030/followups.csv", 2, "id", code)])
    loaded.unread.add("planned")
    assert find(crosschecks.check_followups, loaded) == []


def test_an_indicator_is_measured_or_calculated(load):
    catalogue = dict.fromkeys(("arbres", "pins", "population-municipale"), CATALOGUE["arbres"])
    loaded = load({OBS: [{}]}, catalogue)
    assert find(crosschecks.check_catalogue, loaded) == [
        ("reference/indicators.csv", 3, "id", "pins")
    ]
    loaded.other_values.add("pins")
    assert find(crosschecks.check_catalogue, loaded) == [], "another edition measures it"
    loaded = load({OBS: []}, {"arbres": CATALOGUE["arbres"]})
    assert len(find(crosschecks.check_catalogue, loaded)) == 1
    loaded.unread.add("budget")
    assert find(crosschecks.check_catalogue, loaded) == []
    loaded.unread = {"indicators"}
    assert find(crosschecks.check_catalogue, loaded) == []
    loaded = load({OBS: []}, {"arbres": CATALOGUE["arbres"]})
    loaded.lost["observations"] = {"arbres"}
    assert find(crosschecks.check_catalogue, loaded) == []


def test_what_is_calculated_is_not_typed(load):
    name = "population-municipale"
    rows = [{"indicator": "calcul"}, {"indicator": name}, {"indicator": name, "territory": "là"}]
    loaded = load({OBS: rows, BUDGET: [{"indicator": "calcul"}]}, {name: CATALOGUE["arbres"]})
    entry = {"id": "calcul", "formula": "2 * {arbres}"}
    known = loaded.tables["indicators"]
    loaded.tables["indicators"] = pd.concat([known, pd.DataFrame([entry])])
    assert sorted(find(crosschecks.check_catalogue, loaded)) == [
        (BUDGET, 2, "indicator", "calcul"),
        (OBS, 2, "indicator", "calcul"),
        (OBS, 3, "indicator", name),
    ]


def test_outlines_are_of_communes(load):
    loaded = load({"reference/communes.csv": [{}]})
    (fault,) = crosschecks.check_commune_outlines(loaded, ["99001", "99002"])
    assert (fault.file, fault.row, fault.column, fault.value) == (
        "reference/communes.geojson", 0, "contour 2", "99002",
    )  # fmt: skip
    assert "99001" in fault.expected
    loaded.unread.add("communes")
    assert list(crosschecks.check_commune_outlines(loaded, ["99002"])) == []


@pytest.mark.parametrize(
    ("territory", "columns"),
    [
        ({"id": "ici", "name": "Ici"}, []),
        ({"id": "ici", "name": " "}, ["name"]),
        ({"id": 7, "name": "Ici"}, ["id"]),
        ({}, ["id", "name"]),
    ],
)
def test_a_territory_has_an_id_and_a_name(territory, columns):
    faults = list(crosschecks.check_territory(territory, "territory.yml"))
    assert [fault.column for fault in faults] == columns
    assert all((fault.file, fault.row) == ("territory.yml", 0) for fault in faults)
    assert [fault.value for fault in faults] == [str(territory.get(c) or "") for c in columns]

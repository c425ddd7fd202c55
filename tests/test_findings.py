"""What the controls find, on values written by hand: parts, sums, bounds, scales, printed figures.

``test_controls`` breaks cells of a whole dossier; here each branch has its row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.compute.audit import ALERT, CONFORM, UNCONTROLLED, control_edition
from analysis.compute.audit.printed_figures import check_statements
from analysis.compute.audit.typed_values import find_factor
from analysis.compute.indicators.observed import blank_row
from analysis.model.intervals import Interval, add, read_interval
from analysis.model.schema.processed_tables import VALUES
from analysis.model.store import from_records, to_records

YEAR = (date(2030, 1, 1), date(2030, 12, 31))
BEFORE = (date(2029, 1, 1), date(2029, 12, 31))
CUT = (date(2030, 1, 1), date(2030, 10, 31))
END = (None, date(2030, 12, 31))
UNDATED = (None, None)
HERE, THERE = "val-exemple", "pays-exemple"
WHOLE, WOMEN, OTHERS = "agents", "femmes", "agents-handicapes"


@pytest.fixture
def find(edition):
    """The controls of a few values and parts: id → row of the table."""
    catalogue = {row["id"]: row for row in to_records(edition.indicators)}

    def run(rows, parts=(), bounds=()):
        values = []
        for indicator, number, span, *changes in rows:
            row = blank_row(catalogue[indicator], HERE) | {
                "value": number, "period_start": span[0], "period_end": span[1], "rank": 0,
                "qualifier": "exact" if number is not None else "", "status": "définitif",
                "source": "bilan", "locator": f"l. {len(values)}", "edition": 2030,
                "file": "2030/observations.csv", "line": len(values) + 2,
                "missing": "" if number is not None else "pas répondu",
            }  # fmt: skip
            values.append(row | (changes[0] if changes else {}))
        indicators = edition.indicators.copy()
        for indicator, column, number in bounds:
            indicators.loc[indicators["id"] == indicator, column] = number
        columns = ["whole", "breakdown", "part", "addition"]
        made = replace(
            edition,
            values=from_records(values, VALUES),
            parts=pd.DataFrame(list(parts), columns=columns),
            indicators=indicators,
            charts=[],
            checks=edition.checks.head(0),
            milestones=edition.milestones.head(0),
        )
        # Typography (thin spaces) is for the reader: the tests read plain ones.
        return {
            row["id"]: row | {"message": row["message"].replace("\u202f", " ").replace("\xa0", " ")}
            for row in to_records(control_edition(made))
        }

    return run


@pytest.fixture
def control(find):
    """Verdicts and messages of the controls but those of scales and of doubles."""

    def run(*arguments, **options):
        return {
            id: (row["verdict"], row["message"])
            for id, row in find(*arguments, **options).items()
            if row["control"] not in ("doublon", "échelle des nombres")
        }

    return run


# --- parts and their whole ------------------------------------------------------------------------

PART = f"partie-et-tout:{WHOLE}:{WOMEN}"
ONE_PART = [(WHOLE, "par-sexe", WOMEN, "aucune")]


@pytest.mark.parametrize(
    ("part", "whole", "verdict", "message"),
    [
        ((84, END), (160, END), CONFORM, "84 agents sur 160 agents, « Agents » (fin 2030)."),
        ((160, END), (160, END), CONFORM, "160 agents sur 160 agents, « Agents » (fin 2030)."),
        ((161, END), (160, END), ALERT,
         "Partie plus grande que le tout : 161 agents sur 160 agents, « Agents » (fin 2030)."
         " Attendu : au plus 160 agents."),
        ((None, END), (160, END), UNCONTROLLED, "Pas de valeur : pas répondu."),
        ((84, END), (None, END), UNCONTROLLED,
         "Non comparé à « Agents » : « Agents » n’a pas de valeur (pas répondu)."),
        # A state fits the flow that ends on its day; a value without date fits anything.
        ((161, END), (160, YEAR), ALERT, "161 agents sur 160 agents, « Agents » (fin 2030)"),
        ((161, UNDATED), (160, END), ALERT, "« Agents » (date non précisée)"),
        ((161, END), (160, UNDATED), ALERT, "161 agents sur 160 agents"),
        ((161, UNDATED), (160, UNDATED), ALERT, "161 agents sur 160 agents"),
        ((84, END), (160, (None, BEFORE[1])), UNCONTROLLED,
         "Non comparé à « Agents » : années différentes, 2030 et 2029."),
        ((161, (None, CUT[1])), (160, END), ALERT, "161 agents sur 160 agents"),
        ((161, (None, CUT[1])), (160, YEAR), ALERT, "161 agents sur 160 agents"),
        ((84.5, END), (160, END), CONFORM, "84,5 agents sur 160 agents"),
        # A flow within that of the whole, not beyond it on either side.
        ((161, CUT), (160, YEAR), ALERT, "161 agents sur 160 agents"),
        ((161, (date(2030, 3, 1), YEAR[1])), (160, YEAR), ALERT, "161 agents sur 160 agents"),
        ((84, YEAR), (160, CUT), UNCONTROLLED, "périodes différentes, 2030 et janvier à octobre"),
        ((84, (date(2029, 7, 1), date(2030, 6, 30))), (160, YEAR), UNCONTROLLED,
         "périodes différentes, "),
    ],
)  # fmt: skip
def test_a_part_against_its_whole(control, part, whole, verdict, message):
    found = control([(WOMEN, *part), (WHOLE, *whole)], ONE_PART)
    assert list(found) == [PART]
    assert found[PART][0] == verdict
    assert message in found[PART][1]


def test_every_period_and_place_of_which_both_are_known(control):
    found = control(
        [
            (WHOLE, 160, END), (WHOLE, 150, (None, BEFORE[1]), {"rank": 1}),
            (WHOLE, 90, UNDATED, {"rank": 2}), (WHOLE, 10, END, {"territory": THERE}),
            (WOMEN, 84, END), (WOMEN, 151, BEFORE, {"rank": 1}),
            (WOMEN, 91, UNDATED, {"rank": 2}), (WOMEN, 40, (None, CUT[1]), {"rank": 3}),
            (WOMEN, 11, END, {"territory": THERE}),
        ],
        ONE_PART,
    )  # fmt: skip
    assert {id: verdict for id, (verdict, _) in found.items()} == {
        PART: CONFORM,
        f"{PART}:2029-01-01:2029-12-31": ALERT,
        f"{PART}:sans-date": ALERT,
        f"{PART}:{THERE}": ALERT,
    }


def test_a_part_and_a_whole_of_two_places(control):
    found = control([(WHOLE, 160, END), (WOMEN, 84, END, {"territory": THERE})], ONE_PART)
    assert found == {PART: (UNCONTROLLED, "Non comparé à « Agents » : aucun territoire commun.")}


def test_only_earlier_values_are_known(control):
    last = (None, BEFORE[1])
    rows = [(WHOLE, 150, last, {"rank": 1}), (WOMEN, 151, last, {"rank": 1})]
    found = control(rows, make_parts("égale", WOMEN))
    assert {id: verdict for id, (verdict, _) in found.items()} == {
        f"{PART}:2029-12-31": ALERT, f"{SUM}:2029-12-31": ALERT
    }  # fmt: skip


def test_a_finding_names_its_indicator_and_where_the_value_was_typed(find):
    """The part for a part, the whole for a sum; nothing where a value is calculated."""
    rows = [(WHOLE, 160, END), (WOMEN, 84, END), (OTHERS, None, END), (SHARE, 52.5, END, DERIVED)]
    found = find(rows, make_parts("égale"))

    def tell(id):
        row = found[id]
        return tuple(row[name] for name in ("control", "indicator", "title", "file", "row"))

    file = "2030/observations.csv"
    assert tell(PART) == ("partie et tout", WOMEN, "Femmes parmi les agents", file, "3")
    assert tell(f"partie-et-tout:{WHOLE}:{OTHERS}") == (
        "partie et tout", OTHERS, "Agents en situation de handicap", "", "",
    )  # fmt: skip
    assert tell(SUM) == ("somme des parties", WHOLE, "Agents", file, "2")
    assert tell(f"part-en-pourcent:{SHARE}") == (
        "part en %", SHARE, "Part des femmes", "", "",
    )  # fmt: skip
    found = find([(WHOLE, 160, END), (WOMEN, 84, END)], make_parts("égale", WOMEN))
    assert tell(SUM)[1:] == (WHOLE, "Agents", file, "2"), "an alert too"
    found = find([(WHOLE, None, END), (WOMEN, 84, END)], ONE_PART)
    assert tell(PART)[1:] == (WOMEN, "Femmes parmi les agents", file, "3")


# --- sums -----------------------------------------------------------------------------------------

SUM = f"somme-des-parties:{WHOLE}:par-sexe"
TITLES = "« Femmes parmi les agents », « Agents en situation de handicap »"


def make_parts(addition, *parts):
    return [(WHOLE, "par-sexe", part, addition) for part in parts or (WOMEN, OTHERS)]


@pytest.mark.parametrize(
    ("addition", "women", "others", "whole", "verdict", "message"),
    [
        ("égale", 84, 76, 160, CONFORM, "84 agents + 76 agents = 160 agents, pour 160 agents."),
        ("égale", 84, 77, 160, ALERT,
         "Somme trop grande : 84 agents + 77 agents = 161 agents, pour 160 agents, soit 1 agent de"
         f" trop. Parties : {TITLES}. Attendu : exactement 160 agents."),
        ("égale", 84, 74, 160, ALERT,
         "Somme trop petite : 84 agents + 74 agents = 158 agents, pour 160 agents, soit 2 agents"
         f" qui manquent. Parties : {TITLES}. Attendu : exactement 160 agents."),
        ("au plus", 84, 74, 160, CONFORM, "84 agents + 74 agents = 158 agents, pour 160 agents."),
        ("au plus", 84, 77, 160, ALERT, "soit 1 agent de trop. Parties : "),
        # One of them is not known: more than the whole it may be already, its equal never.
        ("au plus", 161, None, 160, ALERT, "Somme trop grande : 161 agents, pour 160 agents"),
        ("au plus", 84, None, 160, CONFORM, "84 agents, pour 160 agents."),
        ("égale", 161, None, 160, UNCONTROLLED,
         "Somme non comparée au tout : « Agents en situation de handicap » n’a pas de valeur"
         " (pas répondu)."),
        ("au plus", None, None, 160, UNCONTROLLED,
         "« Femmes parmi les agents » n’a pas de valeur (pas répondu) ; « Agents en situation"),
        ("égale", 84, 76, None, UNCONTROLLED,
         "Somme non comparée au tout : pas de tout, pas répondu."),
    ],
)  # fmt: skip
def test_parts_together_against_their_whole(
    control, addition, women, others, whole, verdict, message
):
    rows = [(WHOLE, whole, END), (WOMEN, women, END), (OTHERS, others, END)]
    found = control(rows, make_parts(addition))
    assert found[SUM][0] == verdict
    assert message in found[SUM][1]
    assert ("au plus" in found[SUM][1]) is (addition == "au plus" and verdict == ALERT)


def test_what_is_not_added_up(control):
    rows = [(WHOLE, 160, END), (WOMEN, 84, END), (OTHERS, 7, END)]
    assert SUM not in control(rows, make_parts("aucune"))
    assert SUM not in control(rows, make_parts("au plus", WOMEN))
    assert control(rows, make_parts("égale", WOMEN))[SUM][0] == ALERT
    found = control(rows[:2], make_parts("égale"))
    assert found[SUM] == (
        UNCONTROLLED,
        f"Somme non comparée au tout : « {OTHERS} » n’a pas de valeur pour ce territoire.",
    )


def test_sums_of_earlier_periods_and_of_periods_that_differ(control):
    last = (None, BEFORE[1])
    found = control(
        [(WHOLE, 160, END), (WOMEN, 84, END), (OTHERS, 76, END), (WHOLE, 150, last, {"rank": 1}),
         (WOMEN, 75, last, {"rank": 1}), (OTHERS, 74, last, {"rank": 1}),
         (WHOLE, 9, UNDATED, {"rank": 2}), (WOMEN, 4, UNDATED, {"rank": 2})],
        make_parts("égale"),
    )  # fmt: skip
    sums = {id: verdict for id, (verdict, _) in found.items() if id.startswith(SUM)}
    assert sums == {SUM: CONFORM, f"{SUM}:2029-12-31": ALERT}
    rows = [(WHOLE, 160, YEAR), (WOMEN, 84, CUT), (OTHERS, 77, YEAR)]
    assert control(rows, make_parts("au plus"))[SUM][0] == ALERT
    verdict, message = control(rows, make_parts("égale"))[SUM]
    assert verdict == UNCONTROLLED, "ten months and twelve do not make the whole exactly"
    assert "périodes différentes, janvier à octobre 2030 et 2030" in message


def test_a_gap_that_rounding_allows_is_said(control):
    """3,0 M€ is rounded to 100 000 €: it may miss by 50 000 €, each part by 5 000 €."""
    whole, parts = "depenses-totales", ("depenses-air", "depenses-eau")
    id, allowed = f"somme-des-parties:{whole}:par-politique", "écart que permettent les arrondis"

    def run(air, addition):
        rows = [(whole, 3_000_000, YEAR), (parts[0], air, YEAR), (parts[1], 600_000, YEAR)]
        return control(rows, [(whole, "par-politique", part, addition) for part in parts])[id]

    assert run(2_400_000, "égale")[0] == CONFORM
    assert allowed not in run(2_400_000, "égale")[1]
    verdict, message = run(2_440_000, "égale")
    assert (verdict, allowed in message) == (CONFORM, True)
    verdict, message = run(2_360_000, "égale")
    assert (verdict, allowed in message) == (CONFORM, True)
    assert allowed not in run(2_440_000, "au plus")[1]
    verdict, message = run(2_480_000, "égale")
    assert verdict == ALERT
    assert "soit 0,08 M€ de trop" in message


# --- bounds ---------------------------------------------------------------------------------------

SHARE = "part-femmes"
DERIVED = {"origin": "dérivé"}


@pytest.mark.parametrize(
    ("number", "bounds", "verdict", "message"),
    [
        (52.5, {}, CONFORM, "52,5 % (fin 2030)."),
        (100.04, {}, CONFORM, "100,0 % (fin 2030)."),  # what the reader sees is rounded
        (100.06, {}, ALERT,
         "Part supérieure à 100 % : 100,1 % (fin 2030). Attendu : au plus 100,0 % ; si une valeur"
         " plus haute a un sens, remplir « maximum » dans indicators.csv."),
        (-0.04, {}, CONFORM, "0,0 % (fin 2030)."),
        (-0.06, {}, ALERT, "Part négative : "),
        (-0.06, {}, ALERT, "Attendu : au moins 0,0 % ; si une valeur plus basse a un sens, remplir"
         " « minimum »"),
        (120, {"maximum": 150}, CONFORM, "120,0 % (fin 2030)."),
        (150.06, {"maximum": 150}, ALERT,
         "Valeur supérieure à la borne haute : 150,1 % (fin 2030). Attendu : au plus 150,0 %"),
        (100.06, {"maximum": 100}, ALERT, "Part supérieure à 100 %"),
        (19.9, {"minimum": 20}, ALERT,
         "Valeur inférieure à la borne basse : 19,9 % (fin 2030). Attendu : au moins 20,0 %"),
        (-5, {"minimum": -10}, CONFORM, "5,0 % (fin 2030)."),
        (None, {}, UNCONTROLLED, "Pas de valeur : pas répondu."),
    ],
)  # fmt: skip
def test_a_share_against_its_bounds(control, number, bounds, verdict, message):
    found = control(
        [(SHARE, number, END, DERIVED)],
        bounds=[(SHARE, column, bound) for column, bound in bounds.items()],
    )
    assert list(found) == [f"part-en-pourcent:{SHARE}"]
    assert found[f"part-en-pourcent:{SHARE}"][0] == verdict
    assert message in found[f"part-en-pourcent:{SHARE}"][1]


def test_a_calculated_value_has_the_bounds_declared_and_no_others(control):
    row = ("obligation-emploi", 200, END, DERIVED)
    assert control([row]) == {}
    id = "bornes:obligation-emploi"
    assert control([row], bounds=[(row[0], "minimum", 5)])[id] == (
        CONFORM, "200 agents (fin 2030).",
    )  # fmt: skip
    verdict, message = control([row], bounds=[(row[0], "maximum", 100)])[id]
    assert verdict == ALERT
    assert message.startswith("Valeur supérieure à la borne haute : 200 agents (fin 2030).")
    assert control([("femmes", 200, END)], bounds=[("femmes", "maximum", 100)]) == {}, "typed"


# --- scales and doubles ---------------------------------------------------------------------------


def test_a_value_beside_its_other_periods(find):
    last = (None, BEFORE[1])
    found = find([(WHOLE, 160, END), (WHOLE, 150_000, last, {"rank": 1})])
    row = found[f"echelle:{WHOLE}"]
    assert (row["verdict"], row["control"]) == (ALERT, "échelle des nombres")
    assert (row["indicator"], row["title"], row["row"]) == (WHOLE, "Agents", "2")
    assert row["message"].startswith(
        "Environ 1 000 fois trop petit : 160 agents, à côté de 150 000 agents"
        " (« Agents », fin 2029). Attendu : le même ordre de grandeur"
    )
    row = found[f"echelle:{WHOLE}:2029-12-31"]
    assert row["message"].startswith("Environ 1 000 fois trop grand : 150 000 agents, à côté de")
    found = find([(WHOLE, 160, END), (WHOLE, 150, last, {"rank": 1})])
    assert (found[f"echelle:{WHOLE}"]["verdict"], found[f"echelle:{WHOLE}"]["message"]) == (
        CONFORM, "160 agents, à côté de 150 agents (« Agents », fin 2029).",
    )  # fmt: skip
    row = find([(WHOLE, 160, END), (WHOLE, 150_000_000, last, {"rank": 1})])[f"echelle:{WHOLE}"]
    assert row["message"].startswith("Environ un million de fois trop petit : 160 agents")


def test_a_value_beside_the_other_parts_and_their_whole(find):
    rows = [(WHOLE, 160, END), (WOMEN, 84, END), (OTHERS, 76, (None, CUT[1]))]
    found = find(rows, make_parts("égale"))
    assert found[f"echelle:{WOMEN}"]["message"] == (
        "84 agents, à côté de 2 valeurs comprises entre 76 agents (« Agents en situation de"
        " handicap ») et 160 agents (« Agents »)."
    )
    assert f"echelle:{WHOLE}" not in found, "the whole has no neighbour"
    assert f"echelle:{WOMEN}" not in find(rows, make_parts("aucune")), "parts that overlap"
    assert f"echelle:{WOMEN}" not in find(rows, make_parts("égale", WOMEN)), "a part alone"
    last = (None, BEFORE[1])
    rows = [(WOMEN, 84, END), (WOMEN, 75, last, {"rank": 1}), (OTHERS, 76, END), (WHOLE, 0, END)]
    message = find(rows, make_parts("égale"))[f"echelle:{WOMEN}:2029-12-31"]["message"]
    assert message == "75 agents, à côté de 84 agents (« Femmes parmi les agents », fin 2030).", (
        "an earlier value has no neighbours of another period, and zero has no size"
    )


@pytest.mark.parametrize(
    ("number", "changes", "told"),
    [
        (1, {}, True), (0, {}, False), (-5, {}, False), (None, {}, False),
        (5, {"unit": "pourcent"}, False), (5, {"origin": "dérivé"}, False),
    ],
)  # fmt: skip
def test_what_has_a_size(find, number, changes, told):
    found = find([(WHOLE, number, END, changes), (WHOLE, 3, (None, BEFORE[1]), {"rank": 1})])
    assert (f"echelle:{WHOLE}" in found) is told


DOUBLE = f"doublon:{WOMEN}"


@pytest.mark.parametrize(
    ("number", "changes", "verdict"),
    [
        (100, {}, ALERT),
        (99, {}, None),  # small numbers meet by chance
        (-100, {}, ALERT),
        (100, {"value": 101.0}, CONFORM),
        (100, {"locator": "l. 2"}, CONFORM),
        (100, {"source": "autre"}, CONFORM),
        (100, {"unit": "arbre"}, CONFORM),
        (100, {"territory": THERE}, CONFORM),
        (100, {"period_end": BEFORE[1]}, CONFORM),
        (100, {"period_start": date(2030, 1, 1)}, CONFORM),
        (100, {"origin": "dérivé"}, None),
        (100, {"value": None}, None),
    ],
)
def test_one_figure_under_two_indicators(find, number, changes, verdict):
    same = {"locator": "l. 1"}
    found = find([(WHOLE, number, END, same), (WOMEN, number, END, same | changes)])
    id = DOUBLE + (f":{THERE}" if "territory" in changes else "")
    if verdict is None:
        assert id not in found
        return
    assert found[f"doublon:{WHOLE}"]["verdict"] == CONFORM
    assert found[f"doublon:{WHOLE}"]["message"] == f"{number} agents (fin 2030), l. 1.".replace(
        "-", "− "
    )
    row = found[id]
    assert (row["verdict"], row["control"], row["title"]) == (
        verdict, "doublon", "Femmes parmi les agents",
    )  # fmt: skip
    assert row["row"] == "3"
    assert row["message"].startswith("Doublon probable de « Agents »") is (verdict == ALERT)


def test_the_parts_of_one_breakdown_may_be_equal(find):
    same = {"locator": "l. 1"}
    rows = [(WOMEN, 100, END, same), (OTHERS, 100, END, same)]
    assert find(rows)[f"doublon:{OTHERS}"]["verdict"] == ALERT
    assert find(rows, make_parts("égale"))[f"doublon:{OTHERS}"]["verdict"] == CONFORM


# --- a number among others ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "neighbours", "factor"),
    [
        # A hundred times the greatest neighbour, or a hundredth of the least, and no less.
        (1000, [1, 10], 1000), (999, [1, 10], None),
        (0.01, [1, 10], 1 / 1000), (0.011, [1, 10], None),
        # Divided by a thousand it lies within five times the least and the greatest.
        (200, [1], 1000), (199, [1], None), (5000, [1], 1000), (5001, [1], None),
        (0.005, [1], 1 / 1000), (0.0051, [1], None), (0.0002, [1], 1 / 1000), (0.00019, [1], None),
        # Or by a million.
        (200_000, [1], 1e6), (5_000_000, [1], 1e6), (5_000_001, [1], None),
        (5e-6, [1], 1e-6), (2.1e-7, [1], 1e-6), (1.9e-7, [1], None),
    ],
)  # fmt: skip
def test_a_thousand_or_a_million_times_off(number, neighbours, factor):
    found = find_factor(number, neighbours)
    assert found == (factor if factor is None else pytest.approx(factor))


def row(number, qualifier="exact", precision=1, unit="agent", measure="stock"):
    return {"value": number, "qualifier": qualifier, "precision": precision, "unit": unit,
            "measure": measure}  # fmt: skip


INFINITE = float("inf")


@pytest.mark.parametrize(
    ("typed", "interval"),
    [
        (row(46), Interval(46, 46)),
        (row(46, precision=10), Interval(41, 51)),
        (row(46, "plus de"), Interval(46, INFINITE, low_open=True)),
        (row(46, "au moins", 10), Interval(41, INFINITE)),
        (row(46, "moins de"), Interval(-INFINITE, 46, high_open=True)),
        (row(46, "au plus", 10), Interval(-INFINITE, 51)),
        (row(50, "environ"), Interval(45, 55)),  # a tenth of it
        (row(50, "environ", 20), Interval(40, 60)),  # half its step, where that is more
        (row(-50, "environ"), Interval(-55, -45)),
        (row(50, "près de"), Interval(45, 50)),
        (row(50, "près de", 20), Interval(40, 60)),
        (row(50, "près de", 4), Interval(45, 52)),
    ],
)
def test_where_a_true_value_lies(typed, interval):
    assert read_interval(typed) == interval


def test_a_sum_lies_between_the_sums_of_the_ends_and_is_open_where_one_is():
    one, other = Interval(1, 2, low_open=True), Interval(10, 20, high_open=True)
    assert add([one, other]) == Interval(11, 22, low_open=True, high_open=True)
    assert add([Interval(1, 2), Interval(10, 20)]) == Interval(11, 22)
    dust = Interval(0.1 + 0.2, 0.1 + 0.2)  # 0,30000000000000004
    assert not dust.exceeds(Interval(0.3, 0.3))
    assert dust.exceeds(Interval(0, 0.3, high_open=True))
    assert Interval(3.1, 4).exceeds(Interval(0, 3))
    assert not Interval(2.9, 4).exceeds(Interval(0, 3))
    assert Interval(1e12 + 1, 1e12 + 1).exceeds(Interval(0, 1e12 - 1001))
    assert not Interval(1e12, 1e12).exceeds(Interval(0, 1e12 - 500)), "a share of so large a sum"


# --- printed figures ------------------------------------------------------------------------------

TRUNCATED = "valeur imprimée tronquée, non arrondie"


@pytest.mark.parametrize(
    ("printed", "step", "changes", "verdict", "rounded", "reason"),
    [
        (160, 1, {}, "exact", 160, ""),
        (160, 10, {}, "exact", 160, ""),
        (155, 10, {}, "arrondi", 155, ""),  # a half, either way
        (165, 10, {}, "arrondi", 165, ""),
        (154, 10, {}, "écart", 160, TRUNCATED),
        (166, 10, {}, "écart", 160, ""),
        (150, 10, {}, "écart", 160, ""),  # a whole step is no truncation
        (159, 1, {}, "écart", 160, ""),
        (160, 1, {"unit": "arbre"}, "invérifiable", None,
         "unités différentes : arbre imprimé, agent calculé"),
        (160, 1, {"indicator": ""}, "invérifiable", None, "aucun indicateur ne le recalcule"),
        (160, 1, {"indicator": "agent"}, "invérifiable", None, "indicateur inconnu"),
        (160, 1, {"indicator": "arbres-plantes:N-1"}, "invérifiable", None,
         "aucune valeur pour 2029"),
    ],
)  # fmt: skip
def test_a_printed_figure_against_what_is_computed(
    edition, printed, step, changes, verdict, rounded, reason
):
    typed = {
        "id": "imprime", "locator": "l. 1", "printed_value": float(printed), "unit": "agent",
        "precision": float(step), "indicator": "agents", "note": "n",
    } | changes  # fmt: skip
    statements = pd.DataFrame([typed])
    (found,) = to_records(check_statements(replace(edition, statements=statements)))
    known = verdict != "invérifiable"
    assert reason in found["reason"]
    assert bool(found["reason"]) is bool(reason)
    assert {name: cell for name, cell in found.items() if name not in ("reason", "title")} == {
        **typed, "verdict": verdict, "recomputed": 160 if known else None, "rounded": rounded,
        "difference": 160 - printed if known else None,
    }  # fmt: skip
    assert (found["title"] == "Agents") is (known or "unit" in changes)


def test_a_negative_figure_is_cut_short_towards_zero(edition):
    """−20,6 printed −20, and −21 printed −20 with a step of 1."""
    typed = {"id": "imprime", "locator": "l. 1", "unit": "agent", "precision": 1.0, "note": "",
             "indicator": "agents"}  # fmt: skip
    for computed, printed, reason in ((-20.6, -20, TRUNCATED), (-21, -20, ""), (-20, -20.6, "")):
        mask = edition.values["indicator"] == "agents"
        values = edition.values.assign(value=edition.values["value"].mask(mask, computed))
        statements = pd.DataFrame([typed | {"printed_value": float(printed)}])
        changed = replace(edition, values=values, statements=statements)
        (found,) = to_records(check_statements(changed))
        assert (found["verdict"], found["reason"]) == ("écart", reason)

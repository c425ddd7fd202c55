"""Controls of the data: each one proven by breaking a cell, and quiet where nothing is broken."""

from __future__ import annotations

import random
from dataclasses import replace

import pandas as pd
import pytest

from analysis.base.paths import Dossier
from analysis.collect.new_year import prepare_year
from analysis.compute.audit import (
    ALERT,
    CONFORM,
    UNCONTROLLED,
    control_edition,
    find_unexplained_alerts,
)
from analysis.compute.audit.bounds import is_share
from analysis.compute.audit.typed_values import (
    CUMULATED,
    FACTORS,
    FAR,
    find_factor,
    list_siblings,
)
from analysis.compute.dossier import InvalidDossier
from analysis.compute.indicators import load_edition
from analysis.model.intervals import Interval, add, find_rounding, read_interval
from analysis.model.references import FALLING_COUNT
from analysis.show.tables.audit_tables import ASKED

YEAR = 2030
OBS, OLD = "2030/observations.csv", "2029/observations.csv"
BUDGET, OLD_BUDGET = "2030/budget.csv", "2029/budget.csv"
IND, PARTS = "reference/indicators.csv", "reference/parts.csv"


@pytest.fixture
def real(published):
    return published


def change(dossier: Dossier, file: str, old: str, new: str) -> None:
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def append(dossier: Dossier, file: str, *lines: str) -> None:
    with (dossier.raw / file).open("a", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line in lines)


def find_alerts(dossier: Dossier) -> dict[str, str]:
    """Id and message of each alert of the edition."""
    controls = load_edition(dossier, YEAR).controls
    rows = controls[controls["verdict"] == ALERT]
    # Typography (thin spaces) is for the reader: the tests read plain ones.
    messages = rows["message"].str.replace(r"[\u202f\u00a0]", " ", regex=True)
    return dict(zip(rows["id"], messages, strict=True))


# --- what is right is left alone ------------------------------------------------------------------


def test_the_made_up_edition_has_no_alert(edition):
    found = edition.controls["verdict"].value_counts().to_dict()
    assert ALERT not in found
    assert found[CONFORM] > 40
    assert set(edition.controls["control"]) <= set(ASKED), "each is explained to the reader"


def test_ids_are_stable_and_name_one_thing(edition, real):
    for controls in (edition.controls, real.controls):
        assert controls["id"].is_unique
        assert controls["id"].str.fullmatch(r"[a-z0-9]+([-:][a-z0-9]+)*").all()
    pd.testing.assert_series_equal(control_edition(edition)["id"], edition.controls["id"])


def test_a_typed_value_is_found_in_its_file(edition):
    controls = edition.controls.set_index("id")
    row = controls.loc["partie-et-tout:agents:agents-handicapes"]
    assert (row["file"], row["row"]) == (OBS, "7")
    row = controls.loc["partie-et-tout:depenses-totales:depenses-air"]
    assert (row["file"], row["row"]) == (OLD_BUDGET, "3")
    earlier = controls.loc["partie-et-tout:agents:femmes:2029-12-31"]
    assert (earlier["file"], earlier["row"]) == (OLD, "5")
    share = controls.loc["part-en-pourcent:part-femmes"]
    women = controls.loc["partie-et-tout:agents:femmes"]
    assert (share["file"], share["row"]) == (women["file"], women["row"]), "its first term"


def test_parts_that_only_a_chart_sets_on_their_whole_are_controlled(edition):
    chart = {
        "id": "x", "chapter": "suivi", "kind": "part-du-tout", "finding": "x",
        "whole": {"indicator": "agents", "label": "Tous"},
        "items": ["agents-handicapes", {"indicator": "femmes"}, "part-femmes@x"],
    }  # fmt: skip
    drawn = replace(edition, parts=edition.parts.iloc[:0], charts=[chart])
    controls = control_edition(drawn)
    found = controls.loc[controls["control"] == "partie et tout", "id"]
    assert set(found) >= {"partie-et-tout:agents:agents-handicapes", "partie-et-tout:agents:femmes"}
    assert not any("part-femmes" in id for id in found)
    few = drawn.values["value"].mask(drawn.values["indicator"] == "agents", 3.0)
    controls = control_edition(replace(drawn, values=drawn.values.assign(value=few)))
    wrong = controls.set_index("id").loc["partie-et-tout:agents:agents-handicapes"]
    assert wrong["verdict"] == "alerte"
    assert wrong["message"].startswith(
        "Partie plus grande que le tout : 7\xa0agents sur 3\xa0agents"
    )
    assert (wrong["file"], wrong["row"]) == (OBS, "7")


# --- one broken cell for each control -------------------------------------------------------------

#: file, old, new, the alerts to find with what they must say.
BROKEN = {
    "part larger than its whole": (
        OBS, "2030-12-31,7,agent", "2030-12-31,200,agent",
        {"partie-et-tout:agents:agents-handicapes":
         "Partie plus grande que le tout : 200 agents sur 160 agents"},
    ),
    "share over 100 %": (
        OBS, "2030-12-31,84,agent", "2030-12-31,200,agent",
        {"partie-et-tout:agents:femmes": "200 agents sur 160 agents",
         "part-en-pourcent:part-femmes": "Part supérieure à 100 % : 125,0 %"},
    ),
    "part larger than its whole, a year before": (
        OLD, "2029-12-31,75,agent", "2029-12-31,151,agent",
        {"partie-et-tout:agents:femmes:2029-12-31": "151 agents sur 150 agents",
         "part-en-pourcent:part-femmes:2029-12-31": "Part supérieure à 100 % : 100,7 %"},
    ),
    "sum that overshoots": (
        OLD_BUDGET, "réalisé,1200000", "réalisé,2600000",
        {"somme-des-parties:depenses-totales:par-politique":
         "Somme trop grande : 2,60 M€ + 0,60 M€ = 3,20 M€, pour 3,0 M€, soit 0,20 M€ de trop"},
    ),
    "thousands of euros for euros": (
        OLD_BUDGET, "réalisé,600000", "réalisé,600",
        {"echelle:depenses-eau": "Environ 1 000 fois trop petit : 600 €, à côté de 2 valeurs"},
    ),
    "euros a thousand times too many": (
        BUDGET, "prévu,20000,", "prévu,20000000,",
        {"echelle:plantation-region": "Environ 1 000 fois trop grand : 20 000 000 €",
         "partie-et-tout:plantation-cout:plantation-region": "20 000 000 € sur 100 000 €",
         "somme-des-parties:plantation-cout:par-financeur": "Somme trop grande"},
    ),
    "millions for units": (
        BUDGET, "prévu,50000,", "prévu,0.05,",
        {"echelle:plantation-etat": "Environ un million de fois trop petit"},
    ),
    "a period a thousand times another": (
        OLD, "2029-12-31,80,logement", "2029-12-31,80000,logement",
        {"echelle:logements-renoves": "Environ 1 000 fois trop petit : 100 logements",
         "echelle:logements-renoves:2029-01-01:2029-12-31":
         "Environ 1 000 fois trop grand : 80 000 logements"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_cell_is_found_and_nothing_else(name, dossier_copy):
    file, old, new, expected = BROKEN[name]
    change(dossier_copy, file, old, new)
    found = find_alerts(dossier_copy)
    assert set(found) == set(expected)
    for id, words in expected.items():
        assert words in found[id]


@pytest.mark.parametrize(("before", "falls"), [(6001, True), (6000, False), (5000, False)])
def test_a_cumulated_count_that_falls_is_an_alert(dossier_copy, before, falls):
    """6 000 trees from 2026 to 2030, after so many from 2026 to 2029."""
    append(
        dossier_copy, OLD,
        f"arbres-plantes,val-exemple,2026-01-01,2029-12-31,{before},arbre,exact,définitif,"
        "rapport-invente,l. 10,",
    )  # fmt: skip
    edition = load_edition(dossier_copy, YEAR)
    found = edition.controls.set_index("id").loc["cumul:arbres-plantes"]
    assert found["verdict"] == (ALERT if falls else CONFORM)
    assert (found["file"], found["row"]) == (OBS, "2")
    assert ("le nombre diminue" in found["message"]) is falls
    (known,) = edition.rows("comparisons", indicator="arbres-plantes").itertuples()
    assert (known.comparable, known.reason == FALLING_COUNT) == (not falls, falls)
    assert pd.isna(known.difference) == falls


def add_men(dossier: Dossier, men: int) -> None:
    """Men and women make all agents: parts whose sum is known to be equal."""
    append(
        dossier, IND,
        "hommes,Hommes parmi les agents,agent,moyens,stock,neutre,suivi,formation,Inventé.,Service,"
        "1,,,",
    )  # fmt: skip
    append(
        dossier, OBS,
        f"hommes,val-exemple,,2030-12-31,{men},agent,exact,définitif,rapport-invente,l. 30,",
    )  # fmt: skip
    append(dossier, PARTS, "agents,par-sexe,femmes,égale", "agents,par-sexe,hommes,égale")


def test_parts_that_make_their_whole(dossier_copy):
    add_men(dossier_copy, 76)
    assert find_alerts(dossier_copy) == {}
    controls = load_edition(dossier_copy, YEAR).controls.set_index("id")
    assert controls.loc["somme-des-parties:agents:par-sexe", "verdict"] == CONFORM


@pytest.mark.parametrize(
    ("men", "words"),
    [(75, "Somme trop petite"), (77, "Somme trop grande"), (75, "soit 1 agent qui manquent")],
)
def test_people_counted_one_by_one_are_not_rounded(dossier_copy, men, words):
    add_men(dossier_copy, men)
    found = find_alerts(dossier_copy)
    assert set(found) == {"somme-des-parties:agents:par-sexe"}
    (message,) = found.values()
    assert words in message
    assert "« Femmes parmi les agents », « Hommes parmi les agents »" in message


def test_a_sum_without_one_of_its_parts_is_not_controlled(dossier_copy):
    add_men(dossier_copy, 76)
    change(dossier_copy, OBS, "hommes,val-exemple,,2030-12-31", "hommes,pays-exemple,,2030-12-31")
    controls = load_edition(dossier_copy, YEAR).controls.set_index("id")
    row = controls.loc["somme-des-parties:agents:par-sexe"]
    assert row["verdict"] == UNCONTROLLED
    assert "« hommes » n’a pas de valeur" in row["message"]


def test_a_part_of_another_place_than_its_whole_is_said(dossier_copy):
    for file in (OBS, OLD):
        change(dossier_copy, file, "femmes,val-exemple", "femmes,pays-exemple")
    change(dossier_copy, IND, "100 * {femmes} / {agents}", "100 * {agents-handicapes} / {agents}")
    controls = load_edition(dossier_copy, YEAR).controls.set_index("id")
    row = controls.loc["partie-et-tout:agents:femmes"]
    assert row["verdict"] == UNCONTROLLED
    assert row["message"] == "Non comparé à « Agents » : aucun territoire commun."


def test_values_of_two_years_are_not_set_against_each_other(dossier_copy):
    path = dossier_copy.raw / OBS
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("agents,")), "utf-8")
    controls = load_edition(dossier_copy, YEAR).controls.set_index("id")
    row = controls.loc["partie-et-tout:agents:agents-handicapes"]
    assert row["verdict"] == UNCONTROLLED
    assert "années différentes, 2030 et 2029" in row["message"]
    assert controls.loc["partie-et-tout:agents:femmes:2029-12-31", "verdict"] == CONFORM


def test_a_calculated_value_out_of_its_declared_bounds(dossier_copy):
    change(
        dossier_copy, IND, "{plantation-cout} - {plantation-etat} - {plantation-region},,",
        "{plantation-cout} - {plantation-etat} - {plantation-region},0,",
    )  # fmt: skip
    assert find_alerts(dossier_copy) == {}
    change(dossier_copy, BUDGET, "prévu,50000,", "prévu,90000,")
    found = find_alerts(dossier_copy)
    assert set(found) == {
        "bornes:plantation-reste", "somme-des-parties:plantation-cout:par-financeur"
    }  # fmt: skip
    assert "inférieure à la borne basse : − 10 000 €" in found["bornes:plantation-reste"]
    assert "remplir « minimum » dans indicators.csv" in found["bornes:plantation-reste"]


def test_a_share_may_be_allowed_beyond_a_hundred(dossier_copy):
    change(dossier_copy, OBS, "2030-12-31,84,agent", "2030-12-31,200,agent")
    change(dossier_copy, IND, "100 * {femmes} / {agents},,", "100 * {femmes} / {agents},,150")
    assert set(find_alerts(dossier_copy)) == {"partie-et-tout:agents:femmes"}


def test_one_figure_typed_under_two_indicators(dossier_copy):
    append(
        dossier_copy, IND,
        "accueils,Accueils,visiteur,résultat,flux,hausse,air,velo,Inventé.,Service,1,,,",
    )  # fmt: skip
    row = "val-exemple,2030-01-01,2030-10-31,4752,visiteur,exact,provisoire,rapport-invente,l. 17,"
    append(dossier_copy, OBS, f"accueils,{row}")
    found = find_alerts(dossier_copy)
    assert set(found) == {"doublon:accueils"}
    assert "Doublon probable de « Visiteurs accueillis »" in found["doublon:accueils"]
    change(dossier_copy, OBS, f"accueils,{row}", f"accueils,{row.replace('l. 17', 'l. 18')}")
    assert find_alerts(dossier_copy) == {}, "another line is another figure"


def test_equal_parts_of_one_breakdown_are_no_double(dossier_copy):
    change(dossier_copy, BUDGET, "prévu,20000,", "prévu,50000,")  # as much as the other one
    assert find_alerts(dossier_copy) == {}
    change(dossier_copy, PARTS, "plantation-cout,par-financeur,plantation-region,au plus\n", "")
    assert set(find_alerts(dossier_copy)) == {"doublon:plantation-region"}


# --- the register ---------------------------------------------------------------------------------


def explain(dossier: Dossier, statement: str = "", control: str = "") -> None:
    append(
        dossier, "2030/discrepancies.csv",
        f"ligne,calcul,Ligne,Imprimé.,l. 1,Calculé.,Retenu.,Raison.,{statement},{control}",
    )  # fmt: skip


def test_an_alert_is_explained_by_its_row_only(dossier_copy):
    change(dossier_copy, OBS, "2030-12-31,7,agent", "2030-12-31,200,agent")
    control = "partie-et-tout:agents:agents-handicapes"
    assert find_unexplained_alerts(load_edition(dossier_copy, YEAR)) == [control]
    explain(dossier_copy, control=control)
    edition = load_edition(dossier_copy, YEAR)
    assert find_unexplained_alerts(edition) == []
    assert edition.controls.set_index("id").loc[control, "discrepancy"] == "ligne"
    change(dossier_copy, OLD, "2029-12-31,75,agent", "2029-12-31,151,agent")
    assert find_unexplained_alerts(load_edition(dossier_copy, YEAR)) == [
        "partie-et-tout:agents:femmes:2029-12-31", "part-en-pourcent:part-femmes:2029-12-31"
    ], "a new alert is not covered by an old explanation"  # fmt: skip


def test_an_earlier_explanation_holds_for_the_numbers_that_it_explained(dossier_copy):
    control = "partie-et-tout:agents:agents-handicapes"
    change(dossier_copy, OBS, "2030-12-31,7,agent", "2030-12-31,200,agent")
    explain(dossier_copy, control=control)
    prepare_year(dossier_copy, YEAR + 1)
    edition = load_edition(dossier_copy, YEAR + 1)
    assert edition.discrepancies["carried_from"].tolist() == [YEAR]
    assert find_unexplained_alerts(edition) == [], "the values are those of that edition"
    cells = "val-exemple,,2031-12-31,{},agent,exact,définitif,rapport-invente,l. 2,"
    append(
        dossier_copy, "2031/observations.csv",
        f"agents,{cells.format(160)}", f"agents-handicapes,{cells.format(170)}",
    )  # fmt: skip
    edition = load_edition(dossier_copy, YEAR + 1)
    controls = edition.controls.set_index("id")
    assert find_unexplained_alerts(edition) == [control]
    assert controls.at[control, "message"].endswith("Expliqué dans l’édition 2030, à confirmer.")
    assert controls.at["registre:ligne", "verdict"] == UNCONTROLLED
    change(dossier_copy, "2031/discrepancies.csv", "Raison.", "Raison de 2031.")
    edition = load_edition(dossier_copy, YEAR + 1)
    assert find_unexplained_alerts(edition) == [f"{control}:2030-12-31"], "each its own numbers"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"control": "partie-et-tout:agents:femmes"},
         "le contrôle « partie-et-tout:agents:femmes » est conforme"),
        ({"statement": "imprime-part-femmes"},
         "le chiffre imprimé « imprime-part-femmes » est arrondi"),
    ],
)  # fmt: skip
def test_a_row_that_explains_nothing_any_more_is_said(dossier_copy, cells, words):
    explain(dossier_copy, **cells)
    found = find_alerts(dossier_copy)
    assert set(found) == {"registre:ligne"}
    assert words in found["registre:ligne"]


def test_a_row_that_explains_is_left_alone(dossier_copy):
    explain(dossier_copy, statement="imprime-evolution")
    assert find_alerts(dossier_copy) == {}


def test_a_control_that_does_not_exist_is_a_fault(dossier_copy):
    explain(dossier_copy, control="partie-et-tout:agents:femme")
    with pytest.raises(InvalidDossier) as error:
        load_edition(dossier_copy, YEAR)
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column) == ("2030/discrepancies.csv", 2, "control")
    assert fault.problem == "contrôle inconnu"
    assert "« partie-et-tout:agents:femmes »" in fault.expected


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("2030/texts/eau.md", "{{surface-zones-humides}}", "{{agents@pays-exemple}}",
         ("2030/texts/eau.md", 0)),
        ("2030/actions.csv", "{{arbres-plantes}}", "{{arbres-plantes@pays-exemple}}",
         ("2030/actions.csv", 2)),
        ("2030/statements.csv", ",part-femmes,", ",part-femmes@pays-exemple,",
         ("2030/statements.csv", 3)),
        ("2030/not_comparable.csv", "arbres-plantes,", "arbres-plantes@99001,",
         ("2030/not_comparable.csv", 2)),
    ],
)  # fmt: skip
def test_a_value_that_nobody_gave_is_a_fault(dossier_copy, file, old, new, place):
    """Indicator and territory exist, a value of the one for the other does not."""
    change(dossier_copy, file, old, new)
    with pytest.raises(InvalidDossier) as error:
        load_edition(dossier_copy, YEAR)
    (fault,) = error.value.faults
    assert (fault.file, fault.row) == place
    assert "aucune valeur de cet indicateur pour le territoire" in fault.problem


# --- qualifiers and rounding ----------------------------------------------------------------------


def value(number: float, qualifier: str = "exact", precision: float = 1, **changes) -> dict:
    return {"value": number, "qualifier": qualifier, "precision": precision, "unit": "agent",
            "measure": "stock"} | changes  # fmt: skip


@pytest.mark.parametrize(
    ("part", "whole", "exceeds"),
    [
        (value(46), value(46), False),
        (value(47), value(46), True),
        (value(46, "plus de"), value(46), True),  # at least forty-seven
        (value(46, "au moins"), value(46), False),
        (value(60, "au plus"), value(46), False),  # may be less
        (value(46), value(46, "moins de"), True),
        (value(10, "au plus"), value(100, "moins de"), False),  # nothing bounds the part below
        (value(500, "au plus"), value(100, "moins de"), False),
        (value(46, "plus de"), value(20, "au moins"), False),
        (value(46), value(20, "plus de"), False),  # nothing says how large the whole is
        (value(49, "environ"), value(46), False),
        (value(60, "environ"), value(46), True),
        (value(49, "près de"), value(46), False),
        (value(1049, precision=100), value(1000, precision=100), False),  # both are rounded
        (value(1101, precision=100), value(1000, precision=100), True),
        (value(47, unit="eur"), value(46, unit="eur"), False),  # cents are rounded away
        (value(8.4, measure="taux", precision=0.1), value(8.3, precision=0.1), False),
    ],
)
def test_a_part_exceeds_its_whole(part, whole, exceeds):
    assert read_interval(part).exceeds(read_interval(whole)) is exceeds


def test_only_what_is_counted_one_by_one_is_not_rounded():
    assert find_rounding(value(46)) == 0
    assert find_rounding(value(46.5)) == 0.5
    assert find_rounding(value(46, unit="eur")) == 0.5
    assert find_rounding(value(46, measure="taux")) == 0.5
    assert find_rounding(value(46_000, precision=1000)) == 500


def test_parts_of_any_whole_add_up_and_one_more_does_not():
    """A property, on many wholes cut at random: counts are exact, amounts within their rounding."""
    draw = random.Random(2030)
    for _ in range(300):
        counts = [draw.randint(0, 500) for _ in range(draw.randint(2, 6))]
        whole = read_interval(value(sum(counts)))
        parts = add(read_interval(value(count)) for count in counts)
        assert not parts.exceeds(whole)
        assert not whole.exceeds(parts)
        more = add([parts, read_interval(value(1))])
        assert more.exceeds(whole)
        amounts = [draw.uniform(0, 9e6) for _ in counts]
        rounded = [
            read_interval(value(round(amount, -4), precision=10_000, unit="eur"))
            for amount in amounts
        ]
        total = read_interval(value(round(sum(amounts), -5), precision=100_000, unit="eur"))
        assert not add(rounded).exceeds(total)
        assert not total.exceeds(add(rounded))


def test_an_open_end_is_not_reached():
    assert Interval(5, 9, low_open=True).exceeds(Interval(0, 5))
    assert not Interval(5, 9).exceeds(Interval(0, 5))


# --- the scale of numbers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "neighbours", "factor"),
    [
        (456.5, [450_926, 997_426], 1 / 1000),
        (450_926, [456.5, 997_426], None),  # the odd one is the other
        (456_500_000, [450_926], 1000),
        (0.4565, [450_926], 1e-6),
        (1, [263, 13], None),
        (263, [1, 13], None),
        (150, [1], None),  # large, but a thousandth of it is far below
        (99_000, [1000], None),  # less than a hundred times
        (100_000, [1000], None),  # a thousandth of it is ten times too small
        (300_000, [1000], 1000),
    ],
)
def test_what_is_a_thousand_times_off(number, neighbours, factor):
    found = find_factor(number, neighbours)
    assert found == (None if factor is None else pytest.approx(factor))


def test_the_unit_in_which_all_are_counted_changes_nothing():
    """A property: the same numbers in another unit have the same verdict; a number among its
    neighbours, or less than ``FAR`` times beyond them, is never off; one of them typed in
    thousands always is."""
    draw = random.Random(2030)
    for _ in range(500):
        neighbours = [draw.uniform(1e3, 1e6) for _ in range(draw.randint(1, 5))]
        number = 10 ** draw.uniform(-2, 12)
        unit = 2 ** draw.randint(-10, 10)  # exact in binary
        scaled = find_factor(number * unit, [other * unit for other in neighbours])
        assert scaled == find_factor(number, neighbours)
        near = draw.uniform(min(neighbours) / FAR * 1.01, max(neighbours) * FAR * 0.99)
        assert find_factor(near, neighbours) is None
        among = draw.uniform(min(neighbours), max(neighbours))
        if max(neighbours) / min(neighbours) < FACTORS[0] / FAR:
            assert find_factor(among / FACTORS[0], neighbours) == pytest.approx(1 / FACTORS[0])
            assert find_factor(among * FACTORS[0], neighbours) == pytest.approx(FACTORS[0])


def test_overlapping_parts_are_no_neighbours(edition):
    siblings = list_siblings(edition)
    assert siblings["depenses-eau"] == ["depenses-air", "depenses-totales"]
    assert "femmes" not in siblings


# --- shares ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "share"),
    [
        ("100 * {a} / {b}", True),
        ("{a} * 100 / {b}", True),
        ("100 * ({a} / {b})", True),
        ("{a} / {b} * 100", True),
        ("100 * {a:N-1} / {b@france}", True),
        ("100 * ({a} / {b} - 1)", False),  # a growth
        ("100 * ({a} - {b}) / {b}", False),
        ("100 - {a}", False),
        ("1000 * {a} / {b}", False),
        ("{a:evolution}", False),
        ("100 * {a}", False),
        ("{a} / {b}", False),
    ],
)
def test_what_is_a_share(formula, share):
    assert is_share(formula) is share


# --- the published report -------------------------------------------------------------------------


def test_the_published_report_is_controlled_thoroughly(real):
    counts = real.controls.groupby("control").size()
    least = {
        "partie et tout": 55,
        "somme des parties": 10,
        "part en %": 40,
        "bornes d’un calcul": 15,
        "échelle des nombres": 40,
        "doublon": 80,
        "échéance passée": 90,
        "registre des écarts": 9,
    }
    # No count of the source goes on from an earlier one of it.
    assert set(counts.index) == set(least) == set(ASKED) - {CUMULATED}
    for control, number in least.items():
        assert counts[control] >= number, control
    communes = {id for id in real.indicators["id"] if id.startswith("communes-")}
    communes -= {"communes-membres", "communes-reseau-sans-service-ads",
                 "communes-sans-fonds-concours"}  # fmt: skip
    parts = real.parts[real.parts["whole"] == "communes-membres"]
    assert communes <= set(parts["part"]), "every commune counted is one of the members"


def test_controls_find_the_hall_too_many_and_the_register_explains_it(real):
    alerts = real.controls[real.controls["verdict"] == ALERT].set_index("id")
    assert list(alerts.index) == ["somme-des-parties:halles-programme:par-stade"]
    (row,) = alerts.itertuples()
    assert "16 halles + 4 halles + 4 halles = 24 halles, pour 23 halles" in row.message.replace(
        "\u00a0", " "
    )
    assert row.discrepancy == "halles"
    assert find_unexplained_alerts(real) == []


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("somme-des-parties:depenses-totales:par-section",
         "48,7 M€ + 24,6 M€ = 73,3 M€, pour 73,4 M€ (écart que permettent les arrondis"),
        ("somme-des-parties:demandes-formation:par-motif", "= 290 demandes, pour 290 demandes"),
        ("somme-des-parties:plie-budget-total:par-financeur", "= 907 426 €, pour 997 426 €"),
        ("somme-des-parties:depenses-totales:par-politique", "= 63,47 M€, pour 73,4 M€"),
        ("partie-et-tout:visiteurs-arenberg:visiteurs-made-in-hainaut",
         "plus de 5 000 personnes sur 27 000 personnes"),
        ("partie-et-tout:marches-publics:marches-avec-clauses:2016-01-01:2016-12-31",
         "15 marchés sur 90 marchés"),
    ],
)  # fmt: skip
def test_what_the_published_report_gets_right(real, id, words):
    row = real.controls.set_index("id").loc[id]
    assert row["verdict"] == CONFORM
    assert words in row["message"].replace("\u202f", " ").replace("\u00a0", " ")


def test_what_cannot_be_controlled_says_why(real):
    left = real.controls[real.controls["verdict"] == UNCONTROLLED].set_index("id")["message"]
    id = "partie-et-tout:marches-publics:marches-avec-clauses"
    assert "années différentes, 2017 et 2016" in left[id], "no total is published for 2017"


def test_a_typing_error_in_the_real_data_is_found(real):
    """The amount of a policy in thousands of euros, on the real values."""
    mask = real.values["indicator"] == "depenses-culture"
    values = real.values.assign(value=real.values["value"].mask(mask, 4540.0))
    controls = control_edition(replace(real, values=values))
    known = set(real.controls.loc[real.controls["verdict"] == ALERT, "id"])
    new = set(controls.loc[controls["verdict"] == ALERT, "id"])
    assert new - known == {"echelle:depenses-culture"}

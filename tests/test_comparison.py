"""Dossiers side by side: what is compared, what is refused, ranks and shares worked by hand."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from itertools import count

import pandas as pd
import pytest
from openpyxl import load_workbook
from synthetic import variants

from analysis.__main__ import main
from analysis.base.errors import UserError
from analysis.compute.comparison import Side, check_sides, compare_sides, read_declarations
from analysis.compute.comparison.definitions import sample_formula
from analysis.compute.comparison.shared_indicators import find_unrankable
from analysis.compute.context_indicators import Count, list_counts, list_entries
from analysis.compute.national import list_context, read_national
from analysis.compute.ranking import Summary
from analysis.model.partial_dates import YEAR as TO_THE_YEAR
from analysis.model.partial_dates import set_precision
from analysis.model.periods import Period, judge_same, year_period
from analysis.model.schema import InvalidDossier

YEAR = 2029
WHOLE = {"period_start": date(YEAR, 1, 1), "period_end": date(YEAR, 12, 31)}
END = {"period_start": None, "period_end": date(YEAR, 12, 31)}
UNITS = {
    **{id: {"id": id, "singular": name, "plural": name, "symbol": symbol} for id, name, symbol in (
        ("habitant", "habitant", ""), ("jour", "jour", ""), ("heure", "heure", ""),
        ("habitant-km2", "habitant au km²", "hab./km²"),
        ("arbre-par-habitant", "arbre par habitant", ""),
        ("personne-pour-mille", "personne pour mille habitants", ""),
        ("parc-activite", "parc d’activité", ""),
    )},
    "arbre": {"id": "arbre", "singular": "arbre", "plural": "arbres", "symbol": ""},
    "an": {"id": "an", "singular": "an", "plural": "ans", "symbol": ""},
    "commune": {"id": "commune", "singular": "commune", "plural": "communes", "symbol": ""},
    "pourcent": {"id": "pourcent", "singular": "%", "plural": "%", "symbol": "%"},
    "eur": {"id": "eur", "singular": "euro", "plural": "euros", "symbol": "€"},
}  # fmt: skip
ENTRY = {
    "id": "x", "title": "Arbres", "unit": "arbre", "measure": "stock", "kind": "réalisation",
    "definition": "Arbres plantés.", "formula": "", "direction": "hausse", "precision": 1,
}  # fmt: skip
ROW = {
    "title": "Arbres", "value": 1.0, "qualifier": "exact", "status": "définitif", "precision": 1,
    "estimate": "", "stage": "", "payer": "", "nature": "", "missing": "", "source": "",
    "formula": "", "rank": 0, "told_by": YEAR, **END,
}  # fmt: skip
_letters = count()


def make_side(*rows, entry=None, inhabitants=1000.0, name=None, others=(), **told):
    """A territory with one indicator, « x », and these values of it (dicts; a number is one)."""
    letter = name or f"T{next(_letters)}"
    entries = {e["id"]: ENTRY | e for e in ({"id": "x", **(entry or {})}, *others)}
    copied = {k: entries["x"][k] for k in ("title", "unit", "measure", "formula")}
    values = [
        {**ROW, **copied, "indicator": "x", "territory": letter.lower(),
         **(row if isinstance(row, dict) else {"value": float(row)})}
        for row in rows
    ]  # fmt: skip
    return Side(
        f"dossier-{letter}", {"id": letter.lower(), "name": letter, "siren": letter} | told,
        (YEAR,), entries, UNITS, {}, {"x": values} if values else {}, {},
        {YEAR: {"value": inhabitants}},
    )  # fmt: skip


def compare(*sides, declared=None):
    """The values compared of « x », and why which territories are refused."""
    found = compare_sides(sides, declared or {})
    refused = [(one.reason, *one.territories) for one in found.refusals if one.indicator == "x"]
    return [one for one in found.shared if one.id == "x"], refused


def read_ranks(shared):
    return [one.rank for one in shared.values]


# --- ranks ----------------------------------------------------------------------------------------


def test_counts_are_ranked_by_inhabitant():
    """100 trees of 1 000 inhabitants are 100 for 1 000; 300 of 2 000, 150; 200 of 2 000, 100."""
    sides = [make_side(100), make_side(300, inhabitants=2000), make_side(200, inhabitants=2000)]
    (shared,), refused = compare(*sides, make_side(40, inhabitants=500))
    assert refused == []
    assert [one.ratio for one in shared.values] == [100, 150, 100, 80]
    assert [one.inhabitants for one in shared.values] == [1000, 2000, 2000, 500]
    assert read_ranks(shared) == [2, 1, 2, 4]
    # 80, 100, 100, 150: places 1.75, 2.5, 3.25.
    assert shared.summary == Summary(4, 80, 95, 100, 112.5, 150)


def test_euros_are_said_for_one_inhabitant():
    entry = {"unit": "eur", "measure": "flux"}
    sides = [make_side({"value": v, **WHOLE}, entry=entry) for v in (5000.0, 6000.0, 7000.0)]
    (shared,), _ = compare(*sides)
    assert [one.ratio for one in shared.values] == [5, 6, 7]
    assert read_ranks(shared) == [3, 2, 1]


def test_rates_are_ranked_as_they_are_printed():
    """10.04 and 10.01 are both « 10,0 »: neither comes before the other."""
    entry = {"unit": "pourcent", "measure": "taux"}
    sides = [make_side({"value": v, "precision": 0.1}, entry=entry) for v in (10.04, 10.01, 10.06)]
    (shared,), _ = compare(*sides)
    assert read_ranks(shared) == [2, 2, 1]
    assert not shared.by_inhabitant


def test_two_are_shown_and_not_ranked():
    (shared,), _ = compare(make_side(1), make_side(2))
    assert read_ranks(shared) == [None, None]
    assert shared.summary is None
    assert shared.unranked == "moins de trois valeurs à classer"


def test_a_bound_is_shown_and_never_ranked():
    (shared,), refused = compare(
        make_side(1), make_side({"value": 9.0, "qualifier": "plus de"}), make_side(3), make_side(2)
    )
    assert read_ranks(shared) == [3, None, 1, 2]
    assert shared.summary.count == 3
    assert [one.unranked for one in shared.values] == ["", "borne", "", ""]
    assert refused == []


def test_who_has_no_population_in_force_is_not_ranked():
    sides = [make_side(1), make_side(2), make_side(3), make_side(4, inhabitants=None)]
    (shared,), _ = compare(*sides)
    assert read_ranks(shared) == [3, 2, 1, None]
    assert "population en vigueur en 2029 non connue" in shared.values[3].unranked


#: Three territories of 1 000, 2 000 and 4 000 inhabitants have 10, 30 and 20 of it. As they are:
#: third, first, second; by inhabitant 10, 15 and 5 for 1 000 (of euros 0.01, 0.015 and 0.005):
#: second, first, third.
AS_THEY_ARE, BY_INHABITANT, NOT_RANKED = [3, 1, 2], [2, 1, 3], [None] * 3
TERMS = ({"id": "a"}, {"id": "b"}, {"id": "part", "unit": "pourcent", "measure": "taux"})


def made_of(formula, **cells):
    return {"formula": formula, **cells}


@pytest.mark.parametrize(
    ("entry", "ranks", "why"),
    [
        # sums: counts, amounts, quantities of the territory's own
        ({"measure": "stock"}, BY_INHABITANT, ""),
        ({"measure": "flux"}, BY_INHABITANT, ""),
        ({"measure": "flux", "unit": "eur"}, BY_INHABITANT, ""),
        ({"measure": "flux", "unit": "heure"}, BY_INHABITANT, ""),
        ({"unit": "habitant"}, BY_INHABITANT, ""),  # those who planted a tree
        ({"kind": "contexte"}, BY_INHABITANT, ""),
        # ratios by their measure or by their unit
        ({"measure": "taux", "unit": "pourcent"}, AS_THEY_ARE, ""),
        ({"measure": "taux", "unit": "arbre-par-habitant"}, AS_THEY_ARE, ""),
        ({"measure": "taux", "unit": "personne-pour-mille"}, AS_THEY_ARE, ""),
        ({"measure": "stock", "unit": "habitant-km2"}, AS_THEY_ARE, ""),
        (
            {"measure": "stock", "unit": "parc-activite"},
            BY_INHABITANT,
            "",
        ),  # no « par »
        # by their formula: a sum divided by a sum
        (made_of("{a} / {b}", unit="habitant"), AS_THEY_ARE, ""),
        (made_of("{a} / {b}", unit="an"), AS_THEY_ARE, ""),
        (made_of("{a} / {b}", measure="taux", unit="an"), AS_THEY_ARE, ""),
        (made_of("({a} - {b}) / max({a}, {b})"), AS_THEY_ARE, ""),
        (made_of("{a} / {b}", chapter="portrait"), AS_THEY_ARE, ""),
        (made_of("{a} + {b}"), BY_INHABITANT, ""),
        (made_of("{a} * {part} / 100"), BY_INHABITANT, ""),
        (made_of("100 * {a} / {part}"), BY_INHABITANT, ""),
        (made_of("round({a} / (1 + {part} / 100))"), BY_INHABITANT, ""),
        (made_of("{a} * {b} / {a}"), BY_INHABITANT, ""),
        # shown, never ranked
        ({"measure": "taux", "unit": "an"}, NOT_RANKED, "constante"),
        ({"measure": "taux", "unit": "habitant"}, NOT_RANKED, "constante"),  # a legal threshold
        ({"measure": "taux", "unit": "eur"}, NOT_RANKED, "constante"),
        ({"unit": "an"}, NOT_RANKED, "durée"),
        ({"measure": "flux", "unit": "jour"}, NOT_RANKED, "durée"),
        ({"measure": "stock", "unit": "heure"}, NOT_RANKED, "durée"),
        ({"unit": "commune"}, NOT_RANKED, "communes"),
        ({"chapter": "portrait", "unit": "habitant"}, NOT_RANKED, "effectif officiel"),
    ],
)
def test_what_is_ranked_and_how(entry, ranks, why):
    rows = zip((10, 30, 20), (1000, 2000, 4000), strict=True)
    sides = [make_side(n, entry=entry, inhabitants=i, others=TERMS) for n, i in rows]
    (shared,), _ = compare(*sides)
    assert read_ranks(shared) == ranks
    assert why in shared.unranked
    assert bool(why) is bool(shared.unranked)
    assert shared.by_inhabitant is (ranks is BY_INHABITANT)
    if shared.by_inhabitant:
        base = 1 if entry.get("unit") == "eur" else 1000
        expected = pytest.approx([base * 0.01, base * 0.015, base * 0.005])
        assert [one.ratio for one in shared.values] == expected
    else:
        assert [one.ratio for one in shared.values] == [None] * 3


def test_the_population_is_shown_and_never_ranked():
    for told in ({"population_indicator": "x"}, {}):
        sides = [make_side(n, entry={"unit": "habitant"}, **told) for n in (1, 2, 3)]
        (shared,), _ = compare(*sides)
        assert (read_ranks(shared) == NOT_RANKED) is bool(told)
        assert shared.unranked.startswith("la population") is bool(told)


def test_official_indicators_are_ranked_as_they_are():
    """All of the national reference, as any dossier's catalogue has them, but the population."""
    every = compute_counts_of_all()
    units = {row["id"]: row for row in read_national("units").to_dict("records")}
    side = make_side(1)
    side = replace(side, catalogue={e["id"]: e for e in every}, units=UNITS | units)
    context = {*list_context()["id"]}
    ratios = {id for id in side.catalogue if side.is_ratio(id)}
    assert context <= set(side.catalogue)
    assert context - ratios == {"population-en-vigueur"}
    assert ratios - context == {"superficie"}  # typed: a constant
    for entry in every:
        cells = {key: entry[key] for key in ("title", "unit", "measure", "formula", "precision")}
        row = {**ROW, **cells, "indicator": entry["id"], "territory": side.id}
        assert (find_unrankable(side, row) == "") is (entry["id"] in ratios - {"superficie"})


def compute_counts_of_all():
    """Entries of the catalogue where every count is known."""
    columns = list_counts()["column"]
    known = {c: Count(c, pd.Series(dtype=float), 1.0, None, None, "", "") for c in columns}
    known["earlier"] = replace(known["municipal"], column="earlier")
    return list_entries(known)


# --- definitions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"unit": "commune"}, "autre unité"),
        ({"measure": "flux"}, "autre mesure"),
        ({"kind": "contexte"}, "autre nature d’indicateur"),
        ({"formula": "{y} + {z}"}, "autre formule"),
        ({"title": "Arbres coupés"}, "autre intitulé"),
        ({"definition": "Arbres plantés et haies."}, "autre définition"),
        ({"definition": "arbres  plantés"}, "définition presque égale"),
        ({"unit": "commune", "title": "Communes"}, "autre unité"),
    ],
)
def test_other_definitions(other, reason):
    sides = [make_side(1), make_side(2), make_side(3, entry=other, name="Z")]
    (shared,), refused = compare(*sides)
    assert [one.side for one in shared.values] == sides[:2]
    assert refused == [(reason, "z")]


def test_both_definitions_are_shown():
    sides = make_side(1), make_side(2), make_side(3, entry={"definition": "Haies."})
    (refusal,) = compare_sides(sides, {}).refusals
    assert (refusal.kept, refusal.own) == ("Arbres plantés.", "Haies.")


def test_two_alone_refuse_each_other():
    _, refused = compare(make_side(1, name="A"), make_side(2, entry={"unit": "an"}, name="B"))
    assert sorted(refused) == [("autre unité", "a"), ("autre unité", "b")]


def test_own_name_is_nearly_equal():
    sides = [
        make_side(1, entry={"definition": f"Arbres plantés par « {name} »."}, name=name)
        for name in ("Alpha", "Bêta", "Gamma")
    ]
    shared, refused = compare(*sides)
    assert shared == []
    assert {reason for reason, _ in refused} == {"définition presque égale"}


def test_declared_equal():
    """Wording may be declared, for all or for some; a unit may not."""
    sides = [
        make_side(1, name="A"), make_side(2, name="B"),
        make_side(3, entry={"definition": "Arbres mis en terre."}, name="C"),
        make_side(4, entry={"definition": "Arbres en pot."}, name="D"),
        make_side(5, entry={"unit": "an"}, name="E"),
    ]  # fmt: skip
    places = tuple(side.id for side in sides)
    (shared,), refused = compare(*sides, declared={"x": (places, "revu")})
    assert [one.side.name for one in shared.values] == ["A", "B", "C", "D"]
    assert shared.declared == ("c", "d")
    assert refused == [("autre unité", "e")]
    (shared,), refused = compare(*sides, declared={"x": (("c",), "revu")})
    assert [one.side.name for one in shared.values] == ["A", "B", "C"]
    assert refused == [("autre définition", "d"), ("autre unité", "e")]


def test_a_term_defined_otherwise():
    entry = {"unit": "pourcent", "measure": "taux", "formula": "100 * {y} / {z}"}
    terms = ({"id": "y"}, {"id": "z"})
    other = ({"id": "y", "definition": "Autre chose."}, {"id": "z"})
    sides = [make_side(1, entry=entry, others=terms), make_side(2, entry=entry, others=terms)]
    (shared,), refused = compare(*sides, make_side(3, entry=entry, others=other, name="Z"))
    assert len(shared.values) == 2
    assert refused == [("un terme de la formule a une autre définition", "z")]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("100 * {a} / {b}", "({a}/{b})*100", True),
        ("{a} - ({b} - {c})", "{c} + {a} - {b}", True),
        ("{a@own} / {b}", "{a} / {b}", True),
        ("max(0, {a} - {b})", "max(0,{a}-{b})", True),
        ("{a} / {b}", "{b} / {a}", False),
        ("{a} - {b} - {c}", "{a} - ({b} - {c})", False),
        ("{a@france} / {b}", "{a} / {b}", False),
        ("{a:N-1} / {b}", "{a} / {b}", False),
        ("{a} * ({b} + {c})", "{a} * {b} + {c}", False),
        ("-{a} + {b}", "{b} - {a}", True),
    ],
)
def test_formulas_of_one_arithmetic(one, other, equal):
    assert (sample_formula(one, "own") == sample_formula(other, "own")) is equal


# --- periods, kinds, what is missing --------------------------------------------------------------

TEN = Period(date(YEAR, 1, 1), date(YEAR, 10, 31))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (year_period(YEAR), year_period(YEAR), ""),
        (year_period(YEAR), TEN, "10 mois contre 12 mois"),
        (year_period(YEAR), year_period(YEAR - 1), "même durée, mais d’autres dates"),
        (year_period(YEAR), Period(date(YEAR, 1, 2), date(YEAR, 12, 30)), ""),
        (year_period(YEAR), Period(None, date(YEAR, 12, 31)), "une date d’un côté"),
        (Period(None, date(YEAR, 12, 31)), Period(None, date(YEAR, 12, 30)), "autre date"),
        (Period(None, date(YEAR, 12, 31)), Period(None, None), "date de la valeur non précisée"),
        (
            Period(None, date(YEAR, 12, 31)),
            Period(None, set_precision(date(YEAR, 12, 31), TO_THE_YEAR)),
            "dates connues avec une autre précision",
        ),
    ],
)
def test_one_period(one, other, reason):
    for verdict in (judge_same(one, other), judge_same(other, one)):
        assert verdict.comparable is not bool(reason)
    assert judge_same(one, other).reason.startswith(reason)


def test_ten_months_are_not_set_against_twelve():
    entry = {"measure": "flux"}
    ten = {"period_start": TEN.start, "period_end": TEN.end}
    sides = [make_side(WHOLE, entry=entry), make_side(ten, entry=entry, name="Z"),
             make_side(WHOLE, entry=entry)]  # fmt: skip
    (shared,), refused = compare(*sides)
    assert shared.period == year_period(YEAR)
    assert refused == [("période non comparable", "z")]


def test_an_earlier_value_stands_beside_an_older_edition():
    """One dossier is a year ahead: its value before is of the other's year; its own is alone."""
    entry = {"measure": "flux"}
    before = {"period_start": date(YEAR - 1, 1, 1), "period_end": date(YEAR - 1, 12, 31)}
    ahead = make_side({**WHOLE}, {**before, "rank": 1, "value": 7.0}, entry=entry)
    (shared,), refused = compare(ahead, make_side({**before, "told_by": YEAR - 1}, entry=entry))
    assert shared.period == year_period(YEAR - 1)
    assert [one.row["value"] for one in shared.values] == [7, 1]
    assert refused == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"estimate": "oui"}, "estimation d’un côté, relevé de l’autre"),
        ({"status": "prévisionnel"}, "prévision d’un côté, constat de l’autre"),
        ({"stage": "prévu"}, "autre étape du montant"),
        ({"nature": "investissement"}, "autre nature du montant"),
        ({"payer": "etat"}, "autre financeur"),
    ],
)
def test_other_kinds(cells, reason):
    (shared,), refused = compare(make_side(1), make_side(2), make_side({**cells}, name="Z"))
    assert len(shared.values) == 2
    assert refused == [(reason, "z")]
    shared, refused = compare(make_side(1, name="A"), make_side({**cells}, name="Z"))
    assert shared == []
    assert sorted(refused) == [(reason, "a"), (reason, "z")]


def test_each_pays_itself():
    sides = [make_side({"payer": name.lower()}, name=name) for name in ("A", "B")]
    shared, refused = compare(*sides)
    assert len(shared) == 1
    assert refused == []


def test_missing_is_missing():
    empty, absent = make_side(name="Y"), make_side(name="Z")
    empty.missing["x"] = "le service n’a pas répondu"
    del absent.catalogue["x"]
    found = compare_sides([make_side(1), make_side(2), empty, absent], {})
    assert len(found.shared[0].values) == 2
    told = {one.reason: (one.territories, one.own) for one in found.refusals}
    assert told == {
        "absent du catalogue du dossier": (("z",), ""),
        "sans valeur": (("y",), "le service n’a pas répondu"),
    }


def test_of_one_dossier_and_checks():
    sides = [make_side(1), make_side(2)]
    sides[0].catalogue["seul"] = ENTRY | {"id": "seul"}
    assert [one.reason for one in compare_sides(sides, {}).refusals] == ["propre à un seul dossier"]
    shared, refused = compare(*(make_side(1, entry={"kind": "contrôle"}) for _ in range(3)))
    assert shared == []
    assert [reason for reason, *_ in refused] == ["recalcul de contrôle"]


def test_a_territory_is_compared_once():
    with pytest.raises(UserError, match=r"dossier-A, dossier-A ont le même numéro SIREN, A"):
        check_sides([make_side(1, name="A"), make_side(1, name="A")])
    with pytest.raises(UserError, match="au moins deux dossiers"):
        check_sides([make_side(1)])


def test_declarations_are_read_whole(tmp_path):
    path = tmp_path / "egales.csv"
    sides = [make_side(1, name="A"), make_side(2, name="B")]
    path.write_text("indicator;territories;reason\nx;;revu ensemble\n", "utf-8")
    assert read_declarations(path, sides) == {"x": (("a", "b"), "revu ensemble")}
    path.write_text("indicator,territories,reason\ny,a | c,\n", "utf-8")
    with pytest.raises(InvalidDossier) as refused:
        read_declarations(path, sides)
    assert [(f.row, f.column, f.value) for f in refused.value.faults] == [
        (2, "indicator", "y"), (2, "reason", ""), (2, "territories", "c"),
    ]  # fmt: skip


# --- from dossiers to files -----------------------------------------------------------------------

#: Of the odd territory of the made-up ones, why which indicator is refused.
REFUSED = {
    "autre-unite": "autre unité",
    "autre-mesure": "autre mesure",
    "autre-nature": "autre nature d’indicateur",
    "autre-intitule": "autre intitulé",
    "autre-definition": "autre définition",
    "presque-egale": "définition presque égale",
    "autre-date": "période non comparable",
    "dix-mois": "période non comparable",
    "estimation": "estimation d’un côté, relevé de l’autre",
    "prevision": "prévision d’un côté, constat de l’autre",
    "sans-valeur": "sans valeur",
    "absent": "absent du catalogue du dossier",
    "autre-formule": "autre formule",
    "autre-terme": "un terme de la formule a une autre définition",
    "recalcul": "recalcul de contrôle",
}
FILES = ("comparaison.csv", "comparaison.xlsx", "index.html", "refus.csv")


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """Five made-up dossiers, their data computed by the campaign, and what they have in common."""
    folder = tmp_path_factory.mktemp("variantes")
    roots = [str(dossier.root) for dossier in variants.make_variants(folder)]
    out = folder / "comparaison"
    options = ["--data-only", "--compare", "--to", str(out)]
    assert main(["campaign", *roots, *options]) == 0
    return roots, out


@pytest.mark.slow
class TestCampaign:
    def test_values_and_ranks(self, compared):
        """Three member communes: A has 300 inhabitants, of which 120 trees make 400 for 1 000."""
        rows = read_rows(compared[1] / "comparaison.csv")
        trees = {r["territory_name"][-1]: r for r in rows if r["indicator"] == "arbres"}
        assert {k: r["value"] for k, r in trees.items()} == {
            k: str(v) for k, v in variants.TREES.items()
        }
        assert {k: (r["inhabitants"], r["ratio"], r["rank"]) for k, r in trees.items()} == {
            "A": ("300", "400", "1"),
            "B": ("600", "200", "4"),
            "C": ("1200", "300", "3"),
            "D": ("1200", "400", "1"),
            "E": ("300", "200", "4"),
        }
        assert {r["ratio_unit"] for r in trees.values()} == {"arbres pour 1\u202f000 habitants"}
        shares = {r["territory_name"][-1]: r["rank"] for r in rows if r["indicator"] == "part"}
        assert shares == {"A": "4", "B": "2", "C": "4", "D": "1", "E": "3"}
        same = [r["value"] for r in rows if r["indicator"] == "meme-formule"]
        assert same == ["50"] * 5

    def test_every_refusal(self, compared):
        odd = variants.name_place(variants.ODD)
        rows = read_rows(compared[1] / "refus.csv")
        found = {r["indicator"]: r["reason"] for r in rows if odd in r["territories"].split(" | ")}
        assert {id: found.get(id) for id in REFUSED} == REFUSED
        assert not {"arbres", "part", "meme-formule", "borne"} & set(found)

    def test_page_and_workbook(self, compared):
        page = (compared[1] / "index.html").read_text("utf-8")
        assert "Indicateurs communs à 5 territoires" in page
        assert "Médiane\u00a0: 300\u00a0arbres pour 1\u202f000 habitants" in page
        # From 200 to 400 trees for 1 000 inhabitants: 300 is in the middle of the scale.
        start = page.index('<h3 id="arbres-2029-12-31">')
        places = re.findall(
            r'class="points" d="M([\d.]+) 5', page[start : page.index("</table>", start)]
        )
        assert places == ["97.0", "97.0", "50.0", "3.0", "3.0"]
        assert {path.name for path in compared[1].iterdir()} == set(FILES)
        sheet = load_workbook(compared[1] / "comparaison.xlsx")["Valeurs comparées"]
        headings = [cell.value for cell in sheet[1]]
        assert sheet.freeze_panes == "C2"
        column = headings.index("Valeur") + 1
        assert {type(sheet.cell(row, column).value) for row in range(2, sheet.max_row + 1)} <= {
            int, float,
        }  # fmt: skip

    def test_same_bytes_again_and_nothing_recomputed(self, compared, tmp_path, capsys):
        roots, out = compared
        options = ["--data-only", "--compare", "--to", str(tmp_path / "encore")]
        assert main(["campaign", *roots, *options]) == 0
        assert "Données à calculer : 0 édition ;" in capsys.readouterr().out
        for name in FILES:
            assert (tmp_path / "encore" / name).read_bytes() == (out / name).read_bytes(), name

    def test_declared_equal(self, compared, tmp_path):
        roots, _ = compared
        same = tmp_path / "egales.csv"
        same.write_text("indicator,territories,reason\npresque-egale,,Le nom seul change.\n")
        out = tmp_path / "declare"
        options = ["--data-only", "--compare", "--to", str(out), "--same", str(same)]
        assert main(["campaign", *roots, *options]) == 0
        rows = [r for r in read_rows(out / "comparaison.csv") if r["indicator"] == "presque-egale"]
        assert [r["rank"] for r in rows] == ["1", "4", "3", "1", "4"]
        assert rows[1]["note"] == "définition déclarée égale par l’analyste"
        assert "Le nom seul change." in (out / "index.html").read_text("utf-8")

    def test_a_faulty_dossier_is_left_out_and_named(self, compared, tmp_path):
        import shutil

        roots, _ = compared
        bad = tmp_path / "fautif"
        shutil.copytree(roots[0], bad)
        path = bad / "raw" / str(YEAR) / "observations.csv"
        path.write_text(path.read_text("utf-8").replace(",exact,", ",exacte,", 1), "utf-8")
        out = tmp_path / "sans"
        options = ["--data-only", "--compare", "--to", str(out)]
        assert main(["campaign", *roots[1:], str(bad), *options]) == 1
        page = (out / "index.html").read_text("utf-8")
        assert "Indicateurs communs à 4 territoires" in page
        assert "fautif 2029" in page

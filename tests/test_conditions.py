"""Conditions of a sentence: what can be written, what is certain (values worked by hand)."""

import dataclasses
from datetime import date

import pytest

from analysis.model.conditions import Facts, hold, parse_conditions
from analysis.model.formulas import FormulaError
from analysis.model.references import Value
from analysis.show.charts.sentences import choose_sentence

WHOLE = date(2030, 1, 1), date(2030, 12, 31)
BEFORE = date(2029, 1, 1), date(2029, 12, 31)


def value(number, period=WHOLE, *, unit="commune", measure="stock", qualifier="exact", **more):
    start, end = period
    about = {"unit": unit, "measure": measure, "qualifier": qualifier, "precision": 1}
    about |= dict.fromkeys(("status", "stage", "payer", "missing", "modifier"), "")
    about |= {"indicator": "a", "title": "A", "value": number} | more
    return Value(**about, period_start=start, period_end=end)


def is_true(text, items=(), printed=(), **values):
    known = {name.replace("_avant", ":precedent"): one for name, one in values.items()}
    known = {
        name: dataclasses.replace(one, indicator=name.split(":")[0]) for name, one in known.items()
    }
    facts = Facts(lambda reference: known[reference], items, lambda name: name in printed)
    return hold(parse_conditions(text), facts)


STATE = (None, date(2030, 12, 31))


@pytest.mark.parametrize(
    ("text", "a", "b", "holds"),
    [
        ("{a} > {b}", value(20, STATE), value(12, STATE), True),
        ("{a} > {b}", value(12, STATE), value(12, STATE), False),  # equal: nothing exceeds
        ("{a} >= {b}", value(12, STATE), value(12, STATE), True),
        ("{a} = {b}", value(46, STATE), value(46, STATE), True),
        ("{a} = {b}", value(46, STATE), value(45, STATE), False),
        ("{a} < {b}", value(11, STATE), value(12, STATE), True),
        ("{a} <= {b}", value(12, STATE), value(12, STATE), True),
        # 18 to 22 against 10.8 to 13.2; 18 to 22 against 17.1 to 20.9.
        ("{a} > {b}", value(20, qualifier="environ"), value(12, qualifier="environ"), True),
        ("{a} > {b}", value(20, qualifier="environ"), value(19, qualifier="environ"), False),
        ("{a} = {b}", value(20, qualifier="environ"), value(20), False),
        ("{a} > {b}", value(5000, qualifier="plus de"), value(5000), True),
        ("{a} > {b}", value(5000, qualifier="au moins"), value(5000), False),
        ("{a} >= {b}", value(5000, qualifier="au moins"), value(5000), True),
        ("{a} > {b}", value(6000), value(5000, qualifier="plus de"), False),
        # 2 × « plus de 30 » is more than 60.
        ("2 * {a} > {b}", value(30, qualifier="plus de"), value(60), True),
        # Rounded to the hundred thousand: 4.75 to 4.85 against 4.65 to 4.75.
        ("{a} > {b}", value(4.8e6, unit="eur", precision=1e5),
         value(4.7e6, unit="eur", precision=1e5), False),
        ("{a} > {b}", value(4.9e6, unit="eur", precision=1e5),
         value(4.7e6, unit="eur", precision=1e5), True),
        ("{a} proche de {b} à 5 %", value(103), value(100), True),
        ("{a} proche de {b} à 2,5 %", value(103), value(100), False),
        ("{a} > {b}", value(None, missing="aucune valeur"), value(1), False),
        ("{a} < {b}", value(None, missing="aucune valeur"), value(1), False),
        # Another unit, another year, another length, another stage.
        ("{a} > {b}", value(20, unit="agent"), value(12), False),
        ("{a} > {b}", value(20), value(12, BEFORE), False),
        ("{a} > {b}", value(20, STATE), value(12, (None, date(2029, 12, 31))), False),
        ("{a} > {b}", value(20), value(12, (date(2030, 1, 1), date(2030, 10, 31))), False),
        ("{a} > {b}", value(20), value(12, STATE), True),  # a state of that year
        ("{a} > {b}", value(20, (None, None)), value(12, STATE), True),  # not dated
        ("{a} > {b}", value(2, unit="eur", stage="prévu"),
         value(1, unit="eur", stage="réalisé"), False),
        # Whoever pays may be compared.
        ("{a} > {b}", value(2, unit="eur", payer="etat"), value(1, unit="eur", payer="ensemble"),
         False),  # 2 ± 0.5 against 1 ± 0.5: an amount is rounded
        ("{a} > {b}", value(3, unit="eur", payer="etat"), value(1, unit="eur", payer="ensemble"),
         True),
        ("{a} > 0", value(1), value(0), True),
        ("{a} > 0", value(0), value(0), False),
        ("{a} - {b} > 0", value(3), value(2), True),
        ("-{a} < {b}", value(3), value(2), True),
        ("abs({a}) > abs({b})", value(-50, unit="pourcent"), value(7, unit="pourcent"), True),
        ("{a} / {b} > 2", value(5), value(0), False),  # no division by zero
        ("max({a}, {b}) > min({a}, {b})", value(5), value(4), True),
        ("{a} > {b} et {a} < 2 * {b}", value(20), value(12), True),
        ("{a} > {b} et {a} > 2 * {b}", value(20), value(12), False),
    ],
)  # fmt: skip
def test_a_comparison_holds_where_it_is_certain(text, a, b, holds):
    assert is_true(text, a=a, b=b) is holds


TEN = date(2030, 1, 1), date(2030, 10, 31)


def flow(number, period=WHOLE, **more):
    return value(number, period, measure="flux", **more)


@pytest.mark.parametrize(
    ("text", "now", "before", "holds"),
    [
        ("{a} augmente", flow(100), flow(80, BEFORE), True),
        ("{a} augmente", flow(80), flow(80, BEFORE), False),
        ("{a} diminue", flow(80), flow(100, BEFORE), True),
        ("{a} stable à 5 %", flow(103), flow(100, BEFORE), True),
        ("{a} stable à 5 %", flow(106), flow(100, BEFORE), False),
        ("{a} augmente", flow(100, TEN), flow(80, BEFORE), False),  # ten months and twelve
        ("{a} augmente", flow(100), flow(None, BEFORE), False),
        ("{a} dépasse déjà sa période précédente", flow(121, TEN), flow(120, BEFORE), True),
        ("{a} dépasse déjà sa période précédente", flow(120, TEN), flow(120, BEFORE), False),
        ("{a} dépasse déjà sa période précédente", flow(121), flow(120, BEFORE), False),
        ("{a} dépasse déjà sa période précédente", flow(121, TEN), flow(120), False),  # overlap
        ("{a} diminue", value(84, STATE), value(170, (None, None)), True),
    ],
)
def test_a_change_holds_between_periods_that_compare(text, now, before, holds):
    assert is_true(text, a=now, a_avant=before) is holds


def test_the_largest_is_larger_than_each_other_item():
    values = {"a": value(3), "b": value(2), "c": value(1)}
    assert is_true("{a} le plus grand", "abc", **values)
    assert is_true("{c} la plus petite", "abc", **values)
    assert not is_true("{b} le plus grand", "abc", **values)
    assert not is_true("{a} le plus grand", "abc", **values | {"b": value(3)})
    assert not is_true("{a} le plus grand", "abc", **values | {"c": value(None)})
    assert not is_true("{a} le plus grand", "a", **values)


def test_what_is_printed_is_asked_of_the_edition():
    assert is_true("{a} imprimé autrement", printed=["a"])
    assert not is_true("{a} imprimé autrement", printed=["b"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{a} gagne", "condition non reconnue « {a} gagne »"),
        ("", "condition non reconnue"),
        ("{a} stable", "condition non reconnue"),
        ("{a} > {b} > {c}", "condition non reconnue"),
        ("{a} > 37", "constante 37"),
        ("{a} > __import__('os')", "appel non admis"),
        ("round({a}) > {b}", "arrondi"),
        ("3 > 2", "aucune référence"),
    ],
)
def test_another_form_is_refused(text, problem):
    with pytest.raises(FormulaError) as error:
        parse_conditions(text)
    assert problem in f"{error.value}"


# --- the sentence said ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("Un constat", "Un constat"),
        ([{"say": "Un constat"}], "Un constat"),
        ([{"when": "{logements-renoves} augmente", "say": "Oui"}, {"say": "Non"}], "Oui"),
        ([{"when": "{logements-renoves} diminue", "say": "Oui"}, {"say": "Non"}], "Non"),
        ([{"when": "{femmes} > {agents}", "say": "A"}, {"when": "{agents} > {femmes}", "say": "B"},
          {"say": "C"}], "B"),
        # A sentence without its value is passed over.
        ([{"say": "{{arbres-plantes:evolution}}"}, {"say": "Non"}], "Non"),
        ([{"say": "Toutes", "because": "la loi le veut"}], "Toutes"),
    ],
)  # fmt: skip
def test_the_first_true_sentence_is_said(edition, finding, said):
    assert choose_sentence(edition, {"finding": finding}) == said


def test_a_note_may_be_left_unsaid(edition):
    note = [{"when": "{agents} imprimé autrement", "say": "Un autre nombre est imprimé."}]
    assert choose_sentence(edition, {"note": note}, "note") == ""
    assert choose_sentence(edition, {}, "note") == ""


def test_the_findings_of_the_published_edition_are_those_that_are_true_of_it(published):
    said = {spec["id"]: choose_sentence(published, spec) for spec in published.charts}
    for id, words in {
        "personnes-sensibilisees-eie": "a sensibilisé moins de personnes",
        "plie-financement": "presque égales",
        "versements-communes": "l’essentiel",
        "depenses-par-politique": "les déchets pèsent le plus",
        "obligation-handicap": "Il manque",
        "communes-participantes": "toutes les communes ; les autres démarches en associent une",
        "arbres-plantes": "il reste",
        "aide-tepcv": "restent à mobiliser",
    }.items():
        assert words in said[id]


def test_a_finding_changes_with_its_data(published):
    """Two amounts, equal or near, and one more than the other."""
    (spec,) = [spec for spec in published.charts if spec["id"] == "plie-financement"]
    values, both = published.values, ["plie-budget-agglomeration", "plie-budget-fse"]

    def say(agglomeration, fse):
        amounts = values["indicator"].map(dict(zip(both, (agglomeration, fse), strict=True)))
        changed = values.assign(value=amounts.fillna(values["value"]))
        return choose_sentence(dataclasses.replace(published, values=changed), spec)

    assert "presque égales" in say(1e6, 1e6)
    assert "presque égales" in say(1e6, 1.04e6)
    assert "presque égales" not in say(2e6, 1e6)
    assert "presque égales" not in say(1e6, 2e6)

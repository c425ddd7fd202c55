"""One answer of a form, as services write it: what it is read as, or why it is refused."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from analysis.collect.cell_answers import (
    EPOCH_MAC,
    Quantity,
    Unit,
    fold,
    parse_choice,
    parse_date,
    parse_span,
    parse_text,
    parse_value,
)
from analysis.collect.form_contract import ACTION_STATES, DUE_STATES, QUALIFIERS, STATUSES
from analysis.compute.dossier.cells import CellError
from analysis.words import french

UNITS = {
    "arbre": Unit("arbre", "arbre", "arbres"),
    "eur": Unit("eur", "euro", "euros", "€"),
    "pourcent": Unit("pourcent", "pour cent", "pour cent", "%"),
    "tonne": Unit("tonne", "tonne", "tonnes"),
    "mwh": Unit("mwh", "mégawattheure", "mégawattheures", "MWh"),
    "co2e": Unit("tonne-co2e", "tonne de CO₂ équivalent", "tonnes de CO₂ équivalent", "tCO₂e"),
    "tep": Unit("tep", "tonne équivalent pétrole", "tonnes équivalent pétrole", "tep"),
    "kg-habitant": Unit(
        "kg-par-habitant", "kilogramme par habitant", "kilogrammes par habitant", "kg/hab."
    ),
    "commune": Unit("commune", "commune", "communes"),
    "m2": Unit("m2", "mètre carré", "mètres carrés", "m²"),
    "eur-habitant": Unit("eur-habitant", "euro par habitant", "euros par habitant", "€/hab."),
}

VALUES = [
    # numbers as a spreadsheet holds them
    (300, "arbre", 300, ""),
    (12.5, "arbre", 12.5, ""),
    (0, "arbre", 0, ""),
    (-3, "arbre", -3, ""),
    # numbers as text
    ("300", "arbre", 300, ""),
    ("12,5", "arbre", 12.5, ""),
    ("12.5", "arbre", 12.5, ""),
    ("0,125", "arbre", 0.125, ""),
    ("0.125", "arbre", 0.125, ""),
    (" 1 234,5 ", "arbre", 1234.5, ""),
    ("1\u00a0234", "arbre", 1234, ""),
    ("1\u202f234\u202f567", "arbre", 1234567, ""),
    ("1\u2009234", "arbre", 1234, ""),
    ("1\u2007234", "arbre", 1234, ""),
    ("\u200b1 234\ufeff", "arbre", 1234, ""),
    ("1.234.567", "arbre", 1234567, ""),
    ("1.234,5", "arbre", 1234.5, ""),
    ("1,234,567.8", "arbre", 1234567.8, ""),
    ("−5", "arbre", -5, ""),
    # nothing to give
    ("n.d.", "arbre", None, ""),
    ("nd", "arbre", None, ""),
    ("N. D.", "eur", None, ""),
    ("Non disponible", "arbre", None, ""),
    ("NON  DISPONIBLE.", "arbre", None, ""),
    ("non communiqué", "arbre", None, ""),
    # qualifiers
    ("env. 300", "arbre", 300, "environ"),
    ("environ 300", "arbre", 300, "environ"),
    ("Environ 1 300 arbres", "arbre", 1300, "environ"),
    ("~300", "arbre", 300, "environ"),
    ("≈ 300", "arbre", 300, "environ"),
    ("à peu près 300", "arbre", 300, "environ"),
    ("de l’ordre de 300", "arbre", 300, "environ"),
    ("300 environ", "arbre", 300, "environ"),
    ("300 (env.)", "arbre", 300, "environ"),
    ("plus de 500", "arbre", 500, "plus de"),
    ("Plus de 500 arbres", "arbre", 500, "plus de"),
    ("> 500", "arbre", 500, "plus de"),
    (">500", "arbre", 500, "plus de"),
    ("+ de 500", "arbre", 500, "plus de"),
    ("moins de 500", "arbre", 500, "moins de"),
    ("< 500", "arbre", 500, "moins de"),
    ("au moins 500", "arbre", 500, "au moins"),
    (">= 500", "arbre", 500, "au moins"),
    ("≥ 500", "arbre", 500, "au moins"),
    ("500 minimum", "arbre", 500, "au moins"),
    ("au plus 500", "arbre", 500, "au plus"),
    ("≤500", "arbre", 500, "au plus"),
    ("500 max.", "arbre", 500, "au plus"),
    ("près de 500", "arbre", 500, "près de"),
    ("pre\u0301s de 500", "arbre", 500, "près de"),
    # amounts
    ("12 €", "eur", 12, ""),
    ("12 euros", "eur", 12, ""),
    ("12 k€", "eur", 12_000, ""),
    ("12 K€", "eur", 12_000, ""),
    ("12k€", "eur", 12_000, ""),
    ("12,5 keur", "eur", 12_500, ""),
    ("12 milliers d’euros", "eur", 12_000, ""),
    ("1,2 M€", "eur", 1_200_000, ""),
    ("1,2 millions d'euros", "eur", 1_200_000, ""),
    ("2 Md€", "eur", 2e9, ""),
    ("env. 1,2 M€", "eur", 1_200_000, "environ"),
    ("1,89 M€", "eur", 1_890_000, ""),
    # other units
    ("38 %", "pourcent", 38, ""),
    ("38,5%", "pourcent", 38.5, ""),
    ("38 pour cent", "pourcent", 38, ""),
    ("300 arbres", "arbre", 300, ""),
    ("1 arbre", "arbre", 1, ""),
    ("300 ARBRES.", "arbre", 300, ""),
    ("12 000 m²", "m2", 12_000, ""),
    ("12 000 m2", "m2", 12_000, ""),
    ("12 mètres carrés", "m2", 12, ""),
    ("42,5 €/hab.", "eur-habitant", 42.5, ""),
    # about so many
    ("une vingtaine", "arbre", 20, "environ"),
    ("Une vingtaine d’arbres", "arbre", 20, "environ"),
    ("plus d’une centaine d’arbres", "arbre", 100, "plus de"),
    ("près d’un millier", "arbre", 1000, "près de"),
    ("environ 30", "arbre", 30, "environ"),
    # multiples
    ("4,2 millions", "eur", 4_200_000, ""),
    ("1,5 M€", "eur", 1_500_000, ""),
    ("1,5 M", "eur", 1_500_000, ""),
    ("12 k", "eur", 12_000, ""),
    ("12 mille euros", "eur", 12_000, ""),
    ("1,2 milliard d’euros", "eur", 1.2e9, ""),
    ("1,5 million d’arbres", "arbre", 1_500_000, ""),
    ("1 250,50 €", "eur", 1250.5, ""),
    ("1\u202f250,50\u00a0€", "eur", 1250.5, ""),
    # prefixes, of whatever unit
    ("31,4 kt", "tonne", 31_400, ""),
    ("2 Mt", "tonne", 2_000_000, ""),
    ("3 kilotonnes", "tonne", 3_000, ""),
    ("3 GWh", "mwh", 3_000, ""),
    ("3 gwh", "mwh", 3_000, ""),
    ("3 TWh", "mwh", 3_000_000, ""),
    ("3 gigawatt-heures", "mwh", 3_000, ""),
    ("3 MEUR", "eur", 3_000_000, ""),
    ("1 G€", "eur", 1e9, ""),
    ("12 k€/hab.", "eur-habitant", 12_000, ""),
    ("12 k€ par habitant", "eur-habitant", 12_000, ""),
    ("812 ktCO2e", "co2e", 812_000, ""),
    ("812 kt éq. CO2", "co2e", 812_000, ""),
    ("3 ktep", "tep", 3_000, ""),
    # units of one kind
    ("1 500 kg", "tonne", 1.5, ""),
    ("1,5 t", "tonne", 1.5, ""),
    ("2 hectares", "m2", 20_000, ""),
    ("2,5 kilomètres carrés", "m2", 2_500_000, ""),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "unit", "value", "qualifier"), VALUES)
def test_a_value_is_read(raw, unit, value, qualifier):
    assert parse_value(raw, UNITS[unit]) == Quantity(value, qualifier)


@pytest.mark.parametrize(
    ("raw", "unit", "quantity"),
    [
        ("12 communes, dont Hasnon", "commune", Quantity(12, "", "dont Hasnon")),
        ("12 dont Hasnon et Wallers", "commune", Quantity(12, "", "dont Hasnon et Wallers")),
        ("3 sur 47", "commune", Quantity(3, "", "sur 47")),
        ("3 communes sur 47", "commune", Quantity(3, "", "sur 47")),
        ("4,2 M€ (BP 2018)", "eur", Quantity(4_200_000, "", "BP 2018")),
        ("140 (2018)", "arbre", Quantity(140, "", "2018")),
        ("env. 140 arbres au 31/10/2018", "arbre", Quantity(140, "environ", "au 31/10/2018")),
        ("140 en octobre 2018", "arbre", Quantity(140, "", "en octobre 2018")),
        ("38 % (hors Denain)", "pourcent", Quantity(38, "", "hors Denain")),
        ("38 %, soit 12 arbres", "pourcent", Quantity(38, "", "soit 12 arbres")),
    ],
)
def test_what_is_written_after_the_unit_is_a_note(raw, unit, quantity):
    assert parse_value(raw, UNITS[unit]) == quantity


REFUSED = [
    ("1.234", "arbre", "deux façons", "1234 ou 1,234"),
    ("12.000 €", "eur", "deux façons", "12000 ou 12,000"),
    ("12 34", "arbre", "illisible", "en arbres"),
    ("trois cents", "arbre", "illisible", "« n.d. »"),
    ("plusieurs centaines", "arbre", "illisible", "nombre seul"),
    ("quelques dizaines", "arbre", "illisible", "nombre seul"),
    ("12 (ou 15)", "arbre", "plusieurs nombres", "un seul nombre"),
    ("12 ; 15", "arbre", "plusieurs nombres", "un seul nombre"),
    ("3 sur 47", "pourcent", "« sur 47 » autre", "en %"),
    ("12 k", "arbre", "« k » autre", "en arbres"),
    ("4,2 millions d’euros", "arbre", "« millions d’euros » autre", "en arbres"),
    ("12 arbres par commune", "arbre", "autre que celle", "en arbres"),
    ("12 pour cent", "arbre", "autre que celle", "en arbres"),
    ("RAS", "arbre", "deux façons", "0 si c’est zéro"),
    ("idem", "arbre", "renvoie ailleurs", "« n.d. »"),
    ("voir annexe 3", "arbre", "renvoie ailleurs", "en arbres"),
    ("idem 2017", "arbre", "renvoie ailleurs", "en arbres"),
    ("1.250", "arbre", "deux façons", "1250 ou 1,250"),
    ("3 kWh", "tonne", "« kWh » autre", "en tonnes"),
    ("3 mt", "tonne", "« mt » autre", "en tonnes"),  # thousandths or millions
    ("5 M", "tonne", "« M » autre", "en tonnes"),
    ("5 kt CO2", "co2e", "« kt CO2 » autre", "en tCO₂e"),  # of one gas, not of all
    ("0,5 t", "kg-habitant", "« t » autre", "en kg/hab."),
    ("10 à 15", "arbre", "plusieurs nombres", "un seul nombre"),
    ("10-15", "arbre", "plusieurs nombres", "un seul nombre"),
    ("entre 10 et 15", "arbre", "illisible", "nombre seul"),
    ("12 + 3", "arbre", "autre que celle", "en arbres"),
    ("12 k€", "arbre", "« k€ » autre", "en arbres"),
    ("12 €", "arbre", "« € » autre", "en arbres"),
    ("12 k€", "eur-habitant", "« k€ » autre", "€/hab."),
    ("42,5 €", "eur-habitant", "« € » autre", "€/hab."),
    ("12 m€", "eur", "deux façons", "k€ pour des milliers"),
    ("12 k€ HT", "eur", "autre que celle", "en €"),
    ("38 %", "arbre", "« % » autre", "en arbres"),
    ("300 chênes", "arbre", "« chênes » autre", "en arbres"),
    ("300*", "arbre", "« * » autre", "en arbres"),
    ("300²", "arbre", "« ² » autre", "en arbres"),
    ("néant", "arbre", "deux façons", "0 si c’est zéro"),
    ("aucun", "arbre", "deux façons", "0 si c’est zéro"),
    ("-", "arbre", "deux façons", "« n.d. »"),
    ("?", "arbre", "deux façons", "« n.d. »"),
    ("sans objet", "arbre", "deux façons", "« n.d. »"),
    ("=G3*2", "arbre", "illisible", "nombre seul"),
    ("#REF!", "arbre", "erreur de calcul", "nombre seul"),
    (True, "arbre", "vrai ou faux", "nombre seul"),
    (datetime(2018, 2, 1), "arbre", "date", "Standard"),
    (time(12, 30), "arbre", "date", "Standard"),
    (timedelta(hours=30), "arbre", "date", "Standard"),
    (float("inf"), "arbre", "trop grand", "nombre seul"),
    (float("nan"), "arbre", "trop grand", "nombre seul"),
    (1e16, "arbre", "trop grand", "nombre seul"),
    ("9" * 400, "arbre", "trop grand", "nombre seul"),
    ("environ", "arbre", "illisible", "nombre seul"),
    ("environ plus de 300", "arbre", "illisible", "nombre seul"),
    ("voir pièce jointe", "arbre", "illisible", "nombre seul"),
]


@pytest.mark.parametrize(("raw", "unit", "problem", "expected"), REFUSED)
def test_what_is_no_answer_is_refused_with_what_is_expected(raw, unit, problem, expected):
    with pytest.raises(CellError) as error:
        parse_value(raw, UNITS[unit])
    assert problem in error.value.problem
    assert expected in error.value.expected


@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0\u200b", "\n\t"])
def test_an_empty_cell_is_no_answer(raw):
    assert parse_value(raw, UNITS["arbre"]) is None
    assert parse_date(raw, "end") is None
    assert parse_choice(raw, STATUSES) == ""
    assert parse_text(raw) == ""


@pytest.mark.parametrize(
    ("raw", "unit", "number_format", "value"),
    [
        (0.38, "pourcent", "0%", 38),
        (0.07, "pourcent", "0.00%", 7),
        (0.126, "pourcent", "0.0\\ %", 12.6),
        (38, "pourcent", "General", 38),
        (0.38, "pourcent", '0.00"%"', 0.38),  # a sign that is only shown
        (300, "eur", '#,##0\\ "€"', 300),
        (300, "eur", "#,##0.00\\ [$€-40C]", 300),
        (42.5, "eur-habitant", '#,##0.00 "€"', 42.5),
        (300, "arbre", "#,##0", 300),
    ],
)
def test_the_format_of_a_cell_counts(raw, unit, number_format, value):
    assert parse_value(raw, UNITS[unit], number_format) == Quantity(value)


@pytest.mark.parametrize(
    ("raw", "unit", "number_format"),
    [(0.38, "arbre", "0%"), (300, "arbre", '#,##0\\ "€"'), (0.5, "eur", "0.00%")],
)
def test_a_format_of_another_unit_is_refused(raw, unit, number_format):
    with pytest.raises(CellError, match="format"):
        parse_value(raw, UNITS[unit], number_format)


DAY = date(2018, 10, 31)
DATES = [
    (datetime(2018, 10, 31, 8, 30), DAY, DAY),
    (DAY, DAY, DAY),
    (43404, DAY, DAY),
    (43404.75, DAY, DAY),
    ("43404", DAY, DAY),
    ("31/10/2018", DAY, DAY),
    ("31-10-2018", DAY, DAY),
    ("31.10.2018", DAY, DAY),
    ("31/10/18", DAY, DAY),
    ("2018-10-31", DAY, DAY),
    ("31 octobre 2018", DAY, DAY),
    ("le 31 OCTOBRE 2018", DAY, DAY),
    ("31 oct. 2018", DAY, DAY),
    ("1er août 2018", date(2018, 8, 1), date(2018, 8, 1)),
    ("1\u00a0er décembre 2018", date(2018, 12, 1), date(2018, 12, 1)),
    ("2018", date(2018, 1, 1), date(2018, 12, 31)),
    (2018, date(2018, 1, 1), date(2018, 12, 31)),
    (2018.0, date(2018, 1, 1), date(2018, 12, 31)),
    ("fin 2018", date(2018, 12, 31), date(2018, 12, 31)),
    ("octobre 2018", date(2018, 10, 1), DAY),
    ("10/2018", date(2018, 10, 1), DAY),
    ("février 2020", date(2020, 2, 1), date(2020, 2, 29)),
    ("3e trimestre 2018", date(2018, 7, 1), date(2018, 9, 30)),
    ("T1 2018", date(2018, 1, 1), date(2018, 3, 31)),
    ("1er trimestre 2018", date(2018, 1, 1), date(2018, 3, 31)),
    ("fin de l’année 2018", date(2018, 12, 31), date(2018, 12, 31)),
    # a year typed into a cell that has the format of a date
    (datetime(1905, 7, 10), date(2018, 1, 1), date(2018, 12, 31)),
    (datetime(1905, 7, 9), date(2017, 1, 1), date(2017, 12, 31)),
    # as the report itself writes them
    ("année 2018", date(2018, 1, 1), date(2018, 12, 31)),
    ("en 2018", date(2018, 1, 1), date(2018, 12, 31)),
    ("1er semestre 2018", date(2018, 1, 1), date(2018, 6, 30)),
    ("premier semestre 2018", date(2018, 1, 1), date(2018, 6, 30)),
    ("au second semestre 2018", date(2018, 7, 1), date(2018, 12, 31)),
    ("S2 2018", date(2018, 7, 1), date(2018, 12, 31)),
    ("4ème trimestre 2018", date(2018, 10, 1), date(2018, 12, 31)),
    ("saison 2017/2018", date(2017, 9, 1), date(2018, 8, 31)),
    ("saison 2017–2018", date(2017, 9, 1), date(2018, 8, 31)),
    ("année scolaire 2017-18", date(2017, 9, 1), date(2018, 8, 31)),
    ("hiver 2015-2016", date(2015, 12, 21), date(2016, 3, 20)),
    ("automne 2018", date(2018, 9, 23), date(2018, 12, 20)),
    ("au 31 octobre 2018", DAY, DAY),
    ("février 2018", date(2018, 2, 1), date(2018, 2, 28)),
    ("2018-02", date(2018, 2, 1), date(2018, 2, 28)),
    ("janvier à octobre 2018", date(2018, 1, 1), DAY),
    ("de septembre 2017 à août 2018", date(2017, 9, 1), date(2018, 8, 31)),
    ("du 1er janvier au 31 octobre 2018", date(2018, 1, 1), DAY),
    ("01/01/2018 au 31/10/2018", date(2018, 1, 1), DAY),
]


@pytest.mark.parametrize(("raw", "start", "end"), DATES)
def test_a_date_is_read(raw, start, end):
    assert parse_date(raw, "start") == start
    assert parse_date(raw, "end") == end


def test_day_numbers_of_an_old_mac_begin_in_1904():
    assert parse_date(41942, "end", EPOCH_MAC) == DAY


@pytest.mark.parametrize(
    "raw",
    [
        "31/02/2018", "10/31/2018", "31/10/218", "31/10/2518", "hier", 12, 1e9,
        "99/2018", "2518", True, time(8), "31 brumaire 2018", float("nan"), float("inf"), "oui",
        "30 février 2018", "jui 2018", "0000", "S3 2018", "saison 2017-2019", "rentrée 2018",
        "octobre à janvier 2018",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(raw):
    with pytest.raises(CellError) as error:
        parse_date(raw, "end")
    assert "31/10/2018" in error.value.expected


@pytest.mark.parametrize("raw", ["2017-2018", "2017/2018", "hiver 2018", "hiver 2017-2019"])
def test_two_years_say_more_than_one_thing(raw):
    with pytest.raises(CellError) as error:
        parse_span(raw)
    assert "« " in error.value.expected


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2018-01-01", "2018-12-31"), ("2017-09-01", "2018-08-31"), ("2018-01-01", "2018-10-31"),
        ("2015-12-21", "2016-03-20"), ("2018-07-01", "2018-09-30"), ("2018-01-01", "2018-06-30"),
        ("2018-05-01", "2018-05-31"), ("2017-05-01", "2018-02-28"), ("2018-03-05", "2018-04-07"),
    ],
)  # fmt: skip
def test_a_period_is_read_as_the_report_writes_it(start, end):
    days = date.fromisoformat(start), date.fromisoformat(end)
    for write in (french.name_period, french.format_period):
        span = parse_span(write(*days))
        assert (span.start, span.end) == days, write(*days)


@pytest.mark.parametrize(
    ("raw", "choices", "choice"),
    [
        ("Se poursuit", ACTION_STATES, "se poursuit"),
        ("SE  POURSUIT.", ACTION_STATES, "se poursuit"),
        ("acheve", ACTION_STATES, "achevée"),
        ("Abandonné", DUE_STATES, "abandonnée"),
        ("fait", DUE_STATES, "faite"),
        ("en\u00a0cours", DUE_STATES, "en cours"),
        ("Provisoire", STATUSES, "provisoire"),
        ("definitif", STATUSES, "définitif"),
        ("Env.", QUALIFIERS, "environ"),
        (">", QUALIFIERS, "plus de"),
    ],
)
def test_a_choice_is_recognised(raw, choices, choice):
    assert parse_choice(raw, choices) == choice


@pytest.mark.parametrize("raw", ["fini", "oui", 3, "é", "s", "achevée ou presque"])
def test_another_choice_is_refused_with_the_list(raw):
    with pytest.raises(CellError) as error:
        parse_choice(raw, ACTION_STATES)
    assert "« se poursuit », « achevée », « abandonnée »" in error.value.expected


def test_a_text_is_one_line_of_bounded_length():
    assert parse_text("  deux\n lignes\t") == "deux lignes"
    assert parse_text(12.0) == "12"
    assert parse_text(datetime(2018, 10, 31)) == "31/10/2018"
    assert len(parse_text("x" * 5000)) == 1_500


def test_folding_leaves_words_alone():
    assert fold(" Œuvre  d’ÉTÉ ") == "oeuvre d'ete"

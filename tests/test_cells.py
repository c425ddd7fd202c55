"""One cell to a value: numbers and dates as a French spreadsheet writes them."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.compute.dossier.cells import (
    CellError,
    clean_code,
    clean_text,
    has_failed,
    read_date,
    read_integer,
    read_number,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", 1234.5), ("1234,5", 1234.5), ("1 234,5", 1234.5), ("1 234.5", 1234.5),
        ("1\u202f234\u202f567", 1234567), ("1\u00a0234", 1234), ("-3,2", -3.2),
        ("−3,2", -3.2), ("+3", 3), ("1e6", 1e6), ("1,5e3", 1500), ("1,234", 1.234),
    ],
)  # fmt: skip
def test_numbers(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["12 %", "1.234,5", "12 34", "douze", "1,2,3", "5 €", "=A1", "nan", "inf", "-inf", "1e400"],
)
def test_what_is_no_number(text):
    with pytest.raises(CellError) as error:
        read_number(text)
    assert error.value.expected.startswith("Attendu : un nombre seul")
    assert error.value.problem in ("nombre illisible", "nombre trop grand pour être lu")


@pytest.mark.parametrize(
    ("text", "number"), [("2017", 2017), ("2017,0", 2017), ("-3", -3), ("1e15", 10**15)]
)
def test_whole_numbers(text, number):
    found = read_integer(text)
    assert (found, type(found)) == (number, int)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2017,5", "nombre entier attendu"),
        ("1e400", "nombre trop grand pour être lu"),
        ("1e300", "nombre trop grand pour être lu"),
        ("1000000000000001", "nombre trop grand pour être lu"),
        ("-1e16", "nombre trop grand pour être lu"),
        ("premier", "nombre illisible"),
        ("2017-2018", "nombre illisible"),
    ],
)
def test_what_is_no_whole_number(text, problem):
    with pytest.raises(CellError) as error:
        read_integer(text)
    assert (error.value.problem, error.value.expected) == (
        problem, "Attendu : un nombre entier, comme 3.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["2017-10-03", "2017-10-3", "03/10/2017", "3.10.2017", "2017-10-03 00:00:00",
     "2017-10-03T00:00", "03/10/2017 00:00"],
)  # fmt: skip
def test_dates(text):
    assert read_date(text) == date(2017, 10, 3)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31/10/17", "année de deux chiffres"),
        ("9999", "date illisible"),
        ("80000", "date illisible"),
        ("43039,5", "date illisible"),
        ("octobre 2017", "date illisible"),
        ("2017-10-03 12:00", "date illisible"),
        ("2017-02-30", "cette date n’existe pas"),
        ("10-31-2017", "date illisible"),
        ("10/31/2017", "cette date n’existe pas"),
    ],
)
def test_what_is_no_date(text, problem):
    with pytest.raises(CellError) as error:
        read_date(text)
    assert error.value.problem == problem
    assert error.value.expected == "Attendu : une date comme 2017-10-31 ou 31/10/2017."


@pytest.mark.parametrize("text", ["43039", "43039,0", "43039.00"])
def test_which_day_a_number_of_days_is(text):
    with pytest.raises(CellError) as error:
        read_date(text)
    assert error.value.problem == "date devenue un nombre de jours dans le tableur"
    assert "31/10/2017" in error.value.expected


@pytest.mark.parametrize("text", ["'578", "’578", "'x"])
def test_an_apostrophe_is_named(text):
    with pytest.raises(CellError) as error:
        read_number(text)
    assert "apostrophe" in error.value.expected


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        *((text, True) for text in (
            "#REF!", "#N/A", "#NA", "#NOM?", "#NOM ?", "#VALEUR!", "#DIV/0!", "#NOMBRE!", "#NUL!",
            "#GETTING_DATA!", "#BLOQUÉ!", "###", "########", "Err:502", "Err :509", " #REF! ",
        )),
        *((text, False) for text in ("", "#", "#1", "N/A", "#REF", "Erreur", "voir #REF!")),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_could_not_compute(text, failed):
    assert has_failed(text) == failed


def test_spaces_around_a_text_and_within_a_code():
    assert clean_text("\ufeff\u00a0« un\u00a0mot »\t\r\n") == "« un\u00a0mot »"
    assert clean_code(" un\u00a0\u202fmot ") == "un mot"

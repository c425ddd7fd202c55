"""From bytes to characters that every publication shows, or what is wrong with them."""

import unicodedata

import pytest

from analysis.base.characters import NotText, UnknownEncoding, decode, find_bad_characters
from analysis.collect.cell_answers import clean

TEXT = (
    "id,title,summary\n"
    "a,Rénover les logements,Les propriétaires reçoivent une aide à la rénovation énergétique.\n"
    "b,Améliorer l'école,Où l'élève mange mieux et gaspille moins grâce à une pesée régulière.\n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac_roman"]
)
def test_what_spreadsheets_save_is_read_right(encoding):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_one_accent_is_read_right_or_refused():
    """« R‚nover » is what cp850 gives where cp1252 is believed."""
    try:
        text = decode("title\nRénover\n".encode("cp850"))
    except UnknownEncoding:
        return
    assert text == "title\nRénover\n"


@pytest.mark.parametrize("content", ["Ελληνικά, όχι".encode("cp1253"), "Привет".encode("cp1251")])
def test_what_is_no_french_is_refused(content):
    with pytest.raises((UnknownEncoding, NotText)):
        decode(content)


@pytest.mark.parametrize("content", [b"PK\x03\x04abc", b"%PDF-1.7", b"a\0b", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_text_is_refused(content):
    with pytest.raises(NotText):
        decode(content)


def test_accents_are_composed_and_lines_end_alike_here_and_in_forms():
    typed = unicodedata.normalize("NFD", "Été\r\nà\rl’école\u2009!")
    assert decode(typed.encode()) == "Été\nà\nl’école\u202f!"
    assert clean(typed) == "Été à l’école !"


@pytest.mark.parametrize(
    ("text", "line", "read", "problem"),
    [
        ("a\nb\x07", 1, "U+0007", "caractère invisible"),
        ("a\u200bb", 0, "U+200B", "caractère invisible"),
        ("a\n\n\ue100", 2, "U+E100", "caractère invisible"),
        ("a 🌱", 0, "🌱", "les polices du rapport n’ont pas (U+1F331)"),
        ("\n漢", 1, "漢", "les polices du rapport n’ont pas"),
        ("Ã©tÃ©", 0, "Ã©", "lu deux fois"),
        ("a\ufffd", 0, "\ufffd", "caractère illisible"),
    ],
)
def test_what_no_reader_could_see_is_found(text, line, read, problem):
    found = list(find_bad_characters(text))
    assert len(found) == 1
    assert found[0][:2] == (line, read)
    assert problem in found[0][2]


def test_what_french_writes_is_let_through():
    text = "Œuvre à 5\u202f€, «\u00a0m²\u00a0» – l’été… CO₂, 3e ; ÀÉÈÇ\tœ\u00ad"
    assert list(find_bad_characters(text)) == []

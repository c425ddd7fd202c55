"""Bytes of a text file to characters that every publication can show, or what is wrong with them.

UTF-8, UTF-16 with its mark; else an encoding of old that charset-normalizer guesses among those of
French spreadsheets, and that is refused where it makes no French. Never writes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from charset_normalizer import from_bytes
from fontTools.ttLib import TTFont

from analysis.base.paths import FONTS

#: What Excel saves as « CSV », « CSV (MS-DOS) » and « CSV (Macintosh) » in France.
ENCODINGS = ("cp1252", "cp850", "mac_roman")
#: First bytes of a zip (.xlsx, .docx, .ods), an older Office file and a PDF.
_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")
#: Byte order marks.
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
_LOWER = "a-zàâäæçéèêëîïôöœùûüÿáíóúñß"
_CAPITALS = "ÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸÁÍÓÚÑ"
_UPPER = "A-Z" + _CAPITALS
_SIGNS = "\u00a0«»‘’“”–—…€°²³·•§×½"
#: What no French text holds: a sign of another alphabet, or one where none stands.
_IMPLAUSIBLE = re.compile(
    rf"[^\x00-\x7f{_LOWER}{_UPPER}{_SIGNS}]"
    rf"|[…€—“][{_LOWER}{_UPPER}]|[{_LOWER}{_UPPER}][—“]|[{_LOWER}]–[{_LOWER}]"
    rf"|[{_LOWER}][{_CAPITALS}]|[A-Z][{_CAPITALS}][{_LOWER}]|(?<![{_LOWER}{_UPPER}])·[{_LOWER}{_UPPER}]"
)
#: UTF-8 that was once read as cp1252, and saved so.
_TWICE = re.compile("Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€.|Â[\u00a0-\u00bf]")
#: Signs, or blanks, that repeat so often are no text; looking through them takes time without end.
MOST_REPEATS = 500
_ENDLESS = re.compile(rf"\s{{{MOST_REPEATS}}}|(.{{1,4}}?)\1{{{MOST_REPEATS}}}", re.DOTALL)
#: Within a word, a letter of another alphabet that looks like one of ours.
_LATIN, _ALIKE = "A-Za-zÀ-ɏ", "\u0400-\u04ffΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_MIXED = re.compile(rf"(?<=[{_LATIN}])[{_ALIKE}]|[{_ALIKE}](?=[{_LATIN}])")
#: Characters that are not seen and do no harm: what a word may be cut at.
_HARMLESS = "\t\n\u00ad"


class NotText(ValueError):
    """A workbook, a word processor's document or a picture under the name of a text."""


class UnknownEncoding(ValueError):
    """A text whose characters cannot be read for sure; ``sample``: how it would read."""

    def __init__(self, sample: str) -> None:
        super().__init__(sample)
        self.sample = sample


def decode(content: bytes) -> str:
    """The text of a file: characters composed (NFC), lines ended by « \\n ». Raises NotText when
    the content is binary. Raises UnknownEncoding when no encoding makes French of it."""
    return compose(_decode(content)[0])


def find_encoding(content: bytes) -> tuple[str, bytes]:
    """Encoding and byte order mark of a file, so that it can be written back as it was; raises as
    ``decode`` does."""
    return _decode(content)[1:]


def compose(text: str) -> str:
    """Characters composed (NFC), lines ended by « \\n », spaces that our fonts have."""
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", unicodedata.normalize("NFC", text))
    # Of the many spaces, those of French typography: the others are in no font of ours.
    return re.sub("[\u2000-\u2008\u200a\u205f\u3000]", " ", text.replace("\u2009", "\u202f"))


def _decode(content: bytes) -> tuple[str, str, bytes]:
    """The text as it stands, its encoding and its byte order mark."""
    if content.startswith(_SIGNATURES):
        raise NotText
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            try:
                return content.removeprefix(mark).decode(encoding), encoding, mark
            except UnicodeDecodeError:
                raise NotText from None
    if b"\0" in content:
        raise NotText
    try:
        return content.decode("utf-8"), "utf-8", b""
    except UnicodeDecodeError:
        guesses = list(from_bytes(content, cp_isolation=list(ENCODINGS)))
    for guess in guesses:
        if not _IMPLAUSIBLE.search(str(guess)):
            return str(guess), guess.encoding, b""
    for guess in guesses:
        if doubtful := _IMPLAUSIBLE.search(text := str(guess)):
            around = text[max(0, doubtful.start() - 20) : doubtful.end() + 20]
            raise UnknownEncoding(around.replace("\n", " ").strip())
    raise NotText


@cache
def _drawn() -> frozenset[int]:
    """Characters that every font of the report has."""
    return frozenset.intersection(
        *(frozenset(TTFont(font, lazy=True).getBestCmap()) for font in FONTS.glob("*-Regular.ttf"))
    )


def find_bad_characters(text: str) -> Iterator[tuple[int, str, str, str]]:
    """(line from 0, what was read, problem, expectation) of what no reader could see, or would see
    as an empty box; each character once."""
    if len(text) > MOST_REPEATS and (endless := _ENDLESS.search(text)):
        yield (
            text.count("\n", 0, endless.start()), endless[0][:8], "signes répétés sans fin",
            f"Attendu : moins de {MOST_REPEATS} fois de suite les mêmes signes, ou des blancs.",
        )  # fmt: skip
        return
    if text.isascii() and text.isprintable():
        return
    for found in _TWICE.finditer(text):
        yield (
            text.count("\n", 0, found.start()), found[0],
            "texte lu deux fois dans un autre encodage",
            "Retaper le mot, ou reprendre le fichier d’origine et l’enregistrer en UTF-8.",
        )  # fmt: skip
        return
    for sign in dict.fromkeys(text):
        if sign in _HARMLESS or (sign.isascii() and sign.isprintable()):
            continue
        line = text.count("\n", 0, text.index(sign))
        code = f"U+{ord(sign):04X}"
        if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn"):
            yield (
                line, code, f"caractère invisible ({code})",
                "Retaper le passage : un copier-coller l’a sans doute apporté.",
            )  # fmt: skip
        elif unicodedata.category(sign) == "Mn":  # what is a letter's has been composed with it
            yield line, code, f"accent qui n’est à aucune lettre ({code})", "Retaper le mot."
        elif sign == "\ufffd":
            yield line, sign, "caractère illisible", "Enregistrer le fichier en UTF-8."
        elif ord(sign) not in _drawn():
            yield (
                line, sign, f"caractère que les polices du rapport n’ont pas ({code})",
                "Le remplacer par un mot ou par un signe courant.",
            )  # fmt: skip
    if mixed := _MIXED.search(text):
        yield (
            text.count("\n", 0, mixed.start()), mixed[0],
            f"lettre d’un autre alphabet dans un mot (U+{ord(mixed[0]):04X})",
            "Retaper le mot : cette lettre ressemble à une autre.",
        )  # fmt: skip


def mask_bad_characters(text: str) -> str:
    """A name as terminals, tables and reports can hold it: « _ » for what they cannot."""
    return "".join("_" if any(find_bad_characters(sign)) else sign for sign in text)


def simplify_letters(text: str) -> str:
    """Letters and figures of a text without accents, ligatures or capitals, in words between single
    spaces: « L’Œuvre d’Été » is « l oeuvre d ete »."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())

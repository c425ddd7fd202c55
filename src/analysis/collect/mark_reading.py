"""What a reviewer typed for a mark, to the passage that it stands at.

« §12 », « § 12 », « paragraphe 12 », « fig 3 », « Figure 3 », « n° 27 », « 27 », the reference of
an indicator, words copied from the chapter. Only what can be read in one way is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.collect.cell_answers import fold, parse_text
from analysis.execute.chapter_content import (
    CHART,
    FORMS,
    FORMULA,
    PHRASE,
    SOURCE,
    TABLE,
    TITLE,
    VALUE,
    Item,
)

#: What comes before the number of a mark, by the kind of passage (folded).
_PREFIXES = {
    PHRASE: r"§+|para(?:graphe)?s?|par|phrases?|alineas?",
    TITLE: r"titres?|intitules?",
    SOURCE: r"sources?",
    CHART: r"fig(?:ures?)?|graph(?:ique|e)?s?|cartes?",
    TABLE: r"tab(?:leau|leaux|l)?",
    FORMULA: r"formules?|calculs?",
    VALUE: r"nombres?|chiffres?|valeurs?|nb|(?=n[°ºo.]?\s*\d)",
}
_NUMBER = r"\s*[.:]?\s*(?:n(?:um(?:ero)?)?\s*[°ºo.]{0,2}\s*)?(\d{1,4})(?![\d.,]*\d|\s*%)"
_MARKS = {kind: re.compile(rf"(?:{words}){_NUMBER}") for kind, words in _PREFIXES.items()}
#: A bare number is that of a number, unless a word follows: « 27 communes » is a quotation.
_BARE = re.compile(r"(\d{1,4})(?=$|\s*[;:(]|\s*,(?!\d)|\s+et\b)")
_BRACKETS = "()[]{}«»\"'“”‘’ "
#: Shorter than this, words may stand in many a passage.
_LEAST_WORDS = 3


@dataclass(frozen=True)
class ReadMark:
    """What was made of a mark: the passage (None: none for sure), what was written besides the
    mark, why nothing was found (French)."""

    item: Item | None
    rest: str = ""
    problem: str = ""


def read_mark(raw: Any, items: Sequence[Item]) -> ReadMark:
    """The passage that a mark names, among those of the copy that was read."""
    text = parse_text(raw, 30_000)
    if not text.strip(_BRACKETS):
        return ReadMark(None)
    if isinstance(raw, date):
        return ReadMark(None, text, "le tableur a fait du repère une date")
    if not items:
        return ReadMark(None, text, "le classeur ne dit plus à quoi renvoient les repères")
    bare = fold(text).strip(_BRACKETS)
    for kind, pattern in _MARKS.items():
        if found := pattern.match(bare):
            return _pick_numbered(kind, found, text, bare, items)
    if found := _BARE.match(bare):
        return _pick_numbered(VALUE, found, text, bare, items)
    own = [item for item in items if fold(item.key) == bare]
    written = [item for item in items if bare in map(fold, item.text.split(FORMS))]
    if own or len(written) == 1:
        return ReadMark((own or written)[0])
    return _find_quoted(text, bare, items)


def _pick_numbered(
    kind: str, found: re.Match[str], text: str, bare: str, items: Sequence[Item]
) -> ReadMark:
    number = int(found[1])
    rest = bare[found.end() :].strip(_BRACKETS + ".,;:")
    for wanted in (FORMULA, VALUE) if kind == FORMULA else (kind,):  # a formula has its number's
        for item in items:
            if item.kind == wanted and re.sub(r"\D", "", item.mark) == str(number):
                return ReadMark(item, text if rest else "")
    return ReadMark(None, text, f"aucun passage n’a le repère « {text} »")


def _find_quoted(text: str, bare: str, items: Sequence[Item]) -> ReadMark:
    """The one passage that holds these words."""
    if len(re.findall(r"\w+", bare)) >= _LEAST_WORDS:
        words = " ".join(re.findall(r"\w+", bare))
        holding = [item for item in items if words in " ".join(re.findall(r"\w+", fold(item.text)))]
        paragraphs = [item for item in holding if item.kind == PHRASE] or holding
        if len(paragraphs) == 1:
            return ReadMark(paragraphs[0], text)
        if paragraphs:
            return ReadMark(None, text, f"ces mots sont dans {len(paragraphs)} passages")
    return ReadMark(None, text, "ce n’est ni un repère ni un passage du chapitre")

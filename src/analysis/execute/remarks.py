"""What reviewers remarked: read from remarks.csv, and found again in the chapter as it is today.

A remark keeps the key and the words of what it was about: when data change under it, it is placed
by its key, else by the likeness of the words, else at the chapter's head with these words. None is
ever left out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.base.paths import Dossier
from analysis.compute.dossier.typed_tables import read_table
from analysis.execute.chapter_content import FORMS, FORMULA, PHRASE, VALUE, Item
from analysis.execute.content_differences import Difference
from analysis.model.schema import SETTLED, TABLES, UNSETTLED, InvalidDossier
from analysis.model.store import to_records
from analysis.words import french

_TABLE = TABLES["remarks"]
#: From which likeness (0 to 1) a passage is taken for the one quoted, and by how much it must be
#: more alike than any other; numbers are alike when they are the same.
_ALIKE, _AHEAD = 0.6, 0.1
_EXACT_KINDS = (VALUE, FORMULA)


@dataclass(frozen=True)
class Remark:
    """A row of remarks.csv. ``mark`` and ``quote``: those of the copy that was read; no ``kind``
    nor ``key`` when it is about the chapter as a whole."""

    id: str
    chapter: str
    kind: str
    key: str
    mark: str
    quote: str
    remark: str
    reviewer: str
    date: date | None = None
    state: str = UNSETTLED
    answer: str = ""
    answered_by: str = ""
    answered_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to settle it."""
        return self.state != SETTLED


@dataclass(frozen=True)
class PlacedRemark:
    """A remark and what it is about today; ``item``: None at the chapter's head. ``likeness``: of
    its words to those quoted, 0 to 1. ``by_key``: known by its key, not by its words alone."""

    remark: Remark
    item: Item | None
    likeness: float
    by_key: bool = False

    @property
    def note(self) -> str:
        """What is to be said of the place, in French; '' when the passage is as it was."""
        quote = f"« {self.remark.quote} »"
        if self.item is None:
            if not self.remark.kind:
                return ""
            mark = show_mark(self.remark)
            text = f"Le passage a changé et n’est plus retrouvé ; il disait ({mark}) : {quote}."
        elif self.likeness == 1:
            return ""
        elif self.by_key:
            text = f"Le passage a changé ; il disait : {quote}."
        else:
            sure = f"{int(100 * self.likeness)}{french.NARROW}%"
            text = f"Le passage a changé ; retrouvé par ressemblance ({sure}), il disait : {quote}."
        return french.typeset(text)


def read_remarks(dossier: Dossier, year: int, chapter: str = "") -> list[Remark]:
    """The remarks of an edition, or of one of its chapters, in the order of the file.

    Raises
    ------
    InvalidDossier
        with every fault of remarks.csv.
    """
    return [row for _, row in read_numbered_remarks(dossier, year) if chapter in ("", row.chapter)]


def read_numbered_remarks(dossier: Dossier, year: int) -> list[tuple[int, Remark]]:
    """The remarks with the number of their row; raises as ``read_remarks`` does."""
    file = _TABLE.file(year)
    frame, faults = read_table(dossier.raw / file, _TABLE, file)
    if faults:
        raise InvalidDossier(faults)
    rows = zip(frame.index, to_records(frame), strict=True)
    return [(int(number), Remark(**_fill(row))) for number, row in rows]


def _fill(row: dict[str, Any]) -> dict[str, Any]:
    dates = ("date", "answered_on")
    return {name: cell if name in dates else cell or "" for name, cell in row.items()}


# --- the place of a remark today ------------------------------------------------------------------


def quote_item(item: Item) -> str:
    """The words of a passage that a remark keeps: of a chart, a table or a formula its first
    line, which names it."""
    return item.text if item.kind in (PHRASE, VALUE) else item.text.partition("\n")[0]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _compare(quote: str, item: Item) -> float:
    words = _plain(quote_item(item))
    if words == quote or (item.kind == VALUE and quote in map(_plain, item.text.split(FORMS))):
        return 1.0
    return min(0.99, difflib.SequenceMatcher(None, quote, words, autojunk=False).ratio())


def place_remarks(items: Sequence[Item], remarks: Iterable[Remark]) -> list[PlacedRemark]:
    """Every remark with the passage that it is about today, in the order of the remarks."""
    return [_place(items, remark) for remark in remarks]


def _place(items: Sequence[Item], remark: Remark) -> PlacedRemark:
    same = [item for item in items if item.kind == remark.kind]
    quote = _plain(remark.quote)
    own = next((item for item in same if item.key == remark.key), None)
    if own is None and remark.kind == FORMULA:  # it is shown with its number alone
        same = [item for item in items if item.kind == VALUE]
        if shown := next((item for item in same if item.key == remark.key), None):
            return PlacedRemark(remark, shown, 1.0, by_key=True)
    if own is not None and remark.kind != PHRASE and "/" not in remark.key:
        return PlacedRemark(remark, own, _compare(quote, own), by_key=True)
    # A key that is a rank in its section (« enjeu/3 ») may be another's since: the words decide.
    likes = sorted(((_compare(quote, item), item is own, rank) for rank, item in enumerate(same)))
    if likes:
        (best, is_own, rank), second = likes[-1], max((like for like, *_ in likes[:-1]), default=0)
        least = 1.0 if remark.kind in _EXACT_KINDS else _ALIKE
        if best >= least and (is_own or best == 1 or best - second >= _AHEAD):
            return PlacedRemark(remark, same[rank], best, by_key=is_own)
    return PlacedRemark(remark, None, 0.0)


def show_mark(piece: Item | Difference | Remark) -> str:
    """How a piece is called in a sentence, and what a reviewer types for it: « n° 12 », « §4 »,
    « formule 12 »; its key where it has no mark."""
    number = piece.mark.removeprefix("n")
    if number == piece.mark or not number:
        return piece.mark or piece.key
    return f"formule {number}" if piece.kind == FORMULA else f"n°{french.NO_BREAK}{number}"


def describe_remark(remark: Remark, width: int = 90) -> str:
    """One short line: « climat-2, §12 (Mme Durand, 3 mars 2018) : Le total ne tient pas… », and who
    has answered."""
    day = french.format_date(remark.date) if remark.date else ""
    who = ", ".join(filter(None, (remark.reviewer or "sans nom", day)))
    head = ", ".join(filter(None, (remark.id, show_mark(remark))))
    text = remark.remark if len(remark.remark) <= width else f"{remark.remark[: width - 1]}…"
    answered = f" [réponse de {remark.answered_by}]" if remark.answer else ""
    return french.typeset(f"{head} ({who}) : {text}{answered}")

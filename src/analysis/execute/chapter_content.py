"""What a reader finds in an executed chapter, piece by piece: what a reviewer reads, points at and
signs.

A piece (``Item``) is a number by its reference, a paragraph, a heading, a line of sources, a chart,
a table or the formula of a derived number. It is known again by its key, and seen by its mark
(« n12 », « §4 », « titre 2 », « source 5 », « fig. 3 », « tab. 2 »). Cells, identifiers of outputs
and drawings' bytes are no content; of the workings, the numbers in their tables are.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from analysis.model.store import Edition

VALUE, PHRASE, CHART, TABLE, FORMULA = "valeur", "phrase", "graphique", "tableau", "formule"
TITLE, SOURCE = "titre", "source"
#: Kinds whose pieces are known again by their words.
WORDED = (PHRASE, TITLE, SOURCE)
#: How each kind is numbered; a formula has the mark of its number.
_MARKS = {
    VALUE: "n", PHRASE: "§", TITLE: "titre ", SOURCE: "source ", CHART: "fig. ", TABLE: "tab. "
}  # fmt: skip
#: Cells of the analysis that the book leaves out and the copy shows; what a place in them is.
WORKINGS = "calculs"
#: Cells that a chapter's reader does not get.
_HIDDEN = {"remove-cell", "hide-cell", "hide-output"}
#: The box with the data of the chart above: they are the chart's own; that of a line of sources.
_DATA_BOX, _SOURCE_BOX = "Données du graphique", "{.source}"

_TEXT = r"(?:[^\[\]\\]|\\.)*"
TRACE = re.compile(rf'\[({_TEXT})\]\{{\.trace data-trace="([^"]+)"[^}}]*\}}', re.DOTALL)
_LINK = re.compile(rf"!?\[({_TEXT})\](?:\{{[^}}]*\}}|\([^)]*\))", re.DOTALL)
_NUMBER = re.compile(r"[−+]? ?\d[\d ,.]*")
_STARS = re.compile(r"(?<!\\)\*+")
_FENCE = re.compile(r"^:{3,}[ \t]*(.*)$")
_HEADING = re.compile(r"^#{1,6} (?P<text>.*?)[ \t]*(?:\{#(?P<id>[\w-]+)[^}]*\})?[ \t]*$")
_FIGURE = re.compile(
    r"^!\[(?P<text>.*)\]\([^)]*\)\{#(?P<id>[\w-]+)(?: fig-alt=\"(?P<alt>[^\"]*)\")?[^}]*\}$",
    re.DOTALL,
)
_CAPTION = re.compile(r"^: (?P<text>.*?)[ \t]*(?:\{#(?P<id>[\w-]+)[^}]*\})?[ \t]*$", re.DOTALL)
#: What begins a note at the foot, and a point inside another.
_NOTE = re.compile(r"^\[\^[^\]]+\]:[ \t]+")
_INNER = re.compile(r"\n[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_POINT = re.compile(r"^(?:[-*+]|\d+[.)])[ \t]+")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
#: A quantity up to its last figure, with what stands before: « environ 20 » of « environ 20
#: communes ». Its unit is written in several ways.
_CORE = re.compile(r"^.*\d(?: *%)?")


@dataclass(frozen=True)
class Item:
    """A piece of a chapter.

    ``key``: an indicator's reference, a figure's or table's identifier, a paragraph's section and
    its order there. ``section``: the heading above. ``text``: what is read; a number's forms on one
    line, one line a row of a table; a chart's caption and alternative text, then its data.
    ``wording``: a digest of each line (of a chart, the first two) without its numbers, which are
    pieces of their own; of a formula, without its calculation.
    """

    kind: str
    key: str
    mark: str
    section: str
    text: str
    wording: str = ""


@dataclass(frozen=True)
class Spot:
    """Where a piece stands in its notebook: which cell, which output (None: the cell's own text),
    from where to where its words go there, and where what is said of it may follow."""

    item: Item
    cell: int
    output: int | None
    start: int
    end: int
    after: int
    block: str


def read_words(markdown: str) -> str:
    """The letters alone, on one line."""
    text, before = markdown.replace("\\\n", " "), ""
    while text != before:
        before, text = text, _LINK.sub(lambda found: found[1], text)
    text = re.sub(r"\\([^\w\s])", r"\1", _STARS.sub("", text))
    return _flatten(html.unescape(text))


def _flatten(text: str) -> str:
    # One kind of space: a spreadsheet, a person who quotes, write no other.
    return re.sub(r"\s+", " ", text).strip()


def find_core(quantity: str) -> str:
    """A quantity without its unit: two forms of one number have the same."""
    found = _CORE.match(quantity)
    return found[0] if found else quantity


def _digest(text: str) -> str:
    # Letters alone: a spreadsheet takes « 12345e6789 » for a number.
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return digest.translate(_LETTERS)


def _digest_wording(markdown: str) -> str:
    return _digest(read_words(TRACE.sub("#", markdown)))


# --- Markdown, block by block -----------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """Lines of an output that stand together: ``heading``, ``figure``, ``table``, ``caption``,
    ``point`` (of a list; ``points`` where others stand in it) or ``paragraph``; ``end`` is that of
    the whole list for a point."""

    kind: str
    start: int
    stop: int
    end: int
    boxes: tuple[str, ...]


def _list_groups(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Runs of lines between blank lines and fences, with the fences that they stand in."""
    boxes: list[str] = []
    start, position, code = None, 0, False
    for line in [*text.splitlines(keepends=True), "\n"]:
        bare = line.strip()
        fence = None if code else _FENCE.match(bare)
        ticks = bare.startswith("```")
        if (not bare or fence or ticks or code) and start is not None:
            yield start, position, tuple(boxes)
            start = None
        if ticks:
            code = not code
        elif fence:
            boxes = [*boxes, fence[1]] if fence[1] else boxes[:-1]
        elif bare and not code and start is None:
            start = position
        position += len(line)


def _list_blocks(text: str) -> Iterator[_Block]:
    for start, end, boxes in _list_groups(text):
        stop = start + len(text[start:end].rstrip())
        lines = text[start:stop]
        if _POINT.match(lines):
            found = list(re.finditer(rf"(?m){_POINT.pattern}", lines))
            ends = [*(point.start() for point in found[1:]), len(lines)]
            for point, last in zip(found, ends, strict=True):
                words = lines[point.end() : last].rstrip()
                first = start + point.end()
                kind = "points" if _INNER.search(words) else "point"
                yield _Block(kind, first, first + len(words), stop, boxes)
            continue
        kinds = {"#": "heading", "|": "table", ": ": "caption", "![": "figure"}
        kind = next((k for sign, k in kinds.items() if lines.startswith(sign)), "paragraph")
        note = _NOTE.match(lines)
        yield _Block(kind, start + (note.end() if note else 0), stop, stop, boxes)


def _split_rows(lines: str) -> list[str]:
    """Rows of a pipe table, header first, each cell parted by « | »."""
    rows = [line.strip().strip("|").strip() for line in lines.splitlines()]
    return [row for row in rows if not re.fullmatch(r"[-:|\s]+", row)]


# --- A notebook -------------------------------------------------------------------------------


def list_texts(
    notebook: NotebookNode, workings: bool = False
) -> Iterator[tuple[int, int | None, str]]:
    """Every Markdown that the chapter's reader gets, or that of the workings: cell, output (None:
    the cell itself), text."""
    for number, cell in enumerate(notebook.cells):
        tags = {*cell.metadata.get("tags", [])}
        if WORKINGS not in tags if workings else _HIDDEN & tags:
            continue
        if cell.cell_type == "markdown":
            yield number, None, cell.source
        for place, output in enumerate(cell.get("outputs", [])):
            if "text/markdown" in output.get("data", {}):
                yield number, place, "".join(output["data"]["text/markdown"])


@dataclass
class _Reader:
    """Goes through a notebook's texts and gathers its pieces."""

    spots: list[Spot] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    section: str = ""
    anchor: str = ""
    orders: dict[str, int] = field(default_factory=dict)
    values: dict[str, Item] = field(default_factory=dict)
    #: The chart and the table that what follows belongs to: positions in ``spots``.
    chart: int | None = None
    table: int | None = None

    def read(self, cell: int, output: int | None, text: str) -> None:
        for block in _list_blocks(text):
            words = text[block.start : block.stop]
            self._read_block(cell, output, block, words)
            self._read_values(cell, output, block, words)

    def _add(
        self,
        kind: str,
        key: str,
        text: str,
        wording: str,
        place: tuple[int, int | None, int, int, int, str],
    ) -> int:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        item = Item(kind, key, f"{_MARKS[kind]}{self.counts[kind]}", self.section, text, wording)
        self.spots.append(Spot(item, *place))
        return len(self.spots) - 1

    def _order(self, what: str = "") -> str:
        name = f"{self.anchor}/{what}"
        self.orders[name] = self.orders.get(name, 0) + 1
        return f"{name}{self.orders[name]}"

    def _read_block(self, cell: int, output: int | None, block: _Block, words: str) -> None:
        place = (cell, output, block.start, block.stop, block.end, block.kind)
        in_chart = any(_DATA_BOX in box for box in block.boxes)
        if block.kind == "table":
            self._read_table(words, place, in_chart)
        elif block.kind == "caption" and self.table is not None:
            self._name_table(words, place)
        elif block.kind == "figure" and (found := _FIGURE.match(words)):
            alternative = _flatten(html.unescape(found["alt"] or ""))
            text = f"{read_words(found['text'])}\n{alternative}"
            # The numbers of what is said of a chart are those of its data.
            wording = f"{_digest_wording(found['text'])} {_digest(_NUMBER.sub('#', alternative))}"
            start = block.start + found.start("text")
            within = (cell, output, start, start + len(found["text"]), block.end, "figure")
            self.chart = self._add(CHART, found["id"], text, wording, within)
        elif block.kind == "heading" and (found := _HEADING.match(words)):
            self.section = read_words(found["text"])
            self.anchor = found["id"] or self.anchor
            start = block.start + found.start("text")
            within = (cell, output, start, start + len(found["text"]), block.end, "heading")
            key = self._order("titre")
            self._add(TITLE, key, self.section, _digest_wording(found["text"]), within)
        elif not in_chart and (said := read_words(words)):
            kind = SOURCE if _SOURCE_BOX in block.boxes else PHRASE
            key = self._order("source" if kind == SOURCE else "")
            self._add(kind, key, said, _digest_wording(words), place)
        if block.kind not in ("table", "caption"):
            self.table = None

    def _read_table(
        self, words: str, place: tuple[int, int | None, int, int, int, str], in_chart: bool
    ) -> None:
        rows = _split_rows(words)
        text = "\n".join(map(read_words, rows))
        if in_chart and self.chart is not None:
            spot = self.spots[self.chart]
            chart = replace(spot.item, text=f"{spot.item.text}\n{text}")
            self.spots[self.chart] = replace(spot, item=chart)
            return
        wording = " ".join(map(_digest_wording, rows))
        self.table = self._add(TABLE, self._order("tableau"), text, wording, place)

    def _name_table(self, words: str, place: tuple[int, int | None, int, int, int, str]) -> None:
        found = _CAPTION.match(words)
        spot = self.spots[self.table]
        item = spot.item
        item = replace(
            item,
            key=found["id"] or item.key,
            text=f"{read_words(found['text'])}\n{item.text}",
            wording=f"{_digest_wording(found['text'])} {item.wording}",
        )
        cell, output, start, *_, end, _ = place
        start += found.start("text")
        # The mark goes into the caption, which stays by its table whatever is said of its rows.
        for position in range(self.table, len(self.spots)):
            self.spots[position] = replace(self.spots[position], after=end)
        stop = start + len(found["text"])
        self.spots[self.table] = Spot(item, cell, output, start, stop, end, "caption")
        self.table = None

    def _read_values(self, cell: int, output: int | None, block: _Block, words: str) -> None:
        for found in TRACE.finditer(words):
            quantity, reference = read_words(found[1]), found[2]
            start = block.start
            place = (cell, output, start + found.start(), start + found.end(), block.end, "valeur")
            if reference not in self.values:
                position = self._add(VALUE, reference, quantity, "", place)
            else:
                self.spots.append(Spot(self.values[reference], *place))
                position = len(self.spots) - 1
            self.values[reference] = _add_form(self.spots[position].item, quantity)

    def read_workings(self, cell: int, output: int | None, text: str) -> None:
        """The numbers in tables, once a row; those of the chapter keep their marks and forms."""
        for block in _list_blocks(text):
            words = text[block.start : block.stop]
            if block.kind == "heading" and (found := _HEADING.match(words)):
                self.section = read_words(found["text"])
            position = block.start
            for line in words.splitlines(keepends=True) if block.kind == "table" else ():
                traces = {found[2]: found for found in reversed([*TRACE.finditer(line)])}
                for reference, found in reversed(traces.items()):
                    start, end = position + found.start(), position + found.end()
                    place = (cell, output, start, end, block.end, WORKINGS)
                    if reference in self.values:
                        self.spots.append(Spot(self.values[reference], *place))
                    else:
                        added = self._add(VALUE, reference, read_words(found[1]), "", place)
                        self.values[reference] = self.spots[added].item
                position += len(line)

    def finish(self) -> list[Spot]:
        """All spots; those of a number say all of its forms."""
        return [
            replace(spot, item=self.values[spot.item.key]) if spot.item.kind == VALUE else spot
            for spot in self.spots
        ]


#: What parts the forms of a number that a chapter writes in several.
FORMS = " ; "


def _add_form(item: Item, quantity: str) -> Item:
    """The number with one form more, unless it is known with the same figures; the longest form of
    these is kept."""
    forms = item.text.split(FORMS)
    cores = [find_core(form) for form in forms]
    core = find_core(quantity)
    if core not in cores:
        forms.append(quantity)
    elif len(quantity) > len(forms[cores.index(core)]):
        forms[cores.index(core)] = quantity
    return replace(item, text=FORMS.join(forms))


def find_spots(notebook: NotebookNode) -> list[Spot]:
    """Every piece with its place, in the order of reading, the workings last; a number once for
    each time it is written, and the same piece each time."""
    reader = _Reader()
    for cell, output, text in list_texts(notebook):
        reader.read(cell, output, text)
    for cell, output, text in list_texts(notebook, workings=True):
        reader.read_workings(cell, output, text)
    return reader.finish()


def read_content(notebook: NotebookNode, edition: Edition | None = None) -> list[Item]:
    """The pieces of an executed chapter, once each, in the order of reading; with an edition, also
    the formulas of its derived numbers."""
    items = list(dict.fromkeys(spot.item for spot in find_spots(notebook)))
    return items if edition is None else [*items, *read_formulas(edition, items)]


def read_formulas(edition: Edition, items: list[Item]) -> Iterator[Item]:
    """The formula of each derived number among the pieces, and of the numbers that these are
    derived from: in titles, then in numbers."""
    from analysis.words.lineage import read_trail

    shown = {item.key: item for item in items if item.kind == VALUE}
    waiting, known = list(shown), set(shown)
    while waiting:
        trail = read_trail(edition, reference := waiting.pop(0))
        if not trail.formula:
            continue
        item = shown.get(reference)
        mark, section = (item.mark, item.section) if item else ("", "")
        text = f"{trail.title} = {trail.formula}\n{trail.calculation}".strip()
        yield Item(FORMULA, reference, mark, section, text, _digest(trail.formula))
        terms = [term.reference for term in trail.terms if term.reference]
        waiting += [term for term in dict.fromkeys(terms) if term not in known]
        known |= {*terms}

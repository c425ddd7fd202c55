"""What a reviewer's copy says besides the chapter: the mark of each piece, what differs from the
version that was signed, and the remarks at their place.

Written into the executed notebook's Markdown, before it is rendered; the notebook's file stays as
it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from analysis.execute.chapter_content import (
    CHART,
    FORMULA,
    TABLE,
    VALUE,
    WORKINGS,
    Spot,
    find_spots,
    list_texts,
)
from analysis.execute.content_differences import Difference
from analysis.execute.remarks import PlacedRemark, Remark, place_remarks, show_mark
from analysis.words.french import NO_BREAK, format_count, format_date, typeset
from analysis.words.hidden_markup import write_attribute, write_letters, write_spans
from analysis.words.lineage import name_calculation

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: The place of remarks on the whole chapter, or on what is gone.
_NOWHERE = ("", "")
#: What links lead to, in the workings.
_PLACE = re.compile(r"\{#(calcul-[\w-]+)")
#: What follows a number whose unit's full stop (« 107 kWh/hab. ») also ends a sentence.
_BOTH_STOPS = re.compile(r"\[[^\]]*\.\]\{[^}]*\}[*_]*(?=\s+[*_]*[A-ZÀ-Þ«]|\s*(?:\n\s*\n|\Z))")


@dataclass(frozen=True)
class ReviewState:
    """Where the review of a chapter stands; nobody signed it where ``signed_by`` is empty."""

    chapter: str
    year: int
    signed_by: str = ""
    signed_on: date | None = None
    differences: Sequence[Difference] = ()
    remarks: Sequence[Remark] = ()

    @property
    def open_remarks(self) -> list[Remark]:
        """Those that wait for an answer, or for their reviewer's consent."""
        return [remark for remark in self.remarks if remark.is_open]


def name_mark(mark: str) -> str:
    """The anchor of a piece in the copy: « repere-n12 », « repere-p4 », « repere-fig-3 »."""
    return "repere-" + mark.replace("§", "p").replace(". ", "-").replace(" ", "-")


def describe_signature(state: ReviewState) -> str:
    """Who signed, when, and how much differs since."""
    if not state.signed_by:
        return "Ce chapitre n’a pas encore été signé."
    signed = f"Signé par {state.signed_by} le {format_date(state.signed_on)}"
    if not state.differences:
        return f"{signed} ; rien n’a changé depuis."
    number = format_count(len(state.differences), "différence", "différences")
    return f"{signed} ; {number} depuis."


def _letters(text: str) -> str:
    """Words as Markdown that says them letter by letter, on one line."""
    return write_spans(write_letters(typeset(text.replace("\n", " ; "))))


def write_remark(placed: PlacedRemark) -> str:
    """A remark with its answer, as a box of Markdown."""
    remark = placed.remark
    kind = ".ouverte" if remark.is_open else ".levee"
    asked = _sign(f"**Remarque {remark.state}**", remark.reviewer, remark.date)
    lines = [f"{asked} : {_letters(remark.remark)}"]
    lines += [_letters(placed.note)] if placed.note else []
    if remark.answer or not remark.is_open:
        answered = _sign("**Réponse**", remark.answered_by, remark.answered_on)
        lines.append(f"{answered} : {_letters(remark.answer) or 'sans commentaire.'}")
    body = "\n\n".join(lines)
    return f"::: {{.remarque {kind}}}\n{body}\n:::"


def _sign(what: str, name: str, day: date | None) -> str:
    parts = [what, _letters(name), format_date(day) if day else ""]
    return ", ".join(filter(None, parts))


def describe_difference(difference: Difference) -> str:
    """A difference in words: its mark, its section, what it was and what it is."""
    before = difference.before.replace("\n", " ; ")
    after = difference.after.replace("\n", " ; ")
    if not before:
        said = f"nouveau : {after}"
    elif not after:
        said = f"n’y est plus : {before}"
    else:
        said = f"{before} → {after}"
    return f"{show_mark(difference)} ({difference.section}) : {said}"


def _write_mark(spot: Spot, first: bool, changed: bool, places: Collection[str]) -> str:
    """The mark of a piece, with its anchor where it first stands; that of a number of the chapter
    leads to its row of the workings, if it has one there (``places``), and there back to it."""
    item, name = spot.item, name_mark(spot.item.mark)
    classes = " .repere"
    place = ""
    if item.kind == VALUE:
        classes += " .nombre"
        place = name if spot.block == WORKINGS else name_calculation(item.key)
    classes += " .change" if changed else ""
    link = f"(#{place})" if (not first and spot.block == WORKINGS) or place in places else ""
    return f"[{show_mark(item)}]{link}{{{f'#{name}' if first else ''}{classes}}}".replace("{ ", "{")


#: What goes to one place of a text, in this order: what ends there, what begins there, then what
#: follows, each after the other.
_END, _BEGIN, _AFTER = 0, 1, 2


@dataclass
class _Edits:
    """What is to be put into the texts of a notebook: position, rank among those there, text."""

    texts: dict[tuple[int, int | None], list[tuple[int, int, str]]]

    def put(self, spot: Spot, position: int, text: str, rank: int = _END) -> None:
        self.texts.setdefault((spot.cell, spot.output), []).append((position, rank, text))


def annotate(notebook: NotebookNode, state: ReviewState) -> None:
    """Write marks, differences and remarks into the Markdown of an executed notebook.

    A mark is ``[§4]{#repere-p4 .repere}``, that of a number ``[n° 12](#calcul-…){… .nombre}``; what
    differs stands in ``[…]{.change}``, what it was in ``[…]{.avant}`` (``[…]{.nouveau}`` where it
    was not); a remark is a ``::: {.remarque .ouverte}``
    or ``.levee`` after its paragraph, chart or table, the lines of a chart, a table or a formula
    that differ are a ``::: {.change}``. What has no place any more, and a list of all that differs,
    stand in ``::: {.relecture}`` below the title.
    """
    spots = find_spots(notebook)
    items = list(dict.fromkeys(spot.item for spot in spots))
    changed = {(each.kind, each.key): each for each in state.differences if each.after}
    remarks: dict[tuple[str, str], list[PlacedRemark]] = {}
    for placed in place_remarks(items, state.remarks):
        item = placed.item
        remarks.setdefault((item.kind, item.key) if item else _NOWHERE, []).append(placed)
    texts = _read_texts(notebook)
    places = {*_PLACE.findall("\n".join(texts.values()))}
    edits = _Edits({})
    seen: set[tuple[str, str]] = set()
    for spot in spots:
        place = spot.item.kind, spot.item.key
        difference = changed.get(place)
        mark = _write_mark(spot, place not in seen, bool(difference), places)
        if spot.block == VALUE and _BOTH_STOPS.match(texts[spot.cell, spot.output], spot.start):
            mark += "."
        _annotate_spot(edits, spot, difference, place not in seen, mark)
        if place in seen:
            continue
        seen.add(place)
        listed = difference if spot.item.kind in (CHART, TABLE) else None
        if spot.item.kind == VALUE:
            listed = changed.get((FORMULA, spot.item.key))
        notes = [_write_lines(listed)] if listed else []
        if notes := [*notes, *map(write_remark, remarks.get(place, []))]:
            text = "\n\n".join(notes)
            edits.put(spot, spot.after, f"\n\n{text}\n", _AFTER + len(seen))
    _apply(notebook, edits, {(s.cell, s.output) for s in spots if s.block == "figure"})
    _insert_summary(notebook, state, remarks.get(_NOWHERE, []))


def _annotate_spot(
    edits: _Edits,
    spot: Spot,
    difference: Difference | None,
    first: bool,
    mark: str,
) -> None:
    item = spot.item
    if item.kind in (CHART, TABLE):
        edits.put(spot, spot.start, mark + ("\n\n" if spot.block == "table" else " "))
        return
    blank = NO_BREAK if item.kind == VALUE else " "
    if difference is None:
        edits.put(spot, spot.end, blank + mark)
        return
    was = difference.before.replace("\n", " ; ")
    label = write_attribute(f"Version signée : {was}" if was else "Nouveau")
    before = f" [{_letters(was)}]{{.avant}}" if was else " [nouveau]{.nouveau}"
    changed = f']{{.change title="{label}"}}'
    if spot.block == "points":  # no span holds a list: its mark alone says that it changed
        changed = ""
    else:
        edits.put(spot, spot.start, "[", _BEGIN)
    edits.put(spot, spot.end, f"{changed}{before if first else ''}{blank}{mark}")


def _write_lines(difference: Difference) -> str:
    """The lines of a chart, a table or a formula that changed."""
    lines = [f"- [{_letters(line)}]{{.avant}}" for line in difference.before.splitlines()]
    lines += [f"- {_letters(line)}" for line in difference.after.splitlines()]
    body = "\n".join(lines)
    return f"::: {{.change}}\nDepuis la version signée :\n\n{body}\n:::"


def _read_texts(notebook: NotebookNode) -> dict[tuple[int, int | None], str]:
    """The Markdown of a chapter and of its workings by its place."""
    both = (False, True)
    return {(c, o): text for each in both for c, o, text in list_texts(notebook, each)}


def _apply(notebook: NotebookNode, edits: _Edits, figures: set[tuple[int, int | None]]) -> None:
    """Put the edits in; what follows a figure becomes an output of its own."""
    shifts: dict[int, list[tuple[int, str]]] = {}
    texts = _read_texts(notebook)
    for (cell, output), puts in edits.texts.items():
        text, tail = texts[cell, output], []
        # The last first, so that positions stay; of one place and rank, what was put first
        # stands last: a paragraph ends after its last number.
        for position, rank, words in sorted(puts, key=lambda put: put[:2], reverse=True):
            if rank >= _AFTER and (cell, output) in figures:
                tail.insert(0, words.strip())
            else:
                text = text[:position] + words + text[position:]
        _set_text(notebook, cell, output, text)
        if tail:
            shifts.setdefault(cell, []).append((output, "\n\n".join(tail)))
    for cell, added in shifts.items():
        for output, text in sorted(added, reverse=True):
            _insert_output(notebook, cell, output + 1, text)


def _set_text(notebook: NotebookNode, cell: int, output: int | None, text: str) -> None:
    if output is None:
        notebook.cells[cell].source = text
    else:
        notebook.cells[cell].outputs[output]["data"]["text/markdown"] = text


def _insert_output(notebook: NotebookNode, cell: int, place: int, text: str) -> None:
    from nbformat.v4 import new_output

    output = new_output("display_data", data={"text/markdown": text})
    notebook.cells[cell].outputs.insert(place, output)


def _insert_summary(
    notebook: NotebookNode, state: ReviewState, homeless: Sequence[PlacedRemark]
) -> None:
    """Below the title: who signed, all that differs, the remarks that have no place below."""
    lines = [_letters(describe_signature(state))]
    if number := len(state.open_remarks):
        lines[0] += " " + format_count(number, "remarque ouverte.", "remarques ouvertes.")
    listed = []
    for difference in state.differences:
        words = _letters(describe_difference(difference))
        there = difference.mark and difference.after
        listed.append(f"- [{words}](#{name_mark(difference.mark)})" if there else f"- {words}")
    if listed:
        lines.append("\n".join(listed))
    lines += map(write_remark, homeless)
    body = "\n\n".join(lines)
    text = f"::: {{.relecture}}\n{body}\n:::"
    for cell, output, shown in list_texts(notebook):
        if shown.lstrip().startswith("# "):
            if output is None:
                notebook.cells[cell].source = f"{shown.rstrip()}\n\n{text}\n"
            else:
                _insert_output(notebook, cell, output + 1, text)
            return

"""A comparison for the terminal: one block a chapter, a table of values, then lines.

Computes nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from analysis.compute.changes import change_words
from analysis.compute.changes.change_frames import FOLLOWED, NEW, NOT_RENEWED, Changes
from analysis.model.store import Edition, to_records
from analysis.words import french

_WIDTHS = (38, 26, 26, 30)
_TABLES = {
    "actions": "Actions",
    "planned": "Actions à court terme",
    "improvements": "Pistes d’amélioration",
}


def describe_changes(changes: Changes, edition: Edition) -> str:
    """The whole comparison as text, for a window of some 120 columns."""
    return _flatten("\n".join(_compose(changes, edition)))


def _compose(changes: Changes, edition: Edition) -> Iterator[str]:
    kind = f", {changes.against_kind}" if changes.against_kind else ""
    yield f"Édition {changes.year} comparée à l’édition {changes.against}{kind}"
    if changes.against_note:
        yield from textwrap.wrap(changes.against_note, sum(_WIDTHS))
    for chapter in edition.chapters.sort_values("order").itertuples():
        lines = list(_compose_chapter(changes, edition, chapter.id))
        if lines:
            yield from ("", chapter.title.upper(), *lines)
    yield from _compose_section("VALEURS ANTÉRIEURES RÉVISÉES", _list_revised(changes, edition))
    if "definitions" not in changes.unknown:
        yield from _compose_section("DÉFINITIONS ET UNITÉS CHANGÉES", _list_definitions(changes))
    unknown = [f"{reason[:1].upper()}{reason[1:]}." for reason in changes.unknown.values()]
    if unknown:
        yield from _compose_section("CE QUI N’EST PAS CONNU", unknown)


def _compose_section(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = [part for line in lines for part in _wrap_item(line)]
    yield from ("", title)
    yield from lines or ["  aucune"]


def _wrap_item(line: str) -> list[str]:
    return textwrap.wrap(
        line, sum(_WIDTHS), initial_indent="  - ", subsequent_indent="    ", break_long_words=False
    )


def _compose_chapter(changes: Changes, edition: Edition, chapter: str) -> Iterator[str]:
    rows = to_records(changes.values[changes.values["chapter"] == chapter])
    followed = [row for row in rows if row["state"] == FOLLOWED]
    if followed:
        yield from _write_row(
            ("Indicateur", str(changes.against), str(changes.year), "Évolution"), "-"
        )
    for row in followed:
        change, reason = change_words.describe_change(edition, row)
        revised = row["then_kept"] is not None and row["then_kept"] != row["then"]
        side = "then_kept" if revised else "then"
        then = _say(edition, row, side) + (", révisée" if revised else "")
        remark = "; ".join(text for text in (change, reason) if text)
        yield from _write_row(
            (change_words.describe_title(edition, row), then, _say(edition, row, "now"), remark)
        )
    for state, words in ((NEW, "Nouveaux indicateurs"), (NOT_RENEWED, "Sans valeur plus récente")):
        titles = change_words.list_titles(edition, rows, state)
        if titles:
            yield from _wrap_item(f"{words} ({len(titles)}) : {' ; '.join(titles)}")
    programme = to_records(changes.programme[changes.programme["chapter"] == chapter])
    for table, words in _TABLES.items():
        for row in programme:
            if row["table"] == table:
                yield from _wrap_item(_describe_entry(words, row))


def _describe_entry(words: str, row: dict) -> str:
    due = ", échue" if change_words.is_late(row) else ""
    note = f". {row['note']}" if row["note"] else ""
    return f"{words} : {row['title']} : {change_words.describe_state(row)}{due}{note}"


def _say(edition: Edition, row: dict, side: str) -> str:
    value = change_words.read_side(edition, row, side)
    return f"{change_words.describe_quantity(edition, value)} ({change_words.name_period(value)})"


def _write_row(cells: Sequence[str], rule: str = "") -> Iterator[str]:
    """The cells in columns, each wrapped to its own width."""
    columns = [
        textwrap.wrap(_flatten(cell), width - 2) or [""]
        for cell, width in zip(cells, _WIDTHS, strict=True)
    ]
    for number in range(max(map(len, columns))):
        parts = [
            (column[number] if number < len(column) else "").ljust(width)
            for column, width in zip(columns, _WIDTHS, strict=True)
        ]
        yield f"  {''.join(parts)}".rstrip()
    if rule:
        yield "  " + " ".join(rule * (width - 1) for width in _WIDTHS)


def _flatten(text: str) -> str:
    """Plain spaces: a terminal may know no other, and lines may break at them."""
    return text.replace(french.NARROW, " ").replace(french.NO_BREAK, " ")


def _list_revised(changes: Changes, edition: Edition) -> Iterator[str]:
    for row in to_records(changes.revised):
        former = change_words.read_former(edition, row)
        present = change_words.describe_quantity(edition, change_words.read_present(edition, row))
        how = "" if row["declared"] else ", sans explication dans revisions.csv"
        how = ", valeur calculée" if row["origin"] == "dérivé" else how
        yield _flatten(
            f"{change_words.describe_title(edition, row)} ({change_words.name_period(former)}) : "
            f"{change_words.describe_quantity(edition, former)}, devenu {present}{how}"
        )


def _list_definitions(changes: Changes) -> Iterator[str]:
    for row in to_records(changes.definitions):
        former = french.quote(row["former"]) if row["former"] else "(vide)"
        present = french.quote(row["present"]) if row["present"] else "(vide)"
        yield f"{row['title']}, {row['field']} : {former}, devenu {present}"

"""A comparison for the terminal: what matters, then one block a chapter, then revisions.

Computes nothing; rows and words are those of ``change_words``, as on the page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from analysis.base.paths import OPEN_DATA
from analysis.compute.changes import change_words
from analysis.compute.changes.change_frames import CAUSES, DECLINE, OUTCOMES, PROGRESS, Changes
from analysis.model.references import Row
from analysis.model.schema import RECONSTITUTED
from analysis.model.store import Edition, to_records
from analysis.words import french
from analysis.words.citations import is_form
from analysis.words.hidden_markup import strip_marks

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
    unrenewed = change_words.describe_unrenewed(edition, changes)
    if unrenewed:
        yield from textwrap.wrap(_flatten(unrenewed), sum(_WIDTHS))
    for trend, title in ((PROGRESS, "PROGRÈS"), (DECLINE, "RECULS")):
        rows = change_words.list_trend(edition, changes, trend)
        movements = (change_words.describe_movement(edition, row) for row in rows)
        yield from _compose_section(title, movements)
    yield from _compose_section("OBJECTIFS", _list_targets(changes, edition))
    if "programme" not in changes.unknown:
        yield from _compose_section("ÉCHÉANCES PASSÉES", _list_deadlines(changes, edition))
    for chapter in edition.chapters.sort_values("order").itertuples():
        lines = list(_compose_chapter(changes, edition, chapter.id))
        if lines:
            yield from ("", chapter.title.upper(), *lines)
    yield from _compose_section("VALEURS ANTÉRIEURES QUI CHANGENT", _list_revised(changes, edition))
    if "definitions" not in changes.unknown:
        yield from _compose_section("DÉFINITIONS ET UNITÉS CHANGÉES", _list_definitions(changes))
    unknown = [f"{reason[:1].upper()}{reason[1:]}." for reason in changes.unknown.values()]
    if "definitions" in changes.unknown and changes.against_kind != RECONSTITUTED:
        unknown.append(f"Elles sont attendues dans reports/{changes.against}/{OPEN_DATA}.")
    if unknown:
        yield from _compose_section("CE QUI N’EST PAS CONNU", unknown)


def _compose_section(title: str, lines: Iterable[str]) -> Iterator[str]:
    lines = [part for line in lines for part in _wrap_item(line)]
    yield from ("", title)
    yield from lines or ["  rien"]


def _wrap_item(line: str) -> list[str]:
    return textwrap.wrap(
        _flatten(line), sum(_WIDTHS), initial_indent="  - ", subsequent_indent="    ",
        break_long_words=False,
    )  # fmt: skip


def _list_targets(changes: Changes, edition: Edition) -> Iterator[str]:
    for row in to_records(changes.targets):
        title, wanted, known, said = change_words.describe_target(edition, changes, row)
        yield f"{title} : {known}, pour {wanted} : {said}"


def _list_deadlines(changes: Changes, edition: Edition) -> Iterator[str]:
    for outcome in OUTCOMES:
        for row in change_words.list_deadlines(changes, outcome):
            yield f"{outcome} : {change_words.describe_deadline(edition, row)}"


def _compose_chapter(changes: Changes, edition: Edition, chapter: str) -> Iterator[str]:
    rows = change_words.list_followed(edition, changes, chapter)
    compared = [row for row in rows if row["comparable"]]
    if compared:
        yield from _write_row(
            ("Indicateur", str(changes.against), str(changes.year), "Évolution"), "-"
        )
    for row in compared:
        yield from _write_row(change_words.describe_row(edition, changes, row))
    apart = [change_words.describe_apart(edition, row) for row in rows if not row["comparable"]]
    for line in apart:
        yield from _wrap_item(f"Ne se comparent pas : {line}")
    for listed, words in (
        (change_words.list_new(edition, changes, chapter), "Nouveaux indicateurs"),
        (change_words.list_gone(changes, chapter), "Indicateurs qui n’ont plus de valeur"),
    ):
        if listed:
            titles = " ; ".join(change_words.describe_title(edition, row) for row in listed)
            yield from _wrap_item(f"{words} ({len(listed)}) : {titles}")
    programme = to_records(changes.programme[changes.programme["chapter"] == chapter])
    for table, words in _TABLES.items():
        for row in programme:
            if row["table"] == table:
                yield from _wrap_item(_describe_entry(edition, words, row))


def _describe_entry(edition: Edition, words: str, row: Row) -> str:
    """As on the page, then, for the analyst, the note and the cell of a service's form."""
    said = f"{words} : {change_words.describe_entry(edition, row)} : {row['state']}"
    if not is_form(row["source"]):
        return said
    return " ; ".join(filter(None, (said, row["locator"], row["note"])))


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
    """Plain letters and spaces: a terminal may know no other, and lines may break at them."""
    return strip_marks(text).replace(french.NARROW, " ").replace(french.NO_BREAK, " ")


def _list_revised(changes: Changes, edition: Edition) -> Iterator[str]:
    for cause in CAUSES:
        for row in change_words.list_revised(changes, cause):
            missing = cause == CAUSES[0] and not row["declared"]
            how = ", sans explication dans revisions.csv" if missing else ""
            yield f"{change_words.describe_revision(edition, row)} ({cause}{how})"


def _list_definitions(changes: Changes) -> Iterator[str]:
    for row in to_records(changes.definitions):
        former = french.quote(row["former"]) if row["former"] else "(vide)"
        present = french.quote(row["present"]) if row["present"] else "(vide)"
        yield f"{row['title']}, {row['field']} : {former}, devenu {present}"

"""« make review »: a chapter brought up to date for its reviewer, what differs since it was signed,
and the signature.

A signature is a row of ``reviews.csv``; what it stands for is written beside it, so that the next
reader, on any machine, is told what has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import takewhile

import nbformat

from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.paths import Dossier
from analysis.collect.raw_edits import CsvFile
from analysis.collect.remark_book import WrittenBook, describe_answer, write_remark_book
from analysis.compute.dossier.reviewchecks import (
    digest_content,
    format_content,
    name_content_file,
)
from analysis.execute.chapter_content import (
    CHART,
    FORMULA,
    PHRASE,
    SOURCE,
    TABLE,
    TITLE,
    VALUE,
    Item,
    read_content,
)
from analysis.execute.content_differences import Difference
from analysis.execute.remarks import (
    PlacedRemark,
    Remark,
    describe_remark,
    place_remarks,
    read_remarks,
    show_mark,
)
from analysis.execute.review_marks import ReviewState, describe_signature
from analysis.execute.signatures import read_signatures, read_state
from analysis.model.references import UnknownReference
from analysis.model.schema import PORTRAIT, TABLES, suggest
from analysis.model.store import Edition, title_pages
from analysis.run.progress_display import FAILED, Result
from analysis.words.french import format_count, format_date
from analysis.words.lineage import describe_title

_COUNTED = {
    VALUE: ("nombre", "nombres"),
    PHRASE: ("paragraphe", "paragraphes"),
    TITLE: ("titre", "titres"),
    SOURCE: ("ligne de sources", "lignes de sources"),
    CHART: ("graphique", "graphiques"),
    TABLE: ("tableau", "tableaux"),
    FORMULA: ("formule", "formules"),
}


#: Words shown on each side of what changed in a sentence.
_AROUND = 6
#: A cell of the table without an answer.
_NONE = "—"


class NotSigned(UserError):
    """A chapter that cannot be signed; nothing was written."""


def find_chapters(edition: Edition, chapter: str | None) -> list[str]:
    """The chapter asked for, or all of an edition in their order.

    Raises
    ------
    UserError
        when the edition has no such chapter (French, with a near one).
    """
    known = [*title_pages(edition)]
    if chapter is None:
        return [id for id in known if id != PORTRAIT]
    if chapter not in known:
        hint = suggest(chapter, known)
        raise UserError(
            f"L’édition {edition.year} n’a pas de chapitre « {chapter} ». {hint}".strip()
        )
    return [chapter]


def read_states(
    dossier: Dossier, edition: Edition, chapters: Sequence[str]
) -> dict[str, ReviewState]:
    """Where the review of each chapter that was executed stands, its remarks with their marks of
    today."""
    states = {}
    for chapter in chapters:
        path = dossier.executed(edition.year) / f"{chapter}.ipynb"
        if path.is_file():
            notebook = nbformat.read(path, as_version=4)
            state = read_state(dossier, edition.year, chapter, notebook, edition)
            items = read_content(notebook, edition) if state.remarks else []
            placed = place_remarks(items, state.remarks)
            states[chapter] = replace(state, remarks=[_mark_today(p) for p in placed])
    return states


def _mark_today(placed: PlacedRemark) -> Remark:
    gone = "passage disparu" if placed.remark.kind else ""
    return replace(placed.remark, mark=placed.item.mark if placed.item else gone)


# --- what is told ---------------------------------------------------------------------------------


def _name_value(edition: Edition, reference: str) -> str:
    """The title of a number's indicator; '' for a number of a table, or one that is no more."""
    try:
        return describe_title(edition, edition.value(reference))
    except UnknownReference:
        return ""


def _keep_changed(*texts: str) -> list[str]:
    """Two versions of a sentence without what both begin and end with, but for some words."""
    words = [text.split(" ") for text in texts]
    for _ in range(2):  # from the left, then from the right
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*words, strict=False)))
        kept = max(0, same - _AROUND)
        words = [[*["…"][:kept], *line[kept:]][::-1] for line in words]
    return [" ".join(line) for line in words]


def _list_lines(difference: Difference, edition: Edition) -> Iterator[str]:
    place = show_mark(difference)
    named = _name_value(edition, difference.key) if difference.kind == VALUE else ""
    section = f" ({named or difference.section})" if named or difference.section else ""
    before, after = difference.before.splitlines(), difference.after.splitlines()
    if len(before) == len(after) == 1:
        before, after = ([text] for text in _keep_changed(before[0], after[0]))
    if difference.kind == VALUE and before and after:
        yield f"  {place}{section} : {difference.before} → {difference.after}"
        return
    said = "" if before and after else " : nouveau" if after else " : n’y est plus"
    yield f"  {place}{section}{said}"
    yield from (f"    − {line}" for line in before)
    yield from (f"    + {line}" for line in after)


def describe_review(state: ReviewState, edition: Edition) -> str:
    """For the terminal: who signed, all that differs since, the open remarks, what to do next."""
    title = title_pages(edition)[state.chapter]
    lines = [f"{title} ({state.chapter}), édition {state.year}", describe_signature(state)]
    for difference in state.differences:
        lines += _list_lines(difference, edition)
    if open_remarks := state.open_remarks:
        lines.append(format_count(len(open_remarks), "remarque ouverte :", "remarques ouvertes :"))
        for remark in open_remarks:
            lines.append(f"  {describe_remark(remark, width=30_000)}")
            lines += [f"    {describe_answer(remark)}"] if remark.answer else []
        lines.append(
            f"Répondre dans {TABLES['remarks'].file(state.year)} (answer, answered_by,"
            " answered_on), puis rendre au relecteur la copie et le classeur ; « levée » dans state"
            " quand la réponse convient."
        )
    elif not state.signed_by or state.differences:
        lines.append(f"Pour signer : {_name_signing(state.year, state.chapter, 'Prénom Nom')}")
    return "\n".join(lines)


def tabulate_reviews(states: Mapping[str, ReviewState]) -> str:
    """A line a chapter: who signed, when, how much differs since, how many remarks are open."""
    rows = [("Chapitre", "Signé par", "Le", "Différences", "Remarques ouvertes")]
    for chapter, state in states.items():
        signed = bool(state.signed_by)
        rows.append(
            (
                chapter,
                state.signed_by or _NONE,
                format_date(state.signed_on) if signed else _NONE,
                str(len(state.differences)) if signed else _NONE,
                str(len(state.open_remarks)),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def write_remark_books(
    dossier: Dossier, edition: Edition, chapters: Sequence[str]
) -> Iterator[WrittenBook]:
    """The workbook for the remarks on each chapter that was executed."""
    titles = title_pages(edition)
    for chapter in chapters:
        path = dossier.executed(edition.year) / f"{chapter}.ipynb"
        if path.is_file():
            items = read_content(nbformat.read(path, as_version=4), edition)
            yield write_remark_book(dossier, edition, chapter, titles[chapter], items)


def check_signed(dossier: Dossier, edition: Edition) -> tuple[list[str], bool]:
    """Which chapters are unsigned, changed since, or under open remarks, as lines for the analyst;
    and whether all are signed as they are, without an open remark."""
    chapters = find_chapters(edition, None)
    states = read_states(dossier, edition, chapters)
    signed = read_signatures(dossier, edition.year)
    waiting = Counter(
        remark.chapter for remark in read_remarks(dossier, edition.year) if remark.is_open
    )
    found = {
        "Chapitres non signés": [name for name in chapters if name not in signed],
        "Chapitres changés depuis leur signature": [
            f"{name} ({format_count(len(state.differences), 'différence', 'différences')})"
            for name, state in states.items()
            if state.differences
        ],
        "Chapitres signés dont le carnet n’est pas exécuté": [
            name for name in chapters if name in signed and name not in states
        ],
        "Remarques ouvertes": [f"{name} ({number})" for name, number in waiting.items()],
    }
    lines = [f"{what} : {', '.join(names)}." for what, names in found.items() if names]
    return lines or ["Chapitres : tous signés, sans différence ni remarque ouverte."], not lines


def _name_signing(year: int, chapter: str, reviewer: str, **options: object) -> str:
    words = {"year": year, "chapter": chapter, "sign": f'"{reviewer}"'}
    return name_command("review", **words, **options)


def refuse_failed(results: Sequence[Result]) -> None:
    """Raise UserError (French) where the chapter to review failed; why was told as it did."""
    for result in results:
        if result.state == FAILED:
            raise UserError(
                f"« {result.step.title} » est en échec : ce chapitre ne peut être ni relu ni signé."
            )


# --- the signature --------------------------------------------------------------------------------


def sign_chapter(
    dossier: Dossier,
    edition: Edition,
    chapter: str,
    reviewer: str,
    day: date,
    *,
    force: bool = False,
) -> str:
    """Sign an executed chapter as it is; returns what was signed, in words.

    Raises
    ------
    NotSigned
        on a day to come, and with open remarks unless ``force`` (French); nothing is written.
    """
    if day > date.today():
        raise NotSigned(f"Le {format_date(day)} est à venir : une signature est datée de son jour.")
    year = edition.year
    path = dossier.executed(year) / f"{chapter}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    number = len(read_state(dossier, year, chapter, notebook, edition).open_remarks)
    if number and not force:
        remarks = format_count(number, "remarque ouverte", "remarques ouvertes")
        command = _name_signing(year, chapter, reviewer, force=True)
        raise NotSigned(
            f"Chapitre « {chapter} » non signé : {remarks}. Les lever d’abord, ou signer malgré "
            f"cela : « {command} »."
        )
    items = read_content(notebook, edition)
    rows = [asdict(item) for item in items]
    digest = digest_content(rows)
    known = read_signatures(dossier, year).get(chapter, {})
    if (known.get("reviewer"), known.get("digest")) == (reviewer, digest):
        return (
            f"Chapitre « {chapter} » déjà signé par {reviewer} le {format_date(known['date'])}, "
            "tel qu’il est : rien n’est ajouté."
        )
    table = TABLES["reviews"]
    file = CsvFile.read(dossier.raw, table.file(year), table.header)
    file.append({"chapter": chapter, "reviewer": reviewer, "date": day, "digest": digest})
    write_together(
        dossier.raw,
        {
            dossier.raw / name_content_file(year, chapter): format_content(rows).encode("utf-8"),
            dossier.raw / table.file(year): file.content,
        },
    )
    return (
        f"Chapitre « {chapter} » signé par {reviewer} le {format_date(day)} : {_count(items)}.\n"
        f"Écrit dans {table.file(year)} et {name_content_file(year, chapter)}, à verser avec le "
        "dossier."
    )


def _count(items: Sequence[Item]) -> str:
    counts = {kind: sum(item.kind == kind for item in items) for kind in _COUNTED}
    return ", ".join(format_count(n, *_COUNTED[kind]) for kind, n in counts.items() if n)

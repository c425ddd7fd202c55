"""Where the review of a chapter stands: who signed what of it, what differs since, which remarks
were made. Read from the dossier; nothing is written here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from analysis.base.csvtext import format_csv
from analysis.base.file_digests import digest_file
from analysis.base.paths import Dossier
from analysis.compute.dossier.reviewchecks import (
    REVIEW_TABLES,
    list_last_signatures,
    name_content_file,
    read_content_file,
)
from analysis.compute.dossier.typed_tables import read_table
from analysis.execute.chapter_content import Item, read_content
from analysis.execute.content_differences import compare_content
from analysis.execute.remarks import read_remarks
from analysis.execute.review_marks import ReviewState
from analysis.model.schema import TABLES
from analysis.model.store import Edition, read_edition, to_records

if TYPE_CHECKING:
    from nbformat import NotebookNode


def read_signatures(dossier: Dossier, year: int) -> dict[str, dict[str, Any]]:
    """The last signature of each chapter that has one: reviewer, date, digest."""
    table = TABLES["reviews"]
    frame, _ = read_table(dossier.raw / table.file(year), table, table.file(year))
    return list_last_signatures(to_records(frame))


def read_signed_items(dossier: Dossier, year: int, chapter: str) -> list[Item]:
    """What the last signature of a chapter stands for."""
    rows, _ = read_content_file(dossier.raw, year, chapter)
    return [Item(**row) for row in rows]


def read_state(
    dossier: Dossier,
    year: int,
    chapter: str,
    notebook: NotebookNode,
    edition: Edition | None = None,
) -> ReviewState:
    """Where the review of an executed chapter stands; ``edition``: read where it is needed and not
    given.

    The files of reviewers have been checked (``dossier.check_reviews``).
    """
    remarks = read_remarks(dossier, year, chapter)
    signature = read_signatures(dossier, year).get(chapter)
    if signature is None:
        return ReviewState(chapter, year, remarks=remarks)
    content = read_content(notebook, edition or read_edition(year, dossier))
    return ReviewState(
        chapter,
        year,
        signature["reviewer"],
        signature["date"],
        compare_content(read_signed_items(dossier, year, chapter), content),
        remarks,
    )


def describe_review(dossier: Dossier, year: int, chapter: str) -> dict[str, str]:
    """Digests of all that reviewers say of a chapter; empty where they say nothing. A remark on one
    is none on another."""
    told = {}
    for name in REVIEW_TABLES:
        file = TABLES[name].file(year)
        frame, _ = read_table(dossier.raw / file, TABLES[name], file)
        rows = frame[frame["chapter"] == chapter]
        if len(rows):
            digest = hashlib.sha256(format_csv(rows).encode("utf-8"))
            told[f"relecture:{file}"] = digest.hexdigest()
    file = name_content_file(year, chapter)
    if told and (dossier.raw / file).is_file():
        told[f"relecture:{file}"] = digest_file(dossier.raw / file)
    return told

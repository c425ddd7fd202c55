"""What reviewers say of an edition: the files that hold it, read and checked.

Their signatures (reviews.csv), the content that each chapter's last one stands for, and their
remarks (remarks.csv) are no data of the edition: nothing that is computed depends on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from analysis.base.csvtext import format_row
from analysis.compute.dossier.crosschecks import Loaded, TypedRow
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import SETTLED, SIGNED_CONTENT, UNSETTLED, Fault

#: Tables of reviewers.
REVIEW_TABLES = ("remarks", "reviews")
_CELLS = tuple(SIGNED_CONTENT.header)
#: What stands around a text in its cell: a spreadsheet leaves it as it is, number, date or formula.
_BEFORE, _AFTER = "« ", " »"
_SIGN_AGAIN = (
    "Reprendre ce fichier tel que la signature l’a laissé, ou retirer cette ligne et signer de"
    " nouveau le chapitre."
)


# --- what was signed ------------------------------------------------------------------------------


def name_content_file(year: int, chapter: str) -> str:
    """The file below ``raw/`` with what was signed of a chapter."""
    return f"{year}/reviews/{chapter}.csv"


def digest_content(rows: Iterable[Mapping[str, str]]) -> str:
    """The digest that a signature names: of what is read, whatever a spreadsheet makes of a file's
    spaces and line ends."""
    digest = hashlib.sha256()
    for row in rows:
        cells = (" ".join(line.split()) for name in _CELLS for line in row[name].split("\n"))
        digest.update(("\0".join(cells) + "\0\0").encode("utf-8"))
    return f"sha256:{digest.hexdigest()[:16]}"


def format_content(rows: Iterable[Mapping[str, str]]) -> str:
    """Pieces of a chapter as CSV."""
    lines = [format_row(_CELLS)]
    for row in rows:
        quoted = {"text": f"{_BEFORE}{row['text']}{_AFTER}"}
        quoted["section"] = f"{_BEFORE}{row['section']}{_AFTER}" if row["section"] else ""
        lines.append(format_row({**row, **quoted}[name] for name in _CELLS))
    return "".join(lines)


def read_content_file(
    raw: Path, year: int, chapter: str
) -> tuple[list[dict[str, str]], list[Fault]]:
    """What was signed of a chapter, by column, and the faults of its file."""
    file = name_content_file(year, chapter)
    frame, faults = read_table(raw / file, SIGNED_CONTENT, file)
    rows = frame[list(_CELLS)].to_dict("records")
    for row in rows:
        for name in ("section", "text"):
            text = row[name].replace("\r\n", "\n")
            row[name] = text.removeprefix(_BEFORE).removesuffix(_AFTER)
    return rows, faults


# --- checks ---------------------------------------------------------------------------------------


def check_remarks(loaded: Loaded) -> Iterator[Fault]:
    """A remark points at something or at the chapter as a whole; whoever settles one says who."""
    for row in loaded.rows("remarks"):
        if bool(row["kind"]) != bool(row["key"]):
            lacking, other = ("key", "kind") if row["kind"] else ("kind", "key")
            yield row.fault(
                lacking,
                f"remarque dont le passage n’est dit qu’à moitié : « {other} » est rempli",
                "Attendu : les deux, ou aucun si la remarque vaut pour tout le chapitre.",
            )
        if row["state"] == SETTLED and not row["answered_by"]:
            yield row.fault(
                "answered_by",
                "remarque levée sans que l’on sache par qui",
                "Attendu : le nom de qui répond, et de préférence sa réponse dans « answer » ; ou"
                f" l’état « {UNSETTLED} ».",
            )
        elif row["answer"] and not row["answered_by"]:
            yield row.fault("answered_by", "réponse sans auteur", "Attendu : le nom de qui répond.")
        if row["answered_on"] < row["date"]:
            yield row.fault(
                "answered_on", "réponse antérieure à la remarque", "Vérifier les deux dates."
            )
        yield from _check_past(row, "date")
        yield from _check_past(row, "answered_on")


def list_last_signatures(rows: Iterable[Mapping[str, Any] | TypedRow]) -> dict[str, Any]:
    """The last signature of each chapter: the latest, of one day the one that stands last."""
    last: dict[str, Any] = {}
    for row in rows:
        known = last.get(row["chapter"])
        if known is None or not row["date"] < known["date"]:
            last[row["chapter"]] = row
    return last


def check_signatures(loaded: Loaded) -> Iterator[Fault]:
    """The last signature of each chapter stands for a content that is there, unchanged."""
    rows = list(loaded.rows("reviews"))
    for row in rows:
        yield from _check_past(row, "date")
    known = loaded.codes("finalities.id") | loaded.codes("approach.id")
    for chapter, row in list_last_signatures(rows).items():
        if chapter not in known:
            continue
        file = name_content_file(loaded.year, chapter)
        if not (loaded.raw / file).is_file():
            yield row.fault("digest", f"le contenu signé n’est pas là ({file})", _SIGN_AGAIN)
            continue
        content, faults = read_content_file(loaded.raw, loaded.year, chapter)
        yield from faults
        if not faults and digest_content(content) != row["digest"]:
            problem = f"le contenu de {file} n’est pas celui de cette signature"
            yield row.fault("digest", problem, _SIGN_AGAIN)


def _check_past(row: TypedRow, column: str) -> Iterator[Fault]:
    day = row[column]
    if day == day and day is not None and day.date() > date.today():
        yield row.fault(column, "date à venir", "Attendu : une date passée, ou celle du jour.")

"""Source documents in ``raw/documents``: their lines, and whether what cites them lies within.

``<source>.csv`` holds every line, or the outline alone. Beside it may stand the original, and, of
an outline, the lines as ``<source>.txt``: neither is data of an edition, nor published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.rawfiles import list_files, measure_file
from analysis.compute.dossier.crosschecks import Loaded, TypedRow
from analysis.compute.dossier.typed_tables import UNREADABLE, explain, read_table, read_text
from analysis.model.schema import DOCUMENT_LINES, DOCUMENTS_FOLDER, Fault, suggest
from analysis.model.source_documents import DocumentPlan, read_ranges, select_outline
from analysis.model.store import to_records


def name_document_file(source: str, suffix: str = ".csv") -> str:
    """Where a document stands below ``raw/``."""
    return f"{DOCUMENTS_FOLDER}/{source}{suffix}"


def split_lines(text: str) -> list[str]:
    """The lines of a text, numbered from one as an editor numbers them."""
    return text.removesuffix("\n").split("\n")


def read_documents(raw: Path) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The table of each document by the id of its source, and their faults."""
    frames, faults = {}, []
    for name, path in list_files(raw / DOCUMENTS_FOLDER, "*.csv"):
        file = f"{DOCUMENTS_FOLDER}/{name}"
        frames[path.stem], found = read_table(path, DOCUMENT_LINES, file)
        faults += found
    return frames, faults


def list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a document; no level and no sheet are 0."""
    numbers = ["line", "level", "sheet"]
    known = frame.assign(**frame[numbers].fillna(0).astype("int64"))
    return to_records(known[DOCUMENT_LINES.header])


def list_outlines(frames: Mapping[str, pd.DataFrame]) -> Iterator[dict[str, Any]]:
    """The outline of each document, as ``documents`` of an edition holds it."""
    for source, frame in sorted(frames.items()):
        for row in select_outline(list_rows(frame)):
            yield {"source": source, **row}


def read_lines(raw: Path, source: str) -> dict[int, str]:
    """The text of each line of a document, as far as this machine has it: from its table, else, of
    an outline, from the text kept beside it; {} where there is none."""
    file, kept = (name_document_file(source, suffix) for suffix in (".csv", ".txt"))
    frame, _ = read_table(raw / file, DOCUMENT_LINES, file)
    lines = dict(zip(frame["line"], frame["text"], strict=True))
    if any(lines.values()):
        return lines
    try:
        text = split_lines(read_text(raw / kept)) if (raw / kept).is_file() else []
    except UNREADABLE:
        return {}  # reported with the data
    return dict(enumerate(text, 1))


def read_plan(raw: Path, source: str) -> DocumentPlan:
    """The outline of a document as it is typed."""
    file = name_document_file(source)
    return DocumentPlan(list_rows(read_table(raw / file, DOCUMENT_LINES, file)[0]))


def check_documents(
    loaded: Loaded, frames: Mapping[str, pd.DataFrame], unread: set[str]
) -> Iterator[Fault]:
    """Documents of no source, lines out of order, a text with gaps, a copy that is another one;
    locators beyond the last line. ``unread``: those with faults of their own."""
    sources = {row["id"]: row for row in loaded.rows("sources")}
    lasts = {}
    for source, frame in frames.items():
        file = name_document_file(source)
        if source not in sources and "sources" not in loaded.unread:
            expected = (
                suggest(source, set(sources)) or "Une ligne de sources.csv, de cet identifiant."
            )
            yield Fault.of_file(file, "document d’une source absente de sources.csv", expected)
        if source in unread or frame.empty:
            continue
        rows = [
            TypedRow(file, number, row)
            for number, row in zip(frame.index, list_rows(frame), strict=True)
        ]
        lasts[source] = rows[-1]["line"]
        yield from _check_lines(rows)
        if source in sources:
            yield from _check_copies(loaded.raw, sources[source], lasts[source])
    if lasts:
        yield from _check_locators(loaded, lasts)


def _check_lines(rows: list[TypedRow]) -> Iterator[Fault]:
    whole = any(row["text"] for row in rows)
    before = 0
    for row in rows:
        if row["line"] <= before or (whole and row["line"] != before + 1):
            expected = f"Attendu : {before + 1}" if whole else f"Attendu : plus de {before}"
            yield row.fault("line", "ligne qui ne suit pas la précédente", f"{expected}.")
        before = max(before, row["line"])
        if bool(row["heading"]) != bool(row["level"]):
            lacking = "level" if row["heading"] else "heading"
            expected = "Un titre a son niveau (1 pour un chapitre) ; une autre ligne n’a aucun des"
            yield row.fault(lacking, "titre dit à moitié", f"{expected} deux.", "")


def _check_copies(raw: Path, source: TypedRow, last: int) -> Iterator[Fault]:
    """The original, or the lines of an outline, that are not those of the document."""
    for name, path in list_files(raw / DOCUMENTS_FOLDER, f"{source['id']}.*"):
        if path.suffix == ".csv" or measure_file(path)["sha256"] == source["sha256"]:
            continue
        file = f"{DOCUMENTS_FOLDER}/{name}"
        if path.suffix != ".txt":
            yield Fault.of_file(
                file,
                "ce n’est pas le document dont les lignes sont numérotées",
                "Son empreinte n’est pas celle de sources.csv (sha256) : remettre l’original.",
            )
            continue
        try:
            count = len(split_lines(read_text(path)))
        except UNREADABLE as error:
            yield explain(error, file)
            continue
        if count != last:
            yield Fault.of_file(
                file,
                f"texte de {count} lignes, le plan en a {last}",
                "Attendu : une ligne de texte pour chaque ligne du document.",
            )


def _check_locators(loaded: Loaded, lasts: Mapping[str, int]) -> Iterator[Fault]:
    """A table without a column for its sources cites the one that the edition's others do, where
    there is no more than one."""
    names = {t.name for t, _, frame in loaded.parts if "locator" in frame}
    rows = [row for row in loaded.rows(*names) if read_ranges(row["locator"])]
    cited = {row["source"] for row in rows if row.cells.get("source")}
    only = cited.pop() if len(cited) == 1 else ""
    for row in rows:
        yield from _check_range(row, "locator", row.cells.get("source", only), lasts)
    for row in loaded.rows("revisions"):
        yield from _check_range(row, "former_locator", row["former_source"], lasts)


def _check_range(
    row: TypedRow, column: str, source: str, lasts: Mapping[str, int]
) -> Iterator[Fault]:
    if last := lasts.get(source):
        for first, end in read_ranges(row[column]):
            if end < first:
                problem = f"lignes à rebours : {first}-{end}"
                yield row.fault(column, problem, "La première, puis la dernière.")
            elif not 1 <= first <= end <= last:
                problem = f"ligne {end if end > last else first} hors du document"
                yield row.fault(column, problem, f"« {source} » a {last} lignes.")

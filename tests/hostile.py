"""A made-up dossier whose every cell of plain text holds what publishers could take for their own.

The two made-up editions, so that what changed between them is written too. Each cell that a person
types freely gets ``SUFFIX``; ``TYPED`` replaces some of them by the texts that broke a report.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from analysis.dossier.characters import decode
from analysis.lists import join_list, split_list
from analysis.schema import REFERRING, TABLES

#: Markdown, HTML, LaTeX, Typst, Lua, citations, shortcodes, attributes, quotes; no digit.
BRACES = "{#k .l} {{< include w >}} \\textbf{z} "
SUFFIX = (
    " *a* __b__ [c](d) [^e] <b>f</b> &amp; $x_y$ #let #panic() ~~g~~ ^h^ `i` \\n @sec-air [@j] "
    "-- http://k.l/m ::: q:r: !img 'p' os.exit() " + BRACES + '<!-- s --> /t/ //u "v" # w'
)
#: Where references may stand, a brace begins one; in a list, a bar separates.
MEEK = SUFFIX.replace(BRACES, "")
FULL = SUFFIX + " | x"

#: (table, id, column) → what was typed there.
TYPED = {}


def list_columns(table: str) -> list[str]:
    """Columns of plain text."""
    return [column.name for column in TABLES[table].columns if column.writing == "plain"]


def spoil_cell(table: str, column: str, cell: str) -> str:
    """The cell with its suffix; each item of a list has its own."""
    if not cell:
        return ""
    if column in REFERRING.get(table, ()):
        return cell + MEEK
    kinds = {each.name: each.kind for each in TABLES[table].columns}
    if kinds[column] == "list":
        return join_list([item + SUFFIX for item in split_list(cell)])
    return cell + FULL


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(written.getvalue(), "utf-8")


def spoil_tables(raw: Path) -> dict[tuple[str, str], list[str]]:
    """Add the suffixes to every table below ``raw``; what each column now holds."""
    held: dict[tuple[str, str], list[str]] = {}
    for path in sorted(raw.rglob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(decode(path.read_bytes()))))
        for row in rows:
            for column in list_columns(path.stem):
                if (path.stem, column) in UNTOUCHED or not row[column]:
                    continue
                row[column] = TYPED.get(
                    (path.stem, row.get("id", ""), column),
                    spoil_cell(path.stem, column, row[column]),
                )
                held.setdefault((path.stem, column), []).append(row[column])
        if rows:
            write_rows(path, rows)
    return held


#: Plain to the schema, yet compared with others: files, codes, dates, formulas, controls.
UNTOUCHED = {
    ("sources", "file"),
    ("digit_names", "text"),
    ("indicators", "formula"),
    ("statements", "indicator"),
    ("not_comparable", "first"),
    ("not_comparable", "second"),
    ("discrepancies", "control"),
    ("places", "insee"),
    ("budget", "policy"),
}

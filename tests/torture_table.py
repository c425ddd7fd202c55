"""The table of docs/solidite.md: each attack of ``make torture``, how often it was tried and what
became of it.

An attack is a test marked ``torture(group, attempt, outcome)``: ``survécu`` where the program held
when it was first tried, ``réparé`` where it did not and does now, ``laissé`` (with ``xfail``) where
it still does not. Fast attacks run in ``make test`` too; those marked ``long`` do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.base.paths import PROJECT

PAGE = PROJECT / "docs/solidite.md"
OUTCOMES = ("survécu", "réparé", "laissé")
_BEGIN, _END = "<!-- tableau : make torture -->\n", "<!-- fin du tableau -->\n"
Rows = dict[tuple[str, str, str], list[int]]


def count(reports: Iterable) -> Rows:
    """How often each attack was tried, held, was skipped (a program that is not there)."""
    rows: Rows = {}
    for report in reports:
        attack = dict(getattr(report, "user_properties", ())).get("torture")
        ended = report.when == "call" or report.outcome != "passed"
        if attack is None or not ended:
            continue
        tried = rows.setdefault(tuple(attack), [0, 0, 0])
        tried[0] += 1
        tried[1] += report.outcome == "passed"
        tried[2] += report.outcome == "skipped" and not hasattr(report, "wasxfail")
    return rows


def write_table(rows: Rows) -> str:
    """The table in Markdown, by group; what was skipped or does not hold is said."""
    lines = ["| groupe | attaque | essais | résultat |", "|---|---|--:|---|"]
    for (group, attempt, outcome), (tried, held, skipped) in sorted(rows.items()):
        said = outcome
        if outcome != "laissé" and held + skipped < tried:
            said = f"**ne tient pas** ({tried - held - skipped} sur {tried})"
        elif skipped:
            said += f", {skipped} non essayés ici"
        lines.append(f"| {group} | {attempt} | {tried} | {said} |")
    totals = dict.fromkeys(OUTCOMES, 0)
    for (_, _, outcome), (tried, _, _) in rows.items():
        totals[outcome] += tried
    summed = ", ".join(f"{total} {outcome}s" for outcome, total in totals.items())
    return "\n".join([*lines, "", f"En tout : {sum(totals.values())} essais : {summed}.", ""])


def put_in_docs(rows: Rows) -> None:
    """Put the table in its place in the page."""
    text = PAGE.read_text("utf-8")
    place = re.compile(re.escape(_BEGIN) + ".*" + re.escape(_END), re.DOTALL)
    written = place.sub(lambda _: f"{_BEGIN}\n{write_table(rows)}\n{_END}", text)
    PAGE.write_text(written, "utf-8")


def read_rows() -> dict[tuple[str, str], tuple[int, str]]:
    """(group, attempt) → (tried, outcome) as the page has them."""
    pattern = re.compile(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \| ([^|]+) \|$", re.MULTILINE)
    found = pattern.findall(PAGE.read_text("utf-8"))
    return {(group, attempt): (int(tried), said) for group, attempt, tried, said in found}

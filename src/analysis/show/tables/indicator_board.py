"""« Tableau de bord »: every indicator of an edition on a line of its own.

One Markdown table inside ``::: {.tableau-de-bord}``: on a screen ``style/dashboard.js`` filters and
sorts it, on paper ``filters/dashboard.lua`` gathers it by chapter.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.model.store import Edition, title_pages
from analysis.show.tables.evolutions import describe_evolution
from analysis.show.tables.value_rows import (
    describe_amount,
    describe_period,
    read_own_values,
    title_row,
)
from analysis.words import french
from analysis.words.smallmarkdown import write_plain

COLUMNS = ("Indicateur", "Chapitre", "Nature", "Valeur", "Période", "Évolution")
#: Kinds of indicators, from what is put in to what comes out of it; others follow.
KINDS = ("moyens", "réalisation", "résultat", "impact", "contexte")
#: In the column of evolutions where no value of an earlier period is given, nor computed.
NOTHING_BEFORE = "—"
#: Dashes under the heads: which columns get how much of a page.
_WIDTHS = (30, 11, 9, 18, 14, 18)


def read_board(edition: Edition) -> pd.DataFrame:
    """Rows of ``values``, chapter by chapter in the book's order, then as the catalogue goes; what
    nobody gave yet is listed with what is asked."""
    order = {id: place for place, id in enumerate(title_pages(edition))}
    rows = read_own_values(edition)
    rows = rows[~((rows["missing"] != "") & rows["indicator"].isin(list(edition.find_awaited())))]
    rows = rows.assign(place=rows["chapter"].map(order))
    return rows.sort_values(["place", "catalogue"], kind="stable").reset_index(drop=True)


def tabulate_dashboard(edition: Edition, rows: pd.DataFrame) -> str:
    """Rows of ``read_board`` as the table with its caption, in its box; '' where there are none."""
    if rows.empty:
        return ""
    titles = title_pages(edition, "short_title")
    dashes = "|".join(":" + "-" * (width - 1) for width in _WIDTHS)
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{dashes}|"]
    for row in rows.itertuples():
        cells = _compose_cells(edition, row, titles[row.chapter])
        lines.append(f"| {' | '.join(cells)} |")
    which = "Les indicateurs connus" if edition.find_awaited() else "Tous les indicateurs"
    caption = french.typeset(f": {which} de l’édition {edition.year}")
    return "::: {.tableau-de-bord}\n" + "\n".join(lines) + f"\n\n{caption}\n:::"


def _compose_cells(edition: Edition, row: object, chapter: str) -> Iterator[str]:
    yield write_plain(title_row(edition, row))
    yield f'[{write_plain(chapter)}]{{.chapitre data-chapitre="{row.chapter}"}}'
    yield write_plain(row.kind)
    amount = write_plain(describe_amount(edition, row))
    yield _sort_by(amount, _write_number(row.value), f' data-unite="{row.unit}"')
    yield _sort_by(write_plain(describe_period(edition, row)), _write_day(row))
    yield describe_evolution(edition, row, why=True) or NOTHING_BEFORE


def _sort_by(words: str, key: str, unit: str = "") -> str:
    """Words with what they are to be sorted by, where that is known: within their ``unit``."""
    return f'[{words}]{{data-valeur="{key}"{unit}}}' if key and words else words


def _write_number(number: float) -> str:
    return "" if pd.isna(number) else f"{number:.12g}"


def _write_day(row: object) -> str:
    """The last day known of a period as a number: 20171231."""
    days = [day for day in (row.period_end, row.period_start) if not pd.isna(day)]
    return f"{days[0]:%Y%m%d}" if days else ""


def count_kinds(board: pd.DataFrame) -> pd.DataFrame:
    """The indicators of each ``kind`` counted (``number``), in the order of ``KINDS``."""
    counts = board.groupby("kind")["indicator"].nunique()
    kinds = [kind for kind in KINDS if kind in counts.index]
    kinds += sorted(set(counts.index) - {*KINDS})
    return counts[kinds].rename("number").reset_index()

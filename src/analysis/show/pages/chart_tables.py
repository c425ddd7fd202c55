"""The rows of a chapter's charts as a reviewer reads them: a table for each chart, under its title,
its numbers written as they will be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.base.lists import split_list
from analysis.model.store import Edition
from analysis.show import charts, tables
from analysis.show.charts.chart_rows import ROLES, ChartRows
from analysis.show.charts.facts import Fact
from analysis.show.pages.display import displayed
from analysis.show.pages.frame_display import describe_state
from analysis.words import french
from analysis.words.citations import join_lines
from analysis.words.smallmarkdown import write_plain


def compose_rows(edition: Edition, specs: Sequence[Mapping], rows: pd.DataFrame) -> Iterator[str]:
    """The rows of each chart, as ``charts.select_rows`` gives them, under its title."""
    if not specs:
        yield "*Ce chapitre n’a pas de graphique.*"
    for spec in specs:
        title = charts.title_rows(edition, spec, rows)
        source, table = _tabulate(edition, ChartRows(edition, spec, rows))
        yield f"**{write_plain(title)}** ({write_plain(spec['kind'])}). {source}\n\n{table}"


def _tabulate(edition: Edition, rows: ChartRows) -> tuple[str, str]:
    """Where all rows come from, if that is one source, and their table without empty columns."""
    facts = [one for fact in rows.facts for one in (fact, *fact.details)]
    lines = pd.DataFrame([_write_row(edition, fact) for fact in facts])
    source = ""
    if len(facts) and lines["Source"].nunique() == 1:
        source = lines.pop("Source").iloc[0]
        source = write_plain(french.typeset(f"Source : {source}.")) if source else ""
    filled = [name for name in lines.columns if (lines[name] != "").any()]
    return source, tables.format_markdown(lines[filled]) or "*Aucune ligne.*"


def _write_row(edition: Edition, fact: Fact) -> dict[str, str]:
    row, titles = fact.row, edition.source_titles
    shown = fact.marked_quantity if fact.number is not None else row["missing"]
    return {
        "Rôle": ROLES[fact.role],
        "Libellé": fact.marked_label,
        "Valeur": shown or french.MISSING,
        "Période": fact.period if fact.number is not None and row["indicator"] else "",
        "État": describe_state(row),
        "Calculé": "oui" if row["calculated"] else "",
        "Source": " ; ".join(titles.get(id, id) for id in split_list(row["source"])),
        "Endroit": join_lines(" ; ".join(split_list(row["locator"]))),
        "Remarque": row["remark"] if shown != row["missing"] else "",
    }


show_chart_rows = displayed(compose_rows, "calculs")

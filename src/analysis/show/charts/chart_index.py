"""The index of an edition's charts, as a Markdown page to read beside the report.

Asked for by ``python -m analysis charts``; no page of the report shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analysis.model.schema import PORTRAIT, REVIEWED_PAGES
from analysis.model.store import Edition
from analysis.show.charts import KINDS, UndrawableChart, draw_chart
from analysis.show.charts.facts import resolve
from analysis.show.charts.sentences import choose_sentence, list_sentences
from analysis.show.charts.series import compose_specs
from analysis.show.charts.specs import align_years, is_drawable
from analysis.words.french import typeset
from analysis.words.hidden_markup import strip_marks, write_spans
from analysis.words.smallmarkdown import write_plain

#: Marks that only drawing fills in: ``[premier]``, ``[communes]``…
_COMPUTED = re.compile(r"\[[^\[\]]*\]")


def compose_index(edition: Edition) -> str:
    """Every chart of charts.yml and every series drawn unasked, chapter by chapter, then each kind
    of chart with its fields and how many charts are of that kind."""
    chapters = [(PORTRAIT, REVIEWED_PAGES[PORTRAIT])]
    chapters += [(row.id, f"{row.order}. {row.title}") for row in edition.chapters.itertuples()]
    specs = {
        title: [*edition.charts_of(id), *compose_specs(edition, id)]
        for id, title in chapters
    }
    lines = [f"# Graphiques de l’édition {edition.year}", ""]
    for title, listed in specs.items():
        if listed:
            lines += [f"## {_write(title)}", "", *_tabulate_charts(edition, listed), ""]
    everything = [spec for listed in specs.values() for spec in listed]
    return "\n".join([*lines, "## Sortes de graphiques", "", *tabulate_kinds(everything), ""])


def _tabulate_charts(edition: Edition, specs: list[Mapping]) -> Iterator[str]:
    titles = dict(edition.actions[["id", "title"]].itertuples(index=False))
    yield "| graphique | sorte | ce qu’il montre | action | données |"
    yield "|---|---|---|---|---|"
    for spec in (align_years(edition, one) for one in specs):
        name = f"fig-{spec['chapter']}-{spec['id']}"
        obstacle = find_obstacle(edition, spec)
        if not obstacle:
            chart = f"[{spec['id']}](html/{spec['chapter']}.html#{name})"
            data = f"[CSV](html/figures/{name}.csv)"
            finding = _write(resolve(edition, _COMPUTED.sub("…", choose_sentence(edition, spec))))
        else:
            chart, data = spec["id"], f"absent : {_write(obstacle)}"
            finding = _write(list_sentences(spec["finding"])[-1]["say"])
        action = _write(titles.get(spec.get("action"), ""))
        yield f"| {chart} | {spec['kind']} | {finding} | {action} | {data} |"


def find_obstacle(edition: Edition, spec: Mapping) -> str:
    """Why the edition does not draw a chart; '' where it does."""
    if not is_drawable(edition, spec):
        return "cette édition n’a pas ses données"
    if spec.get("whole"):  # its parts may not be parts
        try:
            draw_chart(edition, spec)
        except UndrawableChart as refused:
            return strip_marks(refused.reason).rstrip(".")
    return ""


def tabulate_kinds(specs: list[Mapping]) -> Iterator[str]:
    """A row for each kind that charts.yml may name: fields it must and may have, its charts."""
    yield "| sorte (`kind`) | champs obligatoires | champs facultatifs | graphiques |"
    yield "|---|---|---|---|"
    for name, kind in sorted(KINDS.items()):
        count = sum(spec["kind"] == name for spec in specs)
        yield f"| {name} | {_list(kind.required)} | {_list(kind.optional)} | {count} |"


def _write(text: str) -> str:
    """Typed text as letters of a table's cell."""
    return write_spans(write_plain(typeset(text)))


def _list(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))

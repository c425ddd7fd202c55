"""A page of the site for each source document: its headings with their pages and lines, and, where
its licence lets the text be published, the numbered lines. A link to a line leads to the heading
that holds it, or to the line itself. On paper there is no such page.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping

from analysis.base.lists import split_list
from analysis.base.paths import Dossier
from analysis.compute.dossier.document_files import read_lines
from analysis.model.references import Row
from analysis.model.source_documents import DocumentPlan, Heading, read_ranges
from analysis.model.store import FRAMES, Edition, to_records
from analysis.words import french
from analysis.words.citations import name_day
from analysis.words.document_places import describe_pages, name_line, name_page

#: What stands for the page until ``scripts/pages.py`` puts the site around it.
_BARE = "<!-- texte -->\n{}\n<!-- fin du texte -->\n"
_HEADS = ("Titre", "Page", "Lignes")


def compose_documents(dossier: Dossier, edition: Edition) -> dict[str, tuple[str, str]]:
    """Title and bare page of each document, by the page's name without its suffix."""
    if not edition.document_plans:
        return {}
    cited = _list_cited(edition)
    sources = {row["id"]: row for row in to_records(edition.sources)}
    pages = {}
    for id, plan in edition.document_plans.items():
        published = sources[id]["published"] == "oui"
        lines = read_lines(dossier.raw, id) if published else {}
        body = "\n".join(_compose(sources[id], plan, cited[id], lines))
        title = french.typeset(f"Document source : {sources[id]['title']}")
        pages[name_page(id)] = title, _BARE.format(body)
    return pages


def _list_cited(edition: Edition) -> dict[str, set[int]]:
    """The first line of each place in a document that the edition's data cite, by source."""
    cited: dict[str, set[int]] = {}
    shared: set[int] = set()
    for frame in (getattr(edition, name) for name in FRAMES):
        if not {"source", "locator"} <= set(frame.columns):
            continue
        for cell, locator in zip(frame["source"], frame["locator"], strict=True):
            # Aligned lists, where a value comes of several sources.
            places = split_list(locator) if "|" in cell else [locator]
            for source, place in zip(split_list(cell), places, strict=False):
                cited.setdefault(source, set()).update(first for first, _ in read_ranges(place))
    # These are of the same document; a judgement cites the lines that it rests on.
    for name in ("statements", "discrepancies", "not_comparable"):
        for locator in getattr(edition, name)["locator"]:
            shared.update(first for first, _ in read_ranges(locator))
    plans = edition.document_plans
    shared |= {line for source, lines in cited.items() if source not in plans for line in lines}
    return {source: shared | cited.get(source, set()) for source in plans}


def _compose(
    source: Row, plan: DocumentPlan, cited: Iterable[int], lines: Mapping[int, str]
) -> Iterator[str]:
    escape = html.escape
    day = name_day(source["publication"])
    facts = [source["producer"], day and f"Publication : {day}", source["licence"]]
    yield f"<h1>{escape(source['title'])}</h1>"
    yield f"<p>{escape(french.typeset('. '.join(filter(None, facts))))}.</p>"
    what = "Son texte suit, ligne par ligne." if lines else "Son texte n’est pas publié ici."
    judged = any(heading.judged for heading in plan.headings)
    rule = " Les titres marqués d’un astérisque ont été reconnus par une règle." if judged else ""
    yield (
        "<p>"
        + french.typeset(
            f"{french.format_count(plan.last, 'ligne', 'lignes')}, comptées dans le document tel "
            "qu’il a été lu. Le plan dit sous quel titre, et entre quelles pages imprimées, se lit "
            f"chacune. {what}{rule}"
        )
        + "</p>"
    )
    yield '<h2 id="sec-plan">Plan du document</h2>'
    anchored = set() if lines else {*cited, 1}
    yield '<table class="plan-document"><thead><tr>'
    yield "".join(f'<th style="text-align: left;">{head}</th>' for head in _HEADS) + "</tr>"
    yield "</thead><tbody>"
    first = plan.headings[0].first if plan.headings else plan.last + 1
    if first > 1:
        yield _compose_row(source["id"], plan, None, 1, first - 1, anchored, bool(lines))
    for heading in plan.headings:
        place = heading.first, heading.last
        yield _compose_row(source["id"], plan, heading, *place, anchored, bool(lines))
    yield "</tbody></table>"
    if lines:
        yield '<h2 id="sec-texte">Texte</h2>'
        yield '<ol class="texte-document">'
        for number, text in sorted(lines.items()):
            yield f'<li id="{name_line(source["id"], number)}">{escape(text)}</li>'
        yield "</ol>"


def _compose_row(
    source: str,
    plan: DocumentPlan,
    heading: Heading | None,
    first: int,
    last: int,
    anchored: Iterable[int],
    linked: bool,
) -> str:
    """A heading with the anchors of the lines below it, up to the next."""
    words = html.escape(french.typeset(heading.title)) if heading else "Avant le premier titre"
    words += "&nbsp;*" if heading and heading.judged else ""
    if linked:
        words = f'<a href="#{name_line(source, first)}">{words}</a>'
    inside = sorted({line for line in anchored if first <= line <= last} - {first})
    places = "".join(f'<span id="{name_line(source, line)}"></span>' for line in inside)
    own = "" if linked else f' id="{name_line(source, first)}"'
    level = min(heading.level if heading else 1, 6)
    lines = str(first) if first == last else f"{first}–{last}"
    pages = french.typeset(describe_pages(plan, first, first))
    return (
        f'<tr{own}><th scope="row" class="niveau-{level}">{places}{words}</th>'
        f"<td>{html.escape(pages)}</td><td>{lines}</td></tr>"
    )

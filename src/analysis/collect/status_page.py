"""The state of a collection as a page: one file, no outside request, readable without colours."""

from __future__ import annotations

from html import escape
from pathlib import Path

from analysis.base.atomic import write_file
from analysis.base.paths import Dossier
from analysis.collect.cell_answers import fold
from analysis.collect.status import (
    CHAPTER_HEADINGS,
    OVERDUE,
    REMARKS,
    SERVICE_HEADINGS,
    Share,
    Status,
    add_up,
    add_up_followed,
    count_remarks,
    describe_followed,
    describe_progress,
    find_followed,
    list_service_cells,
    name_headings,
)
from analysis.show import colours
from analysis.show.page_safety import guard
from analysis.words import french

PAGE = "suivi.html"

#: The palette of reports/style/report.css.
_STYLE = """
:root { --encre: #1d2a33; --discret: #55636d; --filet: #d5dce0; --voile: #f5f7f8;
  --principal: #24475e; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.2rem 3rem; color: var(--encre);
  background: #fff; line-height: 1.5;
  font-family: "Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem; padding-bottom: .5rem;
  border-bottom: 4px solid var(--principal); }
.jour { color: var(--discret); margin: .4rem 0 1rem; }
.bilan { font-size: 1.1rem; max-width: 46rem; }
.cadre { overflow-x: auto; margin: 1.6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 1.15rem; padding-bottom: .5rem; }
thead th { text-align: left; vertical-align: bottom; border-top: 2px solid var(--encre);
  border-bottom: 1.5px solid var(--encre); }
th, td { padding: .4rem .6rem; vertical-align: top; }
tbody th { text-align: left; font-weight: 500; }
tbody th, tbody td { border-bottom: 1px solid var(--filet); }
tfoot th, tfoot td { text-align: left; font-weight: 600; border-top: 1.5px solid var(--encre); }
.nombre { text-align: right; }
.part { min-width: 8.5rem; }
.jauge { display: block; height: .42rem; margin-top: .2rem; background: #e9edef; }
.jauge span { display: block; height: 100%; background: var(--principal); }
.etat { display: inline-block; padding: .05rem .5rem; border: 1px solid; border-radius: 3px;
  white-space: nowrap; }
.etat-complet { color: #1c5b34; background: #eaf5ee; }
.etat-en-retard { color: #8a1c1c; background: #fbecec; font-weight: 600; }
.etat-a-completer, .etat-a-corriger { color: #6b4700; background: #fff3d6; }
.etat-attendu, .etat-a-envoyer { color: var(--discret); background: var(--voile); }
.note { color: var(--discret); font-size: .88rem; max-width: 52rem; }
@media print { .cadre { overflow: visible; } body { padding: 0; } }
"""

_NOTE = (
    "« Valeurs » : indicateurs demandés dont la valeur est donnée, ou dite « n.d. ». {followed} "
    "« Textes » : enjeu, "
    "analyse et synthèse rédigés. « Erreurs » et « À revoir » : d’après la dernière lecture des "
    "réponses ; « — » : rien n’est demandé, ou rien n’est encore lu."
)


_FOLLOWED = (
    "« Suites » : actions, échéances et pistes dont le service a dit où elles en sont. Sans"
    " réponse, le rapport les dit « reprises sans confirmation »."
)
_DESCRIBED = "« Actions » : actions, actions à court terme et pistes décrites."


def _words(text: str) -> str:
    return escape(french.typeset(text))


def _format_share(share: Share | int, colour: str = "") -> str:
    if isinstance(share, int):
        return f'<td class="part">{share}</td>'
    if not share.total:
        return '<td class="part">—</td>'
    look = f"width: {share.percent}%" + (f"; background: {colour}" if colour else "")
    number = f"{share.done} sur {share.total} ({share.percent}{french.NARROW}%)"
    gauge = f'<span class="jauge" aria-hidden="true"><span style="{look}"></span></span>'
    return f'<td class="part">{number}{gauge}</td>'


def _row(heading: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{heading}</th>{"".join(cells)}</tr>'


def _list_cells(
    sent: object, returned: object, values: Share, followups: Share | int, *numbers: object
) -> list[str]:
    """The first cells of a service's row, or of the totals."""
    shares = [_format_share(values), _format_share(followups)]
    counts = [f'<td class="nombre">{number}</td>' for number in numbers]
    return [f"<td>{sent}</td><td>{returned}</td>", *shares, *counts]


def _write_services(status: Status) -> str:
    rows = []
    for service in status.services:
        sent, returned, _, _, errors, flagged, state = list_service_cells(service)
        due = f" (pour le {french.format_date(service.due)})" if service.late else ""
        look = fold(state).replace(" ", "-")  # « à compléter » → a-completer
        badge = f'<span class="etat etat-{look}">{_words(state)}</span>'
        followed = find_followed(service)
        cells = _list_cells(sent, returned, service.values, followed, errors, flagged)
        rows.append(_row(_words(service.name), [*cells, f"<td>{badge}{_words(due)}</td>"]))
    services = status.services
    total = _list_cells(
        sum(service.sent for service in services),
        sum(service.returned for service in services),
        add_up(service.values for service in services),
        add_up_followed(services),
        sum(service.errors or 0 for service in services),
        sum(service.flagged or 0 for service in services),
    )
    numbers = ("Erreurs", "À revoir")
    headings = name_headings(status, SERVICE_HEADINGS)
    return _table("Les services", headings, rows, [*total, "<td></td>"], numbers)


def _write_chapters(status: Status) -> str:
    rows = []
    for chapter in status.chapters:
        colour = colours.darken_until_readable(chapter.colour, ratio=colours.MARK_CONTRAST)
        shares = (chapter.values, chapter.texts, find_followed(chapter))
        cells = [_format_share(share, colour) for share in shares]
        rows.append(_row(_words(f"{chapter.number}. {chapter.title}"), cells))
    chapters = status.chapters
    values, texts = add_up(c.values for c in chapters), add_up(c.texts for c in chapters)
    shares = (values, texts, add_up_followed(chapters))
    headings = name_headings(status, CHAPTER_HEADINGS)
    return _table("Les chapitres", headings, rows, [*map(_format_share, shares)])


def _table(
    caption: str,
    headings: tuple[str, ...],
    rows: list[str],
    total: list[str],
    numbers: tuple[str, ...] = (),
) -> str:
    """A table with its totals; ``numbers``: headings of the columns set to the right."""
    body, label = "\n".join(rows), _words(caption)
    head = ""
    for name in headings:
        look = ' class="nombre"' if name in numbers else ""
        head += f'<th scope="col"{look}>{_words(name)}</th>'
    return (
        f'<div class="cadre" tabindex="0" role="region" aria-label="{label}"><table>\n'
        f"<caption>{label}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
        f"<tfoot>{_row('Ensemble', total)}</tfoot>\n</table></div>"
    )


def _write_overdue(status: Status) -> str:
    if not status.overdue:
        return ""
    items = "\n".join(f"<li>{escape(item)}</li>" for item in status.overdue)
    return f"<h2>{OVERDUE}</h2>\n<ul>\n{items}\n</ul>\n"


def _write_remarks(status: Status) -> str:
    """The open remarks of reviewers, chapter by chapter."""
    if not status.remarks:
        return ""
    parts = [f"<h2>{REMARKS}</h2>"]
    for title, remarks in status.remarks.items():
        items = "\n".join(f"<li>{escape(remark)}</li>" for remark in remarks)
        parts.append(f"<h3>{_words(f'{title} : {count_remarks(remarks)}')}</h3>")
        parts.append(f"<ul>\n{items}\n</ul>")
    return "\n".join(parts) + "\n"


def format_page(status: Status) -> str:
    """The page: a sentence, then who has answered, then what each chapter still lacks."""
    note = _NOTE.format(followed=_DESCRIBED if status.first else _FOLLOWED)
    title = _words(f"Suivi de la collecte {status.year} – {status.territory}")
    page = f"""<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="jour">Au {french.format_date(status.today)}</p>
<p class="bilan">{escape(describe_progress(status))}</p>
<p class="bilan">{escape(describe_followed(status))}</p>
{_write_services(status)}
{_write_chapters(status)}
{_write_overdue(status)}{_write_remarks(status)}<p class="note">{_words(note)}</p>
</main>
</body>
</html>
"""
    return guard(page, PAGE)


def write_page(status: Status, dossier: Dossier) -> Path:
    """Write ``report(year)/suivi.html``; returns its path."""
    path = dossier.report(status.year) / PAGE
    write_file(path, format_page(status))
    return path

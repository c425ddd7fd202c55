"""Display blocks in a notebook: Markdown as it is, drawings as a figure with its source and data.

A number leaves here as a span that names its reference (see ``words.hidden_markup``).
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from IPython.display import display
from matplotlib.figure import Figure

from analysis.base.csvtext import format_csv
from analysis.base.paths import BOOK_VARIABLE, locate_dossier, relate
from analysis.compute.workings.row_findings import FINDINGS
from analysis.model.followups import CLOSED
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition
from analysis.show import tables, theme
from analysis.show.charts import Drawing, UndrawableChart
from analysis.show.charts.hotspot_list import compose_hotspots
from analysis.words import french
from analysis.words.hidden_markup import (
    capitalise,
    end_sentence,
    hide,
    mark,
    write_attribute,
    write_spans,
)
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import PICTURES, write_plain


@dataclass(frozen=True)
class Illustrated:
    """Markdown with small pictures in its lines, each named there by ``place_picture``."""

    text: str
    pictures: Mapping[str, Figure]


Block = str | Drawing | Illustrated
_PICTURE = "image-de-"

#: Tables of what is done, decided and proposed, with the words for one row and for many.
COUNTED_TABLES = (
    ("actions", "action engagée", "actions engagées"),
    ("planned", "action à court terme", "actions à court terme"),
    ("improvements", "piste d’amélioration", "pistes d’amélioration"),
)


#: A chapter on the approach tells no action, but how things are run.
APPROACH = "démarche"
RUNNING_WORDS = ("mode de fonctionnement", "modes de fonctionnement")


def count_tables(edition: Edition) -> Iterator[str]:
    """« 53 actions engagées », « 16 modes de fonctionnement », « 40 pistes d’amélioration » of the
    whole edition; nothing of what holds nothing."""
    ids, run = edition.chapters["id"], edition.chapters["kind"] == APPROACH
    for table, *words in COUNTED_TABLES:
        groups = [(words, ids)]
        if table == "actions":
            groups = [(words, ids[~run]), (RUNNING_WORDS, ids[run])]
        for said, chapters in groups:
            if len(edition.rows(table, chapter=[*chapters])):
                yield count_entries(edition, table, *said, chapter=[*chapters])


def count_entries(edition: Edition, table: str, one: str, many: str, **wanted: Any) -> str:
    """« 12 actions engagées », « 12 actions (dont 2 achevées et 1 abandonnée) » where services said
    this year that some are over."""
    rows = edition.rows(table, **wanted)
    counts = [(state, int((rows["followup"] == state).sum())) for state in CLOSED]
    over = [french.format_count(number, state, f"{state}s") for state, number in counts if number]
    if over:
        one, many = one.removesuffix(" engagée"), many.removesuffix(" engagées")
    said = mark(french.format_count(len(rows), one, many), name_table(table))
    if over:
        said += f" (dont {french.join_list([mark(n, name_table('followups')) for n in over])})"
    return said


def mark_count(number: int, one: str, many: str, table: str) -> str:
    """« 12 actions » with the table that they are counted from; '' where there is none."""
    return mark(french.format_count(number, one, many), name_table(table)) if number else ""


def say_unconfirmed(edition: Edition, table: str, words: tuple[str, str], **wanted: Any) -> str:
    """« 3 pistes sont reprises de l’édition 2017, sans confirmation des services. »; '' where every
    entry of a table (its rows ``wanted``) was confirmed, or is new. ``words``: what the entries are
    called, in the singular and in the plural (feminine)."""
    rows = edition.rows(table, **wanted)
    bare = rows[rows["followup"] == UNCONFIRMED]
    if bare.empty:
        return ""
    verb = french.choose_form(len(bare), "est reprise", "sont reprises")
    years = sorted(set(bare["carried_from"]))
    where = "des éditions" if len(years) > 1 else "de l’édition"
    said = f"{verb} {where} {french.join_list([str(year) for year in years])}"
    said += ", sans confirmation des services."
    return f"{mark_count(len(bare), *words, table)} {write_plain(french.typeset(said))}"


def compose_heading(level: int, title: str, anchor: str, classes: str = "") -> str:
    extra = f" {classes}" if classes else ""
    return f"{'#' * level} {write_plain(title)} {{#sec-{anchor}{extra}}}"


def place(drawing: Drawing | UndrawableChart) -> Block:
    """A drawing; where its numbers contradict each other, a box that says so in its place."""
    if isinstance(drawing, Drawing):
        return drawing
    reason = write_plain(capitalise(drawing.reason))
    return f'::: {{.encadre-note title="Graphique non dessiné"}}\n{reason}\n:::'


def show(
    edition: Edition,
    prefix: str,
    blocks: Iterable[Block],
    findings: Mapping[str, int] | None = None,
) -> None:
    """Display blocks in order; a drawing is saved as ``fig-<prefix>-<id>``, in SVG and PNG,
    its data beside it in CSV, its drawing for a narrow screen as ``…-etroit.svg``.

    ``findings``: what a reviewer's copy says of them (``row_findings``), beside each output.

    In a run of the book every block is an output of its own, in Markdown for Quarto. A person who
    opens the notebook sees the same as HTML, and no file is left.
    """
    book = os.environ.get(BOOK_VARIABLE)
    if book:
        for block in blocks:
            for markdown, svg in _list_outputs(edition, prefix, block, Path(book)):
                picture = {"image/svg+xml": svg} if svg else {}  # for the reviewer's copy
                told = {"metadata": {FINDINGS: findings}} if findings else {}
                display({"text/markdown": markdown, **picture}, raw=True, **told)
        return
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        path = Path(folder)
        outputs = [o for block in blocks for o in _list_outputs(edition, prefix, block, path)]
    if outputs:
        from analysis.show.markup import render_html  # pandoc: only where a person looks

        page = "\n".join(render_html(outputs))
        # The book has a folder for the pictures of texts; here they stay where they are typed.
        typed = relate(locate_dossier().raw_year(edition.year) / "texts")
        page = page.replace(f'<img src="{PICTURES}/', f'<img src="{typed.replace(os.sep, "/")}/')
        display({"text/html": page}, raw=True)


def displayed(compose: Callable[..., Iterable[Block]], prefix: str = "") -> Callable[..., None]:
    """A function that displays the blocks that ``compose`` returns of an edition, or of the page of
    a chapter, whose id is then the ``prefix`` of its figures."""

    @wraps(compose)
    def show_blocks(subject: Any, *arguments: Any, **options: Any) -> None:
        edition = subject if prefix else subject.edition
        show(edition, prefix or subject.id, compose(subject, *arguments, **options))

    return show_blocks


def say(edition: Edition, *texts: str) -> None:
    """Display Markdown that a notebook makes of words and of what the edition says."""
    show(edition, "", map(french.typeset, texts))


def show_part(
    edition: Edition,
    *blocks: str,
    above: str | Sequence[str] = "",
    otherwise: str | Sequence[str] = "",
) -> None:
    """Display tables and lists under their heading and opening words (``above``); where all are
    empty, the words that say so (``otherwise``)."""
    found = [block for block in blocks if block]
    opening = above if found else otherwise
    opening = [opening] if isinstance(opening, str) else opening
    show(edition, "", [*map(french.typeset, opening), *found])


def explain_lines(edition: Edition, places: Iterable[str]) -> None:
    """Display what « l. 12 » means, where it is said of some place."""
    if tables.cites_lines(places):
        say(
            edition,
            "« l. » suivi d’un nombre désigne une ligne de la source, transcrite en texte ; "
            "plusieurs lignes se suivent par une virgule ou un point-virgule.",
        )


def _list_outputs(
    edition: Edition, prefix: str, block: Block, folder: Path
) -> list[tuple[str, str]]:
    """Markdown and picture (SVG or '') of each output that a block makes; in a run of the book, the
    files of a drawing are left in ``folder``."""
    if isinstance(block, Illustrated):
        return [(_save_pictures(prefix, block, folder), "")]
    if not isinstance(block, Drawing):
        return [(write_spans(block.strip()), "")] if block.strip() else []
    name = f"fig-{prefix}-{block.id}"
    folder.mkdir(parents=True, exist_ok=True)
    svg = theme.save_figure(block.figure, folder / f"{name}.svg")
    path = data = ""
    if os.environ.get(BOOK_VARIABLE):
        theme.save_figure(block.figure, folder / f"{name}.png")
        if block.narrow is not None:
            theme.save_figure(block.narrow, folder / f"{name}-etroit.svg")
        path = os.path.relpath(svg).replace(os.sep, "/")
        data = path.removesuffix(".svg") + ".csv"
        content = format_csv(block.data)
        (folder / f"{name}.csv").write_text(content, encoding="utf-8", newline="")
    figure = compose_figure(block, name, path)
    notes = [compose_chart_notes(block, data), compose_hotspots(edition, block, name)]
    return [
        (write_spans(figure), svg.read_text(encoding="utf-8")),
        (write_spans("\n\n".join(notes).rstrip()), ""),
    ]


def place_picture(name: str, alt: str, width: float = 0) -> str:
    """A picture of an ``Illustrated`` in a line of its text; ``width``: inches that its column must
    leave it."""
    size = f" width={width}in" if width else ""
    return hide(f'![]({_PICTURE}{name}){{fig-alt="{write_attribute(alt)}"{size}}}')


def _save_pictures(prefix: str, block: Illustrated, folder: Path) -> str:
    """The Markdown, its pictures being files beside those of the drawings; where no book is made,
    written into it."""
    text = write_spans(block.text)
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in block.pictures.items():
        svg = theme.save_figure(figure, folder / f"{prefix}-{name}.svg")
        path = "data:image/svg+xml;base64," + base64.b64encode(svg.read_bytes()).decode()
        if os.environ.get(BOOK_VARIABLE):
            theme.save_figure(figure, svg.with_suffix(".png"))
            path = os.path.relpath(svg).replace(os.sep, "/")
        text = text.replace(f"({_PICTURE}{name})", f"({path})")
    return text


def compose_figure(drawing: Drawing, name: str, path: str) -> str:
    """A Markdown figure whose caption says the finding (the picture itself says the unit)."""
    caption = write_plain(end_sentence(drawing.caption))
    return f'![{caption}]({path}){{#{name} fig-alt="{write_attribute(drawing.alt)}"}}'


def compose_chart_notes(drawing: Drawing, data: str) -> str:
    """The source line and, in HTML alone, the chart's data folded as a table, with the file that
    holds them (``data``, a path beside the picture; '' where there is none). On paper the chart
    says its values and the annexes hold them all."""
    link = f"[Télécharger ces données (CSV)]({data})\n" if data else ""
    return (
        f"::: {{.source}}\n{write_plain(drawing.source_line)}\n:::\n\n"
        '::: {.content-visible when-format="html"}\n'
        '::: {.encadre-note title="Données du graphique"}\n'
        f"{tables.format_markdown(drawing.table)}\n\n"
        f"{link}"
        ":::\n:::"
    )

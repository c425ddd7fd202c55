"""The texts that the edition's data and the engine give to the book's hand-written pages.

Each is Markdown that a page of ``reports/*.qmd`` includes (« _accueil.md », « _edition.md »…).
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from analysis.base.paths import OPEN_DATA
from analysis.model.periods import is_valid_on
from analysis.model.store import Edition, to_records
from analysis.publish.engine import Engine
from analysis.publish.notebook_pages import part_shortcodes
from analysis.publish.project import read_words
from analysis.words import french
from analysis.words.hidden_markup import write_attribute, write_spans
from analysis.words.smallmarkdown import write_plain

#: Packages whose versions the book states.
PACKAGES = ("pandas", "pandera", "matplotlib", "seaborn", "papermill")


def compose_front(book: Mapping[str, Any], blocks: Sequence[str]) -> str:
    """What opens the pages: the book's title with the notebook's first words, then all that it
    shows. (A title in Markdown would be taken for the page's own.)"""
    _, lead, *shown = blocks
    words = [escape(read_words(book[key])) for key in ("subtitle", "title")]
    heading = '<p class="surtitre">{}</p>\n<h1>{}</h1>'.format(*words)
    opening = f"::: {{.heros}}\n```{{=html}}\n{heading}\n```\n\n{lead}\n:::"
    return "::: {.une}\n" + "\n\n".join([opening, *shown]) + "\n:::\n"


def compose_brief(blocks: Sequence[str]) -> str:
    """What opens the foreword on paper: the notebook's title and its key figures."""
    title, *shown = blocks
    figures = [block for block in shown if block.startswith("::: {.chiffres-cles")]
    return "\n\n".join([f"#{title}", *figures]) + "\n"


def write_markdown(text: str) -> str:
    """A plain text as Markdown for both engines."""
    return part_shortcodes(write_spans(write_plain(text)))


def _legal_wording(edition: Edition, chapter: str) -> str:
    """The wording in force at the end of the edition's year, where the data give one."""
    day = date(edition.year, 12, 31)
    for row in to_records(edition.wordings):
        if row["finality"] == chapter and is_valid_on(day, row["valid_from"], row["valid_to"]):
            return row["wording"]
    return ""


def compose_chapter_list(edition: Edition, kind: str) -> str:
    """The chapters of a kind with their number and, for a finality, its legal wording."""
    lines = []
    rows = edition.chapters[edition.chapters["kind"] == kind].sort_values("order")
    for chapter in rows.itertuples():
        title = f"[{write_markdown(chapter.title)}](#sec-{chapter.id})"
        line = f"- Chapitre\u00a0[-@sec-{chapter.id}]\u00a0: {title}"
        wording = _legal_wording(edition, chapter.id)
        if wording and wording.casefold() != chapter.title.casefold():
            words = write_markdown(wording)
            line += f" (dans les termes de la loi\u00a0: «\u00a0{words}\u00a0»)"
        lines.append(line)
    return "\n".join(lines) + "\n"


def compose_edition(edition: Edition) -> str:
    """What the foreword says of this edition in particular: that it was never published, and where
    it is compared with the one before."""
    paragraphs = []
    if kind := edition.about.get("kind"):
        note = write_markdown(edition.about["note"])
        title = write_attribute(french.typeset(f"Édition {edition.year} {kind}"))
        paragraphs.append(
            f'::: {{.encadre-important title="{title}"}}\n{note} Ce qui manque est dit '
            f"«\u00a0{french.MISSING}\u00a0».\n:::"
        )
    if edition.earlier is not None:
        paragraphs.append(
            "Un chapitre dit [ce qui a changé](#sec-changements) depuis l’édition "
            f"{edition.earlier}."
        )
    return "\n\n".join(paragraphs) + "\n"


def compose_downloads(words: dict[str, str]) -> str:
    """The report's other formats and its data, as they stand beside the folder of the pages."""
    stem = words["file"]
    links = [
        ("Le rapport en PDF", f"{stem}.pdf"),
        ("Son sommaire en quatre pages, en PDF", f"{words['summary']}.pdf"),
        ("Le rapport pour Word", f"{stem}.docx"),
        ("Les données de l’édition, en un fichier ZIP", words["data"]),
        ("La description des données (Frictionless Data Package)", f"{OPEN_DATA}/datapackage.json"),
        ("Le manifeste : versions, fichiers et empreintes de cette production", "manifest.json"),
    ]
    items = "\n".join(f"- [{french.typeset(text)}](../{file})" for text, file in links)
    heading = "## Télécharger {#sec-accueil-telecharger .unnumbered}"
    return f"::: {{.telechargements}}\n{heading}\n\n{items}\n:::\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "—"


def compose_making(engine: Engine) -> str:
    """Who composed the book, and with which versions."""
    rows = [("Python", platform.python_version())]
    rows += [(name, _version(name)) for name in PACKAGES]
    if engine.name == "quarto":
        sentence = f"Ce livre a été composé par Quarto {engine.version}."
        rows.insert(0, ("Quarto", engine.version))
    else:
        import pypandoc

        sentence = (
            "Ce livre a été composé par le moteur embarqué, qui lit le même projet Quarto et "
            "confie la composition à pandoc et à Typst."
        )
        tools = [("pandoc", pypandoc.get_pandoc_version()), ("Typst", _version("typst"))]
        rows = tools + rows
    if engine.failed:
        sentence += f" {engine.failed}, présent sur la machine, n’a pas pu le composer."
    table = ["| Outil | Version |", "|:------|:--------|"]
    table += [f"| {name} | {number} |" for name, number in rows]
    return sentence + "\n\n" + "\n".join(table) + "\n"


def compose_credits(edition: Edition) -> str:
    """Contributions as the data give them, gathered by role."""
    if edition.credits.empty:
        return "Aucune contribution n’est enregistrée dans les données.\n"
    lines = []
    for role, rows in edition.credits.groupby("role", sort=False):
        names = [
            row.name + (f" ({row.detail})" if row.detail else "")
            for row in rows.itertuples(index=False)
        ]
        lines.append(f"- **{write_markdown(role)}**\u00a0: {write_markdown(' ; '.join(names))}")
    return "\n".join(lines) + "\n"

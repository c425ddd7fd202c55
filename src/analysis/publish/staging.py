"""Stage the book of an edition: a self-contained Quarto project in ``dossier.book(year)``.

Pages, style, filters and executed notebooks; chapters, title and colours from the data.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from analysis.base.paths import OPEN_DATA, REPORTS, Dossier, name_archive
from analysis.base.rawfiles import list_pictures
from analysis.model.periods import is_valid_on
from analysis.model.store import Edition, to_records
from analysis.publish import provenance_script
from analysis.publish.book_chapters import TEMPLATES, Chapter
from analysis.publish.book_error import BookError
from analysis.publish.cover import compose_cover
from analysis.publish.docx import write_reference
from analysis.publish.engine import Engine
from analysis.publish.notebook_pages import part_shortcodes, read_blocks, write_page
from analysis.publish.project import Project, read_words
from analysis.publish.styling import SHEET, compose_sheet, describe_for_typst
from analysis.show.identity import colour_chapters, read_identity
from analysis.words import french
from analysis.words.hidden_markup import write_attribute, write_spans
from analysis.words.smallmarkdown import PICTURES, write_plain

#: What is copied as it is from ``reports/``.
FOLDERS = ("filters", "scripts", "style")
#: The chapter that stands only where an edition before this one exists.
CHANGES = "changes.ipynb"
#: The notebook that is no page of its own: it opens the first one.
FRONT = "front.ipynb"
#: The ornament of the cover, in ``style/``.
COVER = "couverture.svg"
#: The head of the staged project, for who opens it.
GENERATED = """\
# FICHIER PRODUIT PAR « make report » : ne pas modifier ici, ce dossier est refait à chaque fois.
# Projet Quarto complet d’une édition : « quarto render » s’y lance à la main (résultat dans _book).
#   réglages du livre, filtres, styles    reports/ (_quarto.yml, filters, scripts, style)
#   avant-propos, crédits                 reports/*.qmd
#   chapitres (.ipynb et .qmd)            notebooks/, exécutés par papermill d’après data/raw
#   fichiers « _….md », _pages.json       src/analysis/book/staging.py, d’après data/raw
"""
#: Packages whose versions the book states.
PACKAGES = ("pandas", "pandera", "matplotlib", "seaborn", "papermill")


def stage_book(
    dossier: Dossier,
    edition: Edition,
    chapters: Iterable[Chapter],
    engine: Engine,
    reports: Path = REPORTS,
) -> Path:
    """Make the project anew and return its folder.

    Raises
    ------
    BookError
        naming all missing notebooks, or the one that cannot go into a book.
    """
    chapters = list(chapters)
    folder = dossier.book(edition.year)
    config = yaml.safe_load((reports / "_quarto.yml").read_text(encoding="utf-8"))
    name_contents(config["book"], chapters, edition)
    notebooks = list_notebooks(config["book"])
    executed = dossier.executed(edition.year)
    missing = [name for name in [FRONT, *notebooks] if not (executed / name).is_file()]
    if missing:
        raise BookError(
            f"Carnets exécutés introuvables dans {executed} : {', '.join(missing)}. "
            "Lancez d’abord « make notebooks »."
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in FOLDERS:
        shutil.copytree(reports / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for page in sorted(reports.glob("*.qmd")):
        _write(folder / page.name, french.typeset(page.read_text(encoding="utf-8")))
    if dossier.figures(edition.year).is_dir():
        shutil.copytree(dossier.figures(edition.year), folder / "figures")
    for picture in list_pictures(dossier.raw_year(edition.year)):
        (folder / PICTURES).mkdir(exist_ok=True)
        shutil.copy(picture, folder / PICTURES)
    front = read_blocks(executed / FRONT)
    references = provenance_script.find_references(front)
    pages: dict[str, str] = {}
    for name in notebooks:
        blocks = read_blocks(executed / name)
        references += provenance_script.find_references(blocks)
        blocks[0] = part_shortcodes(blocks[0])  # a title is one of Quarto's settings
        pages[name] = write_page(blocks, folder, Path(name).stem)
    rename_pages(config["book"], pages)
    _write(folder / provenance_script.NAME, provenance_script.compose_trails(edition, references))
    describe_edition(config, edition, engine)
    if cover := compose_cover(edition.communes_geojson, list_members(edition)):
        _write(folder / "style" / COVER, cover)
        config["cover"] = f"style/{COVER}"
    colours = colour_chapters(edition.chapters)
    project = yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=100)
    _write(folder / "_quarto.yml", GENERATED + project)
    _write(folder / "style" / SHEET, compose_sheet(read_identity(), colours))
    _write(folder / "_accueil.md", compose_front(config["book"], front))
    _write(folder / "_en-bref.md", compose_brief(front))
    _write(folder / "_finalites.md", compose_chapter_list(edition, chapters, "finalité"))
    _write(folder / "_edition.md", compose_edition(edition))
    _write(folder / "_demarche.md", compose_chapter_list(edition, chapters, "démarche"))
    _write(folder / "_fabrication.md", compose_making(engine))
    _write(folder / "_telechargements.md", compose_downloads(config["edition"]))
    _write(folder / "_contributions.md", compose_credits(edition))
    _write(folder / "_pages.json", describe_pages(Project(folder), engine))
    write_reference(folder / "style" / "reference.docx", list(colours.values()))
    return folder


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def describe_pages(project: Project, engine: Engine) -> str:
    """What ``scripts/pages.py`` puts around each page's text, in words (JSON)."""
    footer, edition = project.book["page-footer"], project.config["edition"]
    appendix = project.config["crossref"]
    described = {
        "words": {
            "generator": str(engine),
            "book_title": project.title,
            "book_subtitle": project.subtitle,
            "short_title": read_words(project.config["footer-line"]),
            "footer_left": read_words(footer["left"]),
            "footer_right": read_words(footer["right"]),
        },
        "appendix": f"{appendix['appendix-title']} {{}}{appendix['appendix-delim']} ",
        "styles": project.config["format"]["html"]["css"],
        "downloads": [
            ("PDF", f"../{edition['file']}.pdf"),
            ("Word", f"../{edition['file']}.docx"),
            ("données", f"../{edition['data']}"),
        ],
        "pages": [
            {
                **{name: getattr(page, name) for name in ("stem", "title", "id", "mark")},
                "part": page.part,
                "appendix": page.appendix,
            }
            for page in project.chapters
        ],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


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


def name_contents(book: dict[str, Any], chapters: list[Chapter], edition: Edition) -> None:
    """Put the edition's own pages into the book: one for each chapter, and what changed if there
    is an edition before it."""
    expand_chapters(book, chapters)
    if edition.earlier is None:
        book["chapters"].remove(CHANGES)


def expand_chapters(book: dict[str, Any], chapters: list[Chapter]) -> None:
    """Replace the names of templates by one entry for each chapter; empty parts go."""

    def expand(entries: list[Any]) -> list[Any]:
        expanded: list[Any] = []
        for entry in entries:
            if isinstance(entry, dict):
                inner = expand(entry["chapters"])
                if inner:
                    expanded.append({"part": entry["part"], "chapters": inner})
            elif entry in TEMPLATES:
                kind = TEMPLATES[entry]
                expanded += [f"{row.id}.ipynb" for row in chapters if row.kind == kind]
            else:
                expanded.append(entry)
        return expanded

    book["chapters"] = expand(book["chapters"])


def rename_pages(book: dict[str, Any], names: Mapping[str, str]) -> None:
    """Put the names of the staged pages in the places of the notebooks they are made of."""

    def rename(entries: list[Any]) -> list[Any]:
        return [
            entry | {"chapters": rename(entry["chapters"])}
            if isinstance(entry, dict)
            else names.get(entry, entry)
            for entry in entries
        ]

    for key in ("chapters", "appendices"):
        if book.get(key):
            book[key] = rename(book[key])


def list_notebooks(book: dict[str, Any]) -> list[str]:
    """All notebooks the book names, in order."""
    names: list[str] = []
    for entry in [*book["chapters"], *(book.get("appendices") or [])]:
        files = entry["chapters"] if isinstance(entry, dict) else [entry]
        names += [file for file in files if file.endswith(".ipynb")]
    return names


def describe_edition(config: dict[str, Any], edition: Edition, engine: Engine) -> None:
    """Put the edition's words into the project: subtitle, file names, metadata, footer, colours."""
    territory = {
        key: write_markdown(value)
        for key, value in edition.territory.items()
        if key in ("name", "of_name", "to_name", "full_name") and value
    }
    name = territory.get("full_name") or territory["name"]
    kind = write_markdown(edition.about.get("kind", ""))
    subtitle = f"{name}, édition {edition.year} {kind}".rstrip()
    stem = f"rapport-{edition.year}"
    book = config["book"]
    book["subtitle"] = subtitle
    book["output-file"] = stem
    book["page-footer"] = {
        "left": subtitle,
        "right": f"Composé par {engine}",
    }
    config["territory"] = territory
    if engine.typst_takes_two_standards:
        config["format"]["typst"]["pdf-standard"] = ["a-2a", "ua-1"]
    config["edition"] = {
        "year": str(edition.year),
        "kind": kind,
        "file": stem,
        "summary": f"sommaire-{edition.year}",
        "data": name_archive(edition.year),
    }
    config["footer-line"] = f"Rapport développement durable {edition.year}" + (
        f" (édition {kind})" if kind else ""
    )
    config["identity"] = describe_for_typst(read_identity(), colour_chapters(edition.chapters))


def list_members(edition: Edition) -> set[str]:
    """The INSEE codes of the communes that were members at the end of the edition's year."""
    day = date(edition.year, 12, 31)
    return {
        row["insee"]
        for row in to_records(edition.communes)
        if is_valid_on(day, row["member_from"], row["member_to"])
    }


def _legal_wording(edition: Edition, chapter: str) -> str:
    """The wording in force at the end of the edition's year, where the data give one."""
    day = date(edition.year, 12, 31)
    for row in to_records(edition.wordings):
        if row["finality"] == chapter and is_valid_on(day, row["valid_from"], row["valid_to"]):
            return row["wording"]
    return ""


def compose_chapter_list(edition: Edition, chapters: list[Chapter], kind: str) -> str:
    """The chapters of a kind with their number and, for a finality, its legal wording."""
    lines = []
    for chapter in chapters:
        if chapter.kind != kind:
            continue
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

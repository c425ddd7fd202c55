"""Stage the book of an edition: a self-contained Quarto project in ``dossier.book(year)``.

Pages, style, filters and executed notebooks; chapters, title and colours from the data.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from analysis.base.command_names import name_command
from analysis.base.file_digests import digest_file
from analysis.base.paths import REPORTS, Dossier, name_archive
from analysis.base.pictures import publish_picture
from analysis.base.rawfiles import list_files, list_pictures
from analysis.execute import plan_jobs
from analysis.execute.review_copies import read_script
from analysis.model.periods import is_valid_on
from analysis.model.store import Edition, to_records
from analysis.publish import BookError
from analysis.publish.book_texts import (
    compose_chapter_list,
    compose_credits,
    compose_downloads,
    compose_duty,
    compose_edition,
    compose_front,
    compose_logo,
    compose_making,
    compose_reading,
    name_annexes,
    write_markdown,
)
from analysis.publish.document_pages import compose_documents
from analysis.publish.docx import write_reference
from analysis.publish.engine import Engine
from analysis.publish.notebook_pages import (
    TRAILS,
    compose_trails,
    find_references,
    lower_headings,
    part_shortcodes,
    read_blocks,
    write_page,
)
from analysis.publish.project import Project, read_words
from analysis.publish.styling import COVER, compose_cover, describe_for_typst
from analysis.publish.volumes import describe_volumes
from analysis.show.identity import adapt_identity, colour_chapters
from analysis.show.page_safety import compose_policy
from analysis.show.style_sheet import SHEET, compose_sheet
from analysis.show.tables import locate_lines
from analysis.words import french
from analysis.words.smallmarkdown import PICTURES

#: The configuration of the book, which names the templates in the place of the chapters.
CONFIG = "_quarto.yml"
#: Those of the volumes that paper has besides the print edition.
PROFILES = "_quarto-*.yml"
#: What is copied as it is from ``reports/``.
FOLDERS = ("filters", "scripts", "style")
#: The notebook that is no page of its own: it opens the first one.
FRONT = "front.ipynb"
#: The head of the staged project, for who opens it.
GENERATED = """\
# FICHIER PRODUIT PAR « make report » : ne pas modifier ici, ce dossier est refait à chaque fois.
# Projet Quarto complet d’une édition : « quarto render » s’y lance à la main (résultat dans _book).
#   réglages du livre, filtres, styles    reports/ (_quarto.yml, filters, scripts, style)
#   avant-propos, crédits                 reports/*.qmd
#   chapitres (.ipynb et .qmd)            notebooks/, exécutés par papermill d’après data/raw
#   fichiers « _….md », _pages.json       src/analysis/publish, d’après data/raw
"""


def list_inputs(dossier: Dossier, edition: Edition) -> list[Path]:
    """Files that the book is made of, in order, those that are missing left out: the Quarto project
    by hand, the computed tables, executed notebooks and figures.

    Besides, it depends on the engine and its versions, on ``default_epoch`` and on the versions of
    ``book_texts.PACKAGES``, which it states.
    """
    notebooks = [f"{job.name}.ipynb" for job in plan_jobs(edition)]
    executed, computed = dossier.executed(edition.year), dossier.processed_year(edition.year)
    files = [REPORTS / CONFIG, *sorted(REPORTS.glob(PROFILES)), *sorted(REPORTS.glob("*.qmd"))]
    for folder in (*(REPORTS / name for name in FOLDERS), dossier.figures(edition.year)):
        files += [path for _, path in list_files(folder)]
    files += [*sorted(computed.glob("*.csv")), *sorted(computed.glob("*.json"))]
    files += [executed / name for name in notebooks]
    files += list_pictures(dossier.raw_year(edition.year))
    if logo := edition.identity.get("logo"):
        files.append(dossier.raw / logo["file"])
    return [path for path in files if path.is_file()]


def stage_book(dossier: Dossier, edition: Edition, engine: Engine, *, paper: bool = True) -> Path:
    """Make the project anew and return its folder; ``paper``: with what Word alone needs. Raises
    BookError naming all missing notebooks, or the one that cannot go into a book."""
    config = read_config(edition)
    executed = dossier.executed(edition.year)
    notebooks = list_notebooks(config["book"])
    parts: dict[str, list[Path]] = {}
    for job in plan_jobs(edition):
        if job.part_of:
            parts.setdefault(job.part_of, []).append(executed / f"{job.name}.ipynb")
    awaited = [executed / name for name in [FRONT, *notebooks]]
    awaited += [path for paths in parts.values() for path in paths]
    missing = [path.name for path in awaited if not path.is_file()]
    if missing:
        raise BookError(
            f"Carnets exécutés introuvables dans {executed} : {', '.join(missing)}. "
            f"Lancez d’abord « {name_command('notebooks', year=edition.year)} »."
        )
    folder = dossier.book(edition.year)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _copy_files(dossier, edition, folder)
    lines = locate_lines(edition)
    front = read_blocks(executed / FRONT, lines)
    paths = [executed / name for name in notebooks]
    brief = _write_pages(config["book"], edition, paths, parts, front, folder, lines)
    describe_edition(config, edition, engine)
    for chapter in config["identity"]["chapters"]:
        chapter["brief"] = chapter["id"] in brief
    if cover := compose_cover(edition.communes_geojson, list_members(edition)):
        _write(folder / "style" / COVER, cover)
        config["cover"] = f"style/{COVER}"
    if logo := edition.identity.get("logo"):
        config["cover-logo"] = f"{PICTURES}/{logo['file']}"
    identity = adapt_identity(edition.identity)
    colours = colour_chapters(edition.chapters, edition.identity)
    _write_config(folder / CONFIG, config)
    for path in sorted(REPORTS.glob(PROFILES)):
        profile = yaml.safe_load(path.read_text(encoding="utf-8"))
        profile["book"]["output-file"] += f"-{edition.year}"
        _write_config(folder / path.name, profile)
    _write(folder / "style" / SHEET, compose_sheet(identity, colours))
    for name, text in {
        "logo": compose_logo(edition),
        "accueil": compose_front(config["book"], front, compose_logo(edition)),
        "finalites": compose_chapter_list(edition, "finalité"),
        "edition": compose_edition(edition),
        "cadre": compose_duty(edition),
        "lecture": compose_reading(edition),
        "demarche": compose_chapter_list(edition, "démarche"),
        "fabrication": compose_making(engine),
        "telechargements": compose_downloads(config["edition"]),
        "contributions": compose_credits(edition),
    }.items():
        _write(folder / f"_{name}.md", text)
    documents = compose_documents(dossier, edition)
    for name, (_, page) in documents.items():
        _write(folder / f"{name}.html", page)
    titles = {name: title for name, (title, _) in documents.items()}
    project = Project(folder)
    _write(folder / "_pages.json", describe_pages(project, engine, titles))
    _write(folder / "_volumes.json", describe_volumes(project, engine.has_typst_15))
    if paper:
        write_reference(folder / "style" / "reference.docx", list(colours.values()), identity)
    return folder


def _write_config(path: Path, config: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=100)
    _write(path, GENERATED + text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _copy_files(dossier: Dossier, edition: Edition, folder: Path) -> None:
    """What is taken as it is, and the hand-written pages with French spaces."""
    for name in FOLDERS:
        shutil.copytree(REPORTS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for page in sorted(REPORTS.glob("*.qmd")):
        _write(folder / page.name, french.typeset(page.read_text(encoding="utf-8")))
    if dossier.figures(edition.year).is_dir():
        shutil.copytree(dossier.figures(edition.year), folder / "figures")
    logo = edition.identity.get("logo")
    pictures = [dossier.raw / logo["file"]] if logo else []
    for picture in [*pictures, *list_pictures(dossier.raw_year(edition.year))]:
        (folder / PICTURES).mkdir(exist_ok=True)
        publish_picture(picture, folder / PICTURES / picture.name)
        name = picture.relative_to(dossier.raw).as_posix()
        if digest_file(picture) != edition.checksums.get(name):
            raise BookError(f"raw/{name} a changé pendant la production : relancer la commande.")


def _write_pages(
    book: dict[str, Any],
    edition: Edition,
    notebooks: list[Path],
    parts: Mapping[str, list[Path]],
    front: list[str],
    folder: Path,
    lines: Mapping[str, str],
) -> set[str]:
    """A page for each executed notebook, which takes its place in the ``book``, with those that
    are ``parts`` of it as sections; the trails of all their numbers, and of those of the ``front``
    page. Returns the names of the pages that say nothing but a paragraph: on paper none of them
    needs a page of its own."""
    references = find_references(front)
    brief = set()
    pages: dict[str, str] = {}
    for path in notebooks:
        blocks = read_blocks(path, lines)
        for part in parts.get(path.stem, ()):
            blocks += map(lower_headings, read_blocks(part, lines))
        references += find_references(blocks)
        if len(blocks) <= 2 and not blocks[-1].startswith(":::"):
            brief.add(path.stem)
        blocks[0] = part_shortcodes(blocks[0])  # a title is one of Quarto's settings
        pages[path.name] = write_page(blocks, folder, path.stem)
    rename_pages(book, pages)
    (folder / TRAILS).mkdir()
    for page, script in compose_trails(edition, references, lines).items():
        _write(folder / TRAILS / f"{page}.js", script)
    return brief


def describe_pages(project: Project, engine: Engine, apart: Mapping[str, str]) -> str:
    """What ``scripts/pages.py`` puts around each page's text, in words (JSON); ``apart``: titles of
    the pages that are in no book, by their names."""
    footer, edition = project.book["page-footer"], project.config["edition"]
    appendix = project.config["crossref"]
    described = {
        "policy": compose_policy(read_script("page.html", "scripts.html")),
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
            ("annexes", f"../{edition['second']}.pdf"),
            ("données", f"../{edition['data']}"),
        ],
        "pages": [
            {name: getattr(page, name) for name in ("stem", "id", "mark", "part", "appendix")}
            | {"title": french.typeset(page.title)}
            for page in project.chapters
        ],
        "apart": [
            {"stem": stem, "title": title, "id": "", "mark": "", "part": "", "appendix": True}
            for stem, title in apart.items()
        ],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def read_config(edition: Edition) -> dict[str, Any]:
    """``_quarto.yml`` with the edition's own pages: in the place of each template the notebooks
    that are made of it, which may be none; parts without a chapter go."""
    config = yaml.safe_load((REPORTS / CONFIG).read_text(encoding="utf-8"))
    made: dict[str, list[str]] = {}
    for job in plan_jobs(edition):
        if not job.part_of:
            made.setdefault(job.template.name, []).append(f"{job.name}.ipynb")

    def expand(entries: list[Any]) -> list[Any]:
        expanded: list[Any] = []
        for entry in entries:
            if isinstance(entry, dict):
                if inner := expand(entry["chapters"]):
                    expanded.append({"part": entry["part"], "chapters": inner})
            else:
                expanded += made.get(entry, []) if entry.endswith(".ipynb") else [entry]
        return expanded

    for key in ("chapters", "appendices"):
        config["book"][key] = expand(config["book"].get(key) or [])
    return config


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


def list_page_files(book: dict[str, Any]) -> list[str]:
    """All files the book names, in order."""
    names: list[str] = []
    for entry in [*book["chapters"], *(book.get("appendices") or [])]:
        names += entry["chapters"] if isinstance(entry, dict) else [entry]
    return names


def list_notebooks(book: dict[str, Any]) -> list[str]:
    """All notebooks the book names, in order."""
    return [file for file in list_page_files(book) if file.endswith(".ipynb")]


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
    book["page-footer"] = {"left": subtitle, "right": f"Composé par {engine}"}
    config["territory"] = territory
    if engine.has_typst_15:
        config["format"]["typst"]["pdf-standard"] = ["a-2a", "ua-1"]
    config["edition"] = {
        "year": str(edition.year),
        "kind": kind,
        "file": stem,
        "summary": f"synthese-{edition.year}",
        "second": f"annexes-{edition.year}",
        "data": name_archive(edition.year),
        "annexes": name_annexes(edition),
    }
    config["footer-line"] = f"Rapport développement durable {edition.year}" + (
        f" (édition {kind})" if kind else ""
    )
    config["identity"] = describe_for_typst(
        adapt_identity(edition.identity), colour_chapters(edition.chapters, edition.identity)
    )


def list_members(edition: Edition) -> set[str]:
    """The INSEE codes of the communes that were members at the end of the edition's year."""
    day = date(edition.year, 12, 31)
    return {
        row["insee"]
        for row in to_records(edition.communes)
        if is_valid_on(day, row["member_from"], row["member_to"])
    }

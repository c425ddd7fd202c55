"""Checks of a built book, whichever engine made it: every title, caption and figure stands in each
format, nothing unfinished shows (``page_checks``: how a page of it is laid out).
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from analysis.publish import BookError
from analysis.publish.page_checks import find_layout_faults, find_row_styles
from analysis.publish.project import PRINT, Contents, Page, Project, read_all_contents
from analysis.show.page_safety import find_unsafe_files

#: What must not reach a reader, with the words that say it.
LEFTOVERS = {
    "renvoi non résolu": re.compile(r"\?@?(?:fig|sec|tbl)-|\[?@(?:fig|sec|tbl)-[\w-]+"),
    "trace d’erreur": re.compile(r"Traceback \(most recent call last\)|<IPython\.core"),
    "référence non remplacée": re.compile(r"\{\{|\}\}"),
    "bloc Markdown non interprété": re.compile(r"(?:^|\s):::"),
    "attributs non interprétés": re.compile(r"\{[#.](?:fig|sec|tbl|encadre)-"),
}
#: A letter that is escaped; what Markdown reads as its own.
_LETTER = re.compile(r"\\([!-/:-@\[-`{-~])|:{3,}|[{}\[\]()<@]")


def squeeze(text: str) -> str:
    """Text for comparison: spaces of all kinds, hyphens and apostrophes made equal."""
    text = text.replace("\u00ad", "").replace("\u2060", "").replace("’", "'")
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def tight(text: str) -> str:
    """Without any space: a PDF breaks its lines where it likes."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\u2060\-‐\u2011]+", "", text.replace("’", "'"))


def read_html_text(path: Path) -> str:
    """Visible text of a page's ``<main>``."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r"<main\b.*?</main>", text, re.DOTALL)
    text = found[0] if found else text
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"</?(?:a|em|strong|span|sup|sub|code|mark|b|i)\b[^>]*>", "", text)
    return squeeze(html.unescape(re.sub(r"<[^>]+>", " ", text)))


def read_docx_text(path: Path) -> str:
    """Text of a DOCX, without its fields' instructions."""
    with zipfile.ZipFile(path) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    document = re.sub(r"<w:instrText\b.*?</w:instrText>", "", document, flags=re.DOTALL)
    document = re.sub(r"</w:p>|<w:tab/>|<w:br ?/>", " ", document)
    return squeeze(html.unescape(re.sub(r"<[^>]+>", "", document)))


def read_pdf_titles(path: Path) -> list[str]:
    """Bookmarks of the PDF in order."""
    from pypdf import PdfReader

    def walk(entries):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry)
            else:
                yield entry.title

    return list(walk(PdfReader(path, strict=True).outline))


def list_typed(project: Project, *pages: Page) -> set[str]:
    """What looks like a leftover and is none: a person typed it, its letters are escaped."""
    sources = [project.read_markdown(page.file) for page in pages]
    sources += [project.book["subtitle"], project.config["footer-line"]]
    letters = squeeze(" ".join(_LETTER.sub(lambda found: found[1] or "\0", s) for s in sources))
    return {found[0] for pattern in LEFTOVERS.values() for found in pattern.finditer(letters)}


def find_leftovers(text: str, where: str, typed: Collection[str] = ()) -> list[str]:
    """What must not reach a reader, as French lines that say where it stands."""
    problems = []
    for name, pattern in LEFTOVERS.items():
        found = next((each for each in pattern.finditer(text) if each[0] not in typed), None)
        if found:
            start = max(0, found.start() - 30)
            problems.append(f"{where} : {name}, « {text[start : found.end() + 30].strip()} »")
    return problems


def _check_page(project: Project, contents: Contents, folder: Path) -> Iterator[str]:
    page = contents.page
    path = folder / f"{page.stem}.html"
    if not path.is_file():
        yield f"HTML : page {path.name} absente"
        return
    where = f"HTML, {path.name}"
    text = read_html_text(path)
    yield from find_leftovers(text, where, list_typed(project, page))
    flat = tight(text)
    for _, heading in contents.headings:
        if tight(heading) not in flat:
            yield f"{where} : titre absent, « {heading} »"
    for caption in contents.captions:
        if "@" not in caption and tight(caption) not in flat:
            yield f"{where} : légende absente, « {caption} »"
    source = path.read_text(encoding="utf-8")
    for stem in contents.figures:
        if f"{stem}.svg" not in source:
            yield f"{where} : figure absente, {stem}"
    for fault in find_layout_faults(source, page):
        yield f"{where} : {fault}"


def check_html(project: Project, folder: Path) -> list[str]:
    """Every page with its headings, captions and figures; nothing that runs or is asked for but
    what is ours."""
    problems = [
        problem
        for contents in read_all_contents(project, "html")
        for problem in _check_page(project, contents, folder)
    ]
    problems += find_unsafe_files(folder)
    for sheet in project.config["format"]["html"]["css"]:
        if not (folder / sheet).is_file():
            problems.append(f"HTML : feuille de style absente, {sheet}")
        elif styled := find_row_styles((folder / sheet).read_text(encoding="utf-8")):
            problems.append(f"HTML, {sheet} : style pour les rangs des tableaux, {styled}")
    if not (folder / "search-index.js").is_file():
        problems.append("HTML : index de recherche absent")
    return problems


def check_one_file(project: Project, text: str, name: str) -> list[str]:
    """Every title of every chapter stands in the text, in the book's order."""
    problems = find_leftovers(text, name, list_typed(project, *project.chapters))
    flat = tight(text)
    for page in project.list_pages(PRINT):
        numbered = f"{page.mark}. {page.title}"
        if page.mark and not page.appendix and tight(numbered) not in flat:
            problems.append(f"{name} : chapitre numéroté autrement que « {numbered} »")
    for contents in read_all_contents(project, "docx", PRINT):
        for _, heading in contents.headings:
            if tight(heading) not in flat:
                problems.append(f"{name} : titre absent, « {heading} »")
    return problems


def check_bookmarks(project: Project, pdf: Path, volume: str) -> list[str]:
    """Every title of a volume is a bookmark of its PDF (its text, the same as the others', takes
    long to read)."""
    titles = "\n".join(tight(title) for title in read_pdf_titles(pdf))
    return [
        f"{pdf.name} : titre absent, « {heading} »"
        for contents in read_all_contents(project, "typst", volume)
        for _, heading in contents.headings
        if tight(heading) not in titles
    ]


def check_format(project: Project, name: str, path: Path) -> list[str]:
    """What is missing or unfinished in a format (« HTML », with its folder, « PDF », « DOCX », a
    volume)."""
    file = path / "index.html" if name == "HTML" else path
    if not file.is_file() or file.stat().st_size == 0:
        return [f"{file.name} : absent ou vide"]
    if name == "HTML":
        return check_html(project, path)
    if name == "DOCX":
        return check_one_file(project, read_docx_text(path), name)
    with path.open("rb") as opened:
        if opened.read(5) != b"%PDF-":
            return [f"{path.name} : ce fichier n’est pas un PDF"]
    return check_bookmarks(project, path, PRINT if name == "PDF" else name)


def _list_links(path: Path) -> Iterator[str]:
    """Addresses that a PDF or a DOCX links to."""
    from pypdf import PdfReader

    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            links = archive.read("word/_rels/document.xml.rels").decode("utf-8")
        yield from re.findall(r'Target="([^"]+)" TargetMode="External"', links)
        return
    for page in PdfReader(path, strict=True).pages:
        for mark in page.get("/Annots") or ():
            action = mark.get_object().get("/A") or {}
            if "/URI" in action:
                yield str(action["/URI"])


def find_dead_links(volumes: Sequence[Path]) -> list[str]:
    """Links from one volume on paper into another (« annexes-2017.pdf#sec-annexes ») that lead to
    no place of it, as French lines; the files lie side by side."""
    from pypdf import PdfReader

    places = {
        path.name: set(PdfReader(path, strict=True).named_destinations)
        for path in volumes
        if path.suffix == ".pdf"
    }
    return [
        f"{path.name} : lien sans destination, {link}"
        for path in volumes
        for link in dict.fromkeys(_list_links(path))
        if (parts := link.partition("#"))[0] in places and parts[2] not in {"", *places[parts[0]]}
    ]


def refuse_problems(problems: list[str]) -> None:
    """Raise BookError (French) when there are any; the first ones are shown."""
    if problems:
        shown = problems[:25]
        if len(problems) > len(shown):
            shown.append(f"et {len(problems) - len(shown)} autres")
        raise BookError("Le livre construit n’est pas complet :\n- " + "\n- ".join(shown))

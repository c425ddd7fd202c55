"""« Sources et calculs »: every indicator with its values and where each comes from; the files.

What the pages show in a window, for those who read on paper: a number's link leads to its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from analysis.model.schema import DOCUMENT
from analysis.model.store import Edition, title_pages
from analysis.show.tables.pipe_tables import format_table
from analysis.show.tables.registers import list_unanswered
from analysis.show.tables.value_rows import (
    describe_period,
    list_details,
    name_row,
    read_reference_values,
)
from analysis.words import french, prose
from analysis.words.document_places import describe_places, name_passage
from analysis.words.hidden_markup import PASSAGE, capitalise, end_sentence, mark, name_place
from analysis.words.lineage import (
    Source,
    Trail,
    name_anchor,
    name_calculations,
    name_table,
    read_trail,
)

#: A checksum breaks between groups of so many characters.
_GROUP = 16
_LINE = re.compile(r"\bl\.\s\d")


def find_main_document(edition: Edition) -> str:
    """Title of the document that most values come from: it is named once, above the tables. ''
    where no value comes from a document."""
    documents = edition.sources[edition.sources["kind"] == DOCUMENT]
    cited = edition.values.loc[edition.values["source"].isin(documents["id"]), "source"]
    titles = documents.set_index("id")["title"]
    return "" if cited.empty else titles[cited.value_counts().index[0]]


def cites_lines(locators: Iterable[str]) -> bool:
    """Whether some place is a line of a document: « l. 12 »."""
    return any(_LINE.search(locator) for locator in locators)


def has_estimates(edition: Edition) -> bool:
    """Whether some value that is known is an estimate."""
    estimates = edition.values[edition.values["estimate"] != ""]
    return bool(estimates["value"].notna().any())


def tabulate_trails(edition: Edition, chapter: str) -> str:
    """Every indicator of a chapter: its values, and for each the calculation or the typed rows."""
    columns = {"Indicateur": 26, "Valeurs": 26, "Calcul, ou relevé dans la source": 48}
    main = find_main_document(edition)
    values = read_reference_values(edition, checks=True, chapter=chapter)
    values = values[~_is_awaited(edition, values)]
    rows = [_describe_indicator(edition, row, main) for row in values.itertuples()]
    title = title_pages(edition)[chapter]
    caption = f"Sources et calculs du chapitre « {title} »"
    return format_table(columns, rows, caption, f"annexes-calculs-{chapter}")


def _is_awaited(edition: Edition, values: pd.DataFrame) -> pd.Series:
    """What is asked and was never given: it stands with the missing data."""
    asked = [row["indicator"] for row in list_unanswered(edition)]
    return (values["missing"] != "") & values["indicator"].isin(asked)


def locate_lines(edition: Edition) -> dict[str, str]:
    """The page of the annexes on which each indicator's line stands, by the line's anchor; the
    lines of tables (and of what no page shows) are on the page of the sources."""
    values = read_reference_values(edition, checks=True)
    pages = values["chapter"].map(name_calculations).where(~_is_awaited(edition, values), "missing")
    references = (prose.name_reference(edition, edition.value(name_row(row)))
                  for row in values.itertuples())  # fmt: skip
    return dict(zip(map(name_anchor, references), pages, strict=True))


def _describe_indicator(edition: Edition, row: object, main: str) -> tuple[str, str, str]:
    """Title, values and origins; ``main`` is the document that need not be named."""
    others = list(_read_others(edition, row))
    trail = read_trail(edition, name_row(row))
    details = ", ".join(filter(None, [*list_details(edition, row), describe_period(edition, row)]))
    values = [_mark(trail) + (f" ({details})" if details else "")]
    values += [f"{words} : {_mark(other)}" for words, other in others]
    origins = [_describe_origin(trail, main)]
    origins += [
        f"{capitalise(words)} : {_describe_origin(other, main)}"
        for words, other in others
        if not other.formula
    ]
    title = name_place(trail.title, trail.anchor) + _add_kind(trail.title, row.kind)
    return title, " ; ".join(values), " ".join(end_sentence(text) for text in origins if text)


def _read_others(edition: Edition, row: object) -> Iterator[tuple[str, Trail]]:
    """What else references may read of an indicator: before, growth, target."""
    # A target is the territory's own: it says nothing of another.
    own = row.territory in ("", edition.territory["id"])
    targets = (("cible", "objectif"),) if own else ()
    for modifier, words in (("precedent", ""), ("evolution", "évolution"), *targets):
        reference = f"{name_row(row)}:{modifier}"
        if edition.value(reference).value is not None:
            trail = read_trail(edition, reference)
            yield words or trail.period or "avant", trail


def _add_kind(title: str, kind: str) -> str:
    """« (contexte) », but no second parenthesis after another."""
    return f", {kind}" if title.endswith(")") else f" ({kind})"


def _mark(trail: Trail) -> str:
    return mark(trail.quantity, trail.reference)


def _describe_origin(trail: Trail, main: str) -> str:
    """« l. 580 (2017/observations.csv, ligne 34) » or the calculation and the rows behind it."""
    places: dict[str, dict[str, list[str]]] = {}
    for source in trail.sources:
        document = "" if source.document == main else source.document
        where = ", ".join(filter(None, (document, _describe_place(source, not trail.formula))))
        files = places.setdefault(where, {})
        files.setdefault(source.file, []).append(str(source.line or ""))
    said = [_name_place(where, files) for where, files in places.items()]
    sources = " ; ".join(dict.fromkeys(said))
    notes = " ".join(
        end_sentence(capitalise(source.note)) for source in trail.sources if source.note
    )
    if not trail.formula:
        return f"{end_sentence(sources)} {notes}".strip() if sources else ""
    said = trail.formula + (f", soit {trail.calculation}" if trail.calculation else "")
    return f"{said}. Relevés : {sources}" if sources else said


def _describe_place(source: Source, own: bool) -> str:
    """« II.A, p. 13-16, l. 564 », which a link opens where pages are on a screen; « l. 564 » of
    what a calculation uses, which has a row of its ``own``."""
    where = describe_places(source.places) if own else ""
    said = ", ".join(filter(None, (where, source.locator)))
    if not source.places:
        return said
    passage = name_passage(source.places[0].source, source.locator)
    return mark(said, PASSAGE + passage) if passage else said


def _name_place(where: str, files: Mapping[str, list[str]]) -> str:
    typed = " ; ".join(_name_rows(file, lines) for file, lines in files.items())
    return f"{where} ({typed})" if where else typed


def _name_rows(file: str, lines: list[str]) -> str:
    numbers = [line for line in lines if line]
    word = "ligne" if len(numbers) == 1 else "lignes"
    return file + (f", {word} {french.join_list(numbers)}" if numbers else "")


def tabulate_files(edition: Edition, files: pd.DataFrame) -> str:
    """The files of the dossier, which trails name, with their size and checksum."""
    columns = {"Fichier": 34, "Octets": 10, "Empreinte SHA-256": 56}
    rows = []
    for row in files.itertuples():
        name = row.file
        folder, _, stem = name.removesuffix(".csv").rpartition("/")
        if name.endswith(".csv") and folder in ("reference", str(edition.year)):
            name = name_place(name, name_anchor(name_table(stem)))
        elif name.endswith(".csv") and folder.isdigit():  # an earlier edition's
            name = name_place(name, name_anchor(name_table(f"{folder}/{stem}")))
        groups = [row.sha256[i : i + _GROUP] for i in range(0, len(row.sha256), _GROUP)]
        rows.append((name, french.format_number(row.bytes), " ".join(groups)))
    return format_table(columns, rows, "Fichiers du dossier", "annexes-fichiers")

"""What the law asks, what is due around the same session, the documents that the report rests
on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.base.lists import split_list
from analysis.compute.law import (
    LACKING,
    MET,
    UNTOLD,
    Requirement,
    explain_doubt,
    list_elsewhen,
    list_requirements,
    name_law,
)
from analysis.model.references import Row
from analysis.model.requirement_tests import PAGE_ANCHORS
from analysis.model.schema import REVIEWED_PAGES, TEXT_READ
from analysis.model.store import Edition, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french
from analysis.words.citations import cite_source, name_day
from analysis.words.hidden_markup import hide
from analysis.words.smallmarkdown import write_plain

#: Sign of a verdict, before the word that says the same.
_SIGNS = {MET: "✓", LACKING: "✗", UNTOLD: "?"}
#: What is said of an obligation that the source does not tell.
UNSAID = "non dit"


def tabulate_law(edition: Edition, kind: str, caption: str, id: str) -> str:
    """A requirement a row: what is asked, by which text and from when, how that is known, the
    verdict and why, where in the report."""
    columns = {"Ce qui est demandé": 26, "Texte, depuis quand": 23, "Certitude": 12}
    columns |= {"Constat": 25, "Où": 14}
    rows = [
        (
            one.row["title"],
            ", ".join(filter(None, (name_law(one), _name_budgets(one.row)))),
            TEXT_READ if one.certain else explain_doubt(one),
            _write_verdict(one),
            _link_places(edition, one.row) if one.verdict == MET else "",
        )
        for one in list_requirements(edition, kind)
    ]
    return format_table(columns, rows, caption, id)


def _name_budgets(row: Row) -> str:
    return f"depuis le budget {row['budget_from']}" if row["budget_from"] else ""


def _write_verdict(one: Requirement) -> str:
    return f"{_SIGNS[one.verdict]} {one.verdict} : {one.reason}"


def _link_places(edition: Edition, row: Row) -> str:
    """« Climat, Agenda 2030 »: the chapters and pages where a requirement is met, as links."""
    chapters = edition.columns("chapters", "id", "short_title")
    titles = {f"sec-{id}": title for id, title in chapters.itertuples(index=False)}
    titles |= {anchor: REVIEWED_PAGES[page] for anchor, page in PAGE_ANCHORS.items()}
    links = (
        hide("[") + french.typeset(titles[anchor]) + hide(f"](#{anchor})")
        for anchor in split_list(row["anchor"])
    )
    return ", ".join(links)


def list_law_notes(edition: Edition, kind: str) -> str:
    """What is to be known of the requirements, as a list; those of other budgets at its end."""
    rows = [one.row for one in list_requirements(edition, kind)]
    lines = [_write_note(row["title"], row["note"]) for row in rows if row["note"]]
    others = list_elsewhen(edition, kind)
    lines += [_write_note(row["title"], " ".join(_tell_elsewhen(row))) for row in others]
    return "\n".join(lines)


def _write_note(title: str, note: str) -> str:
    return f"- **{write_plain(title)}**{french.NO_BREAK}: {write_plain(french.lower_initial(note))}"


def _tell_elsewhen(row: Row) -> Iterator[str]:
    first, last = row["budget_from"], row["budget_to"]
    when = f"à partir du budget {first}" if first else ""
    until = f"jusqu’au budget {last}" if last else ""
    only = f"pour le budget {first} seulement" if first and first == last else ""
    yield only or ", ".join(filter(None, (when, until)))
    if row["certainty"] != TEXT_READ:
        yield f"à vérifier ({row['certainty']})"
    if row["note"]:
        yield row["note"]


def tabulate_documents_used(edition: Edition) -> str:
    """The documents of which the edition is the synthesis: what they are, whether a text prescribes
    them, who made them and when, which chapters they serve, where the source names them."""
    columns = {"Document": 30, "Nature": 11, "Prescrit": 11, "Auteur et date": 21}
    columns |= {"Chapitres": 16, "Source": 14}
    shorts = dict(edition.columns("chapters", "id", "short_title").itertuples(index=False))
    rows = [
        (
            row["title"],
            row["kind"],
            row["obligation"] or UNSAID,
            ", ".join(filter(None, (row["producer"], name_day(row["publication"])))),
            ", ".join(shorts[id] for id in split_list(row["chapters"])),
            cite_source(edition, row["source"], row["locator"]),
        )
        for row in to_records(edition.rows("documents_used"))
    ]
    caption = "Évaluations, documents et bilans dont ce rapport fait la synthèse"
    return format_table(columns, rows, caption, "loi-documents")


def list_document_notes(edition: Edition) -> str:
    """What the editors inferred of these documents, as a list."""
    rows = to_records(edition.rows("documents_used"))
    return "\n".join(_write_note(row["title"], row["note"]) for row in rows if row["note"])


def count_documents(edition: Edition) -> str:
    """« 22 évaluations, documents et bilans, dont 4 prescrits »; '' where none is listed."""
    rows = edition.rows("documents_used")
    if rows.empty:
        return ""
    forms = "évaluation, document ou bilan", "évaluations, documents et bilans"
    counts = [
        french.format_count(number, one, many)
        for one, many, number in _count_obligations(rows["obligation"])
        if number
    ]
    said = french.format_count(len(rows), *forms)
    return f"{said}, dont {french.join_list(counts)}" if counts else said


def _count_obligations(cells: Iterable[str]) -> list[tuple[str, str, int]]:
    said = list(cells)
    return [
        ("prescrit", "prescrits", said.count("prescrit")),
        ("volontaire", "volontaires", said.count("volontaire")),
    ]

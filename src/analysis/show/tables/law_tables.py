"""What the law asks, what is due around the same session, the documents that the report rests
on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from analysis.base.lists import split_list
from analysis.compute.law import (
    LACKING,
    MET,
    UNTOLD,
    explain_doubt,
    list_elsewhen,
    list_requirements,
    name_law,
)
from analysis.model.references import Row
from analysis.model.schema import PAGE_ANCHORS, REVIEWED_PAGES, TEXT_READ
from analysis.model.store import Edition, title_pages, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.citations import cite_source, describe_doubt, name_day
from analysis.words.smallmarkdown import write_plain

#: Sign of a verdict, before the word that says the same.
_SIGNS = {MET: "✓", LACKING: "✗", UNTOLD: "◊"}


def tabulate_law(edition: Edition, kind: str, caption: str, id: str) -> str:
    """A requirement a row: what is asked, by which text and from when, how that is known, the
    verdict and why, where in the report."""
    columns = {"Ce qui est demandé": 26, "Texte, depuis quand": 23, "Certitude": 12}
    columns |= {"Constat": 25, "Où": 14}
    rows = [
        (
            one.row["title"],
            name_law(one)
            + (f", depuis le budget {one.row['budget_from']}" if one.row["budget_from"] else ""),
            explain_doubt(one) or TEXT_READ,
            f"{_SIGNS[one.verdict]} {one.verdict} : {one.reason}",
            _link_places(edition, one.row) if one.verdict == MET else "",
        )
        for one in list_requirements(edition, kind)
    ]
    return format_table(columns, rows, caption, id)


def _link_places(edition: Edition, row: Row) -> str:
    """« Climat, Agenda 2030 »: the chapters and pages where a requirement is met, as links."""
    titles = {f"sec-{id}": title for id, title in title_pages(edition, "short_title").items()}
    titles |= {anchor: REVIEWED_PAGES[page] for anchor, page in PAGE_ANCHORS.items()}
    anchors = [anchor for anchor in split_list(row["anchor"]) if anchor in titles]
    return ", ".join(prose.write_link(titles[anchor], anchor) for anchor in anchors)


def list_law_notes(edition: Edition, kind: str) -> str:
    """What is to be known of the requirements, as a list."""
    return _list_notes(one.row for one in list_requirements(edition, kind))


def list_other_budgets(edition: Edition, kind: str) -> str:
    """The requirements that bear on other budgets, with when and how surely, as a list."""
    rows = list_elsewhen(edition, kind)
    if not rows:
        return ""
    said = f"Ne portent pas sur le budget {edition.council['budget_year']} :"
    return f"{write_plain(said)}\n\n" + _list_notes(
        {"title": row["title"], "note": _tell_elsewhen(row)} for row in rows
    )


def _list_notes(rows: Iterable[Row]) -> str:
    """« **Titre** : note » of each row that has one."""
    return "\n".join(
        f"- **{write_plain(row['title'])}**{french.NO_BREAK}:"
        f" {write_plain(french.lower_initial(row['note']))}"
        for row in rows
        if row["note"]
    )


def _tell_elsewhen(row: Row) -> str:
    first, last = row["budget_from"], row["budget_to"]
    if first and first == last:
        when = f"pour le budget {first} seulement"
    elif last:
        when = f"jusqu’au budget {last}"
    else:
        when = f"à partir du budget {first}"
    when = ", ".join(filter(None, (when, describe_doubt(row["certainty"]))))
    return f"{when}. {row['note']}".strip()


def tabulate_documents_used(edition: Edition) -> str:
    """The documents of which the edition is the synthesis: what they are, whether a text prescribes
    them, who made them and when, which chapters they serve, where the source names them."""
    columns = {"Document": 30, "Nature": 11, "Obligation": 11, "Auteur et date": 21}
    columns |= {"Chapitres": 16, "Source": 14}
    shorts = title_pages(edition, "short_title")
    rows = [
        (
            row["title"],
            row["kind"],
            row["obligation"] or "non dit",
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
    return _list_notes(to_records(edition.rows("documents_used")))


def count_documents(edition: Edition) -> str:
    """« 22 évaluations, documents et bilans, dont 4 prescrits »; '' where none is listed."""
    rows = edition.rows("documents_used")
    if rows.empty:
        return ""
    forms = "évaluation, document ou bilan", "évaluations, documents et bilans"
    numbers = Counter(rows["obligation"])
    counts = [french.format_count(numbers[one], one, f"{one}s")
              for one in ("prescrit", "volontaire") if numbers[one]]  # fmt: skip
    said = french.format_count(len(rows), *forms)
    return f"{said}, dont {french.join_list(counts)}" if counts else said

"""Tables of what is written rather than measured: plans, sources, gaps, acronyms."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pandas as pd

from analysis.model.followups import list_unanswered
from analysis.model.partial_dates import DAY, read_precision
from analysis.model.references import Row
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition, to_records
from analysis.show.tables.pipe_tables import format_table, read_text
from analysis.words import french, prose
from analysis.words.citations import cite_place
from analysis.words.decision_words import describe_history
from analysis.words.hidden_markup import PASSAGE, mark, name_place
from analysis.words.lineage import name_anchor

#: Of what a service is asked, where nothing was known before.
NO_VALUE = "aucune"


def describe_due(start: date | None, end: date | None) -> str:
    """« 2018 », « à partir de janvier 2018 », « sans date »."""
    if start is None and end is None:
        return "sans date"
    if start is None and read_precision(end) == DAY:
        return f"avant le {french.format_date(end)}"
    return french.format_date(end) if start == end else french.name_period(start, end)


def _describe_standing(edition: Edition, row: Row) -> str:
    """The state of a short-term action, or what a service said of it, or that none confirmed it."""
    said = prose.describe_followup(edition, row)
    if row["history"]:  # it was proposed first
        return describe_history(edition.year, row)
    if said and row["followup"] != UNCONFIRMED:
        return said
    past = row["due_end"] is not None and row["due_end"] <= date(edition.year, 12, 31)
    standing = row["status"] + (", échéance passée" if past else "")
    return f"{standing} ; {said}" if said else standing


def tabulate_planned(edition: Edition, chapter: str) -> str:
    """Short-term actions: what, when, who. Each title is a place under its id."""
    columns = {"Action": 25, "Contenu": 37, "Échéance": 13, "État": 12, "Portage": 18}
    planned = edition.rows("planned", chapter=chapter).sort_values("order", kind="stable")
    rows = [
        (
            name_place(row["title"], row["id"]),
            _tell_planned(edition, row),
            describe_due(row["due_start"], row["due_end"]),
            _describe_standing(edition, row),
            prose.describe_services(edition, row["services"], row["services_source"]),
        )
        for row in to_records(planned)
    ]
    texts = describe_texts(planned)
    if len(rows) == 1:  # it has no caption
        columns = {f"Contenu{texts}" if name == "Contenu" else name: 1 for name in columns}
    caption = "Contenu, échéance et état de chaque action" + (texts and f" ; contenu{texts}")
    return format_table(columns, rows, caption, f"{chapter}-court-terme")


def _tell_planned(edition: Edition, row: Row) -> str:
    """What a short-term action is, and where."""
    places = prose.link_places(edition, row["id"])
    where = f"Lieux{french.NO_BREAK}: {places}." if places else ""
    return " ".join(filter(None, (prose.resolve_line(edition, row["summary"]), where)))


def describe_texts(rows: pd.DataFrame, new: str = "actions nouvelles") -> str:
    """Which edition's texts a table shows, where these are not of this one; ``new``: the others."""
    years = sorted(set(rows["text_from"].dropna()))
    if not years:
        return ""
    some = f", sauf corrections et {new}" if rows["text_from"].isna().any() else ""
    where = "des éditions" if len(years) > 1 else "de l’édition"
    return f" repris {where} {french.join_list([str(year) for year in years])}{some}"


def describe_dates(edition: Edition, chapter: str) -> str:
    """Dates of the chapter that go with no action of this edition, in their order; the others stand
    with theirs."""
    milestones = prose.list_milestones(edition, chapter=chapter)
    named = sorted({row["action"] for row in milestones})
    described = set(edition.rows("actions", id=named)["id"])
    others = [row for row in milestones if row["action"] not in described]
    said = prose.write_milestones(edition, others, cited=True)
    return prose.list_terms([("Autres dates", said)])


def tabulate_sources(sources: pd.DataFrame) -> str:
    """Documents and files, producer, licence, remark; a document's title leads to its page."""
    columns = {"Source": 20, "Producteur": 20, "Licence": 18, "Remarque": 42}
    rows = [
        (name_document(row), read_text(row.producer), read_text(row.licence), read_text(row.remark))
        for row in sources.itertuples()
    ]
    return format_table(columns, rows, "Sources des données", "annexes-sources")


def name_document(row: Any) -> str:
    """The title of a source, marked with its first line where it has a document."""
    return mark(row.title, f"{PASSAGE}{row.id}:1") if row.sha256 else row.title


def tabulate_gaps(edition: Edition, gaps: pd.DataFrame) -> str:
    """What the source showed and is lost, or never gave."""
    columns = {"Chapitre": 15, "Donnée": 27, "Ce qui manque": 46, "Source": 12}
    shorts = edition.chapters.set_index("id")["short_title"]
    rows = [
        (
            shorts.get(row.chapter, ""),
            row.title,
            row.description,
            cite_place(edition, row.source, row.locator, lines=True),
        )
        for row in gaps.itertuples()
    ]
    return format_table(columns, rows, "Données perdues ou non données", "annexes-lacunes")


def tabulate_unanswered(edition: Edition) -> str:
    """What the services were asked for this edition and did not give, service by service (each is
    named on its first line): the chapter, the last value known where there is any."""
    chapters = edition.chapters.sort_values("order")
    shorts = dict(zip(chapters["id"], chapters["short_title"], strict=True))
    names = dict(edition.services[["id", "name"]].itertuples(index=False))
    asked = [
        (names.get(request["service"], request["service"]), short, request)
        for id, short in shorts.items()
        for request in list_unanswered(edition, chapter=id)
    ]
    rank = {name: place for place, name in enumerate(names.values())}
    rows, named = [], ""
    for name, short, request in sorted(asked, key=lambda row: rank.get(row[0], len(rank))):
        title, period, last = _describe_request(edition, request)
        rows.append(("" if name == named else name, title, period, short, last))
        named = name
    columns = {"Service": 17, "Donnée demandée": 31, "Période demandée": 17}
    columns |= {"Chapitre": 14, "Dernière valeur": 21}
    if all(last == NO_VALUE for *_, last in rows):
        del columns["Dernière valeur"]
        rows = [row[:-1] for row in rows]
    caption = "Valeurs demandées aux services et non données"
    return format_table(columns, rows, caption, "annexes-sans-reponse")


def _describe_request(edition: Edition, row: Row) -> tuple[str, str, str]:
    entry = edition.catalogue[row["indicator"]]
    title = prose.title_value(edition, entry["title"], row["territory"])
    value = edition.value(f"{row['indicator']}@{row['territory']}")
    last = NO_VALUE
    if value.value is None:  # it has no line among the trails: what says so leads here
        title = name_place(title, name_anchor(prose.name_reference(edition, value)))
    if value.value is not None:
        period = french.name_period(value.period_start, value.period_end)
        last = f"{prose.mark_quantity(edition, value)} ({period})"
    return title, french.name_period(row["period_start"], row["period_end"]), last


def list_acronyms(edition: Edition) -> pd.DataFrame:
    """Rows of ``glossary`` whose short form stands in what the edition says (its texts, its tables,
    the catalogues of what it shows), or is read at a place of a source."""
    if edition.glossary.empty:
        return edition.glossary
    tables = ("actions", "planned", "improvements", "policies", "ratings", "milestones", "gaps")
    tables += ("discrepancies", "chapters", "indicators", "services", "sources")
    frames = [getattr(edition, name).select_dtypes(exclude="number") for name in tables]
    said = "\n".join(
        text for frame in frames for text in frame.to_numpy().flat if isinstance(text, str)
    )
    said += "\n".join(text for parts in edition.texts.values() for text in parts.values())
    rows = edition.glossary
    used = [re.search(rf"\b{re.escape(short)}\b", said) is not None for short in rows["short"]]
    return rows[pd.Series(used, rows.index, dtype=bool) | (rows["locator"] != "")]


def tabulate_glossary(glossary: pd.DataFrame) -> str:
    """Acronyms in alphabetical order."""
    rows = glossary.sort_values("short", key=lambda column: column.str.casefold())
    acronyms = rows[["short", "long"]].itertuples(index=False)
    columns = {"Sigle": 20, "Développement": 80}
    return format_table(columns, acronyms, "Sigles", "annexes-glossaire")

"""The sheets of the report's tools in a service's form: each asks for the rows of one table.

A sheet is declared once (``TOOL_SHEETS``): its table, its columns, its rows, whose they are. How a
column is answered, its choices and its help are the schema's. What is sent and what comes back see
the same tables (``RawRows``), where a row asked is known again by the key of its table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import blake2s
from typing import Any

from analysis.base.csvtext import write_cell
from analysis.base.lists import split_list
from analysis.collect.cell_answers import fold
from analysis.collect.form_contract import ANY, CODE, AnswerKind, FormColumn, FormSheet
from analysis.model.schema import AXES, INVESTMENT, REAL, REFERRING, SPENT, TABLES
from analysis.model.schema.columns import (
    DIGITAL_BLOCKS,
    ELEMENT_RATINGS,
    FINALITY_RATINGS,
    MEASURED,
    MOMENTS,
)
from analysis.model.store import Edition, to_records
from analysis.words import french

Row = Mapping[str, Any]

#: How a column is answered where it offers no choice, by its kind, and how wide it is by that.
_ANSWERS: dict[str, AnswerKind] = {"number": "number", "integer": "number", "date": "date"}
_WIDTHS = {"number": 12, "date": 11.5, "choice": 17, "text": 30}
#: Columns that name who answers for a row; tables that say nothing of it.
_ANSWERING = ("owner", "service", "services", "asked_of")
_SILENT = {"sources", "finalities", "approach", "sections", "units", "sdgs", "services"}
#: Columns that say what a row is called.
_NAMES = ("title", "name", "plural", "symbol")
#: What stands in a column of which a service says nothing: its id, its name, the day on which its
#: form was saved.
OWN_ID, OWN_NAME, SAVED = "id", "name", "saved"
#: A number of the dossier within a text, which is not computed here.
_REFERENCE = re.compile(r"\{\{[^{}]*\}\}")
#: Tables of which a row that is born in a form may be named further on in it.
_GROWING = {"projects", "project_options", "objectives"}
#: What serves an objective (objective_links.csv).
_SERVING = ("actions", "planned", "indicators")
#: How many lines of the accounts that nobody has rated are asked, the largest first.
_MOST_ACCOUNTS = 30


class RawRows:
    """The rows of an edition's raw tables, what they are called, who answers for them. ``read``:
    the rows of a table."""

    def __init__(self, read: Callable[[str], Iterable[Row]]):
        self.rows: Callable[[str], list[Row]] = cache(lambda table: [*read(table)])

    def find(self, table: str, code: Any) -> Row:
        """The row of a code; {} where there is none."""
        return self._index(table).get(write_cell(code), {})

    @cache  # noqa: B019 - as long-lived as the rows
    def _index(self, table: str) -> dict[str, Row]:
        key = "id" if "id" in TABLES[table].header else TABLES[table].header[0]
        return {write_cell(row[key]): row for row in self.rows(table)}

    @cache  # noqa: B019 - as above
    def name(self, table: str) -> dict[str, str]:
        """What each code of a table is called; behind the name of several, their code."""
        names = {}
        for code, row in self._index(table).items():
            words = next((str(row[name]) for name in _NAMES if row.get(name)), "")
            names[code] = french.typeset(f"{code}. {words}" if table == "sdgs" else words)
        several = [*names.values()]
        return {
            code: f"{words} ({code})" if several.count(words) > 1 else words
            for code, words in names.items()
        }

    def name_all(self, table: str, name: str, service: str = "") -> dict[str, str]:
        """What the codes that a column may hold are called. ``service``: of its own rows alone."""
        column = TABLES[table].column(name)
        names = {code: code for code in column.besides}
        for other in (reference.split(".")[0] for reference in column.refers):
            names |= {
                code: words
                for code, words in self.name(other).items()
                if not service or self.find_service(other, self.find(other, code)) == service
            }
        return names

    def find_service(self, table: str, row: Row, depth: int = 4) -> str:
        """The service that answers for a row: the one that it names (the first that is no meeting
        of elected members), else that of what it refers to; '' where there is none."""
        for name in _ANSWERING:
            named = [self.find("services", id) for id in split_list(row.get(name) or "")]
            for service in sorted(filter(None, named), key=lambda s: s["kind"] == "instance"):
                return service["id"]
        for column in TABLES[table].columns if depth else ():
            for other in (reference.split(".")[0] for reference in column.refers):
                found = other not in _SILENT and self.find(other, row.get(column.name))
                if found and (service := self.find_service(other, found, depth - 1)):
                    return service
        return ""

    def list_named(self, tool: str) -> list[str]:
        """The services that answer for all of a tool (see ``ASKED_TOOLS``)."""
        named = self.rows("services") if tool else []
        return [row["id"] for row in named if tool in split_list(row["answers_for"])]


def read_edition_rows(edition: Edition) -> RawRows:
    """The raw tables as an edition holds them."""
    kinds = {"finalities": "finalité", "approach": "démarche"}

    def read(table: str) -> list[dict[str, Any]]:
        if kind := kinds.get(table):
            return [row for row in to_records(edition.chapters) if row["kind"] == kind]
        frame = getattr(edition, table)
        numbers = {name: "float64" for name in frame.columns if frame[name].dtype == "Int64"}
        return to_records(frame.astype(numbers))

    return RawRows(read)


@dataclass(frozen=True)
class ToolSheet(FormSheet):
    """A sheet that asks for rows of a table.

    ``intro``: what it is for. ``list_rows``: the rows asked, a key alone where there is none yet;
    ``find_service``: whose a row is; ``tool``: whose those are that are nobody's (see
    ``ASKED_TOOLS``). ``name``: what a row is about, where no column says it; ``group``: the column
    whose value stands above rows, or what says it; ``headings``: what the dossier adds to those;
    ``list_closed``: the columns that are not asked of a row. ``own``: columns that
    propose what is the service's alone; who has something of the first gets the sheet. ``sourced``:
    the columns that say where the answers come from. ``keeps_note``: the table takes the remark
    too. ``defaults``: see ``SAVED``.
    """

    table: str = ""
    intro: str = ""
    tool: str = ""
    list_rows: Callable[[RawRows], Iterable[Row]] = list
    find_service: Callable[[RawRows, Row], str] = lambda known, row: ""
    name: Callable[[RawRows, Row], str] = lambda known, row: ""
    group: str | Callable[[Row], str] = ""
    headings: Callable[[RawRows], dict[str, str]] = lambda known: {}
    list_closed: Callable[[RawRows, Row], Sequence[str]] = lambda known, row: ()
    own: tuple[str, ...] = ()
    sourced: tuple[str, ...] = ("source", "locator")
    keeps_note: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)

    def __reduce__(self) -> Any:
        """Sent to another process, a sheet is the one that stands there."""
        return _get_sheet, (self.title,)

    def make_code(self, row: Row) -> str:
        """The code of a row: the key of its table, shortened where that is no plain one."""
        key = "/".join(write_cell(row.get(name)) for name in TABLES[self.table].key).rstrip("/")
        plain = re.sub(r"[^a-z0-9./-]+", "-", fold(key))[:50]
        digest = blake2s(key.encode(), digest_size=4).hexdigest()
        return plain if plain == key else f"{plain}-{digest}"

    def write(self, known: RawRows, name: str, cell: Any) -> str:
        """A cell of its table as a service reads it."""
        column = TABLES[self.table].column(name)
        if isinstance(cell, date):
            return french.format_date(cell)
        text = write_cell(cell)
        if column.kind == "number" and cell is not None:
            return french.format_number(cell, 10.0 ** -len(text.partition(".")[2]))
        names = known.name_all(self.table, name)
        parts = split_list(text) if column.kind == "list" else [text]
        shown = ", ".join(names.get(part, part) for part in parts)
        return french.typeset(_REFERENCE.sub("…", shown))

    def describe(self, known: RawRows, row: Row) -> str:
        """What a row answers, a line for each column; '' where it answers nothing."""
        return "\n".join(
            f"{column.heading}{french.NO_BREAK}: {self.write(known, column.key, cell)}"
            for column in self.columns
            if column.answer and not column.given and (self.keeps_note or column.key != "note")
            if (cell := row.get(column.key)) not in (None, "")
        )


@dataclass(frozen=True)
class ToolLine:
    """A row that a service is asked: as it is known, or its key alone; what stands above it, and
    what the form shows of it."""

    service: str
    row: Row
    group: str
    cells: dict[str, str]


def list_lines(known: RawRows, sheet: ToolSheet, *, answered: bool = False) -> Iterator[ToolLine]:
    """What a sheet asks of the services. ``answered``: also the rows that it does not ask any more,
    now that they say enough."""
    stored = {sheet.make_code(row): row for row in known.rows(sheet.table)}
    rows = {sheet.make_code(row): row for row in sheet.list_rows(known)}
    for code in (stored | rows) if answered else rows:
        row = stored.get(code) or rows[code]
        own = sheet.find_service(known, row)
        given = [column.key for column in sheet.columns if column.given]
        cells = {"code": code, "title": sheet.name(known, row)}
        cells |= {name: sheet.write(known, name, row[name]) for name in given}
        cells["now"] = sheet.describe(known, row)
        group = sheet.group(row) if callable(sheet.group) else sheet.group
        if group in row:
            group = sheet.write(known, group, row[group])
        for service in [own] if own else known.list_named(sheet.tool):
            yield ToolLine(service, row, group, cells)


def list_writers(known: RawRows, sheet: ToolSheet) -> set[str]:
    """The services that get a sheet even where none of its rows is theirs: there they may write."""
    found = set()
    for reference in TABLES[sheet.table].column(sheet.own[0]).refers if sheet.own else ():
        table = reference.split(".")[0]
        found |= {known.find_service(table, row) for row in known.rows(table)}
    forms = {row["id"] for row in known.rows("services") if row["kind"] != "instance"}
    named = known.list_named(sheet.tool) if sheet.free_rows else []
    return (found & forms) | {*named}


def list_offers(known: RawRows, sheet: ToolSheet, service: str) -> dict[str, list[str]]:
    """What each column of a sheet proposes to a service, where those are rows of the dossier."""
    return {
        column.offers: [
            *known.name_all(sheet.table, column.key, service if column.key in sheet.own else "")
            .values()
        ]
        for column in sheet.columns
        if column.offers
    }  # fmt: skip


# --- the declarations -----------------------------------------------------------------------------

#: What the comment on a heading says, where the table's own words are not those of a service.
_HELP = {
    "Effet": "Très favorable, très défavorable : un effet direct ou majeur ; favorable,"
    " défavorable : un effet réel, mais second ; neutre : aucun effet sensible ; mixte : des"
    " effets dans les deux sens, que la raison nomme ; sans objet : la politique ne touche pas"
    " cette finalité ; non évalué : personne ne peut le dire.",
    "Où en est-on ?": "Absent : rien n’est fait ; commencé : décidé ou préparé ; partiel : fait"
    " pour une partie de la politique ; complet : fait pour toute la politique ; sans objet : ne"
    " la concerne pas ; non évalué : personne ne peut le dire.",
    "Votre note": "La vôtre, avec la même échelle que la note lue : effet sur une finalité, de"
    " très favorable à très défavorable ; élément de démarche, d’absent à complet.",
    "Votre raison": "En une phrase, sans nombre, si votre note diffère de celle que vous lisez.",
    "Pourquoi, en une phrase": "Ce qui fonde la note. Vous changez une note ? Dites aussi"
    " pourquoi. Sans nombre.",
    "Ce qui le montre": "Un fait, un document, une action du rapport. Sans nombre.",
    "Niveau": "Stratégique : ce que l’on vise à long terme ; opérationnel : ce que l’on fait pour"
    " cela.",
    "Point de départ": "La valeur d’où l’on part, dans l’unité de l’objectif.",
    "Année du périmètre": "L’année dont on prend les communes membres, au 1er janvier : les"
    " valeurs se comparent si elle est la même.",
    "Délai, en mois": "Combien de mois après la fin d’une période sa valeur est-elle connue ?",
    "Plus petit écart mesurable": "En dessous, une différence ne dit rien : incertitude, arrondi."
    " Dans l’unité de l’objectif.",
    "Année des prix": "Tous les montants du projet sont en euros de cette année, sans inflation.",
    "Taux d’actualisation": "Réel, hors inflation : celui que la collectivité retient.",
    "Quelle surface": "SDO : dans œuvre ; SU : utile ; SDP : de plancher ; SHON : hors œuvre nette"
    " ; SHAB : habitable.",
    "Hypothèses": "Hausse des prix, durée de vie, ce qui les fonde ; et si les montants sont hors"
    " taxes ou toutes taxes comprises : le même choix pour toutes les options.",
    "Poste": "Un poste par ligne : chaudière, électricité, contrat d’entretien…",
    "Montant en euros": "De l’année des prix, chaque fois qu’il revient, toujours positif, même"
    " pour une recette. Hors taxes ou toutes taxes, le même choix partout, à dire en «"
    " Hypothèses » (« Projets »). Vide : la quantité multipliée par le prix unitaire.",
    "Catégorie": "Subvention, recettes, valeur résiduelle : le montant s’écrit positif, il est"
    " déduit du coût.",
    "Fréquence": "Renouvellement : revient à chaque fin de la durée de vie.",
    "Première année (0 : départ)": "Comptée depuis le début du calcul : 0, 1, 2… et non 2031. Vide"
    " : 0 pour « une fois », 1 pour « chaque année », la durée de vie pour un renouvellement.",
    "Dernière année": "D’une dépense répétée, comptée comme la première : 20 pour la vingtième."
    " Vide : jusqu’à la fin du calcul.",
    "Durée de vie, en années": "D’un équipement à renouveler : tous les combien ?",
    "Hausse réelle, % par an": "De combien ce prix monte chaque année en plus de l’inflation. Vide"
    " : zéro.",
    "Montant le plus bas": "Si le montant n’est pas sûr : le plus petit que l’on puisse attendre.",
    "Montant le plus haut": "Si le montant n’est pas sûr : le plus grand que l’on puisse attendre."
,
    "kg de CO₂ par unité": "Émissions, en kg de CO₂ équivalent par unité de la quantité ; dire"
    " d’où vient le facteur en « Remarque ».",
    "Exigé par un texte ?": "Prescrit : une loi ou un contrat l’impose ; volontaire : sinon.",
}  # fmt: skip


def _declare(
    title: str,
    table: str,
    intro: str,
    given: Mapping[str, str],
    asked: Mapping[str, str],
    *,
    what: str = "",
    needs: Sequence[str] = (),
    choices: Mapping[str, tuple[str, ...]] | None = None,
    **rules: Any,
) -> ToolSheet:
    """A sheet. ``given``: columns and headings of what the form shows of a row that it asks, and
    that a service says of a row of its own; ``what``: heading of what else it shows. ``asked``:
    those of the answers, the main one first. ``needs``: what is expected with that, besides what
    the table requires; ``choices``: some of the codes of a column."""
    main, free = next(iter(asked)), rules.get("free_rows", 0)
    columns = []
    for name, heading in (given | asked).items():
        column = TABLES[table].column(name)
        column = column.but(codes=(choices or {}).get(name, column.codes))
        chosen = column.kind != "list" and bool(column.codes or column.refers)
        answer = "choice" if chosen else _ANSWERS.get(column.kind, "text")
        parts = [re.split(r" \(|, séparés par", column.description)[0], column.note.rstrip(".")]
        parts = [_HELP[heading].rstrip(".")] if heading in _HELP else parts
        parts += ["plusieurs : séparés par des points-virgules"] if column.kind == "list" else []
        parts += ["sans nombre écrit"] if name in REFERRING.get(table, ()) else []
        waits = ANY if column.required else ""
        is_needed = name in needs or (column.required and name not in rules.get("defaults", ()))
        columns.append(
            FormColumn(
                name,
                heading,
                _WIDTHS[answer],
                answer,
                column.codes if chosen else (),
                " ".join(f"{part[:1].upper()}{part[1:]}." for part in filter(None, parts)),
                f"{table}.{name}" if chosen and column.refers else "",
                waits if free and (name in given or name == main) else main if is_needed else "",
                given=name in given,
                open_list=not _GROWING.isdisjoint(ref.split(".")[0] for ref in column.refers),
            )
        )
    head = [FormColumn("code", CODE, 11), *([FormColumn("title", what, 32)] if what else [])]
    head += [*columns[: len(given)], FormColumn("now", "Ce que le dossier en dit", 30)]
    note = FormColumn("note", asked.get("note") or "Remarque", 22, "text")
    rules.setdefault("list_rows", lambda known: known.rows(table))
    rules.setdefault("find_service", lambda known, row: known.find_service(table, row))
    return ToolSheet(
        fold(title),
        title,
        (*head, *(c for c in columns[len(given) :] if c.key != "note"), note),
        "" if main == "note" else main,
        known_by=("code", *([] if given else ["title"]), *given, main),
        table=table,
        intro=intro,
        keeps_note="note" in asked,
        **rules,
    )


def _list_grid(known: RawRows, table: str, moments: Sequence[str]) -> Iterator[Row]:
    """Every policy × criterion × moment, rated or not."""
    for policy in sorted(known.rows("policies"), key=lambda row: row["order"]):
        for criterion in sorted(known.rows(table), key=lambda row: row["order"]):
            for moment in moments:
                yield {"subject": policy["id"], "criterion": criterion["id"], "moment": moment}


def _name_criterion(known: RawRows, row: Row) -> str:
    words = known.name_all("ratings", "criterion").get(row["criterion"], row["criterion"])
    return f"{words}, {row['moment']}" if row.get("moment") else words


def _name_rated(known: RawRows, row: Row) -> str:
    return f"{_name_criterion(known, row)}\n{GRID.describe(known, row)}"


def _find_reader(known: RawRows, row: Row) -> str:
    """The service that a row names as its second reader, by its id or its name."""
    reader = fold(row.get("reader") or "")
    own = (r["id"] for r in known.rows("services") if reader in (r["id"], fold(r["name"])))
    return next(own, "")


def _find_owner(known: RawRows, row: Row) -> str:
    """The service of an objective, else that of the first action that serves it."""
    links = (r for r in known.rows("objective_links") if r["objective"] == row.get("id"))
    linked = ((table, known.find(table, link["linked"])) for link in links for table in _SERVING)
    services = (known.find_service(table, found) for table, found in linked if found)
    return known.find_service("objectives", row) or next(filter(None, services), "")


def _list_lacking(known: RawRows) -> list[Row]:
    """The targets of an indicator of which something that is asked is not known."""
    asked = [column.key for column in LACKING.columns if column.answer and column.key != "note"]
    rows = (row for row in known.rows("targets") if row["indicator"])
    return [row for row in rows if any(row[name] in (None, "") for name in asked)]


def _name_target(known: RawRows, row: Row) -> str:
    indicator = known.find("indicators", row["indicator"])
    words = row["title"] or indicator.get("title", "")  # none of a step: it has no number
    if row["value"] is None:  # that of another indicator
        return french.typeset(words)
    unit = known.name("units")[indicator["unit"]]
    when = f", {french.format_period(None, row['date'])}" if row["date"] else ""
    value = LACKING.write(known, "value", row["value"])
    kind = row.get("kind") or "objectif"  # an aid to be used is none
    return french.typeset(f"{words}\n{kind[:1].upper()}{kind[1:]} : {value} {unit}{when}")


def _list_unrated(known: RawRows) -> list[Row]:
    """The largest lines of real spending that nobody has put under a finality or, where they are
    of investment, rated on all axes."""
    lines = [
        row
        for row in known.rows("accounts")
        if (row["flow"], row["movement"]) == (SPENT, REAL)
        if not row["finality"]
        or {f"axis_{n}" for n in AXES if not row[f"axis_{n}"]} - {*_list_closed_axes(known, row)}
    ]
    largest = sorted(lines, key=lambda row: -abs(row["amount_eur"]))[:_MOST_ACCOUNTS]
    return sorted(largest, key=lambda row: (_name_view(row), -abs(row["amount_eur"])))


def _list_closed_axes(known: RawRows, row: Row) -> list[str]:
    """The axes on which a line is not rated: all but of investment, those of later years."""
    begun = {
        axis["order"]
        for axis in known.rows("budget_axes")
        if axis["from_fiscal_year"] and axis["from_fiscal_year"] <= row["fiscal_year"]
    }
    asked = begun if row["budget_section"] == INVESTMENT else set()
    return [f"axis_{n}" for n in AXES if n not in asked]


def _name_view(row: Row) -> str:
    budget = f"Budget annexe {row['budget']}" if row["budget"] else "Budget principal"
    year = f"{row['stage']} {write_cell(row['fiscal_year'])}"
    return french.typeset(f"{budget}, {year}, {row['budget_section']}")


def _name_account(known: RawRows, row: Row) -> str:
    function = f"fonction {row['function']}" if row["function"] else ""
    loan = "remboursement d’emprunt" if row["account"].startswith("16") else ""
    parts = [f"compte {row['account']}", function, row["operation"], loan]
    return french.typeset(f"{row['label']}\n{', '.join(filter(None, parts))}")


def _name_axes(known: RawRows) -> dict[str, str]:
    axes = ((f"axis_{write_cell(row['order'])}", row) for row in known.rows("budget_axes"))
    return {name: f"Axe {name[-1]} : {french.typeset(row['title'])}" for name, row in axes}


#: What both sheets of ratings ask, and how.
_RATED = {
    "reason": "Pourquoi, en une phrase", "evidence": "Ce qui le montre", "author": "Qui note",
    "date": "Noté le",
}  # fmt: skip
_RATING = {
    "needs": ["reason"], "name": _name_criterion, "group": "subject",
    "defaults": {"author": OWN_NAME, "date": SAVED},
}  # fmt: skip
GRID = _declare(
    "Grille",
    "ratings",
    "l’effet de chacune de vos politiques sur les cinq finalités, avec sa raison en une phrase ;"
    " « non évalué » si personne ne peut le dire.",
    {},
    {"rating": "Effet"} | _RATED,
    what="Finalité",
    choices={"rating": FINALITY_RATINGS},
    list_rows=lambda known: _list_grid(known, "finalities", [""]),
    **_RATING,
)
APPROACH = _declare(
    "Démarche",
    "ratings",
    "comment vos politiques sont faites, à trois moments, avec une raison en une phrase.",
    {},
    {"rating": "Où en est-on ?"} | _RATED,
    what="Élément de démarche",
    choices={"rating": ELEMENT_RATINGS},
    list_rows=lambda known: _list_grid(known, "elements", MOMENTS),
    **_RATING,
)
SECOND_READING = _declare(
    "Seconde lecture",
    "ratings",
    "votre propre note de ce qu’un autre service a noté, et votre raison si elle diffère ; les"
    " écarts sont discutés, aucun n’est tranché ici.",
    {},
    {"reader_rating": "Votre note", "reader_reason": "Votre raison", "reader_date": "Lu le"},
    what="Ce qui est noté, et comment",
    list_rows=lambda known: [row for row in known.rows("ratings") if row["reader"]],
    find_service=_find_reader,
    name=_name_rated,
    group="subject",
    sourced=(),
    defaults={"reader_date": SAVED},
)
OBJECTIVES = _declare(
    "Objectifs",
    "objectives",
    "le document qui les écrit, et s’ils sont adoptés ; les vôtres qui manquent, à la suite.",
    {"title": "Objectif"},
    {"status": "Adopté ?", "document": "Document où il est écrit", "chapter": "Finalité",
     "kind": "Niveau", "parent": "Objectif stratégique dont il relève", "note": ""},
    free_rows=6,
    tool="objectifs",
    find_service=_find_owner,
    defaults={"owner": OWN_ID},
)  # fmt: skip
LACKING = _declare(
    "Cibles",
    "targets",
    "ce qui manque aux objectifs chiffrés pour qu’on puisse en suivre le chemin.",
    {},
    {"baseline": "Point de départ", "baseline_date": "Date du point de départ",
     "perimeter": "Année du périmètre", "lag_months": "Délai, en mois",
     "resolution": "Plus petit écart mesurable"},
    what="Objectif chiffré",
    list_rows=_list_lacking,
    name=_name_target,
    sourced=("baseline_source", "baseline_locator"),
)  # fmt: skip
PROJECTS = _declare(
    "Projets",
    "projects",
    "ce dont part le calcul de leur coût global ; un projet nouveau se déclare sur une ligne libre,"
    " puis se nomme tel quel dans « Options » et « Coûts ».",
    {"title": "Projet"},
    {"period_years": "Durée, en années", "price_year": "Année des prix", "taxes": "HT ou TTC",
     "rate": "Taux d’actualisation", "area_m2": "Surface en m²", "area_kind": "Quelle surface",
     "assumptions": "Hypothèses"},
    free_rows=4,
    tool="projets",
    defaults={"services": OWN_ID},
)  # fmt: skip
OPTIONS = _declare(
    "Options",
    "project_options",
    "les solutions à comparer pour vos projets.",
    {"project": "Projet", "title": "Option"},
    {"note": "Ce qui la distingue"},
    free_rows=6,
    tool="projets",
    own=("project",),
    sourced=(),
)
COSTS = _declare(
    "Coûts",
    "project_costs",
    "ce que coûte chaque option, de l’étude à la fin de vie, en euros de l’année des prix ; un"
    " montant, ou une quantité et son prix unitaire.",
    {"project": "Projet", "option": "Option", "item": "Poste",
     "first_year": "Première année (0 : départ)"},
    {"amount_eur": "Montant en euros", "quantity": "Quantité", "unit": "Unité",
     "unit_price_eur": "Prix unitaire en euros", "category": "Catégorie", "kind": "Fréquence",
     "last_year": "Dernière année", "life_years": "Durée de vie, en années",
     "drift_pct": "Hausse réelle, % par an",
     "amount_low_eur": "Montant le plus bas", "amount_high_eur": "Montant le plus haut",
     "carbon_kg": "kg de CO₂ par unité", "note": ""},
    free_rows=30,
    tool="projets",
    own=("project", "option"),
)  # fmt: skip
DOCUMENTS = _declare(
    "Documents",
    "documents_used",
    "les évaluations, bilans et plans dont le rapport fait la synthèse.",
    {"title": "Document"},
    {"kind": "Nature", "obligation": "Exigé par un texte ?", "producer": "Qui l’a fait",
     "publication": "Date", "chapters": "Chapitres qui s’en servent", "note": ""},
    free_rows=10,
    tool="documents",
)  # fmt: skip
DIGITAL = _declare(
    "Numérique",
    "digital",
    "le bilan de la stratégie numérique responsable : son état, ses indicateurs, ses mesures, ses"
    " moyens, ce qui manque, l’année qui vient.",
    {"title": "Intitulé"},
    {"summary": "Ce qui en est dit", "block": "Partie du bilan", "theme": "Objectif"},
    free_rows=15,
    choices={"block": tuple(block for block in DIGITAL_BLOCKS if block != MEASURED)},
    tool="numérique",
    defaults={"service": OWN_ID},
)
ACCOUNTS = _declare(
    "Comptes",
    "accounts",
    "la finalité des plus grandes dépenses qui n’en ont pas et, pour l’investissement, leur effet"
    " sur les axes demandés cette année-là ; une case grise n’est pas demandée. Le reste vient de"
    " l’export de votre logiciel, à envoyer tel quel.",
    {"amount_eur": "Montant en euros"},
    {"finality": "Finalité", "policy": "Politique"}
    | {f"axis_{n}": f"Axe {n}" for n in AXES}
    | {"reason": "Pourquoi"},
    what="Ligne de compte",
    list_rows=_list_unrated,
    find_service=lambda known, row: "",
    name=_name_account,
    group=_name_view,
    headings=_name_axes,
    list_closed=_list_closed_axes,
    tool="comptes",
    sourced=("rating_source",),
    defaults={"rated_by": OWN_NAME},
)
CONTRIBUTIONS = _declare(
    "Agenda 2030",
    "contributions",
    "ce que vos actions apportent aux dix-sept objectifs de développement durable.",
    {"action": "Action", "goal": "Objectif"},
    {"reason": "En quoi l’action y contribue"},
    free_rows=12,
    own=("action",),
)
TOOL_SHEETS = (
    *(GRID, APPROACH, SECOND_READING, OBJECTIVES, LACKING, CONTRIBUTIONS, PROJECTS, OPTIONS),
    *(COSTS, DOCUMENTS, DIGITAL, ACCOUNTS),
)


def _get_sheet(title: str) -> ToolSheet:
    return next(sheet for sheet in TOOL_SHEETS if sheet.title == title)

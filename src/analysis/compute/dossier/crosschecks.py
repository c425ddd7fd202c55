"""Checks between tables: codes that must exist elsewhere, keys across files, periods, units, parts.

Every check takes the typed tables and yields faults; none changes anything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.characters import simplify_letters
from analysis.base.csvtext import write_cell
from analysis.base.lists import join_list, split_list
from analysis.compute.dossier.asked_periods import parse_asked_period
from analysis.compute.dossier.cells import CellError, read_partial_date
from analysis.compute.national.peers import find_rule_faults
from analysis.model.decisions import DECISION_FIELDS, list_filled
from analysis.model.followups import FOLLOWED
from analysis.model.formulas import find_cycles
from analysis.model.milestones import DONE, RUNNING
from analysis.model.references import MONEY
from analysis.model.schema import (
    CHECK_KIND,
    COLUMNS,
    COMPUTED_INDICATORS,
    EVERY_YEAR,
    MEMBERS_INDICATOR,
    NEVER,
    ONCE,
    PAGE_ANCHORS,
    REVIEWED_PAGES,
    STRATEGIC,
    TABLES,
    Fault,
    Table,
    suggest,
)
from analysis.model.schema.columns import (
    ELEMENT_RATINGS,
    FINALITY_RATINGS,
    MOMENTS,
    OFF_TOPIC,
    UNRATED,
)
from analysis.model.store import name_communes


@dataclass(frozen=True)
class TypedRow:
    """A row of a raw file, ``number`` as in a spreadsheet: its cells by column, and its faults."""

    file: str
    number: int
    cells: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    @property
    def year(self) -> int:
        """The year of the folder that holds the file."""
        return int(self.file.split("/")[0])

    def fault(
        self, column: str, problem: str, expected: str = "", value: str | None = None
    ) -> Fault:
        """A fault of a cell; ``value`` is what is shown of it, as it was read where None."""
        if value is None:
            dated = column in COLUMNS and COLUMNS[column].kind == "date"
            value = write_cell(COLUMNS[column].read_date(self.cells) if dated else self[column])
        return Fault(self.file, self.number, column, value, problem, expected)


@dataclass
class Loaded:
    """What was read of a dossier for one edition, before it is known to be valid.

    ``tables``: name → frame (history tables joined). ``parts``: (name, file, frame) for each file
    read. ``other_actions``, ``other_planned`` (short-term actions) and ``other_values``: ids seen
    in the folders of other editions, which have their charts in common; ``earlier``: actions,
    short-term actions and improvements of the earlier ones, by ``table.id``.
    """

    year: int
    raw: Path
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    parts: list[tuple[Table, str, pd.DataFrame]] = field(default_factory=list)
    territory: dict[str, Any] = field(default_factory=dict)
    charts: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    geojson: dict[str, Any] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    other_actions: set[str] = field(default_factory=set)
    other_planned: set[str] = field(default_factory=set)
    other_values: set[str] = field(default_factory=set)
    earlier: dict[str, set[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # tables that could not be read at all
    lost: dict[str, set[str]] = field(default_factory=dict)  # table → ids of rows not read

    def codes(self, key: str) -> set[str]:
        """Known codes of ``table.column``."""
        table, column = key.split(".")
        known = set(self.tables[table][column].dropna().astype(str)) - {""}
        if column == TABLES[table].header[0]:
            known |= self.lost.get(table, set())
        # What an edition no longer announces may still be cited by its amounts or its charts.
        known |= self.earlier.get(key, set())
        return known | self.other_actions if key == "actions.id" else known

    def files(self, *names: str) -> Iterator[tuple[str, pd.DataFrame]]:
        """File name and frame of each file read of the tables named."""
        for table, file, frame in self.parts:
            if table.name in names:
                yield file, frame

    def rows(self, *names: str) -> Iterator[TypedRow]:
        """Each row read of the tables named, in the order of the files."""
        for file, frame in self.files(*names):
            columns = [frame[name].tolist() for name in frame.columns]
            for number, *cells in zip(frame.index, *columns, strict=True):
                yield TypedRow(file, number, dict(zip(frame.columns, cells, strict=True)))

    def read_catalogue(self) -> dict[str, dict[str, Any]]:
        """Rows of indicators.csv by id, the first where an id stands twice."""
        rows = self.tables["indicators"].drop_duplicates("id").to_dict("records")
        return {row["id"]: row for row in rows}


def check_codes(loaded: Loaded) -> Iterator[Fault]:
    """Codes that refer to another table and are not found there."""
    known: dict[tuple[str, ...], set[str]] = {}
    for table, file, frame in loaded.parts:
        for column in table.columns:
            tables = {key.split(".")[0] for key in column.refers}
            if not column.refers or loaded.unread & tables:
                continue  # a table that could not be read is already reported
            if column.refers not in known:
                known[column.refers] = set().union(*map(loaded.codes, column.refers))
            codes = known[column.refers] | set(column.besides)
            absent = name_absence(*(key.split(".")[0] for key in column.refers))
            for row, cell in frame[column.name].items():
                cell = "" if pd.isna(cell) else str(cell)  # a number too may be a code
                for code in split_list(cell) if column.kind == "list" else [cell]:
                    if not code or code in codes:
                        continue
                    hint = other_separator(code, codes) if column.kind == "list" else None
                    hint = hint or (absent, suggest(code, codes))
                    yield Fault(file, row, column.name, code, *hint)


def name_absence(*tables: str) -> str:
    """What is wrong with a code that none of these tables has."""
    return "code absent de " + " ou ".join(f"{table}.csv" for table in tables)


def other_separator(text: str, known: Iterable[str]) -> tuple[str, str] | None:
    """Problem and expectation of a list written « 7;13 », some of whose items are known."""
    parts = [part for piece in re.split(r"[;,\n]", text) if (part := piece.strip())]
    if len(parts) < 2 or not set(parts) & set(known):
        return None
    return (
        "liste dont le séparateur n’est pas « | »",
        f"Attendu : des éléments séparés par « | », comme « {join_list(parts)} ».",
    )


#: Ids that pages of the report have: their headings and those of chapters and actions are places of
#: one book. Whole families where a page has a heading for each chapter, policy, project…
_PAGE_IDS = "|".join(label.removeprefix("sec-") for label in PAGE_ANCHORS) + (
    "|avant-propos|en-bref|methode|pourquoi|tableau-de-bord|budget-(annexe|croise-.*)|profil-.*"
    "|loi-(autour|documents)|numerique-(demande|[0-9]+)|(annexes|changements|synthese)(-.*)?"
    "|accueil-(chapitres|decider|inconnu|nouveau|progresse|recule|telecharger)|cout-global-.*"
    "|credits(-(accessibilite|contributions|fabrication))?|portrait(-(communes|situation))?"
    "|grille-(defavorables|demarche|desaccords|euros|finalites)"
    "|objectifs-(cibles|exemple|maillons|natures)"
)
#: Names of pages and notebooks, which those of chapters stand beside.
_FILE_NAMES = "|".join(REVIEWED_PAGES) + "|index|calculs-.*"


def is_place(id: str, chapters: Collection[str], sections: Collection[str]) -> bool:
    """Whether the report has a heading of that id: a chapter's own is one of an action's."""
    own = {f"{chapter}-{part}" for chapter in chapters for part in ("essentiel", *sections)}
    own |= {f"{page}-{chapter}" for page in ("notes", "objectifs") for chapter in chapters}
    return id in own or re.fullmatch(_PAGE_IDS, id) is not None


def check_page_ids(loaded: Loaded) -> Iterator[Fault]:
    """A chapter, an action, an improvement may not take the id of a page; a chapter, whose page
    bears its name, nor that of a file; the others, nor that of a chapter."""
    chapters = loaded.codes("finalities.id") | loaded.codes("approach.id")
    sections = loaded.codes("sections.id")
    for row in loaded.rows("finalities", "approach", "actions", "improvements"):
        names = row.file.startswith("reference/")
        other = re.fullmatch(_FILE_NAMES, row["id"]) if names else row["id"] in chapters
        if other or is_place(row["id"], chapters, sections):
            expected = f"Attendu : un autre, comme « {row['id']}-territoire »."
            yield row.fault("id", "identifiant déjà pris par une page du rapport", expected)


def check_shared_ids(loaded: Loaded) -> Iterator[Fault]:
    """A chapter's id, an action's id… may not name two things of different tables."""
    rated = ("finalities", "elements")
    for names in (("finalities", "approach"), rated, (*FOLLOWED, "milestones", "policies")):
        seen: dict[str, str] = {}
        for row in loaded.rows(*names):
            first = seen.setdefault(row["id"], row.file)
            if first != row.file:
                problem = f"identifiant déjà pris dans {first}"
                yield row.fault("id", problem, "Un identifiant ne désigne qu’une chose.")


#: What a chapter of each kind is made of: the sections that its page is written by.
_SECTIONS = {
    "finalité": ("politiques", "interne", "court-terme", "analyse", "decisions"),
    "démarche": ("fonctionnements", "analyse", "decisions"),
}


def check_sections(loaded: Loaded) -> Iterator[Fault]:
    """Each section of a chapter has its title."""
    known = {(row["kind"], row["id"]) for row in loaded.rows("sections")}
    for kind, ids in _SECTIONS.items() if "sections" not in loaded.unread else ():
        if lacking := [id for id in ids if (kind, id) not in known]:
            yield Fault.of_file(
                TABLES["sections"].file(),
                f"sections manquantes pour « {kind} » : {', '.join(lacking)}",
                f"Une ligne pour chacune : {', '.join(ids)}.",
            )


def check_followups(loaded: Loaded) -> Iterator[Fault]:
    """What is followed up is known, in this edition or an earlier one."""
    names = (*FOLLOWED, "milestones")
    if loaded.unread & set(names):
        return
    own: set[str] = set().union(*(loaded.tables[name]["id"] for name in names))
    known = own.union(*loaded.earlier.values(), *(loaded.lost.get(name, ()) for name in names))
    for row in loaded.rows("followups"):
        if row["id"] and row["id"] not in known:
            yield row.fault(
                "id",
                "ni action, ni action à court terme, ni piste, ni échéance, de cette édition ou"
                " d’une antérieure",
                suggest(row["id"], known),
            )


def check_ratings(loaded: Loaded) -> Iterator[Fault]:
    """A rating on the scale of its criterion, with a moment where that is an element and there
    alone, with a reason where it says something; a second reader who is another, says all, after
    the first."""
    elements, finalities = loaded.codes("elements.id"), loaded.codes("finalities.id")
    begun = loaded.tables["finality_wordings"]["valid_from"].min()
    for row in loaded.rows("ratings"):
        if row["criterion"] not in elements | finalities:
            continue  # reported with the column
        scale = ELEMENT_RATINGS if row["criterion"] in elements else FINALITY_RATINGS
        kind = "un élément de démarche" if scale is ELEMENT_RATINGS else "une finalité"
        for column in ("rating", "reader_rating"):
            if row[column] in {*FINALITY_RATINGS, *ELEMENT_RATINGS} - {*scale}:
                yield row.fault(column, f"note qui n’est pas celle d’{kind}", suggest("", {*scale}))
        if bool(row["moment"]) != (scale is ELEMENT_RATINGS):
            problem = f"{kind} sans moment" if scale is ELEMENT_RATINGS else f"moment d’{kind}"
            moments = ", ".join(f"« {moment} »" for moment in MOMENTS)
            expected = f"Attendu : un moment ({moments}) pour un élément, rien pour une finalité."
            yield row.fault("moment", problem, expected)
        if not row["reason"] and row["rating"] not in (OFF_TOPIC, UNRATED):
            yield row.fault("reason", "note sans raison", "Attendu : une phrase qui la justifie.")
        if pd.notna(row["date"]) and pd.notna(begun) and row["date"] < begun:
            problem = "note antérieure aux finalités du développement durable"
            yield row.fault("date", problem, f"Attendu : une date après le {begun:%d/%m/%Y}.")
        yield from _check_reader(row)


def _check_reader(row: TypedRow) -> Iterator[Fault]:
    """What a second reader says: all of it, or a name alone, of who is asked to read."""
    dated = pd.notna(row["reader_date"])
    said = {"reader": row["reader"], "reader_rating": row["reader_rating"], "reader_date": dated}
    if not any([row["reader_rating"], row["reader_reason"], dated]):
        said = {}
    for name, cell in said.items():
        if not cell:
            expected = "Attendu : qui relit, sa note et sa date ; ou son nom seul, s’il n’a pas lu."
            yield row.fault(name, "seconde lecture incomplète", expected)
    other = row["reader_rating"] not in ("", row["rating"])
    if other and not row["reader_reason"]:
        expected = (
            "Attendu : une phrase, pour qu’on en discute ; si la note a changé depuis, vider la"
            " seconde lecture, sauf reader : elle est à refaire."
        )
        yield row.fault("reader_reason", "désaccord sans raison", expected)
    if row["reader"] and simplify_letters(row["reader"]) == simplify_letters(row["author"]):
        yield row.fault("reader", "second lecteur qui est l’auteur", "Attendu : quelqu’un d’autre.")
    if pd.notna(row["reader_date"]) and row["reader_date"] < row["date"]:
        expected = (
            "Attendu : le jour de la note, ou un jour d’après ; si la note a changé depuis, vider"
            " la seconde lecture, sauf reader."
        )
        yield row.fault("reader_date", "seconde lecture antérieure à la note", expected)


def check_places(loaded: Loaded) -> Iterator[Fault]:
    """Every place stands in a commune that was a member at some time of the folder's year."""
    if "communes" in loaded.unread:
        return
    communes = loaded.tables["communes"]
    first, last = f"{loaded.year}-01-01", f"{loaded.year}-12-31"
    joined = ~(communes["member_from"] > last).fillna(False)
    left = (communes["member_to"] < first).fillna(False)
    members = {*communes.loc[joined & ~left, "insee"], *loaded.lost.get("communes", ()), ""}
    names = name_communes(communes, loaded.year)
    for row in loaded.rows("places"):
        code = row["insee"]
        if code in members:
            continue
        if code in names:
            yield row.fault(
                "insee",
                f"{names[code]} n’est pas une commune membre en {loaded.year}",
                "Vérifier le code, ou les dates d’appartenance dans communes.csv.",
            )
        else:
            expected = _suggest_commune(code, names, communes)
            yield row.fault("insee", "commune absente de communes.csv", expected)


def check_communes(loaded: Loaded) -> Iterator[Fault]:
    """The rows of one commune (it left and came back, it took another name) follow each other."""
    before: dict[str, TypedRow] = {}
    rows = [row for row in loaded.rows("communes") if row["insee"]]
    for row in sorted(rows, key=lambda row: _order_day(row["member_from"], first=True)):
        earlier = before.get(row["insee"])
        before[row["insee"]] = row
        if earlier and _order_day(earlier["member_to"]) >= _order_day(row["member_from"], True):
            yield row.fault(
                "member_from",
                f"commune déjà décrite à cette date par la ligne {earlier.number}"
                f" (« {earlier['name']} »)",
                "Une commune qui change de nom, ou qui revient, a une ligne par nom et par"
                " adhésion : la précédente s’achève (member_to) la veille au plus tard.",
            )


def _order_day(day: Any, first: bool = False) -> pd.Timestamp:
    """A day as one that can be compared: an open start before all, an open end after all."""
    return day if pd.notna(day) else pd.Timestamp.min if first else pd.Timestamp.max


def _suggest_commune(text: str, names: Mapping[str, str], communes: pd.DataFrame) -> str:
    """The code of a commune that was named, by whatever name it bore, the names closest to what was
    typed, or close codes."""
    expected = "Attendu : le code INSEE d’une commune membre."
    for code, name in zip(communes["insee"], communes["name"], strict=True):
        if simplify_letters(name) == simplify_letters(text):
            return f"Écrire « {code} », le code INSEE de {names[code]}."
    folded = {simplify_letters(name): f"{code} ({name})" for code, name in names.items()}
    near = difflib.get_close_matches(simplify_letters(text), list(folded), n=3, cutoff=0.6)
    if near:
        return f"{expected} Vouliez-vous dire {' ou '.join(folded[name] for name in near)} ?"
    close = difflib.get_close_matches(text, list(names), n=3, cutoff=0.7)
    shown = " ou ".join(f"{code} ({names[code]})" for code in close)
    return f"{expected} Vouliez-vous dire {shown} ?" if close else expected


def check_catalogue(loaded: Loaded) -> Iterator[Fault]:
    """A derived indicator with values, a measured one without any that nobody is asked for, a typed
    population."""
    if "indicators" in loaded.unread:
        return
    catalogue = loaded.read_catalogue()
    lost = (loaded.lost.get(name, ()) for name in ("observations", "budget"))
    measured = loaded.other_values.union(*lost)
    own = loaded.territory.get("id")
    for row in loaded.rows("observations", "budget"):
        indicator = row["indicator"]
        measured.add(indicator)
        if indicator not in catalogue:
            continue
        if catalogue[indicator]["formula"]:
            yield row.fault(
                "indicator",
                "indicateur dérivé qui a aussi une valeur saisie",
                "Retirer la formule dans indicators.csv, ou cette ligne.",
            )
        if indicator in COMPUTED_INDICATORS and row.cells.get("territory", own) == own:
            problem = "population du territoire saisie à la main"
            expected = "Elle est calculée à partir de reference/population.csv"
            if indicator == MEMBERS_INDICATOR:
                problem = "nombre de communes membres saisi à la main"
                expected = "Il est compté dans reference/communes.csv"
            yield row.fault("indicator", problem, f"{expected} : retirer cette ligne.")
    if loaded.unread & {"observations", "budget"}:
        return
    measured |= {*COMPUTED_INDICATORS, *loaded.codes("requests.indicator")}
    measured |= loaded.codes("cost_breakdowns.indicator")
    for row in loaded.rows("indicators"):
        if row["formula"] or row["id"] in measured or row["asked"] in (EVERY_YEAR, ONCE):
            continue
        yield row.fault(
            "id",
            "indicateur sans valeur ni formule",
            "Une ligne d’observations.csv ou de budget.csv, une formule, ou « chaque année » dans"
            " asked, attendue.",
        )


def check_asked(loaded: Loaded) -> Iterator[Fault]:
    """What the catalogue says is asked: of measured indicators alone, for a period that suits
    them."""
    for row in loaded.rows("indicators"):
        said = [name for name in ("asked", "asked_of", "asked_period") if row[name]]
        if said and (row["formula"] or row["id"] in COMPUTED_INDICATORS):
            yield row.fault(
                said[0],
                "demande d’un indicateur calculé",
                "Il n’est demandé à personne : laisser asked, asked_of et asked_period vides.",
            )
            continue
        if said and row["asked"] in ("", NEVER):
            for name in (name for name in said if name != "asked"):
                yield row.fault(
                    name,
                    "précision d’une valeur qui n’est pas demandée",
                    f"Remplir asked (« {EVERY_YEAR} » ou « {ONCE} »), ou laisser vide.",
                )
            continue
        if row["asked_period"]:
            try:
                asked = parse_asked_period(row["asked_period"])
            except ValueError as error:
                yield row.fault("asked_period", "période demandée illisible", str(error))
                continue
            if row["measure"] == "stock" and not asked.is_state:
                expected = "Attendu : une date, comme « fin N » (un stock est un état à une date)."
                yield row.fault("asked_period", "durée demandée pour un stock", expected)
            if row["measure"] == "flux" and asked.is_state:
                expected = "Attendu : une durée, comme « N » ou « N-1 » (un flux a deux dates)."
                yield row.fault("asked_period", "date demandée pour un flux", expected)


def check_units(loaded: Loaded) -> Iterator[Fault]:
    """Observed units equal the catalogue's; amounts belong to indicators counted in money."""
    if "indicators" in loaded.unread:
        return
    units = {id: entry["unit"] for id, entry in loaded.read_catalogue().items()}
    for row in loaded.rows("observations"):
        unit = units.get(row["indicator"])
        if unit and row["unit"] and row["unit"] != unit:
            expected = f"Attendu : « {unit} » pour « {row['indicator']} » (indicators.csv)."
            yield row.fault("unit", "unité différente du catalogue", expected)
    for row in loaded.rows("budget"):
        unit = units.get(row["indicator"], MONEY)
        if unit != MONEY:
            problem = f"montant d’un indicateur compté en « {unit} »"
            yield row.fault("indicator", problem, f"Attendu : un indicateur d’unité « {MONEY} ».")


#: First and last column of the periods of each table.
_SPANS = (
    ("observations", "period_start", "period_end"),
    ("budget", "fiscal_year", "fiscal_year_end"),
    ("requests", "period_start", "period_end"),
    ("revisions", "period_start", "period_end"),
    ("planned", "due_start", "due_end"),
    ("milestones", "date_start", "date_end"),
    ("communes", "member_from", "member_to"),
    ("finality_wordings", "valid_from", "valid_to"),
    ("targets", "baseline_date", "date"),
)


def check_periods(loaded: Loaded) -> Iterator[Fault]:
    """A stock with a start, a flow with one date, an end before its start."""
    known = "indicators" not in loaded.unread
    catalogue = loaded.read_catalogue() if known else {}
    for row in loaded.rows("observations"):
        start, end = pd.notna(row["period_start"]), pd.notna(row["period_end"])
        measure = catalogue.get(row["indicator"], {}).get("measure")
        if measure == "stock" and start:
            yield row.fault(
                "period_start",
                "un stock n’a pas de début de période",
                "Laisser vide : un stock est un état à la date period_end.",
            )
        elif start != end and (measure == "flux" or start):
            yield row.fault(
                "period_end" if start else "period_start",
                "période à moitié datée",
                "Un flux a ses deux dates, ou aucune si la source n’en donne pas.",
            )
    for name, first, last in _SPANS:
        for row in loaded.rows(name):
            if pd.notna(row[first]) and pd.notna(row[last]) and row[last] < row[first]:
                yield row.fault(last, "fin antérieure au début", f"Attendu : après {first}.")
    for row in loaded.rows("budget"):
        if pd.isna(row["fiscal_year"]) and pd.notna(row["fiscal_year_end"]):
            yield row.fault(
                "fiscal_year",
                "dernier exercice sans premier exercice",
                "Remplir fiscal_year, ou laisser les deux vides.",
            )


def _check_target(row: TypedRow, catalogue: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    if bool(row["indicator"]) == bool(row["entry"]):
        yield row.fault(
            "entry",
            "un indicateur et une étape" if row["entry"] else "ni indicateur, ni étape",
            "Remplir indicator (un nombre à atteindre) ou entry (une étape à faire).",
        )
    elif row["indicator"] and pd.notna(row["value"]) == bool(row["value_of"]):
        yield row.fault(
            "value",
            "un nombre et un indicateur" if row["value_of"] else "objectif sans nombre",
            "Remplir value, ou value_of (l’indicateur qui donne la valeur à atteindre).",
        )
    units = [catalogue.get(row[name], {}).get("unit") for name in ("indicator", "value_of")]
    if None not in units and units[0] != units[1]:
        yield row.fault("value_of", "unité différente de celle de l’indicateur", units[0] or "")
    if pd.notna(row["date"]) and pd.notna(row["duration_years"]):
        yield row.fault(
            "duration_years", "une échéance et une durée", "Garder l’échéance, si elle est donnée."
        )


def check_targets(loaded: Loaded) -> Iterator[Fault]:
    """A target that is neither a number nor a step, or both; a starting point with a date and no
    value; a target of an indicator that several other territories have and the report's own has
    not."""
    catalogue = {} if "indicators" in loaded.unread else loaded.read_catalogue()
    places: dict[str, set[str]] = {}
    for row in loaded.rows("observations"):
        places.setdefault(row["indicator"], set()).add(row["territory"])
    for row in loaded.rows("targets"):
        yield from _check_target(row, catalogue)
        if pd.isna(row["baseline"]) and pd.notna(row["baseline_date"]):
            yield row.fault(
                "baseline",
                "point de départ daté, mais sans valeur",
                "Remplir baseline, ou laisser les deux vides.",
            )
        known = places.get(row["indicator"], set())
        if len(known) > 1 and loaded.territory.get("id") not in known:
            yield row.fault(
                "indicator",
                "objectif d’un indicateur que seuls d’autres territoires renseignent",
                "Un objectif est celui du territoire : saisir sa valeur, ou retirer la ligne.",
            )


def check_objectives(loaded: Loaded) -> Iterator[Fault]:
    """An objective below another is an operational one of the same chapter, below a strategic
    one."""
    kinds = {row["id"]: (row["kind"], row["chapter"]) for row in loaded.rows("objectives")}
    for row in loaded.rows("objectives"):
        if row["parent"] not in kinds:
            continue  # none, or one that is reported
        if row["kind"] == STRATEGIC or kinds[row["parent"]] != (STRATEGIC, row["chapter"]):
            yield row.fault(
                "parent",
                "un objectif stratégique sous un autre"
                if row["kind"] == STRATEGIC
                else "ce n’est pas un objectif stratégique de la même finalité",
                "Attendu : rien pour un objectif stratégique, et pour un objectif opérationnel"
                f" un objectif « {STRATEGIC} » de la finalité « {row['chapter']} ».",
            )


def check_not_later(loaded: Loaded) -> Iterator[Fault]:
    """What is measured or spent ends at the latest with the year of the folder that holds it."""
    for row in loaded.rows("observations"):
        measured = row["status"] in ("définitif", "provisoire")
        if measured and pd.notna(row["period_end"]) and row["period_end"].year > row.year:
            yield row.fault(
                "period_end",
                f"période qui s’achève après l’année du dossier {row.year}",
                f"Attendu : une date jusqu’au 31/12/{row.year}, ou le statut « prévisionnel ».",
            )
    for row in loaded.rows("budget"):
        years = {c: row[c] for c in ("fiscal_year", "fiscal_year_end") if pd.notna(row[c])}
        later = [column for column, year in years.items() if year > row.year]
        if row["stage"] == "réalisé" and later:
            yield row.fault(
                later[0],
                f"montant réalisé d’un exercice postérieur au dossier {row.year}",
                f"Attendu : une année jusqu’à {row.year}, ou une autre étape (prévu, engagé…).",
            )


def check_milestones(loaded: Loaded) -> Iterator[Fault]:
    """What its source says is done, or running, was so when the source was published (at the end of
    the edition's year where that is later)."""
    if "sources" in loaded.unread:
        return
    published = dict(loaded.tables["sources"][["id", "publication"]].itertuples(index=False))
    for row in loaded.rows("milestones"):
        known = max(date(row.year, 12, 31), _read_publication(published.get(row["source"], "")))
        days = [row[name].date() for name in ("date_start", "date_end") if pd.notna(row[name])]
        day = f"{known:%d/%m/%Y}"
        if row["status"] == DONE and days and days[-1] > known:
            yield row.fault(
                "status",
                f"étape dite faite, qui s’achève après le {day}",
                "Attendu : « en cours » si elle a commencé, « prévu » sinon ; ou une autre date.",
            )
        elif row["status"] == RUNNING and days and days[0] > known:
            yield row.fault(
                "status",
                f"étape dite en cours, qui commence après le {day}",
                "Attendu : « prévu », ou une autre date.",
            )


def _read_publication(text: str) -> date:
    """The last day on which a source may have been published, as far as sources.csv says."""
    try:
        return read_partial_date(text, starts=False)
    except CellError:
        return date.min


def check_one_stage(loaded: Loaded) -> Iterator[Fault]:
    """An indicator of money has one stage and one payer, in all its rows."""
    first: dict[tuple[str, str], TypedRow] = {}
    for row in loaded.rows("budget"):
        for column in ("stage", "payer"):
            known = first.setdefault((row["indicator"], column), row)
            if row[column] != known[column]:
                yield row.fault(
                    column,
                    f"« {row['indicator']} » a déjà « {known[column]} » ({known.file}, ligne"
                    f" {known.number})",
                    "Chaque étape et chaque financeur d’un montant est son propre indicateur.",
                )


def check_parts(loaded: Loaded) -> Iterator[Fault]:
    """Relations between a whole and its parts that cannot be right, whatever the values: unlike
    units, two rules of addition for a breakdown, a whole within itself.

    Whether the values obey is not asked here: a source may break its own sums.
    """
    units = {id: entry["unit"] for id, entry in loaded.read_catalogue().items()}
    first: dict[tuple[str, str], TypedRow] = {}
    inside: dict[str, set[str]] = {}
    for row in loaded.rows("parts"):
        whole, part = units.get(row["whole"]), units.get(row["part"])
        if row["whole"] == row["part"]:
            yield row.fault(
                "part",
                "un tout donné comme sa propre partie",
                "Une partie est un autre indicateur que le tout.",
            )
        elif whole and part and whole != part:
            yield row.fault(
                "part",
                f"partie comptée en « {part} », tout compté en « {whole} »",
                "Une partie et son tout ont la même unité (indicators.csv).",
            )
        else:
            inside.setdefault(row["whole"], set()).add(row["part"])
        if row["addition"] not in COLUMNS["addition"].codes:
            continue  # reported with the column
        known = first.setdefault((row["whole"], row["breakdown"]), row)
        if row["addition"] != known["addition"]:
            yield row.fault(
                "addition",
                f"le découpage « {row['breakdown']} » a déjà « {known['addition']} » (ligne"
                f" {known.number})",
                "Toutes les parties d’un même découpage s’additionnent de la même façon.",
            )
    cycles = find_cycles(inside)
    for row in loaded.rows("parts"):
        cycle = cycles.get(row["whole"], [])
        if row["part"] in cycle and row["whole"] != row["part"]:
            yield row.fault(
                "part",
                f"tout et parties en cercle : {' → '.join(cycle)}",
                "Un tout ne peut pas être une partie de ses propres parties.",
            )


def check_commune_outlines(loaded: Loaded, codes: list[str]) -> Iterator[Fault]:
    """Areas of the map that are no commune of communes.csv."""
    if "communes" in loaded.unread:
        return
    known = loaded.codes("communes.insee")
    for rank, code in enumerate(codes, 1):
        if code not in known:
            yield Fault(
                "reference/communes.geojson", 0, f"contour {rank}", code,
                "contour d’une commune absente de communes.csv", suggest(code, known),
            )  # fmt: skip


def check_territory(territory: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """The territory has an id and a name, and its rule of peers can be read."""
    for name in ("id", "name"):
        if not isinstance(territory.get(name), str) or not territory[name].strip():
            yield Fault(
                file, 0, name, str(territory.get(name) or ""), "renseignement manquant",
                f"Une ligne « {name}: … » attendue.",
            )  # fmt: skip
    for name, text in territory.items():
        if isinstance(text, list | dict) and name not in ("id", "name", "peers"):
            expected = f"Attendu : une ligne « {name}: … »."
            yield Fault(file, 0, str(name), str(text), "un seul texte est attendu", expected)
    for key, *said in find_rule_faults(territory.get("peers")):
        yield Fault(file, 0, f"peers{key}", *said)


def check_who_says_it(loaded: Loaded) -> Iterator[Fault]:
    """Sources that go with no list of services, with no cells of a decision, with no places; key
    figures that only check."""
    for row in loaded.rows("actions", "planned"):
        services, sources = split_list(row["services"]), split_list(row["services_source"])
        if len(sources) > 1 and len(sources) != len(services):
            yield row.fault(
                "services_source",
                f"{len(sources)} sources pour {len(services)} service(s)",
                "Attendu : une source pour tous les services, ou une pour chacun, dans leur ordre.",
            )
    for row in loaded.rows("improvements"):
        filled, sources = list_filled(row.cells), split_list(row["decision_source"])
        if len(sources) not in (0, len(filled)) and (len(sources) > 1 or not filled):
            columns = ", ".join(DECISION_FIELDS)
            yield row.fault(
                "decision_source",
                f"{len(sources)} source(s) pour {len(filled)} cellule(s) remplie(s)",
                f"Attendu : une source pour toutes les cellules remplies parmi {columns}, ou une"
                " pour chacune, dans cet ordre.",
            )
        elif len(split_list(row["decision_locator"])) != len(sources):
            yield row.fault(
                "decision_locator",
                f"{len(split_list(row['decision_locator']))} endroit(s) pour {len(sources)}"
                " source(s)",
                "Attendu : un endroit pour chaque source de « decision_source », séparés par"
                " « | ».",
            )
    kinds = {id: entry["kind"] for id, entry in loaded.read_catalogue().items()}
    for row in loaded.rows("key_figures"):
        if kinds.get(row["indicator"]) == CHECK_KIND:
            yield row.fault(
                "indicator",
                "indicateur de contrôle parmi les chiffres clés",
                "Attendu : un indicateur du chapitre ; un recalcul va dans les annexes.",
            )

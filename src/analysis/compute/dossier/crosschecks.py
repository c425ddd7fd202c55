"""Checks between tables: codes that must exist elsewhere, keys across files, periods, units.

Every check takes the typed
tables and yields faults; none changes anything.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.base.lists import join_list, split_list
from analysis.model.references import MONEY
from analysis.model.schema import POPULATION_INDICATORS, TABLES, Fault, Table, suggest


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
    territory: dict = field(default_factory=dict)
    charts: list[dict] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    geojson: dict = field(default_factory=dict)
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
        known = set(self.tables[table][column].astype(str)) - {"", "<NA>"}
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


def check_codes(loaded: Loaded) -> Iterator[Fault]:
    """Codes that refer to another table and are not found there."""
    known: dict[tuple[str, ...], set[str]] = {}
    for table, file, frame in loaded.parts:
        for column in table.columns:
            if not column.refers:
                continue
            if loaded.unread & {key.split(".")[0] for key in column.refers}:
                continue  # the table itself is already reported
            if column.refers not in known:
                known[column.refers] = set().union(*map(loaded.codes, column.refers))
            codes = known[column.refers] | set(column.besides)
            places = " ou ".join(f"{key.split('.')[0]}.csv" for key in column.refers)
            for row, cell in frame[column.name].items():
                for code in split_list(cell) if column.kind == "list" else [cell]:
                    if code in codes:
                        continue
                    if column.kind == "list" and (hint := other_separator(code, codes)):
                        yield Fault(file, row, column.name, code, *hint)
                    elif code:
                        yield Fault(
                            file, row, column.name, code, f"code absent de {places}",
                            suggest(code, codes),
                        )  # fmt: skip


def other_separator(text: str, known: Iterable[str]) -> tuple[str, str] | None:
    """Problem and expectation of a list written « 7;13 », some of whose items are known."""
    parts = [part for piece in re.split(r"[;,\n]", text) if (part := piece.strip())]
    if len(parts) < 2 or not set(parts) & set(known):
        return None
    return (
        "liste dont le séparateur n’est pas « | »",
        f"Attendu : des éléments séparés par « | », comme « {join_list(parts)} ».",
    )


def check_shared_ids(loaded: Loaded) -> Iterator[Fault]:
    """A chapter's id, an action's id… may not name two things of different tables."""
    for names in (("finalities", "approach"), ("actions", "planned", "improvements")):
        seen: dict[str, str] = {}
        for file, frame in loaded.files(*names):
            for row, code in frame["id"].items():
                if seen.setdefault(code, file) != file:
                    yield Fault(
                        file, row, "id", code, f"identifiant déjà pris dans {seen[code]}",
                        "Un identifiant ne désigne qu’une chose.",
                    )  # fmt: skip


def check_followups(loaded: Loaded) -> Iterator[Fault]:
    """What is followed up is known, in this edition or an earlier one."""
    names = ("actions", "planned", "improvements")
    if loaded.unread & set(names):
        return
    own = set().union(*(loaded.tables[name]["id"] for name in names))
    known = own.union(*loaded.earlier.values(), *(loaded.lost.get(name, ()) for name in names))
    for file, frame in loaded.files("followups"):
        for row, code in frame["id"].items():
            if code and code not in known:
                yield Fault(
                    file, row, "id", code,
                    "ni action, ni action à court terme, ni piste, de cette édition ou d’une"
                    " antérieure",
                    suggest(code, known),
                )  # fmt: skip


def check_places(loaded: Loaded) -> Iterator[Fault]:
    """Every place stands in a commune that was a member at some time of the folder's year."""
    if "communes" in loaded.unread:
        return
    communes = loaded.tables["communes"]
    first, last = f"{loaded.year}-01-01", f"{loaded.year}-12-31"
    members = communes[
        ~(communes["member_from"] > last).fillna(False)
        & ~(communes["member_to"] < first).fillna(False)
    ]
    names = dict(communes[["insee", "name"]].itertuples(index=False))
    lost = loaded.lost.get("communes", set())
    for file, frame in loaded.files("places"):
        for row, code in frame["insee"].items():
            if not code or code in lost or code in set(members["insee"]):
                continue
            if code in names:
                yield Fault(
                    file, row, "insee", code,
                    f"{names[code]} n’est pas une commune membre en {loaded.year}",
                    "Vérifier le code, ou les dates d’appartenance dans communes.csv.",
                )  # fmt: skip
            else:
                yield Fault(
                    file, row, "insee", code, "commune absente de communes.csv",
                    _suggest_commune(code, names),
                )  # fmt: skip


def _suggest_commune(text: str, names: Mapping[str, str]) -> str:
    """The code of a commune that was named, the names closest to what was typed, or close codes."""
    expected = "Attendu : le code INSEE d’une commune membre."
    for code, name in names.items():
        if _fold(name) == _fold(text):
            return f"Écrire « {code} », le code INSEE de {name}."
    folded = {_fold(name): f"{code} ({name})" for code, name in names.items()}
    near = difflib.get_close_matches(_fold(text), list(folded), n=3, cutoff=0.6)
    if near:
        return f"{expected} Vouliez-vous dire {' ou '.join(folded[name] for name in near)} ?"
    close = difflib.get_close_matches(text, list(names), n=3, cutoff=0.7)
    shown = " ou ".join(f"{code} ({names[code]})" for code in close)
    return f"{expected} Vouliez-vous dire {shown} ?" if close else expected


def _fold(name: str) -> str:
    """A name without what is often typed otherwise: accents, ligatures, hyphens, capitals."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.split())


def check_catalogue(loaded: Loaded) -> Iterator[Fault]:
    """A derived indicator with values, a measured one without any, units unlike the catalogue."""
    if "indicators" in loaded.unread:
        return
    catalogue = loaded.tables["indicators"].drop_duplicates("id").set_index("id")
    measured = loaded.other_values.union(
        *(loaded.lost.get(n, ()) for n in ("observations", "budget"))
    )
    own = loaded.territory.get("id")
    for file, frame in loaded.files("observations", "budget"):
        for row in frame.itertuples():
            measured.add(row.indicator)
            if row.indicator not in catalogue.index:
                continue
            entry = catalogue.loc[row.indicator]
            if entry["formula"]:
                yield Fault(
                    file, row.Index, "indicator", row.indicator,
                    "indicateur dérivé qui a aussi une valeur saisie",
                    "Retirer la formule dans indicators.csv, ou cette ligne.",
                )  # fmt: skip
            if row.indicator in POPULATION_INDICATORS and getattr(row, "territory", own) == own:
                yield _typed_population(file, row)
    if loaded.unread & {"observations", "budget"}:
        return
    for file, frame in loaded.files("indicators"):
        for row in frame.itertuples():
            computed = row.formula or row.id in POPULATION_INDICATORS
            if not computed and row.id not in measured:
                yield Fault(
                    file, row.Index, "id", row.id, "indicateur sans valeur ni formule",
                    "Une ligne d’observations.csv ou de budget.csv, ou une formule, attendue.",
                )  # fmt: skip


def _typed_population(file: str, row) -> Fault:
    return Fault(
        file, row.Index, "indicator", row.indicator,
        "population du territoire saisie à la main",
        "Elle est calculée à partir de reference/population.csv : retirer cette ligne.",
    )  # fmt: skip


def check_units(loaded: Loaded) -> Iterator[Fault]:
    """Observed units equal the catalogue's; amounts belong to indicators counted in money."""
    if "indicators" in loaded.unread:
        return
    units = dict(loaded.tables["indicators"][["id", "unit"]].itertuples(index=False))
    for file, frame in loaded.files("observations"):
        for row in frame.itertuples():
            unit = units.get(row.indicator)
            if unit and row.unit and row.unit != unit:
                yield Fault(
                    file, row.Index, "unit", row.unit, "unité différente du catalogue",
                    f"Attendu : « {unit} » pour « {row.indicator} » (indicators.csv).",
                )  # fmt: skip
    for file, frame in loaded.files("budget"):
        for row in frame.itertuples():
            if units.get(row.indicator, MONEY) != MONEY:
                yield Fault(
                    file, row.Index, "indicator", row.indicator,
                    f"montant d’un indicateur compté en « {units[row.indicator]} »",
                    f"Attendu : un indicateur d’unité « {MONEY} ».",
                )  # fmt: skip


def check_periods(loaded: Loaded) -> Iterator[Fault]:
    """A stock with a start, a flow with one date, an end before its start."""
    measures: dict[str, str] = {}
    if "indicators" not in loaded.unread:
        measures = dict(loaded.tables["indicators"][["id", "measure"]].itertuples(index=False))
    for file, frame in loaded.files("observations"):
        for row in frame.itertuples():
            start, end = pd.notna(row.period_start), pd.notna(row.period_end)
            measure = measures.get(row.indicator)
            if measure == "stock" and start:
                yield Fault(
                    file, row.Index, "period_start", str(row.period_start.date()),
                    "un stock n’a pas de début de période",
                    "Laisser vide : un stock est un état à la date period_end.",
                )  # fmt: skip
            elif start != end and (measure == "flux" or start):
                empty = "period_end" if start else "period_start"
                yield Fault(
                    file, row.Index, empty, "", "période à moitié datée",
                    "Un flux a ses deux dates, ou aucune si la source n’en donne pas.",
                )  # fmt: skip
    spans = (
        ("observations", "period_start", "period_end"),
        ("budget", "fiscal_year", "fiscal_year_end"),
        ("requests", "period_start", "period_end"),
        ("revisions", "period_start", "period_end"),
        ("planned", "due_start", "due_end"),
        ("milestones", "date_start", "date_end"),
        ("communes", "member_from", "member_to"),
        ("finality_wordings", "valid_from", "valid_to"),
    )
    for name, first, last in spans:
        for file, frame in loaded.files(name):
            for row, end in frame.loc[(frame[last] < frame[first]).fillna(False), last].items():
                yield Fault(
                    file, row, last, str(end).removesuffix(" 00:00:00"),
                    "fin antérieure au début", f"Attendu : après {first}.",
                )  # fmt: skip
    for file, frame in loaded.files("budget"):
        lonely = frame["fiscal_year"].isna() & frame["fiscal_year_end"].notna()
        for row in frame.index[lonely]:
            yield Fault(
                file, row, "fiscal_year", "", "dernier exercice sans premier exercice",
                "Remplir fiscal_year, ou laisser les deux vides.",
            )  # fmt: skip


def check_not_later(loaded: Loaded) -> Iterator[Fault]:
    """What is measured or spent ends at the latest with the year of the folder that holds it."""
    for file, frame in loaded.files("observations"):
        year = int(file.split("/")[0])
        measured = frame["status"].isin(["définitif", "provisoire"])
        for row in frame.index[measured & (frame["period_end"].dt.year > year)]:
            yield Fault(
                file, row, "period_end", str(frame.at[row, "period_end"].date()),
                f"période qui s’achève après l’année du dossier {year}",
                f"Attendu : une date jusqu’au 31/12/{year}, ou le statut « prévisionnel ».",
            )  # fmt: skip
    for file, frame in loaded.files("budget"):
        year = int(file.split("/")[0])
        later = frame[["fiscal_year", "fiscal_year_end"]].gt(year).fillna(False)
        for row in frame.index[(frame["stage"] == "réalisé") & later.any(axis=1)]:
            column = "fiscal_year" if later.at[row, "fiscal_year"] else "fiscal_year_end"
            yield Fault(
                file, row, column, str(frame.at[row, column]),
                f"montant réalisé d’un exercice postérieur au dossier {year}",
                f"Attendu : une année jusqu’à {year}, ou une autre étape (prévu, engagé…).",
            )  # fmt: skip


def check_one_stage(loaded: Loaded) -> Iterator[Fault]:
    """An indicator of money has one stage and one payer, in all its rows."""
    first: dict[tuple[str, str], tuple[str, str, int]] = {}
    for file, frame in loaded.files("budget"):
        for row in frame.itertuples():
            for column in ("stage", "payer"):
                cell = getattr(row, column)
                known = first.setdefault((row.indicator, column), (cell, file, row.Index))
                if cell != known[0]:
                    yield Fault(
                        file, row.Index, column, cell,
                        f"« {row.indicator} » a déjà « {known[0]} » ({known[1]}, ligne {known[2]})",
                        "Chaque étape et chaque financeur d’un montant est son propre indicateur.",
                    )  # fmt: skip


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


def check_territory(territory: Mapping, file: str) -> Iterator[Fault]:
    """The territory has an id and a name."""
    for name in ("id", "name"):
        if not isinstance(territory.get(name), str) or not territory[name].strip():
            yield Fault(
                file, 0, name, str(territory.get(name) or ""), "renseignement manquant",
                f"Une ligne « {name}: … » attendue.",
            )  # fmt: skip

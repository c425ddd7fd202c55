"""What the dossier holds before a collection: what was asked, which values stand where.

Reads raw files of any state of completeness: an edition in preparation has no text yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from analysis.base.command_names import name_command
from analysis.base.csvtext import write_cell
from analysis.base.lists import split_list
from analysis.base.paths import Dossier
from analysis.base.rawfiles import list_years
from analysis.collect.cell_answers import Unit
from analysis.collect.tool_sheets import TOOL_SHEETS
from analysis.compute.dossier import find_earlier
from analysis.compute.dossier.tree_files import read_yaml
from analysis.compute.dossier.typed_tables import read_table
from analysis.compute.dossier.valuechecks import VALUE_COLUMNS
from analysis.model.followups import FOLLOWED
from analysis.model.schema import REVIEWED_PAGES, TABLES, Fault, InvalidDossier
from analysis.model.store import to_records

#: Number of a row in its file, and its cells by column.
NumberedRow = tuple[int, dict[str, Any]]
#: Table, year of its folder, number in its file and cells of a row.
Entry = tuple[str, int, int, dict[str, Any]]


@dataclass(frozen=True)
class ValueRequest:
    """An indicator asked of a service, for a territory and a period."""

    indicator: str
    territory: str
    service: str
    start: date | None
    end: date | None


@dataclass(frozen=True)
class Indicator:
    """An indicator of the catalogue, with its bounds where the catalogue gives some."""

    id: str
    unit: Unit
    measure: str
    precision: float
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class StoredValue:
    """A value of the dossier: its table, its folder's year, its row in that file.

    ``start`` and ``end``: its period (that of the fiscal years, for an amount).
    """

    table: str
    year: int
    row: int
    indicator: str
    territory: str
    start: date | None
    end: date | None
    value: float
    cells: dict[str, Any]

    @property
    def key(self) -> tuple:
        """What may not repeat."""
        return make_key(self.table, self.indicator, self.territory, self.start, self.end)


def make_key(
    table: str, indicator: str, territory: str, start: date | None, end: date | None
) -> tuple:
    """Key of a value; an amount has no territory of its own."""
    return (table, indicator, "" if table == "budget" else territory, start, end)


@dataclass
class Snapshot:
    """The dossier as a collection finds it.

    ``values``: by key, the latest folder's row. ``titles``: of actions, short-term actions and
    improvements; ``item_services``: the service that answers for each of them;
    ``item_chapters``: their chapters and those of indicators; ``entries``: their rows and those of
    milestones, the newest last. ``sections``: how many actions of each service the sections of a
    chapter hold; ``chapters``: title, short title and number of each; ``proposed``: how many rows
    were proposed so far of each table and chapter. Rows of tables that may change come with their
    numbers. ``first``: no edition is earlier; then ``typed`` has the rows of the tables that what a
    service describes may add to, by key, ``communes`` the members by name and ``first_sections``
    the first section of each chapter. ``read``: the rows of any table of this edition.
    """

    year: int
    territory: str
    services: dict[str, str] = field(default_factory=dict)
    requests: dict[str, ValueRequest] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    values: dict[tuple, StoredValue] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    item_services: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    digit_names: list[str] = field(default_factory=list)
    item_chapters: dict[str, str] = field(default_factory=dict)
    sections: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    chapters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    revisions: dict[tuple, NumberedRow] = field(default_factory=dict)
    sources: dict[str, NumberedRow] = field(default_factory=dict)
    proposed: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: bool = False
    typed: dict[str, dict[tuple, NumberedRow]] = field(default_factory=dict)
    communes: dict[str, str] = field(default_factory=dict)
    first_sections: dict[str, str] = field(default_factory=dict)
    read: Callable[[str], list[NumberedRow]] = lambda table: []

    def list_values(self, request: ValueRequest) -> list[StoredValue]:
        """The values of what is requested, oldest first."""
        own = [
            value
            for value in self.values.values()
            if value.indicator == request.indicator
            and (value.table == "budget" or value.territory == request.territory)
        ]
        return sorted(own, key=lambda v: (v.end or date.min, v.start or date.min, v.year))

    def find_main_chapter(self, service: str) -> str:
        """The chapter for which a service answers most; the first one if for none."""
        asked = {code: request.service for code, request in self.requests.items()}
        codes = [code for code, own in (self.item_services | asked).items() if own == service]
        counts = Counter(self.item_chapters[code] for code in codes if code in self.item_chapters)
        return counts.most_common(1)[0][0] if counts else next(iter(self.chapters), "")

    def find_section(self, chapter: str, service: str) -> str:
        """The section of a chapter that holds most actions of a service, else most of all."""
        counts = self.sections.get(chapter, Counter())
        own = Counter({section: n for (section, who), n in counts.items() if who == service})
        all_of_them = Counter(section for section, _ in counts.elements())
        most = (own or all_of_them).most_common(1)
        return most[0][0] if most else self.first_sections.get(chapter, "")


class _TableReader:
    """Reads tables of a dossier; what is wrong with any of them is kept in ``faults``."""

    def __init__(self, dossier: Dossier):
        self._raw = dossier.raw
        self.faults: list[Fault] = []
        self._read: dict[str, list[NumberedRow]] = {}

    def read(self, name: str, year: int, *, optional: bool = False) -> list[NumberedRow]:
        """Rows of a table with missing cells as None; none where an ``optional`` file is absent."""
        table = TABLES[name]
        file = table.file(year)
        if file in self._read:
            return self._read[file]
        if optional and not (self._raw / file).exists():
            return []
        frame, faults = read_table(self._raw / file, table, file)
        self.faults += faults
        numbers = {name: "float64" for name in frame.columns if frame[name].dtype == "Int64"}
        rows = zip(map(int, frame.index), to_records(frame.astype(numbers)), strict=True)
        self._read[file] = list(rows)
        return self._read[file]

    def read_territory(self) -> str:
        """Id of the dossier's own territory."""
        content, faults = read_yaml(self._raw / "territory.yml", "territory.yml")
        self.faults += faults
        return str(content.get("id") or "") if isinstance(content, dict) else ""


def read_snapshot(dossier: Dossier, year: int) -> Snapshot:
    """Read what a collection needs. Raises FileNotFoundError when nothing was asked for this
    edition (French). Raises InvalidDossier when a table that a collection reads or changes has
    faults: it is not touched then."""
    file = TABLES["requests"].file(year)
    if not (dossier.raw / file).is_file():
        command = "new-year" if find_earlier(dossier, year) else "forms"
        raise FileNotFoundError(
            f"Rien n’a été demandé aux services pour {year} (raw/{file} manque) : préparer d’abord"
            f" cette édition, par « {name_command(command, year=year)} »."
        )
    reader = _TableReader(dossier)
    snapshot = Snapshot(year, reader.read_territory())
    snapshot.sources = {row["id"]: (number, row) for number, row in reader.read("sources", year)}
    snapshot.services = {row["id"]: row["name"] for _, row in reader.read("services", year)}
    snapshot.digit_names = [row["text"] for _, row in reader.read("digit_names", year)]
    _read_catalogue(reader, year, snapshot)
    for _, row in reader.read("requests", year):
        if row["indicator"] in snapshot.indicators:  # others are no longer asked
            names = ("indicator", "territory", "service", "period_start", "period_end")
            snapshot.requests[row["indicator"]] = ValueRequest(*(row[name] for name in names))
    for folder in list_years(dossier):
        if folder <= year:
            _read_folder(reader, folder, snapshot)
    if find_earlier(dossier, year) is None:
        _read_first(reader, year, snapshot)
    snapshot.read = partial(reader.read, year=year)
    for table in {sheet.table for sheet in TOOL_SHEETS}:
        rows = snapshot.read(table)
        snapshot.typed[table] = {find_key(table, row): (number, row) for number, row in rows}
    followups = reader.read("followups", year)
    snapshot.typed["followups"] = {(row["id"],): (number, row) for number, row in followups}
    for number, row in reader.read("revisions", year):
        key = (row["indicator"], row["territory"], row["period_start"], row["period_end"])
        snapshot.revisions[key] = (number, row)
    if reader.faults:
        raise InvalidDossier(reader.faults)
    return snapshot


def find_key(table: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What may not repeat of a row, as it is written."""
    return tuple(write_cell(row.get(name)) for name in TABLES[table].key)


#: Tables to which a row is added for what a service describes, but for values.
DESCRIBED_TABLES = (
    *("units", "payers", "indicators", "actions", "planned", "improvements", "milestones"),
    *("places", "targets"),
)


def _read_first(reader: _TableReader, year: int, snapshot: Snapshot) -> None:
    """What a first edition takes of the forms besides: see ``Snapshot``."""
    snapshot.first = True
    for table in DESCRIBED_TABLES:
        rows = reader.read(table, year)
        snapshot.typed[table] = {find_key(table, row): (number, row) for number, row in rows}
    last = date(year, 12, 31)
    for _, row in reader.read("communes", year):
        if (row["member_from"] or last) <= last and (row["member_to"] or last) >= date(year, 1, 1):
            snapshot.communes[row["name"]] = row["insee"]
    sections = sorted(
        (row["order"], row["kind"], row["id"]) for _, row in reader.read("sections", year)
    )
    for table, kind in (("finalities", "finalité"), ("approach", "démarche")):
        first = next((id for _, own, id in sections if own == kind), "")
        snapshot.first_sections |= {row["id"]: first for _, row in reader.read(table, year)}


def read_chapters(dossier: Dossier, year: int) -> tuple[str, dict[str, str]]:
    """The dossier's own territory, and the title of each page that a reviewer reads. Raises
    InvalidDossier when one of the tables read has faults."""
    reader = _TableReader(dossier)
    territory = reader.read_territory()
    rows = [row for table in ("finalities", "approach") for _, row in reader.read(table, year)]
    if reader.faults:
        raise InvalidDossier(reader.faults)
    titles = {row["id"]: row["short_title"] or row["title"] for row in rows}
    return territory, titles | REVIEWED_PAGES


def _read_catalogue(reader: _TableReader, year: int, snapshot: Snapshot) -> None:
    """Units, indicators, chapters."""
    units = {
        row["id"]: Unit(row["id"], row["singular"], row["plural"], row["symbol"])
        for _, row in reader.read("units", year)
    }
    snapshot.units = list(units.values())
    for _, row in reader.read("indicators", year):
        unit = units.get(row["unit"]) or Unit(row["unit"], row["unit"], row["unit"])
        bounds = (row["minimum"], row["maximum"])
        precision = row["precision"] or 1
        indicator = Indicator(row["id"], unit, row["measure"], precision, *bounds)
        snapshot.indicators[row["id"]] = indicator
        snapshot.item_chapters[row["id"]] = row["chapter"]
    for table in ("finalities", "approach"):
        for _, row in reader.read(table, year):
            number = str(int(row["order"])) if row["order"] else ""
            snapshot.chapters[row["id"]] = (row["title"], row["short_title"] or "", number)


def _read_folder(reader: _TableReader, year: int, snapshot: Snapshot) -> None:
    """Add what one year's folder holds; a value or an item of a later folder takes its place."""
    for name in (*FOLLOWED, "milestones"):
        for number, row in reader.read(name, year, optional=True):
            snapshot.titles[row["id"]] = row["title"]
            snapshot.entries.setdefault(row["id"], []).append((name, year, number, row))
            snapshot.item_chapters[row["id"]] = row["chapter"]
            if services := split_list(row.get("services") or ""):
                snapshot.item_services[row["id"]] = services[0]
            if name == "actions":
                place = (row["section"], snapshot.item_services.get(row["id"], ""))
                snapshot.sections.setdefault(row["chapter"], Counter())[place] += 1
    for table in ("observations", "budget"):
        for number, row in reader.read(table, year, optional=True):
            value = _make_value(table, year, number, row, snapshot.territory)
            snapshot.values[value.key] = value


def _make_value(table: str, year: int, number: int, row: dict, own: str) -> StoredValue:
    if table == "budget":
        first, last = row["fiscal_year"], row["fiscal_year_end"] or row["fiscal_year"]
        start = date(int(first), 1, 1) if first else None
        end = date(int(last), 12, 31) if last else None
        territory = own
    else:
        start, end, territory = row["period_start"], row["period_end"], row["territory"]
    value = row[VALUE_COLUMNS[table]]
    number_read = float("nan") if value is None else float(value)
    return StoredValue(
        table, year, number, row["indicator"], territory, start, end, number_read, row
    )

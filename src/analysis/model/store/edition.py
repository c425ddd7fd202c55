"""Everything known of one edition, and how it is asked for."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.lists import split_list
from analysis.model.periods import is_valid_on
from analysis.model.references import POINT, Ledger, Value
from analysis.model.schema import DERIVED, PORTRAIT, RECONSTITUTED, REVIEWED_PAGES, SHIFTING
from analysis.model.source_documents import DocumentPlan
from analysis.model.store.records import to_records


@dataclass(frozen=True)
class Edition:
    """Everything that is known and computed for one edition. Missing text is '', never NaN.

    ``chapters``: id, order, number (roman), kind (finalité, démarche), title, short_title,
    elements. ``actions``: as typed, with ``chapter_order``, in the order of the report.
    ``effects``: every action × finality. ``budget``: every amount known up to this edition, with
    the ``edition`` whose folder holds it. ``targets``, ``accounts``: as typed, with ``file`` and
    ``line``.
    ``earlier``: year of the edition before, None for the first. ``about``: ``kind``
    (``RECONSTITUTED`` or '') and ``note``, the French sentence that says why.
    ``values``, ``comparisons``, ``progress``, ``checks``, ``controls``, ``inhabitants``,
    ``standing``, ``key_messages``, ``files``: see ``schema.processed_tables``, ``values`` in the
    order of the catalogue. The other frames are as typed. ``identity``: what the territory's own
    says (colours, logo). ``council``: of the session that debates it, every key of
    ``council_fields``. ``texts``: chapter → heading → text. ``documents``: the outline of each
    source document (see ``model.source_documents``), never its text.

    What reads a few rows asks for those (``rows``, ``columns``, ``charts_of``…): a chapter then
    depends on them alone, and is not made again when the others change (see ``store.reads``).
    """

    year: int
    territory: dict
    chapters: pd.DataFrame
    sections: pd.DataFrame
    wordings: pd.DataFrame
    policies: pd.DataFrame
    elements: pd.DataFrame
    legal: pd.DataFrame
    sdgs: pd.DataFrame
    services: pd.DataFrame
    payers: pd.DataFrame
    units: pd.DataFrame
    territories: pd.DataFrame
    glossary: pd.DataFrame
    sources: pd.DataFrame
    credits: pd.DataFrame
    communes: pd.DataFrame
    population: pd.DataFrame
    census: pd.DataFrame
    inhabitants: pd.DataFrame
    standing: pd.DataFrame
    actions: pd.DataFrame
    effects: pd.DataFrame
    ratings: pd.DataFrame
    planned: pd.DataFrame
    improvements: pd.DataFrame
    milestones: pd.DataFrame
    contributions: pd.DataFrame
    places: pd.DataFrame
    documents_used: pd.DataFrame
    digital: pd.DataFrame
    targets: pd.DataFrame
    objectives: pd.DataFrame
    objective_links: pd.DataFrame
    projects: pd.DataFrame
    project_options: pd.DataFrame
    project_costs: pd.DataFrame
    discount_rates: pd.DataFrame
    cost_breakdowns: pd.DataFrame
    statements: pd.DataFrame
    gaps: pd.DataFrame
    discrepancies: pd.DataFrame
    requests: pd.DataFrame
    followups: pd.DataFrame
    revisions: pd.DataFrame
    key_figures: pd.DataFrame
    key_messages: pd.DataFrame
    parts: pd.DataFrame
    not_comparable: pd.DataFrame
    budget: pd.DataFrame
    accounts: pd.DataFrame
    budget_axes: pd.DataFrame
    indicators: pd.DataFrame
    values: pd.DataFrame
    comparisons: pd.DataFrame
    progress: pd.DataFrame
    checks: pd.DataFrame
    files: pd.DataFrame
    digit_names: pd.DataFrame
    controls: pd.DataFrame
    documents: pd.DataFrame
    charts: list[dict] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    communes_geojson: dict = field(default_factory=dict)
    earlier: int | None = None
    about: dict[str, str] = field(default_factory=dict)
    identity: dict[str, Any] = field(default_factory=dict)
    council: dict[str, Any] = field(default_factory=dict)

    def rows(self, table: str, **wanted: Any) -> pd.DataFrame:
        """Rows of a frame, in its order, where each column named equals what is wanted (is one of
        them, where that is a list): ``rows("actions", chapter="climat")``. Without the columns
        ``SHIFTING``. Raises AttributeError, KeyError when there is no such table, no such
        column."""
        key = (table, str(wanted))
        if key not in self._kept:  # chapters ask the same question many times
            places, bare = self.find_places(table, wanted), self._find_bare(table)
            found = bare.take(places) if len(places) else bare.iloc[:0]
            # Its own index: where the rows stand among the others is not for their reader to know.
            found.index = pd.RangeIndex(len(found))
            self._kept[key] = found
        return self._kept[key].copy(deep=False)

    def _find_bare(self, table: str) -> pd.DataFrame:
        """A frame without the columns that ``rows`` leaves out."""
        if table not in self._bare:
            self._bare[table] = getattr(self, table).drop(columns=list(SHIFTING.get(table, ())))
        return self._bare[table]

    def find_places(self, table: str, wanted: Mapping[str, Any]) -> np.ndarray:
        """Positions of the rows that ``rows`` gives; raises as it does."""
        frame: pd.DataFrame = getattr(self, table)
        if not wanted:
            return np.arange(len(frame))
        if any(isinstance(cell, list) for cell in wanted.values()):
            flags = (
                frame[column].isin(cell if isinstance(cell, list) else [cell])
                for column, cell in wanted.items()
            )
            return np.flatnonzero(np.logical_and.reduce([flag.to_numpy() for flag in flags]))
        key = (table, *wanted)
        if key not in self._index:  # hundreds of questions ask one table by the same columns
            found: dict[tuple, list[int]] = {}
            columns = [frame[column].tolist() for column in wanted]
            for place, cells in enumerate(zip(*columns, strict=True)):
                found.setdefault(cells, []).append(place)
            self._index[key] = found
        return np.array(self._index[key].get(tuple(wanted.values()), []), dtype="int64")

    @cached_property
    def _kept(self) -> dict[tuple, pd.DataFrame]:
        return {}

    @cached_property
    def _bare(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _index(self) -> dict[tuple, dict[tuple, list[int]]]:
        return {}

    def columns(self, table: str, *names: str) -> pd.DataFrame:
        """Every row of a frame, of these columns alone. Raises as ``rows`` does."""
        frame: pd.DataFrame = getattr(self, table)
        return frame[list(names)]

    def charts_of(self, chapter: str) -> list[dict]:
        """Specifications of the charts of a chapter, in the order of charts.yml."""
        return [spec for spec in self.charts if spec["chapter"] == chapter]

    def charts_naming(self, indicator: str) -> list[dict]:
        """Specifications, of whatever chapter, that name an indicator by its id alone (without a
        territory or a modifier)."""
        return self._charts_by_name.get(indicator, [])

    @cached_property
    def _charts_by_name(self) -> dict[str, list[dict]]:
        found: dict[str, list[dict]] = {}
        for spec in self.charts:
            for text in dict.fromkeys(_list_texts(spec)):
                found.setdefault(text, []).append(spec)
        return found

    @property
    def is_reconstituted(self) -> bool:
        """Whether it was never published: what it does not hold is unknown, not absent."""
        return self.about.get("kind") == RECONSTITUTED

    def find_awaited(self, **wanted: Any) -> set[str]:
        """Indicators of some rows of ``values`` that nobody gave a value of yet, with those
        computed of one of them; of an edition that was never published none: nothing will come."""
        return set() if self.is_reconstituted else list_awaited(self.rows("values", **wanted))

    @cached_property
    def ledger(self) -> Ledger:
        """What references look their values up in."""
        return build_ledger(
            self.year, self.territory["id"], self.indicators, self.targets, self.values
        )

    def value(self, reference: str) -> Value:
        """The value of ``indicator[@territory][:modifier]``. Raises references.UnknownReference
        when indicator, territory or modifier does not exist (French, with close matches). A value
        that exists but cannot be given is no error: see ``Value.missing``."""
        return self.ledger.resolve(reference)

    @cached_property
    def catalogue(self) -> Mapping[str, dict[str, Any]]:
        """The rows of ``indicators`` by id."""
        return {row["id"]: row for row in to_records(self.indicators)}

    @cached_property
    def checksums(self) -> dict[str, str]:
        """SHA-256 of each file of data by its name."""
        return dict(zip(self.files["file"], self.files["sha256"], strict=True))

    @cached_property
    def source_titles(self) -> dict[str, str]:
        """Title of each source by id."""
        return dict(zip(self.sources["id"], self.sources["title"], strict=True))

    @cached_property
    def document_plans(self) -> dict[str, DocumentPlan]:
        """The outline of each source that has a document, by its id."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for row in to_records(self.documents):
            rows.setdefault(row["source"], []).append(row)
        return {source: DocumentPlan(found) for source, found in rows.items()}

    @cached_property
    def _units(self) -> dict[str, dict[str, str]]:
        return {row["id"]: row for row in self.units.to_dict("records")}

    def unit(self, id: str) -> Mapping[str, str]:
        """Row of units.csv: id, singular, plural, symbol; points, which shares change by, need
        none. Raises KeyError (French) if unknown."""
        if id == POINT and id not in self._units:
            return {"id": POINT, "singular": "point", "plural": "points", "symbol": ""}
        if id not in self._units:
            near = difflib.get_close_matches(id, list(self._units), n=2)
            hint = f" Vouliez-vous dire {' ou '.join(near)} ?" if near else ""
            raise KeyError(f"Unité inconnue : « {id} ».{hint}")
        return self._units[id]


def title_pages(edition: Edition, column: str = "title") -> dict[str, str]:
    """Title (or ``short_title``) of the portrait and of each chapter by id, in the book's order:
    all that indicators belong to."""
    words = REVIEWED_PAGES[PORTRAIT]
    rows = edition.columns("chapters", "id", "order", column).sort_values("order")
    own = words if column == "title" else words.partition(" ")[0]
    return {PORTRAIT: own, **dict(zip(rows["id"], rows[column], strict=True))}


FRAMES = tuple(f.name for f in fields(Edition) if f.type == "pd.DataFrame")
NESTED = (
    "year",
    "territory",
    "charts",
    "texts",
    "communes_geojson",
    "earlier",
    "about",
    "identity",
    "council",
)


def _list_texts(entry: Any) -> Iterator[str]:
    """Every text of a nested thing."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, Mapping | list):
        for part in entry.values() if isinstance(entry, Mapping) else entry:
            yield from _list_texts(part)


def list_terms(row: Any) -> set[str]:
    """The indicators that a row of ``values`` is computed of."""
    return {re.split("[@:]", term)[0] for term in split_list(row.terms)}


def list_awaited(values: pd.DataFrame) -> set[str]:
    """Indicators that nobody gave a value of yet, and those that are computed of one of them."""
    rows = values[values["value"].isna()]
    nobody = (rows["origin"] != DERIVED) & (rows["source"] == "") & (rows["rank"] == 0)
    awaited = set(rows.loc[nobody, "indicator"])
    derived = rows[rows["origin"] == DERIVED]
    terms = {row.indicator: list_terms(row) for row in derived.itertuples()}
    while more := {id for id, needed in terms.items() if needed & awaited} - awaited:
        awaited |= more
    return awaited


def list_members(communes: pd.DataFrame, day: date) -> list[str]:
    """INSEE codes of the communes that are members on a day; no date of joining means always."""
    rows = to_records(communes)
    return sorted(
        {row["insee"] for row in rows if is_valid_on(day, row["member_from"], row["member_to"])}
    )


def name_communes(communes: pd.DataFrame, year: int) -> dict[str, str]:
    """Name of each commune by its INSEE code: the one that it bears at the end of the year, or bore
    last; of a commune yet to join, its first. One that takes another name has a row for each."""
    names: dict[str, str] = {}
    last = date(year, 12, 31)
    for row in sorted(to_records(communes), key=lambda row: row["member_from"] or date.min):
        if row["member_from"] is None or row["member_from"] <= last:
            names[row["insee"]] = row["name"]
        names.setdefault(row["insee"], row["name"])
    return names


def find_source(sources: pd.DataFrame, file: str) -> str:
    """Id of the source of a raw file: the row that names it, else the first glob that fits, else
    an empty text."""
    patterns = [
        (pattern, row.id) for row in sources.itertuples() for pattern in split_list(row.file)
    ]
    exact = [name for pattern, name in patterns if pattern == file]
    fitting = [name for pattern, name in patterns if fnmatch.fnmatch(file, pattern)]
    return next(iter(exact + fitting), "")


def build_ledger(
    year: int,
    territory: str,
    indicators: pd.DataFrame,
    targets: pd.DataFrame,
    values: pd.DataFrame | None = None,
) -> Ledger:
    """A Ledger from frames."""
    by_indicator: dict[str, list[dict[str, Any]]] = {}
    for row in to_records(targets):
        by_indicator.setdefault(row["indicator"], []).append(row)
    return Ledger(
        year,
        territory,
        {row["id"]: row for row in to_records(indicators)},
        by_indicator,
        [] if values is None else to_records(values),
    )

"""The tables of the national reference while they are brought up to date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from analysis.collect.national_files.producer_files import Delivery
from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.model.schema import Fault

#: By how much a number of communes or territories may differ from the former.
_COUNT_SHARE, _COUNT_LEAST = 0.05, 5
_SHOWN = 5


@dataclass
class Refresh:
    """The tables of the reference while they are brought up to date; ``said``: what was done, in
    French; ``changed``: names of tables."""

    tables: dict[str, pd.DataFrame]
    delivery: Delivery
    faults: list[Fault] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def keep(self, name: str, table: pd.DataFrame, keys: str) -> None:
        """A table takes its new state, in the order of its keys."""
        self.tables[name] = table.sort_values(keys.split(",")).reset_index(drop=True)
        self.changed.add(name)

    def blame(
        self, part: str, year: int, problem: str, expected: str = "", value: str = ""
    ) -> None:
        """A fault of the file of a part."""
        self.faults.append(Fault(self.delivery.files[part, year], 0, "", value, problem, expected))

    @property
    def newest(self) -> int:
        """The newest edition whose communes are known."""
        return int(self.tables["communes"]["last_edition"].max())

    def list_codes(self, edition: int) -> set[str]:
        """Codes of the communes of an edition."""
        rows = self.tables["communes"]
        known = rows["first_edition"].le(edition) & rows["last_edition"].ge(edition)
        return set(rows.loc[known.fillna(False).astype(bool), "insee"])


def show_codes(codes: Iterable[str]) -> str:
    """Codes for a message: the first ones, and how many more."""
    found = sorted(codes)
    more = f" et {len(found) - _SHOWN} autres" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def is_far(count: int, former: int) -> bool:
    """Whether a number of communes or territories is too far from the former to be right."""
    return abs(count - former) > max(_COUNT_LEAST, _COUNT_SHARE * former)


def mark_wider(refresh: Refresh) -> None:
    """Populations of a commune that then included one re-established since are said to be wider."""
    communes, rows = refresh.tables["communes"], refresh.tables["populations"]
    restored = communes[communes["restored_from"] != ""]
    until = restored.groupby("restored_from")["first_edition"].max()
    edition = rows["insee"].map(until)
    wider = edition.gt(rows["vintage"] + IN_FORCE_AFTER).fillna(False) & rows["note"].eq("")
    if wider.any():
        notes = rows["note"].where(~wider.astype(bool), "wider")
        refresh.keep("populations", rows.assign(note=notes), "insee,vintage")


def unpack_stays(rows: pd.DataFrame) -> pd.DataFrame:
    """Stays in a territory → a row for each edition."""
    years = [
        range(a, b + 1) for a, b in zip(rows["first_edition"], rows["last_edition"], strict=True)
    ]
    return rows.assign(edition=years).explode("edition")[["insee", "siren", "edition"]]


def sum_territories(refresh: Refresh, vintage: int) -> None:
    """Populations of territories whose figure of a vintage is not known: sums over their members of
    the edition when it is in force, if both are known."""
    held = unpack_stays(refresh.tables["memberships"]).query(
        "edition == @vintage + @IN_FORCE_AFTER"
    )
    table = refresh.tables["territory_populations"]
    rows = refresh.tables["populations"].query("vintage == @vintage").set_index("insee")
    held = held[~held["siren"].isin(table.query("vintage == @vintage")["siren"])]
    if held.empty or rows.empty:
        return
    joined = held.join(rows[["municipal", "total"]], on="insee")
    sums = joined.groupby("siren")[["municipal", "total"]].agg(lambda part: part.sum(skipna=False))
    sums.insert(0, "communes", joined.groupby("siren").size())
    added = sums.reset_index().assign(vintage=vintage, basis="computed")[list(table)]
    refresh.keep("territory_populations", pd.concat([table, added]), "siren,vintage")

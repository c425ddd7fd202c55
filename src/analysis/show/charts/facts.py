"""The numbers a chart draws: value, label, words for the reader, and where each comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from analysis.model.references import MONEY, Value
from analysis.model.store import Edition
from analysis.show.charts.canvas import Hotspot
from analysis.words import french, prose
from analysis.words.citations import cite_place, is_form
from analysis.words.hidden_markup import capitalise, mark, strip_marks
from analysis.words.lineage import Origin, list_origins


@dataclass(frozen=True)
class Fact:
    """One number of a chart, in words: a row of its frame (see ``chart_rows``).

    ``display`` is the number with its qualifier, ``quantity`` the same with its unit in words;
    both say « non disponible » when the value is missing, and are rounded as everywhere in the
    report, by the indicator's own step. ``details`` are its second numbers: a share, an amount for
    each inhabitant. The ``marked_`` words are for the page: they carry their references (``trace``
    for the number).
    """

    row: Mapping[str, Any]
    value: Value
    display: str
    quantity: str
    period: str
    trace: str
    details: tuple[Fact, ...] = ()

    @property
    def role(self) -> str:
        return self.row["role"]

    @property
    def reference(self) -> str:
        return self.row["reference"]

    @property
    def references(self) -> tuple[str, ...]:
        """Everything this fact reads."""
        return (self.reference, *(detail.reference for detail in self.details))

    @property
    def marked_label(self) -> str:
        return self.row["label"]

    @cached_property
    def label(self) -> str:
        return strip_marks(self.marked_label)

    @property
    def marked_quantity(self) -> str:
        return mark(self.quantity, self.trace)

    @property
    def known_details(self) -> tuple[Fact, ...]:
        return tuple(detail for detail in self.details if detail.number is not None)

    @property
    def detail(self) -> str:
        """The second numbers in words."""
        return ", ".join(detail.quantity for detail in self.known_details)

    @property
    def number(self) -> float | None:
        """The value to draw; ``None`` where it is missing, never zero."""
        return self.value.value

    def spot(
        self, left: float, top: float, right: float, bottom: float, remark: str = ""
    ) -> Hotspot:
        """What is said of this number within a box of the canvas, with the reservations that the
        chart's other words make: estimate, state, ``remark``."""
        said = self.quantity + (f" ({self.detail})" if self.detail else "")
        estimate = "estimation" if self.value.estimate else ""
        state = "" if remark and self.value.status == "prévisionnel" else self.state
        said = ", ".join(filter(None, (said, estimate, state, remark)))
        box = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        period = "" if self.value.period.undated else self.period
        return Hotspot(self.label, said, period, self.references, self.trace, box)

    @property
    def state(self) -> str:
        """« provisoire » where it is; a target is none."""
        return self.value.status if self.is_partial and self.value.modifier != "cible" else ""

    @property
    def is_partial(self) -> bool:
        """A cut-off before the end of the period, or a forecast."""
        return self.value.status in ("provisoire", "prévisionnel")


VALUE_FIELDS = tuple(field.name for field in fields(Value))


def tell_row(edition: Edition, row: Mapping[str, Any], details: Iterable[Fact] = ()) -> Fact:
    """The fact that a row of a chart's frame says."""
    value = Value(**{name: row[name] for name in VALUE_FIELDS})
    number = french.typeset(prose.format_number(value))
    quantity = french.typeset(prose.format_quantity(edition, value))
    return Fact(
        row=row,
        value=value,
        display=quantity if has_symbol(edition, value.unit) else number,
        quantity=quantity,
        period=french.name_period(value.period_start, value.period_end),
        trace=_name_trace(edition, row["reference"], value),
        details=tuple(details),
    )


def _name_trace(edition: Edition, reference: str, value: Value) -> str:
    """The reference that a number carries on the page: that of its row, which need not say how the
    number was worked out of it; of what is counted, the table."""
    if not value.indicator:
        return reference
    return prose.name_reference(edition, replace(value, modifier=reference.partition(":")[2]))


def resolve(edition: Edition, text: str | None) -> str:
    """A template of the specification in words alone; empty where there is none."""
    return strip_marks(resolve_marked(edition, text))


def resolve_marked(edition: Edition, text: str | None, *, dated: bool = False) -> str:
    """The same, its numbers carrying their references (``dated``: see ``prose.resolve_plain``)."""
    return prose.resolve_plain(edition, text, dated=dated) if text else ""


def has_symbol(edition: Edition, unit: str) -> bool:
    """Whether the unit is written as a symbol (%, €, m²) rather than as a word."""
    return unit == MONEY or bool(unit and edition.unit(unit)["symbol"])


def list_details(item: Mapping | str) -> list[str]:
    """References of an item's second numbers: « detail » is one, or a list of them."""
    said = [] if isinstance(item, str) else item.get("detail") or []
    return [said] if isinstance(said, str) else list(said)


def read_label(edition: Edition, label: str | None, title: str) -> str:
    """An item's own label, its numbers carrying their references, else the indicator's title."""
    return resolve_marked(edition, label) or french.typeset(title)


def share_period(facts: Iterable[Fact]) -> str:
    """The period that all the known facts share, as in a sentence: « en 2016 »; empty where they
    do not, or where one has no date. A state and a flow of one year share that year."""
    periods = {fact.value.period for fact in facts if fact.number is not None}
    if len(periods) == 1:
        (period,) = periods
        return "" if period.undated else french.format_period(period.start, period.end)
    days = [day for period in periods for day in (period.start or period.end, period.end)]
    years = {day.year if day else None for day in days}
    return f"en {years.pop()}" if len(years) == 1 and None not in years else ""


def list_periods(facts: Iterable[Fact]) -> str:
    """« Périodes : 2016 (Culture, Sport) ; fin 2017 (Habitat). » where the dated facts are of
    several years; else empty. A target is of none."""
    named: dict[str, list[str]] = {}
    years = set()
    for fact in facts:
        if fact.number is not None and fact.value.period_end and fact.value.modifier != "cible":
            years.add(fact.value.period_end.year)
            named.setdefault(fact.period, []).append(fact.label)
    if len(years) < 2:
        return ""
    parts = (f"{period} ({', '.join(dict.fromkeys(labels))})" for period, labels in named.items())
    return f"Périodes : {' ; '.join(parts)}."


def describe_unit(edition: Edition, facts: Iterable[Fact]) -> str:
    """Default unit line: « Marchés, 2016 »; the period is said once where all share it."""
    known = [fact for fact in facts if fact.number is not None]
    words = []
    units, periods = {fact.value.unit for fact in known}, {fact.period for fact in known}
    if units == {MONEY}:
        words.append("Euros")
    elif len(units) == 1:
        row = edition.unit(units.pop())
        words.append(capitalise(row["plural"] or row["symbol"]))
    if len(periods) == 1:
        words.append(periods.pop())
    return french.typeset(", ".join(words))


# --- where the numbers come from ---------------------------------------------------------------


def merge_locators(locators: Iterable[str]) -> str:
    """« l. 715-717, 725 » from the locators of several rows; others than lines are kept as said."""
    spans: set[tuple[int, int]] = set()
    others: list[str] = []
    for locator in locators:
        for part in re.split(r"\s*;\s*", locator or ""):
            lines = re.fullmatch(r"l\.\s*(\d+)(?:\s*-\s*(\d+))?", part)
            if lines:
                first = int(lines.group(1))
                spans.add((first, int(lines.group(2) or first)))
            elif part and part not in others:
                others.append(part)
    merged: list[list[int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    lines = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in merged)
    return ", ".join(([f"l.{french.NO_BREAK}{lines}"] if lines else []) + others)


def name_sources(edition: Edition, references: Iterable[str]) -> str:
    """« Source : Rapport…, II.A, p. 13-16 ; calculs à partir du même document, IV.B, p. 27. », each
    place leading to the document."""
    origins = [
        o for reference in dict.fromkeys(references) for o in list_origins(edition, reference)
    ]
    direct = _by_source(edition, [origin for origin in origins if not origin.calculated])
    calculated = _by_source(edition, [origin for origin in origins if origin.calculated])
    parts = [cite_source(edition, source, place) for source, place in direct.items()]
    apart = {
        source: place
        for source, place in calculated.items()
        if source not in direct or _split(place) - _split(direct[source])
    }
    if apart:
        said = [
            ", ".join(filter(None, ("du même document", place)))
            if [source] == list(direct)
            else f"de {cite_source(edition, source, place, quoted=True)}"
            for source, place in apart.items()
        ]
        parts.append(f"calculs à partir {french.join_list(said)}")
    elif direct and calculated:
        parts.append("calculs à partir des mêmes passages")
    return write_source_line(parts, len(direct.keys() | calculated.keys()))


def _split(places: str) -> set[str]:
    return {*strip_marks(places).split(" ; ")}


def _by_source(edition: Edition, origins: Iterable[Origin]) -> dict[str, str]:
    """The places in each source, in the order in which the sources come."""
    found: dict[str, list[str]] = {}
    for origin in origins:
        found.setdefault(origin.source, []).append(origin.locator)
    return {source: cite_places(edition, source, places) for source, places in found.items()}


def cite_places(edition: Edition, source: str, locators: Iterable[str]) -> str:
    """The places that several rows cite, merged: « II.A, p. 13-16 ; IV.B, p. 27 »; of a form, none:
    its title says who answered."""
    return "" if is_form(source) else cite_place(edition, source, merge_locators(locators))


def cite_source(edition: Edition, source: str, place: str, *, quoted: bool = False) -> str:
    """« Rapport…, II.A, p. 13-16 »."""
    title = edition.source_titles.get(source, source)
    return ", ".join(filter(None, (french.quote(title) if quoted else title, place)))


def write_source_line(parts: Sequence[str], count: int) -> str:
    """« Sources : … ; … », from ``parts`` that name ``count`` sources; empty without any."""
    word = "Sources" if count > 1 else "Source"
    return french.typeset(f"{word} : {' ; '.join(parts)}.") if parts else ""

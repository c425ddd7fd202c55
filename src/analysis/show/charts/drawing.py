"""A finished chart, and what all kinds share: first line, notes, alternative text, data table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from analysis.model.references import PERCENT
from analysis.model.schema import MEMBERS_INDICATOR
from analysis.model.store import Edition, list_members
from analysis.show import colours, theme
from analysis.show.charts.canvas import Canvas, DrawnLength, Hotspot
from analysis.show.charts.chart_rows import UndrawableChart, list_data
from analysis.show.charts.facts import (
    Fact,
    describe_unit,
    list_periods,
    name_sources,
    resolve,
    resolve_marked,
    share_period,
)
from analysis.show.charts.sentences import choose_sentence
from analysis.show.charts.text_fitting import line_height
from analysis.show.identity import adapt_identity, colour_chapters
from analysis.words import french
from analysis.words.hidden_markup import capitalise, strip_marks

#: In a unit: the period that the values drawn share, left out where they share none.
_PERIOD = re.compile(r"(,?\s*)\[periode\]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: Kinds that say the period of each number.
DATING = ("periodes", "evolution", "objectif")


@dataclass(frozen=True)
class Drawing:
    """What a page needs of a chart or a map.

    ``title`` is the finding, which stands above the picture, ``caption`` the same with the
    references of its numbers; ``alt`` says every number drawn, not the title again; ``table``
    holds display strings under French headers, their numbers with their references; ``data`` is
    the same for machines, one row a number (columns of ``list_data``, or of the table counted);
    ``notes`` stand in the picture too; ``lengths`` are those drawn for values, ``hotspots`` what
    the picture says where they stand; ``action`` is the id of the action under which it stands, if
    any; ``narrow`` is the same picture for the screen of a telephone, where there is one, with
    ``narrow_hotspots``.
    """

    id: str
    figure: Figure
    title: str
    caption: str
    unit_line: str
    alt: str
    source_line: str
    table: pd.DataFrame
    data: pd.DataFrame
    notes: tuple[str, ...] = ()
    lengths: tuple[DrawnLength, ...] = ()
    hotspots: tuple[Hotspot, ...] = ()
    action: str = ""
    narrow: Figure | None = None
    narrow_hotspots: tuple[Hotspot, ...] = ()

    def with_narrow(self, other: Drawing) -> Drawing:
        """This drawing with ``other``, the same on a narrow canvas."""
        return replace(self, narrow=other.figure, narrow_hotspots=other.hotspots)


@dataclass
class Draft:
    """A chart being drawn: its canvas, the cursor ``y`` (inches from the top), its notes."""

    edition: Edition
    spec: Mapping
    facts: Sequence[Fact]
    canvas: Canvas
    y: float = 0.04
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """First line of every chart: what is measured, in which unit, when."""
        if self.unit_line:
            self.write(self.unit_line, size=theme.SMALL, colour=theme.QUIET)
        self.y += 0.1

    @cached_property
    def accent(self) -> str:
        """The chapter's colour, dark enough for words on white."""
        identity = self.edition.identity
        own = colour_chapters(self.edition.chapters, identity).get(self.spec.get("chapter"))
        return colours.darken_until_readable(own or adapt_identity(identity).light["main"])

    @property
    def unit_line(self) -> str:
        template = self.spec.get("unit") or ""
        period = share_period(self.facts)
        template = _PERIOD.sub(rf"\g<1>{period}" if period else "", template)
        line = resolve(self.edition, template) or describe_unit(self.edition, self.facts)
        if self.spec["kind"] in DATING or _YEAR.search(line):
            return line
        # Nothing else says that the values are not of the edition's year.
        moving = [f for f in self.facts if f.value.modifier != "cible" and not f.value.is_constant]
        period = share_period(moving)
        ends = {f.value.period_end for f in moving if f.number is not None}
        of_the_year = all(end is None or end.year == self.edition.year for end in ends)
        return line if of_the_year or not period else french.typeset(f"{line}, {period}")

    def write(self, text: str | Sequence[str], after: float = 0.0, **options: object) -> None:
        """Write a paragraph from the cursor down, wrapped at the canvas's width, and move the
        cursor below it; ``options`` are those of ``Canvas.write``."""
        options = {"anchor": "top", "width": self.canvas.width} | options
        self.y += self.canvas.write(0, self.y, text, **options) + after

    def note(self, text: str) -> None:
        """A reservation of the reader's concern, written once, under the chart."""
        text = french.typeset(text)
        if text and text not in self.notes:
            self.notes.append(text)

    def complete(
        self,
        kind: str,
        sentences: Sequence[str],
        table: pd.DataFrame | None = None,
        data: pd.DataFrame | None = None,
    ) -> Drawing:
        """The finished drawing. ``kind`` begins the alternative text (« Barres horizontales »)."""
        estimated = [fact.label for fact in self.facts if fact.value.estimate]
        if estimated and self.spec["kind"] not in DATING:
            labels = french.join_list([f"« {label} »" for label in dict.fromkeys(estimated)])
            self.note(f"Estimation : {labels}.")
        if self.spec["kind"] not in DATING:
            self.note(list_periods(self.facts))
        self.note(resolve(self.edition, choose_sentence(self.edition, self.spec, "note")))
        for text in self.notes:
            self.y += 0.05
            self.write(text, size=theme.NOTE, colour=theme.QUIET)
        caption = title_chart(self.edition, self.spec, self.facts)
        said = "; ".join(sentence for sentence in sentences if sentence)
        parts = [kind, self.unit_line, said, *(note.rstrip(".") for note in self.notes)]
        references = [reference for fact in self.facts for reference in fact.references]
        return Drawing(
            id=self.spec["id"],
            action=self.spec.get("action", ""),
            figure=self.canvas.finish(self.y + line_height(theme.NOTE) * 0.4),
            title=strip_marks(caption),
            caption=caption,
            unit_line=self.unit_line,
            alt=french.typeset(" ".join(f"{part}." for part in parts if part)),
            source_line=name_sources(self.edition, references),
            table=tabulate_data(self.facts) if table is None else table,
            data=list_data(self.facts) if data is None else data,
            notes=tuple(self.notes),
            lengths=tuple(self.canvas.lengths),
            hotspots=tuple(self.canvas.hotspots),
        )


def title_chart(edition: Edition, spec: Mapping, facts: Sequence[Fact]) -> str:
    """What a chart finds, the numbers carrying their references; with « (2016) » after a title
    that names no year, where all that is drawn is of an earlier year than the edition: what it says
    is said of then."""
    dating = spec["kind"] in DATING
    title = resolve_marked(edition, choose_sentence(edition, spec), dated=dating)
    ends = [
        fact.value.period_end
        for fact in facts
        if fact.number is not None and fact.value.modifier != "cible"
    ]
    years = {end.year for end in ends if end is not None}
    caption = capitalise(title.rstrip("."))
    if None in ends or len(years) != 1 or dating or _YEAR.search(strip_marks(title)):
        return caption
    year = years.pop()
    return caption if year >= edition.year else f"{caption} ({year})"


def begin(edition: Edition, spec: Mapping, facts: Sequence[Fact], width: float) -> Draft:
    """A draft of that width with its first line written. Raises UndrawableChart when fewer than two
    numbers are known: one number is a sentence, not a chart."""
    known = sum(fact.number is not None for fact in facts)
    if known < 2:
        raise UndrawableChart(
            spec,
            f"{known} nombre disponible pour l’édition {edition.year} ; il en faut au moins deux.",
        )
    return Draft(edition, spec, facts, Canvas(width))


#: Share of the whole by which rounded parts may miss it.
ROUNDING = 0.005


def refuse_impossible_parts(spec: Mapping, parts: Iterable[Fact], whole: Fact | None) -> None:
    """Parts are laid along their whole: none is negative, none is longer than it. Raises
    UndrawableChart naming the first one that is."""
    for fact in (*parts, *([whole] if whole else [])):
        number, said = fact.number, f"« {fact.marked_label} » ({fact.marked_quantity})"
        if number is not None and number < 0:
            raise UndrawableChart(
                spec, f"{said} est négatif ; un ensemble et ses parts ne le sont jamais."
            )
        if number is None or whole is None or whole.number is None:
            continue
        if number > whole.number * (1 + ROUNDING):
            raise UndrawableChart(
                spec,
                f"{said} dépasse l’ensemble dont ce serait une part, « {whole.marked_label} » "
                f"({whole.marked_quantity}).",
            )


def refuse_mixed_years(edition: Edition, spec: Mapping, parts: Iterable[Fact], whole: Fact) -> None:
    """Parts are of the year of their whole; a constant, a target, what has no date are of any, and
    the member communes are those of the part's day. Raises UndrawableChart naming the first part
    that is of another year."""
    end = whole.value.period_end
    for fact in parts:
        day = fact.value.period_end
        if fact.number is None or whole.number is None or day is None or end is None:
            continue
        timeless = any(one.value.is_constant or one.value.modifier == "cible" for one in
                       (fact, whole))  # fmt: skip
        if timeless or day.year == end.year:
            continue
        are_members = whole.value.indicator == MEMBERS_INDICATOR
        if are_members and len(list_members(edition.communes, day)) == whole.number:
            continue
        raise UndrawableChart(
            spec,
            f"« {fact.marked_label} » ({fact.period}) et l’ensemble, « {whole.marked_label} » "
            f"({whole.period}), ne sont pas de la même année.",
        )


def say(fact: Fact, *, with_period: bool = False) -> str:
    """« Déchets : 19,7 M€ (26,8 %) »: one fact of an alternative text."""
    period = f" ({fact.period})" if with_period else ""
    detail = f" ({fact.detail})" if fact.detail else ""
    return f"{fact.label}{period} : {fact.quantity}{detail}"


def name_fact_period(fact: Fact, undated: str = "non précisée") -> str:
    """The period under its heading; empty where the value is missing."""
    if fact.number is None or (fact.value.is_constant and fact.value.period.undated):
        return ""
    dated = fact.value.period_start is not None or fact.value.period_end is not None
    return fact.period if dated else undated


def tabulate_data(facts: Sequence[Fact]) -> pd.DataFrame:
    """The chart's data as display strings; second numbers of each sort under a head of their
    own."""
    heads = dict.fromkeys(map(_name_second, (d for fact in facts for d in fact.known_details)))
    seconds = {
        head: [
            " ; ".join(d.marked_quantity for d in fact.known_details if _name_second(d) == head)
            for fact in facts
        ]
        for head in heads
    }
    return pd.DataFrame(
        {
            "Élément": [fact.marked_label for fact in facts],
            "Valeur": [fact.marked_quantity for fact in facts],
            **seconds,
            "Période": [name_fact_period(fact) for fact in facts],
        }
    )


def _name_second(detail: Fact) -> str:
    if detail.value.unit == PERCENT:
        return "Part"
    return "Par habitant" if detail.value.unit.endswith("-par-habitant") else "Autre valeur"

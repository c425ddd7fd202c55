"""What several dossiers have in common as a page: what is compared, with a picture where three
territories are ranked, and what is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from analysis.compute.comparison import (
    ComparedValue,
    Comparison,
    Refusal,
    SharedIndicator,
)
from analysis.compute.comparison.shared_indicators import ABSENT, ALONE
from analysis.compute.ranking import Summary
from analysis.execute.review_copies import compose_styles, get_template, read_script
from analysis.publish.comparison_tables import (
    DECLARED,
    format_compared,
    format_ranked,
    name_period,
)
from analysis.show import theme
from analysis.show.charts.territory_dots import draw_territories
from analysis.words import french

#: Folder of the pictures, beside the page.
FIGURES = "figures"
#: Reasons of which the tables alone give the rows, the page how many.
_COUNTED = (ALONE, ABSENT)
#: Rows of a reason, and names of a row, that the page shows.
_MOST_ROWS, _MOST_NAMES = 200, 6
#: Territories equal at an end that are named.
_MOST_EQUALS = 3
#: Territories ranked from which on the quarter of each is said.
_LEAST_QUARTERED = 8
_QUARTERS = (
    "dans le quart le plus bas",
    "dans le deuxième quart",
    "dans le troisième quart",
    "dans le quart le plus haut",
)


def name_figure(shared: SharedIndicator) -> str:
    """File of the picture of an indicator and a period."""
    start, end = shared.period.start, shared.period.end
    return "-".join([shared.id, *(day.isoformat() for day in (start, end) if day)]) + ".svg"


def list_ranked(shared: SharedIndicator) -> list[tuple[ComparedValue, float]]:
    """The values that have a rank with the numbers ranked, the first one first."""
    ranked = [
        (one, number)
        for one in shared.values
        if one.rank is not None and (number := shared.number(one)) is not None
    ]
    return sorted(ranked, key=lambda pair: pair[0].rank or 0)


#: Names and numbers of territories, how the numbers are spread, their step: what a picture shows.
Picture = tuple[tuple[str, ...], tuple[float, ...], Summary, float]


def describe_picture(shared: SharedIndicator) -> Picture:
    """The picture of an indicator of which values are ranked, to be drawn here or elsewhere."""
    assert shared.summary is not None
    ranked = list_ranked(shared)
    names = tuple(one.side.name for one, _ in ranked)
    return names, tuple(number for _, number in ranked), shared.summary, shared.step


def draw_pictures(pictures: Sequence[Picture]) -> list[str]:
    """Each of them as SVG."""
    return [
        theme.compose_svg(
            draw_territories(names, numbers, summary, partial(french.format_number, step=step))
        )
        for names, numbers, summary, step in pictures
    ]


def describe_standing(shared: SharedIndicator) -> str:
    """Median, middle half, first and last, in a few sentences."""
    summary = shared.summary
    assert summary is not None
    ranked = list_ranked(shared)
    say = partial(french.format_number, step=shared.step)
    ends = [_name_equals(ranked, number) for number in (summary.highest, summary.lowest)]
    if summary.highest == summary.lowest:
        return french.typeset(
            f"Les {summary.count} territoires classés ont tous la même valeur :"
            f" {format_ranked(shared, summary.median)}."
        )
    return french.typeset(
        f"{summary.count} territoires classés. Médiane : {format_ranked(shared, summary.median)} ;"
        f" la moitié centrale va de {say(summary.first_quartile)} à {say(summary.third_quartile)}."
        f" La valeur la plus élevée : {ends[0]}, {say(summary.highest)} ; la plus basse :"
        f" {ends[1]}, {say(summary.lowest)}."
    )


def _name_equals(ranked: Sequence[tuple[ComparedValue, float]], number: float) -> str:
    names = [one.side.name for one, own in ranked if own == number]
    if len(names) > _MOST_EQUALS:
        return french.format_count(len(names), "territoire", "territoires")
    return french.join_list(names)


def _describe_alternative(shared: SharedIndicator) -> str:
    """The picture in words: every number of a few territories, else how they are spread."""
    ranked = list_ranked(shared)
    parts = [f"{one.side.name} {french.format_number(n, shared.step)}" for one, n in ranked]
    listed = " ; ".join(parts) if len(parts) <= 12 else describe_standing(shared)
    return french.typeset(f"Un point par territoire. {listed}")


def _tells_quarters(shared: SharedIndicator) -> bool:
    """Whether a quarter of the territories is more than one."""
    return shared.summary is not None and shared.summary.count >= _LEAST_QUARTERED


def _compose_values(shared: SharedIndicator) -> list[dict[str, str]]:
    """Rows of an indicator's table: those ranked first."""
    ordered = sorted(
        shared.values, key=lambda one: (one.rank is None, one.rank or 0)
    )  # stable: then the order of the dossiers
    rows = []
    for one in ordered:
        number = shared.number(one)
        place = ""
        if one.rank is not None and _tells_quarters(shared) and number is not None:
            place = _QUARTERS[shared.summary.find_quarter(number) - 1]
        ratio = ""
        if shared.by_inhabitant and one.ratio is not None:
            qualifier = french.QUALIFIER_WORDS[one.row["qualifier"]]
            ratio = f"{qualifier} {format_ranked(shared, one.ratio)}".strip()
        rows.append(
            {
                "rank": "" if one.rank is None else french.format_ordinal(one.rank),
                "name": one.side.name,
                "value": format_compared(one),
                "ratio": ratio,
                "place": place or one.unranked,
                "edition": str(one.row["told_by"]),
                "declared": DECLARED if one.side.id in shared.declared else "",
            }
        )
    return rows


def _compose_shared(shared: SharedIndicator, reasons: Mapping[str, str]) -> dict[str, Any]:
    entry = shared.definition
    found: dict[str, Any] = {
        "id": name_figure(shared).removesuffix(".svg"),
        "title": french.typeset(entry["title"]),
        "definition": french.typeset(entry["definition"]),
        "formula": entry["formula"],
        "period": name_period(shared),
        "rows": _compose_values(shared),
        "quarters": _tells_quarters(shared),
        "by_inhabitant": shared.by_inhabitant,
        "unranked": french.typeset(shared.unranked),
        "declared": french.typeset(reasons.get(shared.id, "")) if shared.declared else "",
    }
    if shared.summary:
        found |= {
            "standing": describe_standing(shared),
            "figure": f"{FIGURES}/{name_figure(shared)}",
            "alternative": _describe_alternative(shared),
        }
    return found


def _compose_refusals(comparison: Comparison) -> list[dict[str, Any]]:
    """The refusals by reason, in the order in which the reasons come."""
    names = {side.id: side.name for side in comparison.sides}
    groups: dict[str, list[Refusal]] = {}
    for refusal in comparison.refusals:
        groups.setdefault(refusal.reason, []).append(refusal)
    return [
        {
            "reason": french.typeset(reason[:1].upper() + reason[1:]),
            "count": len({refusal.indicator for refusal in found}),
            "counted": reason in _COUNTED,
            "dated": any(refusal.period for refusal in found),
            "replaced": any(refusal.kept for refusal in found),
            "rows": []
            if reason in _COUNTED
            else [
                {
                    "title": french.typeset(refusal.title),
                    "period": name_period(refusal),
                    "kept": french.typeset(refusal.kept),
                    "own": french.typeset(refusal.own),
                    "names": _list_names(names[id] for id in refusal.territories),
                }
                for refusal in found[:_MOST_ROWS]
            ],
            "left": 0 if reason in _COUNTED else max(0, len(found) - _MOST_ROWS),
        }
        for reason, found in sorted(groups.items(), key=lambda pair: pair[0] in _COUNTED)
    ]


def _list_names(names: Iterable[str]) -> str:
    listed = list(names)
    shown, others = listed[:_MOST_NAMES], len(listed) - _MOST_NAMES
    return ", ".join(shown) + (f" et {others} autre{'s' * (others > 1)}" if others > 0 else "")


def _compose_sides(comparison: Comparison) -> list[dict[str, str]]:
    rows = []
    for side in comparison.sides:
        year = side.years[-1]
        known = side.inhabitants.get(year)
        told = known is not None and known["value"] is not None
        rows.append(
            {
                "name": side.name,
                "dossier": side.dossier,
                "editions": french.join_list([str(year) for year in side.years]),
                "inhabitants": f"{french.format_number(known['value'])} ({year})" if told else "",
            }
        )
    return rows


def compose_page(comparison: Comparison, left_out: Mapping[str, str], fonts: str) -> str:
    """The page; ``left_out``: editions whose data could not be read, and why; ``fonts``: where the
    page finds them."""
    ranked = [one for one in comparison.shared if one.summary]
    shown = [one for one in comparison.shared if not one.summary]
    years = sorted({year for side in comparison.sides for year in side.years})
    return get_template("territories.html.j2").render(
        styles=compose_styles("", fonts),
        script=read_script("tables.js"),
        years=french.join_list([str(year) for year in years]),
        sides=_compose_sides(comparison),
        left_out=left_out,
        ranked=[_compose_shared(one, comparison.reasons) for one in ranked],
        shown=[_compose_shared(one, comparison.reasons) for one in shown],
        refusals=_compose_refusals(comparison),
    )

"""What several dossiers have in common as a page: what is compared, with the place of each on the
scale where three territories are ranked, and what is refused, with the reason. The scales are drawn
by the page itself, from places: as many as there are cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from analysis.compute.comparison import ComparedValue, Comparison, Refusal, SharedIndicator
from analysis.compute.comparison.shared_indicators import ABSENT, ALONE
from analysis.execute.review_copies import compose_styles, get_template, read_script
from analysis.publish.comparison_tables import (
    DECLARED,
    format_compared,
    format_ranked,
    name_period,
)
from analysis.show.page_safety import guard
from analysis.words import french

#: Reasons of which the tables alone give the rows, the page how many.
_COUNTED = (ALONE, ABSENT)
#: Rows of a reason, names of a row, territories equal at an end that the page shows.
_MOST_ROWS, _MOST_NAMES, _MOST_EQUALS = 200, 6, 3
#: Territories ranked from which on the middle half and the quarter of each are said.
_LEAST_QUARTERED = 8
_QUARTERS = (
    "dans le quart le plus bas",
    "dans le deuxième quart",
    "dans le troisième quart",
    "dans le quart le plus haut",
)


def describe_standing(shared: SharedIndicator) -> str:
    """Median, first and last, of many the middle half too, in a few sentences."""
    summary = shared.summary
    assert summary is not None
    say = partial(french.format_number, step=shared.step)
    median = format_ranked(shared, summary.median)
    if summary.highest == summary.lowest:
        return french.typeset(
            f"Les {summary.count} territoires classés ont tous la même valeur : {median}."
        )
    first, last = (_name_equals(shared, number) for number in (summary.highest, summary.lowest))
    half = ""
    if summary.count >= _LEAST_QUARTERED:
        ends = say(summary.first_quartile), say(summary.third_quartile)
        half = " ; la moitié centrale va de {} à {}".format(*ends)
    return french.typeset(
        f"{summary.count} territoires classés. Médiane : {median}{half}."
        f" La valeur la plus élevée : {first}, {say(summary.highest)} ; la plus basse :"
        f" {last}, {say(summary.lowest)}."
    )


def _name_equals(shared: SharedIndicator, number: float) -> str:
    names = [one.side.name for one in shared.values if one.rank and shared.number(one) == number]
    if len(names) > _MOST_EQUALS:
        return french.format_count(len(names), "territoire", "territoires")
    return french.join_list(names)


def _place(shared: SharedIndicator, number: float) -> float:
    """Where a number stands on the scale, in hundredths of its width; both ends have room."""
    assert shared.summary is not None
    low, high = shared.summary.lowest, shared.summary.highest
    return round(3 + 94 * (number - low) / (high - low), 1) if high > low else 50.0


def _compose_row(shared: SharedIndicator, one: ComparedValue) -> dict[str, Any]:
    number = shared.number(one)
    ranked = one.rank is not None and shared.summary is not None and number is not None
    place = one.unranked
    if ranked and shared.summary.count >= _LEAST_QUARTERED:
        place = _QUARTERS[shared.summary.find_quarter(number) - 1]
    ratio = ""
    if shared.by_inhabitant and one.ratio is not None:
        qualifier = french.QUALIFIER_WORDS[one.row["qualifier"]]
        ratio = f"{qualifier} {format_ranked(shared, one.ratio)}".strip()
    return {
        "rank": "" if one.rank is None else french.format_ordinal(one.rank),
        "name": one.side.name,
        "value": format_compared(one),
        "ratio": ratio,
        "place": _place(shared, number) if ranked else None,
        "remark": ", ".join(
            filter(None, [place, DECLARED if one.side.id in shared.declared else ""])
        ),
        "edition": one.row["told_by"],
    }


def _compose_shared(shared: SharedIndicator, reasons: Mapping[str, str]) -> dict[str, Any]:
    entry, summary = shared.definition, shared.summary
    days = [day.isoformat() for day in (shared.period.start, shared.period.end) if day]
    # Those ranked first; then the order of the dossiers.
    ordered = sorted(shared.values, key=lambda one: (one.rank is None, one.rank or 0))
    found: dict[str, Any] = {
        "id": "-".join([shared.id, *days]),
        "title": french.typeset(entry["title"]),
        "definition": french.typeset(entry["definition"]),
        "formula": entry["formula"],
        "period": name_period(shared),
        "rows": [_compose_row(shared, one) for one in ordered],
        "by_inhabitant": shared.by_inhabitant,
        "unranked": french.typeset(shared.unranked),
        "declared": french.typeset(reasons.get(shared.id, "")) if shared.declared else "",
    }
    if summary:
        say = partial(french.format_number, step=shared.step)
        half = (summary.first_quartile, summary.third_quartile)
        found |= {
            "standing": describe_standing(shared),
            "ends": (say(summary.lowest), say(summary.highest)),
            "median": _place(shared, summary.median),
            "half": [_place(shared, n) for n in half] if summary.count >= _LEAST_QUARTERED else [],
        }
    return found


def _compose_refusals(comparison: Comparison) -> list[dict[str, Any]]:
    """The refusals by reason, in the order in which the reasons come."""
    names = {side.id: side.name for side in comparison.sides}
    groups: dict[str, list[Refusal]] = {}
    for refusal in comparison.refusals:
        groups.setdefault(refusal.reason, []).append(refusal)
    composed = []
    for reason, found in sorted(groups.items(), key=lambda pair: pair[0] in _COUNTED):
        told = [] if reason in _COUNTED else found
        indicators = len({refusal.indicator for refusal in found})
        rows = [
            {
                "title": french.typeset(refusal.title),
                "period": name_period(refusal),
                "kept": french.typeset(refusal.kept),
                "own": french.typeset(refusal.own),
                "names": _list_names([names[id] for id in refusal.territories]),
            }
            for refusal in told[:_MOST_ROWS]
        ]
        composed.append({
            "reason": french.typeset(reason[:1].upper() + reason[1:]),
            "count": french.format_count(indicators, "indicateur", "indicateurs"),
            "dated": any(refusal.period for refusal in found),
            "replaced": any(refusal.kept for refusal in found),
            "rows": rows,
            "left": len(told) - len(rows),
        })  # fmt: skip
    return composed


def _list_names(names: Sequence[str]) -> str:
    shown, others = ", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES
    return f"{shown} et {others} autre{'s' * (others > 1)}" if others > 0 else shown


def _compose_sides(comparison: Comparison) -> list[dict[str, str]]:
    rows = []
    for side in comparison.sides:
        year = side.years[-1]
        known = side.inhabitants.get(year)
        told = known is not None and known["value"] is not None
        rows.append({
            "name": side.name,
            "dossier": side.dossier,
            "editions": french.join_list([str(year) for year in side.years]),
            "inhabitants": f"{french.format_number(known['value'])} ({year})" if told else "",
        })  # fmt: skip
    return rows


def compose_page(comparison: Comparison, left_out: Mapping[str, str], fonts: str) -> str:
    """The page; ``left_out``: editions whose data could not be read, and why; ``fonts``: where the
    page finds them."""
    shared = [_compose_shared(one, comparison.reasons) for one in comparison.shared]
    years = sorted({year for side in comparison.sides for year in side.years})
    page = get_template("territories.html.j2").render(
        styles=compose_styles("", fonts),
        script=read_script("tables.js"),
        years=french.join_list([str(year) for year in years]),
        sides=_compose_sides(comparison),
        left_out=left_out,
        ranked=[one for one in shared if "ends" in one],
        shown=[one for one in shared if "ends" not in one],
        refusals=_compose_refusals(comparison),
    )
    return guard(page, "de la comparaison")

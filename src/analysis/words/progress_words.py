"""Ways to targets in French: the share made, the gap, the paces, the verdict.

Worded here once for tables, charts and trails; ``row`` is a row of ``progress`` as a dict. A share
in % moves in points, and so does its pace.
"""

from __future__ import annotations

import math
from dataclasses import replace

from analysis.base.rounding import round_bound
from analysis.model.progress import CEILING, MET, NO_VALUE, POINT, UNCERTAIN
from analysis.model.references import (
    APPROXIMATE,
    PERCENT,
    Row,
    Value,
    combine_qualifiers,
    find_side,
)
from analysis.model.store import Edition, to_records
from analysis.words import french, prose
from analysis.words.hidden_markup import capitalise, end_sentence, hide
from analysis.words.smallmarkdown import write_plain

#: What a gap of zero would be, as the eye sees it, is shown by as many decimals more.
_FINEST = 1e-6


def read_target(edition: Edition, row: Row) -> Value:
    """The target of a row of ``progress``, which need not be the one that ``:cible`` gives."""
    chosen = edition.value(f"{row['indicator']}:cible")
    return replace(
        chosen,
        value=row["target_value"],
        qualifier=row["target_qualifier"],
        period_end=row["target_date"],
    )


def describe_due(target: Value) -> str:
    """« fin 2020 », « sans échéance »."""
    if target.period_end is None:
        return "sans échéance"
    return french.name_period(target.period_start, target.period_end)


def _measure(edition: Edition, number: float, unit: str, step: float, qualifier: str) -> str:
    """A difference in the indicator's unit: « 20 agents », « plus de 1,5 point »."""
    number = round_bound(number, step, find_side(qualifier))
    if unit == PERCENT:
        text = french.format_points(number, step)
    else:
        text = prose.format_measure(edition, number, unit, step)
    return f"{french.QUALIFIER_WORDS[qualifier]} {text}".strip()


def describe_pace(edition: Edition, unit: str, number: float) -> str:
    """« 8 570 arbres par an », « 5,0 points par an »."""
    return f"{_measure(edition, number, unit, find_pace_step(number, unit), 'exact')} par an"


def find_pace_step(number: float, unit: str) -> float:
    """How a pace is rounded. It is a mean: three digits from ten on, two below; a whole number of
    what is counted has no decimals."""
    size = math.floor(math.log10(abs(number))) if number else 0
    step = 10.0 ** (size - (2 if size >= 1 else 1))
    if step < 1 and unit != PERCENT and math.isclose(number, round(number)):
        step = 1
    return step


def list_paces(edition: Edition, row: Row) -> dict[str, str]:
    """« observé » and « nécessaire » → the pace in words, those that are known."""
    columns = {"observé": "observed_pace_per_year", "nécessaire": "required_pace_per_year"}
    return {
        name: describe_pace(edition, row["unit"], row[column])
        for name, column in columns.items()
        if row[column] is not None
    }


def _qualify(row: Row, direction: int) -> str:
    """Qualifier of what grows (1) or falls (−1) with the value of a row."""
    about = row["target_qualifier"] in APPROXIMATE
    terms = [(row["qualifier"] or "exact", direction), ("environ" if about else "exact", 1)]
    return combine_qualifiers(terms) or "environ"


def describe_share(edition: Edition, row: Row) -> str:
    """« 60 % de l’objectif », « 50 % de la baisse (depuis 180 agents, fin 2015) »; '' where a share
    would say nothing."""
    share, start = row["attained_pct"], row["baseline"]
    if share is None:
        return ""
    qualifier = _qualify(row, 1 if row["target_value"] >= (start or 0) else -1)
    step = 1 if math.isclose(share, round(share), abs_tol=1e-9) else 0.1
    if share < 100 <= float(f"{share:.1f}"):
        share, step, qualifier = 100, 1, "près de"
    shown = french.format_percentage(round_bound(share, step, find_side(qualifier)), step)
    words = f"{french.QUALIFIER_WORDS[qualifier]} {shown}".strip()
    if start is None:
        return f"{words} de l’objectif"
    way = "la baisse" if row["target_value"] < start else "la hausse"
    precision = edition.catalogue[row["indicator"]]["precision"]
    since = [prose.format_measure(edition, start, row["unit"], precision)]
    if row["baseline_date"] is not None:
        since.append(french.name_period(None, row["baseline_date"]))
    return f"{words} de {way} (depuis {', '.join(since)})"


def describe_gap(edition: Edition, row: Row) -> str:
    """« il manque 7 halles », « 20 agents de trop », « 10 agents de moins »; '' where the value is
    the target itself, or may be on either side of it."""
    if row["verdict"] in (NO_VALUE, UNCERTAIN) or not row["distance"]:
        return ""
    above, met = row["distance"] < 0, row["verdict"] in MET
    gap, step = abs(row["distance"]), edition.catalogue[row["indicator"]]["precision"]
    while french.round_sign(gap, step) == 0 and step > _FINEST:
        step /= 10
    words = _measure(edition, gap, row["unit"], step, _qualify(row, 1 if above else -1))
    if row["aim"] == POINT:
        return f"{words} de {'plus' if above else 'moins'} que visé"
    if row["aim"] == CEILING:
        return f"{words} de {'trop' if above else 'moins'}"
    return f"{words} de plus" if met or above else f"il manque {words}"


def describe_verdict(row: Row, gap: str) -> str:
    """« dépassé, 20 agents de trop (objectif sans échéance) »; ``gap``: that of the row, as it is
    to be shown."""
    said = ", ".join(filter(None, (row["verdict"], gap)))
    return f"{said} ({row['reason']})" if row["reason"] else said


def list_verdicts(edition: Edition, chapter: str = "") -> list[Row]:
    """The rows of ``progress`` of an edition, or of one of its chapters, what calls for a decision
    first."""
    wanted = {"chapter": chapter} if chapter else {}
    rows: list[Row] = [*to_records(edition.rows("progress", **wanted))]
    return sorted(rows, key=lambda row: (row["verdict"] in MET, row["distance"] is None))


def write_verdict(edition: Edition, row: Row) -> str:
    """Where a target stands, in a sentence of Markdown whose numbers carry their trail (see
    ``hidden_markup``): « **Arbres plantés (cumul) : rythme insuffisant.** 60 000 arbres en 2017
    pour 100 000 arbres en 2020 ; 8 570 arbres par an, quand il en faudrait 13 330. »"""
    target, value = read_target(edition, row), edition.value(row["indicator"])

    def mark(words: str) -> str:
        return prose.mark_value(edition, target, words) if words else ""

    stands = prose.format_placeholder(edition, value, "complet")
    goal = f"{prose.mark_quantity(edition, target)} ({describe_due(target)})"
    paces = [f"rythme {name} {mark(pace)}" for name, pace in list_paces(edition, row).items()]
    said = [f"{stands} pour {goal}", mark(describe_gap(edition, row)), *paces]
    told = capitalise(end_sentence(" ; ".join(filter(None, said))))
    name = write_plain(french.typeset(f"{row['title']} : {row['verdict']}."))
    return f"{hide('**')}{name}{hide('**')} {write_plain(french.typeset(told))}"

"""Parts against their whole, by parts.csv: none is larger, and together they make what is said.

Compared: the reference values, when nothing speaks against it (``_find_obstacle``), and every other
period of which both sides have a value. A difference that the qualifiers or the rounding of the
values allow is none (``model.intervals``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.compute.audit.findings import (
    ALERT,
    CONFORM,
    UNCONTROLLED,
    Finding,
    Values,
    describe,
    describe_number,
    describe_period,
    suffix,
)
from analysis.model.intervals import add, read_interval
from analysis.model.periods import Period
from analysis.model.references import Row
from analysis.model.store import Edition

PART, SUM = "partie et tout", "somme des parties"
#: What the parts of a breakdown make together, as parts.csv says.
EQUAL, AT_MOST, OVERLAPPING = "égale", "au plus", "aucune"


def control_parts(edition: Edition, values: Values) -> Iterator[Finding]:
    """No part is larger than its whole, as parts.csv and the charts name them: one finding for each
    part, whole and period."""
    typed = zip(edition.parts["whole"], edition.parts["part"], strict=True)
    relations = dict.fromkeys([*typed, *_list_drawn(edition)])
    titles = dict(zip(edition.indicators["id"], edition.indicators["title"], strict=True))
    for whole, part in relations:
        territories = _list_territories(values, whole, [part])
        for territory in territories:
            yield from _control_part(edition, values, whole, part, territory)
        if not territories:
            yield Finding(
                f"partie-et-tout:{whole}:{part}", PART, part, titles[part], UNCONTROLLED,
                f"Non comparé à « {titles[whole]} » : aucun territoire commun.",
            )  # fmt: skip


def _list_drawn(edition: Edition) -> Iterator[tuple[str, str]]:
    """Whole and part of each chart that draws parts on their whole, by their plain indicators."""
    known = set(edition.indicators["id"])
    for spec in edition.charts:
        whole, *parts = (
            item["indicator"] if isinstance(item, Mapping) else item
            for item in (spec.get("whole"), *spec.get("items", ()))
        )
        yield from ((whole, part) for part in parts if whole in known and part in known)


def _list_territories(values: Values, whole: str, parts: list[str]) -> list[str]:
    """Where the whole and at least one of its parts are known."""
    places = {place for part in parts for place in values.territories(part)}
    return [place for place in values.territories(whole) if place in places]


def _control_part(
    edition: Edition, values: Values, whole: str, part: str, territory: str
) -> Iterator[Finding]:
    id = f"partie-et-tout:{whole}:{part}"
    here, there = (values.reference(name, territory) for name in (part, whole))
    if here is not None and here["value"] is None:
        said = f"Pas de valeur : {here['missing']}."
        yield Finding(id + suffix(values, here), PART, part, here["title"], UNCONTROLLED, said)
    for row in values.known(part, territory):
        other = values.at(whole, territory, row)
        if other is not None:
            yield _compare_part(edition, id + suffix(values, row), row, other)
        elif row["rank"] == 0 and there is not None:
            if obstacle := _find_obstacle(row, there):
                said = f"Non comparé à « {there['title']} » : {obstacle}."
                yield Finding.of(id + suffix(values, row), PART, row, UNCONTROLLED, said)
            else:
                yield _compare_part(edition, id + suffix(values, row), row, there)


def _compare_part(edition: Edition, id: str, part: Row, whole: Row) -> Finding:
    words = f"{describe(edition, part)} sur {describe(edition, whole)}"
    if not read_interval(part).exceeds(read_interval(whole)):
        said = f"{words}, « {whole['title']} » ({describe_period(part)})."
        return Finding.of(id, PART, part, CONFORM, said)
    said = (
        f"Partie plus grande que le tout : {words}, « {whole['title']} »"
        f" ({describe_period(part)}). Attendu : au plus {describe(edition, whole)}."
    )
    return Finding.of(id, PART, part, ALERT, said, whole)


def _find_obstacle(part: Row, whole: Row, equal: bool = False) -> str:
    """Why two reference values of different periods are not to be set against each other; empty
    where they may be.

    They may when one has no date, and when both end in the same year, unless both are flows and
    the part's lasts beyond the whole's (or, where they must be equal, is not the same).
    """
    for row in (part, whole):
        if row["value"] is None:
            return f"« {row['title']} » n’a pas de valeur ({row['missing']})"
    one, other = (Period.of_row(row) for row in (part, whole))
    if one.end is None or other.end is None or one == other:
        return ""
    if one.end.year != other.end.year:
        return f"années différentes, {one.end.year} et {other.end.year}"
    if one.start and other.start:
        within = other.start <= one.start and one.end <= other.end
        if equal or not within:
            return f"périodes différentes, {describe_period(part)} et {describe_period(whole)}"
    return ""


# --- sums -----------------------------------------------------------------------------------------


def control_sums(edition: Edition, values: Values) -> Iterator[Finding]:
    """The parts of a breakdown make the whole, or no more: one finding for each period."""
    groups = edition.parts.groupby(["whole", "breakdown"], sort=False)
    for (whole, breakdown), rows in groups:
        addition = rows["addition"].iloc[0]
        if addition == OVERLAPPING or (addition == AT_MOST and len(rows) == 1):
            continue  # nothing to add up: the control of the part says it all
        parts = list(rows["part"])
        for territory in _list_territories(values, whole, parts):
            id = f"somme-des-parties:{whole}:{breakdown}"
            yield from _control_sum(edition, values, id, whole, parts, territory, addition)


def _control_sum(
    edition: Edition,
    values: Values,
    id: str,
    whole: str,
    parts: list[str],
    territory: str,
    addition: str,
) -> Iterator[Finding]:
    total = values.reference(whole, territory)
    if total is not None and total["value"] is None:
        yield _leave(id + suffix(values, total), total, [f"pas de tout, {total['missing']}"])
    for row in values.known(whole, territory):
        known, obstacles = [], []
        for part in parts:
            found, obstacle = _find_part(values, part, territory, row, addition)
            if found is None:
                obstacles.append(obstacle)
            else:
                known.append(found)
        # Some of the parts may already be more than the whole; never known to be equal to it.
        if known and (not obstacles or addition == AT_MOST):
            yield _compare_sum(edition, id + suffix(values, row), row, known, addition)
        elif row["rank"] == 0:
            yield _leave(id + suffix(values, row), row, obstacles)


def _find_part(
    values: Values, part: str, territory: str, whole: Row, addition: str
) -> tuple[Row | None, str]:
    """The part of the whole's period, else (for the reference value) the part's own reference
    value; None and the reason where neither will do."""
    found = values.at(part, territory, whole)
    if found is not None or whole["rank"] != 0:
        return found, ""
    row = values.reference(part, territory)
    if row is None:
        return None, f"« {part} » n’a pas de valeur pour ce territoire"
    obstacle = _find_obstacle(row, whole, equal=addition == EQUAL)
    return (None, obstacle) if obstacle else (row, "")


def _leave(id: str, whole: Row, obstacles: list[str]) -> Finding:
    reasons = " ; ".join(dict.fromkeys(obstacles))
    return Finding.of(id, SUM, whole, UNCONTROLLED, f"Somme non comparée au tout : {reasons}.")


def _compare_sum(edition: Edition, id: str, whole: Row, parts: list[Row], addition: str) -> Finding:
    added = sum(part["value"] for part in parts)
    terms = " + ".join(describe_number(edition, part["value"], [part]) for part in parts)
    words = f"{terms} = {describe_number(edition, added, parts)}" if len(parts) > 1 else terms
    found, limit = add(map(read_interval, parts)), read_interval(whole)
    too_large = found.exceeds(limit)
    too_small = addition == EQUAL and limit.exceeds(found)
    total, gap = describe(edition, whole), abs(added - whole["value"])
    if not (too_large or too_small):
        allowed = gap > 0 and addition == EQUAL
        said = " (écart que permettent les arrondis ou les réserves)" if allowed else ""
        return Finding.of(id, SUM, whole, CONFORM, f"{words}, pour {total}{said}.")
    beyond = describe_number(edition, gap, [whole, *parts])
    titles = ", ".join(f"« {part['title']} »" for part in parts)
    said = (
        f"Somme {'trop grande' if too_large else 'trop petite'} : {words}, pour {total}, soit"
        f" {beyond} {'de trop' if too_large else 'qui manquent'}. Parties : {titles}. Attendu :"
        f" {'exactement' if addition == EQUAL else 'au plus'} {total}."
    )
    return Finding.of(id, SUM, whole, ALERT, said, *parts)

"""What a comparison says, in French: rows chosen, in order, then each in words.

The page and the terminal both take their rows and their words from here, so that they say the
same. Numbers carry their reference (``mark``); the terminal strips it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.compute.changes.change_frames import (
    BECAME_ACTION,
    BECAME_PLANNED,
    CORRECTED,
    FOLLOWED,
    NEW,
    NOT_RENEWED,
    STABLE,
    Changes,
)
from analysis.compute.changes.changed_values import list_behind
from analysis.model.references import BOUNDED, Row, Value, find_side
from analysis.model.schema import RECONSTITUTED, UNCONFIRMED
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.words import french, prose
from analysis.words.citations import is_form, name_answer
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.progress_words import describe_course, describe_gap, describe_goal

#: What the catalogue says of an indicator that is a constant, a threshold, printed once.
NEVER_ASKED = "jamais"

_PLACES = ("value", "qualifier", "status", "period_start", "period_end")

# --- values chosen --------------------------------------------------------------------------------


def list_followed(edition: Edition, changes: Changes, chapter: str = "") -> list[Row]:
    """Values that this edition renews, in the order of the catalogue. Left out is what no reference
    gives any more (a mean by month, a ratio to another year's population), and a constant that is
    what it was."""
    rows = to_records(changes.values)
    return [
        row
        for row in rows
        if row["state"] == FOLLOWED
        and chapter in ("", row["chapter"])
        and row["reference"]
        and row["then_reference"]
        and (_is_asked(edition, row) or row["now"] != row["then"])
    ]


def list_new(edition: Edition, changes: Changes, chapter: str) -> list[Row]:
    """Indicators that have their first value; calculated ones follow from the others."""
    return [row for row in _list_typed(changes, NEW, chapter) if _is_asked(edition, row)]


def list_gone(changes: Changes, chapter: str) -> list[Row]:
    """Indicators that had a value and have none any more."""
    return [row for row in _list_typed(changes, NOT_RENEWED, chapter) if row["now"] is None]


def count_unrenewed(edition: Edition, changes: Changes) -> int:
    """How many indicators keep the value that they had: of those that services were asked for this
    edition or, where none is known to have been, of all but the constants."""
    rows = _list_typed(changes, NOT_RENEWED)
    kept = {r["indicator"] for r in rows if r["now"] is not None and _is_asked(edition, r)}
    requested = set(edition.requests["indicator"])
    return len(kept & requested if requested else kept)


def describe_unrenewed(edition: Edition, changes: Changes) -> str:
    """How many values are not listed, because nobody gave a newer one; '' where none."""
    number = count_unrenewed(edition, changes)
    if not number:
        return ""
    asked = "" if edition.requests.empty else "demandé aux services "
    one = f"indicateur {asked}n’a pas"
    many = f"indicateurs {asked.replace('demandé', 'demandés')}n’ont pas"
    words = french.choose_form(number, one, many)
    kept = "il garde" if number == 1 else "ils gardent"
    counted = mark(french.format_number(number), name_table("indicators"))
    return french.typeset(
        f"{counted} {words} reçu de valeur plus récente que celle de l’édition "
        f"{changes.against} : {kept} la dernière connue, avec sa date."
    )


def _list_typed(changes: Changes, state: str, chapter: str = "") -> list[Row]:
    return [
        row
        for row in to_records(changes.values)
        if row["state"] == state and row["origin"] == OBSERVED and chapter in ("", row["chapter"])
    ]


def _is_asked(edition: Edition, row: Row) -> bool:
    return edition.catalogue[row["indicator"]].get("asked", "") != NEVER_ASKED


def list_told(edition: Edition, changes: Changes) -> list[Row]:
    """Of the values that this edition renews, those that are told first. A calculated one is left
    out where a value behind it is told too: it would say the same again."""
    rows = list_followed(edition, changes)
    typed = {row["indicator"] for row in rows if row["origin"] == OBSERVED}
    return [
        row
        for row in rows
        if row["origin"] == OBSERVED or typed.isdisjoint(list_behind(edition, row["indicator"]))
    ]


def list_trend(edition: Edition, changes: Changes, trend: str) -> list[Row]:
    """Values told first that moved this way."""
    return [row for row in list_told(edition, changes) if row["trend"] == trend]


def is_unchanged(edition: Edition, changes: Changes) -> bool:
    """Whether nothing is known yet that the edition before did not say: no value, no news of what
    it announced, no revision, no other definition."""
    told = list_told(edition, changes) + list_new(edition, changes, "") + list_gone(changes, "")
    entries = changes.programme[changes.programme["state"] != UNCONFIRMED]
    frames = (entries, changes.deadlines, changes.revised, changes.definitions)
    return not told and all(frame.empty for frame in frames)


def list_revised(changes: Changes, cause: str) -> list[Row]:
    """Rows of ``revised`` of one cause."""
    return [row for row in to_records(changes.revised) if row["cause"] == cause]


def is_revised(changes: Changes, row: Row) -> bool:
    """Whether the earlier value of a row of ``values`` is now another for a cause to be told."""
    same = (changes.revised["indicator"] == row["indicator"]) & (
        changes.revised["territory"] == row["territory"]
    )
    spans = changes.revised[same]
    return any(
        (other["period_start"], other["period_end"]) == (row["then_start"], row["then_end"])
        for other in to_records(spans)
    )


# --- values in words ------------------------------------------------------------------------------


def _build_value(edition: Edition, row: Row, **known: Any) -> Value:
    """A number as the catalogue of this edition words it: its unit, its step."""
    entry = edition.value(f"{row['indicator']}@{row['territory']}")
    return replace(entry, missing="", modifier="", **known)


def read_side(edition: Edition, row: Row, side: str) -> Value:
    """``then``, ``then_kept`` or ``now`` of a row of ``values`` as a Value."""
    name = "now" if side == "now" else "then"
    parts = (side, f"{name}_qualifier", f"{name}_status", f"{name}_start", f"{name}_end")
    cells = (row[part] for part in parts)
    return _build_value(edition, row, **dict(zip(_PLACES, cells, strict=True)))


def describe_title(edition: Edition, row: Row) -> str:
    """The indicator's title, with the territory where it is another than the report's own."""
    return french.typeset(prose.title_value(edition, row["title"], row["territory"]))


def describe_quantity(edition: Edition, value: Value) -> str:
    """« plus de 80 logements »; « non disponible » where there is no number."""
    return french.typeset(prose.format_quantity(edition, value))


def name_period(value: Value) -> str:
    """« 2017 », « janvier à octobre 2017, provisoire », « date non précisée »."""
    name = french.name_period(value.period_start, value.period_end)
    return f"{name}, {value.status}" if value.status not in ("", "définitif") else name


def describe_side(edition: Edition, row: Row, side: str) -> str:
    """« 120 logements (2031) »; ``side``: ``now`` or ``then_kept``."""
    value = read_side(edition, row, side)
    reference = row["reference" if side == "now" else "then_reference"]
    return f"{mark(describe_quantity(edition, value), reference)} ({name_period(value)})"


def name_growth(row: Mapping[str, Any]) -> str:
    """Reference of a change: a growth has a trail of its own where it goes from the period
    before."""
    before = f"{row['reference']}:precedent"
    return f"{row['reference']}:evolution" if row["then_reference"] == before else row["reference"]


def is_from_to(row: Row) -> bool:
    """Whether both numbers are to be said, not a growth in %: see ``prose.is_telling``; so where
    one of them is a bound (« plus de 5 000 »)."""
    if find_side(row["change_qualifier"]):
        return True
    return row["growth_pct"] is not None and not prose.is_telling(
        row["growth_pct"], row["then_kept"], row["measure"], row["unit"]
    )


def describe_change(edition: Edition, row: Row) -> str:
    """« + 5,2 % », « + 2,3 points », « + 14 bornes », « stable »; « en hausse » where one of them
    is a bound, « déjà plus » of a shorter period, '' where nothing may be said."""
    if not row["trend"]:
        return ""
    if not row["comparable"]:
        return "déjà plus"
    if row["trend"] == STABLE:
        return "stable"
    if find_side(row["change_qualifier"]):
        return "en hausse" if find_side(row["change_qualifier"]) > 0 else "en baisse"
    step = edition.value(f"{row['indicator']}@{row['territory']}").precision
    reference = row["reference"]
    if row["growth_pct"] is None or is_from_to(row):
        words = prose.format_difference(edition, row["then_kept"], row["now"], row["unit"], step)
    else:
        words = french.format_percentage(row["growth_pct"], signed=True)
        reference = name_growth(row)
    qualifier = french.QUALIFIER_WORDS.get(row["change_qualifier"], "")
    return mark(french.typeset(f"{qualifier} {words}".strip()), reference)


def describe_row(edition: Edition, changes: Changes, row: Row) -> tuple[str, str, str, str]:
    """A row of ``values`` side by side: its title, the earlier value as it is kept today (and that
    it is another now), the present one, what changed."""
    then = describe_side(edition, row, "then_kept")
    return (
        describe_title(edition, row),
        then + (" ; autre valeur avant" if is_revised(changes, row) else ""),
        describe_side(edition, row, "now"),
        " ; ".join(filter(None, (describe_change(edition, row), describe_remark(row)))),
    )


def describe_remark(row: Row) -> str:
    """Why no change is given (« 10 mois contre 12 mois »), or with what reservation it is."""
    if row["comparable"]:
        return row["reservation"] if row["trend"] else f"évolution inconnue, {BOUNDED}"
    reason = row["reason"].removeprefix("périodes non comparables").removeprefix(" : ")
    return mark(french.typeset(reason), row["reference"])


def describe_movement(edition: Edition, row: Row) -> str:
    """« Logements : + 20,0 %, 120 logements (2031) contre 100 logements (2030) », « Bornes : de 1
    borne (fin 2030) à 15 bornes (fin 2031) »."""
    now, then = (describe_side(edition, row, side) for side in ("now", "then_kept"))
    if is_from_to(row):
        approximate = describe_quantity(edition, read_side(edition, row, "then_kept"))
        of = "d’" if approximate[0] in "ae" else "de "
        words = f"{of}{then} à {now}"
    else:
        words = f"{describe_change(edition, row)}, {now} contre {then}"
    remark = describe_remark(row)
    said = f"{describe_title(edition, row)}{french.NO_BREAK}: {words}"
    return f"{said} ({remark})" if remark else said


def describe_apart(edition: Edition, row: Row) -> str:
    """Two values that do not compare, and why."""
    now, then = (describe_side(edition, row, side) for side in ("now", "then_kept"))
    reason = describe_remark(row)
    why = f"{french.NO_BREAK}: {reason}" if reason else ""
    already = f", {describe_change(edition, row)}" if row["trend"] else ""
    return f"{describe_title(edition, row)}, {then} puis {now}{already}{why}"


# --- revisions ------------------------------------------------------------------------------------


def read_former(edition: Edition, row: Row) -> Value:
    """The value that a row of ``revised`` replaces."""
    former = {name: row[f"former_{name}"] for name in ("value", "qualifier", "status")}
    return replace(read_present(edition, row), **former)


def read_present(edition: Edition, row: Row) -> Value:
    """The value that a row of ``revised`` keeps."""
    return _build_value(edition, row, **{name: row[name] for name in _PLACES})


def describe_revision(edition: Edition, row: Row) -> str:
    """« Agents (fin 2030) : 160 agents, devenu 161 agents »."""
    former, present = read_former(edition, row), read_present(edition, row)
    if row["cause"] == CORRECTED:
        files = (row[name].removesuffix(".csv") for name in ("former_file", "file"))
        before, after = map(name_table, files)
    else:
        before = after = prose.name_reference(edition, present)
    return (
        f"{describe_title(edition, row)} ({name_period(present)}){french.NO_BREAK}: "
        f"{mark(describe_quantity(edition, former), before)}, devenu "
        f"{mark(describe_quantity(edition, present), row['reference'] or after)}"
    )


# --- targets and dates ----------------------------------------------------------------------------


def describe_target(edition: Edition, changes: Changes, row: Row) -> tuple[str, str, str, str]:
    """A target in four: its title, what is wanted, what is known, what is concluded."""
    known = ""
    if row["indicator"]:
        value = edition.value(row["indicator"])
        known = mark(describe_quantity(edition, value), row["indicator"])
        if value.value is not None:
            known += f" ({name_period(value)})"
    wanted = _describe_wanted(edition, row)
    return french.typeset(row["title"]), wanted, known, _conclude(edition, changes, row)


def _describe_wanted(edition: Edition, row: Row, **other: Any) -> str:
    """« programme : au moins 2 communes », « objectif : 100 000 arbres en 2020 »; ``other``: what
    was wanted instead."""
    return french.typeset(describe_goal(edition, {**row, **other}, name_table("targets")))


def _conclude(edition: Edition, changes: Changes, row: Row) -> str:
    then = f"l’édition {changes.against}"
    if not row["verdict"]:
        return f"{row['former_verdict']} ; cette édition ne reprend pas cet objectif"
    said = [row["verdict"]]
    course = describe_course(edition, row)
    if details := course or mark(describe_gap(edition, row), f"{row['indicator']}:cible"):
        said[0] += f" ({details})"
    if not row["former_verdict"]:
        said += [] if changes.against_kind == RECONSTITUTED else ["objectif nouveau"]
        return " ; ".join(said)
    if not row["renewed"] and row["value"] is not None:
        said.append(f"pas de valeur plus récente que celle de {then}")
    elif row["former_verdict"] == row["verdict"]:
        said[0] += f", comme dans {then}"
    else:
        said.append(f"{row['former_verdict']} dans {then}")
    former = (row["former_target"], row["former_date"])
    if former != (row["target_value"], row["target_date"]):
        wanted = _describe_wanted(edition, row, target_value=former[0], target_date=former[1])
        said.append(f"dans {then}, {wanted}")
    return " ; ".join(said)


def list_deadlines(changes: Changes, outcome: str) -> list[Row]:
    """Rows of ``deadlines`` of one outcome, by date."""
    return [row for row in to_records(changes.deadlines) if row["outcome"] == outcome]


def describe_deadline(edition: Edition, row: Row) -> str:
    """« Bilan des consommations (janvier à juin 2018) », with its new date and who says so."""
    said = [french.name_period(row["due_start"], row["due_end"])]
    said.append(_describe_new_due(row))
    if row["source"]:
        table = "milestones" if row["table"] == "milestones" else "followups"
        said.append(mark(name_answer(edition, row["source"]), name_table(table)))
    return f"{french.typeset(row['title'])} ({', '.join(filter(None, said))})"


# --- programme ------------------------------------------------------------------------------------

#: States in which a date that has passed is no longer of interest.
_SETTLED = ("faite", "abandonnée", BECAME_ACTION, BECAME_PLANNED)


def is_late(row: Row) -> bool:
    """Whether the date of a row of ``programme`` has passed and the thing is not settled."""
    return row["overdue"] and row["state"] not in _SETTLED


def describe_entry(edition: Edition, row: Row, link: str = "") -> str:
    """An action, short-term action or improvement: its title, ``link``, then in brackets its date
    (« échéance : 2031, échue, reportée au 30 juin 2032 »), the note of its follow-up and who says
    so. The note that a service wrote in its form is for the analyst."""
    said = [_describe_due(row)]
    if row["source"]:
        note = "" if is_form(row["source"]) else row["note"].rstrip(".")
        said.append(mark(note, name_table("followups")) if re.search(r"\d", note) else note)
        answer = name_answer(edition, row["source"], row["locator"])
        said.append(mark(answer, name_table("followups")))
    details = ", ".join(text for text in said if text)
    title = french.typeset(row["title"]) + link
    return f"{title} ({details})" if details else title


def _describe_due(row: Row) -> str:
    if row["table"] != "planned" or row["due_end"] is None:
        return _describe_new_due(row)
    due = french.name_period(row["due_start"], row["due_end"])
    words = f"échéance{french.NO_BREAK}: {due}" + (", échue" if is_late(row) else "")
    return ", ".join(filter(None, (words, _describe_new_due(row))))


def _describe_new_due(row: Row) -> str:
    if row["new_due"] is None:
        return ""
    due = french.name_period(row["new_start"], row["new_due"])
    return f"nouvelle échéance{french.NO_BREAK}: {due}"

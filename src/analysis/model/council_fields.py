"""What an edition says of the session that debates it: the keys of ``<year>/council.yml``, which
may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

#: Each date, in the order of the facts: what it is the date of, in French.
DATES = {
    "convened_on": "convocation du conseil",
    "session_on": "séance",
    "presented_on": "présentation du rapport au conseil",
    "deliberation_on": "délibération",
    "transmitted_on": "transmission au représentant de l’État",
    "published_on": "publication de la délibération",
    "orientation_debate_on": "débat d’orientation budgétaire",
}
#: Each other fact, letters, and what it is.
WORDS = {
    "session_time": "heure de la séance",
    "session_place": "lieu de la séance",
    "chair": "présidence de la séance",
    "rapporteur": "rapporteur",
    "secretary": "secrétaire de séance",
    "deliberation_number": "numéro de la délibération",
}
BUDGET_YEAR = "budget_year"
KEYS = {BUDGET_YEAR: "exercice du budget débattu après le rapport", **DATES, **WORDS}
#: Of two dates, which cannot be later than the other; True: nor the same day.
ORDER = (
    ("convened_on", "session_on", True),
    ("session_on", "deliberation_on", False),
    ("presented_on", "deliberation_on", False),
    ("deliberation_on", "transmitted_on", False),
    ("deliberation_on", "published_on", False),
)


def complete_council(known: Mapping[str, Any], year: int) -> dict[str, Any]:
    """Every key: None for a date that is not known, '' for other words; the budget debated is that
    of the year after the edition's where nothing else is said."""
    nothing = {**dict.fromkeys(DATES), **dict.fromkeys(WORDS, "")}
    return {BUDGET_YEAR: year + 1, **nothing, **known}


def find_fact(council: Mapping[str, Any], key: str) -> Any:
    """What is known of a key: the report is presented on the day of the session where no other is
    said."""
    return council[key] or (council["session_on"] if key == "presented_on" else council[key])


def comes_first(council: Mapping[str, Any]) -> bool:
    """Whether the council is known to hear of the report before its debate on the budget."""
    heard, debate = find_fact(council, "presented_on"), council["orientation_debate_on"]
    return bool(heard and debate and heard < debate)


def comes_late(council: Mapping[str, Any]) -> bool:
    """Whether it is known to hear of it after."""
    heard, debate = find_fact(council, "presented_on"), council["orientation_debate_on"]
    return bool(heard and debate and heard > debate)


def restore_council(written: Mapping[str, Any]) -> dict[str, Any]:
    """The same, of what JSON kept of it: dates are dates again."""
    return {
        key: date.fromisoformat(said) if key in DATES and said else said
        for key, said in written.items()
    }

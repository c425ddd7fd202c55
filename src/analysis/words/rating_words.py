"""The ratings of the grid in signs and words: « + favorable », « (+) 3 favorables », who rated and
when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.model.references import Row
from analysis.model.schema.columns import (
    BAD,
    ELEMENT_RATINGS,
    GOOD,
    MIXED,
    NEUTRAL,
    OFF_TOPIC,
    UNRATED,
    VERY_BAD,
    VERY_GOOD,
)
from analysis.words import french, prose
from analysis.words.hidden_markup import hide
from analysis.words.smallmarkdown import write_plain

#: A sign for each rating: it is never alone. « ? » ends no sentence: typography leaves it alone.
SIGNS = {
    VERY_GOOD: "++", GOOD: "+", NEUTRAL: "=", BAD: "−", VERY_BAD: "−−", MIXED: "±", OFF_TOPIC: "·",
    UNRATED: hide("◊"), **dict(zip(ELEMENT_RATINGS, ("△△△", "▲△△", "▲▲△", "▲▲▲"), strict=False)),
}  # fmt: skip
#: The colour of each, by the class of its cell (style/tables.css, filters/paper.lua).
_CLASSES = {
    VERY_GOOD: "tres-favorable", GOOD: "favorable", MIXED: "mixte", BAD: "defavorable",
    VERY_BAD: "tres-defavorable", "complet": "favorable", UNRATED: "sans",
}  # fmt: skip


def write_rating(rating: str) -> str:
    """« + favorable », as a span of class ``note`` and of its colour."""
    name = _CLASSES.get(rating, "neutre")
    return prose.write_span(_name_sign(rating), f".note .note-{name}")


def _name_sign(rating: str) -> str:
    return f"{SIGNS[rating]}{french.NO_BREAK}{rating}"


def describe_counts(counts: Mapping[str, int]) -> str:
    """« 3 actions favorables, 1 défavorable », « complet pour 1 action, partiel pour 2 »: of how
    many actions the ratings say what."""
    said: list[str] = []
    for name, number in counts.items():
        if name in ELEMENT_RATINGS[: ELEMENT_RATINGS.index(OFF_TOPIC)]:
            words = ("", "") if said else ("action", "actions")
            said.append(f"{name} pour {french.format_count(number, *words)}".strip())
            continue
        one, many = name, name if name in (OFF_TOPIC, UNRATED) else f"{name}s"
        if not said:
            one, many = f"action {one}", f"actions {many}"
        said.append(french.format_count(number, one, many))
    return ", ".join(said)


def write_counts(counts: Mapping[str, int]) -> str:
    """« (+ −) 3 favorables, 1 défavorable »: what the actions of a policy say, in brackets so that
    it is not taken for the policy's own, and without a colour of its own."""
    signs = " ".join(SIGNS[rating] for rating in counts)
    said = f"({signs}){french.NO_BREAK}{describe_counts(counts)}"
    return prose.write_span(said, ".note .note-actions")


def explain_scale(scale: Iterable[str]) -> str:
    """The signs with their words, in their order."""
    return write_plain(f"Échelle : {' ; '.join(map(_name_sign, scale))}.")


def name_rater(row: Row) -> str:
    """« Rédaction du dossier, 22 novembre 2026 »."""
    return f"{row['author']}, {french.format_date(row['date'])}"


def describe_reader(row: Row) -> str:
    """« − défavorable : Les engins brûlent du gazole. (A. Martin, 3 mai 2031) »; '' where nobody
    read the rating again."""
    if not row["reader_rating"]:
        return ""
    reason = f" : {row['reader_reason']}" if row["reader_reason"] else ""
    who = f"{row['reader']}, {french.format_date(row['reader_date'])}"
    return f"{SIGNS[row['reader_rating']]} {row['reader_rating']}{reason} ({who})"

"""The ratings of the grid in signs and words: « + favorable », « (+) 3 favorables », who rated and
when."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.model.references import Row
from analysis.model.schema.columns import (
    BAD,
    ELEMENT_RATINGS,
    FINALITY_RATINGS,
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

#: A sign for each rating: it is never alone.
SIGNS = {
    VERY_GOOD: "++", GOOD: "+", NEUTRAL: "=", BAD: "−", VERY_BAD: "−−", MIXED: "±", OFF_TOPIC: "·",
    UNRATED: "?", **dict(zip(ELEMENT_RATINGS, ("○○○", "●○○", "●●○", "●●●"), strict=False)),
}  # fmt: skip
#: The colour of each, by the class of its cell (style/tables.css, filters/paper.lua).
_CLASSES = {
    VERY_GOOD: "tres-favorable", GOOD: "favorable", MIXED: "mixte", BAD: "defavorable",
    VERY_BAD: "tres-defavorable", "complet": "favorable",
}  # fmt: skip
#: Of several actions.
_MANY = {name: f"{name}s" for name in (VERY_GOOD, GOOD, NEUTRAL, BAD, VERY_BAD, MIXED)} | {
    name: f"{name}s" for name in ELEMENT_RATINGS[:-2]
}


def write_rating(rating: str) -> str:
    """« + favorable », as a span of class ``note`` and of its colour."""
    return _write(f"{_sign(rating)}{french.NO_BREAK}{rating}", rating)


def _sign(rating: str) -> str:
    """A sign that typography leaves alone: « ? » ends no sentence here."""
    return hide(SIGNS[rating]) if rating == UNRATED else SIGNS[rating]


def describe_counts(counts: Mapping[str, int]) -> str:
    """« 3 actions favorables, 1 défavorable »: of how many actions the ratings say what."""
    said: list[str] = []
    for name, number in counts.items():
        one, many = name, _MANY.get(name, name)
        if not said:
            one, many = f"action {one}", f"actions {many}"
        said.append(french.format_count(number, one, many))
    return ", ".join(said)


def write_counts(counts: Mapping[str, int], alike: str) -> str:
    """« (+ −) 3 favorables, 1 défavorable »: what the actions of a policy say, in brackets so that
    it is not taken for the policy's own; ``alike``: the rating whose colour it takes, '' if they
    differ."""
    signs = " ".join(dict.fromkeys(map(_sign, counts)))
    return _write(f"({signs}){french.NO_BREAK}{describe_counts(counts)}", alike, ".par-actions")


def _write(words: str, rating: str, more: str = "") -> str:
    name = _CLASSES.get(rating, "sans" if rating == UNRATED else "neutre")
    return prose.write_span(
        french.typeset(words), " ".join(filter(None, [".note", f".note-{name}", more]))
    )


def explain_scale(elements: bool) -> str:
    """The signs with their words, in their order."""
    scale = ELEMENT_RATINGS if elements else FINALITY_RATINGS
    said = [f"{_sign(name)}{french.NO_BREAK}{name}" for name in scale]
    return write_plain(f"Échelle{french.NO_BREAK}: {' ; '.join(said)}.")


def name_rater(row: Row) -> str:
    """« Rédaction du dossier, 22 novembre 2026 »."""
    return ", ".join(filter(None, [row["author"], french.format_date(row["date"])]))


def describe_reader(row: Row) -> str:
    """« − défavorable : Les engins brûlent du gazole. (A. Martin, 3 mai 2031) »; '' where nobody
    read the rating again."""
    if not row["reader_rating"]:
        return ""
    who = ", ".join(filter(None, [row["reader"], french.format_date(row["reader_date"])]))
    said = f"{SIGNS[row['reader_rating']]} {row['reader_rating']}"
    if row["reader_reason"]:
        said += f"{french.NO_BREAK}: {row['reader_reason']}"
    return f"{said} ({who})"

"""What is new since the edition before: the strongest progress and decline, what is counted."""

from __future__ import annotations

import re
from collections import Counter

from analysis.compute.changes import Changes, change_words
from analysis.compute.changes.change_frames import (
    DECLINE,
    FALL,
    GIVEN_UP,
    KEPT,
    LATE,
    NO_NEWS,
    PROGRESS,
    PUT_OFF,
    RISE,
    RUNNING,
    STABLE,
)
from analysis.model.references import Row
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition
from analysis.show.tables import evolutions
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

#: How many movements are shown of each trend.
SHOWN = 3
#: What a list of movements is called, where all are shown and where the strongest are.
_MOVEMENTS = {
    PROGRESS: ("Progrès", "Les plus forts progrès, en proportion"),
    DECLINE: ("Reculs", "Les plus forts reculs, en proportion"),
}
#: How indicators are counted that moved this way, one and many.
_TRENDS = {
    PROGRESS: ("en progrès", "en progrès"),
    DECLINE: ("en recul", "en recul"),
    STABLE: ("stable", "stables"),
    "": ("dont le sens n’est pas connu", "dont le sens n’est pas connu"),
    RISE: ("en hausse", "en hausse"),
    FALL: ("en baisse", "en baisse"),
}
#: Of these no one says whether it is for the better.
_UNJUDGED = (RISE, FALL)
_NOT_JUDGED = ", sans jugement possible"
#: How dates that have passed are counted, one and many.
_DATES = {
    (KEPT, LATE): ("faite", "faites"),
    (PUT_OFF,): ("reportée", "reportées"),
    (RUNNING,): ("en cours", "en cours"),
    (GIVEN_UP,): ("abandonnée", "abandonnées"),
    (NO_NEWS,): ("sans nouvelle", "sans nouvelle"),
}
#: Words of a verdict that take an « s » where several are counted.
_VARIABLE = re.compile(
    r"\b(atteint|respecté|dépassé|indéterminé|fait|abandonné|obligation|remplie|programme|achevé"
    r"|inachevé|aide|utilisée)\b"
)
#: What stands between a number of targets and a verdict that begins with these words.
_BEFORE = {"rythme": "au ", "échéance": "à l’"}
#: What is counted of the programme: table, state, words for one and for many.
_PROGRAMME = (
    ("actions", "nouvelle", "action nouvelle", "actions nouvelles"),
    ("actions", "achevée", "action achevée", "actions achevées"),
    ("actions", "abandonnée", "action abandonnée", "actions abandonnées"),
    ("actions", UNCONFIRMED, "action reprise sans confirmation",
     "actions reprises sans confirmation"),
    ("planned", "faite", "action à court terme faite", "actions à court terme faites"),
    ("planned", "devenue une action", "action programmée lancée", "actions programmées lancées"),
    ("improvements", "faite", "piste faite", "pistes faites"),
    ("improvements", "devenue une action", "piste devenue action", "pistes devenues actions"),
)  # fmt: skip


def list_movements(edition: Edition, changes: Changes, trend: str, count: int = SHOWN) -> str:
    """The strongest movements of a trend (``PROGRESS``, ``DECLINE``) as a list under its words, in
    a box; '' where there is none."""
    rows = change_words.list_trend(edition, changes, trend)
    if not rows:
        return ""
    # Of few things, a proportion says nothing: they come after.
    rows.sort(key=lambda r: (not change_words.is_from_to(r), _measure_share(r)), reverse=True)
    items = "\n".join(_describe_movement(edition, row) for row in rows[:count])
    words = _MOVEMENTS[trend][len(rows) > count]
    return f"::: {{.mouvements}}\n**{words}**\n\n{items}\n:::"


def _measure_share(row: Row) -> float:
    """How much of the earlier value the change makes."""
    return abs(row["now"] / row["then_kept"] - 1) if row["then_kept"] else float("inf")


def _describe_movement(edition: Edition, row: Row) -> str:
    arrow = evolutions.ARROWS[1 if row["now"] > row["then_kept"] else -1]
    words = arrow + french.NO_BREAK + change_words.describe_change(edition, row)
    now, then = (change_words.describe_side(edition, row, side) for side in ("now", "then_kept"))
    return (
        f"- [{write_plain(words)}]{{.evolution .{evolutions.CLASSES[row['trend'] == PROGRESS]}}} "
        f"[{write_plain(change_words.describe_title(edition, row))}]{{.intitule}} "
        f"[{write_plain(f'{now}, contre {then}')}]{{.periode}}"
    )


def describe_news(edition: Edition, changes: Changes) -> str:
    """How many indicators have moved, and which way; targets, dates; the programme."""
    sentences = (
        _count_trends(edition, changes),
        _count_targets(changes),
        _count_dates(changes),
        _count_programme(changes),
    )
    return french.typeset(" ".join(filter(None, sentences)))


def _count_trends(edition: Edition, changes: Changes) -> str:
    rows = change_words.list_told(edition, changes)
    compared = [row for row in rows if row["comparable"]]
    since = f"Depuis l’édition {changes.against}"
    if not rows:
        return f"{since}, aucun indicateur n’a de valeur plus récente."
    followed = _count(len(rows), "indicateur a une valeur", "indicateurs ont une valeur")
    said = f"{since}, {followed} plus récente, hors calculs qui en découlent"
    if not compared:
        return f"{said}, qui ne se compare pas à la précédente : les périodes diffèrent."
    found = Counter(row["trend"] for row in compared)
    judged, unjudged = (
        french.join_list([
            _count(found[trend], *words)
            for trend, words in _TRENDS.items()
            if found[trend] and (trend in _UNJUDGED) == apart
        ])
        for apart in (False, True)
    )  # fmt: skip
    parts = filter(None, (judged, unjudged and unjudged + _NOT_JUDGED))
    counted = _count(len(compared), "se compare", "se comparent")
    return f"{said} ; {counted} à la précédente : {' ; '.join(parts)}."


def _count_targets(changes: Changes) -> str:
    found = Counter(verdict for verdict in changes.targets["verdict"] if verdict)
    parts = [
        _count(number, name, _name_many(name), "targets")
        for verdict, number in found.items()
        for name in [_name_one(verdict)]
    ]
    total = _count(sum(found.values()), "objectif", "objectifs", "targets")
    return f"{total} : {', '.join(parts)}." if parts else ""


def _name_one(verdict: str) -> str:
    """A verdict after the number of targets it is that of: « (2) au rythme insuffisant », « (1) à
    l’échéance passée, non atteint »."""
    before = next((said for word, said in _BEFORE.items() if verdict.startswith(word)), "")
    return before + verdict


def _name_many(verdict: str) -> str:
    """The same in the plural (« non atteints à l’échéance »)."""
    return _VARIABLE.sub(r"\1s", verdict).replace("s’éloigne ", "s’éloignent ")


def _count_dates(changes: Changes) -> str:
    found = changes.deadlines["outcome"]
    parts = [
        _count(number, *words, "milestones")
        for outcomes, words in _DATES.items()
        if (number := int(found.isin(outcomes).sum()))
    ]
    total = _count(len(found), "étape annoncée est échue", "étapes annoncées sont échues",
                   "milestones")  # fmt: skip
    return f"{total} : {french.join_list(parts)}." if parts else ""


def _count(number: int, one: str, many: str, table: str = "indicators") -> str:
    words = french.choose_form(number, one, many)
    return mark(french.format_number(number), name_table(table)) + french.NO_BREAK + words


def _count_programme(changes: Changes) -> str:
    programme = changes.programme
    parts = [
        _count(number, one, many, table)
        for table, state, one, many in _PROGRAMME
        if (number := int(((programme["table"] == table) & (programme["state"] == state)).sum()))
    ]
    return f"Le programme compte {french.join_list(parts)}." if parts else ""

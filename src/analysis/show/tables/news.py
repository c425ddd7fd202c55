"""What is new since the edition before, in a few lines: the strongest evolutions, what is counted.

Computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.compute.changes import FOLLOWED, Changes, change_words
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.show.tables.evolutions import CLASSES, FALL, RISE, WORTH, judge_evolution
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

#: How many evolutions are shown in each direction.
SHOWN = 3
#: What a list of evolutions is called, of one and of many.
_MOVEMENTS = {
    1: ("La plus forte hausse", "Les plus fortes hausses"),
    -1: ("La plus forte baisse", "Les plus fortes baisses"),
}
#: What is counted of the programme: table, state, words for one and for many.
_PROGRAMME = (
    ("actions", "nouvelle", "action nouvelle", "actions nouvelles"),
    ("actions", "achevée", "action achevée", "actions achevées"),
    ("actions", "abandonnée", "action abandonnée", "actions abandonnées"),
    ("planned", "faite", "action à court terme faite", "actions à court terme faites"),
    ("planned", "devenue une action", "action programmée lancée", "actions programmées lancées"),
    ("improvements", "faite", "piste suivie", "pistes suivies"),
    ("improvements", "devenue une action", "piste devenue action", "pistes devenues actions"),
)  # fmt: skip

Row = Mapping[str, Any]


def _read_followed(changes: Changes) -> list[Row]:
    """Observed values of both editions that references give: calculated ones follow from them."""
    return [
        row
        for row in to_records(changes.values)
        if row["state"] == FOLLOWED
        and row["origin"] == OBSERVED
        and row["reference"]
        and row["then_reference"]
    ]


def _move(row: Row) -> int | None:
    """−1, 0 or 1 as it is shown, in %; None where no growth is said."""
    return None if row["growth_pct"] is None else french.round_sign(row["growth_pct"], 0.1)


def list_movements(edition: Edition, changes: Changes, direction: int, count: int = SHOWN) -> str:
    """The strongest comparable rises (``direction`` 1) or falls (−1) as a list under its words, in
    a box; '' where there is none."""
    rows = [row for row in _read_followed(changes) if _move(row) == direction]
    rows.sort(key=lambda row: -abs(row["growth_pct"]))
    if not rows:
        return ""
    items = "\n".join(_describe_movement(edition, row) for row in rows[:count])
    words = french.choose_form(len(rows), *_MOVEMENTS[direction])
    return f"::: {{.mouvements}}\n**{words}**\n\n{items}\n:::"


def _describe_movement(edition: Edition, row: Row) -> str:
    growth, _ = change_words.describe_change(edition, row)
    worth = judge_evolution(edition, row["indicator"], row["growth_pct"])
    arrow = RISE if row["growth_pct"] > 0 else FALL
    words = arrow + french.NO_BREAK + mark(french.typeset(growth), _name_growth(row))
    words += f", {WORTH[worth]}" if worth is not None else ""
    now, then = (change_words.read_side(edition, row, side) for side in ("now", "then_kept"))
    sides = ", contre ".join(
        mark(change_words.describe_quantity(edition, side), name)
        + f" ({change_words.name_period(side)})"
        for side, name in ((now, row["reference"]), (then, row["then_reference"]))
    )
    return (
        f"- [{write_plain(words)}]{{.evolution .{CLASSES[worth]}}} "
        f"[{write_plain(change_words.describe_title(edition, row))}]{{.intitule}} "
        f"[{write_plain(sides)}]{{.periode}}"
    )


def _name_growth(row: Row) -> str:
    """A growth has a trail of its own where it goes from the period before."""
    before = f"{row['reference']}:precedent"
    return f"{row['reference']}:evolution" if row["then_reference"] == before else row["reference"]


def describe_news(edition: Edition, changes: Changes) -> str:
    """How many indicators have moved, and which way; what became of the programme."""
    rows = _read_followed(changes)
    moves = [_move(row) for row in rows]
    comparable = sum(move is not None for move in moves)
    since = f"Depuis l’édition {changes.against}"
    if not rows:
        return french.typeset(f"{since}, aucun indicateur n’a de valeur plus récente.")
    followed = _count(len(rows), "indicateur a une valeur", "indicateurs ont une valeur")
    said = f"{since}, {followed} plus récente"
    if not comparable:
        said += ", qui ne se compare pas à la précédente : les périodes diffèrent."
    else:
        parts = [
            _count(number, words, words)
            for move, words in ((1, "en hausse"), (-1, "en baisse"), (0, "stable"))
            if (number := moves.count(move))
        ]
        compared = _count(comparable, "se compare", "se comparent")
        said += f" ; {compared} à la précédente : {french.join_list(parts)}."
    programme = list(_count_programme(changes))
    if programme:
        said += f" Le programme compte {french.join_list(programme)}."
    return french.typeset(said)


def _count(number: int, one: str, many: str, table: str = "indicators") -> str:
    words = french.choose_form(number, one, many)
    return mark(french.format_number(number), name_table(table)) + french.NO_BREAK + words


def _count_programme(changes: Changes) -> Iterator[str]:
    programme = changes.programme
    for table, state, one, many in _PROGRAMME:
        number = int(((programme["table"] == table) & (programme["state"] == state)).sum())
        if number:
            yield _count(number, one, many, table)

"""« Ce qui a changé depuis l’édition précédente »: what moved, then chapter by chapter.

Rows and words are those of ``change_words``, as in the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.compute.changes import Changes, change_words
from analysis.compute.changes.change_frames import (
    CONSEQUENCE,
    DECLINE,
    FALL,
    GIVEN_UP,
    KEPT,
    LATE,
    NO_NEWS,
    OTHER_FORMULA,
    OTHER_TERMS,
    PROGRESS,
    PUT_OFF,
    RISE,
    RUNNING,
    STABLE,
)
from analysis.model.references import Row
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition, to_records
from analysis.show import tables
from analysis.show.charts.sparklines import draw_sparkline
from analysis.show.pages.display import (
    Block,
    Illustrated,
    compose_heading,
    displayed,
    place_picture,
)
from analysis.words import french
from analysis.words.hidden_markup import capitalise, end_sentence, hide, strip_marks
from analysis.words.smallmarkdown import write_plain

PREFIX = "changements"

#: Tables of the programme: what they are called, then each state with its words, in order.
PROGRAMME = {
    "actions": {
        "nouvelle": "Actions nouvelles",
        "se poursuit": "Actions qui se poursuivent",
        UNCONFIRMED: "Actions reprises sans que leur service l’ait confirmé",
        "achevée": "Actions achevées",
        "abandonnée": "Actions abandonnées",
        "sans suite connue": "Actions sans suite connue",
    },
    "planned": {
        "faite": "Actions à court terme faites",
        "devenue une action": "Actions à court terme devenues des actions",
        "en cours": "Actions à court terme en cours",
        "se poursuit": "Actions à court terme qui se poursuivent",
        "toujours programmée": "Actions à court terme toujours programmées",
        UNCONFIRMED: "Actions à court terme reprises sans que leur service l’ait confirmé",
        "reportée": "Actions à court terme reportées",
        "abandonnée": "Actions à court terme abandonnées",
        "sans suite connue": "Actions à court terme sans suite connue",
        "nouvelle": "Actions à court terme nouvelles",
    },
    "improvements": {
        "faite": "Pistes faites",
        "devenue une action": "Pistes devenues des actions",
        "devenue une action à court terme": "Pistes devenues des actions à court terme",
        "programmée": "Pistes programmées",
        "décidée": "Pistes décidées",
        "en cours": "Pistes en cours",
        "reportée": "Pistes reportées",
        "se poursuit": "Pistes qui se poursuivent",
        "proposée": "Pistes que leur service dit toujours proposées",
        "toujours proposée": "Pistes toujours proposées",
        UNCONFIRMED: "Pistes reprises sans confirmation",
        "abandonnée": "Pistes abandonnées",
        "sans suite connue": "Pistes sans suite connue",
        "nouvelle": "Pistes nouvelles",
    },
}

#: Outcomes of dates that have passed, with their words, in order.
DATES = {
    KEPT: "Fait",
    LATE: "Fait, plus tard qu’annoncé",
    PUT_OFF: "Reporté",
    RUNNING: "En cours, la date annoncée étant passée",
    GIVEN_UP: "Abandonné",
    NO_NEWS: "Date passée, sans nouvelle",
}

#: Why calculated values of the past are others now.
CALCULATED = {
    CONSEQUENCE: "Valeurs calculées qui changent avec elles",
    OTHER_FORMULA: "Valeurs calculées par une autre formule",
    OTHER_TERMS: "Valeurs calculées avec d’autres termes qu’alors",
}

#: Ways that values move, in the order in which they are told.
TRENDS = (PROGRESS, DECLINE, STABLE, RISE, FALL, "")

#: From how many items on a list is folded where a page can fold.
FOLDED = 12


def compose_reservations(edition: Edition, changes: Changes) -> Iterator[Block]:
    """Of what kind the edition is that this one is compared with, and what is not listed."""
    yield write_plain(changes.against_note)
    yield write_plain(change_words.describe_unrenewed(edition, changes))


def describe_unknown(changes: Changes, silent: list[str]) -> str:
    """What cannot be said; ``silent``: titles of the chapters for which nothing can."""
    reasons = list(changes.unknown.values())
    if silent:
        quoted = [french.quote(title) for title in silent]
        reasons.append(f"pour {french.join_list(quoted)}, rien ne se compare")
    return "\n".join(f"- {write_plain(capitalise(reason))}" for reason in reasons)


def compose_moves(edition: Edition, changes: Changes) -> Iterator[Block]:
    """What moved, progress first: a table with a sparkline for each indicator that has two
    comparable dated values; of one indicator alone, a sentence."""
    told = change_words.list_told(edition, changes)
    rows = [row for row in told if row["comparable"] or row["trend"]]
    yield compose_heading(2, "Progrès et reculs", f"{PREFIX}-progres", ".unnumbered")
    if not any(row["trend"] in (PROGRESS, DECLINE) for row in rows):
        yield "Aucune valeur qui se compare n’a progressé vers ce qui est voulu, ni reculé."
    if len(rows) < 2:
        for row in rows:
            yield write_plain(end_sentence(change_words.describe_movement(edition, row)))
        return
    rows.sort(key=lambda row: TRENDS.index(row["trend"]))
    drawn = {row["reference"]: draw_sparkline(edition, row["reference"]) for row in rows}
    lines = {name: line for name, line in drawn.items() if line}
    names = {name: f"trace-{name.replace('@', '-').replace(':', '-')}" for name in lines}
    shown = {name: place_picture(names[name], line.alt) for name, line in lines.items()}
    yield Illustrated(
        tables.tabulate_moves(edition, changes, rows, shown),
        {names[name]: line.figure for name, line in lines.items()},
    )
    if lines:
        estimated = any(line.has_estimate for line in lines.values())
        note = "Chaque tracé a sa propre échelle"
        yield french.typeset(note + (" ; un point vide est une estimation." if estimated else "."))


def compose_deadlines(edition: Edition, changes: Changes) -> Iterator[Block]:
    """Dates that have passed, by what became of them; nothing where no programme is known."""
    if "programme" in changes.unknown:
        return
    if changes.deadlines.empty:
        yield (
            f"Aucune date que l’édition {changes.against} annonçait n’est passée à la fin de "
            f"{changes.year}."
        )
    for outcome, words in DATES.items():
        rows = change_words.list_deadlines(changes, outcome)
        items = [write_plain(change_words.describe_deadline(edition, row)) for row in rows]
        yield _list_items(words, items)


def _list_items(words: str, items: list[str]) -> str:
    """A list under its words; '' where there is nothing to list."""
    lines = "\n".join(f"- {item}" for item in items)
    return f"**{words}**\n\n{lines}" if items else ""


def compose_chapters(edition: Edition, changes: Changes) -> dict[str, list[str]]:
    """The blocks of each chapter by its title; none where nothing of it is known."""
    return {
        row.title: compose_chapter(edition, changes, row.id, row.title)
        for row in edition.chapters.sort_values("order").itertuples()
    }


def compose_chapter(edition: Edition, changes: Changes, chapter: str, title: str) -> list[str]:
    """What follows by calculation from values that moved, those that do not compare, indicators
    that came and went, actions and plans; empty where nothing is known."""
    new = change_words.list_new(edition, changes, chapter)
    gone = change_words.list_gone(changes, chapter)
    rows = change_words.list_followed(edition, changes, chapter)
    told = change_words.list_told(edition, changes)
    following = [
        write_plain(change_words.describe_movement(edition, row))
        for row in rows
        if row["comparable"] and row not in told
    ]
    apart = [
        write_plain(change_words.describe_apart(edition, row))
        for row in rows
        if not (row["comparable"] or row["trend"])
    ]
    blocks = [
        _say("Valeurs calculées qui ont changé", following),
        _say("Valeurs qui ne se comparent pas", apart),
        _say("Indicateurs nouveaux", [_describe_new(edition, row) for row in new]),
        _say(
            "Indicateurs qui n’ont plus de valeur",
            [write_plain(change_words.describe_title(edition, row)) for row in gone],
        ),
        *_list_programme(edition, changes, chapter),
    ]
    blocks = [block for block in blocks if block]
    heading = compose_heading(2, title, f"{PREFIX}-{chapter}", ".unnumbered")
    return [heading, *blocks] if blocks else []


def _describe_new(edition: Edition, row: Row) -> str:
    """« Vélos réparés, 35 vélos (2018) »."""
    title = change_words.describe_title(edition, row)
    if not row["reference"]:
        return write_plain(title)
    return write_plain(f"{title}, {change_words.describe_side(edition, row, 'now')}")


def _say(words: str, items: list[str]) -> str:
    """« **Words :** one ; two. »; a long list is folded in HTML, under the same words."""
    if not items:
        return ""
    said = f"{french.NARROW}; ".join(items)
    said += "" if strip_marks(said).endswith(".") else "."
    if len(items) > FOLDED:
        title = f'{{.encadre-note title="{words}"}}'
        return f"::: {title}\n{said}\n:::"
    return f"**{words}{french.NO_BREAK}:** {said}"


def _list_programme(edition: Edition, changes: Changes, chapter: str) -> Iterator[str]:
    rows = to_records(changes.programme[changes.programme["chapter"] == chapter])
    for table, states in PROGRAMME.items():
        for state, words in states.items():
            entries = [row for row in rows if (row["table"], row["state"]) == (table, state)]
            yield _say(words, [_describe_entry(edition, row) for row in entries])


def _describe_entry(edition: Edition, row: Row) -> str:
    """« Titre (2.1) », then in brackets what is said of it."""
    linked = row["described"] and row["table"] != "planned"
    place = f"{row['chapter']}-decisions" if row["table"] == "improvements" else row["id"]
    link = hide(f" ([-@sec-{place}])") if linked else ""
    return write_plain(change_words.describe_entry(edition, row, link))


def compose_recalculated(edition: Edition, changes: Changes) -> Iterator[str]:
    """Calculated values of the past that are others now, by why they are."""
    for cause, words in CALCULATED.items():
        rows = change_words.list_revised(changes, cause)
        items = [write_plain(change_words.describe_revision(edition, row)) for row in rows]
        yield _say(words, items)


show_moves = displayed(compose_moves, PREFIX)
show_reservations = displayed(compose_reservations, PREFIX)

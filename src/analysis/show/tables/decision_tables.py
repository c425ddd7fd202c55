"""What is to be decided in a chapter, in one table: what is proposed, who would decide it, what it
needs, by when and at what cost, what became of it.

Most of it is not known: a column of which nothing is stands below the table, in the line that
counts what is to be specified.
"""

from __future__ import annotations

from analysis.model.decisions import list_filled, list_sources
from analysis.model.references import Row
from analysis.model.store import Edition, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.show.tables.registers import describe_texts
from analysis.words import french, prose
from analysis.words.decision_words import HEADS, describe_field, describe_history
from analysis.words.hidden_markup import capitalise, end_sentence, hide, mark, name_place
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

#: Weights of the columns of what a decision needs, and how each is named in a sentence.
_COLUMNS = {
    "decider": (16, "qui en déciderait"),
    "needs": (28, "ce qu’il faut"),
    "due": (11, "l’échéance"),
    "cost": (18, "le coût"),
}
_UNKNOWN = f"à{french.NO_BREAK}préciser"


def tabulate_decisions(edition: Edition, chapter: str) -> str:
    """The improvements of a chapter, each a place under the label of its own (``sec-<id>``), and
    the line that says of how many of them what is not known. A list where a table would have one
    row or one column."""
    frame = edition.rows("improvements", chapter=chapter).sort_values("order", kind="stable")
    rows = to_records(frame)
    known = {name: sum(name in list_filled(row) for row in rows) for name in _COLUMNS}
    shown = [name for name in _COLUMNS if known[name]]
    states = [describe_history(edition.year, row) for row in rows]
    same = len(set(states)) == 1
    fields = {HEADS[name]: [_describe(edition, row, name) for row in rows] for name in shown}
    fields |= {} if same else {"État": [capitalise(state) for state in states]}
    titles = [_name_proposal(edition, row) for row in rows]
    caption = "Ce qui est proposé, et ce qu’il faut pour en décider"
    texts = describe_texts(frame, "propositions nouvelles")
    caption += texts and f" ; contenu{texts}"
    if len(rows) > 1 and fields:
        weights = {HEADS[name]: weight for name, (weight, _) in _COLUMNS.items()} | {"État": 18}
        columns = {"Proposition": 46} | {head: weights[head] for head in fields}
        ranked = [f"{rank}. {title}" for rank, title in enumerate(titles, 1)]
        cells = list(zip(ranked, *fields.values(), strict=True))
        table = format_table(columns, cells, caption, f"{chapter}-decisions")
    else:
        said = {head: cells[0] for head, cells in fields.items()}
        facts = [
            f"{head}{french.NO_BREAK}: "
            f"{text if head == HEADS['decider'] else french.lower_initial(text)}."
            for head, text in said.items()
        ]
        bullet = "1." if len(rows) > 1 else "-"
        table = "\n".join(f"{bullet} {write_plain(' '.join([title, *facts]))}" for title in titles)
    notes = [
        f"État{'' if len(rows) == 1 else ' de chacune'}{french.NO_BREAK}: {states[0]}."
        if same
        else "",
        _count_unknown(known, len(rows)),
        prose.name_judges(edition, [s for row in rows for s in list_sources(row).values()]),
    ]
    return f"{table}\n\n{' '.join(write_plain(note) for note in notes if note)}"


def _name_proposal(edition: Edition, row: Row) -> str:
    """« **Titre.** Une phrase. »; the title is where links to the proposal lead."""
    title = f"{hide('**')}{end_sentence(row['title'])}{hide('**')}"
    title = name_place(title, f"sec-{row['id']}")
    return f"{title} {prose.resolve_line(edition, row['summary'])}"


def _describe(edition: Edition, row: Row, name: str) -> str:
    if name not in list_filled(row):
        return f"{hide('*')}{_UNKNOWN}{hide('*')}"
    said = describe_field(edition, row, name)
    return said + (prose.JUDGED if prose.name_judge(edition, list_sources(row)[name]) else "")


def _count_unknown(known: dict[str, int], total: int) -> str:
    """« Reste à préciser : l’échéance et le coût, pour toutes ; qui en déciderait, pour 4. »"""
    groups: dict[int, list[str]] = {}
    for name, count in known.items():
        groups.setdefault(total - count, []).append(_COLUMNS[name][1])
    parts = []
    for lacking, names in sorted(groups.items(), reverse=True):
        if lacking:
            many = "toutes" if lacking == total else mark(str(lacking), name_table("improvements"))
            who = "" if total == 1 else f", pour {many}"
            parts.append(f"{french.join_list(names)}{who}")
    said = f"{french.NARROW}; ".join(parts)
    return f"Reste à préciser{french.NO_BREAK}: {said}." if parts else ""

"""What differs between the content that was signed and today's, in a reviewer's terms.

A sentence of which a number alone changed is told as that number; a paragraph put in between moves
no other; what stands elsewhere with the same words is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from analysis.execute.chapter_content import (
    CHART,
    FORMS,
    FORMULA,
    TABLE,
    VALUE,
    WORDED,
    Item,
    find_core,
)

#: How alike two texts must be for one to be what became of the other.
_ALIKE = 0.5


@dataclass(frozen=True)
class Difference:
    """A piece that changed, with what it was and what it is: of a chart or a table the lines that
    changed, nothing where the piece is new or gone. ``key`` and ``mark`` are today's, of what is
    gone those of then."""

    kind: str
    key: str
    mark: str
    section: str
    before: str
    after: str


def _measure(first: str, second: str) -> float:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def pair_texts(before: Sequence[str], after: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Positions of what became of what: the same texts first, in order where there are several,
    then those most alike; None beside what is gone or new. In the order of ``after``, what is gone
    last."""
    places: dict[str, list[int]] = {}
    for position, text in enumerate(before):
        places.setdefault(text, []).append(position)
    became: dict[int, int] = {}
    for position, text in enumerate(after):
        if places.get(text):
            became[position] = places[text].pop(0)
    old = sorted({*range(len(before))} - {*became.values()})
    new = [position for position in range(len(after)) if position not in became]
    likeness = sorted(
        (-_measure(before[then], after[now]), then, now) for then in old for now in new
    )
    taken: set[int] = set(became.values())
    for measure, then, now in likeness:
        if -measure >= _ALIKE and then not in taken and now not in became:
            became[now] = then
            taken.add(then)
    gone = [then for then in range(len(before)) if then not in taken]
    return [
        *((became.get(now), now) for now in range(len(after))),
        *((then, None) for then in gone),
    ]


def match_items(
    before: Sequence[Item], after: Sequence[Item]
) -> list[tuple[Item | None, Item | None]]:
    """Each piece with what became of it: paragraphs by their words, all others by their key."""
    pairs: list[tuple[Item | None, Item | None]] = []
    for kind in WORDED:
        then = [item for item in before if item.kind == kind]
        now = [item for item in after if item.kind == kind]
        for old, new in pair_texts([item.text for item in then], [item.text for item in now]):
            pairs.append((None if old is None else then[old], None if new is None else now[new]))
    known = {(item.kind, item.key): item for item in before if item.kind not in WORDED}
    for item in after:
        if item.kind not in WORDED:
            pairs.append((known.pop((item.kind, item.key), None), item))
    pairs += [(item, None) for item in known.values()]
    return pairs


def _list_cores(item: Item) -> set[str]:
    return {find_core(form) for form in item.text.split(FORMS)}


def _is_same_value(before: Item, after: Item) -> bool:
    # A form that is only new, or only gone, is another way to write the same number.
    then, now = _list_cores(before), _list_cores(after)
    return not (then - now and now - then)


def _compare_lines(before: Item, after: Item) -> tuple[str, str]:
    """The lines of a chart or a table that differ: what each was, what it is."""
    then, now = before.text.split("\n"), after.text.split("\n")
    same_words = {
        (old, new)
        for old, was in enumerate(before.wording.split())
        for new, word in enumerate(after.wording.split())
        if was == word
    }
    pairs = [
        (old, new)
        for old, new in pair_texts(then, now)
        if old is None or new is None or then[old] != now[new]
    ]
    # What is said of a chart with the same words tells no more than its data do; of a table, its
    # numbers are pieces of their own. Where nothing else says it, it is told.
    told = [pair for pair in pairs if pair not in same_words]
    if after.kind == CHART:
        told = told or pairs
    were = [then[old] for old, _ in told if old is not None]
    are = [now[new] for _, new in told if new is not None]
    return "\n".join(were), "\n".join(are)


def _compare(before: Item, after: Item, values: set[str]) -> tuple[str, str] | None:
    """What a piece was and is, where it differs; ``values``: the numbers that do."""
    if before.text == after.text:
        return None
    if after.kind == VALUE:
        return None if _is_same_value(before, after) else (before.text, after.text)
    if after.kind in (CHART, TABLE):
        lines = _compare_lines(before, after)
        return lines if any(lines) else None
    if before.wording and before.wording == after.wording:
        # The numbers of a formula that led to another result are told with this result.
        if after.kind == FORMULA and after.key not in values:
            return before.text, after.text
        return None
    return before.text, after.text


def compare_content(before: Sequence[Item], after: Sequence[Item]) -> list[Difference]:
    """What differs, in today's order of reading, what is gone last."""
    pairs = match_items(before, after)
    values = {
        now.key
        for then, now in pairs
        if then and now and now.kind == VALUE and _compare(then, now, set())
    }
    ranks = {(item.kind, item.key): rank for rank, item in enumerate(after)}
    found: list[tuple[int, Difference]] = []
    for then, now in pairs:
        if then and now:
            texts = _compare(then, now, values)
        else:
            texts = (then.text if then else "", now.text if now else "")
        if texts:
            item = now or then
            rank = ranks[(now.kind, now.key)] if now else len(ranks)
            found.append((rank, Difference(item.kind, item.key, item.mark, item.section, *texts)))
    return [difference for _, difference in sorted(found, key=lambda each: each[0])]

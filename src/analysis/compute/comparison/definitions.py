"""Which dossiers define an indicator alike: the same id says nothing yet.

Equal means: the same unit, measure, kind and formula (as arithmetic: spaces, brackets and the order
of terms do not count), the same title and definition letter by letter, and, of a calculated
indicator, equal definitions of all that its formula needs. What differs only by the territory's own
name or by typography is nearly equal, and nevertheless another definition, unless the analyst
declares it equal: of words no program can be the judge. Unit, measure, kind and formula are never
declared.

Of several definitions, the one that most dossiers have is compared (of as many, the first one's).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random
from typing import TypeVar

from analysis.compute.comparison.declarations import Declarations
from analysis.compute.comparison.sides import Side
from analysis.model.formulas import FormulaError, evaluate_formula, parse_formula
from analysis.model.references import UnknownReference, find_in_formula, parse_reference

Key = TypeVar("Key", bound=Hashable)

#: What may differ, in the order in which it is told: the reason of the refusal, the column of the
#: catalogue that shows it, what that is called.
ASPECTS = {
    "unit": ("autre unité", "unit", "unité"),
    "measure": ("autre mesure", "measure", "mesure"),
    "kind": ("autre nature d’indicateur", "kind", "nature"),
    "arithmetic": ("autre formule", "formula", "formule"),
    "title": ("autre intitulé", "title", "intitulé"),
    "definition": ("autre définition", "definition", "définition"),
}
WORDING = {"title", "definition"}
NEARLY = "définition presque égale"
OTHER_TERMS = "un terme de la formule a une autre définition"


@dataclass(frozen=True)
class Definition:
    """How a dossier defines an indicator; ``arithmetic`` is what its formula computes."""

    unit: str
    measure: str
    kind: str
    formula: str = field(compare=False)
    arithmetic: tuple[str, ...]
    title: str
    definition: str


@dataclass
class Agreement:
    """Of one indicator: the definition compared, who has it, whose wording was declared equal to
    it; of the others, the ``reason`` and what the one compared (``kept``) and their ``own`` say;
    territories by id."""

    kept: Definition
    equal: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    others: dict[str, dict[str, str]] = field(default_factory=dict)


def find_commonest(keys: Mapping[str, Key]) -> Key:
    """The key that most have; of as many, the one that comes first."""
    counts = Counter(keys.values())
    return max(counts, key=counts.__getitem__)  # a Counter keeps the order of arrival


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def define(side: Side, indicator: str) -> Definition:
    """The definition of an indicator in a dossier, in texts that compare."""
    entry = side.catalogue[indicator]
    unit = side.units.get(entry["unit"], {})
    names = (entry["unit"], unit.get("singular", ""), unit.get("symbol", ""))
    return Definition(
        ", ".join(dict.fromkeys(filter(None, names))),
        entry["measure"],
        entry["kind"],
        entry["formula"],
        sample_formula(entry["formula"], side.id),
        _clean(entry["title"]),
        _clean(entry["definition"]),
    )


@lru_cache(maxsize=100_000)
def sample_formula(text: str, territory: str) -> tuple[str, ...]:
    """What a formula computes of some made-up numbers, the same for the same terms: two formulas of
    one arithmetic have equal results. The own territory need not be named. One that cannot be read
    or computed is taken as it is."""
    try:
        formula = parse_formula(text)
        drawn = {}
        for name in formula.references:
            term = parse_reference(name)
            place = term.territory if term.territory != territory else ""
            drawn[name] = Random(f"{term.indicator} {term.modifier} {place}")
        points = []
        for _ in range(12):  # a « max » or a « floor » shows both of its sides
            numbers = {name: some.uniform(1, 1000) for name, some in drawn.items()}
            months = {name: some.uniform(1, 40) for name, some in drawn.items()}
            points.append(f"{evaluate_formula(formula, numbers, months):.9g}")
    except (FormulaError, UnknownReference):
        return (_clean(text),)
    return tuple(points)


def list_terms(side: Side, indicator: str) -> list[str]:
    """The indicators that a calculated one needs, directly or not, in alphabetical order."""
    found: set[str] = set()
    left = [indicator]
    while left:
        for text in find_in_formula(side.catalogue[left.pop()]["formula"]):
            with suppress(UnknownReference):
                term = parse_reference(text).indicator
                if term in side.catalogue and term not in found:
                    found.add(term)
                    left.append(term)
    return sorted(found - {indicator})


#: Typography: what a text says whatever its quotation marks, apostrophes, dashes and spaces.
_TYPOGRAPHY = str.maketrans("’«»“”–—−", '\'""""---')


def loosen(text: str, side: Side) -> str:
    """A text without its typography, capitals and final point, and without the territory's name."""
    loose = _clean(unicodedata.normalize("NFKC", text)).translate(_TYPOGRAPHY).casefold()
    names = (side.territory.get(name) for name in ("full_name", "of_name", "to_name", "name"))
    for name in sorted({str(name) for name in names if name}, key=len, reverse=True):
        loose = loose.replace(_clean(name).translate(_TYPOGRAPHY).casefold(), " ▢ ")
    loose = re.sub(r"\s*([-'\"(),;:.!?…/])\s*", r"\1", loose.replace("...", "…"))
    return " ".join(loose.rstrip(" .").split())


class Catalogues:
    """The definitions of all dossiers, to be asked indicator by indicator."""

    def __init__(self, sides: Sequence[Side], declared: Declarations):
        self.sides = {side.id: side for side in sides}
        self._declared = declared
        #: indicator → territory → its definition, in the order of the catalogues.
        self.typed: dict[str, dict[str, Definition]] = {}
        for side in sides:
            for indicator in side.catalogue:
                self.typed.setdefault(indicator, {})[side.id] = define(side, indicator)
        self._held = {indicator: self._apply(indicator) for indicator in self.typed}

    def _apply(self, indicator: str) -> dict[str, Definition]:
        """The definitions with what is declared: the commonest wording in place of their own."""
        typed = self.typed[indicator]
        places, _ = self._declared.get(indicator, ((), ""))
        title, definition = find_commonest({i: (d.title, d.definition) for i, d in typed.items()})
        return {
            id: replace(one, title=title, definition=definition) if id in places else one
            for id, one in typed.items()
        }

    def agree(self, indicator: str) -> Agreement:
        """Who defines an indicator alike."""
        keys = {}
        for id, one in self._held[indicator].items():
            terms = list_terms(self.sides[id], indicator)
            keys[id] = (one, tuple((term, self._held[term][id]) for term in terms))
        kept = find_commonest(keys)
        first = next(id for id, key in keys.items() if key == kept)
        found = Agreement(kept[0])
        for id, key in keys.items():
            if key != kept:
                found.others[id] = self._differ(kept, key, first, id)
                continue
            found.equal.append(id)
            if self.typed[indicator][id] != key[0]:
                found.declared.append(id)
        return found

    def _differ(self, kept: tuple, own: tuple, first: str, id: str) -> dict[str, str]:
        """How ``own``, of the territory ``id``, differs from ``kept``, that of ``first``."""
        names = [name for name in ASPECTS if getattr(kept[0], name) != getattr(own[0], name)]
        if not names:
            terms = [term for term, one in own[1] if (term, one) not in kept[1]]
            return {"reason": OTHER_TERMS, "kept": "", "own": " ; ".join(terms)}
        reason = ASPECTS[names[0]][0]
        sides = ((kept[0], self.sides[first]), (own[0], self.sides[id]))
        one, other = ([loosen(getattr(d, n), s) for n in names if n in WORDING] for d, s in sides)
        if set(names) <= WORDING and one == other:
            reason = NEARLY
        texts = []
        for definition, _ in sides:
            shown = [(ASPECTS[name][2], getattr(definition, ASPECTS[name][1])) for name in names]
            named = (f"{what} : {text or 'aucune'}" for what, text in shown)
            texts.append(" ; ".join(named) if len(shown) > 1 else shown[0][1] or "aucune")
        return dict(zip(("reason", "kept", "own"), (reason, *texts), strict=True))

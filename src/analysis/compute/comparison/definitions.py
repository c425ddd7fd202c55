"""Which dossiers define an indicator alike: the same id says nothing yet.

Equal means: the same unit, measure, kind and formula (as arithmetic: spaces, brackets that change
nothing and the order of what is added or multiplied do not count), the same title and definition
letter by letter, and, of a calculated indicator, equal definitions of all that its formula needs.
What differs only by the territory's own name or by typography is nearly equal, and nevertheless
another definition, unless the analyst declares it equal: of words no program can be the judge.
Unit, measure, kind and formula are never declared.

Of several definitions, the one that most dossiers have is compared (of as many, the first one's).
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import TypeVar

from analysis.compute.comparison.declarations import Declarations
from analysis.compute.comparison.sides import Side
from analysis.model.formulas import FormulaError, parse_formula
from analysis.model.formulas.grammar import name_call
from analysis.model.references import (
    Reference,
    UnknownReference,
    find_in_formula,
    parse_reference,
)

Key = TypeVar("Key", bound=Hashable)

#: What may differ, in the order in which it is told: the reason of the refusal, what it is called.
ASPECTS = {
    "unit": ("autre unité", "unité"),
    "measure": ("autre mesure", "mesure"),
    "kind": ("autre nature d’indicateur", "nature"),
    "formula": ("autre formule", "formule"),
    "title": ("autre intitulé", "intitulé"),
    "definition": ("autre définition", "définition"),
}
WORDING = ("title", "definition")
NEARLY = "définition presque égale"
OTHER_TERMS = "un terme de la formule a une autre définition"


@dataclass(frozen=True)
class Definition:
    """How a dossier defines an indicator; ``formula`` in one spelling."""

    unit: str
    measure: str
    kind: str
    formula: str
    title: str
    definition: str


@dataclass(frozen=True)
class Difference:
    """Why a definition is not the one compared: what ``kept`` says and what this one says, for each
    aspect that differs; ``terms``: indicators of its formula that are defined otherwise."""

    reason: str
    kept: tuple[str, ...]
    own: tuple[str, ...]
    terms: tuple[str, ...] = ()


@dataclass
class Agreement:
    """Of one indicator: the definition compared, who has it, whose wording was declared equal to
    it, what differs of the others; territories by id."""

    kept: Definition
    equal: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    others: dict[str, Difference] = field(default_factory=dict)


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
        spell_formula(entry["formula"], side.id),
        _clean(entry["title"]),
        _clean(entry["definition"]),
    )


def spell_formula(text: str, territory: str) -> str:
    """A formula in the one spelling of its arithmetic; the own territory need not be named. One
    that cannot be read is taken as it is."""
    return _spell_formula(text, territory if f"@{territory}" in text else "") if text else ""


@lru_cache(maxsize=10_000)
def _spell_formula(text: str, territory: str) -> str:
    try:
        formula = parse_formula(text)
        terms = {
            name: f"{{{_drop_own(parse_reference(reference), territory)}}}"
            for reference, name in formula.terms.items()
        }
    except (FormulaError, UnknownReference):
        return _clean(text)
    return _spell(formula.tree, terms)


def _drop_own(reference: Reference, territory: str) -> Reference:
    if reference.territory != territory:
        return reference
    return Reference(reference.indicator, modifier=reference.modifier)


def _spell(node: ast.expr, terms: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=int() | float() as number):
            return f"{number:g}"
        case ast.Name(id=name):
            return terms[name]
        case ast.Call(args=arguments):
            return f"{name_call(node)}({', '.join(_spell(part, terms) for part in arguments)})"
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            return _join(_list_parts(node, ast.Mult, ast.Div), " × ", " / ", terms)
    return _join(_list_parts(node, ast.Add, ast.Sub), " + ", " − ", terms)


def _list_parts(
    node: ast.expr, plain: type[ast.operator], inverse: type[ast.operator], turned: bool = False
) -> list[tuple[bool, ast.expr]]:
    """a − (b − c) → a, (turned) b, c; a × (b / c) → a, b, (turned) c."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, plain | inverse):
        right = turned != isinstance(node.op, inverse)
        return [
            *_list_parts(node.left, plain, inverse, turned),
            *_list_parts(node.right, plain, inverse, right),
        ]
    if isinstance(node, ast.UnaryOp) and plain is ast.Add:
        return _list_parts(node.operand, plain, inverse, turned != isinstance(node.op, ast.USub))
    return [(turned, node)]


def _join(
    parts: Sequence[tuple[bool, ast.expr]], plain: str, inverse: str, terms: Mapping[str, str]
) -> str:
    """The parts in one order: those that are turned follow the others, each with its sign."""
    words = [sorted(_spell(part, terms) for turned, part in parts if turned is sign)
             for sign in (False, True)]  # fmt: skip
    return f"({plain.join(words[0])}{''.join(f'{inverse}{word}' for word in words[1])})"


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
_TYPOGRAPHY = str.maketrans({"’": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-",
                             "−": "-"})  # fmt: skip


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
        self._typed: dict[str, dict[str, Definition]] = {}
        for side in sides:
            for indicator in side.catalogue:
                self._typed.setdefault(indicator, {})[side.id] = define(side, indicator)
        self._held = {
            indicator: self._apply(indicator, typed) for indicator, typed in self._typed.items()
        }

    def _apply(self, indicator: str, typed: Mapping[str, Definition]) -> dict[str, Definition]:
        """The definitions with what is declared: the commonest wording in place of their own."""
        places, _ = self._declared.get(indicator, ((), ""))
        if not places:
            return dict(typed)
        wording = find_commonest({id: (one.title, one.definition) for id, one in typed.items()})
        return {
            id: Definition(one.unit, one.measure, one.kind, one.formula, *wording)
            if id in places
            else one
            for id, one in typed.items()
        }

    def list_indicators(self) -> list[str]:
        """Every indicator, in the order of the catalogues."""
        return list(self._typed)

    def list_holders(self, indicator: str) -> list[str]:
        """Territories whose dossier has an indicator."""
        return list(self._typed[indicator])

    def agree(self, indicator: str) -> Agreement:
        """Who defines an indicator alike."""
        held = self._held[indicator]
        terms = {id: list_terms(self.sides[id], indicator) for id in held}
        keys = {
            id: (one, tuple((term, self._held[term][id]) for term in terms[id]))
            for id, one in held.items()
        }
        kept = find_commonest(keys)
        found = Agreement(kept[0])
        for id, key in keys.items():
            if key == kept:
                found.equal.append(id)
                if self._typed[indicator][id] != key[0]:
                    found.declared.append(id)
            else:
                first = next(other for other in keys if keys[other] == kept)
                found.others[id] = self._differ(kept, key, first, id)
        return found

    def _differ(self, kept: tuple, own: tuple, first: str, id: str) -> Difference:
        """How ``own``, of the territory ``id``, differs from ``kept``, that of ``first``."""
        names = [f.name for f in fields(Definition)]
        other = [name for name in names if getattr(kept[0], name) != getattr(own[0], name)]
        texts = [tuple(getattr(one[0], name) for name in other) for one in (kept, own)]
        if not other:
            then = dict(kept[1])
            terms = tuple(term for term, one in own[1] if then.get(term) != one)
            return Difference(OTHER_TERMS, (), (), terms)
        reason, _ = ASPECTS[other[0]]
        if set(other) <= set(WORDING):
            sides = (self.sides[first], self.sides[id])
            loose = [[loosen(t, s) for t in ts] for ts, s in zip(texts, sides, strict=True)]
            if loose[0] == loose[1]:
                reason = NEARLY
        kept_texts, own_texts = (
            tuple(
                f"{ASPECTS[name][1]} : {text or 'aucune'}" if len(other) > 1 else text or "aucune"
                for name, text in zip(other, ts, strict=True)
            )
            for ts in texts
        )
        return Difference(reason, kept_texts, own_texts)

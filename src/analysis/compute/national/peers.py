"""Which territories one is compared with: a stated rule that the analyst can change in data.

The rule is ``peers:`` in ``territory.yml``; absent, or where it says nothing: the same nature, half
to twice the population, all of France. A métropole is compared with those of every statute.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.base.characters import simplify_letters
from analysis.base.errors import UserError
from analysis.compute.national.context import count_territories
from analysis.compute.national.reference_files import read_national
from analysis.words.french import choose_form, format_count, format_number

#: The words of the rule, and of a nature: one and several territories.
SAME, ALL = "même", "toutes"
_TYPED = {simplify_letters(word): word for word in (SAME, ALL)}
NATURES = {
    "CC": ("communauté de communes", "communautés de communes"),
    "CA": ("communauté d’agglomération", "communautés d’agglomération"),
    "CU": ("communauté urbaine", "communautés urbaines"),
    "METRO": ("métropole", "métropoles"),
}
_OF_ANY_NATURE = ("intercommunalité", "intercommunalités")
_WORDS = {"nature": (SAME, ALL), "region": (SAME, ALL)}
_SIZES = ("smallest", "largest")


@dataclass(frozen=True)
class PeersRule:
    """Same nature and same region or not; ``smallest`` and ``largest``: times the population."""

    same_nature: bool = True
    same_region: bool = False
    smallest: float = 0.5
    largest: float = 2.0


@dataclass(frozen=True)
class PeersWords:
    """A rule as it applies to a territory. ``kind``: of its peers, in the number of ``count``;
    ``fewest`` and ``most`` inhabitants; ``region``: its name, '' for all; ``sentence``: all of it,
    after « les » or « la »."""

    count: int
    kind: str
    fewest: int
    most: int
    region: str
    sentence: str


def _read(value: Any) -> Any:
    """« meme » as « même », « 2,5 » as a number: as an analyst types them."""
    if not isinstance(value, str):
        return value
    if (word := simplify_letters(value)) in _TYPED:
        return _TYPED[word]
    return float(value.replace(",", ".")) if re.fullmatch(r"\d+([.,]\d+)?", value) else value


def find_rule_faults(typed: object) -> Iterator[tuple[str, str, str, str]]:
    """What is wrong with ``peers:`` as typed: key, value, what is wrong, what is expected."""
    if typed is None:
        return
    if not isinstance(typed, Mapping):
        yield "", str(typed), "règle illisible", "Attendu : nature, smallest, largest, region."
        return
    for key, value in typed.items():
        name, text, value = f".{key}", str(value), _read(value)
        if key in _WORDS:
            if value not in _WORDS[key]:
                yield name, text, "mot inconnu", f"Attendu : « {SAME} » ou « {ALL} »."
        elif key not in _SIZES:
            known = ", ".join(f"« {known} »" for known in ("nature", *_SIZES, "region"))
            yield name, text, "renseignement inconnu", f"Attendu : {known}."
        elif isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            problem = "n’est pas un nombre de fois la population"
            yield name, text, problem, "Attendu : un nombre positif, comme 0,5."
        elif (key == "smallest" and value > 1) or (key == "largest" and value < 1):
            side = "au plus 1" if key == "smallest" else "au moins 1"
            problem = "laisse de côté les territoires aussi peuplés que celui-ci"
            yield name, text, problem, f"Attendu : {side}."


def read_rule(territory: Mapping[str, Any]) -> PeersRule:
    """The rule of a dossier (what ``territory.yml`` says). Raises UserError when it is not one;
    ``make data`` names the place."""
    typed = territory.get("peers")
    if found := [*find_rule_faults(typed)]:
        lines = [f"territory.yml, peers{k} : « {v} », {what}. {how}" for k, v, what, how in found]
        raise UserError("\n".join(lines))
    rule, usual = {key: _read(value) for key, value in (typed or {}).items()}, PeersRule()
    return PeersRule(
        same_nature=rule.get("nature", SAME) == SAME,
        same_region=rule.get("region", ALL) == SAME,
        smallest=float(rule.get("smallest", usual.smallest)),
        largest=float(rule.get("largest", usual.largest)),
    )


def _simplify_nature(nature: pd.Series) -> pd.Series:
    return nature.where(nature.isin(NATURES), "METRO")  # that of Lyon has a statute of its own


def choose_peers(siren: str, year: int, rule: PeersRule) -> pd.DataFrame:
    """Territories like one, without itself, by name: rows of ``read_national('territories')`` with
    ``municipal`` (inhabitants). Empty where its own population is not known."""
    counts = count_territories(year)["municipal"]
    if siren not in counts or pd.isna(counts[siren]):
        return read_national("territories").iloc[:0].assign(municipal=[])
    own = counts[siren]
    known = read_national("territories").join(counts.dropna(), on="siren", how="inner")
    itself = known["siren"] == siren
    like = known["municipal"].between(rule.smallest * own, rule.largest * own) & ~itself
    if rule.same_nature:
        natures = _simplify_nature(known["nature"])
        like &= natures == natures[itself].iloc[0]
    if rule.same_region:
        like &= known["region"] == known.loc[itself, "region"].iloc[0]
    return known[like].sort_values(["name", "siren"])


def describe_peers(siren: str, year: int, rule: PeersRule) -> PeersWords | None:
    """The rule in French, for a territory; None where its own population is not known."""
    own = count_territories(year)["municipal"].get(siren)
    if own is None or pd.isna(own):
        return None
    itself = read_national("territories").set_index("siren").loc[[siren]]
    forms = NATURES[_simplify_nature(itself["nature"]).iloc[0]]
    forms = forms if rule.same_nature else _OF_ANY_NATURE
    count = len(choose_peers(siren, year, rule))
    fewest, most = math.ceil(rule.smallest * own), math.floor(rule.largest * own)
    region = itself["region_name"].iloc[0] if rule.same_region else ""
    of_region = f" de la région {region}" if region else ""
    others = choose_form(count, "autre", "autres")
    sentence = (
        f"{format_count(count, f'{others} {forms[0]}', f'{others} {forms[1]}')}{of_region} de"
        f" {format_number(fewest)} à {format_number(most)} habitants"
    )
    return PeersWords(count, choose_form(count, *forms), fewest, most, region, sentence)

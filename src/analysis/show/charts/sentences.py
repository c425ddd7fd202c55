"""Which sentence a finding or a note says: the first whose conditions the edition's data meet.

In charts.yml either is one sentence, or a list of them::

    finding:
      - when: "{visiteurs} augmente"
        say: "Les visiteurs augmentent : {{visiteurs|complet}}"
      - say: "{{visiteurs|complet}} ont visité le musée"

``when``: see ``model.conditions``. The last is said where no other is, and claims nothing.
``because`` stands for ``when`` where a claim is true by definition; it says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.compute.audit.printed_figures import DISCREPANCY
from analysis.model.conditions import Facts, hold, parse_conditions
from analysis.model.references import find_in_prose
from analysis.model.store import Edition

#: What a specification may say in several ways.
KEYS = ("finding", "note")


def list_sentences(said: Any) -> list[Mapping[str, str]]:
    """The sentences of a ``finding`` or of a ``note``, in order; none where it is empty."""
    if isinstance(said, str):
        return [{"say": said}]
    return [entry for entry in said or [] if isinstance(entry, Mapping) and entry.get("say")]


def list_conditions(spec: Mapping) -> list[str]:
    """The references that the conditions of a specification read."""
    entries = [entry for key in KEYS for entry in list_sentences(spec.get(key))]
    conditions = [
        c for entry in entries if "when" in entry for c in parse_conditions(entry["when"])
    ]
    return [reference for condition in conditions for reference in condition.references]


def choose_sentence(edition: Edition, spec: Mapping, key: str = "finding") -> str:
    """The sentence that the edition's data make true, or the last; '' where there is none. A
    sentence of which a reference has no value is not said."""
    sentences = list_sentences(spec.get(key))
    items = [
        item if isinstance(item, str) else item["indicator"] for item in spec.get("items") or []
    ]

    def is_printed_otherwise(reference: str) -> bool:
        return DISCREPANCY in set(edition.rows("checks", indicator=reference)["verdict"])

    facts = Facts(edition.value, items, is_printed_otherwise)
    for entry in sentences:
        conditions = parse_conditions(entry["when"]) if "when" in entry else []
        if hold(conditions, facts) and says_all(edition, entry["say"]):
            return entry["say"]
    # A note may be left unsaid; a finding whose last sentence lacks a value is not drawn.
    return sentences[-1]["say"] if sentences and "when" not in sentences[-1] else ""


def says_all(edition: Edition, text: str) -> bool:
    """Whether every reference of a text has a value."""
    return all(
        edition.value(mention.reference).value is not None for mention in find_in_prose(text)
    )

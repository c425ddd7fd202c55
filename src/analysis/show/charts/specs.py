"""charts.yml: which charts a chapter shows, and whether their specifications can be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from analysis.model.references import UnknownReference, are_apart, find_in_prose, parse_reference
from analysis.model.schema import MEMBERS_INDICATOR, PORTRAIT
from analysis.model.schema.columns import ID
from analysis.model.store import Edition
from analysis.show.charts.chart_rows import SINGLE
from analysis.show.charts.facts import list_details
from analysis.show.charts.registry import KINDS
from analysis.show.charts.sentences import (
    KEYS,
    choose_sentence,
    list_conditions,
    list_sentences,
    says_all,
)
from analysis.show.charts.series import compose_specs, find_points

COMMON_REQUIRED = frozenset({"id", "chapter", "kind", "finding"})
COMMON_OPTIONAL = frozenset({"action", "unit", "note"})
#: Kinds that draw a second number of each item, read by this modifier.
IMPLIED = {"periodes": "precedent", "objectif": "cible"}
#: Kinds that lay parts along a whole, or rank them below it, and the field that holds it.
WHOLES = {"part-du-tout": "whole", "composition": "whole", "classement": "total"}
TEMPLATES = ("finding", "unit", "note", "label", "goal")
#: Kinds that have a scale for each unit: values of two units that are not to be compared may stand
#: there, as no length is set against another.
UNIT_SCALES = ("periodes",)


def find_references(spec: Mapping) -> list[str]:
    """Every reference whose number the chart draws, in the order of the specification."""
    entries = [*(spec.get("items") or []), *(spec[key] for key in SINGLE if key in spec)]
    found = [entry.get("indicator") if isinstance(entry, Mapping) else entry for entry in entries]
    found = [reference for reference in found if isinstance(reference, str)]
    modifier = IMPLIED.get(spec.get("kind"))
    return found + ([f"{reference}:{modifier}" for reference in found] if modifier else [])


def find_templates(spec: Mapping) -> Iterator[str]:
    """Every text of the specification that may hold references."""
    for key, entry in spec.items():
        if key in KEYS:
            yield from (sentence["say"] for sentence in list_sentences(entry))
        elif key in TEMPLATES and isinstance(entry, str):
            yield entry
        elif isinstance(entry, Mapping):
            yield from find_templates(entry)
        elif isinstance(entry, list):
            for item in entry:
                if isinstance(item, Mapping):
                    yield from find_templates(item)


def align_years(edition: Edition, spec: Mapping) -> Mapping:
    """The specification of parts and their whole, read in the last year that they all have a value
    of (« depenses:N-1 »), texts and second numbers too; as it is where they are of one year, or
    have none in common, and where the whole is the member communes: they are known at any date."""
    whole = spec.get(WHOLES.get(spec.get("kind", ""), ""))
    name = whole.get("indicator") if isinstance(whole, Mapping) else whole
    if not name or name == MEMBERS_INDICATOR:
        return spec
    values = {name: edition.value(name) for name in find_references(spec) if ":" not in name}
    years = {
        name: value.period_end.year
        for name, value in values.items()
        if value.value is not None and value.period_end is not None and not value.is_constant
    }
    if len(set(years.values())) < 2:
        return spec
    details = [detail for item in spec.get("items") or [] for detail in list_details(item)]
    said = [mention.reference for text in find_templates(spec) for mention in find_in_prose(text)]
    others = {
        name
        for name in (*values, *details, *said, *list_conditions(spec))
        if ":" not in name and not edition.value(name).is_constant
    }
    for year in sorted(set(years.values()), reverse=True):
        back = edition.year - year
        names = {
            name: f"{name}:N-{back}" if back else f"{name}:N" for name in years.keys() | others
        }
        known = {n: read for n, read in names.items() if edition.value(read).value is not None}
        if back >= 0 and years.keys() <= known.keys():
            fixed = ("id", "chapter", "action", "kind")
            return {k: v if k in fixed else _rename(v, known) for k, v in spec.items()}
    return spec


def _rename(entry: object, names: Mapping[str, str]) -> object:
    """An entry of a specification with other references in the place of some."""
    if isinstance(entry, str):
        within = re.sub(r"(?<=\{)[^{}|:]+(?=[|}])", lambda m: names.get(m[0], m[0]), entry)
        return names.get(entry, within)
    if isinstance(entry, Mapping):
        return {key: _rename(inner, names) for key, inner in entry.items()}
    return [_rename(inner, names) for inner in entry] if isinstance(entry, list) else entry


def count_numbers(edition: Edition, spec: Mapping) -> int:
    """How many numbers the edition gives this chart."""
    references = dict.fromkeys(find_references(spec))
    return sum(edition.value(reference).value is not None for reference in references)


def is_drawable(edition: Edition, spec: Mapping) -> bool:
    """Whether the edition's data carry the chart: at least two numbers, a target where one is
    drawn, every number that its texts say. A chart whose data stop in a later edition, or are not
    yet there in an earlier one, is left out, not drawn empty."""
    if spec["kind"] not in KINDS:
        return False
    if spec["kind"] == "evolution" and not find_points(edition, spec):
        return False
    if spec["kind"] == "periodes" and not _has_a_pair(edition, spec):
        return False
    fewest = 1 if spec["kind"] == "evolution" else 2  # a series names its indicator alone
    return count_numbers(edition, spec) >= fewest and _says_all(edition, spec)


def _has_a_pair(edition: Edition, spec: Mapping) -> bool:
    """Whether one of the items has a value before."""
    references = [item if isinstance(item, str) else item["indicator"] for item in spec["items"]]
    return any(edition.value(f"{name}:precedent").value is not None for name in references)


def _says_all(edition: Edition, spec: Mapping) -> bool:
    """Whether every reference of the title, of the notes and of the labels has a value."""
    said = {key: choose_sentence(edition, spec, key) for key in KEYS}
    return all(says_all(edition, template) for template in find_templates({**spec, **said}))


def list_specs(edition: Edition, chapter: str) -> list[Mapping]:
    """Specifications of the charts of a chapter that the edition's data carry, in the order of
    charts.yml, then the series that no chart shows yet. Each keeps its action where this edition
    has that action; else it belongs to the chapter as a whole."""
    actions = set(edition.rows("actions", chapter=chapter)["id"])
    specs = [
        spec if spec.get("action") in actions else {**spec, "action": ""}
        for spec in (*edition.charts_of(chapter), *compose_specs(edition, chapter))
    ]
    placed = (align_years(edition, spec) for spec in specs)
    return [spec for spec in placed if is_drawable(edition, spec)]


# --- checks ------------------------------------------------------------------------------------


def check_specs(specs: Sequence[Mapping], edition: Edition) -> list[str]:
    """Problems of charts.yml as French sentences, each naming its chart; empty when all is well."""
    problems: list[str] = []
    seen: set[str] = set()
    for number, spec in enumerate(specs, start=1):
        name = f"Graphique « {spec.get('id', f'n° {number}')} »"
        problems += [f"{name} : {problem}" for problem in _check_spec(spec, edition)]
        if spec.get("id") in seen:
            problems.append(f"{name} : identifiant déjà employé.")
        seen.add(spec.get("id"))
    return problems


def _check_spec(spec: Mapping, edition: Edition) -> Iterator[str]:
    yield from _check_keys(spec)
    if spec.get("kind") not in KINDS:
        return
    yield from _check_place(spec, edition)
    for reference in find_references(spec):
        yield from _check_reference(edition, reference)
    yield from _check_pairs(spec, edition)
    for item in spec.get("items") or []:
        for detail in list_details(item):
            yield from _check_reference(edition, detail)
    for reference in list_conditions(spec):
        yield from _check_reference(edition, reference)
    for template in find_templates(spec):
        for mention in find_in_prose(template):
            yield from _check_reference(edition, str(mention.reference))
        if re.search(r"\d", _without_dates(template)):
            yield f"chiffre écrit à la main dans « {template} » : employer une référence."


def _check_keys(spec: Mapping) -> Iterator[str]:
    name = spec.get("kind")
    if name not in KINDS:
        yield f"forme inconnue « {name} » (kind) ; attendu : {', '.join(sorted(KINDS))}."
        return
    required, optional = KINDS[name].required, KINDS[name].optional
    for key in sorted((COMMON_REQUIRED | required) - set(spec)):
        yield f"champ « {key} » manquant."
    for key in sorted(set(spec) - COMMON_REQUIRED - COMMON_OPTIONAL - required - optional):
        yield f"champ inconnu « {key} » pour la forme « {name} »."


def _check_place(spec: Mapping, edition: Edition) -> Iterator[str]:
    if not re.fullmatch(ID, str(spec.get("id", ""))):
        yield "identifiant attendu en minuscules sans accent, mots liés par des tirets."
    chapter = spec.get("chapter")
    if chapter != PORTRAIT and chapter not in set(edition.chapters["id"]):
        yield f"chapitre inconnu « {chapter} »."
    # That the action exists, in this edition or in another, is for the dossier to say.
    for row in edition.rows("actions", id=spec.get("action") or "").itertuples():
        if row.chapter != chapter:
            yield f"l’action « {row.id} » est du chapitre « {row.chapter} »."


def _check_reference(edition: Edition, reference: str) -> Iterator[str]:
    try:
        edition.value(reference)
    except UnknownReference as unknown:
        yield f"{unknown}."


def _check_pairs(spec: Mapping, edition: Edition) -> Iterator[str]:
    """Two values of one scale that not_comparable.csv keeps apart."""
    listed = edition.not_comparable
    pairs = [
        (parse_reference(first), parse_reference(second))
        for first, second in zip(listed["first"], listed["second"], strict=True)
    ]
    values = {}
    for reference in find_references(spec):
        try:
            value = edition.value(reference)
        except UnknownReference:
            continue  # already said
        if value.value is not None:  # what is missing is not drawn
            values[parse_reference(reference)] = value
    said = set()
    for (one, value), (other, second) in combinations(values.items(), 2):
        if spec["kind"] in UNIT_SCALES and value.unit != second.unit:
            continue
        both = frozenset((one.indicator, other.indicator))  # whatever their periods
        if both not in said and are_apart(one, other, pairs):
            said.add(both)
            yield (
                f"deux valeurs à ne pas comparer sur une même échelle, « {one} » et « {other} » :"
                " en retirer une, ou les dessiner à part."
            )


def _without_dates(template: str) -> str:
    """The template without references, years and full dates, which may be typed."""
    text = re.sub(r"\{\{[^{}]*\}\}|\[[^\[\]]*\]", " ", template)
    text = re.sub(r"\b(?:1er|\d{1,2})\s+[a-zéû]+\s+\d{4}\b", " ", text)
    return re.sub(r"\b(?:19|20)\d{2}(?:-(?:19|20)\d{2})?\b", " ", text)

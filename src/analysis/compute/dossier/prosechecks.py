"""What is written by hand and names values: formulas, summaries, texts, findings, statements,
pairs of values not to be compared.

References must exist, and no digit is typed but years, full dates and the names of digit_names.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from analysis.base.rawfiles import list_pictures
from analysis.compute.dossier.crosschecks import Loaded
from analysis.compute.dossier.typed_years import split_clauses
from analysis.model.conditions import parse_conditions
from analysis.model.formulas import FormulaError, find_cycles, find_forbidden, parse_formula
from analysis.model.references import (
    FORMATS,
    PERCENT,
    POINT,
    Reference,
    UnknownReference,
    find_in_prose,
    parse_reference,
)
from analysis.model.schema import (
    DECLINES,
    IMPROVES,
    PAGES,
    REFERRING,
    TABLES,
    TEXT_HEADINGS,
    Fault,
    suggest,
)
from analysis.words import french
from analysis.words.smallmarkdown import find_faults
from analysis.words.typed_times import REFERENCE, find_times, hide_names, split_sentences

CHARTS_FILE = "reference/charts.yml"
UNKNOWN_INDICATOR = "référence à un indicateur inconnu"
#: Keys of a chart whose text is prose for the reader; every other text is a code or a reference.
_CHART_PROSE = ("label", "others", "unit")
#: Those that may be said in several ways, and what each way holds.
_CHART_SENTENCES = ("finding", "note")
_SENTENCE_KEYS = {"when", "say", "because"}
CHART_REFERENCES = (
    "indicator", "items", "total", "rest", "remainder", "subtotal", "whole", "value", "threshold",
    "missing", "reference", "difference", "detail",
)  # fmt: skip

_ALLOWED = [
    re.compile(
        rf"\b\d{{1,2}}(er)?[ \u00a0\u202f]({'|'.join(french.MONTHS.values())})\b"
        r"([ \u00a0\u202f]\d{4})?"
    ),
    re.compile(r"\b(19|20)\d\d\b"),
    # What Markdown makes of a digit: an item of a list, a note's name, an address, a picture.
    re.compile(r"^[ \t]*\d{1,9}[.)](?=[ \t])", re.MULTILINE),
    re.compile(r"\[\^[^\]\[\s]+\]|\]\([^)\]\s]*\)|https?://\S+"),
]
#: A typed number, as one reads it: « 832 348 », « 12,5 ».
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]?\d+)*")


class References:
    """Which references exist, from the raw tables alone (values are resolved later)."""

    def __init__(self, loaded: Loaded):
        self._usable = "indicators" not in loaded.unread
        self._ids = loaded.codes("indicators.id") if self._usable else set()
        self._places = loaded.codes("territories.id") | loaded.codes("communes.insee")

    def problem(self, text: str) -> tuple[str, str] | None:
        """Problem and expectation of a reference, or None when it is right."""
        try:
            reference = parse_reference(text)
        except UnknownReference as error:
            return error.problem, error.hint
        if self._usable and reference.indicator not in self._ids:
            return UNKNOWN_INDICATOR, suggest(reference.indicator, self._ids)
        if reference.territory and reference.territory not in self._places:
            problem = f"territoire « {reference.territory} » inconnu"
            return problem, suggest(reference.territory, self._places)
        return None


TYPED_DIGIT = "chiffre tapé dans un texte"


def check_prose(
    text: str, references: References, names: Iterable[str]
) -> Iterator[tuple[int, str, str, str]]:
    """(line within the text, what was read, problem, expectation) for each fault of a text."""
    for mention in find_in_prose(text):
        line = text.count("\n", 0, mention.start)
        problem = references.problem(mention.reference)
        if problem:
            yield line, mention.reference, *problem
        if mention.format and mention.format not in FORMATS:
            hint = suggest(mention.format, set(FORMATS))
            yield line, mention.format, "format de référence inconnu", hint
    bare = REFERENCE.sub(lambda match: " " * len(match[0]), text)
    braced = set()
    for brace in re.finditer(r"[{}]+", bare):
        line = bare.count("\n", 0, brace.start())
        if line in braced:
            continue  # said once a line: the others come from the same slip
        braced.add(line)
        around = text[max(0, brace.start() - 15) : brace.end() + 25].replace("\n", " ")
        yield line, around, "accolades mal formées", "Une référence s’écrit {{indicateur}}."
    bare = hide_names(bare, names)
    for allowed in _ALLOWED:
        bare = allowed.sub(lambda match: " " * len(match[0]), bare)
    lines = zip(bare.split("\n"), text.split("\n"), strict=True)
    for number, (typed, original) in enumerate(lines):
        for match in _NUMBER.finditer(typed):
            around = original[match.start() : match.end() + 20]  # it begins with the number
            expected = "Citer l’indicateur par une référence {{…}}, ou inscrire ce nom dans"
            yield number, around, TYPED_DIGIT, f"{expected} digit_names.csv."


def _name_pictures(loaded: Loaded) -> list[str]:
    return [path.name for path in list_pictures(loaded.raw / str(loaded.year))]


def check_tables_prose(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Summaries of actions, short-term actions and improvements, reasons of forbidden pairs: their
    references, their digits; of prose, its Markdown too."""
    names = loaded.codes("digit_names.text")
    pictures = _name_pictures(loaded)
    for table in TABLES.values():
        prose = [column for column in table.columns if column.prose]
        referring = REFERRING.get(table.name, ())
        for row in loaded.rows(table.name) if prose or referring else ():
            for column in prose:
                found = find_faults(row[column.name], pictures, line_only=column.prose == "line")
                for _, read, problem, expected in found:
                    yield row.fault(column.name, problem, expected, read)
            for name in referring:
                for _, read, problem, expected in check_prose(row[name], references, names):
                    if name != "cost" or problem != TYPED_DIGIT:  # as its source says it
                        yield row.fault(name, problem, expected, read)
                if name == "summary":
                    for read, problem, expected in _find_lasting_claims(row[name]):
                        yield row.fault(name, problem, expected, read)


def _find_lasting_claims(summary: str) -> Iterator[tuple[str, str, str]]:
    """What a summary, carried over to the next edition, would say that is true of this one alone:
    a claim beside a value that moves on, a word that ages."""
    for _, sentence in split_sentences(summary):
        clauses = [clause for clause in split_clauses(sentence) if find_in_prose(clause)]
        if claims := [word for clause in clauses for word in french.find_claims(clause)]:
            said = french.join_list([f"« {word} »" for word in claims])
            yield (
                sentence,
                f"affirmation à côté d’une valeur qui changera : {said}",
                "Le résumé est repris d’une édition à l’autre : dire la valeur sans la comparer, ou"
                " l’affirmation dans une phrase sans renvoi.",
            )
        for word in french.find_ageing(sentence):
            yield sentence, f"« {word} » ne reste pas vrai d’une édition à l’autre", _AGEING


def check_text(
    file: str, text: str, loaded: Loaded, references: References, is_chapter: bool
) -> Iterator[Fault]:
    """A chapter's text: its headings, its references, its digits."""
    headings = re.findall(r"^##[ \t]+(.+?)[ \t]*$", text, re.MULTILINE)
    if is_chapter and tuple(headings) != TEXT_HEADINGS:
        wanted = ", ".join(f"« ## {heading} »" for heading in TEXT_HEADINGS)
        expected = f"Attendus, dans l’ordre : {wanted}."
        problem = "titres différents de ceux attendus"
        yield Fault.of_file(file, problem, expected, ", ".join(headings))
    names = loaded.codes("digit_names.text")
    # The titles of the text are its own: what stands below them is prose.
    below = re.sub(r"^##[ \t]+.+$", "", text, flags=re.MULTILINE)
    for line, read, problem, expected in (
        *check_prose(text, references, names),
        *find_faults(below, _name_pictures(loaded)),
    ):
        if is_chapter and read.lstrip("# ") in TEXT_HEADINGS:
            continue  # said above
        yield Fault(file, line + 1, "", read, problem, expected)


def check_statements(loaded: Loaded, references: References) -> Iterator[Fault]:
    """The reference of a printed figure exists, and is of the same unit."""
    catalogue = loaded.read_catalogue()
    for row in loaded.rows("statements"):
        if not row["indicator"]:
            continue
        if problem := references.problem(row["indicator"]):
            yield row.fault("indicator", *problem)
            continue
        reference = parse_reference(row["indicator"])
        unit = catalogue.get(reference.indicator, {}).get("unit")
        if reference.modifier == "evolution":
            unit = POINT if unit == PERCENT else PERCENT
        if unit and row["unit"] and row["unit"] != unit:
            expected = f"Attendu : « {unit} » pour « {row['indicator']} »."
            yield row.fault("unit", "unité différente du catalogue", expected)


def check_pairs(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Values not to be compared: both exist, are two, and are listed once."""
    seen: dict[frozenset[str], int] = {}
    for row in loaded.rows("not_comparable"):
        for column in ("first", "second"):
            if row[column] and (problem := references.problem(row[column])):
                yield row.fault(column, *problem)
        if not row["first"] or not row["second"]:
            continue
        first = seen.setdefault(frozenset((row["first"], row["second"])), row.number)
        if row["first"] == row["second"]:
            yield row.fault(
                "second",
                "deux fois la même valeur",
                "Attendu : la valeur avec laquelle la première ne se compare pas.",
            )
        elif first != row.number:
            problem = f"couple déjà donné, ligne {first}", "Une seule ligne par couple."
            yield row.fault("second", *problem)


def check_contributions(loaded: Loaded, references: References) -> Iterator[Fault]:
    """What says by how much an action contributes to a goal exists."""
    for row in loaded.rows("contributions"):
        if row["indicator"] and (problem := references.problem(row["indicator"])):
            yield row.fault("indicator", *problem)


def _read_pairs(loaded: Loaded) -> list[tuple[Reference, Reference]]:
    """The listed pairs that can be read; the others are reported by ``check_pairs``."""
    pairs = []
    for row in loaded.rows("not_comparable"):
        with suppress(UnknownReference):
            pairs.append((parse_reference(row["first"]), parse_reference(row["second"])))
    return [(first, second) for first, second in pairs if first != second]


def check_formulas(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Formulas: writing, constants, references, circles, values that do not go together. Their
    rules of meaning need values."""
    pairs = _read_pairs(loaded)
    needs: dict[str, set[str]] = {}
    rows = {row["id"]: row for row in loaded.rows("indicators") if row["formula"]}
    for id, row in rows.items():
        try:
            formula = parse_formula(row["formula"])
        except FormulaError as error:
            yield row.fault("formula", f"formule : {error.problem}", error.expected)
            continue
        problems = {text: references.problem(text) for text in formula.references}
        wrong = {text: problem for text, problem in problems.items() if problem}
        for text, (problem, expected) in wrong.items():
            yield row.fault("formula", f"formule : {problem}", expected, text)
        terms = [parse_reference(text) for text in problems if text not in wrong]
        # A target is not the value itself.
        needs[id] = {term.indicator for term in terms if term.modifier != "cible"}
        for one, other in [] if wrong else find_forbidden(formula, pairs):
            yield row.fault(
                "formula",
                f"formule qui rapproche deux valeurs à ne pas comparer : « {one} » et « {other} »",
                "Changer la formule, ou retirer le couple de not_comparable.csv s’il n’a pas lieu"
                " d’être.",
            )
    for id, cycle in find_cycles(needs).items():
        yield rows[id].fault(
            "formula",
            f"formules en cercle : {' → '.join(cycle)}",
            "Un indicateur ne peut pas dépendre de lui-même.",
        )


_AGEING = "Donner la date, par un renvoi : {{…|annee}}, {{…|date}} ou {{…|periode}}."
_HOW_TO_SAY = (
    "Une phrase, ou une liste de phrases : « - when: … » (la condition) et « say: … » (la phrase),"
    " la dernière sans « when »."
)


#: Conditions that hold an item of a chart against the others, or what the source prints.
_OF_CHARTS = ("grand", "petit", "seul", "imprimé")
_COMPARE = "Attendu, par exemple : « {a} augmente », « {a} < {a:cible} », « {a} > {b} »."


@dataclass(frozen=True)
class ChartChecks:
    """What the texts of a chart are held against; ``items``: None of a text that is no chart's."""

    references: References
    names: set[str]
    pairs: list[tuple[Reference, Reference]]
    items: list[str] | None


def _chart_fault(place: str, problem: str, expected: str = "", value: object = "") -> Fault:
    """A fault of a chart of charts.yml, or of a key of it."""
    return Fault(CHARTS_FILE, 0, place, str(value), problem, expected)


def check_charts(charts: Any, loaded: Loaded, references: References) -> Iterator[Fault]:
    """charts.yml: a list of charts with id, chapter, kind, finding; known references; no digit."""
    if not isinstance(charts, list):
        yield Fault.of_file(
            CHARTS_FILE,
            "une liste de graphiques est attendue",
            "Chaque graphique commence par « - id: … ».",
        )
        return
    names, pairs = loaded.codes("digit_names.text"), _read_pairs(loaded)
    seen = set()
    for rank, chart in enumerate(charts, 1):
        if not isinstance(chart, Mapping):
            yield _chart_fault(f"graphique {rank}", "graphique mal formé", value=chart)
            continue
        place = f"graphique {chart.get('id') or rank}"
        shapes = [*_check_shapes(chart, place)]
        yield from shapes
        if shapes:
            continue
        for key in ("id", "chapter", "kind", "finding"):
            if not chart.get(key):
                yield _chart_fault(place, f"« {key} » manque", f"Une ligne « {key}: … ».")
        identity = (chart.get("chapter"), chart.get("id"))
        if identity in seen:
            yield _chart_fault(
                place,
                "identifiant de graphique en double",
                "Un identifiant par graphique d’un chapitre.",
            )
        seen.add(identity)
        yield from _check_chart_codes(chart, place, loaded)
        items = chart.get("items")
        items = [
            item.get("indicator", "") if isinstance(item, Mapping) else item
            for item in (items if isinstance(items, list) else [])
        ]
        checked = ChartChecks(references, names, pairs, items)
        yield from _check_chart_content(chart, place, checked)


def _check_shapes(chart: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """What is no text where one is read: only « items » and « detail » are lists, only a value may
    have keys of its own; sentences have their own check."""
    for key, said in chart.items():
        listed = key in ("items", "detail") and isinstance(said, list)
        for part in said if listed else [said]:
            if key in _CHART_SENTENCES or isinstance(part, str | bool | None):
                continue
            nested = key != "detail" and key in CHART_REFERENCES and (listed or key != "items")
            if isinstance(part, Mapping) and nested:
                yield from _check_shapes(part, f"{place}, {key}")
            else:
                expected = f"Attendu : « {key}: … », un seul texte."
                yield _chart_fault(f"{place}, {key}", "texte attendu", expected, part)


def _check_chart_codes(chart: Mapping[str, Any], place: str, loaded: Loaded) -> Iterator[Fault]:
    """The chapter and the action of a chart."""
    chapters = loaded.codes("finalities.id") | loaded.codes("approach.id") | set(PAGES)
    actions = loaded.codes("actions.id") | loaded.codes("planned.id") | loaded.other_planned
    used = []
    if not loaded.unread & {"finalities", "approach"}:
        used.append(("chapter", [chart.get("chapter")], chapters, "chapitre inconnu"))
    if "actions" not in loaded.unread:
        known = actions | loaded.codes("improvements.id")
        used.append(("action", [chart.get("action")], known, "action inconnue"))
    for key, codes, known, problem in used:
        for code in codes:
            if code and code not in known:
                yield _chart_fault(f"{place}, {key}", problem, suggest(str(code), known), code)


def _check_chart_content(
    node: Any, place: str, checked: ChartChecks, key: str = ""
) -> Iterator[Fault]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            if name in _CHART_SENTENCES:
                yield from _check_sentences(child, f"{place}, {name}", checked)
            else:
                yield from _check_chart_content(child, place, checked, str(name))
    elif isinstance(node, list):
        for child in node:
            yield from _check_chart_content(child, place, checked, key)
    elif isinstance(node, str):
        place = f"{place}, {key}"
        if key in CHART_REFERENCES:
            if problem := checked.references.problem(node):
                yield _chart_fault(place, *problem, node)
        elif key in _CHART_PROSE or "{{" in node:
            yield from _check_chart_prose(node, place, checked)
        if key == "unit":
            yield from _check_claims(node, place)
            if any(mention.format for mention in find_in_prose(node)):
                yield _chart_fault(
                    place,
                    "période d’une seule des valeurs",
                    "Écrire [periode] : la période commune des valeurs, tue si elles n’en ont pas.",
                    node,
                )


def _check_chart_prose(text: str, place: str, checked: ChartChecks) -> Iterator[Fault]:
    """References and digits of a text of charts.yml; a year typed there, which all editions
    share."""
    for _, read, wrong, expected in check_prose(text, checked.references, checked.names):
        yield _chart_fault(place, wrong, expected, read)
    for time in find_times(hide_names(text, checked.names)):
        yield _chart_fault(
            place,
            "année tapée dans un graphique, qui sert à toutes les éditions",
            "L’écrire par un renvoi, {{…|annee}} ou {{…|periode}}, ou l’inscrire dans"
            " digit_names.csv si elle fait partie d’un nom.",
            time.text,
        )


def _check_claims(text: str, place: str) -> Iterator[Fault]:
    """A claim that nothing makes true, a word that only holds for a while."""
    if claims := french.find_claims(text):
        yield _chart_fault(
            place,
            f"affirmation sans condition : {french.join_list([f'« {c} »' for c in claims])}",
            "Dire quand elle est vraie (when: …, say: …) et quoi dire sinon, ou pourquoi elle"
            " l’est toujours (because: …), ou l’écrire sans comparer.",
            text,
        )
    for word in french.find_ageing(text):
        yield _chart_fault(place, f"« {word} » ne reste pas vrai", _AGEING, text)


def _check_sentences(said: Any, place: str, checked: ChartChecks) -> Iterator[Fault]:
    """A finding or a note: one sentence, or several with their conditions (``conditions``)."""
    entries = [{"say": said}] if isinstance(said, str) else said
    if not isinstance(entries, list) or not entries:
        yield _chart_fault(place, "phrase attendue", _HOW_TO_SAY, said)
        return
    for entry in entries:
        wrong = not isinstance(entry, Mapping) or set(entry) - _SENTENCE_KEYS
        if wrong or not all(isinstance(text, str) and text for text in entry.values()):
            yield _chart_fault(place, "phrase mal formée", _HOW_TO_SAY, entry)
        elif "say" not in entry:
            yield _chart_fault(place, "« say » manque", _HOW_TO_SAY, entry)
        else:
            yield from _check_chart_prose(entry["say"], place, checked)
            if "when" in entry:
                yield from _check_conditions(entry["when"], place, checked)
            elif "because" not in entry:
                yield from _check_claims(entry["say"], place)
    last = entries[-1]
    if place.endswith("finding") and isinstance(last, Mapping) and "when" in last:
        yield _chart_fault(
            place,
            "rien à dire quand aucune condition n’est remplie",
            "Finir par une phrase sans « when », qui n’affirme rien : - say: …",
        )


def _check_conditions(text: str, place: str, checked: ChartChecks) -> Iterator[Fault]:
    for problem, expected, read in _find_condition_faults(text, checked):
        yield _chart_fault(f"{place}, when", problem, expected, read)


def _find_condition_faults(text: str, checked: ChartChecks) -> Iterator[tuple[str, str, str]]:
    """Problem, expectation and what was read of conditions: their writing, their references, values
    that are not to be compared."""
    try:
        conditions = parse_conditions(text)
    except FormulaError as error:
        yield error.problem, error.expected, text
        return
    for condition in conditions:
        problems = [(ref, checked.references.problem(ref)) for ref in condition.references]
        wrong = [(reference, problem) for reference, problem in problems if problem]
        for reference, problem in wrong:
            yield *problem, reference
        if condition.needs_period_before and ":" in condition.reference:
            yield (
                "période déjà choisie",
                "Attendu : l’indicateur seul, comparé à sa période précédente.",
                condition.reference,
            )
        if checked.items is None:
            if condition.form in _OF_CHARTS:
                yield "condition qui ne vaut que pour un graphique", _COMPARE, text
        elif condition.is_of_items and condition.reference not in checked.items:
            yield (
                "ce n’est pas un élément du graphique",
                "Attendu : un indicateur de ses « items ».",
                condition.reference,
            )
        if wrong or not condition.formula:
            continue
        for one, other in find_forbidden(condition.formula, checked.pairs):
            yield (
                f"deux valeurs à ne pas comparer : « {one} » et « {other} »",
                "Changer la condition, ou retirer le couple de not_comparable.csv s’il n’a pas"
                " lieu d’être.",
                text,
            )


def check_messages(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Sentences of the first page: what they claim has a condition, which can be read."""
    checked = ChartChecks(references, set(), _read_pairs(loaded), None)
    tables = ("indicators.id", "improvements.id", "gaps.id", "targets.entry")
    composed = set().union(*map(loaded.codes, tables))
    for row in loaded.rows("key_messages"):
        sentence, when = row["sentence"], row["when"]
        for problem, expected, read in _find_condition_faults(when, checked) if when else ():
            yield row.fault("when", problem, expected, read)
        if not sentence and row["about"] not in composed:
            yield row.fault(
                "sentence",
                "phrase vide",
                "Attendu : une phrase ; le programme n’en compose que d’un indicateur, d’une piste,"
                " d’une lacune ou d’un objectif.",
            )
        if not sentence or when:
            continue
        clauses = [clause for clause in split_clauses(sentence) if find_in_prose(clause)]
        claims = [word for clause in clauses for word in french.find_claims(clause)]
        if row["rubric"] in (IMPROVES, DECLINES) or claims:
            said = french.join_list([f"« {word} »" for word in claims]) or row["rubric"]
            yield row.fault(
                "when",
                f"affirmation sans condition : {said}",
                f"Dire dans « when » ce qui la rend vraie. {_COMPARE}",
                sentence,
            )

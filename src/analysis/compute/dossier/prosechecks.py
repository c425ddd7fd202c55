"""What is written by hand and names values: formulas, summaries, texts, findings, statements,
pairs of values not to be compared.

References must exist, and no digit is typed but years, full dates and the names of digit_names.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from analysis.base.rawfiles import list_pictures
from analysis.compute.dossier.crosschecks import Loaded
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
from analysis.model.schema import PAGES, REFERRING, TABLES, TEXT_HEADINGS, Fault, suggest
from analysis.words.smallmarkdown import find_faults

CHARTS_FILE = "reference/charts.yml"
#: Keys of a chart whose text is prose for the reader; every other text is a code or a reference.
_CHART_PROSE = ("finding", "label", "note", "others", "unit")
_CHART_REFERENCES = (
    "indicator",
    "items",
    "total",
    "rest",
    "remainder",
    "subtotal",
    "whole",
    "value",
    "threshold",
    "missing",
    "reference",
    "difference",
    "detail",
)

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ALLOWED = [
    re.compile(rf"\b\d{{1,2}}(er)?[ \u00a0\u202f]({_MONTHS})\b([ \u00a0\u202f]\d{{4}})?"),
    re.compile(r"\b(19|20)\d\d\b"),
    # What Markdown makes of a digit: an item of a list, a note's name, an address, a picture.
    re.compile(r"^[ \t]*\d{1,9}[.)](?=[ \t])", re.MULTILINE),
    re.compile(r"\[\^[^\]\s]+\]|\]\([^)\s]*\)|https?://\S+"),
]
_DIGIT = re.compile(r"\d")
_BRACED = re.compile(r"\{\{[^{}]*\}\}")


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
            return "référence à un indicateur inconnu", suggest(reference.indicator, self._ids)
        if reference.territory and reference.territory not in self._places:
            return (
                f"territoire « {reference.territory} » inconnu",
                suggest(reference.territory, self._places),
            )
        return None


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
            yield (
                line,
                mention.format,
                "format de référence inconnu",
                suggest(mention.format, set(FORMATS)),
            )
    bare = _BRACED.sub(lambda match: " " * len(match[0]), text)
    braced = set()
    for brace in re.finditer(r"[{}]+", bare):
        line = bare.count("\n", 0, brace.start())
        if line in braced:
            continue  # said once a line: the others come from the same slip
        braced.add(line)
        around = text[max(0, brace.start() - 15) : brace.end() + 25].replace("\n", " ")
        yield line, around, "accolades mal formées", "Une référence s’écrit {{indicateur}}."
    for name in sorted(names, key=len, reverse=True):
        bare = bare.replace(name, " " * len(name))
    for allowed in _ALLOWED:
        bare = allowed.sub(lambda match: " " * len(match[0]), bare)
    for number, typed in enumerate(bare.split("\n")):
        if match := _DIGIT.search(typed):
            original = text.split("\n")[number]
            around = original[max(0, match.start() - 20) : match.start() + 20]
            yield (
                number,
                around,
                "chiffre tapé dans un texte",
                "Citer l’indicateur par une référence {{…}}, ou inscrire ce nom dans"
                " digit_names.csv.",
            )


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
                    yield row.fault(name, problem, expected, read)


def check_text(
    file: str, text: str, loaded: Loaded, references: References, is_chapter: bool
) -> Iterator[Fault]:
    """A chapter's text: its headings, its references, its digits."""
    headings = re.findall(r"^##[ \t]+(.+?)[ \t]*$", text, re.MULTILINE)
    if is_chapter and tuple(headings) != TEXT_HEADINGS:
        yield Fault(
            file,
            0,
            "",
            ", ".join(headings),
            "titres différents de ceux attendus",
            "Attendus, dans l’ordre : " + ", ".join(f"« ## {h} »" for h in TEXT_HEADINGS) + ".",
        )
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
    names = loaded.codes("digit_names.text")
    seen = set()
    for rank, chart in enumerate(charts, 1):
        if not isinstance(chart, Mapping):
            yield _chart_fault(f"graphique {rank}", "graphique mal formé", value=chart)
            continue
        place = f"graphique {chart.get('id') or rank}"
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
        yield from _check_chart_content(chart, place, references, names)


def _check_chart_codes(chart: Mapping[str, Any], place: str, loaded: Loaded) -> Iterator[Fault]:
    """The chapter and the action of a chart; actions and kinds of places that the panels of a map
    choose by."""
    chapters = loaded.codes("finalities.id") | loaded.codes("approach.id") | set(PAGES)
    actions = loaded.codes("actions.id") | loaded.codes("planned.id") | loaded.other_planned
    kinds = {code for c in TABLES["places"].columns if c.name == "kind" for code in c.codes}
    used = []
    if not loaded.unread & {"finalities", "approach"}:
        used.append(("chapter", [chart.get("chapter")], chapters, "chapitre inconnu"))
    if "actions" not in loaded.unread:
        known = actions | loaded.codes("improvements.id")
        used.append(("action", [chart.get("action")], known, "action inconnue"))
    panels = chart.get("panels")
    for panel in panels if isinstance(panels, list) else []:
        if not isinstance(panel, Mapping):
            continue  # said where the chart is specified
        if not loaded.unread & {"actions", "planned"}:
            used.append(("actions", panel.get("actions") or [], actions, "action inconnue"))
        used.append(("kinds", panel.get("kinds") or [], kinds, "sorte de lieu inconnue"))
    for key, codes, known, problem in used:
        for code in codes:
            if code and code not in known:
                yield _chart_fault(f"{place}, {key}", problem, suggest(str(code), known), code)


def _check_chart_content(
    node: Any, place: str, references: References, names: set[str], key: str = ""
) -> Iterator[Fault]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from _check_chart_content(child, place, references, names, str(name))
    elif isinstance(node, list):
        for child in node:
            yield from _check_chart_content(child, place, references, names, key)
    elif isinstance(node, str):
        if key in _CHART_REFERENCES:
            if problem := references.problem(node):
                yield _chart_fault(f"{place}, {key}", *problem, node)
        elif key in _CHART_PROSE or "{{" in node:
            for _, read, wrong, expected in check_prose(node, references, names):
                yield _chart_fault(f"{place}, {key}", wrong, expected, read)

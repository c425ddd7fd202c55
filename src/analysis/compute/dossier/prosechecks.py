"""What is written by hand and names values: formulas, summaries, texts, findings, statements,
pairs of values not to be compared.

References must exist,
and no digit is typed but years, full dates and the names of digit_names.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analysis.base.rawfiles import list_pictures
from analysis.compute.dossier.crosschecks import Loaded
from analysis.model.formulas import FormulaError, find_cycles, find_forbidden, parse_formula
from analysis.model.references import (
    FORMATS,
    PERCENT,
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
    "indicator", "items", "total", "rest", "remainder", "subtotal", "whole", "value", "threshold",
    "missing", "reference", "difference", "detail",
)  # fmt: skip

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
                line, mention.format, "format de référence inconnu",
                suggest(mention.format, set(FORMATS)),
            )  # fmt: skip
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
    for number, line in enumerate(bare.split("\n")):
        if match := _DIGIT.search(line):
            original = text.split("\n")[number]
            around = original[max(0, match.start() - 20) : match.start() + 20]
            yield (
                number, around, "chiffre tapé dans un texte",
                "Citer l’indicateur par une référence {{…}}, ou inscrire ce nom dans"
                " digit_names.csv.",
            )  # fmt: skip


def _name_pictures(loaded: Loaded) -> list[str]:
    return [path.name for path in list_pictures(loaded.raw / str(loaded.year))]


def check_tables_prose(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Summaries of actions, short-term actions and improvements, reasons of forbidden pairs: their
    references, their digits; of prose, its Markdown too."""
    names = loaded.codes("digit_names.text")
    pictures = _name_pictures(loaded)
    for table in TABLES.values():
        for column in table.columns:
            if not column.prose:
                continue
            for file, frame in loaded.files(table.name):
                for row, cell in frame[column.name].items():
                    for _, read, problem, expected in find_faults(
                        cell, pictures, line_only=column.prose == "line"
                    ):
                        yield Fault(file, row, column.name, read, problem, expected)
    for table, columns in REFERRING.items():
        for file, frame in loaded.files(table):
            for column in columns:
                for row, cell in frame[column].items():
                    for _, read, problem, expected in check_prose(cell, references, names):
                        yield Fault(file, row, column, read, problem, expected)


def check_text(
    file: str, text: str, loaded: Loaded, references: References, is_chapter: bool
) -> Iterator[Fault]:
    """A chapter's text: its headings, its references, its digits."""
    headings = re.findall(r"^##[ \t]+(.+?)[ \t]*$", text, re.MULTILINE)
    if is_chapter and tuple(headings) != TEXT_HEADINGS:
        yield Fault(
            file, 0, "", ", ".join(headings), "titres différents de ceux attendus",
            "Attendus, dans l’ordre : " + ", ".join(f"« ## {h} »" for h in TEXT_HEADINGS) + ".",
        )  # fmt: skip
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
    units = dict(loaded.tables["indicators"][["id", "unit"]].itertuples(index=False))
    for file, frame in loaded.files("statements"):
        for row in frame.itertuples():
            if not row.indicator:
                continue
            if problem := references.problem(row.indicator):
                yield Fault(file, row.Index, "indicator", row.indicator, *problem)
                continue
            reference = parse_reference(row.indicator)
            unit = PERCENT if reference.modifier == "evolution" else units.get(reference.indicator)
            if unit and row.unit and row.unit != unit:
                yield Fault(
                    file, row.Index, "unit", row.unit, "unité différente du catalogue",
                    f"Attendu : « {unit} » pour « {row.indicator} ».",
                )  # fmt: skip


def check_pairs(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Values not to be compared: both exist, are two, and are listed once."""
    for file, frame in loaded.files("not_comparable"):
        seen: dict[frozenset[str], int] = {}
        for row in frame.itertuples():
            pair = {"first": row.first, "second": row.second}
            for column, cell in pair.items():
                if cell and (problem := references.problem(cell)):
                    yield Fault(file, row.Index, column, cell, *problem)
            if not all(pair.values()):
                continue
            if row.first == row.second:
                yield Fault(
                    file, row.Index, "second", row.second, "deux fois la même valeur",
                    "Attendu : la valeur avec laquelle la première ne se compare pas.",
                )  # fmt: skip
            elif (first := seen.setdefault(frozenset(pair.values()), row.Index)) != row.Index:
                yield Fault(
                    file, row.Index, "second", row.second,
                    f"couple déjà donné, ligne {first}", "Une seule ligne par couple.",
                )  # fmt: skip


def _read_pairs(loaded: Loaded) -> list[tuple[Reference, Reference]]:
    """The listed pairs that can be read; the others are reported by ``check_pairs``."""
    pairs = []
    for _, frame in loaded.files("not_comparable"):
        for row in frame.itertuples():
            try:
                pair = parse_reference(row.first), parse_reference(row.second)
            except UnknownReference:
                continue
            if pair[0] != pair[1]:
                pairs.append(pair)
    return pairs


def check_formulas(loaded: Loaded, references: References) -> Iterator[Fault]:
    """Formulas: writing, constants, references, circles, values that do not go together. Their
    rules of meaning need values."""
    pairs = _read_pairs(loaded)
    needs: dict[str, set[str]] = {}
    rows: dict[str, tuple[str, int, str]] = {}
    for file, frame in loaded.files("indicators"):
        for row in frame.itertuples():
            if not row.formula:
                continue
            rows[row.id] = (file, row.Index, row.formula)
            try:
                formula = parse_formula(row.formula)
            except FormulaError as error:
                yield Fault(
                    file, row.Index, "formula", row.formula,
                    f"formule : {error.problem}", error.expected,
                )  # fmt: skip
                continue
            needs[row.id] = set()
            known = True
            for text in formula.references:
                if problem := references.problem(text):
                    known = False
                    yield Fault(
                        file, row.Index, "formula", text, f"formule : {problem[0]}", problem[1]
                    )
                    continue
                reference = parse_reference(text)
                if reference.modifier != "cible":  # a target is not the value itself
                    needs[row.id].add(reference.indicator)
            for one, other in find_forbidden(formula, pairs) if known else ():
                yield Fault(
                    file, row.Index, "formula", row.formula,
                    f"formule qui rapproche deux valeurs à ne pas comparer : « {one} » et"
                    f" « {other} »",
                    "Changer la formule, ou retirer le couple de not_comparable.csv s’il n’a pas"
                    " lieu d’être.",
                )  # fmt: skip
    for name, cycle in find_cycles(needs).items():
        file, row, text = rows[name]
        yield Fault(
            file, row, "formula", text, "formules en cercle : " + " → ".join(cycle),
            "Un indicateur ne peut pas dépendre de lui-même.",
        )  # fmt: skip


def check_charts(charts: Any, loaded: Loaded, references: References) -> Iterator[Fault]:
    """charts.yml: a list of charts with id, chapter, kind, finding; known references; no digit."""
    if not isinstance(charts, list):
        yield Fault(
            CHARTS_FILE, 0, "", "", "une liste de graphiques est attendue",
            "Chaque graphique commence par « - id: … ».",
        )  # fmt: skip
        return
    chapters = loaded.codes("finalities.id") | loaded.codes("approach.id") | set(PAGES)
    names = loaded.codes("digit_names.text")
    seen = set()
    for rank, chart in enumerate(charts, 1):
        if not isinstance(chart, Mapping):
            yield Fault(CHARTS_FILE, 0, f"graphique {rank}", str(chart), "graphique mal formé")
            continue
        place = f"graphique {chart.get('id') or rank}"
        for key in ("id", "chapter", "kind", "finding"):
            if not chart.get(key):
                yield Fault(
                    CHARTS_FILE, 0, place, "", f"« {key} » manque", f"Une ligne « {key}: … »."
                )
        known = not loaded.unread & {"finalities", "approach"}
        if known and chart.get("chapter") and chart["chapter"] not in chapters:
            yield Fault(
                CHARTS_FILE, 0, f"{place}, chapter", str(chart["chapter"]), "chapitre inconnu",
                suggest(str(chart["chapter"]), chapters),
            )  # fmt: skip
        if chart.get("action") and "actions" not in loaded.unread:
            actions = loaded.codes("actions.id") | loaded.codes("planned.id")
            actions |= loaded.codes("improvements.id") | loaded.other_planned
            if chart["action"] not in actions:
                yield Fault(
                    CHARTS_FILE, 0, f"{place}, action", str(chart["action"]), "action inconnue",
                    suggest(str(chart["action"]), actions),
                )  # fmt: skip
        key = (chart.get("chapter"), chart.get("id"))
        if key in seen:
            yield Fault(
                CHARTS_FILE, 0, place, "", "identifiant de graphique en double",
                "Un identifiant par graphique d’un chapitre.",
            )  # fmt: skip
        seen.add(key)
        yield from _check_panels(chart, place, loaded)
        yield from _check_chart_content(chart, place, references, names)


def _check_panels(chart: Mapping, place: str, loaded: Loaded) -> Iterator[Fault]:
    """Actions and kinds of places that the panels of a map choose by."""
    actions = loaded.codes("actions.id") | loaded.codes("planned.id") | loaded.other_planned
    kinds = {code for column in TABLES["places"].columns for code in column.codes
             if column.name == "kind"}  # fmt: skip
    known = not loaded.unread & {"actions", "planned"}
    panels = chart.get("panels")
    for panel in panels if isinstance(panels, list) else []:
        if not isinstance(panel, Mapping):
            continue  # said where the chart is specified
        for code in panel.get("actions") or []:
            if known and code not in actions:
                yield Fault(
                    CHARTS_FILE, 0, f"{place}, actions", str(code), "action inconnue",
                    suggest(str(code), actions),
                )  # fmt: skip
        for code in panel.get("kinds") or []:
            if code not in kinds:
                yield Fault(
                    CHARTS_FILE, 0, f"{place}, kinds", str(code), "sorte de lieu inconnue",
                    suggest(str(code), kinds),
                )  # fmt: skip


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
                yield Fault(CHARTS_FILE, 0, f"{place}, {key}", node, *problem)
        elif key in _CHART_PROSE or "{{" in node:
            for _, read, problem, expected in check_prose(node, references, names):
                yield Fault(CHARTS_FILE, 0, f"{place}, {key}", read, problem, expected)

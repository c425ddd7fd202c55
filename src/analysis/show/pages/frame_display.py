"""A frame as a reader of a notebook sees it: French headings, numbers with their units, dates.

A column is shown under the heading of ``HEADINGS``; what only says how to write another one (its
unit, qualifier, period, reference) is not shown by itself, nor is a column without a cell. What all
rows have in common (their source, their file) is said once, above them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.base.rounding import round_bound
from analysis.compute.workings.row_findings import count_findings
from analysis.model.references import MONEY, PERCENT, find_monthly_step, find_side
from analysis.model.store import Edition, to_records
from analysis.show import tables
from analysis.show.pages.display import show
from analysis.words import french, prose
from analysis.words.document_places import mark_place
from analysis.words.hidden_markup import capitalise, mark, name_place
from analysis.words.lineage import name_calculation
from analysis.words.progress_words import find_pace_step
from analysis.words.smallmarkdown import write_plain

HEADINGS = {
    "of": "Valeur calculée",
    "title": "Intitulé",
    "label": "Libellé",
    "chart": "Graphique",
    "subject": "Objet",
    "role": "Rôle",
    "finality": "Finalité",
    "criterion": "Au regard de",
    "moment": "Moment",
    "rating": "Note",
    "author": "Qui note",
    "reader_rating": "Second lecteur",
    "control": "Contrôle",
    "value": "Valeur",
    "stored": "Dans l’édition",
    "recomputed": "Recalculé ici, avant arrondi",
    "printed_value": "Imprimé",
    "kept": "Valeur retenue",
    "precedent": "Avant",
    "latest": "Après",
    "difference": "Écart",
    "growth_pct": "Évolution",
    "monthly_precedent": "Avant, par mois",
    "monthly_latest": "Après, par mois",
    "target_value": "Objectif",
    "distance": "Reste",
    "attained_pct": "Part atteinte",
    "observed_pace_per_year": "Rythme observé, par an",
    "required_pace_per_year": "Rythme nécessaire, par an",
    "expected_value": "Où mène le rythme observé",
    "kind": "Nature",
    "duration_years": "Durée, en années",
    "period_end": "Période",
    "period": "Période",
    "due_end": "Date",
    "status": "État",
    "payer": "Financeur",
    "in_titles": "Calcul, en toutes lettres",
    "in_numbers": "En nombres",
    "calculation": "Son calcul",
    "comparable": "Comparable",
    "first_title": "Première valeur",
    "second_title": "Seconde valeur",
    "verdict": "Verdict",
    "judged": "Verdict refait ici",
    "message": "Constat",
    "reason": "Raison",
    "explanation": "Explication du registre",
    "reservation": "Réserve",
    "said_by": "Origine",
    "source": "Source",
    "place": "Endroit",
    "file": "Fichier",
    "note": "Remarque",
    "producer": "Producteur",
    "publication": "Publication",
    "legal_text": "Texte",
    "article": "Article",
    "inhabitants": "Au-dessus de (habitants)",
    "budget_from": "Premier budget",
    "budget_to": "Dernier budget",
    "certainty": "Certitude",
    "met": "Condition saisie",
    "theme": "Objectif du décret",
    "locator": "Endroit",
    "rows": "Lignes",
    "size": "Nombre",
}
#: Columns in the unit of their row, and what a reference takes on to name them.
_QUANTITIES = {
    "value": "", "stored": "", "recomputed": "", "kept": "", "latest": "", "printed_value": None,
    "precedent": ":precedent", "target_value": ":cible", "difference": None, "distance": None,
    "monthly_precedent": None, "monthly_latest": None, "observed_pace_per_year": None,
    "required_pace_per_year": None, "expected_value": None,
}  # fmt: skip
#: Columns that carry the qualifier of their row under a name of its own.
_QUALIFIED = {"value": "qualifier", "stored": "qualifier", "recomputed": "recomputed_qualifier"}
#: Differences of two values: a share moves in points. Of those, changes have their sign.
_CHANGES = ("difference", "growth_pct")
_DIFFERENCES = (*_CHANGES, "distance", "observed_pace_per_year", "required_pace_per_year")
_PERCENTAGES = {"growth_pct": ":evolution", "attained_pct": ":cible"}
#: What is shown as it is: under a heading that says so, or as the source prints it.
_UNROUNDED = ("recomputed", "printed_value")
#: Beginnings and ends of periods that stand in a column of their own.
_PERIODS = {"period_end": "period_start", "due_end": "due_start"}
#: Columns of words that are said once where every row says the same.
_SAID_ONCE = (
    "role", "status", "payer", "period_end", "due_end", "comparable", "verdict", "judged", "reason",
    "reservation", "said_by", "source", "place", "file", "producer", "publication",
    "author",
)  # fmt: skip
#: The status that goes without saying.
SETTLED = "définitif"
#: Where no step is known, or a number is a mean.
_FINE = 1e-4


def show_frame(
    frame: pd.DataFrame,
    edition: Edition,
    *,
    by: str = "",
    none: str = "Aucune ligne.",
    places: bool = False,
) -> None:
    """Display a frame (of ``compute.workings``, or made in a notebook) as tables.

    Parameters
    ----------
    by : a column whose texts part the rows: each has a table of its own, under its words.
    none : what is said of a frame without rows.
    places : whether links lead to its rows (see ``name_calculation``); once in a notebook for each
        value.
    """
    rows = to_records(frame)
    names = [name for name in (rows[0] if rows else ()) if name != by]
    columns = _write_columns(_place_rows(rows) if places else rows, names, edition)
    blocks = [] if rows else [f"*{write_plain(none)}*"]
    blocks += _take_common(columns, "Pour toutes ces lignes")
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row[by] if by else "", []).append(number)
    for words, numbers in groups.items():
        part = {name: [cells[number] for number in numbers] for name, cells in columns.items()}
        if by:
            title = capitalise(words or "l’ensemble du chapitre")
            blocks += [f"**{write_plain(title)}**", *_take_common(part, "Ici")]
        table = {HEADINGS.get(n, capitalise(n)): cells for n, cells in part.items() if any(cells)}
        blocks.append(tables.format_markdown(pd.DataFrame(table)))
    show(edition, "calculs", ["\n\n".join(blocks)], count_findings(rows))


def _place_rows(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows with their title as a place, the first of each indicator and territory; none for a
    target, which stands beside its value."""
    seen, placed = set(), []
    for row in rows:
        anchor = name_calculation(row["reference"]) if row["reference"] else ""
        if anchor and anchor not in seen and not row.get("role"):
            seen.add(anchor)
            row = {**row, "title": name_place(row["title"], anchor)}
        placed.append(row)
    return placed


def _write_columns(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], edition: Edition
) -> dict[str, list[str]]:
    """The cells of each column among ``names`` that is to be shown; a verdict judged again is where
    it is another one."""
    columns = {}
    for name in names:
        write = _choose_writer(name, names)
        cells = [write(edition, row, name) for row in rows] if write else []
        if any(cells) and not (name == "judged" and cells == columns.get("verdict")):
            columns[name] = cells
    return columns


def _take_common(columns: dict[str, list[str]], scope: str) -> list[str]:
    """« Pour toutes ces lignes, source : rapport-2017. »: what stands in every cell of a column,
    which is taken out. Nothing of a single row."""
    said = []
    for name in _SAID_ONCE:
        cells = columns.get(name, [])
        if len(cells) > 1 and cells[0] and len(set(cells)) == 1:
            heading = HEADINGS[name]
            said.append(f"{heading[:1].lower()}{heading[1:]} : {columns.pop(name)[0]}")
    return [write_plain(french.typeset(f"{scope}, {' ; '.join(said)}."))] if said else []


_Writer = Callable[[Edition, Mapping[str, Any], str], str]


def _choose_writer(name: str, names: Sequence[str]) -> _Writer | None:
    """How the cells of a column are written; None where it only serves another one, or is known to
    nobody but this program."""
    if name in _PERIODS:
        return _write_period
    if name in _QUANTITIES and "unit" in names:
        return _write_quantity
    if name in _PERCENTAGES:
        return _write_percentage
    if name in HEADINGS or name not in _SERVING:
        return _write_cell
    return None


#: Columns that say how another one is written, or that are names for the program.
_SERVING = frozenset({
    "reference", "result", "id", "indicator", "territory", "unit", "qualifier", "precision",
    "measure", "modifier", "estimate", "formula", "term", "first", "second", "period_start",
    "due_start", "stage", "months", "basis", "recomputed_qualifier", "judged_pct", "explained",
    "judged_value",
    "target_qualifier", "target_date", "value_date", "missing", "kept_precision",
    *(f"{side}_{what}" for side in ("latest", "precedent")
      for what in ("qualifier", "status", "start", "end", "precision")),
})  # fmt: skip


def _is_missing(cell: object) -> bool:
    return cell is None or (not isinstance(cell, str) and bool(pd.isna(cell)))


def _write_quantity(edition: Edition, row: Mapping[str, Any], name: str) -> str:
    """« environ 20 communes », « 844 personnes (2017) », marked with what its trail is found by;
    why there is none, where a value is missing."""
    number, unit = row[name], row["unit"]
    if _is_missing(number):
        missing = name in ("value", "stored") and row.get("missing")
        return f"{french.MISSING} ({missing})" if missing else ""
    step = _choose_step(row, name)
    qualifier = row.get(_QUALIFIED.get(name, f"{name.removesuffix('_value')}_qualifier")) or ""
    number = round_bound(number, step, find_side(qualifier))
    if name == "difference" and not _is_missing(row.get("precedent")):
        return prose.format_difference(edition, row["precedent"], row["latest"], unit, step)
    if name in _DIFFERENCES and unit == PERCENT:
        text = french.format_points(number, step, signed=name in _CHANGES)
    else:
        text = prose.format_measure(edition, number, unit, step)
        text = f"+{french.NARROW}{text}" if name in _CHANGES and number > 0 else text
    said = f"{french.QUALIFIER_WORDS[qualifier] if qualifier else ''} {text}".strip()
    return _mark(said, row, _QUANTITIES[name]) + _write_when(row, name)


def _choose_step(row: Mapping[str, Any], name: str) -> float:
    """How a number of a row is rounded: as its indicator is everywhere, a mean as means are, a
    difference as the values that it is between; what the source prints, and what is recomputed from
    unrounded terms, as it is."""
    number = row[name]
    steps = (row.get(column) for column in (f"{name}_precision", "precision", "latest_precision"))
    step = next((step for step in steps if not _is_missing(step)), None)
    if name.endswith("_pace_per_year"):
        return find_pace_step(row)
    if name.startswith("monthly_") and step:
        return find_monthly_step(row["monthly_latest"], step)
    if step is None or name in _UNROUNDED:
        step = prose.refine_step(number, step or 1)
        return max(step, 1 if row["unit"] == MONEY and abs(number) >= 1 else _FINE)
    return step


def _write_when(row: Mapping[str, Any], name: str) -> str:
    """« (2017) », « (échéance fin 2020) » of a quantity whose period has no column of its own."""
    if f"{name}_end" in row:
        status = row.get(f"{name}_status")
        state = f", {status}" if status not in ("", None, SETTLED) else ""
        return f" ({french.name_period(row[f'{name}_start'], row[f'{name}_end'])}{state})"
    day = row.get({"target_value": "target_date", "value": "value_date"}.get(name, ""))
    return f" ({french.name_period(None, day)})" if isinstance(day, date) else ""


def _write_percentage(edition: Edition, row: Mapping[str, Any], name: str) -> str:
    if _is_missing(row[name]):
        return ""
    whole = abs(row[name] - round(row[name])) < _FINE
    text = french.format_percentage(row[name], 1 if whole else 0.1)
    text = f"+{french.NARROW}{text}" if name in _CHANGES and row[name] > 0 else text
    return _mark(text, row, _PERCENTAGES[name])


def _write_period(edition: Edition, row: Mapping[str, Any], name: str) -> str:
    start, end = row.get(_PERIODS[name]), row[name]
    if row.get("missing"):
        return ""
    words = french.name_period(*(None if _is_missing(day) else day for day in (start, end)))
    return f"échéance{french.NO_BREAK}: {words}" if row.get("role") == "objectif" else words


def describe_state(row: Mapping[str, Any]) -> str:
    """« engagé », « provisoire »: how far the spending is, else what is not settled of a value."""
    return row.get("stage") or (row["status"] if row["status"] != SETTLED else "")


def _write_cell(edition: Edition, row: Mapping[str, Any], name: str) -> str:
    cell = row[name]
    if name == "status":
        return describe_state(row)
    if name == "payer" and cell:
        return edition.payers.set_index("id")["name"].get(cell, cell)
    if _is_missing(cell):
        return ""
    if isinstance(cell, str):
        return mark_place(edition, row.get("source", ""), cell, cell) if name == "place" else cell
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, date):
        return french.format_date(cell)
    return french.format_number(cell, max(prose.refine_step(float(cell), 1), _FINE))


def _mark(text: str, row: Mapping[str, Any], modifier: str | None) -> str:
    """The words of a number with its reference, where it has one."""
    reference = row.get("reference")
    return mark(text, reference + modifier) if reference and modifier is not None else text

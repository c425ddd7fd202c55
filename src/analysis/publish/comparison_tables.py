"""What several dossiers have in common as two tables, the values compared and what is refused, and
as a workbook that an analyst sorts and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from analysis.base.lists import join_list, split_list
from analysis.collect import form_styles as looks
from analysis.collect.form_writer import date_opening, put_cell, save_workbook
from analysis.compute.comparison import ComparedValue, Comparison, Refusal, SharedIndicator
from analysis.compute.comparison.shared_indicators import PER
from analysis.model.partial_dates import DAY, read_precision
from analysis.model.references import MONEY
from analysis.words import french, prose


class Field(NamedTuple):
    """A column: its name in the CSV, its French heading, its width in a spreadsheet, how its
    numbers are shown there."""

    name: str
    heading: str
    width: int = 12
    shown: str = "General"


VALUES = (
    Field("title", "Intitulé", 58),
    Field("territory_name", "Territoire", 28),
    Field("period", "Période", 20),
    Field("qualifier", "Réserve", 11),
    Field("value", "Valeur", 16, "#,##0.###"),
    Field("unit", "Unité", 18),
    Field("ratio", "Rapportée aux habitants", 14, "#,##0.00##"),
    Field("ratio_unit", "Unité du rapport", 32),
    Field("rank", "Rang", 7),
    Field("ranked", "Sur", 7),
    Field("unranked", "Pourquoi sans rang", 36),
    Field("edition", "Édition", 9),
    Field("inhabitants", "Population en vigueur", 13, "#,##0"),
    Field("status", "État", 14),
    Field("estimate", "Estimation", 11),
    Field("note", "Remarque", 36),
    Field("definition", "Définition", 60),
    Field("measure", "Mesure", 9),
    Field("kind", "Nature", 12),
    Field("indicator", "Code de l’indicateur", 30),
    Field("dossier", "Dossier", 20),
    Field("territory", "Code du territoire", 24),
    Field("period_start", "Début", 12),
    Field("period_end", "Fin", 12),
    Field("source", "Source", 60),
)
REFUSALS = (
    Field("title", "Intitulé", 58),
    Field("reason", "Pourquoi ce n’est pas comparé", 36),
    Field("kept", "Ce qui est comparé", 52),
    Field("own", "Ce que ces territoires ont", 52),
    Field("period", "Période", 20),
    Field("number", "Combien", 9),
    Field("territory_names", "Territoires", 60),
    Field("indicator", "Code de l’indicateur", 30),
    Field("territories", "Codes des territoires", 60),
)
#: Territories of a refusal up to which each is listed.
_MANY = 20
#: Characters that a cell of a workbook may hold.
_LONGEST = 32_000
_DAY_FORMAT = "dd/mm/yyyy"
DECLARED = "définition déclarée égale par l’analyste"


def tabulate_values(comparison: Comparison) -> pd.DataFrame:
    """A row for each value compared, in the order of the catalogue; numbers as numbers."""
    rows = [_list_cells(shared, one) for shared in comparison.shared for one in shared.values]
    return _frame(rows, VALUES)


def tabulate_refusals(comparison: Comparison) -> pd.DataFrame:
    """A row for each refusal."""
    names = {side.id: side.name for side in comparison.sides}
    rows = [
        {
            **vars(refusal),
            "period": name_period(refusal),
            "number": len(refusal.territories),
            "territory_names": _list_all(refusal.territories, names),
            "territories": _list_all(refusal.territories, {id: id for id in names}),
        }
        for refusal in comparison.refusals
    ]
    return _frame(rows, REFUSALS)


def _list_all(listed: Sequence[str], words: Mapping[str, str]) -> str:
    """The territories, or all others where that says the same in fewer words."""
    others = [words[id] for id in words if id not in {*listed}]
    if len(listed) > _MANY and len(others) < len(listed):
        return f"tous sauf : {join_list(others)}" if others else "tous"
    return join_list(words[id] for id in listed)


def _frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[Field]) -> pd.DataFrame:
    names = [column.name for column in columns]
    return pd.DataFrame([[row[name] for name in names] for row in rows], None, names, "object")


def name_period(told: Refusal | SharedIndicator) -> str:
    """Its period in words; '' where there is none."""
    period = told.period
    return french.name_period(period.start, period.end) if period else ""


def _list_cells(shared: SharedIndicator, one: ComparedValue) -> dict[str, Any]:
    row, entry, side = one.row, shared.definition, one.side
    plural = "euros" if row["unit"] == MONEY else side.unit(row["unit"])["plural"]
    return {
        **row,
        **{name: entry[name] for name in ("title", "definition", "unit", "measure", "kind")},
        **{name: getattr(one, name) for name in ("inhabitants", "ratio", "rank")},
        "indicator": shared.id,
        "dossier": side.dossier,
        "territory": side.id,
        "territory_name": side.name,
        "edition": row["told_by"],
        "period": french.name_period(row["period_start"], row["period_end"]),
        "ratio_unit": "" if one.ratio is None else f"{plural} {_say_base(row['unit'])}",
        "ranked": shared.summary.count if shared.summary and one.rank else None,
        "unranked": one.unranked or shared.unranked,
        "note": DECLARED if side.id in shared.declared else "",
        "source": join_list(side.sources.get(id, id) for id in split_list(row["source"])),
    }


def _say_base(unit: str) -> str:
    return "par habitant" if unit == MONEY else f"pour {french.format_number(PER)} habitants"


def format_compared(one: ComparedValue) -> str:
    """The value with its qualifier and unit, as the report of its dossier writes it."""
    return prose.format_quantity(one.side, one.value)


def format_ranked(shared: SharedIndicator, number: float) -> str:
    """A number of those that are ranked, or a median of them, with its unit."""
    unit = shared.definition["unit"]
    text = prose.format_measure(shared.values[0].side, number, unit, shared.step)
    return f"{text} {_say_base(unit)}" if shared.by_inhabitant else text


# --- the workbook ---------------------------------------------------------------------------------


def format_comparison_book(comparison: Comparison) -> bytes:
    """The workbook: the same bytes for the same comparison."""
    book = Workbook()
    book._fonts[0] = Font(name=looks.FONT, size=10)  # of every cell that has none of its own
    heading = looks.style(colour="FFFFFF", alignment=looks.MIDDLE, bold=True)
    heading["fill"] = looks.fill(looks.MAIN)
    for title, fields, table in (
        ("Valeurs comparées", VALUES, tabulate_values(comparison)),
        ("Refusés", REFUSALS, tabulate_refusals(comparison)),
    ):
        sheet = book.create_sheet(title)
        for number, field in enumerate(fields, 1):
            put_cell(sheet, 1, number, field.heading, **heading)
            sheet.column_dimensions[get_column_letter(number)].width = field.width
        for row, cells in enumerate(table.itertuples(index=False), 2):
            for number, (field, cell) in enumerate(zip(fields, cells, strict=True), 1):
                if cell is not None and cell != "":
                    held = _hold(cell)
                    shown = _DAY_FORMAT if isinstance(held, date) else field.shown
                    put_cell(sheet, row, number, held, number_format=shown)
        sheet.freeze_panes = "C2"
        sheet.auto_filter.ref = sheet.dimensions
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:B"
    book.remove(book.worksheets[0])
    opening = date_opening(max(year for side in comparison.sides for year in side.years))
    book.properties.title = "Indicateurs communs à plusieurs territoires"
    book.properties.creator, book.properties.language = "", "fr-FR"
    book.properties.created = opening
    return save_workbook(book, opening, opening)


def _hold(cell: Any) -> Any:
    """What a cell of the workbook holds: a date is one where its day is known, else text."""
    if isinstance(cell, date) and read_precision(cell) == DAY:
        return date(cell.year, cell.month, cell.day)
    return str(cell)[:_LONGEST] if isinstance(cell, date | str) else cell

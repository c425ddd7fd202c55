"""Raw tables checked by pandera: types, required cells, codes, patterns, keys.

A frame to be checked is indexed by spreadsheet row number, so that a failure's index is the row
the analyst sees.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from analysis.model.schema.columns import COLUMNS, DTYPES, Column
from analysis.model.schema.faults import Fault, suggest
from analysis.model.schema.raw_tables import Table

#: Name of a check that compares two columns, before their names.
_ORDER = "order:"


def _filled(series: pd.Series) -> pd.Series:
    return series.notna() & (series.astype("object") != "")


def _checks(column: Column) -> list[pa.Check]:
    checks = []
    if column.required:
        checks.append(pa.Check(_filled, name="required", ignore_na=False))
    if column.codes:
        allowed = {*column.codes, ""}
        checks.append(pa.Check(lambda s, allowed=allowed: s.isin(allowed), name="codes"))
    if column.pattern:
        checks.append(
            pa.Check(
                lambda s, pattern=column.pattern: s.str.fullmatch(pattern) | (s == ""),
                name="pattern",
            )
        )
    if column.minimum is not None:
        # Not ``pa.Check.ge``: of a check of its own pandera reports another name than ours.
        checks.append(pa.Check(lambda s, least=column.minimum: s >= least, name="minimum"))
    return checks


def _ordered(first: str, last: str) -> pa.Check:
    """Two bounds of one row: a bound that is not given sets no limit."""
    return pa.Check(lambda frame: ~(frame[first] > frame[last]), name=f"{_ORDER}{first},{last}")


@cache
def pandera_schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of a raw table, its columns described in French."""
    key = list(table.key)
    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                DTYPES[column.kind],
                checks=_checks(column),
                required=column in table.columns,
                nullable=True,  # an empty number or date; emptiness itself is the check "required"
                description=column.description,
            )
            for column in table.read_columns
        },
        checks=[
            pa.Check(lambda frame: ~frame.duplicated(key), name="key"),
            *(_ordered(first, last) for first, last in table.ordered),
        ],
        index=pa.Index("int64"),
        strict=True,
        name=table.name,
    )


def check_frame(table: Table, frame: pd.DataFrame, file: str) -> list[Fault]:
    """Faults of a typed frame indexed by row number. All of them, not the first."""
    try:
        pandera_schema(table).validate(frame, lazy=True)
    except SchemaErrors as error:
        return _translate(table, frame, file, error.failure_cases)
    return []


def _translate(table: Table, frame: pd.DataFrame, file: str, cases: pd.DataFrame) -> list[Fault]:
    columns = {column.name: column for column in table.columns}
    faults = []
    seen = set()  # a check of whole rows fails once for each column
    for case in cases.to_dict("records"):
        row, check = int(case["index"]), case["check"]
        if check == "key" or check.startswith(_ORDER):
            if (row, check) not in seen:
                seen.add((row, check))
                faults.append(
                    _duplicate(table, frame, file, row)
                    if check == "key"
                    else _disorder(frame, file, row, *check.removeprefix(_ORDER).split(","))
                )
            continue
        column = columns[case["column"]]
        value = "" if pd.isna(case["failure_case"]) else str(case["failure_case"])
        problem, expected = _words(column, check, value)
        faults.append(Fault(file, row, column.name, value, problem, expected))
    return faults


def _duplicate(table: Table, frame: pd.DataFrame, file: str, row: int) -> Fault:
    key = list(table.key)
    groups = frame.groupby(key, dropna=False, sort=False).ngroup()
    first = int(frame.index[groups == groups.loc[row]][0])
    cells = frame.loc[row]
    texts = [
        COLUMNS[name].read_date(cells) if COLUMNS[name].kind == "date" else cells[name]
        for name in key
    ]
    shown = " · ".join("(vide)" if pd.isna(text) else str(text) or "(vide)" for text in texts)
    return Fault(
        file,
        row,
        ", ".join(key),
        shown,
        f"clé en double, déjà présente ligne {first}",
        "Une seule ligne par clé : corriger l’identifiant ou la période, ou supprimer la ligne.",
    )


def _disorder(frame: pd.DataFrame, file: str, row: int, first: str, last: str) -> Fault:
    low, high = (f"{frame.at[row, name]:.12g}".replace(".", ",") for name in (first, last))
    return Fault(
        file,
        row,
        first,
        low,
        f"« {first} » plus grand que « {last} »",
        f"Attendu : au plus {high}, la valeur de « {last} » ; ou laisser l’une des deux vide.",
    )


def _words(column: Column, check: str, value: str) -> tuple[str, str]:
    if check == "required":
        return "cellule vide", f"À remplir : {column.description}."
    if check == "codes":
        return "valeur inconnue", suggest(value, set(column.codes))
    if check == "pattern":
        return "écriture non admise", f"Attendu : {column.pattern_words}."
    if check == "minimum":
        return "nombre trop petit", f"Attendu : au moins {column.minimum:g}."
    return f"contrôle « {check} » non satisfait", f"Attendu : {column.description}."

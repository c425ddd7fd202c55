"""Tables of the audit: printed figures against the calculation, the register of discrepancies, the
controls of the data.
"""

from __future__ import annotations

import pandas as pd

from analysis.model.references import MONEY
from analysis.model.store import Edition
from analysis.show.tables.pipe_tables import format_table, read_text
from analysis.words import french, prose
from analysis.words.citations import cite_place
from analysis.words.hidden_markup import capitalise, end_sentence

#: Verdicts on printed figures, in the order in which they are shown.
VERDICTS = ("écart", "invérifiable", "arrondi", "exact")
#: What each control asks of the data, for the reader.
ASKED = {
    "partie et tout": "Une partie n’est pas plus grande que son tout.",
    "somme des parties": "Les parties d’un découpage font le tout, ou au plus le tout, aux "
    "arrondis près.",
    "part en %": "Une part calculée est comprise entre 0 et 100 %, ou entre ses bornes déclarées.",
    "bornes d’un calcul": "Une valeur calculée reste entre ses bornes déclarées.",
    "échelle des nombres": "Une valeur relevée n’est pas mille fois plus grande ou plus petite que "
    "ses voisines.",
    "cumul qui diminue": "Un nombre compté depuis le même jour ne diminue pas.",
    "doublon": "Un même chiffre de la source n’est pas relevé sous deux indicateurs.",
    "échéance passée": "Une étape dont la date est passée est dite faite, ou reportée.",
    "registre des écarts": "Chaque ligne du registre explique un écart ou une alerte qui existe.",
}
#: What a printed figure is held against: a calculation, or a value typed from another passage.
_AGAINST = "Calculé ou retenu"
UNEXPLAINED = "Aucune dans le registre pour ces valeurs."


def tabulate_statements(edition: Edition, checks: pd.DataFrame) -> str:
    """Printed figures against the calculation, discrepancies first."""
    columns = {
        "Repère": 10, "Chiffre": 24, "Imprimé": 13, _AGAINST: 14, "Verdict": 11, "Remarque": 28
    }  # fmt: skip
    order = {verdict: rank for rank, verdict in enumerate(VERDICTS)}
    places = checks["verdict"].map(order).fillna(len(order))
    rows = checks.assign(place=places).sort_values("place", kind="stable")
    return format_table(
        columns,
        [_describe_statement(edition, row) for row in rows.itertuples()],
        "Chiffres imprimés et chiffres recalculés",
        "annexes-verifications",
        right=("Imprimé", _AGAINST),
    )


def _describe_statement(edition: Edition, row: object) -> tuple[str, ...]:
    recomputed = _format_figure(edition, row.recomputed, _finer_step(row), row.unit)
    if not pd.isna(row.recomputed):
        recomputed = prose.mark_value(edition, edition.value(row.indicator), recomputed)
    remark = " ; ".join(filter(None, (read_text(row.reason), read_text(row.note))))
    return (
        cite_place(edition, "", row.locator, lines=True),
        row.title or read_text(row.indicator),
        _format_figure(edition, row.printed_value, row.precision, row.unit),
        recomputed,
        row.verdict,
        end_sentence(capitalise(remark)) if remark else "",
    )


def _finer_step(row: object) -> float:
    """The printed step where it shows the recomputed figure whole, else one decimal more."""
    if pd.isna(row.recomputed):
        return row.precision
    steps = row.recomputed / row.precision
    return row.precision if abs(steps - round(steps)) < 1e-6 else row.precision / 10


def _format_figure(edition: Edition, number: float, step: float, unit: str) -> str:
    """A printed or recomputed figure with its unit; cents and thousandths are never shown."""
    if pd.isna(number):
        return french.MISSING
    said = prose.format_measure(edition, number, unit, max(step, 1 if unit == MONEY else 0.01))
    # Two such columns stand beside the remarks: a unit in words may go to the next line.
    return said.replace(french.NO_BREAK, " ")


def tabulate_discrepancies(edition: Edition, register: pd.DataFrame) -> str:
    """The register: what is printed where, what the computation gives, which reading is kept."""
    columns = {
        "Objet": 18,
        "Imprimé dans la source": 28,
        "Calcul ou autre passage": 22,
        "Lecture retenue et raison": 32,
    }
    rows = [
        (
            f"{row.title} ({row.kind}{'' if pd.isna(year) else f', édition {year}'})",
            f"{row.printed} ({cite_place(edition, '', row.locator, lines=True)})",
            row.computed,
            f"{row.kept} {row.reason}",
        )
        for row, year in zip(register.itertuples(), register["carried_from"], strict=True)
    ]
    return format_table(columns, rows, "Registre des écarts de la source", "annexes-ecarts")


def tabulate_controls(controls: pd.DataFrame, register: pd.DataFrame) -> str:
    """Counts of each control, then the alerts with what the register says of them, then what could
    not be controlled and why; '' where nothing was controlled."""
    tables = (
        _tabulate_counts(controls),
        _tabulate_alerts(controls, register.set_index("id")),
        _tabulate_left(controls),
    )
    return "\n\n".join(table for table in tables if table)


def _tabulate_counts(controls: pd.DataFrame) -> str:
    columns = {
        "Contrôle": 16, "Ce qui est vérifié": 38, "Contrôlés": 10, "Conformes": 11, "Alertes": 9,
        "Expliquées": 11, "Non contrôlables": 16,
    }  # fmt: skip
    lines = []
    for control, rows in controls.groupby("control", sort=False):
        alerts = rows["verdict"] == "alerte"
        counts = (
            len(rows),
            (rows["verdict"] == "conforme").sum(),
            alerts.sum(),
            (alerts & (rows["discrepancy"] != "")).sum(),
            (rows["verdict"] == "non contrôlable").sum(),
        )
        lines.append((capitalise(control), ASKED[control], *map(str, counts)))
    caption = "Contrôles des données et leurs résultats"
    return format_table(columns, lines, caption, "annexes-controles")


def _tabulate_alerts(controls: pd.DataFrame, register: pd.DataFrame) -> str:
    columns = {"Objet": 22, "Constat": 44, "Explication": 34}
    rows = []
    for row in controls[controls["verdict"] == "alerte"].itertuples():
        said = register.loc[row.discrepancy] if row.discrepancy else None
        explained = UNEXPLAINED if said is None else f"{said.kept} {said.reason}"
        rows.append((f"{row.title} ({row.control})", row.message, explained))
    return format_table(columns, rows, "Alertes et explications", "annexes-alertes")


def _tabulate_left(controls: pd.DataFrame) -> str:
    left = controls[controls["verdict"] == "non contrôlable"]
    rows = [(f"{row.title} ({row.control})", row.message) for row in left.itertuples()]
    caption = "Contrôles qui n’ont pas pu être faits"
    return format_table({"Objet": 44, "Pourquoi": 56}, rows, caption, "annexes-non-controlables")

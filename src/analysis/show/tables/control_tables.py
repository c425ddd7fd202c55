"""Tables of the controls of the data: how many of each, the alerts, what could not be controlled.

Computes nothing.
"""

from __future__ import annotations

import pandas as pd

from analysis.model.store import Edition
from analysis.show.tables.pipe_tables import format_markdown

#: What each control asks of the data, for the reader.
ASKED = {
    "partie et tout": "Une partie n’est pas plus grande que son tout.",
    "somme des parties": "Les parties d’un découpage font le tout, ou au plus le tout, aux "
    "arrondis près.",
    "part en %": "Une part calculée est comprise entre 0 et 100 %, ou entre ses bornes déclarées.",
    "bornes d’un calcul": "Une valeur calculée reste entre ses bornes déclarées.",
    "échelle des nombres": "Une valeur relevée n’est pas mille fois plus grande ou plus petite que "
    "ses voisines.",
    "doublon": "Un même chiffre de la source n’est pas relevé sous deux indicateurs.",
    "registre des écarts": "Chaque ligne du registre explique un écart ou une alerte qui existe.",
}
UNEXPLAINED = "Aucune dans le registre."


def tabulate_controls(edition: Edition) -> str:
    """Counts of each control, then the alerts with what the register says of them, then what could
    not be controlled and why; '' where nothing was controlled."""
    tables = (_tabulate_counts(edition), _tabulate_alerts(edition), _tabulate_left(edition))
    return "\n\n".join(table for table in tables if table)


def _tabulate_counts(edition: Edition) -> str:
    lines = []
    for control, rows in edition.controls.groupby("control", sort=False):
        alerts = rows[rows["verdict"] == "alerte"]
        lines.append(
            {
                "Contrôle": f"{control[:1].upper()}{control[1:]}",
                "Ce qui est vérifié": ASKED[control],
                "Contrôlés": str(len(rows)),
                "Conformes": str(int((rows["verdict"] == "conforme").sum())),
                "Alertes": str(len(alerts)),
                "Expliquées": str(int((alerts["discrepancy"] != "").sum())),
                "Non contrôlables": str(int((rows["verdict"] == "non contrôlable").sum())),
            }
        )
    return format_markdown(
        pd.DataFrame(lines),
        "Contrôles des données et leurs résultats",
        "annexes-controles",
        widths=[16, 38, 10, 11, 9, 11, 16],
    )


def _tabulate_alerts(edition: Edition) -> str:
    register = edition.discrepancies.set_index("id")
    lines = []
    for row in edition.controls[edition.controls["verdict"] == "alerte"].itertuples():
        said = register.loc[row.discrepancy] if row.discrepancy else None
        lines.append(
            {
                "Objet": f"{row.title} ({row.control})",
                "Constat": row.message,
                "Explication": UNEXPLAINED if said is None else f"{said.kept} {said.reason}",
            }
        )
    return format_markdown(
        pd.DataFrame(lines), "Alertes et explications", "annexes-alertes", widths=[22, 44, 34]
    )


def _tabulate_left(edition: Edition) -> str:
    left = edition.controls[edition.controls["verdict"] == "non contrôlable"]
    frame = pd.DataFrame(
        {
            "Objet": [f"{row.title} ({row.control})" for row in left.itertuples()],
            "Pourquoi": list(left["message"]),
        }
    )
    return format_markdown(
        frame, "Contrôles qui n’ont pas pu être faits", "annexes-non-controlables", widths=[44, 56]
    )

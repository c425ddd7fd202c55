"""What the checks and the controls of an edition found, in lines for who runs a command.

computes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.compute.audit import ALERT, CONFORM, UNCONTROLLED, find_unexplained_alerts
from analysis.compute.audit.printed_figures import (
    DISCREPANCY,
    EXACT,
    ROUNDED,
    UNVERIFIABLE,
    find_unexplained,
)
from analysis.model.references import MONEY
from analysis.model.store import Edition
from analysis.words import french, prose


def list_unexplained(edition: Edition) -> list[str]:
    """Every discrepancy and every alert that discrepancies.csv does not explain, one a line."""
    return [*_list_statements(edition), *_list_alerts(edition)]


def list_unwritten(edition: Edition) -> list[str]:
    """Chapters whose text has an empty part: « climat (Enjeu, Analyse) »."""
    found = []
    for chapter in edition.chapters["id"]:
        text = edition.texts.get(chapter, {})
        if empty := [heading for heading, body in text.items() if heading and not body.strip()]:
            found.append(f"{chapter} ({', '.join(empty)})")
    return found


def _list_statements(edition: Edition) -> Iterator[str]:
    checks = edition.checks.set_index("id")
    for id in find_unexplained(edition):
        row = checks.loc[id]
        printed, recomputed = (
            _write(edition, number, row["precision"], row["unit"])
            for number in (row["printed_value"], row["recomputed"])
        )
        yield (
            f"{row['locator']} : « {row['title']} », imprimé {printed}, recalculé {recomputed}"
            f" ({id})"
        )


def _list_alerts(edition: Edition) -> Iterator[str]:
    controls = edition.controls.set_index("id")
    for id in find_unexplained_alerts(edition):
        row = controls.loc[id]
        where = f" [{row['file']}, ligne {row['row']}]" if row["file"] else ""
        yield f"« {row['title']} » : {row['message']}{where} ({id})"


def _write(edition: Edition, number: float, step: float, unit: str) -> str:
    """A printed or recomputed figure, whole: an amount is not rounded to the million here."""
    if unit == MONEY:
        return prose.format_measure(edition, number, unit, 1)
    shown = step if abs(number / step - round(number / step)) < 1e-6 else step / 10
    return prose.format_measure(edition, number, unit, shown)


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number} {french.choose_form(number, singular, plural)}"


def describe_verdicts(edition: Edition) -> list[str]:
    """The summary: printed figures by verdict, controls by verdict, then what is unexplained."""
    found = edition.checks["verdict"].value_counts()
    lost = list(_list_statements(edition))
    explained = int(found.get(DISCREPANCY, 0)) - len(lost)
    lines = [
        f"Chiffres imprimés : {len(edition.checks)}, dont "
        + ", ".join(
            [
                _count(found.get(EXACT, 0), "exact", "exacts"),
                _count(found.get(ROUNDED, 0), "arrondi", "arrondis"),
                _count(found.get(DISCREPANCY, 0), "écart", "écarts")
                + f" ({_count(explained, 'expliqué', 'expliqués')})",
                _count(found.get(UNVERIFIABLE, 0), "invérifiable", "invérifiables"),
            ]
        )
        + "."
    ]
    if lost:
        lines += ["Écarts non expliqués :", *(f"  - {line}" for line in lost)]
    found = edition.controls["verdict"].value_counts()
    alone = list(_list_alerts(edition))
    explained = int(found.get(ALERT, 0)) - len(alone)
    lines.append(
        f"Contrôles des données : {len(edition.controls)}, dont "
        + ", ".join(
            [
                _count(found.get(CONFORM, 0), "conforme", "conformes"),
                _count(found.get(ALERT, 0), "alerte", "alertes")
                + f" ({_count(explained, 'expliquée', 'expliquées')})",
                _count(found.get(UNCONTROLLED, 0), "non contrôlable", "non contrôlables"),
            ]
        )
        + "."
    )
    if alone:
        lines += ["Alertes non expliquées :", *(f"  - {line}" for line in alone)]
    return lines

"""The register of discrepancies against what it explains: a row that explains nothing is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.compute.audit.findings import ALERT, CONFORM, Finding
from analysis.compute.audit.printed_figures import DISCREPANCY
from analysis.model.store import Edition, to_records

REGISTER = "registre des écarts"


def control_register(edition: Edition, findings: Sequence[Finding]) -> Iterator[Finding]:
    """One finding for each row that names a printed figure or a control."""
    verdicts = dict(zip(edition.checks["id"], edition.checks["verdict"], strict=True))
    found = {finding.id: finding.verdict for finding in findings}
    for row in to_records(edition.discrepancies):
        problems = []
        if row["statement"] and verdicts.get(row["statement"]) != DISCREPANCY:
            verdict = verdicts.get(row["statement"], "absent")
            problems.append(f"le chiffre imprimé « {row['statement']} » est {verdict}")
        if row["control"] and found.get(row["control"]) != ALERT:
            verdict = found.get(row["control"], "absent")
            problems.append(f"le contrôle « {row['control']} » est {verdict}")
        explained = [name for name in (row["statement"], row["control"]) if name]
        if not explained:
            continue
        yield Finding(
            f"registre:{row['id']}", REGISTER, "", row["title"], ALERT if problems else CONFORM,
            f"Cette ligne du registre n’explique plus rien : {' et '.join(problems)}. Attendu :"
            " vider la cellule, ou retirer la ligne de discrepancies.csv."
            if problems
            else f"Explique {' et '.join(f'« {name} »' for name in explained)}.",
        )  # fmt: skip

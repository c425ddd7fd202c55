"""The register of discrepancies against what it explains: a row that explains nothing is said, and
so is one carried over from an earlier edition, whose words are of that edition's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analysis.compute.audit.findings import (
    ALERT,
    CONFORM,
    UNCONTROLLED,
    Finding,
    find_new_sources,
    is_of_edition,
)
from analysis.compute.audit.printed_figures import DISCREPANCY
from analysis.model.store import Edition, to_records

REGISTER = "registre des écarts"


#: What ``findings.suffix`` adds to the id of an alert once its value is an earlier one.
_DAYS = re.compile(r"(?::\d{4}-\d\d-\d\d|:sans-date)+$")


def explain_alerts(
    edition: Edition, findings: Sequence[Finding]
) -> tuple[dict[str, str], dict[str, int]]:
    """The register's row that explains an alert, and the year of the edition that explained it
    where its words are not of these numbers; both by the alert's id.

    A row carried over from an earlier edition explains an alert as long as no value of this edition
    is in it, also where the values are no longer the newest ones.
    """
    register = {row["control"]: row for row in reversed(to_records(edition.discrepancies))}
    carried = edition.discrepancies.dropna(subset="carried_from")
    years = dict(zip(carried["id"], carried["carried_from"].astype(int), strict=True))
    sources = find_new_sources(edition)
    explained, outdated = {}, {}
    for finding in findings:
        row = register.get(finding.id)
        is_new = any(is_of_edition(r, edition.year, sources) for r in finding.rows)
        if row is None and not is_new:
            row = register.get(_DAYS.sub("", finding.id))
            row = row if row and row["id"] in years else None
        if finding.verdict != ALERT or row is None:
            continue
        if is_new and row["id"] in years:
            outdated[finding.id] = years[row["id"]]
        else:
            explained[finding.id] = row["id"]
    return explained, outdated


def control_register(edition: Edition, findings: Sequence[Finding]) -> Iterator[Finding]:
    """One finding for each row that names a printed figure or a control."""
    verdicts = dict(zip(edition.checks["id"], edition.checks["verdict"], strict=True))
    found = {finding.id: finding.verdict for finding in findings}
    explained_by, outdated = explain_alerts(edition, findings)
    for row in to_records(edition.discrepancies):
        problems = []
        if row["statement"] and verdicts.get(row["statement"]) != DISCREPANCY:
            verdict = verdicts.get(row["statement"], "absent")
            problems.append(f"le chiffre imprimé « {row['statement']} » est {verdict}")
        if (
            row["control"]
            and found.get(row["control"]) != ALERT
            and row["id"] not in explained_by.values()
        ):
            verdict = found.get(row["control"], "absent")
            problems.append(f"le contrôle « {row['control']} » est {verdict}")
        explained = [name for name in (row["statement"], row["control"]) if name]
        if not explained:
            continue
        if row["control"] in outdated and not problems:
            yield Finding(
                f"registre:{row['id']}", REGISTER, "", row["title"], UNCONTROLLED,
                f"{describe_outdated(outdated[row['control']])} : « {row['control']} » porte sur"
                " des valeurs de cette édition. Attendu : réécrire la ligne de discrepancies.csv.",
            )  # fmt: skip
            continue
        yield Finding(
            f"registre:{row['id']}", REGISTER, "", row["title"], ALERT if problems else CONFORM,
            f"Cette ligne du registre n’explique plus rien : {' et '.join(problems)}. Attendu :"
            " vider la cellule, ou retirer la ligne de discrepancies.csv."
            if problems
            else f"Explique {' et '.join(f'« {name} »' for name in explained)}.",
        )  # fmt: skip


def describe_outdated(year: int) -> str:
    """What is said of an alert that only an earlier edition explains."""
    return f"Expliqué dans l’édition {year}, à confirmer"

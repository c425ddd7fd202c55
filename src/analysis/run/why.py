"""Why a chapter will be executed again: what has changed of all that it depends on.

Writes nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from analysis.base.errors import UserError
from analysis.base.paths import Dossier
from analysis.model.store import Answers, Edition, describe_query
from analysis.run.chapters import Plan, digest_reads, plan_chapters
from analysis.run.dependencies import describe_surroundings
from analysis.run.edition_data import load_edition
from analysis.run.step_records import StepRecords, list_differences
from analysis.words.french import format_count

#: How many changed things of one kind are named; the others are counted.
_SHOWN = 12


class UnknownChapter(UserError):
    """A chapter that the edition does not have."""


def _find_plan(plans: list[Plan], chapter: str, year: int) -> Plan:
    names = [plan.job.name for plan in plans]
    if chapter in names:
        return plans[names.index(chapter)]
    near = difflib.get_close_matches(chapter, names, n=1)
    hint = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    raise UnknownChapter(
        f"L’édition {year} n’a pas de chapitre « {chapter} ».{hint} Chapitres : {', '.join(names)}."
    )


def _say_change(name: str, known: Mapping[str, str], today: Mapping[str, str]) -> str:
    kind, _, what = name.partition(":")
    before, after = known.get(name), today.get(name)
    if before is None:
        return f"{kind} {what} : nouveau"
    if after is None:
        return f"{kind} {what} : n’existe plus"
    if kind in ("version", "paramètre"):
        return f"{kind} {what} : {before} → {after}"
    return f"{kind} {what} : modifié"


def _list_reasons(
    plan: Plan, edition: Edition, dossier: Dossier, records: StepRecords
) -> Iterator[str]:
    record = plan.record
    for name in list_differences(record.inputs, plan.inputs):
        yield _say_change(name, record.inputs, plan.inputs)
    for key in list_differences(record.reads, digest_reads(Answers(edition, dossier), [plan])):
        yield f"données : {describe_query(key)}"
    for name in sorted(records.list_damaged(record)):
        yield f"résultat {name} : effacé ou modifié depuis"


def explain_chapter(dossier: Dossier, year: int, chapter: str) -> str:
    """What has changed since a chapter was executed, for the terminal; the data are computed anew
    from ``raw/``. Raises UnknownChapter with the chapters that there are (French). Raises
    InvalidDossier with every fault of every file."""
    edition = load_edition(dossier, year)
    records = StepRecords.of_chapters(dossier, year)
    plan = _find_plan(plan_chapters(dossier, edition, describe_surroundings()), chapter, year)
    title = f"{plan.job.title} ({chapter}, édition {year})"
    if plan.record is None:
        return f"{title} : à exécuter, aucun résultat n’est gardé (jamais exécuté, ou en échec)."
    reasons = list(_list_reasons(plan, edition, dossier, records))
    if not reasons:
        return f"{title} : rien n’a changé, le résultat est gardé."
    more = len(reasons) - _SHOWN
    lines = [f"{title} : à exécuter de nouveau. Ce qui a changé :"]
    lines += [f"  - {reason}" for reason in reasons[:_SHOWN]]
    if more > 0:
        lines.append(f"  - et {format_count(more, 'autre', 'autres')}.")
    return "\n".join(lines)

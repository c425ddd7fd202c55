"""What the law asks of an edition (legal.csv), held against what the edition holds.

A requirement that was not read in its text is to be checked: it is said with its caution, and its
lack is never a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.indicators.observed import sum_in_force
from analysis.model.council_fields import DATES, KEYS, find_fact
from analysis.model.references import Row
from analysis.model.requirement_tests import (
    CHAPTER_KINDS,
    EDITION,
    SESSION,
    TEXT,
    RequirementTest,
    parse_tests,
)
from analysis.model.schema import (
    INFERRED,
    LEGAL_KINDS,
    ON_REPORT,
    PROCESSED,
    SECOND_HAND,
    TABLES,
    TEXT_READ,
)
from analysis.model.store import Edition, to_records
from analysis.words import french
from analysis.words.hidden_markup import capitalise

MET, LACKING, UNTOLD = VERDICTS = ("rempli", "manque", "ne peut être dit")
#: What a source tells, even second hand, is said with its caution; what is inferred is not.
_TELLING = (TEXT_READ, SECOND_HAND)
#: The part of a chapter's text that says how things are made, carried out and evaluated.
_ANALYSIS = "Analyse"
_TO_TELL = "à préciser : "


@dataclass(frozen=True)
class Requirement:
    """A row of legal.csv for the budget of an edition. ``certainty``: that of this budget;
    ``reason``: the sentence that says why the verdict."""

    row: Row
    certainty: str
    verdict: str
    reason: str

    @property
    def certain(self) -> bool:
        """Whether it may be stated: its text was read, in the wording of this budget."""
        return self.certainty == TEXT_READ

    @property
    def fails(self) -> bool:
        """Whether the edition certainly lacks what is certainly asked."""
        return self.certain and self.verdict == LACKING


def count_inhabitants(edition: Edition, day: date | None = None) -> Row:
    """The total population in force on a day (without one: at the beginning of the edition's year),
    on which the law's thresholds bear: ``value``, ``locator``, ``note`` where a later one that is
    not known was in force."""
    day = day or date(edition.year, 1, 1)
    return sum_in_force(edition.communes, edition.population, day, "total")


def list_requirements(edition: Edition, kind: str) -> list[Requirement]:
    """The requirements of a kind (``schema.LEGAL_KINDS``) that bear on the budget debated after the
    edition, in their order; those of a larger territory are left out where it is known to be
    smaller."""
    people = count_inhabitants(edition)["value"] or None
    return [
        _judge(edition, row)
        for row in _list_rows(edition, kind)
        if is_of_budget(row, edition.council["budget_year"])
        and not (people and row["inhabitants"] is not None and people <= row["inhabitants"])
    ]


def list_elsewhen(edition: Edition, kind: str) -> list[Row]:
    """The rows of a kind that bear on other budgets alone."""
    budget = edition.council["budget_year"]
    return [row for row in _list_rows(edition, kind) if not is_of_budget(row, budget)]


def _list_rows(edition: Edition, kind: str) -> list[Row]:
    return _read_rows(edition.rows("legal", kind=kind).sort_values("order", kind="stable"))


def _read_rows(rows: pd.DataFrame) -> list[Row]:
    """Rows of legal.csv, None in the place of a number that is not there."""
    return [
        {name: None if cell is pd.NA else cell for name, cell in row.items()}
        for row in to_records(rows)
    ]


def is_of_budget(row: Row, budget: int) -> bool:
    """Whether a row of legal.csv bears on the budget of a year."""
    first, last = row["budget_from"], row["budget_to"]
    return (first is None or first <= budget) and (last is None or budget <= last)


def needs_digital(edition: Edition) -> bool:
    """Whether the report has a page on the digital strategy: a requirement on this edition's budget
    asks for its rows, or there are some."""
    budget = edition.council["budget_year"]
    return len(edition.digital) > 0 or any(
        test.table == "digital"
        for row in _read_rows(edition.rows("legal"))
        if is_of_budget(row, budget)
        for test in parse_tests(row["met"])
    )


def _judge(edition: Edition, row: Row) -> Requirement:
    budget, read_to = edition.council["budget_year"], row["read_to"]
    late = read_to is not None and budget > read_to
    tests = [_hold(edition, test) for test in parse_tests(row["met"])]
    found = {verdict for verdict, _ in tests} or {UNTOLD}
    verdict = next(one for one in (LACKING, UNTOLD, MET) if one in found)
    said = [reason for one, reason in tests if one == verdict]
    if all(reason.startswith(_TO_TELL) for reason in said) and said:
        facts = [reason.removeprefix(_TO_TELL) for reason in said]
        said = [_TO_TELL + french.join_list(facts)]
    reason = " ; ".join(said) or "rien dans le dossier ne permet de le dire"
    return Requirement(row, INFERRED if late else row["certainty"], verdict, reason)


def _hold(edition: Edition, test: RequirementTest) -> tuple[str, str]:
    """The verdict of one condition, and why. What an edition that was never published does not hold
    is unknown, not absent."""
    if test.form == SESSION:
        return _hold_session(edition, test)
    if test.form == EDITION:
        lacking, found = (["ce rapport"] if edition.is_reconstituted else []), "c’est ce rapport"
        said = "l’édition est reconstituée : elle n’a jamais été présentée"
    elif test.form == TEXT:
        rows = edition.rows("chapters", kind=test.each)
        titles = dict(zip(rows["id"], rows["short_title"], strict=True))
        lacking = [
            title
            for id, title in titles.items()
            if not edition.texts.get(id, {}).get(_ANALYSIS, "").strip()
        ]
        found = f"analyse écrite : {french.join_list([*titles.values()])}"
        said = f"analyse à écrire : {french.join_list(lacking)}"
    else:
        lacking, found, said = _hold_rows(edition, test)
    if not lacking:
        return MET, found
    return (UNTOLD if edition.is_reconstituted else LACKING), said


def _hold_rows(edition: Edition, test: RequirementTest) -> tuple[list[str], str, str]:
    """What has no row, what is said where all have one, what is said of the others."""
    rows = edition.rows(test.table, **({test.column: test.cell} if test.column else {}))
    name = PROCESSED[test.table].title
    if test.column:
        name += f" ({_name_cell(edition, test)})"
    found = f"« {name} » : {french.format_count(len(rows), 'ligne', 'lignes')}"
    if not test.each:
        return ([] if len(rows) else [name]), found, f"« {name} » : aucune ligne"
    if test.each in CHAPTER_KINDS:
        chapters = edition.rows("chapters", kind=test.each)
        every = dict(zip(chapters["id"], chapters["short_title"], strict=True))
        there = set(rows["chapter"])
    else:
        column = next(c for c in TABLES[test.table].columns if c.name == test.each)
        every, there = {code: code for code in column.codes}, set(rows[test.each])
    lacking = [title for code, title in every.items() if code not in there]
    where = f", dans {french.join_list([*every.values()])}"
    return lacking, found + where, f"« {name} » : rien dans {french.join_list(lacking)}"


def _name_cell(edition: Edition, test: RequirementTest) -> str:
    """What a column's cell is called: the title of what it refers to, else its code."""
    column = next(c for c in TABLES[test.table].columns if c.name == test.column)
    for key in column.refers:
        rows = edition.rows(key.split(".")[0], id=test.cell)
        if "title" in rows and len(rows):
            return french.lower_initial(rows["title"].iloc[0])
    return test.cell


def _hold_session(edition: Edition, test: RequirementTest) -> tuple[str, str]:
    facts = [
        (f"{KEYS[key]} (date)" if key in DATES else KEYS[key], find_fact(edition.council, key))
        for key in (test.key, test.then)
        if key
    ]
    if unknown := [name for name, fact in facts if fact in (None, "")]:
        return UNTOLD, f"{_TO_TELL}{french.join_list(unknown)}"
    said = french.join_list([f"{name} : {_write_fact(fact)}" for name, fact in facts])
    first, last = facts[0][1], facts[-1][1]
    if not test.then or first < last:
        return MET, said
    if first == last:
        return UNTOLD, f"{said}, le même jour : l’ordre dans la séance n’est pas dit"
    return LACKING, said


def _write_fact(fact: Any) -> str:
    return french.format_date(fact) if isinstance(fact, date) else str(fact)


def list_failing(edition: Edition) -> list[str]:
    """Titles of what the law certainly asks of the report, and the edition certainly lacks."""
    return [one.row["title"] for one in list_requirements(edition, ON_REPORT) if one.fails]


def frame_requirements(edition: Edition) -> pd.DataFrame:
    """Both kinds of requirements as a frame: the typed cells that decide, then the verdict."""
    columns = ["kind", "title", "legal_text", "article", "inhabitants", "budget_from", "budget_to"]
    rows = [
        {name: one.row[name] for name in columns}
        | {"certainty": one.certainty, "met": one.row["met"], "verdict": one.verdict}
        | {"reason": one.reason}
        for kind in LEGAL_KINDS
        for one in list_requirements(edition, kind)
    ]
    columns += ["certainty", "met", "verdict", "reason"]
    whole = dict.fromkeys(("inhabitants", "budget_from", "budget_to"), "Int64")
    return pd.DataFrame(rows, columns=columns).astype(whole)


# --- in lines -------------------------------------------------------------------------------------


def explain_doubt(requirement: Requirement) -> str:
    """« à vérifier (source secondaire) », « à vérifier (texte lu jusqu’au budget 2025) »; '' of
    what was read."""
    if requirement.certain:
        return ""
    late = requirement.row["certainty"] == TEXT_READ
    cause = f"texte lu jusqu’au budget {requirement.row['read_to']}" if late else ""
    return f"à vérifier ({cause or requirement.certainty})"


def name_law(requirement: Requirement) -> str:
    """« code général des collectivités territoriales, article D. 2311-15 »: a number that is not
    read or told by a source is no fact, and is not said."""
    row = requirement.row
    told = row["article"] if requirement.certain or requirement.certainty in _TELLING else ""
    law = row["legal_text"]
    article = ""
    if told:
        article = told if told.startswith("article") else f"article {told}"
    elif law:
        article = "article à préciser" if requirement.certain else "article à vérifier"
    return ", ".join(filter(None, (law, article))) or "texte à préciser"


def describe_law(edition: Edition) -> Iterator[str]:
    """What the edition meets, lacks and cannot tell, one requirement a line, for who runs a
    command."""
    found = [one for kind in LEGAL_KINDS for one in list_requirements(edition, kind)]
    if not found:
        return
    counts = {verdict: sum(one.verdict == verdict for one in found) for verdict in VERDICTS}
    budget = edition.council["budget_year"]
    said = ", ".join(f"{number} « {verdict} »" for verdict, number in counts.items() if number)
    yield f"Ce que la loi demande, budget {budget} : {said}."
    for one in sorted(found, key=lambda one: VERDICTS.index(one.verdict), reverse=True):
        doubt = explain_doubt(one)
        title = f"{one.row['title']}, {doubt}" if doubt else one.row["title"]
        yield f"  - {one.verdict} : {title}. {capitalise(one.reason)} ({one.row['id']})"

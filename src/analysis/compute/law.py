"""What the law asks of an edition (legal.csv), held against what the edition holds.

A requirement that was not read in its text is to be checked: it is said with its caution, and its
lack is never a failure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.compute.populations import sum_in_force
from analysis.model.council_fields import DATES, KEYS, find_fact
from analysis.model.references import Row
from analysis.model.requirement_tests import (
    EDITION,
    SESSION,
    TEXT,
    RequirementTest,
    parse_tests,
)
from analysis.model.schema import (
    BESIDE,
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
from analysis.words.citations import describe_doubt
from analysis.words.hidden_markup import capitalise

MET, LACKING, UNTOLD = VERDICTS = ("rempli", "manque", "ne peut être dit")
_WORSE = (MET, UNTOLD, LACKING)
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
    """Rows of legal.csv, None in the place of a number that is not there."""
    rows = edition.rows("legal", kind=kind).sort_values("order", kind="stable")
    return [*to_records(rows.astype("object").where(rows.notna(), None))]


def is_of_budget(row: Row, budget: int) -> bool:
    """Whether a row of legal.csv bears on the budget of a year."""
    first, last = row["budget_from"], row["budget_to"]
    return (first is None or first <= budget) and (last is None or budget <= last)


def list_digital(edition: Edition) -> list[Requirement]:
    """The requirements that ask for the review of the digital strategy."""
    asked = list_requirements(edition, ON_REPORT)
    return [one for one in asked if "lignes de digital" in one.row["met"]]


def needs_digital(edition: Edition) -> bool:
    """Whether the report has a page on the digital strategy: it is asked for, or told."""
    return len(edition.digital) > 0 or bool(list_digital(edition))


def _judge(edition: Edition, row: Row) -> Requirement:
    """Held to the worst of its conditions."""
    budget, read_to = edition.council["budget_year"], row["read_to"]
    late = read_to is not None and budget > read_to
    # An edition that was never published may have had more; another paper is not in it.
    beside = edition.is_reconstituted or row["kind"] == BESIDE
    absent = UNTOLD if beside else LACKING
    tests = [_hold(edition, test, absent) for test in parse_tests(row["met"])]
    tests = tests or [(UNTOLD, "rien dans le dossier ne permet de le dire")]
    verdict = max((verdict for verdict, _ in tests), key=_WORSE.index)
    said = [reason for one, reason in tests if one == verdict]
    reason = " ; ".join(said)
    if all(one.startswith(_TO_TELL) for one in said):
        reason = _TO_TELL + french.join_list([one.removeprefix(_TO_TELL) for one in said])
    return Requirement(row, INFERRED if late else row["certainty"], verdict, reason)


def _hold(edition: Edition, test: RequirementTest, absent: str) -> tuple[str, str]:
    """The verdict of one condition, and why; ``absent``: that of what the edition does not hold."""
    if test.form == SESSION:
        return _hold_session(edition, test)
    if test.form == EDITION:
        if edition.is_reconstituted:
            return UNTOLD, "l’édition est reconstituée : elle n’a jamais été présentée"
        return MET, "c’est ce rapport"
    chapters = edition.rows("chapters", kind=test.each).set_index("id")["short_title"]
    if test.form == TEXT:
        texts = {id: edition.texts.get(id, {}).get(_ANALYSIS, "").strip() for id in chapters.index}
        lacking = [title for id, title in chapters.items() if not texts[id]]
        if lacking:
            return absent, f"analyse à écrire : {french.join_list(lacking)}"
        return MET, f"analyse écrite : {french.join_list([*chapters])}"
    rows = edition.rows(test.table, **({test.column: test.cell} if test.column else {}))
    cell = f" ({_name_cell(edition, test)})" if test.column else ""
    said = f"« {PROCESSED[test.table].title}{cell} » : "
    if test.each:
        rows = rows[rows["chapter"].isin(chapters.index)]
        if lacking := [*chapters.drop(rows["chapter"])]:
            return absent, f"{said}rien dans {french.join_list(lacking)}"
    if rows.empty:
        return absent, f"{said}aucune ligne"
    where = f", dans {french.join_list([*chapters])}" if test.each else ""
    return MET, said + french.format_count(len(rows), "ligne", "lignes") + where


def _name_cell(edition: Edition, test: RequirementTest) -> str:
    """What a column's cell is called: the title of what it refers to, else its code."""
    column = next(c for c in TABLES[test.table].columns if c.name == test.column)
    for key in column.refers:
        rows = edition.rows(key.split(".")[0], id=test.cell)
        if "title" in rows and len(rows):
            return french.lower_initial(rows["title"].iloc[0])
    return test.cell


def _hold_session(edition: Edition, test: RequirementTest) -> tuple[str, str]:
    keys = [key for key in (test.key, test.then) if key]
    names = [f"{KEYS[key]} (date)" if key in DATES else KEYS[key] for key in keys]
    facts = [find_fact(edition.council, key) for key in keys]
    if unknown := [name for name, fact in zip(names, facts, strict=True) if fact in (None, "")]:
        return UNTOLD, f"{_TO_TELL}{french.join_list(unknown)}"
    told = [french.format_date(one) if isinstance(one, date) else str(one) for one in facts]
    pairs = zip(names, told, strict=True)
    said = french.join_list([f"{name} : {fact}" for name, fact in pairs])
    first, last = facts[0], facts[-1]
    if not test.then or first < last:
        return MET, said
    if first == last:
        return UNTOLD, f"{said}, le même jour : l’ordre dans la séance n’est pas dit"
    return LACKING, said


def list_failing(edition: Edition) -> list[str]:
    """Titles of what the law certainly asks of the report, and the edition certainly lacks."""
    return [one.row["title"] for one in list_requirements(edition, ON_REPORT) if one.fails]


def frame_requirements(edition: Edition) -> pd.DataFrame:
    """Both kinds of requirements as a frame: the typed cells that decide, then the verdict."""
    columns = ["kind", "title", "legal_text", "article", "inhabitants", "budget_from", "budget_to"]
    columns += ["certainty", "met", "verdict", "reason"]
    found = [one for kind in LEGAL_KINDS for one in list_requirements(edition, kind)]
    said = ("certainty", "verdict", "reason")
    rows = [
        {**one.row, "met": one.row["met"].replace("lignes de ", "lignes de la table ")}
        | {name: getattr(one, name) for name in said}
        for one in found
    ]
    whole = dict.fromkeys(("inhabitants", "budget_from", "budget_to"), "Int64")
    return pd.DataFrame(rows, columns=columns).astype(whole)


# --- in lines -------------------------------------------------------------------------------------


def explain_doubt(requirement: Requirement) -> str:
    """« à vérifier (source secondaire) », « à vérifier (texte lu jusqu’au budget 2025) »; '' of
    what was read."""
    if requirement.row["certainty"] == TEXT_READ and not requirement.certain:
        return f"à vérifier (texte lu jusqu’au budget {requirement.row['read_to']})"
    return describe_doubt(requirement.certainty)


def name_law(requirement: Requirement) -> str:
    """« code général des collectivités territoriales, article D. 2311-15 »: a number that is not
    read or told by a source is no fact, and is not said."""
    law, article = requirement.row["legal_text"], requirement.row["article"]
    if requirement.certainty not in _TELLING:
        article = ""
    if article:
        article = article if article.startswith("article") else f"article {article}"
    elif law:
        article = "article à préciser" if requirement.certain else "article à vérifier"
    return ", ".join(filter(None, (law, article))) or "texte à préciser"


def describe_law(edition: Edition) -> Iterator[str]:
    """What the edition meets, lacks and cannot tell, one requirement a line, for who runs a
    command."""
    found = [one for kind in LEGAL_KINDS for one in list_requirements(edition, kind)]
    if not found:
        return
    counts = Counter(one.verdict for one in found)
    budget = edition.council["budget_year"]
    said = ", ".join(f"{counts[one]} « {one} »" for one in VERDICTS if counts[one])
    yield f"Ce que la loi demande, budget {budget} : {said}."
    for one in sorted(found, key=lambda one: VERDICTS.index(one.verdict), reverse=True):
        doubt = explain_doubt(one)
        title = f"{one.row['title']}, {doubt}" if doubt else one.row["title"]
        yield f"  - {one.verdict} : {title}. {capitalise(one.reason)} ({one.row['id']})"

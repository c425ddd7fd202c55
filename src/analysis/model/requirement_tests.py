"""What an edition must hold to meet a requirement of the law: the column ``met`` of legal.csv.

A few words, several joined by « et »; no other form exists:

``édition``                                      that the edition itself is there
``lignes de actions``                            a table of the edition has a row
``lignes de actions où section = interne``       one where a column says this
``lignes de actions pour chaque finalité``       one for each chapter of this kind
``lignes de digital pour chaque block``          one for each code of a column
``texte de chaque démarche``                     the analysis of each chapter of this kind
``séance deliberation_on``                       council.yml says it
``séance presented_on avant orientation_debate_on``
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.model.council_fields import DATES, KEYS
from analysis.model.formulas import FormulaError
from analysis.model.schema import TABLES, suggest
from analysis.model.store.edition import FRAMES

EDITION, ROWS, TEXT, SESSION = "édition", "lignes", "texte", "séance"
#: What chapters there are, as « pour chaque » and « texte de chaque » name them.
CHAPTER_KINDS = ("finalité", "démarche")
#: The pages besides the chapters that a requirement may send to, by the label of their heading.
PAGE_ANCHORS = {
    "sec-agenda-2030": "agenda",
    "sec-budget-croise": "budget",
    "sec-grille": "grid",
    "sec-loi": "law",
    "sec-numerique": "digital",
    "sec-objectifs": "objectives",
}
_FORMS = {
    EDITION: re.compile("édition"),
    ROWS: re.compile(
        r"lignes de (?P<table>\S+)(?: où (?P<column>\w+) = (?P<cell>.+?))?"
        r"(?: pour chaque (?P<each>\S+))?"
    ),
    TEXT: re.compile(rf"texte de chaque (?P<each>{'|'.join(CHAPTER_KINDS)})"),
    SESSION: re.compile(r"séance (?P<key>\w+)(?: avant (?P<then>\w+))?"),
}
_EXPECTED = (
    "Attendu, par exemple : « lignes de actions où section = interne », « lignes de actions pour"
    " chaque finalité », « texte de chaque démarche », « séance presented_on avant"
    " orientation_debate_on », « édition » ; plusieurs sont liées par « et »."
)


@dataclass(frozen=True)
class RequirementTest:
    """One condition read: its ``form``, then what it names ('' where it names none). ``each``: a
    kind of chapter, or a column whose codes all have a row."""

    form: str
    table: str = ""
    column: str = ""
    cell: str = ""
    each: str = ""
    key: str = ""
    then: str = ""


def parse_tests(text: str) -> list[RequirementTest]:
    """The conditions of ``met``; none of an empty text. Raises FormulaError (French) where one has
    no known form, or names a table, a column, a key that does not exist."""
    parts = re.split(r"\s+et\s+", text.strip()) if text.strip() else []
    return [_parse(" ".join(part.split())) for part in parts]


def _parse(text: str) -> RequirementTest:
    for form, pattern in _FORMS.items():
        if found := pattern.fullmatch(text):
            test = RequirementTest(
                form, **{name: word or "" for name, word in found.groupdict().items()}
            )
            _check(test)
            return test
    raise FormulaError(f"condition non reconnue « {text} »", _EXPECTED)


def _check(test: RequirementTest) -> None:
    if test.form == ROWS:
        known = {name for name in TABLES if name in FRAMES}
        if test.table not in known:
            raise FormulaError(f"table inconnue « {test.table} »", suggest(test.table, known))
        columns = {column.name: column for column in TABLES[test.table].columns}
        each = {name for name, column in columns.items() if column.codes}
        each |= set(CHAPTER_KINDS) if "chapter" in columns else set()
        for word, words in ((test.column, set(columns)), (test.each, each)):
            if word and word not in words:
                problem = f"« {word} » ne dit rien de la table « {test.table} »"
                raise FormulaError(problem, suggest(word, words))
    for key in filter(None, (test.key, test.then)):
        dates = set(DATES) if test.then else set(KEYS)
        if key not in dates:
            raise FormulaError(f"« {key} » n’est pas dans council.yml", suggest(key, dates))

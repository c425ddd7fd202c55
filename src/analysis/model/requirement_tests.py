"""What an edition must hold to meet a requirement of the law: the column ``met`` of legal.csv.

A few words, several joined by « et »; no other form exists:

``édition``                                      that the edition itself is there
``lignes de actions``                            a table of the edition has a row
``lignes de actions où section = interne``       one where a column says this
``lignes de actions pour chaque finalité``       one for each chapter of this kind
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
_KINDS = "finalité|démarche"
_FORMS = {
    EDITION: re.compile("édition"),
    ROWS: re.compile(
        r"lignes de (?P<table>\S+)(?: où (?P<column>\w+) = (?P<cell>.+?))?"
        rf"(?: pour chaque (?P<each>{_KINDS}))?"
    ),
    TEXT: re.compile(rf"texte de chaque (?P<each>{_KINDS})"),
    SESSION: re.compile(r"séance (?P<key>\w+)(?: avant (?P<then>\w+))?"),
}
_EXPECTED = (
    "Attendu, par exemple : « lignes de actions où section = interne », « lignes de actions pour"
    " chaque finalité », « texte de chaque démarche », « séance presented_on avant"
    " orientation_debate_on », « édition » ; plusieurs sont liées par « et »."
)


@dataclass(frozen=True)
class RequirementTest:
    """One condition read: its ``form``, then what it names ('' where it names none); ``each``: a
    kind of chapter."""

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
            test = RequirementTest(form, **found.groupdict(default=""))
            _check(test)
            return test
    raise FormulaError(f"condition non reconnue « {text} »", _EXPECTED)


def _check(test: RequirementTest) -> None:
    if test.form == ROWS:
        known = {name for name in TABLES if name in FRAMES}
        if test.table not in known:
            raise FormulaError(f"table inconnue « {test.table} »", suggest(test.table, known))
        columns = TABLES[test.table].header
        if test.column and test.column not in columns:
            problem = f"« {test.column} » ne dit rien de la table « {test.table} »"
            raise FormulaError(problem, suggest(test.column, columns))
        if test.each and "chapter" not in columns:
            problem = f"« {test.each} » ne dit rien de la table « {test.table} »"
            raise FormulaError(problem, "Attendu : une table qui a une colonne « chapter ».")
    for key in filter(None, (test.key, test.then)):
        dates = set(DATES) if test.then else set(KEYS)
        if key not in dates:
            raise FormulaError(f"« {key} » n’est pas dans council.yml", suggest(key, dates))

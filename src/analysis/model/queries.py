"""What was asked of an edition: how a question is written down, read back, and said in French.

A query is what JSON can say:

``{"table": "sources"}``                                        a whole table (or nested thing)
``{"table": "values", "where": {"indicator": "arbres"}}``       its rows where columns equal these
``{"table": "actions", "columns": ["services"]}``               all its rows, of these columns
``{"table": "values", "where": {…}, "columns": ["line"]}``      those columns of those rows
``{"table": "charts", "where": {"names": "arbres"}}``           charts that name an indicator
``{"file": "2017/changes/values.csv"}``                         a file below ``processed/``
``{"france": "counts.csv"}``                                    one of the national reference
``{"edition": 2017}``                                           that this edition was opened
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.base.paths import is_inside

Query = dict[str, Any]

#: What a query names, and what that is.
_KINDS = {"table": str, "file": str, "france": str, "edition": int}
#: What the rows of a table are called, where a part of them is said.
_NAMES = {
    "values": "valeurs",
    "comparisons": "comparaisons",
    "progress": "avancement",
    "targets": "objectifs",
    "objectives": "arbre des objectifs",
    "objective_links": "ce qui sert les objectifs",
    "indicators": "définitions",
    "actions": "actions",
    "planned": "actions à court terme",
    "improvements": "pistes",
    "ratings": "notes de la grille",
    "milestones": "jalons",
    "places": "lieux",
    "projects": "projets",
    "project_costs": "coûts de projets",
    "contributions": "contributions",
    "requests": "demandes",
    "inhabitants": "habitants",
    "key_figures": "chiffres clés",
    "key_messages": "phrases de la première page",
    "charts": "graphiques",
    "texts": "textes",
    "territories": "territoires",
    "communes": "communes",
}
#: How a part is said: the column that singles it out, before what it equals.
_PARTS = {
    "indicator": ("de l’indicateur", "des indicateurs"),
    "chapter": ("du chapitre", "des chapitres"),
    "action": ("de l’action", "des actions"),
    "section": ("de la section", "des sections"),
    "territory": ("du territoire", "des territoires"),
    "names": ("qui nomment l’indicateur", "qui nomment les indicateurs"),
    "rank": ("de rang", "de rangs"),
}


def name_query(query: Query) -> str:
    """The query as one line of JSON: the same text for the same question."""
    return json.dumps(query, ensure_ascii=False, sort_keys=True)


def read_queries(path: Path) -> list[Query]:
    """The queries that a log holds, once each, in the order in which they were first asked. Raises
    OSError, ValueError when there is no such file, when it was cut short: what was read is then not
    known."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in dict.fromkeys(lines)]


def is_query(text: str) -> bool:
    """Whether a text is a query as ``name_query`` writes it, of no file outside: what was written
    down may come from anywhere."""
    try:
        query = json.loads(text)
        if not isinstance(query, dict) or name_query(query) != text:
            return False
    except (ValueError, RecursionError):
        return False
    named = [name for name in _KINDS if name in query]
    where, columns = query.get("where", {}), query.get("columns", [])
    return (
        len(named) == 1
        and isinstance(query[named[0]], _KINDS[named[0]])
        and all(is_inside(query[name]) for name in named if name in ("file", "france"))
        and isinstance(where, dict)
        and isinstance(columns, list)
        and all(isinstance(column, str) for column in columns)
    )


def describe_query(key: str) -> str:
    """What a query (as ``name_query`` writes it) asks for, in French: « valeurs de l’indicateur
    arbres-plantes », « toute la table sources »."""
    query = json.loads(key)
    if "file" in query:
        return f"fichier {query['file']}"
    if "france" in query:
        return f"fichier {query['france']} de la référence nationale"
    if "edition" in query:
        return f"édition {query['edition']}"
    table = query["table"]
    where = dict(query.get("where", {}))
    if "columns" in query:
        word = "colonne" if len(query["columns"]) == 1 else "colonnes"
        said = f"{word} {', '.join(query['columns'])} de la table {table}"
        return f"{said} ({_describe_rows(table, where)})" if where else said
    return _describe_rows(table, where) if where else f"toute la table {table}"


def _describe_rows(table: str, where: dict[str, Any]) -> str:
    if table == "indicators" and "id" in where:
        where["indicator"] = where.pop("id")
    name = _NAMES.get(table, f"lignes de la table {table}")
    return " ".join([name, *(_describe_part(column, cell) for column, cell in where.items())])


def _describe_part(column: str, cell: Any) -> str:
    one, many = _PARTS.get(column, (f"où {column} vaut", f"où {column} est l’un de"))
    if isinstance(cell, list):
        return f"{many} {', '.join(map(str, cell)) or '(aucun)'}"
    return f"{one} {cell}" if cell != "" else f"{one} (vide)"

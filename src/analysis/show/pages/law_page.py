"""What opens the page of the law; the review of the responsible digital strategy."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.compute.law import (
    LACKING,
    MET,
    UNTOLD,
    Requirement,
    explain_doubt,
    list_requirements,
    name_law,
)
from analysis.model.references import Row
from analysis.model.schema import DIGITAL_BLOCKS, MEASURED, ON_REPORT
from analysis.model.store import Edition, to_records
from analysis.show.pages.display import Block, compose_heading, displayed
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.citations import cite_source
from analysis.words.hidden_markup import capitalise
from analysis.words.progress_words import describe_goal
from analysis.words.smallmarkdown import write_plain

#: What each part of the review is to say: inferred, for no text that was read lists it.
_EXPECTED = {
    "état de la stratégie": "Adoptée, en cours ou à écrire ; qui la porte, et ce qu’elle vise",
    "indicateur": "Chaque indicateur, avec son point de départ, sa valeur et son objectif",
    "mesure": "Ce qui est fait, objectif par objectif",
    "moyen": "Les agents, les crédits, les marchés qui y servent",
    "écart": "Ce qui était prévu et n’est pas fait, et pourquoi",
    "année suivante": "Ce qui est prévu pour l’année suivante",
}
_TITLES = {
    "état de la stratégie": "État de la stratégie",
    "indicateur": "Indicateurs",
    "mesure": "Mesures",
    "moyen": "Moyens",
    "écart": "Écarts",
    "année suivante": "Année suivante",
}


def compose_law(edition: Edition) -> Iterator[Block]:
    """How many requirements on the report are met, lacking, not to be told; what is certain."""
    found = list_requirements(edition, ON_REPORT)
    if not found:
        return
    counts = [
        french.format_count(sum(one.verdict == verdict for one in found), one_word, many)
        for verdict, one_word, many in (
            (MET, "est remplie", "sont remplies"),
            (LACKING, "manque", "manquent"),
            (UNTOLD, "ne peut être dite", "ne peuvent être dites"),
        )
        if any(one.verdict == verdict for one in found)
    ]
    asked = french.format_count(len(found), "exigence porte", "exigences portent")
    said = (
        f"{capitalise(asked)} sur le rapport qui précède le budget"
        f" {edition.council['budget_year']} : {french.join_list(counts)}."
    )
    if any(not one.certain for one in found):
        said += (
            " Ce dont le texte n’a pas été lu est « à vérifier » : ce n’est pas affirmé comme du"
            " droit établi."
        )
    yield french.typeset(said)


def compose_digital(edition: Edition) -> Iterator[Block]:
    """What is asked of this review, then its parts; of a part without a row, what is expected."""
    yield write_plain(french.typeset(_introduce(edition)))
    rows = to_records(edition.rows("digital").sort_values("order", kind="stable"))
    parts = {block: [row for row in rows if row["block"] == block] for block in DIGITAL_BLOCKS}
    for block, found in parts.items():
        if found:
            yield compose_heading(2, _TITLES[block], f"numerique-{DIGITAL_BLOCKS.index(block) + 1}")
            yield (
                _tabulate_measures(edition, found)
                if block == MEASURED
                else _list_rows(edition, found)
            )
    expected = [(_TITLES[block], _EXPECTED[block]) for block, found in parts.items() if not found]
    if expected:
        yield compose_heading(2, "Ce qui est demandé", "numerique-demande")
        yield write_plain(
            french.typeset(
                "Ces parties ne sont pas encore écrites. Elles sont demandées au service chargé du"
                " numérique, avec les services qui achètent, forment et aménagent."
            )
        )
        columns = {"Partie": 25, "Ce qui est attendu": 75}
        yield format_table(columns, expected, "Parties à écrire du bilan", "numerique-demande")


def _introduce(edition: Edition) -> str:
    asking = [
        one for one in list_requirements(edition, ON_REPORT) if "de digital" in one.row["met"]
    ]
    budget = edition.council["budget_year"]
    if not asking:
        return (
            f"Rien de ce qui est saisi ne demande ce bilan pour le budget {budget} : la"
            " collectivité le donne de son propre mouvement."
        )
    said = " ; ".join(map(_tell_request, asking))
    return (
        f"Pour le budget {budget}, ce bilan est demandé : {said}. Aucun texte lu n’en donne le"
        " contenu : les parties qui suivent sont déduites."
    )


def _tell_request(one: Requirement) -> str:
    return ", ".join(filter(None, (name_law(one), explain_doubt(one))))


def _list_rows(edition: Edition, rows: list[Row]) -> str:
    """« **Titre** (achats locaux et durables) : ce qui en est dit. Service ; source »."""
    return "\n".join(f"- {_write_row(edition, row)}" for row in rows)


def _write_row(edition: Edition, row: Row) -> str:
    theme = f" ({row['theme']})" if row["theme"] else ""
    summary = prose.resolve_line(edition, row["summary"])
    place = cite_source(edition, row["source"], row["locator"])
    service = prose.describe_services(edition, row["service"], "")
    where = " ; ".join(filter(None, (service, place)))
    said = f"**{write_plain(row['title'])}**{write_plain(theme)}"
    said += f"{french.NO_BREAK}: {summary}" if summary else ""
    return f"{said} ({write_plain(where)})" if where else said


def _tabulate_measures(edition: Edition, rows: list[Row]) -> str:
    columns = {"Indicateur": 30, "Objectif du décret": 20, "Départ": 15, "Valeur": 17, "Cible": 18}
    lines = []
    for row in rows:
        value = edition.value(row["indicator"])
        known = prose.mark_quantity(edition, value) if value.value is not None else value.missing
        targets = to_records(edition.rows("targets", indicator=row["indicator"]))
        goals = to_records(edition.rows("progress", indicator=row["indicator"]))
        lines.append(
            (
                row["title"],
                row["theme"],
                _write_baseline(edition, row["indicator"], targets),
                known,
                " ; ".join(describe_goal(edition, goal) for goal in goals) or "à fixer",
            )
        )
    return format_table(columns, lines, "Indicateurs de la stratégie numérique", "numerique")


def _write_baseline(edition: Edition, indicator: str, targets: list[Row]) -> str:
    entry = edition.catalogue[indicator]
    said = []
    for row in targets:
        if row["baseline"] is not None:
            quantity = prose.format_measure(
                edition, row["baseline"], entry["unit"], entry["precision"]
            )
            day = french.name_period(None, row["baseline_date"]) if row["baseline_date"] else ""
            said.append(f"{quantity} ({day})" if day else quantity)
    return " ; ".join(said) or "à préciser"


show_law = displayed(compose_law, "loi")
show_digital = displayed(compose_digital, "numerique")

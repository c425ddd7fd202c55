"""What opens the page of the law; the review of the responsible digital strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analysis.compute.law import (
    LACKING,
    MET,
    UNTOLD,
    explain_doubt,
    list_digital,
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

#: Title of each part of the review, and what it is to say: inferred, for no text that was read
#: lists it.
_PARTS = dict(zip(DIGITAL_BLOCKS, (
    ("État de la stratégie", "Adoptée, en cours ou à écrire ; qui la porte, et ce qu’elle vise"),
    ("Indicateurs", "Chaque indicateur, avec son point de départ, sa valeur et son objectif"),
    ("Mesures", "Ce qui est fait, objectif par objectif"),
    ("Moyens", "Les agents, les crédits, les marchés qui y servent"),
    ("Écarts", "Ce qui était prévu et n’est pas fait, et pourquoi"),
    ("Année suivante", "Ce qui est prévu pour l’année suivante"),
), strict=True))  # fmt: skip


def compose_law(edition: Edition) -> Iterator[Block]:
    """How many requirements on the report are met, lacking, not to be told; what is certain."""
    found = list_requirements(edition, ON_REPORT)
    if not found:
        return
    numbers = Counter(one.verdict for one in found)
    counts = [
        french.format_count(numbers[verdict], *words)
        for verdict, words in (
            (MET, ("est remplie", "sont remplies")),
            (LACKING, ("manque", "manquent")),
            (UNTOLD, ("ne peut être dite", "ne peuvent être dites")),
        )
        if numbers[verdict]
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
    budget, asking = edition.council["budget_year"], list_digital(edition)
    said = " ; ".join(", ".join(filter(None, (name_law(one), explain_doubt(one))))
                      for one in asking)  # fmt: skip
    yield write_plain(
        f"Pour le budget {budget}, ce bilan est demandé : {said}. Aucun texte lu n’en donne le"
        " contenu : les parties qui suivent sont déduites."
        if asking
        else f"Rien de ce qui est saisi ne demande ce bilan pour le budget {budget} : la"
        " collectivité le donne de son propre mouvement."
    )
    expected = []
    for number, (block, (title, awaited)) in enumerate(_PARTS.items(), 1):
        rows = to_records(edition.rows("digital", block=block).sort_values("order", kind="stable"))
        if not rows:
            expected.append((title, awaited))
            continue
        yield compose_heading(2, title, f"numerique-{number}")
        if block == MEASURED:
            yield _tabulate_measures(edition, rows)
        else:
            yield "\n".join(f"- {_write_row(edition, row)}" for row in rows)
    if expected:
        yield compose_heading(2, "Ce qui est demandé", "numerique-demande")
        yield write_plain(
            "Ces parties ne sont pas encore écrites. Elles sont demandées au service chargé du"
            " numérique, avec les services qui achètent, forment et aménagent."
        )
        yield format_table({"Partie": 25, "Ce qui est attendu": 75}, expected)


def _write_row(edition: Edition, row: Row) -> str:
    """« **Titre** (achats locaux et durables) : ce qui en est dit. (Service ; source) »."""
    theme = f" ({write_plain(row['theme'])})" if row["theme"] else ""
    summary = prose.resolve_line(edition, row["summary"])
    place = cite_source(edition, row["source"], row["locator"])
    service = prose.describe_services(edition, row["service"], "")
    where = " ; ".join(filter(None, (service, place)))
    said = f"**{write_plain(row['title'])}**{theme}"
    said += f"{french.NO_BREAK}: {summary}" if summary else ""
    return f"{said} ({write_plain(where)})" if where else said


def _tabulate_measures(edition: Edition, rows: list[Row]) -> str:
    columns = {"Indicateur": 30, "Objectif du décret": 20, "Départ": 15, "Valeur": 17, "Cible": 18}
    lines = []
    for row in rows:
        id, value = row["indicator"], edition.value(row["indicator"])
        known = prose.mark_quantity(edition, value) if value.value is not None else value.missing
        starts = [
            _write_baseline(edition, target)
            for target in to_records(edition.rows("targets", indicator=id))
            if target["baseline"] is not None
        ]
        goals = [
            describe_goal(edition, goal)
            for goal in to_records(edition.rows("progress", indicator=id))
        ]
        lines.append(
            (
                row["title"],
                row["theme"],
                " ; ".join(starts) or "à préciser",
                known,
                " ; ".join(goals) or "à fixer",
            )
        )
    return format_table(columns, lines)  # a page without a number numbers no table


def _write_baseline(edition: Edition, target: Row) -> str:
    entry = edition.catalogue[target["indicator"]]
    measure = prose.format_measure(edition, target["baseline"], entry["unit"], entry["precision"])
    day = target["baseline_date"]
    return f"{measure} ({french.name_period(None, day)})" if day else measure


show_law = displayed(compose_law, "loi")
show_digital = displayed(compose_digital, "numerique")

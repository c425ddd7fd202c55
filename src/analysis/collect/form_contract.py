"""What the forms and their reading agree on: sheets, headings, answers, names of files.

A form is one workbook for one service. Every row that asks something has
its stable id in the column « Code »; a reader finds columns by their heading, wherever they stand,
and rows by their code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answer = Literal["", "number", "date", "text", "choice"]

CODE = "Code"
#: Folders below ``dossier.report(year)``: forms sent, copies with what is to be corrected.
FORMS, RETURNS = "formulaires", "retours"
#: Defined names of the workbook that say whose it is and for which edition.
SERVICE_NAME, YEAR_NAME = "service_destinataire", "edition_demandee"

QUALIFIERS = ("exact", "environ", "près de", "plus de", "moins de", "au moins", "au plus")
STATUSES = ("définitif", "provisoire", "prévisionnel")
ACTION_STATES = ("se poursuit", "achevée", "abandonnée")
DUE_STATES = ("faite", "en cours", "reportée", "abandonnée")
NATURES = ("action", "indicateur")
#: What a service writes when it has no value to give.
NOT_AVAILABLE = "n.d."


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: its heading, what it takes as an answer ('' : locked), its choices."""

    key: str
    text: str
    answer: Answer = ""
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a form: its tab and its columns in order. ``free_rows``: blank rows to fill."""

    key: str
    title: str
    headings: tuple[Heading, ...]
    free_rows: int = 0


README = "Lisez-moi"
INDICATORS = Sheet(
    "indicators",
    "Indicateurs",
    (
        Heading("code", CODE),
        Heading("title", "Indicateur"),
        Heading("definition", "Définition"),
        Heading("unit", "Unité"),
        Heading("asked", "Période demandée"),
        Heading("previous", "Dernière valeur connue"),
        Heading("value", "Votre valeur", "number", help="Le nombre seul, dans l’unité indiquée ; "
                "« n.d. » si vous ne l’avez pas."),
        Heading("qualifier", "Précision", "choice", QUALIFIERS),
        Heading("status", "État", "choice", STATUSES),
        Heading("period_start", "Du", "date", help="Premier jour, si ce n’est pas la période "
                "demandée."),
        Heading("period_end", "Au", "date", help="Dernier jour, ou date de l’état."),
        Heading("document", "Document ou fichier d’origine", "text"),
        Heading("note", "Remarque", "text"),
    ),
)  # fmt: skip
ACTIONS = Sheet(
    "actions",
    "Actions",
    (
        Heading("code", CODE),
        Heading("title", "Action"),
        Heading("summary", "Ce que disait la dernière édition"),
        Heading("state", "Où en est-elle ?", "choice", ACTION_STATES),
        Heading("news", "Ce qui a changé cette année", "text"),
        Heading("note", "Remarque", "text"),
    ),
)
DUE = Sheet(
    "due",
    "Échéances",
    (
        Heading("code", CODE),
        Heading("title", "Action annoncée ou piste proposée"),
        Heading("due", "Échéance annoncée"),
        Heading("state", "Où en est-elle ?", "choice", DUE_STATES),
        Heading("new_due", "Nouvelle échéance", "date"),
        Heading("note", "Remarque", "text"),
    ),
)
NEWS = Sheet(
    "news",
    "Nouveautés",
    (
        Heading("nature", "Nature", "choice", NATURES),
        Heading("title", "Intitulé", "text"),
        Heading("description", "Description ou définition", "text"),
        Heading("unit", "Unité", "text"),
        Heading("value", "Valeur", "number"),
        Heading("period_start", "Du", "date"),
        Heading("period_end", "Au", "date"),
        Heading("document", "Document ou fichier d’origine", "text"),
    ),
    free_rows=15,
)
SHEETS = (INDICATORS, ACTIONS, DUE, NEWS)


def name_form(service: str, year: int) -> str:
    """File name of a service's form."""
    return f"formulaire-{year}-{service}.xlsx"

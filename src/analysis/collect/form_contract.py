"""What writing and reading a form agree on: sheets, columns, choices, names of files.

A form is one workbook for one service; what a reviewer remarks of a chapter comes back in a
workbook of the same make (``REVIEW_SHEETS``). Every row that asks something has its stable id in
the column « Code »; a reader finds columns by their heading, wherever they stand, and rows by
their code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any, Literal

from analysis.collect.cell_answers import fold, parse_text
from analysis.model.schema import PLACE_KINDS, QUALIFIERS, REMARK_STATES, STILL_RIGHT, TABLES

AnswerKind = Literal["", "number", "date", "text", "choice"]
#: Name of a list of the dossier; « actions »: those that the service describes in the same form.
Offer = str

CODE = "Code"
#: Folders below ``dossier.report(year)``: forms sent, copies with what is to be corrected.
FORMS, RETURNS = "formulaires", "retours"
#: Folder of the workbooks for reviewers, beside those of the services.
REVIEWS = "relecture"
#: Folder below the copies: rows for what services tell of their own accord, a file a table.
PROPOSALS = "propositions"
#: Defined names of the workbook that say whose it is, for which edition and which dossier.
SERVICE_NAME, YEAR_NAME = "service_destinataire", "edition_demandee"
TERRITORY_NAME = "territoire_destinataire"
CHAPTER_NAME = "chapitre_relu"
#: What stands before each of them on the first sheet: a spreadsheet may lose the names.
LABELS = {
    SERVICE_NAME: "Code du service",
    YEAR_NAME: "Édition",
    TERRITORY_NAME: "Code du territoire",
}
REVIEW_LABELS = {
    CHAPTER_NAME: "Code du chapitre",
    YEAR_NAME: LABELS[YEAR_NAME],
    TERRITORY_NAME: LABELS[TERRITORY_NAME],
}
#: Hidden sheet that keeps the fingerprint of each text that the form held when it was sent: what a
#: returned form holds besides was typed by the service, wherever it stands.
SENT = "Envoi"
#: Hidden sheet of a reviewer's workbook: the digest of the chapter that was read, and what each
#: mark stood at then.
CONTENT = "Contenu"
#: Hidden sheet of the choices that are the dossier's own (see ``FormColumn.offers``).
CHOICES = "Listes"
#: See ``FormColumn.needed``.
ANY = "*"
#: Stands for a cell of a line in which nothing is asked: it is written empty and locked.
CLOSED = "–"
#: First sheet of a copy that goes back.
CORRECTIONS = "Ce qui est à corriger"
#: Sheets in which nobody answers.
HIDDEN = (SENT, CONTENT, CHOICES, CORRECTIONS)
#: What « Passage visé » says, besides the passage itself: of a row without a mark, of a mark that
#: is not written as « Repères » has it (it may be read all the same).
WHOLE_CHAPTER, UNKNOWN_MARK = "tout le chapitre", "repère non reconnu : voir « Repères »"
#: Characters that no workbook takes.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: A larger form or report of a reading is none of ours: it is not opened.
LARGEST_FILE = 20_000_000

STATUSES = ("définitif", "provisoire", "prévisionnel")
ACTION_STATES = ("se poursuit", "achevée", "abandonnée")
DUE_STATES = ("faite", "en cours", "reportée", "abandonnée")
DECISION_STATES = (
    *("proposée", "décidée", "programmée", "en cours", "faite", "reportée", "abandonnée"),
)
NATURES = ("action", "indicateur")
#: What a service writes when it has no value to give.
NOT_AVAILABLE = "n.d."

_TEXT_HELP = (
    f"Le texte est-il encore juste ? Écrivez « {STILL_RIGHT} », ou le texte entier corrigé."
)
_DATES_HELP = (
    f"Les dates sont-elles encore justes ? Écrivez « {STILL_RIGHT} », ou ce qui est à corriger."
)
_VALUE_HELP = "Le nombre seul, dans l’unité indiquée ; « n.d. » si vous ne l’avez pas."
_START_HELP = "Premier jour, si ce n’est pas la période demandée."
_NEW_DUE_HELP = "La date à laquelle elle est reportée, ou celle où elle a été faite."
_DECISION_STATE_HELP = (
    "proposée : rien n’est encore décidé ; décidée ; programmée, avec sa date ; en cours ; faite ;"
    " reportée ; abandonnée."
)
_DECIDED_HELP = "La date de la décision, ou de la fin ; programmée ou reportée : la date prévue."
_DECIDER_HELP = "L’instance ou la personne qui en décide : conseil, bureau, syndicat, direction…"
_NEEDS_HELP = "Une étude, un accord, un budget, un plan à adopter… Sans nombre."
_DECISION_DUE_HELP = "Avant quand il faut en décider : un jour, un mois (juin 2032) ou une année."
_COST_HELP = "Le coût, l’économie ou l’aide, en quelques mots, avec l’année et qui paie."
_CHAPTER_HELP = "Son titre ou son numéro, si vous le connaissez."
_END_HELP = "Dernier jour, ou date de l’état."


@dataclass(frozen=True)
class FormColumn:
    """A column of a sheet: its heading, its width in characters, what it takes as an answer
    ('' : locked), its choices, the comment on its heading. ``offers``: which list of the dossier it
    proposes; of a text, something else may be written all the same. ``needed``: the column that,
    filled in, makes an empty cell wait; ``ANY`` for any of a line that the service writes.
    ``given``: locked on a line with a code; ``open_list``: what the list lacks may be written too.
    """

    key: str
    heading: str
    width: float
    answer: AnswerKind = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    offers: Offer = ""
    needed: str = ""
    given: bool = False
    open_list: bool = False


@dataclass(frozen=True)
class FormSheet:
    """A sheet of a form: its tab and its columns in order.

    ``expected``: the column whose empty cells are shown as waiting; other answers are welcome,
    not expected. ``free_rows``: blank rows to fill. ``known_by``: the columns without which a
    sheet is not this one; where none is named, its code and most of the others.
    """

    key: str
    title: str
    columns: tuple[FormColumn, ...]
    expected: str = ""
    free_rows: int = 0
    known_by: tuple[str, ...] = ()


README = "Lisez-moi"
INDICATORS = FormSheet(
    "indicators",
    "Indicateurs",
    (
        FormColumn("code", CODE, 11),
        FormColumn("title", "Indicateur", 25),
        FormColumn("definition", "Définition", 33),
        FormColumn("unit", "Unité", 13),
        FormColumn("asked", "Période demandée", 12.5),
        FormColumn("previous", "Dernière valeur connue", 19),
        FormColumn("value", "Votre valeur", 12.5, "number", help=_VALUE_HELP),
        FormColumn("qualifier", "Précision", 10.5, "choice", QUALIFIERS),
        FormColumn("status", "État", 11.5, "choice", STATUSES),
        FormColumn("period_start", "Du", 11, "date", help=_START_HELP),
        FormColumn("period_end", "Au", 11, "date", help=_END_HELP),
        FormColumn("document", "Document ou fichier d’origine", 19, "text"),
        FormColumn("note", "Remarque", 21, "text"),
    ),
    expected="value",
)
ACTIONS = FormSheet(
    "actions",
    "Actions",
    (
        FormColumn("code", CODE, 11),
        FormColumn("title", "Action", 28),
        FormColumn("summary", "Ce que disait la dernière édition", 56),
        FormColumn("state", "Où en est-elle ?", 15, "choice", ACTION_STATES),
        FormColumn("news", "Ce qui a changé cette année", 38, "text"),
        FormColumn("proposed_text", "Texte : « exact » ou corrigé", 34, "text", help=_TEXT_HELP),
        FormColumn("proposed_dates", "Dates : « exact » ou corrigées", 20, "text", (), _DATES_HELP),
        FormColumn("note", "Remarque", 20, "text"),
    ),
    expected="state",
)
DUE = FormSheet(
    "due",
    "Échéances",
    (
        FormColumn("code", CODE, 11),
        FormColumn("title", "Action ou échéance annoncée", 60),
        FormColumn("due", "Date annoncée", 22),
        FormColumn("state", "Où en est-elle ?", 15, "choice", DUE_STATES),
        FormColumn("new_due", "Nouvelle échéance", 15, "date", help=_NEW_DUE_HELP),
        FormColumn("proposed_text", "Texte : « exact » ou corrigé", 34, "text", help=_TEXT_HELP),
        FormColumn("note", "Remarque", 36, "text"),
    ),
    expected="state",
)
DECISIONS = FormSheet(
    "decisions",
    "Pistes",
    (
        FormColumn("code", CODE, 11),
        FormColumn("title", "Piste proposée", 40),
        FormColumn("known", "Ce qu’on en sait", 28),
        FormColumn("state", "Où en est-elle ?", 13, "choice", DECISION_STATES,
                   _DECISION_STATE_HELP),
        FormColumn("new_due", "Décidée ou prévue le", 13, "date", help=_DECIDED_HELP),
        FormColumn("decider", "Qui décide ?", 20, "text", help=_DECIDER_HELP),
        FormColumn("needs", "Que faut-il ?", 26, "text", help=_NEEDS_HELP),
        FormColumn("due", "À décider pour quand ?", 13, "text", help=_DECISION_DUE_HELP),
        FormColumn("cost", "Coût, si on le connaît", 20, "text", help=_COST_HELP),
        FormColumn("proposed_text", "Texte : « exact » ou corrigé", 30, "text", help=_TEXT_HELP),
        FormColumn("note", "Remarque", 24, "text"),
    ),
    expected="state",
)  # fmt: skip
#: What became of what the last edition presented, sheet by sheet: the states that a service says.
FOLLOWED_STATES = ((ACTIONS, ACTION_STATES), (DUE, DUE_STATES), (DECISIONS, DECISION_STATES))
NEWS = FormSheet(
    "news",
    "Nouveautés",
    (
        FormColumn("nature", "Nature", 12, "choice", NATURES),
        FormColumn("title", "Intitulé", 34, "text"),
        FormColumn("description", "Description ou définition", 52, "text"),
        FormColumn("unit", "Unité", 13, "text"),
        FormColumn("value", "Valeur", 13, "number"),
        FormColumn("period_start", "Du", 12, "date"),
        FormColumn("period_end", "Au", 12, "date"),
        FormColumn("document", "Document ou fichier d’origine", 28, "text"),
        FormColumn("chapter", "Chapitre du rapport", 18, "text", help=_CHAPTER_HELP),
    ),
    free_rows=15,
)

# --- a first edition: services describe what no edition has told yet ------------------------------

#: Where an action stands, as a service says it: table that takes it, state of the places in it.
DESCRIBED_STATES = {
    "réalisée": ("actions", "réalisé"),
    "en cours": ("actions", "en cours"),
    "prévue": ("planned", "prévu"),
    "à étudier": ("improvements", "étudié"),
}
_AMOUNT_CHOICES = {column.name: column.codes for column in TABLES["budget"].columns}
_NO_NUMBER = "Sans nombre : les nombres vont sur les feuilles « Chiffres » et « Montants »."
_STATE_OF_IT = "réalisée, en cours ; prévue : à court terme ; à étudier : une piste d’amélioration."
_ACTION_HELP = "Son intitulé, tel qu’il est sur la feuille « Vos actions »."
_WHEN_HELP = "Un jour (31/12/2032), un mois (juin 2032) ou une année (2032)."
_PLACE_HELP = "À remplir si vous nommez des communes : ce qui s’y trouve ou s’y fera."
_PAYER_HELP = "Qui paie. Un montant pour chaque financeur et pour chaque étape."
_FISCAL_HELP = "L’année du budget ; la dernière, dans la colonne suivante, s’il y en a plusieurs."
DESCRIBED = FormSheet(
    "described",
    "Vos actions",
    (
        FormColumn("title", "Action", 30, "text", help=f"Son intitulé. {_NO_NUMBER}", needed=ANY),
        FormColumn("chapter", "Chapitre du rapport", 19, "choice", offers="chapters", needed=ANY),
        FormColumn("state", "Où en est-elle ?", 13, "choice", tuple(DESCRIBED_STATES),
                   _STATE_OF_IT, needed=ANY),
        FormColumn("summary", "Description en une à trois phrases", 52, "text", help=_NO_NUMBER),
        FormColumn("partners", "Partenaires", 22, "text", help="Séparés par des points-virgules."),
        FormColumn("communes", "Communes concernées", 22, "text",
                   help="Celles que l’action nomme, séparées par des points-virgules."),
        FormColumn("place", "Nature du lieu", 13, "choice", PLACE_KINDS, _PLACE_HELP,
                   needed="communes"),
        FormColumn("date", "Date ou échéance", 13, "text", help=_WHEN_HELP),
        FormColumn("note", "Remarque", 22, "text"),
    ),
    free_rows=20,
    known_by=("title", "summary", "communes"),
)  # fmt: skip
FIGURES = FormSheet(
    "figures",
    "Chiffres",
    (
        FormColumn("action", "De quelle action ?", 28, "text", (), _ACTION_HELP, "actions", ANY),
        FormColumn("title", "Ce qui est compté", 28, "text", (), "Comme « Arbres plantés ».",
                   needed=ANY),
        FormColumn("value", "Valeur", 12, "number", help="Le nombre seul.", needed=ANY),
        FormColumn("unit", "Unité", 15, "text", help="Ce qui se compte : arbres, logements, %…",
                   offers="units", needed=ANY),
        FormColumn("qualifier", "Précision", 10.5, "choice", QUALIFIERS),
        FormColumn("status", "État", 11.5, "choice", STATUSES),
        FormColumn("period_start", "Du", 11, "date", help="Vide, si c’est un état à une date."),
        FormColumn("period_end", "Au", 11, "date", help=_END_HELP),
        FormColumn("target", "Objectif, s’il y en a un", 12, "number"),
        FormColumn("target_date", "Pour quand ?", 11, "text", help=_WHEN_HELP),
        FormColumn("document", "Document ou fichier d’origine", 19, "text"),
        FormColumn("note", "Remarque", 20, "text"),
    ),
    free_rows=26,
    known_by=("title", "value", "target"),
)  # fmt: skip
AMOUNTS = FormSheet(
    "amounts",
    "Montants",
    (
        FormColumn("code", CODE, 11),
        FormColumn("action", "De quelle action ?", 26, "text", (), _ACTION_HELP, "actions", ANY),
        FormColumn("title", "Objet de la dépense ou de l’aide", 30, "text", (), _NO_NUMBER,
                   needed=ANY),
        FormColumn("amount", "Montant en euros", 14, "number", help=_VALUE_HELP, needed=ANY),
        FormColumn("qualifier", "Précision", 10.5, "choice", QUALIFIERS),
        FormColumn("nature", "Nature du montant", 15, "choice", _AMOUNT_CHOICES["nature"],
                   needed="amount"),
        FormColumn("stage", "Étape", 11, "choice", _AMOUNT_CHOICES["stage"], needed="amount"),
        FormColumn("payer", "Financeur", 20, "text", help=_PAYER_HELP, offers="payers"),
        FormColumn("fiscal_year", "Exercice", 11, "text", help=_FISCAL_HELP),
        FormColumn("fiscal_year_end", "Dernier exercice", 11, "text"),
        FormColumn("document", "Document ou fichier d’origine", 19, "text"),
        FormColumn("note", "Remarque", 20, "text"),
    ),
    expected="amount",
    free_rows=20,
    known_by=("title", "amount", "payer"),
)  # fmt: skip

#: Where services describe, in a form of a first edition.
DESCRIBING = (DESCRIBED, FIGURES, AMOUNTS)
FOLLOWING_SHEETS = (INDICATORS, ACTIONS, DUE, DECISIONS, NEWS)
FIRST_SHEETS = (
    # Nothing is known from before.
    replace(INDICATORS, columns=tuple(c for c in INDICATORS.columns if c.key != "previous")),
    *DESCRIBING,
)
SHEETS = (*FOLLOWING_SHEETS, *DESCRIBING)

_CODE_HELP = "Le numéro d’une remarque déjà lue : laissez cette case vide pour une nouvelle."
_MARK_HELP = "n° 12 pour un nombre, §4 pour un paragraphe, fig. 3, tab. 2 ; rien pour le chapitre."
_QUOTE_HELP = "Se remplit seul : ce que désigne le repère que vous avez écrit."
_STATE_HELP = "« levée » quand la réponse vous convient, ou que la remarque n’a plus lieu d’être."
REMARKS = FormSheet(
    "remarks",
    "Remarques",
    (
        FormColumn("code", CODE, 11, help=_CODE_HELP),
        FormColumn("mark", "Repère", 12, "text", help=_MARK_HELP),
        FormColumn("remark", "Remarque", 56, "text"),
        FormColumn("reviewer", "Votre nom", 18, "text"),
        FormColumn("date", "Date", 12, "date"),
        FormColumn("state", "État", 11, "choice", REMARK_STATES, help=_STATE_HELP),
        FormColumn("answer", "Réponse", 44),
        FormColumn("quote", "Passage visé", 44, help=_QUOTE_HELP),
    ),
    free_rows=30,
    known_by=("mark", "remark"),
)
PASSAGES = FormSheet(
    "passages",
    "Repères",
    (
        FormColumn("code", "Repère", 13),
        FormColumn("kind", "Nature", 12),
        FormColumn("section", "Section", 26),
        FormColumn("text", "Texte", 96),
    ),
    known_by=("code", "kind", "text"),
)
REVIEW_SHEETS = (REMARKS, PASSAGES)


def choose_sheets(first: bool) -> tuple[FormSheet, ...]:
    """The sheets of a form of a first edition, or of one that follows another."""
    return FIRST_SHEETS if first else FOLLOWING_SHEETS


def name_place(sheet: str, column: str) -> str:
    """Where a text stands that is of no question: below or in the heading of a column, beside a
    label of the first sheet."""
    return f"#{fold(sheet)}.{fold(column)}"


def fingerprint(value: Any, place: str = "") -> str:
    """A text as a form held it, on the row of a code or at a place: a spreadsheet that saves it
    again may change its spaces, no more."""
    text = f"{place}|{fold(parse_text(value, 30_000))}"
    return blake2s(text.encode("utf-8"), digest_size=6).hexdigest()


def name_source(service: str, year: int) -> str:
    """Id of the source that a service's form is."""
    return f"formulaire-{year}-{service}"


def find_sender(source: str) -> str:
    """Id of the service whose form a source is, of any edition; '' where it is none."""
    found = re.fullmatch(r"formulaire-\d{4}-(.+)", source)
    return found[1] if found else ""


def name_form(service: str, year: int) -> str:
    """File name of a service's form."""
    return f"{name_source(service, year)}.xlsx"

"""What can be asked for: the commands and their options."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.base.command_names import PROGRAM
from analysis.model.partial_dates import YEARS
from analysis.run import commands
from analysis.run.french_arguments import FrenchParser

#: Each command: what it does, and the words of its help.
COMMANDS = {
    "editions": (commands.command_editions, "les éditions complètes du dossier"),
    "data": (commands.command_data, "valide data/raw et calcule les indicateurs"),
    "notebooks": (commands.command_notebooks, "exécute les carnets et leurs copies de relecture"),
    "review": (
        commands.command_review,
        "dit ce qui a changé d’un chapitre depuis qu’il a été signé, et le signe",
    ),
    "report": (commands.command_report, "produit le rapport complet (HTML, PDF, DOCX)"),
    "council": (
        commands.command_council,
        "fait les papiers de la séance du conseil : synthèse, diaporama, projet de délibération",
    ),
    "preview": (
        commands.command_preview,
        "montre la page d’un chapitre, refaite à chaque changement",
    ),
    "campaign": (
        commands.command_campaign,
        "exécute les chapitres de nombreux dossiers et années",
    ),
    "portraits": (
        commands.command_portraits,
        "fait le portrait de toutes les intercommunalités, ou de celles qui sont nommées",
    ),
    "why": (commands.command_why, "dit ce qui a changé depuis qu’un chapitre a été exécuté"),
    "trace": (
        commands.command_trace,
        "dit d’où vient un nombre : calcul, source et ligne, fichier",
    ),
    "charts": (commands.command_charts, "écrit l’index des graphiques d’une édition"),
    "check": (commands.command_check, "contrôle les données, puis le rapport s’il est construit"),
    "document": (
        commands.command_document,
        "garde un document du client comme source : lignes numérotées, pages et titres",
    ),
    "accounts": (
        commands.command_accounts,
        "importe les comptes que le logiciel de la direction des finances exporte",
    ),
    "new-territory": (
        commands.command_new_territory,
        "prépare le dossier d’un nouveau territoire, avec ce que les données officielles en disent",
    ),
    "prune": (
        commands.command_prune,
        "retire des indicateurs ou des services, et tout ce qui ne fait que les citer",
    ),
    "new-year": (commands.command_new_year, "prépare le dossier d’une nouvelle édition"),
    "key-messages": (
        commands.command_key_messages,
        "écrit les phrases proposées pour la première page, à choisir et à réécrire",
    ),
    "objectives-model": (
        commands.command_objectives_model,
        "ajoute un modèle d’objectifs et d’indicateurs (mobilite), comme propositions à relire",
    ),
    "forms": (commands.command_forms, "écrit un formulaire Excel pour chaque service"),
    "collect": (
        commands.command_collect,
        "lit les formulaires des services, les remarques des relecteurs",
    ),
    "status": (commands.command_status, "dit qui a répondu et ce qui manque à chaque chapitre"),
    "diff": (
        commands.command_diff,
        "dit ce qui a changé depuis une édition antérieure, aussi en CSV",
    ),
    "compare": (
        commands.command_compare,
        "montre côte à côte les carnets exécutés d’un chapitre, de deux éditions",
    ),
    "refresh-france": (
        commands.command_refresh_france,
        "met la référence nationale à jour avec des fichiers téléchargés",
    ),
}

#: The first port that a preview tries, and the last one that there is: the system takes a greater
#: one for another.
FIRST_PORT, LAST_PORT = 8710, 65_535
#: Engines of the book, and of the notebooks.
BOOK, NOTEBOOKS = ("auto", "quarto", "embedded"), ("warm", "plain")


@dataclass(frozen=True)
class Engines:
    """Which engine makes the book, which one executes the notebooks."""

    book: str = BOOK[0]
    notebooks: str = NOTEBOOKS[0]


class _ChooseEngine(argparse.Action):
    """``--engine`` names an engine of the book or of the notebooks, and may be given for each."""

    def __call__(self, parser, namespace, values, option_string=None):
        if values in BOOK:
            chosen = {"book": values}
        elif values in NOTEBOOKS:
            chosen = {"notebooks": values}
        else:
            known = ", ".join((*BOOK, *NOTEBOOKS))
            raise argparse.ArgumentError(self, f"« {values} » n’est pas un moteur : {known}")
        setattr(namespace, self.dest, replace(getattr(namespace, self.dest), **chosen))


def _read_day(text: str) -> date:
    """A day as a French reader writes it, 31/10/2030, or as the tables do, 2030-10-31."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        with suppress(ValueError):
            return datetime.strptime(text, pattern).date()
    raise argparse.ArgumentTypeError(
        f"« {text} » n’est pas une date comme 31/10/2030 ou 2030-10-31"
    )


def _read_year(text: str) -> int:
    # A folder of four figures: anything else would never be read back.
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année de quatre chiffres")
    if int(text) not in YEARS:
        first, last = YEARS[0], YEARS[-1]
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année de {first} à {last}")
    return int(text)


def _read_name(text: str) -> str:
    name = " ".join(text.split())
    if not name[:1].isalpha():
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nom, comme « Prénom Nom »")
    return name


def _read_pairs(text: str) -> dict[str, str]:
    """« stage=budget primitif ; fiscal_year=2025 », by the columns of accounts.csv."""
    from analysis.collect.accounts_import import HEADINGS

    pairs = dict(pair.split("=", 1) for pair in text.split(";") if "=" in pair)
    pairs = {name.strip(): said.strip() for name, said in pairs.items()}
    if not pairs or set(pairs) - set(HEADINGS):
        raise argparse.ArgumentTypeError(
            f"« {text} » ne se lit pas : colonne=valeur ; colonne=valeur, parmi"
            f" {', '.join(HEADINGS)}"
        )
    return pairs


def _read_count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre entier, 1 ou plus")
    return int(text)


def _read_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un port : de 1 à {LAST_PORT}")
    return int(text)


def read_years(text: str) -> Sequence[int]:
    """« 2016-2024 », « 2017 », « 2015,2017 » → years."""
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{4})", text):
        first, last = map(_read_year, found.groups())
        if first <= last:
            return range(first, last + 1)
    elif re.fullmatch(r"[0-9]{4}(,[0-9]{4})*", text):
        return tuple(sorted(set(map(_read_year, text.split(",")))))
    raise argparse.ArgumentTypeError(
        f"« {text} » ne dit pas des années : 2016-2024, 2017 ou 2015,2017"
    )


def _option(name: str, help: str, **settings: Any) -> tuple[str, dict[str, Any]]:
    """An option or an argument, with its settings for argparse."""
    return name, {"help": help, **settings}


_FORCE = _option("--force", "refait aussi ce qui n’a pas changé", action="store_true")
_MAKING = (
    _FORCE,
    _option(
        "--engine",
        "moteur (auto, quarto ou embedded pour le livre ; warm ou plain pour les carnets ; peut "
        "être donné deux fois)",
        action=_ChooseEngine, default=Engines(), metavar="MOTEUR",
    ),
    _option(
        "--workers", "combien à la fois (par défaut : un par cœur)", type=_read_count, metavar="N"
    ),
)  # fmt: skip
_AGAINST = _option(
    "--against", "édition antérieure (par défaut : celle d’avant)", type=_read_year, metavar="ANNÉE"
)
_DAY = {"type": _read_day, "metavar": "JJ/MM/AAAA"}
#: An answer is not due before this day.
_FROM_DAY = _option(
    "--today", "jour après lequel les réponses sont attendues (par défaut : aujourd’hui)", **_DAY
)
_SCHEDULER = _option(
    "--scheduler",
    "ordonnanceur Dask, comme tcp://machine:8786 (par défaut : cette machine)",
    metavar="ADRESSE",
)
#: Commands that are not about one dossier.
_WITHOUT_DOSSIER = ("campaign", "portraits", "refresh-france")
#: What one command takes besides ``--dossier`` and ``--year``.
_OPTIONS = {
    "data": (_FORCE,),
    "notebooks": _MAKING,
    "report": _MAKING,
    "council": _MAKING,
    "preview": (
        _option(
            "chapter", "page à montrer (par défaut : le sommaire des pages)",
            nargs="?", default="", metavar="CHAPITRE",
        ),
        _option("--open", "ouvre le navigateur", action="store_true"),
        _option(
            "--port", "port (par défaut : le premier de libre à partir de 8710)",
            type=_read_port, default=FIRST_PORT, metavar="PORT",
        ),
    ),
    "campaign": (
        *_MAKING,
        _option("dossiers", "dossiers des territoires", nargs="+", metavar="DOSSIER"),
        _option(
            "--years", "2016-2024, 2017 ou 2015,2017 (par défaut : toutes)",
            type=read_years, metavar="ANNÉES",
        ),
        _SCHEDULER,
        _option("--log", "écrit ce qu’il est advenu en CSV", type=Path, metavar="FICHIER"),
        _option(
            "--data-only", "calcule les données, sans exécuter de chapitre", action="store_true"
        ),
        _option(
            "--compare", "compare ensuite les indicateurs communs des dossiers",
            action="store_true",
        ),
        _option(
            "--to", "dossier de la comparaison (par défaut : reports/comparaisons/<années>)",
            type=Path, metavar="DOSSIER",
        ),
        _option(
            "--same", "CSV des définitions que l’analyste déclare égales",
            type=Path, metavar="FICHIER",
        ),
    ),
    "portraits": (
        *_MAKING,
        _option(
            "territories", "SIREN ou noms, séparés par des virgules (par défaut : toutes)",
            nargs="*", metavar="TERRITOIRE",
        ),
        _option("--region", "celles d’une région (nom ou code)", default="", metavar="RÉGION"),
        _option("--count", "tant d’entre elles, prises de loin en loin", type=_read_count,
                metavar="N"),
        _option("--to", "où les mettre (par défaut : portraits)", type=Path, metavar="DOSSIER"),
        _SCHEDULER,
    ),
    "review": (
        _option("--chapter", "chapitre à relire (par défaut : tous, en un tableau)",
                metavar="CHAPITRE"),
        _option("--sign", "signe le chapitre, de ce nom", type=_read_name, metavar="NOM"),
        _option("--today", "jour de la signature (par défaut : aujourd’hui)", **_DAY),
        _option("--force", "signe malgré des remarques ouvertes", action="store_true"),
    ),
    "check": (
        _option(
            "--signed",
            "échoue si un chapitre n’est pas signé tel qu’il est, sans remarque ouverte",
            action="store_true",
        ),
        _option(
            "--strict", "échoue si l’édition n’a pas ce qu’un texte de loi lu exige",
            action="store_true",
        ),
    ),
    "why": (_option("chapter", "identifiant du chapitre", metavar="CHAPITRE"),),
    "trace": (_option("reference", "indicateur[@territoire][:mot]", metavar="INDICATEUR"),),
    "document": (
        _option("file", "le document : PDF, Word, OpenDocument, texte ou Markdown",
                metavar="FICHIER"),
        _option("--id", "identifiant de la source (sources.csv)", required=True, metavar="ID"),
        _option("--outline", "ne garde que le plan : titres, lignes et pages",
                action="store_true"),
        _option("--keep", "garde aussi le fichier d’origine", action="store_true"),
        _option("--today", "jour de la consultation (par défaut : aujourd’hui)", **_DAY),
    ),
    "accounts": (
        _option("file", "l’export : classeur ou CSV", metavar="FICHIER"),
        _option("--set", "ce qu’aucune colonne ne dit : stage=budget primitif ; fiscal_year=2025",
                dest="given", type=_read_pairs, default={}, metavar="COLONNE=VALEUR"),
        _option("--headings", "intitulés non reconnus : account=Imputation ; amount=Net",
                type=_read_pairs, default={}, metavar="COLONNE=INTITULÉ"),
        _option("--source", "identifiant de la source (par défaut : comptes-<exercice>)",
                default="", metavar="ID"),
        _option("--drop", "retire les lignes cotées à la main qui ne sont plus dans l’export",
                action="store_true"),
        _option("--today", "jour de la lecture (par défaut : aujourd’hui)", **_DAY),
    ),
    "new-territory": (
        _option("--siren", "numéro SIREN de l’intercommunalité", metavar="SIREN"),
        _option("--name", "son nom, ou des mots de son nom, avec ou sans accents", metavar="NOM"),
        # It is not there yet: no dossier to be found before the command runs.
        _option(
            "--dossier", "dossier à écrire (par défaut : dossiers/<territoire>)",
            dest="root", type=Path, metavar="DOSSIER",
        ),
    ),
    "prune": (
        _option("--remove", "identifiants des indicateurs et des services", required=True,
                metavar="IDENTIFIANTS"),
        _option("--apply", "le fait (par défaut : dit seulement ce qui serait retiré)",
                action="store_true"),
    ),
    "new-year": (
        _option(
            "--due", "dernier jour pour répondre (par défaut : le 31 octobre de l’édition)", **_DAY
        ),
        _FROM_DAY,
    ),
    "objectives-model": (
        _option("--model", "le modèle : un dossier de data/modeles", default="mobilite",
                metavar="MODÈLE"),
    ),
    "forms": (
        _FROM_DAY,
        _option(
            "--force", "remplace aussi les formulaires déjà remplis (mis de côté en .ancien)",
            action="store_true",
        ),
    ),
    "collect": (
        _option(
            "--from", "dossier des formulaires renvoyés",
            dest="folder", required=True, metavar="DOSSIER",
        ),
        _option(
            "--newest", "entre deux copies d’un formulaire qui diffèrent, prendre la plus récente",
            action="store_true",
        ),
    ),
    "status": (
        _option("--today", "jour auquel comparer les échéances (par défaut : aujourd’hui)", **_DAY),
    ),
    "diff": (_AGAINST,),
    "compare": (
        _option("chapter", "identifiant du chapitre", metavar="CHAPITRE"),
        _AGAINST,
    ),
    "refresh-france": (
        _option(
            "--from", "dossier des fichiers téléchargés (INSEE, IGN)",
            dest="folder", required=True, metavar="DOSSIER",
        ),
    ),
}  # fmt: skip


def _build_parser() -> argparse.ArgumentParser:
    typed = Path(sys.argv[0]).stem
    parser = FrenchParser(
        prog=PROGRAM if typed == PROGRAM else "python -m analysis",
        description="Produit le rapport de développement durable d’un territoire, étape par étape.",
    )
    added = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for name, (_, words) in COMMANDS.items():
        sentence = f"{words[:1].upper()}{words[1:]}."
        command = added.add_parser(name, help=words, description=sentence)
        if name not in (*_WITHOUT_DOSSIER, "new-territory"):
            command.add_argument("--dossier", help="dossier du territoire (par défaut : data)")
        if name in ("new-year", "new-territory"):
            which = {"required": True, "help": "édition à préparer"}
        elif name == "document":
            which = {"help": "année de sa publication"}
        else:
            which = {"help": "édition (par défaut : la plus récente)"}
        if name not in ("editions", "campaign", "refresh-france"):
            command.add_argument("--year", type=_read_year, metavar="ANNÉE", **which)
        for option, settings in _OPTIONS.get(name, ()):
            command.add_argument(option, **settings)
    return parser


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command and its options; what is wrong with them is said in French."""
    return _build_parser().parse_args(argv)

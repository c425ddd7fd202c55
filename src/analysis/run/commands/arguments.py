"""What can be asked for: the commands and their options."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analysis.run.commands import campaigning, making, rerunning
from analysis.run.commands.french_arguments import Parser, french_words

COMMANDS = {
    "editions": (making.command_editions, "les éditions complètes du dossier"),
    "data": (making.command_data, "valide data/raw et calcule les indicateurs"),
    "notebooks": (making.command_notebooks, "exécute les carnets et leurs copies de relecture"),
    "report": (making.command_report, "produit le rapport complet (HTML, PDF, DOCX)"),
    "campaign": (
        campaigning.command_campaign,
        "exécute les chapitres de nombreux dossiers et années",
    ),
    "why": (making.command_why, "dit ce qui a changé depuis qu’un chapitre a été exécuté"),
    "trace": (
        rerunning.command_trace,
        "dit d’où vient un nombre : calcul, source et ligne, fichier",
    ),
    "charts": (making.command_charts, "écrit l’index des graphiques d’une édition"),
    "check": (making.command_check, "contrôle les données, puis le rapport s’il est construit"),
    "new-year": (rerunning.command_new_year, "prépare le dossier d’une nouvelle édition"),
    "forms": (rerunning.command_forms, "écrit un formulaire Excel pour chaque service"),
    "collect": (rerunning.command_collect, "lit les formulaires renvoyés par les services"),
    "status": (rerunning.command_status, "dit qui a répondu et ce qui manque à chaque chapitre"),
    "diff": (
        rerunning.command_diff,
        "dit ce qui a changé depuis une édition antérieure, aussi en CSV",
    ),
}

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
    from analysis.compute.dossier.cells import CellError, read_date

    try:
        return read_date(text)
    except CellError:
        raise argparse.ArgumentTypeError(
            f"« {text} » n’est pas une date comme 31/10/2030 ou 2030-10-31"
        ) from None


def _read_year(text: str) -> int:
    # A folder of four figures: anything else would never be read back.
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année de quatre chiffres")
    return int(text)


def _read_count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre entier, 1 ou plus")
    return int(text)


def _read_years(text: str) -> Sequence[int]:
    from analysis.run.campaign.plan import read_years

    try:
        return read_years(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _add_campaign(command: argparse.ArgumentParser) -> None:
    command.add_argument("dossiers", nargs="+", metavar="DOSSIER", help="dossiers des territoires")
    command.add_argument(
        "--years",
        type=_read_years,
        metavar="ANNÉES",
        help="2016-2024, 2017 ou 2015,2017 (par défaut : toutes)",
    )
    command.add_argument(
        "--scheduler",
        metavar="ADRESSE",
        help="ordonnanceur Dask, comme tcp://machine:8786 (par défaut : cette machine)",
    )
    command.add_argument(
        "--log", type=Path, metavar="FICHIER", help="écrit ce qu’il est advenu en CSV"
    )


def _add_making(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument("--force", action="store_true", help="refait aussi ce qui n’a pas changé")
    if name == "data":
        return
    known = "auto, quarto ou embedded pour le livre ; warm ou plain pour les carnets"
    command.add_argument(
        "--engine",
        action=_ChooseEngine,
        default=Engines(),
        metavar="MOTEUR",
        help=f"moteur ({known} ; peut être donné deux fois)",
    )
    command.add_argument(
        "--workers",
        type=_read_count,
        metavar="N",
        help="combien à la fois (par défaut : un par cœur)",
    )


def _add_collecting(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--from",
        dest="folder",
        required=True,
        metavar="DOSSIER",
        help="dossier des formulaires renvoyés",
    )
    command.add_argument(
        "--newest",
        action="store_true",
        help="entre deux copies d’un formulaire qui diffèrent, prendre la plus récente",
    )


def _add_options(command: argparse.ArgumentParser, name: str) -> None:
    """What one command takes besides ``--dossier`` and ``--year``."""
    if name in ("data", "notebooks", "report", "campaign"):
        _add_making(command, name)
    if name == "campaign":
        _add_campaign(command)
    elif name == "collect":
        _add_collecting(command)
    elif name == "new-year":
        command.add_argument(
            "--due",
            type=_read_day,
            metavar="JJ/MM/AAAA",
            help="dernier jour pour répondre (par défaut : le 31 octobre de l’édition)",
        )
    elif name == "forms":
        command.add_argument(
            "--force",
            action="store_true",
            help="remplace aussi les formulaires déjà remplis (mis de côté en .ancien)",
        )
    elif name == "status":
        command.add_argument(
            "--today",
            type=_read_day,
            metavar="JJ/MM/AAAA",
            help="jour auquel comparer les échéances (par défaut : aujourd’hui)",
        )
    elif name == "trace":
        command.add_argument(
            "reference", metavar="INDICATEUR", help="indicateur[@territoire][:mot]"
        )
    elif name == "why":
        command.add_argument("chapter", metavar="CHAPITRE", help="identifiant du chapitre")
    elif name == "diff":
        command.add_argument(
            "--against",
            type=_read_year,
            metavar="ANNÉE",
            help="édition antérieure (par défaut : celle d’avant)",
        )


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command and its options; what is wrong with them is said in French."""
    with french_words():
        return _build_parser().parse_args(argv)


def _build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m analysis",
        description="Produit le rapport de développement durable d’un territoire, étape par étape.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for name, (_, help_text) in COMMANDS.items():
        sentence = f"{help_text[:1].upper()}{help_text[1:]}."
        command = commands.add_parser(name, help=help_text, description=sentence)
        if name != "campaign":
            command.add_argument("--dossier", help="dossier du territoire (par défaut : data)")
        if name == "new-year":
            command.add_argument(
                "--year",
                type=_read_year,
                required=True,
                metavar="ANNÉE",
                help="édition à préparer",
            )
        elif name not in ("editions", "campaign"):
            command.add_argument(
                "--year",
                type=_read_year,
                metavar="ANNÉE",
                help="édition (par défaut : la plus récente)",
            )
        _add_options(command, name)
    return parser

"""The command line speaks French: argparse's own words."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any

#: What argparse says of a wrong command line, as its sources hold it, and the same in French.
WORDS = {
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "the following arguments are required: %s": "il manque : %s",
    "one of the arguments %s is required": "il manque l’un de ceux-ci : %s",
    "unrecognized arguments: %s": "argument inconnu : %s",
    "expected one argument": "une valeur est attendue",
    "expected at most one argument": "une valeur au plus est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "expected %s argument": "%s valeur attendue",
    "expected %s arguments": "%s valeurs attendues",
    "invalid %(type)s value: %(value)r": "valeur impossible : « %(value)s »",
    # Before the next one, which would find itself in it.
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "« %(value)s » n’existe pas, peut-être « %(closest)s » ; choix possibles : %(choices)s"
    ),
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "« %(value)s » n’existe pas ; choix possibles : %(choices)s"
    ),
    "ambiguous option: %(option)s could match %(matches)s": (
        "option ambiguë : %(option)s peut vouloir dire %(matches)s"
    ),
    "not allowed with argument %s": "ne va pas avec %s",
    "ignored explicit argument %r": "cette option ne prend pas de valeur (lu : %s)",
    "unknown parser %(parser_name)r (choices: %(choices)s)": (
        "« %(parser_name)s » n’existe pas ; choix possibles : %(choices)s"
    ),
}


def _compile(template: str) -> re.Pattern[str]:
    """What finds a message again that was made of a template of argparse."""
    parts = re.split(r"%(?:\((\w+)\))?[rs]", template)
    pattern = re.escape(parts[0])
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        pattern += (f"(?P<{name}>.+?)" if name else "(.+?)") + re.escape(text)
    return re.compile(pattern, re.DOTALL)


def translate(message: str) -> str:
    """A message of argparse in French; another one as it is. Nothing is quoted the English way."""
    for template, french in WORDS.items():
        if found := _compile(template).fullmatch(message):
            named = {name: translate(text) for name, text in found.groupdict().items()}
            french = french.replace("%r", "%s")
            return re.sub(r"'([^']*)'", r"\1", french % (named or found.groups()))
    return message


class _FrenchFormatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Emploi : " if prefix is None else prefix)


class FrenchParser(argparse.ArgumentParser):
    """A parser whose help and complaints are French."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=_FrenchFormatter, **options)
        self.suggest_on_error = True  # from Python 3.14 on
        # Headings of the help, before a colon that argparse adds.
        self._required = self.add_argument_group("Arguments ")
        self._optional = self.add_argument_group("Options ")
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:
        """An argument under the heading of its kind."""
        group = self._optional if names[0].startswith("-") else self._required
        return group.add_argument(*names, **settings)

    def add_subparsers(self, **settings: Any) -> Any:
        """Commands, under a heading of their own."""
        return super().add_subparsers(title="Commandes ", **settings)

    def error(self, message: str) -> None:
        """Show how to type the command and what was wrong; status 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog} : {translate(message)}\n")

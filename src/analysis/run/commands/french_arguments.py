"""The command line speaks French: argparse's own words, and what the system says of files."""

from __future__ import annotations

import argparse
import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

#: What argparse says to who types a command, as its sources hold it, and the same in French.
WORDS = {
    "usage: ": "Emploi : ",
    "positional arguments": "Arguments ",  # argparse puts its colon after
    "options": "Options ",
    "show this help message and exit": "affiche cette aide",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
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
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "« %(value)s » n’existe pas ; choix possibles : %(choices)s"
    ),
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "« %(value)s » n’existe pas, peut-être « %(closest)s » ; choix possibles : %(choices)s"
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

#: What the system says of a file that cannot be read or written.
SYSTEM = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.EEXIST: "ce fichier existe déjà",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTEMPTY: "ce dossier n’est pas vide",
    errno.ENOSPC: "il n’y a plus de place sur le disque",
    errno.EDQUOT: "il n’y a plus de place sur le disque",
    errno.EROFS: "ce disque est en lecture seule",
    errno.ENAMETOOLONG: "nom de fichier trop long",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENOMEM: "mémoire insuffisante",
    errno.EIO: "le disque ne répond pas",
}


class Parser(argparse.ArgumentParser):
    """A parser whose messages quote nothing the English way."""

    def error(self, message: str) -> None:
        super().error(re.sub(r"'([^']*)'", r"\1", message))


@contextmanager
def french_words() -> Iterator[None]:
    """A block in which argparse says ``WORDS``: what it takes from gettext, it takes from there."""

    def translate(text: str) -> str:
        return WORDS.get(text, text)

    def translate_count(one: str, many: str, count: object) -> str:
        return translate(one if count == 1 else many)

    kept = argparse._, argparse.ngettext
    argparse._, argparse.ngettext = translate, translate_count
    try:
        yield
    finally:
        argparse._, argparse.ngettext = kept


def describe_failure(error: OSError) -> str:
    """What the system says of a file, in French where it is known."""
    if isinstance(error, shutil.Error):  # of a folder: a list of what became of each of its files
        found = re.search(r"\[Errno (\d+)\]", str(error))
        error = OSError(int(found[1]), os.strerror(int(found[1]))) if found else error
    return SYSTEM.get(error.errno, error.strerror or str(error))

"""What the analyst types to run a command: a target of make, or the installed program."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from analysis.base.paths import DOSSIER_VARIABLE, PROJECT

#: The program that the installed package brings, for who has no make.
PROGRAM = "rapport-dd"
#: ``--dossier``, as short as the command line takes it.
_OPTION = re.compile(r"--do(?:s(?:s(?:i(?:er?)?)?)?)?(?:=(.*))?")
#: The dossier on which a process works, where its command line does not say it.
_chosen: list[str] = []


def choose_dossier(path: str | os.PathLike[str] | None) -> None:
    """Say on which dossier this process works, as the analyst typed it; None: the project's own, or
    that of the command line."""
    _chosen[:] = [str(path)] if path else []


def _find_dossier() -> str:
    """The dossier of this process as it was typed; '' when it is the project's own."""
    typed = _chosen[0] if _chosen else _read_command_line() or os.environ.get(DOSSIER_VARIABLE, "")
    return "" if typed and Path(typed).resolve() == PROJECT / "data" else typed


def _read_command_line() -> str:
    for option, following in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        if match := _OPTION.fullmatch(option):
            return following if match[1] is None else match[1]
    return ""


def name_command(command: str, **options: object) -> str:
    """A command as the analyst who started this program would type it, for the same dossier.

    ``name_command("forms", year=2031, force=True)`` is « make forms YEAR=2031 FORCE=1 », or
    « rapport-dd forms --year 2031 --force ».
    """
    if "dossier" not in options and (typed := _find_dossier()):
        options["dossier"] = f'"{typed}"'
    if Path(sys.argv[0]).stem == PROGRAM:
        words = [
            f"--{name}" if value is True else f"--{name} {value}" for name, value in options.items()
        ]
        return " ".join([PROGRAM, command, *words])
    words = [f"{name.upper()}={1 if value is True else value}" for name, value in options.items()]
    return " ".join(["make", command, *words])

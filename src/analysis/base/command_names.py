"""What the analyst types to run a command: a target of make, or the installed program."""

from __future__ import annotations

import sys
from pathlib import Path

#: The program that the installed package brings, for who has no make.
PROGRAM = "rapport-dd"


def name_command(command: str, **options: object) -> str:
    """A command as the analyst who started this program would type it, for the same dossier.

    ``name_command("forms", year=2031, force=True)`` is « make forms YEAR=2031 FORCE=1 », or
    « rapport-dd forms --year 2031 --force ».
    """
    if "--dossier" in sys.argv[:-1]:  # of another territory: so is what is to be done next
        options["dossier"] = f'"{sys.argv[sys.argv.index("--dossier") + 1]}"'
    if Path(sys.argv[0]).stem == PROGRAM:
        words = [
            f"--{name}" if value is True else f"--{name} {value}" for name, value in options.items()
        ]
        return " ".join([PROGRAM, command, *words])
    words = [f"{name.upper()}={1 if value is True else value}" for name, value in options.items()]
    return " ".join(["make", command, *words])

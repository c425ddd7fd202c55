"""The command line: ``python -m analysis report | data | trace | new-year | forms | status | …``.

Light, because worker processes import it again: it only turns errors into plain French.
"""

from __future__ import annotations

import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run a command; faults of the data and missing files are said, not traced.

    0 when all went well, 1 otherwise; a command that finds something without failing says so by the
    status that it returns.
    """
    from analysis.base.errors import UserError
    from analysis.base.paths import locate_dossier
    from analysis.run.commands.arguments import COMMANDS, parse_arguments

    arguments = parse_arguments(argv)
    try:
        # A campaign has dossiers of its own.
        named = hasattr(arguments, "dossier")
        dossier = locate_dossier(arguments.dossier) if named else None
        status = COMMANDS[arguments.command][0](arguments, dossier)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:  # a file that is gone, a full disk, a folder not to be written to
        if error.errno is None and isinstance(error, FileNotFoundError):  # worded by us
            print(error, file=sys.stderr)
            return 1
        if isinstance(error, BrokenPipeError):  # « | head »: who reads has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        from analysis.run.commands.french_arguments import describe_failure

        place = f" ({error.filename})" if error.filename else ""
        print(f"Lecture ou écriture impossible{place} : {describe_failure(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrompu : le dernier rapport complet est intact.", file=sys.stderr)
        return 130
    return status or 0


if __name__ == "__main__":
    raise SystemExit(main())

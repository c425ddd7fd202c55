"""The command line: ``python -m analysis report | data | trace | new-year | forms | status | …``,
or ``rapport-dd`` where the package is installed.

Light, because worker processes import it again: it finds the project and turns errors into plain
French.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from contextlib import ExitStack
from pathlib import Path


def _open_project(dossier: str | None) -> None:
    """Find the project, for this process and for those that it starts, wherever they run. Raises
    UserError when there is none (French)."""
    from analysis.base.errors import UserError
    from analysis.base.project_folder import CODE, PROJECT_VARIABLE, find_project, is_project

    project = find_project(*([Path(dossier)] if dossier else []))
    if project is None or not is_project(project):
        named = f" (${PROJECT_VARIABLE} : {project})" if project else ""
        raise UserError(
            f"Projet introuvable{named} : lancer la commande depuis le dossier du projet, celui où "
            "sont « notebooks » et « reports », lui donner par --dossier un dossier qui s’y "
            f"trouve, ou nommer le projet par la variable {PROJECT_VARIABLE}."
        )
    if not CODE.is_relative_to(project):  # else every process finds it by its sources
        os.environ[PROJECT_VARIABLE] = str(project)


def _is_left(error: Exception) -> bool:
    """Whether nobody reads our output any more. Windows says that it is no valid argument, and
    says so again when what is left is written."""
    if os.name == "nt" and isinstance(error, OSError) and error.errno == errno.EINVAL:
        try:
            sys.stdout.flush()
        except OSError:
            return True
    return isinstance(error, BrokenPipeError)


def main(argv: list[str] | None = None) -> int:
    """Run a command; faults of the data and missing files are said, not traced.

    0 when all went well, 1 otherwise; a command that finds something without failing says so by the
    status that it returns.
    """
    from analysis.base.errors import UserError
    from analysis.base.output_streams import prepare_streams
    from analysis.base.refusals import check_clock, find_refusal, tell_refusal

    prepare_streams()
    # pandoc takes its arguments in the locale's letters: « C » would spoil the book's French.
    os.environ.pop("LC_ALL", None)
    os.environ["LC_CTYPE"] = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    dossier = None
    try:
        check_clock()
        from analysis.run.arguments import COMMANDS, parse_arguments

        arguments = parse_arguments(argv)
        # To look for garbage after every seven hundred objects takes a sixth of the time.
        gc.set_threshold(50_000, 20, 20)
        # A campaign has dossiers of its own.
        typed = getattr(arguments, "dossier", None)
        _open_project(typed)
        from analysis.base.command_names import choose_dossier
        from analysis.base.journal import finish_writing, receive_dossier
        from analysis.base.paths import FRANCE

        choose_dossier(typed)

        finish_writing(FRANCE)
        dossier = receive_dossier(typed) if hasattr(arguments, "dossier") else None
        status = COMMANDS[arguments.command][0](arguments, dossier)
    except Exception as error:
        if _is_left(error):  # « | head »: who reads has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        if refused := find_refusal(error):
            places = (dossier.root, dossier.report(0).parent) if dossier else ()
            print(tell_refusal(refused, places), file=sys.stderr)
        elif isinstance(error, UserError | FileNotFoundError):  # worded by us
            print(error, file=sys.stderr)
        else:
            raise
        return 1
    except KeyboardInterrupt as stop:
        print(
            "\nInterrompu : le dernier rapport complet est intact, "
            "aucune donnée n’est à moitié écrite.",
            file=sys.stderr,
        )
        return 128 + getattr(stop, "number", 2)
    return status or 0


def run() -> int:
    """``main`` as a program of its own: signals end it in good order, and its temporary files go
    with it."""
    from analysis.base.errors import UserError
    from analysis.base.refusals import tell_refusal
    from analysis.base.run_process import heed_signals, open_scratch

    heed_signals()
    scratch = ExitStack()
    atexit.register(scratch.close)  # after what multiprocessing tidies up in there
    try:
        scratch.enter_context(open_scratch())
        return main()
    except UserError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(tell_refusal(error), file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(run())

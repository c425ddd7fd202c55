"""The command line: ``python -m analysis data | notebooks | report | check | editions``.

Thin: reads the arguments, calls the modules, shows progress, turns errors into plain French.
Heavy imports stand inside the commands, so that worker processes importing this file stay light.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from time import perf_counter


def _say(text: str) -> None:
    print(text, flush=True)


def _seconds(value: float) -> str:
    return f"{value:.1f} s".replace(".", ",")


def _choose_year(dossier, year: int | None) -> int:
    from analysis.dossier import list_editions

    editions = list_editions(dossier)
    if not editions:
        raise FileNotFoundError(
            f"Aucune édition dans {dossier.raw} : il y faut un dossier <année>/actions.csv."
        )
    if year is None:
        return max(editions)
    if year not in editions:
        known = ", ".join(map(str, editions))
        raise FileNotFoundError(f"L’édition {year} n’existe pas ; éditions complètes : {known}.")
    return year


def compute_data(dossier, year: int):
    """data/raw → validated tables → indicators → data/processed; returns the edition."""
    from analysis.indicators import load_edition
    from analysis.store import write_edition

    edition = load_edition(dossier, year)
    write_edition(edition, dossier)
    derived = (edition.values["origin"] == "dérivé").sum()
    _say(
        f"Données {year} : {len(edition.values) - derived} valeurs relevées, "
        f"{derived} valeurs dérivées, {len(edition.actions)} actions."
    )
    return edition


@contextmanager
def _open_progress(total: int):
    """One bar on a terminal, a line a notebook elsewhere (logs of integration servers)."""
    from tqdm import tqdm

    if not sys.stdout.isatty():
        yield lambda outcome: _say(f"  {outcome.job.name} : {_seconds(outcome.seconds)}")
        return
    with tqdm(total=total, desc="Carnets", unit="carnet", file=sys.stdout) as bar:

        def advance(outcome) -> None:
            bar.set_postfix_str(outcome.job.title, refresh=False)
            bar.update()

        yield advance


def run_notebooks(dossier, edition):
    """Execute all chapters with a progress bar and export the reviewers' copies.

    Raises
    ------
    SystemExit
        with status 1, after all the others have run, when a notebook failed.
    """
    from analysis.review import export_reviews
    from analysis.runner import plan_jobs, run_jobs

    jobs = plan_jobs(edition)
    with _open_progress(len(jobs)) as advance:
        run = run_jobs(jobs, dossier, edition.year, on_done=advance)
    for outcome in run.failures:
        _say(outcome.describe())
    done = [
        dossier.executed(edition.year) / f"{outcome.job.name}.ipynb"
        for outcome in run.outcomes
        if outcome.failure is None
    ]
    export_reviews(done, dossier.report(edition.year) / "carnets")
    if run.failures:
        _say(f"{len(run.failures)} carnets en échec sur {len(jobs)} : le rapport n’est pas refait.")
        raise SystemExit(1)
    return run


def build_report(dossier, edition, engine: str):
    from analysis.book import build_book

    return build_book(dossier, edition, engine=engine, report=_say)


def command_editions(arguments, dossier) -> None:
    from analysis.dossier import list_editions

    for year in list_editions(dossier):
        _say(str(year))


def command_data(arguments, dossier) -> None:
    compute_data(dossier, _choose_year(dossier, arguments.year))


def command_notebooks(arguments, dossier) -> None:
    edition = compute_data(dossier, _choose_year(dossier, arguments.year))
    run_notebooks(dossier, edition)
    _say(f"Carnets exécutés : {dossier.executed(edition.year)}")
    _say(f"Copies pour relecture : {dossier.report(edition.year) / 'carnets'}")


def command_report(arguments, dossier) -> None:
    seconds, start = {}, perf_counter()

    def lap(stage: str) -> None:
        nonlocal start
        seconds[stage] = perf_counter() - start
        start = perf_counter()

    edition = compute_data(dossier, _choose_year(dossier, arguments.year))
    lap("données")
    run_notebooks(dossier, edition)
    lap("carnets")
    result = build_report(dossier, edition, arguments.engine)
    lap("livre")
    _say(f"\nRapport {edition.year} construit avec {result.engine} {result.version} :")
    for label, path in (("HTML", result.html), ("PDF", result.pdf), ("DOCX", result.docx)):
        _say(f"  {label:<5}{path}")
    laps = " · ".join(f"{stage} {_seconds(value)}" for stage, value in seconds.items())
    _say(f"Durées : {laps} · total {_seconds(sum(seconds.values()))}")


def command_check(arguments, dossier) -> None:
    from analysis.book import check_report

    year = _choose_year(dossier, arguments.year)
    for path in check_report(dossier, year):
        _say(f"Complet : {path}")


COMMANDS = {
    "editions": (command_editions, "les éditions complètes du dossier"),
    "data": (command_data, "valide data/raw et calcule les indicateurs"),
    "notebooks": (command_notebooks, "exécute les carnets et leurs copies de relecture"),
    "report": (command_report, "produit le rapport complet (HTML, PDF, DOCX)"),
    "check": (command_check, "vérifie que le rapport construit est complet dans les trois formats"),
}


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for name, (_, help_text) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--dossier", help="dossier du territoire (par défaut : data)")
        if name != "editions":
            command.add_argument("--year", type=int, help="édition (par défaut : la plus récente)")
        if name == "report":
            command.add_argument(
                "--engine",
                choices=("auto", "quarto", "embedded"),
                default="auto",
                help="moteur du livre (par défaut : Quarto s’il est là)",
            )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run a command; faults of the data and missing files are said, not traced.

    0 when all went well, 1 otherwise.
    """
    arguments = parse_arguments(argv)
    from analysis.book import BookError
    from analysis.dossier import InvalidDossier
    from analysis.paths import locate_dossier
    from analysis.runner import UnknownParameter

    try:
        COMMANDS[arguments.command][0](arguments, locate_dossier(arguments.dossier))
    except (InvalidDossier, BookError, UnknownParameter, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

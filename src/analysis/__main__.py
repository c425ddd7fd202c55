"""The command line: ``python -m analysis report | data | trace | new-year | forms | status | …``.

Thin: reads the arguments, calls the modules, shows progress, turns errors into plain French.
Heavy imports stand inside the commands, so that worker processes importing this file stay light.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import contextmanager
from time import perf_counter


def _say(text: str) -> None:
    print(text, flush=True)


def _choose_year(dossier, year: int | None) -> int:
    """The edition asked for, else the newest; raises FileNotFoundError (French) when it is not."""
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
    """data/raw → validated tables → indicators → data/processed; returns the edition.

    What changed since the edition before, where there is one, is kept beside it.
    What the source contradicts and nobody has explained is said, and stops nothing.

    Raises
    ------
    InvalidDossier
        with every fault of every file, those of the charts' specifications included.
    """
    from analysis.store import DERIVED, write_edition
    from analysis.verdicts import list_unexplained

    edition = _load(dossier, year)
    write_edition(edition, dossier)
    if edition.earlier is not None:
        from analysis.changes import write_changes

        write_changes(compare_with(dossier, edition, edition.earlier), dossier)
    for line in list_unexplained(edition):
        _say(f"ATTENTION : à expliquer dans discrepancies.csv : {line}")
    known = edition.values[edition.values["value"].notna()]
    derived = int((known["origin"] == DERIVED).sum())
    _say(
        f"Données {year} : {len(known) - derived} valeurs relevées, "
        f"{derived} valeurs dérivées, {len(edition.actions)} actions."
    )
    return edition


def compare_with(dossier, edition, against: int):
    """What changed since the edition ``against``, computed again from ``raw/`` as it reads it."""
    from analysis.changes import compare_editions
    from analysis.indicators import load_edition

    return compare_editions(load_edition(dossier, against), edition, dossier)


def _choose_earlier(dossier, edition, against: int | None) -> int:
    """The edition to compare with: the one asked for, else the one before.

    Raises
    ------
    FileNotFoundError
        when there is none, or it is not an earlier one (French).
    """
    if against is None and edition.earlier is None:
        raise FileNotFoundError(
            f"L’édition {edition.year} est la première de ce dossier : il n’y a pas d’édition "
            "antérieure à laquelle la comparer."
        )
    if against is None:
        return edition.earlier
    if against >= edition.year:
        raise FileNotFoundError(
            f"L’édition {edition.year} se compare à une édition antérieure, pas à {against}."
        )
    return _choose_year(dossier, against)


def _load(dossier, year: int):
    """The edition, read, validated and computed; nothing is written."""
    from analysis.indicators import load_edition

    edition = load_edition(dossier, year)
    _check_charts(edition)
    return edition


def _check_charts(edition) -> None:
    """What only the charts know of charts.yml: which fields each kind takes. Told here because a
    kind with a typing error would leave its chart out without a word."""
    from analysis.charts import check_specs
    from analysis.dossier import CHARTS_FILE, Fault, InvalidDossier

    problems = check_specs(edition.charts, edition)
    if problems:
        raise InvalidDossier(Fault(CHARTS_FILE, 0, "", "", text.rstrip(".")) for text in problems)


@contextmanager
def _open_progress(total: int):
    """One bar on a terminal, a line a notebook elsewhere (logs of integration servers)."""
    from tqdm import tqdm

    from analysis.french import format_seconds

    def log(outcome) -> None:
        end = "échec, " if outcome.failure else ""
        _say(f"  {outcome.job.name} : {end}{format_seconds(outcome.seconds)}")

    if not sys.stdout.isatty():
        yield log
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
    from analysis.review import export_review
    from analysis.runner import plan_jobs, run_jobs

    jobs = plan_jobs(edition)
    with _open_progress(len(jobs)) as advance:
        run = run_jobs(jobs, dossier, edition.year, preload=("analysis.layout",), on_done=advance)
    for outcome in run.failures:
        _say(outcome.describe())
    if run.failures:
        number = len(run.failures)
        _say(
            f"{number} carnet{'s' if number > 1 else ''} en échec sur {len(jobs)} : "
            "le rapport n’est pas refait."
        )
        raise SystemExit(1)
    executed = dossier.executed(edition.year)
    reviews = dossier.report(edition.year) / "carnets"
    for outcome in run.outcomes:
        export_review(executed / f"{outcome.job.name}.ipynb", reviews)
    return run


def command_editions(arguments, dossier) -> None:
    """List the editions of the dossier, one a line."""
    from analysis.dossier import list_editions

    for year in list_editions(dossier):
        _say(str(year))


def command_data(arguments, dossier) -> None:
    """Validate and compute one edition."""
    compute_data(dossier, _choose_year(dossier, arguments.year))


def command_notebooks(arguments, dossier) -> None:
    """Compute one edition and execute its notebooks."""
    edition = compute_data(dossier, _choose_year(dossier, arguments.year))
    run_notebooks(dossier, edition)
    _say(f"Carnets exécutés : {dossier.executed(edition.year)}")
    _say(f"Copies pour relecture : {dossier.report(edition.year) / 'carnets'}")


def command_report(arguments, dossier) -> None:
    """Compute, execute and build one edition; say where the report is and how long it took."""
    from analysis.book import (
        build_book,
        build_guide,
        choose_engine,
        default_epoch,
        finish_interrupted,
    )
    from analysis.french import format_seconds
    from analysis.manifest import describe_jobs, write_manifest
    from analysis.openpackage import write_package
    from analysis.runner import plan_jobs

    seconds, start = {}, perf_counter()

    def lap(stage: str) -> None:
        nonlocal start
        seconds[stage] = perf_counter() - start
        start = perf_counter()

    engine = choose_engine(arguments.engine)  # refused now rather than after the notebooks
    year = _choose_year(dossier, arguments.year)
    finish_interrupted(dossier, year)
    edition = compute_data(dossier, year)
    lap("données")
    run_notebooks(dossier, edition)
    lap("carnets")
    result = build_book(dossier, edition, engine=engine, report=_say)
    lap("livre")
    report = dossier.report(year)
    build_guide(dossier.processed_year(year) / "guide", report, engine, default_epoch(year))
    lap("guide")
    package = write_package(edition, dossier, edition.year, report)
    write_manifest(
        dossier,
        edition.year,
        report,
        {"name": result.engine, "version": result.version},
        {"engine": arguments.engine, "jobs": describe_jobs(plan_jobs(edition))},
    )
    lap("données ouvertes")
    _say(f"\nRapport {edition.year} construit avec {result.engine} {result.version} :")
    for label, path in (("HTML", result.html), ("PDF", result.pdf), ("DOCX", result.docx)):
        _say(f"  {label:<5}{path}")
    _say(f"  CSV  {package}")
    laps = " · ".join(f"{stage} {format_seconds(value)}" for stage, value in seconds.items())
    _say(f"Durées : {laps} · total {format_seconds(sum(seconds.values()))}")


def command_check(arguments, dossier) -> int:
    """Hold the data of one edition against each other, and its finished report against what it must
    contain; 1 when something is unexplained or incomplete, all of it said."""
    from analysis.book import BookError, check_report, is_built
    from analysis.manifest import list_changed_inputs
    from analysis.verdicts import describe_verdicts, list_unexplained, list_unwritten

    year = _choose_year(dossier, arguments.year)
    edition = _load(dossier, year)
    _say(f"Édition {year}")
    for line in describe_verdicts(edition):
        _say(line)
    if unwritten := list_unwritten(edition):
        _say(f"Textes à écrire : {' ; '.join(unwritten)}.")
    failed = bool(list_unexplained(edition))
    if not is_built(dossier, year):
        _say("Rapport non construit : « make report » le construit.")
        return int(failed)
    try:
        for path in check_report(dossier, year):
            _say(f"Complet : {path}")
    except BookError as error:
        print(error, file=sys.stderr)
        failed = True
    checksums = dict(zip(edition.files["file"], edition.files["sha256"], strict=True))
    if changed := list_changed_inputs(checksums, dossier.report(year)):
        _say(f"Rapport plus ancien que les données ({', '.join(changed)}) : le refaire.")
        failed = True
    return int(failed)


def command_trace(arguments, dossier) -> None:
    """Say where a number comes from, down to the typed rows and the checksums of their files."""
    from analysis.indicators import load_edition
    from analysis.trails import describe_trail, list_related, read_trail

    edition = load_edition(dossier, _choose_year(dossier, arguments.year))
    trail = read_trail(edition, arguments.reference)
    _say(describe_trail(trail, list_related(edition, arguments.reference)))


def command_diff(arguments, dossier) -> None:
    """Say what changed from an earlier edition to another, and write it as CSV."""
    from analysis.changes import describe_changes, write_files

    edition = _load(dossier, _choose_year(dossier, arguments.year))
    changes = compare_with(dossier, edition, _choose_earlier(dossier, edition, arguments.against))
    _say(describe_changes(changes, edition))
    _say(f"\nFichiers CSV : {write_files(changes, dossier)}")


def _load_with_previous(dossier, year: int | None):
    """The edition being prepared and the newest one before it, computed."""
    from analysis.collection.new_year import find_previous
    from analysis.dossier import list_editions
    from analysis.indicators import load_edition

    if year is not None and year not in list_editions(dossier):
        raise FileNotFoundError(
            f"L’édition {year} n’est pas préparée : lancer « make new-year YEAR={year} »."
        )
    year = _choose_year(dossier, year)
    previous = find_previous(dossier, year)
    return load_edition(dossier, year), load_edition(dossier, previous)


def command_new_year(arguments, dossier) -> None:
    """Prepare the folder of a new edition from the newest earlier one."""
    from analysis.collection.new_year import describe_preparation, prepare_year

    _say(describe_preparation(prepare_year(dossier, arguments.year, arguments.due)))


def command_forms(arguments, dossier) -> None:
    """Write a form for each service; those that somebody has filled in are kept."""
    from analysis.collection.forms import describe_written, write_forms

    edition, previous = _load_with_previous(dossier, arguments.year)
    written = list(write_forms(dossier, edition, previous, force=arguments.force))
    _say(describe_written(written, edition.year))


def command_collect(arguments, dossier) -> None:
    """Import the forms that the services returned; say what was, and what is to be corrected.

    Raises
    ------
    InvalidDossier
        when the dossier has faults, before anything is written or after.
    """
    from pathlib import Path

    from analysis.collection.collecting import collect_forms
    from analysis.dossier import read_dossier

    year = _choose_year(dossier, arguments.year)
    done = collect_forms(dossier, year, Path(arguments.folder), newest=arguments.newest)
    _say(done.text)
    _say(f"Fichiers changés : {', '.join(done.written)}" if done.written else "Rien n’a changé.")
    _say(f"Rapport et copies à renvoyer : {done.folder}")
    read_dossier(dossier, year)


def command_status(arguments, dossier) -> None:
    """Say who has answered and what each chapter lacks, in the terminal and in a page."""
    from datetime import date

    from analysis.collection.status import describe_status, read_status
    from analysis.collection.statuspage import write_page

    edition, previous = _load_with_previous(dossier, arguments.year)
    status = read_status(dossier, edition, previous, arguments.today or date.today())
    _say(describe_status(status))
    _say(f"\nPage : {write_page(status, dossier)}")


COMMANDS = {
    "editions": (command_editions, "les éditions complètes du dossier"),
    "data": (command_data, "valide data/raw et calcule les indicateurs"),
    "notebooks": (command_notebooks, "exécute les carnets et leurs copies de relecture"),
    "report": (command_report, "produit le rapport complet (HTML, PDF, DOCX)"),
    "trace": (command_trace, "dit d’où vient un nombre : calcul, source et ligne, fichier"),
    "check": (command_check, "contrôle les données, puis le rapport s’il est construit"),
    "new-year": (command_new_year, "prépare le dossier d’une nouvelle édition"),
    "forms": (command_forms, "écrit un formulaire Excel pour chaque service"),
    "collect": (command_collect, "lit les formulaires renvoyés par les services"),
    "status": (command_status, "dit qui a répondu et ce qui manque à chaque chapitre"),
    "diff": (command_diff, "dit ce qui a changé depuis une édition antérieure, aussi en CSV"),
}


def _read_day(text: str):
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"« {text} » n’est pas une date comme 2030-10-31"
        ) from None


def _read_year(text: str) -> int:
    # A folder of four figures: anything else would never be read back.
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année de quatre chiffres")
    return int(text)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command and its options: dossier, year, engine."""
    parser = argparse.ArgumentParser(
        prog="python -m analysis",
        description="Produit le rapport développement durable d’un territoire, étape par étape.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for name, (_, help_text) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--dossier", help="dossier du territoire (par défaut : data)")
        if name == "new-year":
            command.add_argument(
                "--year", type=_read_year, required=True, help="édition à préparer"
            )
            command.add_argument(
                "--due", type=_read_day, metavar="AAAA-MM-JJ",
                help="dernier jour pour répondre (par défaut : le 31 octobre de l’édition)",
            )  # fmt: skip
        elif name != "editions":
            command.add_argument("--year", type=int, help="édition (par défaut : la plus récente)")
        if name == "forms":
            command.add_argument(
                "--force", action="store_true",
                help="remplace aussi les formulaires déjà remplis (mis de côté en .ancien)",
            )  # fmt: skip
        if name == "status":
            command.add_argument(
                "--today", type=_read_day, metavar="AAAA-MM-JJ",
                help="jour auquel comparer les échéances (par défaut : aujourd’hui)",
            )  # fmt: skip
        if name == "trace":
            command.add_argument(
                "reference", metavar="INDICATEUR", help="indicateur[@territoire][:mot]"
            )
        if name == "diff":
            command.add_argument(
                "--against", type=int, help="édition antérieure (par défaut : celle d’avant)"
            )
        if name == "collect":
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

    0 when all went well, 1 otherwise; a command that finds something without failing says so by the
    status that it returns.
    """
    arguments = parse_arguments(argv)
    from analysis.book import BookError
    from analysis.dossier import InvalidDossier
    from analysis.paths import locate_dossier
    from analysis.references import UnknownReference
    from analysis.runner import TemplateError

    try:
        status = COMMANDS[arguments.command][0](arguments, locate_dossier(arguments.dossier))
    except (
        InvalidDossier,
        BookError,
        TemplateError,
        UnknownReference,
        FileNotFoundError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # « | head »: who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nInterrompu : le dernier rapport complet est intact.", file=sys.stderr)
        return 130
    return status or 0


if __name__ == "__main__":
    raise SystemExit(main())

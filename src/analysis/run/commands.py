"""The commands, each thin.

Nothing heavy of ours is imported before a command runs: the project may have to be found first (see
``__main__``), a report of which nothing has changed is told at once, and worker processes stay
light.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import wraps

from analysis.base.command_names import name_command


def say(text: str) -> None:
    """A line for the analyst, at once."""
    print(text, flush=True)


def _writes_raw(command: Callable) -> Callable:
    """A command that reads ``raw/``, then writes into it: nobody else writes meanwhile. It takes
    this lock first, then that of an edition. A review writes where it is signed alone."""

    @wraps(command)
    def run(arguments, dossier):
        from analysis.base.journal import hold_files

        if not getattr(arguments, "sign", True):
            return command(arguments, dossier)
        with hold_files(dossier.raw, name_command(arguments.command), say):
            return command(arguments, dossier)

    return run


def choose_year(dossier, year: int | None) -> int:
    """The edition asked for, else the newest; raises UnknownEdition when there is none."""
    from analysis.base.rawfiles import choose_edition

    return choose_edition(dossier, year)


def command_editions(arguments, dossier) -> None:
    """List the editions of the dossier, one a line."""
    from analysis.base.rawfiles import list_editions

    for year in list_editions(dossier):
        say(str(year))


def _explain_data(edition) -> None:
    """What the source contradicts and nobody has explained is said, and stops nothing."""
    from analysis.compute.audit.audit_lines import list_incomplete, list_unexplained
    from analysis.model.references import is_in_force
    from analysis.model.store import DERIVED, to_records
    from analysis.words.french import choose_form

    for line in list_unexplained(edition):
        say(f"ATTENTION : à corriger, ou à expliquer dans discrepancies.csv : {line}")
    if lines := list_incomplete(edition):
        say("À compléter, ou à dire autrement : la valeur de ces renvois n’est pas connue.")
        for line in lines:
            say(f"  {line}")
    for line in _describe_messages(edition):
        say(line)
    known = [row for row in to_records(edition.values) if row["value"] is not None]
    derived = sum(row["origin"] == DERIVED for row in known)
    typed = sum(row["origin"] != DERIVED and not is_in_force(row) for row in known)
    counts = [
        f"{number} {choose_form(number, *forms)}"
        for number, *forms in (
            (typed, "valeur relevée", "valeurs relevées"),
            (derived, "valeur dérivée", "valeurs dérivées"),
            (len(edition.actions), "action", "actions"),
        )
    ]
    say(f"Données {edition.year} : {', '.join(counts)}.")


def _describe_messages(edition) -> list[str]:
    """What of the first page is left out, or that the program proposes its sentences."""
    from analysis.compute.key_messages import PROPOSED, list_unsaid

    lines = [f"  {line}" for line in list_unsaid(edition)]
    if lines:
        lines.insert(0, "Première page : phrases qui ne sont plus vraies, et ne sont pas dites :")
    elif (edition.key_messages["origin"] == PROPOSED).any():
        made_by = name_command("key-messages", year=edition.year)
        lines.append(
            "Première page : phrases proposées d’après les données ; pour les choisir et les"
            f" écrire, « {made_by} »."
        )
    return lines


@_writes_raw
def command_key_messages(arguments, dossier) -> None:
    """Write what the data propose for the first page as a file to be edited."""
    from analysis.collect.message_file import write_messages
    from analysis.run.edition_data import load_edition
    from analysis.run.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        say(write_messages(dossier, load_edition(dossier, year)))


@_writes_raw
def command_objectives_model(arguments, dossier) -> None:
    """Add a model of objectives and indicators to an edition, as proposals to be edited."""
    from analysis.collect.objective_models import add_model
    from analysis.run.edition_data import load_edition
    from analysis.run.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        say(add_model(dossier, load_edition(dossier, year), arguments.model))


def command_data(arguments, dossier) -> None:
    """Validate and compute one edition."""
    from analysis.compute.dossier import list_idle_requests
    from analysis.run.dependencies import describe_surroundings
    from analysis.run.edition_data import run_data
    from analysis.run.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        edition = run_data(dossier, year, describe_surroundings(), force=arguments.force)
    idle = list_idle_requests(dossier, year)
    for number, id in idle.items():
        say(f"{year}/requests.csv, ligne {number} : « {id} » n’est plus au catalogue : sans effet")
    _explain_data(edition)


def command_notebooks(arguments, dossier) -> None:
    """Bring the notebooks of one edition and their copies up to date."""
    from analysis.execute import start_server

    year = choose_year(dossier, arguments.year)
    start_server()
    from analysis.run.chapters import refuse_failures, run_chapters
    from analysis.run.copies import publish_copies
    from analysis.run.dependencies import describe_surroundings
    from analysis.run.edition_data import run_data
    from analysis.run.locking import hold_edition
    from analysis.run.progress_display import open_progress

    with hold_edition(dossier, year, say), open_progress() as progress:
        surroundings = describe_surroundings()
        common = {"force": arguments.force, "progress": progress}
        edition = run_data(dossier, year, surroundings, **common)
        _explain_data(edition)
        options = {"engine": arguments.engine.notebooks, "workers": arguments.workers, **common}
        refuse_failures(run_chapters(dossier, edition, surroundings, **options))
        copies = publish_copies(dossier, edition, surroundings)
    say(f"Carnets exécutés : {dossier.executed(year)}")
    say(f"Copies pour relecture : {copies}")


@_writes_raw
def command_review(arguments, dossier) -> None:
    """Bring a chapter, or all, up to date; say what differs since it was signed, and sign it.
    Raises UserError when the chapter is unknown, fails or cannot be signed (French)."""
    from datetime import date

    from analysis.base.errors import UserError
    from analysis.collect.remark_book import describe_books
    from analysis.run.chapters import run_chapters
    from analysis.run.copies import publish_copies
    from analysis.run.dependencies import describe_surroundings
    from analysis.run.edition_data import run_data
    from analysis.run.locking import hold_edition
    from analysis.run.progress_display import open_progress
    from analysis.run.reviewing import (
        describe_review,
        find_chapters,
        read_states,
        refuse_failed,
        sign_chapter,
        tabulate_reviews,
        write_remark_books,
    )

    year, chapter = choose_year(dossier, arguments.year), arguments.chapter
    if arguments.sign and not chapter:
        raise UserError("Préciser le chapitre à signer : on n’en signe qu’un à la fois.")
    with hold_edition(dossier, year, say):
        surroundings = describe_surroundings()
        with open_progress() as progress:
            edition = run_data(dossier, year, surroundings, progress=progress)
            chapters = find_chapters(edition, chapter)
            results = run_chapters(dossier, edition, surroundings, progress=progress, only=chapters)
        if chapter:
            refuse_failed(results)
        if arguments.sign:
            day = arguments.today or date.today()
            say(sign_chapter(dossier, edition, chapter, arguments.sign, day, force=arguments.force))
            run_chapters(dossier, edition, surroundings, only=chapters)  # the copy says who signed
        states = read_states(dossier, edition, chapters)
        copies = publish_copies(dossier, edition, surroundings)
        books = list(write_remark_books(dossier, edition, chapters))
    if not chapter:
        say(tabulate_reviews(states))
        say(f"Copies pour relecture : {copies}")
    else:
        if not arguments.sign:
            say(describe_review(states[chapter], edition))
        say(f"Copie pour relecture : {copies / chapter}.html")
    say(describe_books(books, year))


def command_report(arguments, dossier) -> None:
    """Bring the report of one edition up to date; say where it is and what was done."""
    from analysis.base.paths import OPEN_DATA
    from analysis.run.progress_display import open_progress
    from analysis.run.report import Request, produce_report

    year = choose_year(dossier, arguments.year)
    request = Request(
        arguments.engine.book, arguments.engine.notebooks, arguments.force, arguments.workers
    )
    with open_progress() as progress:
        made = produce_report(dossier, year, request, progress=progress, explain=_explain_data)
    report = dossier.report(year)
    state = "construit avec" if made.changed else "à jour, rien n’a changé : construit avec"
    say(f"\nRapport {year} {state} {made.engine} :")
    stem = f"rapport-{year}"
    pdfs = (("PDF", f"{name}-{year}.pdf") for name in ("rapport", "annexes", "synthese"))
    places = (("HTML", "html/index.html"), *pdfs, ("DOCX", f"{stem}.docx"), ("CSV", OPEN_DATA))
    for label, name in places:
        say(f"  {label:<5}{report / name}")
    say(f"Ensuite : le relire ; « {name_command('check', year=year)} » le contrôle.")


def command_council(arguments, dossier) -> None:
    """Bring the report of one edition up to date and make the papers of the session of it; say what
    of the session is not known."""
    from analysis.model.store import read_edition
    from analysis.publish.council_papers import FOLDER as PAPERS
    from analysis.publish.council_papers import (
        describe_papers,
        list_papers,
        start_council,
        write_papers,
    )
    from analysis.run.locking import hold_edition
    from analysis.run.step_records import Record, StepRecords, digest_outputs

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        started = start_council(dossier, year)
    command_report(arguments, dossier)
    with hold_edition(dossier, year, say):
        edition, records = read_edition(year, dossier), StepRecords.of_report(dossier, year)
        known = records.read(PAPERS)
        aside = write_papers(dossier, edition, known.outputs if known else {})
        outputs = digest_outputs(records.root, list_papers(dossier, year))
        records.write(PAPERS, Record(edition.checksums, outputs))
    say(describe_papers(dossier, edition, aside, started))


def command_charts(arguments, dossier) -> None:
    """Write the index of the charts of one edition beside its report."""
    from analysis.base.atomic import write_file
    from analysis.run.edition_data import load_edition
    from analysis.show.charts.chart_index import compose_index

    year = choose_year(dossier, arguments.year)
    report = dossier.report(year)
    write_file(report / "graphiques.md", compose_index(load_edition(dossier, year)))
    say(f"Index des graphiques : {report / 'graphiques.md'}")
    if not (report / "html").is_dir():
        made_by = name_command("report", year=year)
        say(f"Ses liens mènent au rapport, qui n’est pas construit : « {made_by} » le construit.")


def command_why(arguments, dossier) -> None:
    """Say what has changed since a chapter was executed, or that its result can be kept."""
    from analysis.run.why import explain_chapter

    say(explain_chapter(dossier, choose_year(dossier, arguments.year), arguments.chapter))


def command_check(arguments, dossier) -> int:
    """Hold the data of one edition against each other, and its finished report against what it must
    contain; 1 when something is unexplained or incomplete, or unsigned where signatures are asked
    for, or lacking of what the law certainly asks where that is held against it, all of it said."""
    from analysis.compute.audit.audit_lines import (
        describe_unanswered,
        describe_verdicts,
        list_unexplained,
        list_unwritten,
    )
    from analysis.compute.law import describe_law, list_failing
    from analysis.publish import BookError
    from analysis.publish.build import check_report, is_built
    from analysis.publish.council_papers import FOLDER as PAPERS
    from analysis.publish.manifest import list_changed_inputs
    from analysis.run.edition_data import load_edition
    from analysis.run.reviewing import check_signed
    from analysis.run.step_records import StepRecords

    year = choose_year(dossier, arguments.year)
    edition = load_edition(dossier, year)
    say(f"Édition {year}")
    for line in [*describe_verdicts(edition), *describe_unanswered(edition)]:
        say(line)
    for line in describe_law(edition):
        say(line)
    failing = list_failing(edition) if arguments.strict else []
    if failing:
        say(f"La loi l’exige, et l’édition ne l’a pas : {' ; '.join(failing)}.")
    if unwritten := list_unwritten(edition):
        say(f"Textes à écrire : {' ; '.join(unwritten)}.")
    lines, signed = check_signed(dossier, edition)
    for line in lines:
        say(line)
    failed = bool(list_unexplained(edition) or failing) or (arguments.signed and not signed)
    if not is_built(dossier, year):
        say(f"Rapport non construit : « {name_command('report', year=year)} » le construit.")
        return int(failed)
    try:
        for path in check_report(dossier, year):
            say(f"Complet : {path}")
    except BookError as error:
        print(error, file=sys.stderr)
        failed = True
    if changed := list_changed_inputs(edition.checksums, dossier.report(year)):
        say(f"Rapport plus ancien que les données ({', '.join(changed)}) : le refaire.")
        failed = True
    papers = StepRecords.of_report(dossier, year).read(PAPERS)
    if papers and papers.inputs != edition.checksums:
        again = name_command("council", year=year)
        say(f"Papiers de la séance plus anciens que les données : « {again} » les refait.")
        failed = True
    return int(failed)


def command_preview(arguments, dossier) -> None:
    """Show the page of a chapter in the browser, rebuilt when something that it is made of changes;
    until Ctrl-C."""
    from analysis.run.preview import run_preview

    year = choose_year(dossier, arguments.year)
    run_preview(
        dossier, year, arguments.chapter, port=arguments.port, opened=arguments.open, say=say
    )


def _open_machines(arguments, **options):
    from analysis.run.machines import open_cluster, open_processes

    if arguments.scheduler:
        return open_cluster(arguments.scheduler)
    return open_processes(arguments.workers, **options)


def command_campaign(arguments, dossier) -> int:
    """Bring the chapters of all editions asked for up to date, or their data alone, and compare the
    dossiers where that is asked for; 1 when one of them failed."""
    from analysis.run.campaign import (
        open_display,
        plan_campaign,
        produce_chapters,
        produce_data,
        run_campaign,
    )
    from analysis.words.french import choose_form

    tasks = plan_campaign(arguments.dossiers, arguments.years)
    todo = _list_uncomputed(tasks, arguments.force) if arguments.data_only else tasks
    machines = _open_machines(arguments)
    with machines as opened, open_display(len(todo), arguments.log) as display:
        named = choose_form(len(tasks), "édition", "éditions")
        say(f"Campagne : {len(tasks)} {named}, {opened.slots} à la fois.")
        engine, produce = arguments.engine.notebooks, produce_chapters
        if arguments.data_only:
            named = choose_form(len(todo), "édition", "éditions")
            say(f"Données à calculer : {len(todo)} {named} ; les autres sont à jour.")
            produce = produce_data
        options = {"engine": engine, "force": arguments.force, "produce": produce}
        for outcome in run_campaign(todo, opened, **options):
            display.finish(outcome)
        if arguments.compare:
            from analysis.run.comparing import compare_dossiers, write_comparison

            comparison = compare_dossiers(tasks, display.without_data, arguments.same)
            say(write_comparison(comparison, display.without_data, arguments.to))
    return int(display.failed > 0)


def _list_uncomputed(tasks, force: bool) -> list:
    """Editions whose data are to be computed."""
    from pathlib import Path

    from analysis.base.paths import Dossier
    from analysis.run.dependencies import describe_surroundings
    from analysis.run.edition_data import is_computed

    around = describe_surroundings()
    return [
        task
        for task in tasks
        if force or not is_computed(Dossier(Path(task.root)), task.year, around)
    ]


def command_portraits(arguments, dossier) -> int:
    """Bring the portraits of the territories asked for up to date, and the page that lists them; 1
    when one of them failed."""
    from analysis.compute.national import list_editions_known
    from analysis.run import portraits as made
    from analysis.run.campaign import TaskOutcome, open_display
    from analysis.run.locking import hold_folder
    from analysis.words.french import choose_form

    year = arguments.year or list_editions_known()[-1]
    names = made.list_names(arguments.territories)
    chosen, problems = made.choose_territories(year, names, arguments.region, arguments.count)
    folder = (arguments.to or made.FOLDER).resolve() / str(year)
    with hold_folder(folder):
        portraits = made.Portraits(folder, year)
        tasks = [portraits.plan(row.siren, row.name) for row in chosen.itertuples(index=False)]
        asked = [task.siren for task in tasks]
        former = portraits.read_log(asked)
        total = len(tasks) + len(problems)
        display = open_display(total, folder / made.LOG, "portraits", made.COLUMNS, former)
        with _open_machines(arguments, renew=0) as opened, display as shown:
            named = choose_form(total, "portrait", "portraits")
            say(f"Campagne {year} : {total} {named}, {opened.slots} à la fois.")
            for name, problem in problems.items():
                shown.finish(TaskOutcome(portraits.plan(name), failed=1, problem=problem))
            engine = arguments.engine.notebooks
            try:
                made.run_portraits(
                    portraits, tasks, opened, shown, engine=engine, force=arguments.force
                )
            finally:
                say(f"Liste : {portraits.write_index(asked, [*former, *shown.rows])}")
    return int(shown.failed > 0)


def choose_earlier(dossier, edition, against: int | None) -> int:
    """The edition to compare with: the one asked for, else the one before. Raises FileNotFoundError
    when there is none, or it is not an earlier one (French)."""
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
    return choose_year(dossier, against)


def command_trace(arguments, dossier) -> None:
    """Say where a number comes from, down to the typed rows and the checksums of their files."""
    from analysis.compute.indicators import load_edition
    from analysis.words.lineage import describe_trail, list_related, read_trail

    edition = load_edition(dossier, choose_year(dossier, arguments.year))
    trail = read_trail(edition, arguments.reference)
    say(describe_trail(trail, list_related(edition, arguments.reference)))


def command_diff(arguments, dossier) -> None:
    """Say what changed from an earlier edition to another, and write it as CSV."""
    from analysis.compute.changes import describe_changes, write_files
    from analysis.run.edition_data import compare_with, load_edition

    edition = load_edition(dossier, choose_year(dossier, arguments.year))
    changes = compare_with(dossier, edition, choose_earlier(dossier, edition, arguments.against))
    say(describe_changes(changes, edition))
    say(f"\nFichiers CSV : {write_files(changes, dossier)}")


def command_compare(arguments, dossier) -> None:
    """Write the page that shows the executed notebook of a chapter beside an earlier edition's."""
    from analysis.run.copies import compare_chapter
    from analysis.run.edition_data import load_edition

    edition = load_edition(dossier, choose_year(dossier, arguments.year))
    against = choose_earlier(dossier, edition, arguments.against)
    page = compare_chapter(dossier, edition, load_edition(dossier, against), arguments.chapter)
    say(f"Carnets côte à côte : {page}")


def _load_with_previous(dossier, year: int | None):
    """The edition being prepared and the newest one before it, computed; None for a first one."""
    from analysis.base.rawfiles import list_editions
    from analysis.compute.dossier import find_earlier
    from analysis.compute.indicators import load_edition

    if year is not None and year not in list_editions(dossier):
        first = find_earlier(dossier, year) is None
        command = name_command("new-territory" if first else "new-year", year=year)
        raise FileNotFoundError(f"L’édition {year} n’est pas préparée : lancer « {command} ».")
    edition = load_edition(dossier, choose_year(dossier, year))
    return edition, load_edition(dossier, edition.earlier) if edition.earlier else None


def command_new_territory(arguments, dossier) -> None:
    """Write the dossier of a new territory. Raises UserError when it is not named, not known, or
    has a dossier already (French)."""
    from datetime import date

    from analysis.base.errors import UserError
    from analysis.collect.new_territory import describe_territory, make_territory

    if bool(arguments.siren) == bool(arguments.name):
        raise UserError("Donner le numéro SIREN du territoire, ou son nom : l’un des deux.")
    wanted = arguments.siren or arguments.name
    made = make_territory(wanted, arguments.year, arguments.root, date.today())
    say(describe_territory(made))


@_writes_raw
def command_prune(arguments, dossier) -> None:
    """List what goes with indicators and services, or remove it. Raises UserError when something
    that was typed names one of them (French)."""
    from analysis.base.errors import UserError
    from analysis.collect.pruning import Pruning
    from analysis.run.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        pruning = Pruning(dossier, year, re.findall(r"[^\s,|]+", arguments.remove))
        if pruning.blocking:
            raise UserError(pruning.describe())
        if arguments.apply:
            pruning.apply()
    say(pruning.describe(applied=arguments.apply))


@_writes_raw
def command_new_year(arguments, dossier) -> None:
    """Prepare the folder of a new edition from the newest earlier one."""
    from datetime import date

    from analysis.collect.new_year import describe_preparation, prepare_year

    today = arguments.today or date.today()
    say(describe_preparation(prepare_year(dossier, arguments.year, arguments.due, today)))


def command_refresh_france(arguments, dossier) -> None:
    """Bring the national reference up to date with files downloaded from their producers."""
    from datetime import date
    from pathlib import Path

    from analysis.base.journal import hold_files
    from analysis.base.paths import FRANCE
    from analysis.collect.national_files import refresh_france

    with hold_files(FRANCE, name_command("refresh-france"), say):
        say(refresh_france(Path(arguments.folder), date.today()))


@_writes_raw
def command_forms(arguments, dossier) -> None:
    """Write a form for each service; those that somebody has filled in are kept."""
    from datetime import date

    from analysis.collect.forms import describe_written, write_forms
    from analysis.collect.new_year import request_first
    from analysis.collect.requests import describe_guesses, list_questions
    from analysis.compute.indicators import load_edition
    from analysis.model.schema import TABLES

    today = arguments.today or date.today()
    edition, previous = _load_with_previous(dossier, arguments.year)
    if previous is None and not (dossier.raw / TABLES["requests"].file(edition.year)).exists():
        say(request_first(dossier, edition, today))
        edition = load_edition(dossier, edition.year)
    written = list(write_forms(dossier, edition, previous, force=arguments.force))
    guesses = describe_guesses(edition, edition.requests, list_questions(edition, previous))
    past = [day.date() for day in edition.requests["due"] if day.date() < today]
    say(describe_written(written, edition.year, guesses, past))


@_writes_raw
def command_collect(arguments, dossier) -> None:
    """Import the forms that the services returned; say what was, and what is to be corrected.
    Raises InvalidDossier when the dossier has faults, before anything is written or after."""
    from pathlib import Path

    from analysis.collect.collecting import collect_forms
    from analysis.compute.dossier import read_dossier
    from analysis.run.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        done = collect_forms(dossier, year, Path(arguments.folder), newest=arguments.newest)
    say(done.text)
    say(f"Fichiers changés : {', '.join(done.written)}" if done.written else "Rien n’a changé.")
    say(f"Rapport et copies à renvoyer : {done.folder}")
    read_dossier(dossier, year)


@_writes_raw
def command_document(arguments, dossier) -> None:
    """Number the lines of a document that the client gave, as the source of an edition. Raises
    UserError when it cannot be read, or another one has its id."""
    from pathlib import Path

    from analysis.collect.keep_document import Request, keep_document

    request = Request(
        Path(arguments.file),
        arguments.id,
        str(arguments.year or ""),
        arguments.outline,
        arguments.keep,
        arguments.today,
    )
    say(keep_document(dossier, request))


@_writes_raw
def command_accounts(arguments, dossier) -> None:
    """Import the accounts of a finance service. Raises UserError when something of the export
    cannot be told."""
    from pathlib import Path

    from analysis.collect.accounts_import import import_accounts
    from analysis.run.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    names = ("given", "headings", "source", "drop", "today")
    options = {name: getattr(arguments, name) for name in names}
    with hold_edition(dossier, year, say):
        say(import_accounts(dossier, year, Path(arguments.file), **options))


def command_status(arguments, dossier) -> None:
    """Say who has answered and what each chapter lacks, in the terminal and in a page."""
    from datetime import date

    from analysis.collect.status import describe_status, read_status
    from analysis.collect.status_page import write_page

    edition, previous = _load_with_previous(dossier, arguments.year)
    status = read_status(dossier, edition, previous, arguments.today or date.today())
    say(describe_status(status))
    for line in _describe_messages(edition):
        say(line)
    say(f"\nPage : {write_page(status, dossier)}")

"""Commands that compute, execute, build and check.

Heavy imports stand inside the commands: a report of which nothing has
changed, and the worker processes, stay light.
"""

from __future__ import annotations

import sys

from analysis.base.rawfiles import list_editions
from analysis.run.commands.choosing import choose_year, say


def command_editions(arguments, dossier) -> None:
    """List the editions of the dossier, one a line."""
    for year in list_editions(dossier):
        say(str(year))


def _explain_data(edition) -> None:
    """What the source contradicts and nobody has explained is said, and stops nothing."""
    from analysis.compute.audit.audit_lines import list_unexplained
    from analysis.model.store import DERIVED

    for line in list_unexplained(edition):
        say(f"ATTENTION : à expliquer dans discrepancies.csv : {line}")
    known = edition.values[edition.values["value"].notna()]
    derived = int((known["origin"] == DERIVED).sum())
    say(
        f"Données {edition.year} : {len(known) - derived} valeurs relevées, "
        f"{derived} valeurs dérivées, {len(edition.actions)} actions."
    )


def command_data(arguments, dossier) -> None:
    """Validate and compute one edition."""
    from analysis.run.cache import describe_surroundings
    from analysis.run.cache.locking import hold_edition
    from analysis.run.production.edition_data import run_data

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        edition = run_data(dossier, year, describe_surroundings(), force=arguments.force)
    _explain_data(edition)


def command_notebooks(arguments, dossier) -> None:
    """Bring the notebooks of one edition and their copies up to date."""
    from analysis.run.production.serving import start_server

    year = choose_year(dossier, arguments.year)
    start_server()
    from analysis.run.cache import describe_surroundings
    from analysis.run.cache.locking import hold_edition
    from analysis.run.production.chapters import run_chapters
    from analysis.run.production.edition_data import run_data
    from analysis.run.production.progress_display import open_teller
    from analysis.run.production.report import fail_on, place_copies

    with hold_edition(dossier, year, say), open_teller() as teller:
        surroundings = describe_surroundings()
        edition = run_data(dossier, year, surroundings, force=arguments.force, teller=teller)
        _explain_data(edition)
        fail_on(
            run_chapters(
                dossier,
                edition,
                surroundings,
                engine=arguments.engine.notebooks,
                workers=arguments.workers,
                force=arguments.force,
                teller=teller,
            )
        )
        copies = place_copies(dossier, year)
    say(f"Carnets exécutés : {dossier.executed(year)}")
    say(f"Copies pour relecture : {copies}")


def command_report(arguments, dossier) -> None:
    """Bring the report of one edition up to date; say where it is and what was done."""
    from analysis.base.paths import OPEN_DATA
    from analysis.run.production.progress_display import open_teller
    from analysis.run.production.report import Request, produce_report

    year = choose_year(dossier, arguments.year)
    request = Request(
        arguments.engine.book, arguments.engine.notebooks, arguments.force, arguments.workers
    )
    with open_teller() as teller:
        made = produce_report(
            dossier, year, request, teller=teller, say=teller.say, explain=_explain_data
        )
    report = dossier.report(year)
    state = "construit avec" if made.changed else "à jour, rien n’a changé : construit avec"
    say(f"\nRapport {year} {state} {made.engine} :")
    stem = f"rapport-{year}"
    places = (("HTML", "html/index.html"), ("PDF", f"{stem}.pdf"), ("PDF", f"sommaire-{year}.pdf"))
    for label, name in (*places, ("DOCX", f"{stem}.docx"), ("CSV", OPEN_DATA)):
        say(f"  {label:<5}{report / name}")


def command_why(arguments, dossier) -> None:
    """Say what has changed since a chapter was executed, or that its result can be kept."""
    from analysis.run.production.why import explain_chapter

    say(explain_chapter(dossier, choose_year(dossier, arguments.year), arguments.chapter))


def command_charts(arguments, dossier) -> None:
    """Write the index of the charts of one edition beside its report."""
    from analysis.base.atomic import write_file
    from analysis.run.production.edition_data import load_edition
    from analysis.show.charts.chart_index import compose_index

    year = choose_year(dossier, arguments.year)
    report = dossier.report(year)
    write_file(report / "graphiques.md", compose_index(load_edition(dossier, year)))
    say(f"Index des graphiques : {report / 'graphiques.md'}")
    if not (report / "html").is_dir():
        say("Ses liens mènent au rapport, qui n’est pas construit : « make report » le construit.")


def command_check(arguments, dossier) -> int:
    """Hold the data of one edition against each other, and its finished report against what it must
    contain; 1 when something is unexplained or incomplete, all of it said."""
    from analysis.compute.audit.audit_lines import (
        describe_verdicts,
        list_unexplained,
        list_unwritten,
    )
    from analysis.publish import BookError, check_report, is_built
    from analysis.run.production.edition_data import load_edition
    from analysis.run.production.manifest import list_changed_inputs

    year = choose_year(dossier, arguments.year)
    edition = load_edition(dossier, year)
    say(f"Édition {year}")
    for line in describe_verdicts(edition):
        say(line)
    if unwritten := list_unwritten(edition):
        say(f"Textes à écrire : {' ; '.join(unwritten)}.")
    failed = bool(list_unexplained(edition))
    if not is_built(dossier, year):
        say("Rapport non construit : « make report » le construit.")
        return int(failed)
    try:
        for path in check_report(dossier, year):
            say(f"Complet : {path}")
    except BookError as error:
        print(error, file=sys.stderr)
        failed = True
    checksums = dict(zip(edition.files["file"], edition.files["sha256"], strict=True))
    if changed := list_changed_inputs(checksums, dossier.report(year)):
        say(f"Rapport plus ancien que les données ({', '.join(changed)}) : le refaire.")
        failed = True
    return int(failed)

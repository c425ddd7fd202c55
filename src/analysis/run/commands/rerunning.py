"""Commands for who prepares another year, or follows a number.

Heavy imports stand inside the commands.
"""

from __future__ import annotations

from analysis.base.rawfiles import list_editions
from analysis.run.commands.choosing import choose_year, say


def choose_earlier(dossier, edition, against: int | None) -> int:
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
    from analysis.run.production.edition_data import compare_with, load_edition

    edition = load_edition(dossier, choose_year(dossier, arguments.year))
    changes = compare_with(dossier, edition, choose_earlier(dossier, edition, arguments.against))
    say(describe_changes(changes, edition))
    say(f"\nFichiers CSV : {write_files(changes, dossier)}")


def _load_with_previous(dossier, year: int | None):
    """The edition being prepared and the newest one before it, computed."""
    from analysis.collect.new_year import find_previous
    from analysis.compute.indicators import load_edition

    if year is not None and year not in list_editions(dossier):
        raise FileNotFoundError(
            f"L’édition {year} n’est pas préparée : lancer « make new-year YEAR={year} »."
        )
    year = choose_year(dossier, year)
    previous = find_previous(dossier, year)
    return load_edition(dossier, year), load_edition(dossier, previous)


def command_new_year(arguments, dossier) -> None:
    """Prepare the folder of a new edition from the newest earlier one."""
    from analysis.collect.new_year import describe_preparation, prepare_year

    say(describe_preparation(prepare_year(dossier, arguments.year, arguments.due)))


def command_forms(arguments, dossier) -> None:
    """Write a form for each service; those that somebody has filled in are kept."""
    from analysis.collect.forms import describe_written, write_forms

    edition, previous = _load_with_previous(dossier, arguments.year)
    written = list(write_forms(dossier, edition, previous, force=arguments.force))
    say(describe_written(written, edition.year))


def command_collect(arguments, dossier) -> None:
    """Import the forms that the services returned; say what was, and what is to be corrected.

    Raises
    ------
    InvalidDossier
        when the dossier has faults, before anything is written or after.
    """
    from pathlib import Path

    from analysis.collect.collecting import collect_forms
    from analysis.compute.dossier import read_dossier
    from analysis.run.cache.locking import hold_edition

    year = choose_year(dossier, arguments.year)
    with hold_edition(dossier, year, say):
        done = collect_forms(dossier, year, Path(arguments.folder), newest=arguments.newest)
    say(done.text)
    say(f"Fichiers changés : {', '.join(done.written)}" if done.written else "Rien n’a changé.")
    say(f"Rapport et copies à renvoyer : {done.folder}")
    read_dossier(dossier, year)


def command_status(arguments, dossier) -> None:
    """Say who has answered and what each chapter lacks, in the terminal and in a page."""
    from datetime import date

    from analysis.collect.status import describe_status, read_status
    from analysis.collect.status_page import write_page

    edition, previous = _load_with_previous(dossier, arguments.year)
    status = read_status(dossier, edition, previous, arguments.today or date.today())
    say(describe_status(status))
    say(f"\nPage : {write_page(status, dossier)}")

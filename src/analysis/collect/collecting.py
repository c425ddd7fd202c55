"""A folder of returned forms, into the raw files of an edition and back to the services.

Everything is read and decided in memory, then
written together or not at all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from analysis.base.paths import Dossier
from analysis.collect import replies as reading
from analysis.collect.form_contract import RETURNS
from analysis.collect.importing import Ledger, import_followups, import_values, settle_copies
from analysis.collect.outcomes import Outcome, Remark
from analysis.collect.returns import (
    REPORT,
    describe_collection,
    format_copy,
    format_json,
    format_report,
    name_readings,
    name_returns,
)
from analysis.collect.safe_opening import SUFFIXES, UnreadableForm
from analysis.collect.standing import Known, read_known
from analysis.collect.workbook_reader import Form, read_form


@dataclass
class Collection:
    """A collection done. ``skipped``: files not read and why; ``written``: raw files changed;
    ``text``: what the terminal says; ``folder``: where the copies and the report are."""

    year: int
    folder: Path
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    text: str = ""


def collect_forms(dossier: Dossier, year: int, folder: Path, *, newest: bool = False) -> Collection:
    """Read every returned workbook below ``folder`` and import what is right.

    Parameters
    ----------
    newest : where two copies of one form differ, take the one saved last.

    Raises
    ------
    FileNotFoundError
        when there is no such folder, or nothing was asked for this edition (French).
    InvalidDossier
        when a raw file that is read or changed has faults; nothing is written then.
    """
    returns = dossier.report(year) / RETURNS
    if not folder.is_dir():
        raise FileNotFoundError(f"Dossier de formulaires introuvable : {folder}")
    if folder.resolve().is_relative_to(returns.resolve()):
        raise FileNotFoundError(
            f"{folder} contient les copies annotées par la collecte : donner le dossier des"
            " formulaires renvoyés par les services."
        )
    known = read_known(dossier, year)
    done = Collection(year, returns)
    forms: dict[str, Form] = {}
    for name, path in _list_workbooks(folder, returns, done):
        outcome = Outcome(name)
        done.outcomes.append(outcome)
        form = _open(path, outcome, known, done.outcomes)
        if form is not None:
            forms[name] = form
    modified = {form.sha256: form.modified for form in forms.values()}
    ledger = Ledger(dossier, known, modified)
    _import_all(forms, done, known, ledger, modified, newest)
    raw = ledger.list_contents()
    done.written = [path.relative_to(dossier.raw).as_posix() for path in raw]
    contents = {**raw, **_compose_returns(forms, done)}
    write_together(contents)
    _remove_former(returns, done, contents)
    return done


def _list_workbooks(folder: Path, returns: Path, done: Collection):
    """Name relative to the folder and path of each workbook; the other files are named."""
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or path.resolve().is_relative_to(returns.resolve()):
            continue
        if any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts):
            continue
        if path.is_symlink() or not path.is_file():
            done.skipped.append((name, "ce n’est pas un fichier"))
        elif path.suffix.lower() not in SUFFIXES:
            done.skipped.append((name, "ce n’est pas un classeur .xlsx"))
        else:
            yield name, path


def _open(path: Path, outcome: Outcome, known: Known, outcomes: list[Outcome]) -> Form | None:
    """The form, and whose it is; None when nothing of it is to be imported."""
    try:
        form = read_form(path)
    except (UnreadableForm, OSError) as error:
        text = str(error) if isinstance(error, UnreadableForm) else "Fichier illisible."
        outcome.errors.append(Remark("", "", text))
        return None
    outcome.sha256 = form.sha256
    outcome.notices += form.notices
    if not form.contents:
        outcome.errors.append(
            Remark("", "", "Aucune feuille de formulaire n’y est reconnue : ni « Indicateurs »,"
                   " ni « Actions », ni « Échéances ».")
        )  # fmt: skip
        return None
    outcome.service = reading.identify_service(form, known)
    outcome.service_name = known.services.get(outcome.service, "")
    same = [o for o in outcomes if o is not outcome and o.sha256 == form.sha256]
    if same:
        outcome.notices.append(f"Copie identique de {same[0].file}.")
    year = form.year.removesuffix(".0")
    if year and year != str(known.year):
        outcome.errors.append(
            Remark("", "", f"Formulaire de l’édition {year} : il n’est pas lu pour {known.year}.")
        )
        return None
    if not outcome.service:
        outcome.errors.append(
            Remark("", "", "Service non reconnu : ni le nom du service ni les codes du formulaire"
                   " ne disent de qui il vient.")
        )  # fmt: skip
        return None
    outcome.errors += [Remark("", "", text) for text in form.missing]
    for content in form.contents.values():
        outcome.errors += [
            Remark(content.title, "", f"Colonne « {text} » absente : elle n’est pas lue.")
            for text in content.missing
        ]
    return None if same else form


def _import_all(
    forms: dict[str, Form],
    done: Collection,
    known: Known,
    ledger: Ledger,
    modified: dict[str, datetime | None],
    newest: bool,
) -> None:
    values: list[reading.Reply] = []
    followups: list[reading.Followup] = []
    for outcome in done.outcomes:
        if form := forms.get(outcome.file):
            values += reading.read_values(form, known, outcome)
            followups += reading.read_followups(form, known, outcome)
            outcome.news += reading.read_news(form, known)
    values = settle_copies(values, lambda reply: reply.request.indicator, modified, newest)
    followups = settle_copies(followups, lambda followup: followup.id, modified, newest)
    import_values(values, known, ledger)
    import_followups(followups, known, ledger)


def _compose_returns(forms: dict[str, Form], done: Collection) -> dict[Path, bytes]:
    stems = name_returns(done.outcomes)
    contents: dict[Path, bytes] = {}
    copies: dict[str, str] = {}
    for outcome in done.outcomes:
        stem = stems[outcome.file]
        form = forms.get(outcome.file)
        copy = format_copy(form, outcome.errors) if form else None
        if copy is not None:
            copies[outcome.file] = f"{stem}.xlsx"  # without its macros an .xlsm is an .xlsx
            contents[done.folder / copies[outcome.file]] = copy
    for name, outcomes in name_readings(done.outcomes, stems, done.year).items():
        contents[done.folder / name] = format_json(outcomes)
    contents[done.folder / REPORT] = format_report(done.year, done.outcomes, done.skipped, copies)
    done.text = describe_collection(done.year, done.outcomes, done.skipped, copies)
    return contents


def _remove_former(returns: Path, done: Collection, contents: dict[Path, bytes]) -> None:
    """A form that is right now needs no copy any more."""
    for stem in name_returns(done.outcomes).values():
        path = returns / f"{stem}.xlsx"
        if path not in contents:
            path.unlink(missing_ok=True)


def write_together(contents: dict[Path, bytes]) -> None:
    """Write all files or none: temporary names first, then renamed; what was there comes back if
    a rename fails."""
    temporaries = {path: path.with_name(f".{path.name}.tmp") for path in contents}
    former = {path: path.read_bytes() if path.is_file() else None for path in contents}
    renamed: list[Path] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporaries[path].write_bytes(content)
        for path, temporary in temporaries.items():
            os.replace(temporary, path)
            renamed.append(path)
    except BaseException:
        for path in renamed:
            content = former[path]
            if content is None:
                path.unlink(missing_ok=True)
            else:
                temporaries[path].write_bytes(content)
                os.replace(temporaries[path], path)
        raise
    finally:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)

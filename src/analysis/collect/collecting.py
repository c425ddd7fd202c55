"""A folder of returned forms, into the raw files of an edition and back to the services.

Everything is read and decided in memory, then written together or not at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.base.characters import decode, mask_bad_characters
from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.lists import split_list
from analysis.base.paths import Dossier
from analysis.base.rawfiles import is_ignored
from analysis.collect.cell_answers import fold
from analysis.collect.descriptions import (
    import_descriptions,
    keep_imported,
    read_descriptions,
)
from analysis.collect.feedback import (
    REPORT,
    describe_collection,
    format_copy,
    format_json,
    format_report,
    name_files,
    name_readings,
)
from analysis.collect.form_contract import DESCRIBING, PROPOSALS, RETURNS, SENT
from analysis.collect.form_reader import ReturnedForm, read_apart
from analysis.collect.importing import RawChanges, import_followups, import_values, settle_copies
from analysis.collect.leftovers import count_typed, list_lost, tell_leftovers
from analysis.collect.other_formats import TEXTS
from analysis.collect.outcomes import Collection, FormOutcome, Message
from analysis.collect.proposals import drop_told_twice, format_proposals, read_news
from analysis.collect.received_files import NoRemarks, UnreadableForm
from analysis.collect.remark_rows import RemarkChanges, identify_chapter, import_remarks
from analysis.collect.row_answers import (
    FollowupAnswer,
    ValueAnswer,
    identify_service,
    read_followups,
    read_values,
)
from analysis.collect.safe_opening import SUFFIXES
from analysis.collect.snapshot import Snapshot, read_chapters, read_snapshot
from analysis.collect.table_answers import TableAnswer, import_tables, read_tables
from analysis.collect.tool_sheets import RawRows
from analysis.compute.audit import list_alerts
from analysis.compute.indicators import load_edition
from analysis.model.references import parse_reference
from analysis.model.schema import InvalidDossier


def collect_forms(dossier: Dossier, year: int, folder: Path, *, newest: bool = False) -> Collection:
    """Read every returned workbook below ``folder`` and import what is right: services' forms,
    reviewers' remarks. ``newest``: where two copies of one form differ, take the one saved last.
    Raises FileNotFoundError when there is no such folder, or nothing was asked for this edition
    (French); remarks of reviewers wait for no question. Raises InvalidDossier when a raw file that
    is read or changed has faults; nothing is written then."""
    done = Collection(year, dossier.report(year) / RETURNS)
    if not folder.is_dir():
        problem = "n’est pas un dossier" if folder.exists() else "introuvable"
        raise FileNotFoundError(
            f"Dossier de formulaires {problem} : {folder}. Donner le dossier des classeurs reçus"
            " (d’une archive, les en extraire d’abord)."
        )
    if folder.resolve().is_relative_to(done.folder.resolve()):
        raise FileNotFoundError(
            f"{folder} contient les copies annotées par la collecte : donner le dossier des"
            " formulaires renvoyés par les services."
        )
    others: list[tuple[str, Path]] = []
    opened = _open_all(list(_list_workbooks(folder, done, others)), done, others)
    reviews = {name: form for name, form in opened.items() if form.is_review}
    forms = {name: form for name, form in opened.items() if not form.is_review}
    beside_remarks = bool(reviews)
    raw = _collect_reviews(reviews, done, dossier)
    if forms or not beside_remarks:
        raw |= _collect_forms(forms, done, dossier, newest, beside_remarks)
    done.skipped += [(name, _describe_other_file(path, done)) for name, path in others]
    done.skipped.sort()
    forms |= reviews
    done.written = [path.relative_to(dossier.raw).as_posix() for path in raw]
    # A form that is right now needs no copy; with what is imported, what is told of it is written,
    # or neither: after an interruption, the same collection tells all of it.
    stems = name_files(done.outcomes).values()
    needless = [done.folder / f"{stem}.xlsx" for stem in stems]
    needless += (done.folder / PROPOSALS).glob("*.csv")
    contents = raw | _compose_feedback(forms, done)
    write_together(dossier.raw, dict.fromkeys(filter(Path.exists, needless)) | contents)
    return done


#: Files that one collection reads; a territory has some tens of services and chapters.
MAX_FORMS = 500
#: Files of all kinds that are looked at for them.
MAX_FILES = 50_000
_COPY_ANSWERS = "recopier ses réponses dans le formulaire du service, puis lire à nouveau"
#: What to do with a file that is no workbook, by its suffixes.
_OTHER_FILES = {
    ".csv .tsv .txt": f"du texte, sans les cases du formulaire : {_COPY_ANSWERS}",
    ".pdf": f"un PDF : {_COPY_ANSWERS}",
    ".doc .docx .odt .rtf": f"un document texte : {_COPY_ANSWERS}",
    ".eml .msg": "un message : enregistrer dans ce dossier le classeur qu’il porte en pièce jointe,"
    " ou recopier ses réponses dans le formulaire",
    ".zip .7z .rar": "une archive : en extraire les classeurs dans ce dossier",
    ".xlsb .xls5 .xlt .xltx .xltm .numbers .fods .ots": "un classeur d’un autre format :"
    " l’enregistrer en .xlsx",
    ".lnk .url .webloc": "un raccourci : déposer ici le fichier lui-même",
    ".jpg .jpeg .png .gif .tif .tiff .bmp .heic": f"une image : {_COPY_ANSWERS}",
}


def _describe_other_file(path: Path, done: Collection) -> str:
    """What a file is, what to do with it, and whose it may be by its name."""
    suffix = path.suffix.lower()
    kinds = (
        what for suffixes, what in _OTHER_FILES.items() if suffix and suffix in suffixes.split()
    )
    what = next(kinds, "ce n’est pas un classeur .xlsx, .ods ou .xls")
    stem = fold(path.stem)
    owners = [name for id, name in done.service_names.items() if id in stem or fold(name) in stem]
    return what + (f" (d’après son nom : {', '.join(owners)})" if owners else "")


def _show_name(name: str) -> str:
    """A file's name as terminals, tables and reports can hold it: its bytes may be of an old
    encoding (a zip unpacked elsewhere), its characters none of a text."""
    try:
        text = decode(os.fsencode(name))
    except ValueError:
        text = name.encode("utf-8", "replace").decode()
    return mask_bad_characters(re.sub(r"[^\S ]|\u00ad", "_", text))


def _list_workbooks(
    folder: Path, done: Collection, others: list[tuple[str, Path]]
) -> Iterator[tuple[str, Path]]:
    """Name relative to the folder, as it can be shown, and path of each file that may be read, in
    order; ``others``: of the other files. What cannot be read is told."""
    found: list[Path] = []

    def tell(error: OSError) -> None:
        name = _show_name(os.path.relpath(error.filename, folder))
        done.skipped.append((name, "dossier illisible : en vérifier les droits"))

    for place, folders, files in os.walk(folder, onerror=tell):
        folders[:] = [name for name in folders if not is_ignored(name)]
        links = [name for name in folders if os.path.islink(Path(place, name))]
        found += [Path(place, name) for name in (*files, *links) if not is_ignored(name)]
        if len(found) > MAX_FILES:
            raise UserError(
                f"{folder} contient plus de {MAX_FILES} fichiers : donner le dossier des"
                " formulaires reçus, et eux seuls."
            )
    taken: set[str] = set()
    for path in sorted(found):
        name = _show_name(path.relative_to(folder).as_posix())
        while name in taken:
            name += "_"
        taken.add(name)
        if path.is_symlink():
            done.skipped.append((name, "un lien : déposer ici le fichier lui-même"))
        elif path.resolve().is_relative_to(done.folder.resolve()):
            continue
        elif not path.is_file():
            done.skipped.append((name, "ce n’est pas un fichier"))
        elif path.suffix.lower() in (*SUFFIXES, *TEXTS):
            yield name, path
        else:
            others.append((name, path))


def _open_all(
    files: Sequence[tuple[str, Path]], done: Collection, others: list[tuple[str, Path]]
) -> dict[str, ReturnedForm]:
    """What can be opened, by name; every workbook has its outcome."""
    if len(files) > MAX_FORMS:
        raise UserError(
            f"{len(files)} classeurs ou fichiers de texte dans le dossier, quand une collecte en"
            f" lit {MAX_FORMS} au plus : donner le dossier des formulaires reçus, et eux seuls."
        )
    opened = {}
    with read_apart() as read:
        for name, path in files:
            outcome = FormOutcome(file=name)
            try:
                form = opened[name] = read(path)
                outcome.sha256 = form.sha256
                outcome.notices += form.notices
            except NoRemarks:
                others.append((name, path))
                continue
            except UnreadableForm as error:
                outcome.refuse(str(error))
            except OSError as error:
                outcome.refuse(f"Fichier illisible ({error.strerror}) : en vérifier les droits.")
            done.outcomes.append(outcome)
    return opened


def _collect_forms(
    forms: dict[str, ReturnedForm],
    done: Collection,
    dossier: Dossier,
    newest: bool,
    beside_remarks: bool,
) -> dict[Path, bytes]:
    """The raw files that services' answers change; of ``forms`` only those stay that are read.

    ``beside_remarks``: where nothing was asked for this edition, these are still read.
    """
    try:
        snapshot = read_snapshot(dossier, done.year)
    except FileNotFoundError as error:
        if not beside_remarks:
            raise
        for outcome in done.outcomes:
            if forms.pop(outcome.file, None):
                outcome.refuse(str(error))
        return {}
    done.service_names, done.first = snapshot.services, snapshot.first
    for code, request in snapshot.requests.items():
        done.asked.setdefault(request.service, set()).add(code)
    for rank, outcome in enumerate(done.outcomes):
        form = forms.get(outcome.file)
        if form and not _admit(form, outcome, snapshot, done.outcomes[:rank]):
            del forms[outcome.file]
    saved = {form.sha256: form.modified for form in forms.values()}
    changes = RawChanges(dossier, snapshot, saved)
    values = _import_all(forms, done, changes, newest)
    if values:
        _tell_alerts(values, changes)
    return changes.list_contents()


def _tell_alerts(answers: list[ValueAnswer], changes: RawChanges) -> None:
    """What the controls of the data find of each answer, and of what is computed of it, in the
    dossier as it will be. Nothing where that has faults: they are said once it is written."""
    with changes.preview() as after:
        try:
            alerts = list_alerts(load_edition(after, changes.snapshot.year))
        except InvalidDossier:
            return
    told: set[tuple] = set()
    for alert in alerts:
        concerned = {
            (indicator, row["period_end"])
            for row in alert.rows
            for indicator in (row["indicator"], *map(_name_indicator, split_list(row["terms"])))
        }
        for answer in answers:  # a share and its two parts are wrong together: said once
            if (answer.code, answer.end) in concerned - told:
                found = alert.message.partition(". Attendu")[0].removesuffix(".")
                problem = f"« {alert.title} » : {found[:1].lower()}{found[1:]}."
                answer.tell("flagged", f"{problem} Vérifier le nombre et son unité.")
        told |= concerned


def _name_indicator(term: str) -> str:
    return parse_reference(term).indicator


def _collect_reviews(
    reviews: dict[str, ReturnedForm], done: Collection, dossier: Dossier
) -> dict[Path, bytes]:
    """What reviewers' remarks change: remarks.csv; of ``reviews`` only those stay that are read."""
    if not reviews:
        return {}
    territory, chapters = read_chapters(dossier, done.year)
    changes = RemarkChanges.read(dossier, done.year)
    for outcome in done.outcomes:
        form = reviews.get(outcome.file)
        if form is None:
            continue
        outcome.chapter = identify_chapter(form, outcome.file, chapters)
        outcome.service_name = (
            f"Relecture : {chapters.get(outcome.chapter, 'chapitre non reconnu')}"
        )
        try:
            _check_origin(form, done.year, territory)
            if not outcome.chapter:
                raise UnreadableForm(
                    "Chapitre non reconnu : ni le classeur ni son nom ne le disent. Nommer le"
                    " fichier comme le chapitre (climat.csv), puis lire à nouveau."
                )
        except UnreadableForm as error:
            outcome.refuse(str(error))
            del reviews[outcome.file]
            continue
        if "remarks" not in form.contents:
            outcome.notices.append(
                "Feuille « Remarques » absente ou sans en-tête : ce qui est écrit est gardé en tête"
                " du chapitre."
            )
        import_remarks(form, outcome, changes)
        outcome.lost = len(list_lost(form, outcome))
    return changes.list_contents()


def _admit(
    form: ReturnedForm, outcome: FormOutcome, snapshot: Snapshot, earlier: list[FormOutcome]
) -> bool:
    """Whether something of a service's form is to be imported; what is wrong with it is said."""
    same = [other.file for other in earlier if other.sha256 == form.sha256]
    try:
        _identify(form, outcome, snapshot, same)
    except UnreadableForm as error:
        outcome.refuse(str(error))
        return False
    missing = form.missing
    if snapshot.first and not any(spec.key in form.contents for spec in DESCRIBING):
        titles = ", ".join(f"« {spec.title} »" for spec in DESCRIBING)
        missing = [f"Feuilles {titles} absentes : ce que le service y décrit n’est pas lu."]
    for problem in missing:
        outcome.refuse(problem)
    for content in form.contents.values():
        for heading in content.missing:
            problem = f"Colonne « {heading} » absente : elle n’est pas lue."
            outcome.errors.append(Message(content.title, "", problem))
    outcome.notices += _list_gone(form, outcome, snapshot)
    return not same


def _list_gone(form: ReturnedForm, outcome: FormOutcome, snapshot: Snapshot) -> Iterator[str]:
    """What a form does not hold any more, so that nobody believes that it was looked at."""
    found = {code for content in form.contents.values() for code in content.codes.values()}
    asked = {code for code, r in snapshot.requests.items() if r.service == outcome.service}
    if gone := sorted(asked - found):
        shown = ", ".join(gone[:5]) + ("…" if len(gone) > 5 else "")
        yield f"Questions retirées du formulaire ({len(gone)}), à reposer : {shown}."
    if not form.territory:
        yield "Le formulaire ne dit plus pour quel territoire il a été fait : le vérifier."
    if not form.sent:
        yield (
            "Le formulaire ne dit plus ce qu’il contenait à l’envoi (feuille cachée"
            f" « {SENT} ») : les cases grises n’ont pas été comparées."
        )


def _check_origin(form: ReturnedForm, asked: int, territory: str) -> None:
    """UnreadableForm where a workbook is of another edition or of another dossier."""
    year = form.year.removesuffix(".0")
    what, copying = "Formulaire", "les réponses dans le formulaire"
    if form.is_review:
        what, copying = "Relecture", "les remarques dans le classeur"
    if year not in ("", str(asked)):
        command = name_command("collect", year=year, **{"from": "…"})
        raise UnreadableForm(
            f"{what} de l’édition {year} : rien n’en est lu pour {asked}. Lire ce fichier par"
            f" « {command} », ou recopier {copying} de {asked}."
        )
    if form.territory not in ("", territory):
        raise UnreadableForm(
            f"{what} d’un autre territoire (« {form.territory} ») : ce dossier est celui de"
            f" « {territory} ». Rien n’en est lu ; le lire dans son propre dossier, ou le rendre à"
            " qui l’a envoyé."
        )


def _identify(
    form: ReturnedForm, outcome: FormOutcome, snapshot: Snapshot, same: list[str]
) -> None:
    """Say in the outcome whose form it is; UnreadableForm where nothing of it is to be imported.
    ``same``: files that are the same to the byte."""
    if not form.contents:
        raise UnreadableForm(
            "Aucune feuille de formulaire n’y est reconnue : ni « Indicateurs », ni « Actions », ni"
            " « Échéances »."
        )
    outcome.service = identify_service(form, snapshot)
    outcome.service_name = snapshot.services.get(outcome.service, "")
    if same:
        outcome.notices.append(f"Copie identique de {same[0]}.")
    _check_origin(form, snapshot.year, snapshot.territory)
    if not outcome.service:
        raise UnreadableForm(
            "Service non reconnu : ni le nom du service ni les codes du formulaire ne disent de qui"
            " il vient."
        )


def _import_all(
    forms: dict[str, ReturnedForm], done: Collection, changes: RawChanges, newest: bool
) -> list[ValueAnswer]:
    """What every form says, into the raw files; told in its outcome. The values that are said."""
    values: list[ValueAnswer] = []
    followups: list[FollowupAnswer] = []
    rows: list[TableAnswer] = []
    read = changes.snapshot.read
    known = RawRows(lambda table: (row for _, row in read(table)))
    for outcome in done.outcomes:
        if form := forms.get(outcome.file):
            values += read_values(form, changes.snapshot, outcome)
            followups += read_followups(form, changes.snapshot, outcome)
            rows += read_tables(form, changes.snapshot, outcome, known)
            outcome.news += read_news(form, changes.snapshot, outcome)
            outcome.typed = count_typed(form)
    drop_told_twice(done.outcomes)
    read = [(form, o) for o in done.outcomes if (form := forms.get(o.file))]
    described = read_descriptions(read, changes.snapshot)
    actions = settle_copies(described.actions, changes.saved, newest)
    import_descriptions(actions, changes)
    values += keep_imported(described.values, changes)
    values = settle_copies(values, changes.saved, newest)
    followups = settle_copies(followups, changes.saved, newest)
    import_values(values, changes)
    import_followups(followups, changes)
    import_tables(settle_copies(rows, changes.saved, newest), changes, known)
    for outcome in done.outcomes:
        if form := forms.get(outcome.file):
            tell_leftovers(form, outcome)
            outcome.lost = len(list_lost(form, outcome))
            if any(item.rows for item in outcome.news):
                changes.cite(outcome)  # the proposed rows name it
    return values


def _compose_feedback(forms: dict[str, ReturnedForm], done: Collection) -> dict[Path, bytes]:
    """Copies of the forms that have errors, a JSON file for each service, the report."""
    stems = name_files(done.outcomes)
    contents: dict[Path, bytes] = {}
    for outcome in done.outcomes:
        form = forms.get(outcome.file)
        copy = format_copy(form, outcome) if form else None
        if copy is not None:
            # Without its macros an .xlsm is an .xlsx.
            done.copies[outcome.file] = f"{stems[outcome.file]}.xlsx"
            contents[done.folder / done.copies[outcome.file]] = copy
    for name, outcomes in name_readings(done, stems).items():
        contents[done.folder / name] = format_json(outcomes)
    for name, content in format_proposals(done.outcomes).items():
        contents[done.folder / PROPOSALS / name] = content
    contents[done.folder / REPORT] = format_report(done)
    done.text = describe_collection(done)
    return contents

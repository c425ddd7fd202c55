"""Read an edition of a dossier, whole, or say all that is wrong with it.

Never writes a raw file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.command_names import name_command
from analysis.base.journal import read_steadily
from analysis.base.paths import Dossier
from analysis.base.rawfiles import (
    is_ignored,
    list_editions,
    list_files,
    list_raw_files,
    list_years,
    measure_file,
)
from analysis.compute.context_indicators import add_to_catalogue
from analysis.compute.dossier import (
    accountchecks,
    costchecks,
    crosschecks,
    edition_file,
    lawchecks,
    prosechecks,
    reviewchecks,
    valuechecks,
)
from analysis.compute.dossier.cells import clean_text
from analysis.compute.dossier.council_file import read_council
from analysis.compute.dossier.crosschecks import Loaded
from analysis.compute.dossier.document_files import (
    check_documents,
    list_outlines,
    read_documents,
)
from analysis.compute.dossier.filechecks import check_files
from analysis.compute.dossier.identity_file import read_identity_file
from analysis.compute.dossier.tree_files import read_geojson, read_yaml
from analysis.compute.dossier.typed_tables import (
    UNREADABLE,
    check_characters,
    empty_frame,
    explain,
    read_table,
    read_text,
)
from analysis.model.followups import FOLLOWED, REGISTERS, TRACED
from analysis.model.formulas import FormulaError, parse_formula
from analysis.model.geojson_codes import geojson_code
from analysis.model.references import UnknownReference, parse_reference
from analysis.model.schema import (
    COMPUTED_INDICATORS,
    PAGES,
    TABLES,
    TEXT_HEADINGS,
    Fault,
    InvalidDossier,
    Table,
    suggest,
)
from analysis.words.smallmarkdown import split_sections

TERRITORY_FILE = "territory.yml"
GEOJSON_FILE = "reference/communes.geojson"
#: Characters of a chapter's text: ours have some thousands.
LONGEST_TEXT = 10**6


@dataclass(frozen=True)
class RawEdition:
    """A valid edition as typed: typed frames indexed by spreadsheet row, nothing computed.

    ``tables``: name → frame; observations and budget hold every year folder up to the edition's,
    with the added columns ``edition`` (the folder's year) and ``file``; a key that a later folder
    gives again replaces the earlier row. ``earlier``: year of the edition before, None for the
    first; ``about``: ``kind`` and ``note`` of the edition (see ``kinds``); ``past``: the tables
    ``followups.TRACED`` and ``REGISTERS`` of each earlier folder, by year; ``documents``: the
    outlines of source documents.
    """

    year: int
    territory: dict
    tables: dict[str, pd.DataFrame]
    charts: list[dict]
    texts: dict[str, dict[str, str]]
    geojson: dict
    files: list[dict] = field(default_factory=list)
    earlier: int | None = None
    about: dict[str, str] = field(default_factory=dict)
    past: dict[int, dict[str, pd.DataFrame]] = field(default_factory=dict)
    documents: list[dict] = field(default_factory=list)
    identity: dict[str, Any] = field(default_factory=dict)
    council: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]


#: A further check on an edition that has been read (such as the meaning of its formulas).
Check = Callable[[RawEdition], Sequence[Fault]]


def find_earlier(dossier: Dossier, year: int) -> int | None:
    """The edition before one of ``year``; None where there is none."""
    return max((known for known in list_editions(dossier) if known < year), default=None)


def read_dossier(dossier: Dossier, year: int, also: Sequence[Check] = ()) -> RawEdition:
    """Read and validate one edition. ``also``: further checks whose faults are reported together
    with the others. Raises InvalidDossier with every fault of every file, worded in French."""
    edition, faults = collect_faults(dossier, year, also)
    if faults:
        raise InvalidDossier(faults)
    return edition


def collect_faults(
    dossier: Dossier, year: int, also: Sequence[Check] = ()
) -> tuple[RawEdition, list[Fault]]:
    """The edition as far as it could be read, and all its faults, in order of file and row.

    The checks between tables see cells that could not be read as empty; what they say of such a
    cell is left out. The checks of ``also`` run on the rows without a fault, when every table
    could be read. Raises UserError where ``raw/`` goes on changing, or holds what is no file
    (French).
    """
    return read_steadily(dossier.raw, lambda: _collect(dossier, year, also))


def _collect(dossier: Dossier, year: int, also: Sequence[Check]) -> tuple[RawEdition, list[Fault]]:
    loaded = Loaded(year, dossier.raw)
    loaded.about, faults = edition_file.read_kind(dossier.raw, year)
    faults += [*_load_tables(dossier, loaded), *_load_others(dossier, loaded)]
    identity, found_wrong = read_identity_file(loaded)
    faults += found_wrong
    council, found_wrong = read_council(dossier.raw, year)
    faults += found_wrong
    _leave_out_requests(loaded)
    _add_context(loaded)
    references = prosechecks.References(loaded)
    faults += edition_file.check_note(loaded, references)
    faults += _load_texts(loaded, references)
    faults += _load_charts(loaded, references)
    found = [fault for check in _CHECKS for fault in check(loaded)]
    found += [fault for check in _REFERENCE_CHECKS for fault in check(loaded, references)]
    documents, unreadable = read_documents(dossier.raw)
    unread = {Path(fault.file).stem for fault in unreadable}
    found += check_documents(loaded, documents, unread)
    faults += unreadable
    faults += _without_known(found, faults)
    faults += check_files(loaded, [name for name, _ in list_files(dossier.raw)])
    edition = RawEdition(
        year,
        loaded.territory,
        loaded.tables,
        loaded.charts,
        loaded.texts,
        loaded.geojson,
        [{"file": name, **measure_file(path)} for name, path in list_raw_files(dossier, year)],
        find_earlier(dossier, year),
        loaded.about,
        {y: _read_past(dossier, y) for y in list_years(dossier) if y < year},
        [*list_outlines(documents)],
        identity,
        council,
    )
    if not loaded.unread:
        sound = replace(edition, tables=_drop_faulty_rows(loaded, faults))
        faults += _without_known([fault for check in also for fault in check(sound)], faults)
    return edition, sorted(set(_name_pruning(faults)))


def _leave_out_requests(loaded: Loaded) -> None:
    """What is no longer in the catalogue is no longer asked: its rows of requests.csv, which
    ``list_idle_requests`` names, count for nothing."""
    if "indicators" in loaded.unread:
        return
    known = loaded.codes("indicators.id")

    def select(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["indicator"].isin({*known, ""})]

    loaded.tables["requests"] = select(loaded.tables["requests"])
    loaded.parts = [
        (table, file, select(frame) if table.name == "requests" else frame)
        for table, file, frame in loaded.parts
    ]


def list_idle_requests(dossier: Dossier, year: int) -> dict[int, str]:
    """Rows of requests.csv that ask for an indicator which is not in the catalogue: number, id."""
    table, catalogue = TABLES["requests"], TABLES["indicators"]
    known = _read_ids(dossier.raw / catalogue.file(), catalogue, "id")
    path = dossier.raw / table.file(year)
    if not path.is_file():
        return {}
    asked = read_table(path, table, path.name)[0]["indicator"]
    return {number: id for number, id in asked.items() if id and id not in known}


#: Files in which what an analyst takes out of a catalogue may leave something behind.
_PRUNED = {TABLES[name].file() for name in ("indicators", "services", "parts", "key_figures")}
_PRUNED.add(prosechecks.CHARTS_FILE)
_GONE = {prosechecks.UNKNOWN_INDICATOR, *map(crosschecks.name_absence, ("indicators", "services"))}


def _name_pruning(faults: Sequence[Fault]) -> list[Fault]:
    """The faults; those of rows and charts that name what is not in the catalogue any more say how
    to remove them too, all of them at once."""

    def is_left(fault: Fault) -> bool:
        asks = fault.file.endswith("/requests.csv")
        return (asks or fault.file in _PRUNED) and fault.problem.split(" : ")[-1] in _GONE

    left = [fault for fault in faults if is_left(fault)]
    if not left:
        return [*faults]
    ids = sorted({re.split("[@:]", fault.value)[0] for fault in left})
    command = name_command("prune", remove=f'"{" ".join(ids)}"')
    said = []
    for fault in faults:
        if is_left(fault):
            row = "retirer cette ligne" if fault.row else "retirer ce graphique"
            if fault.column in ("asked_of", "parent", "service"):
                row = "nommer ici un autre service"
            how = f"Si le retrait est voulu, {row}"
            how += f", ou tout d’un coup : « {command} »." if fault == min(left) else "."
            fault = replace(fault, expected=f"{fault.expected} {how}".strip())
        said.append(fault)
    return said


def _add_context(loaded: Loaded) -> None:
    """The indicators that the dossier's tables know of the territory's context, among the others:
    texts may cite them."""
    needed = ("communes", "population", "census", "indicators", "units")
    if not loaded.unread.intersection(needed):
        added = add_to_catalogue(loaded.tables, loaded.year)
        loaded.tables["indicators"], loaded.tables["units"] = added


_REVIEW_CHECKS = (reviewchecks.check_remarks, reviewchecks.check_signatures)
_CHECKS = (
    crosschecks.check_codes,
    crosschecks.check_shared_ids,
    crosschecks.check_page_ids,
    crosschecks.check_sections,
    crosschecks.check_followups,
    crosschecks.check_ratings,
    *_REVIEW_CHECKS,
    crosschecks.check_communes,
    crosschecks.check_places,
    crosschecks.check_catalogue,
    crosschecks.check_asked,
    crosschecks.check_units,
    crosschecks.check_periods,
    crosschecks.check_targets,
    crosschecks.check_objectives,
    crosschecks.check_not_later,
    crosschecks.check_milestones,
    crosschecks.check_one_stage,
    crosschecks.check_parts,
    crosschecks.check_who_says_it,
    costchecks.check_project_costs,
    costchecks.check_breakdowns,
    lawchecks.check_law,
    valuechecks.check_bounds,
    valuechecks.check_double_entries,
    valuechecks.check_revisions,
    accountchecks.check_accounts,
    accountchecks.check_axes,
)
_REFERENCE_CHECKS = (
    prosechecks.check_tables_prose,
    prosechecks.check_formulas,
    prosechecks.check_statements,
    prosechecks.check_pairs,
    prosechecks.check_contributions,
    prosechecks.check_messages,
)


def check_reviews(dossier: Dossier, year: int) -> None:
    """Check what reviewers say of an edition, and nothing else of it. Raises InvalidDossier with
    every fault of these files."""
    loaded = Loaded(year, dossier.raw)
    found = []
    for name in ("finalities", "approach", *reviewchecks.REVIEW_TABLES):
        file = TABLES[name].file(year)
        frame, faults = read_table(dossier.raw / file, TABLES[name], file)
        _keep(loaded, TABLES[name], file, frame, faults)
        loaded.tables[name] = frame
        found += faults
    for check in (crosschecks.check_codes, *_REVIEW_CHECKS):
        found += _without_known([*check(loaded)], found)
    if found:
        raise InvalidDossier(sorted(set(found)))


def _without_known(found: Sequence[Fault], known: Sequence[Fault]) -> list[Fault]:
    places = {(fault.file, fault.row, fault.column) for fault in known}
    return [fault for fault in found if (fault.file, fault.row, fault.column) not in places]


def _drop_faulty_rows(loaded: Loaded, faults: Sequence[Fault]) -> dict[str, pd.DataFrame]:
    """The tables without the rows that have a fault; a faulty formula is only emptied."""
    bad: dict[str, set[int]] = {}
    formulas = set()
    for fault in faults:
        if fault.column == "formula":
            formulas.add(fault.row)
        else:
            bad.setdefault(fault.file, set()).add(fault.row)
    tables = {}
    for name, frame in loaded.tables.items():
        own = TABLES[name].file(loaded.year)
        files = frame["file"] if TABLES[name].history else [own] * len(frame)
        places = zip(files, frame.index, strict=True)
        tables[name] = frame[
            np.array([row not in bad.get(file, ()) for file, row in places], dtype=bool)
        ]
    catalogue = tables["indicators"]
    faulty = catalogue.index.isin(list(formulas))
    catalogue = catalogue.assign(formula=catalogue["formula"].mask(faulty, ""))
    for name in ("observations", "budget", "targets"):
        known = tables[name]["indicator"].isin(["", *catalogue["id"]])  # '': a step as a target
        tables[name] = tables[name][known]
    # What a formula would say of a value that could not be read is no fault of the formula.
    unsure = _uncertain_indicators(loaded, bad)
    needs = {
        row.id: _needed_indicators(row.formula) for row in catalogue.itertuples() if row.formula
    }
    while more := {id for id, needed in needs.items() if needed & unsure and id not in unsure}:
        unsure |= more
    muted = catalogue["id"].isin([id for id in needs if id in unsure])
    tables["indicators"] = catalogue.assign(formula=catalogue["formula"].mask(muted, ""))
    return tables


def _uncertain_indicators(loaded: Loaded, bad: dict[str, set[int]]) -> set[str]:
    """Indicators of which a row has a fault, or could not be read at all."""
    unsure: set[str] = set()
    for table, file, frame in loaded.parts:
        rows = frame[frame.index.isin(list(bad.get(file, ())))]
        lost = loaded.lost.get(table.name, set())
        if table.name in ("communes", "population"):
            unsure |= set(COMPUTED_INDICATORS) if len(rows) or lost else set()
        elif table.name == "indicators":
            unsure |= lost | set(rows["id"])
        elif table.name in ("observations", "budget", "targets"):
            unsure |= lost | set(rows["indicator"])
    return unsure


def _needed_indicators(formula: str) -> set[str]:
    try:
        return {parse_reference(text).indicator for text in parse_formula(formula).references}
    except (FormulaError, UnknownReference):
        return set()


def _load_tables(dossier: Dossier, loaded: Loaded) -> Iterator[Fault]:
    years = list_years(dossier)
    for table in TABLES.values():
        if table.history:
            yield from _load_history(dossier, loaded, table, years)
            continue
        file = table.file(loaded.year)
        frame, faults = read_table(
            dossier.raw / file, edition_file.relax_table(table, loaded.about), file
        )
        yield from faults
        _keep(loaded, table, file, frame, faults)
        loaded.tables[table.name] = frame
    for year in years:
        if year != loaded.year:
            path = dossier.raw_year(year)
            loaded.other_actions |= _read_ids(path / "actions.csv", TABLES["actions"], "id")
            loaded.other_planned |= _read_ids(path / "planned.csv", TABLES["planned"], "id")
        if year < loaded.year:
            for name in (*FOLLOWED, "milestones"):
                known = loaded.earlier.setdefault(f"{name}.id", set())
                known |= _read_ids(path / f"{name}.csv", TABLES[name], "id")
        if year > loaded.year:
            for name in ("observations", "budget"):
                loaded.other_values |= _read_ids(path / f"{name}.csv", TABLES[name], "indicator")


def _read_past(dossier: Dossier, year: int) -> dict[str, pd.DataFrame]:
    """What an earlier folder says of what is followed up, whatever its faults: they are reported
    with that edition."""
    folder = dossier.raw_year(year)
    return {
        name: read_table(folder / f"{name}.csv", TABLES[name], f"{name}.csv")[0]
        for name in (*TRACED, *REGISTERS)
    }


def _keep(
    loaded: Loaded, table: Table, file: str, frame: pd.DataFrame, faults: list[Fault]
) -> None:
    if any(fault.row < 2 for fault in faults):  # no such file, no header, no row
        loaded.unread.add(table.name)
    lost = {fault.value for fault in faults if fault.row > 1 and not fault.column} - {""}
    loaded.lost.setdefault(table.name, set()).update(lost)
    loaded.parts.append((table, file, frame))


def _read_ids(path: Path, table: Table, column: str) -> set[str]:
    """Ids of another edition's file, whatever its faults: they are reported with that edition."""
    if not path.is_file():
        return set()
    frame, _ = read_table(path, table, path.name)
    return set(frame[column]) - {""}


def _load_history(
    dossier: Dossier, loaded: Loaded, table: Table, years: list[int]
) -> Iterator[Fault]:
    frames = []
    for year in [y for y in years if y <= loaded.year] or [loaded.year]:
        file = table.file(year)
        path = dossier.raw / file
        if not path.is_file() and year != loaded.year:
            continue  # an earlier folder may hold the other table only
        frame, faults = read_table(path, table, file)
        yield from faults
        _keep(loaded, table, file, frame, faults)
        frames.append(frame.assign(edition=year, file=file))
    filled = [frame for frame in frames if len(frame)] or [
        (frames or [empty_frame(table).assign(edition=0, file="")])[0]
    ]
    joined = pd.concat(filled)
    # A later edition may revise a value of an earlier one: the same key, the later row stands.
    loaded.tables[table.name] = joined[~joined.duplicated(list(table.key), keep="last")]


def _load_others(dossier: Dossier, loaded: Loaded) -> Iterator[Fault]:
    territory, faults = read_yaml(dossier.raw / TERRITORY_FILE, TERRITORY_FILE)
    yield from faults
    if not faults:
        territory = territory if isinstance(territory, dict) else {}
        yield from crosschecks.check_territory(territory, TERRITORY_FILE)
        loaded.territory = {
            name: said
            for name, said in territory.items()
            if name == "peers" or not isinstance(said, list | dict)
        }
        own = loaded.territory.get("id")
        if own and "territories" not in loaded.unread:
            known = loaded.codes("territories.id")
            if own not in known:
                said = "code absent de territories.csv", suggest(str(own), known)
                yield Fault(TERRITORY_FILE, 0, "id", str(own), *said)
    loaded.geojson, faults = read_geojson(dossier.raw / GEOJSON_FILE, GEOJSON_FILE)
    yield from faults
    codes = [geojson_code(feature) for feature in loaded.geojson.get("features", [])]
    yield from crosschecks.check_commune_outlines(loaded, codes)


def _load_charts(loaded: Loaded, references: prosechecks.References) -> Iterator[Fault]:
    file = prosechecks.CHARTS_FILE
    charts, faults = read_yaml(loaded.raw / file, file)
    yield from faults
    if faults:
        return
    charts = [] if charts is None else charts
    yield from prosechecks.check_charts(charts, loaded, references)
    if isinstance(charts, list):
        loaded.charts = [chart for chart in charts if isinstance(chart, dict)]


def _load_texts(loaded: Loaded, references: prosechecks.References) -> Iterator[Fault]:
    folder = loaded.raw / str(loaded.year) / "texts"
    chapters = [
        chapter for name in ("finalities", "approach") for chapter in loaded.tables[name]["id"]
    ]
    found = {path.stem: path for path in sorted(folder.glob("*.md"))} if folder.is_dir() else {}
    found = {name: path for name, path in found.items() if not is_ignored(path.name)}
    known = not loaded.unread & {"finalities", "approach"}
    spare = set(found) - {*chapters, *PAGES} if known else set()
    # A chapter without an action of this edition (one added later) needs no text.
    needed = set(loaded.tables["actions"]["chapter"])
    headings = ", ".join(f"« ## {heading} »" for heading in TEXT_HEADINGS)
    for chapter in chapters:
        if chapter not in found and chapter in needed:
            near = difflib.get_close_matches(chapter, sorted(spare), n=1, cutoff=0.6)
            spare -= set(near)
            yield Fault.of_file(
                f"{loaded.year}/texts/{chapter}.md",
                f"il manque le texte du chapitre « {chapter} »",
                f"Renommer « {near[0]}.md » en « {chapter}.md » si c’est ce texte."
                if near
                else f"Attendu : un fichier « {chapter}.md » et ses trois titres, {headings}.",
            )
    for name in sorted(spare):
        yield Fault.of_file(
            f"{loaded.year}/texts/{name}.md",
            "texte d’un chapitre inconnu, il ne serait pas lu",
            suggest(name, {*chapters, *PAGES}),
        )
    for name, path in found.items():
        file = f"{loaded.year}/texts/{path.name}"
        try:
            text = read_text(path)
        except UNREADABLE as error:
            yield explain(error, file)
            continue
        if len(text) > LONGEST_TEXT:
            expected = f"Attendu : {LONGEST_TEXT} caractères au plus, environ trois cents pages."
            yield Fault.of_file(file, "texte trop long", expected)
            continue
        if unseen := check_characters(text, file):
            yield from unseen
            continue
        if not clean_text(text):
            yield Fault.of_file(file, "fichier vide", "Le texte du chapitre est attendu.")
            continue
        yield from prosechecks.check_text(file, text, loaded, references, name in chapters)
        loaded.texts[name] = split_sections(text)

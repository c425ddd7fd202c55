"""A new territory's dossier, made whole: what official data know of it, the catalogues that all
share, the starting catalogue of ``data/starter``, and empty tables for its first edition.

It is made and checked elsewhere, then written all or none. A dossier that is there is never written
to.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from analysis.base.atomic import write_file
from analysis.base.command_names import name_command
from analysis.base.csvtext import format_csv, format_row, read_csv
from analysis.base.errors import UserError
from analysis.base.journal import finish_writing, hold_files, write_together
from analysis.base.paths import PROJECT, Dossier
from analysis.base.rawfiles import is_ignored
from analysis.collect.requests import format_requests, list_answering, list_requests
from analysis.collect.territory_names import TerritoryName, name_territory, slugify
from analysis.collect.territory_tables import (
    TerritoryTables,
    name_departments,
    tabulate_territory,
)
from analysis.compute.edition_standing import PREFIX, list_national_sources
from analysis.compute.indicators import load_edition
from analysis.compute.national import choose_vintages, find_territory, read_national
from analysis.model.schema import LEGAL_THRESHOLD, TABLES, TEXT_HEADINGS
from analysis.model.store import Edition
from analysis.words import french

STARTER = PROJECT / "data" / "starter"
#: Where dossiers go that are not told where.
DOSSIERS = PROJECT / "dossiers"
#: What is the same for all territories, taken from the project's own dossier.
_SHARED = ("finalities", "finality_wordings", "legal", "approach", "elements", "sections",
           "sdgs", "budget_axes")  # fmt: skip
#: The same, with their sources, but for the indicators that they are values of.
_SOURCED = ("discount_rates", "cost_breakdowns")
#: What is copied from ``STARTER`` as it is.
_STARTING = ("indicators", "services", "units", "key_figures", "parts")
#: Optional tables that an analyst of a first edition fills too.
_WANTED = ("places",)
#: What may be in its folder already: reports that the client gave.
_DOCUMENTS = (".pdf", ".docx", ".odt")
_COUNTRY = ("france", "France", "pays")

_NATIONAL = "Extrait des données publiées pour toute la France."


@dataclass
class NewTerritory:
    """What was made: ``root``, the dossier; ``files``: names relative to ``raw/``; ``review``: what
    is guessed or not known (French); ``requests``, ``services``: how many values are asked, of how
    many services; ``forms``: how many get a form; ``indicators``: of the report."""

    root: Path
    year: int
    name: TerritoryName
    siren: str
    tables: TerritoryTables
    files: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)
    requests: int = 0
    services: int = 0
    forms: int = 0
    indicators: int = 0


def make_territory(
    wanted: str, year: int, root: Path | None = None, today: date | None = None
) -> NewTerritory:
    """Write the dossier of the territory of that SIREN or name, for a first edition of ``year``.

    ``root``: its folder; by default the territory's id in ``dossiers/``. ``today``: see
    ``list_requests``. Raises UserError (French)
    when there is no such territory, or several, when it did not exist then, and when ``root`` holds
    a dossier already: nothing is then written.
    """
    begun = min(row[2] for row in _read_shared("finality_wordings"))[:4]
    if str(year) < begun:
        raise UserError(
            f"{year} est trop tôt : la loi ne nomme les finalités du développement durable, et"
            f" n’en demande le rapport, que depuis {begun}."
        )
    row = find_territory(wanted, year)
    named = name_territory(
        row["name"], row["long_name"], row["nature"], frozenset(read_national("communes")["name"])
    )
    dossier = Dossier((root or DOSSIERS / named.id).resolve())
    finish_writing(dossier.raw)
    _refuse_strangers(dossier.root, row["siren"], year)
    done = NewTerritory(
        dossier.root, year, named, row["siren"], tabulate_territory(row["siren"], year)
    )
    contents = dict(_list_contents(done, row))
    with TemporaryDirectory() as scratch:
        draft = Dossier(Path(scratch))
        for name, content in contents.items():
            write_file(draft.raw / name, content)
        edition = load_edition(draft, year)
    requests = list_requests(edition, year, today=today)
    contents[TABLES["requests"].file(year)] = format_requests(requests)
    with hold_files(dossier.raw, name_command("new-territory", siren=row["siren"], year=year)):
        _refuse_strangers(dossier.root, row["siren"], year)  # somebody else may have made it
        write_together(dossier.raw, {dossier.raw / name: text for name, text in contents.items()})
    done.files = sorted(contents)
    done.requests, done.services = len(requests), requests["service"].nunique()
    done.forms, done.indicators = len(list_answering(edition)), len(edition.indicators)
    done.review = [*_list_doubts(done, row), *_list_unknown(done, edition)]
    return done


def _refuse_strangers(root: Path, siren: str, year: int) -> None:
    """Raise UserError where a folder holds anything but documents of the client (French)."""
    found = [
        path.name
        for path in (sorted(root.iterdir()) if root.is_dir() else ())
        if not is_ignored(path.name)
        and not (path.name == "raw" and path.is_dir() and not any(path.iterdir()))
        and not (path.is_file() and path.suffix.lower() in _DOCUMENTS)
    ]
    if found:
        held = french.join_list([f"« {name} »" for name in found[:3]])
        raise UserError(
            f"Un dossier est déjà là : {_show(root)}, où il y a {held}. Il n’a pas été"
            " touché : « new-territory » n’écrit que dans un dossier neuf, ou qui ne contient que"
            " des documents du client (PDF, Word, OpenDocument). Pour en faire un autre :"
            f" « {name_command('new-territory', siren=siren, year=year, dossier='…')} »."
        )


def _show(path: Path) -> str:
    """A path as the analyst would type it from where the program was started."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


# --- the files ------------------------------------------------------------------------------------


def _list_contents(done: NewTerritory, row: pd.Series) -> Iterator[tuple[str, str | bytes]]:
    """Name relative to ``raw/`` and content of each file, but the requests."""
    tables = done.tables
    yield "territory.yml", _write_territory(done)
    yield "identity.yml", (STARTER / "identity.yml").read_bytes()
    for name in _SHARED:
        file = TABLES[name].file()
        yield file, (PROJECT / "data" / "raw" / file).read_bytes()
    for name in _SOURCED:
        frame = _read_shared_frame(name)
        own = frame.columns.intersection(["indicator", "territory"])
        yield from _write_rows(name, frame.assign(**dict.fromkeys(own, "")).values)
    for name in _STARTING:
        yield TABLES[name].file(), (STARTER / f"{name}.csv").read_bytes()
    yield "reference/charts.yml", (STARTER / "charts.yml").read_bytes()
    for name in ("communes", "population", "census"):
        yield TABLES[name].file(), format_csv(getattr(tables, name))
    yield "reference/communes.geojson", tables.outlines
    places = list(_list_places(done.name, row))
    yield from _write_rows("territories", places)
    own = (done.name.id, done.name.name)
    payers = [("departement", "Département"), ("region", f"Région {row['region_name']}")]
    if len(departments := name_departments(row)) == 1:
        payers[0] = ("departement", f"Département ({departments[0][1]})")
    yield from _write_rows("payers", [own, *payers, *_read_starter("payers")])
    acronym = done.name.acronym
    added = [(acronym, done.name.full_name, "territoire", "")] if acronym else []
    yield from _write_rows("glossary", sorted([*_read_starter("glossary"), *added]))
    digits = [done.name.name] if any(c.isdigit() for c in done.name.full_name) else []
    named = [(text, "nom du territoire") for text in digits]
    yield from _write_rows("digit_names", [*_read_starter("digit_names"), *named])
    yield from _write_rows("credits", [("Éditeur", done.name.full_name, "", "", "")])
    for table in TABLES.values():
        if table.place == "year" and (not table.optional or table.name in _WANTED):
            rows = _list_gaps(done) if table.name == "gaps" else ()
            yield from _write_rows(table.name, rows, done.year)
    chapters = [row[0] for name in ("finalities", "approach") for row in _read_shared(name)]
    for chapter in chapters:
        headings = "\n".join(f"## {heading}\n" for heading in TEXT_HEADINGS)
        yield f"{done.year}/texts/{chapter}.md", headings
    cited = {source for name in _SOURCED for source in _read_shared_frame(name)["source"]}
    known = _read_shared_frame("sources")
    known = known[known["id"].isin(cited)]
    yield from _write_rows("sources", [*_list_sources(done), *known.assign(file="").values])


def _write_rows(
    name: str, rows: Iterable[Iterable[object]], year: int | None = None
) -> Iterator[tuple[str, str]]:
    table = TABLES[name]
    yield table.file(year), "".join(map(format_row, [table.header, *rows]))


def _read_rows(path: Path) -> list[tuple[str, ...]]:
    return list(read_csv(path).itertuples(index=False, name=None))


def _read_starter(name: str) -> list[tuple[str, ...]]:
    return _read_rows(STARTER / f"{name}.csv")


def _read_shared(name: str) -> list[tuple[str, ...]]:
    return _read_rows(PROJECT / "data" / "raw" / TABLES[name].file())


def _read_shared_frame(name: str) -> pd.DataFrame:
    return pd.DataFrame(_read_shared(name), columns=TABLES[name].header)


def _write_territory(done: NewTerritory) -> str:
    text = (STARTER / "territory.yml").read_text(encoding="utf-8")
    return text.format(siren=done.siren, **vars(done.name))


def _list_places(name: TerritoryName, row: pd.Series) -> Iterator[tuple[str, str, str]]:
    """The territory, its departments, its region and the country: id, name, kind."""
    yield name.id, name.name, "intercommunalité"
    taken = {name.id, _COUNTRY[0]}
    places = [(label, "département") for _, label in name_departments(row)]
    for label, kind in [*places, (row["region_name"], "région")]:
        id = slugify(label)
        id = f"{slugify(kind)}-{id}" if id in taken else id
        taken.add(id)
        yield id, label, kind
    yield _COUNTRY


def _list_gaps(done: NewTerritory) -> Iterator[tuple[str, ...]]:
    """What the national reference does not know of the territory, that the report would show."""
    tables = done.tables
    members = tables.communes.loc[tables.communes["member_to"].eq(""), "insee"]
    known = {
        "perimetre-autre-annee": tables.perimeter == done.year,
        "population-en-vigueur": bool(choose_vintages(done.year).in_force),
        "recensement": set(members) <= set(tables.census["insee"]),
    }
    for row in _read_starter("gaps"):
        if not known[row[0]]:
            yield tuple(cell.replace("{perimeter}", str(tables.perimeter)) for cell in row)


def _list_sources(done: NewTerritory) -> Iterator[tuple[str, ...]]:
    """A row of sources.csv for every file; ``producer`` « {populations} »: what the national
    reference says of that source, with what readers must know of the extract."""
    national = list_national_sources().set_index("id")
    for row in _read_starter("sources"):
        filled = {"{year}": str(done.year), "{name}": done.name.name}
        cells = [*row]
        for mark, text in filled.items():
            cells = [cell.replace(mark, text) for cell in cells]
        if cells[4].startswith("{"):
            said = national.loc[PREFIX + cells[4].strip("{}")]
            cells[4:8] = (said[name] for name in ("producer", "publication", "licence", "accessed"))
            file = Path(cells[2]).stem
            notes = done.tables.notes.get("outlines" if cells[2].endswith(".geojson") else file, ())
            cells[8] = " ".join(filter(None, [_NATIONAL, *notes, cells[8]]))
        yield tuple(cells)


# --- what is said ---------------------------------------------------------------------------------


def _list_doubts(done: NewTerritory, row: pd.Series) -> Iterator[str]:
    for doubt in done.name.doubts:
        yield f"territory.yml : {doubt}"
    if row["nature"] == "MET69":
        yield (
            "territories.csv : la métropole exerce aussi les compétences d’un département ; celui"
            " qui y est écrit n’est que la circonscription"
        )
    if len(name_departments(row)) > 1:
        yield "payers.csv : plusieurs départements, un seul financeur « Département » : à préciser"
    files = {name: f"{name}.csv" for name in ("communes", "population", "census")}
    for name, file in (files | {"outlines": "communes.geojson"}).items():
        for note in done.tables.notes[name]:
            if note.startswith(("Périmètre de ", "Communes ", "Aucune ", "Millésimes inconnus")):
                yield f"{file} : {note[:1].lower()}{note[1:]}".removesuffix(".")


def _list_unknown(done: NewTerritory, edition: Edition) -> Iterator[str]:
    if done.year > choose_vintages(done.year).perimeter:
        yield (
            f"communes.csv : les entrées et sorties depuis {done.tables.perimeter} sont à compléter"
        )
    for row in edition.rows("values", indicator="population-municipale").itertuples():
        if row.missing and row.period_start == row.period_start:  # in force
            yield f"population : {row.missing}"
    people = edition.value("population-totale:en-vigueur").value
    if people and people <= LEGAL_THRESHOLD:
        yield (
            "moins de 50 000 habitants (population totale) : la loi ne demande pas ce rapport à ce"
            " territoire"
        )


def describe_territory(done: NewTerritory) -> str:
    """What was made, what is to be read again, what comes next (French, several lines)."""
    tables, name = done.tables, done.name
    place = _show(done.root)
    members = tables.communes[tables.communes["member_to"].eq("")]["insee"].nunique()
    former = tables.communes["insee"].nunique() - members
    kept = f" et {french.format_count(former, 'ancienne', 'anciennes')}" if former else ""
    vintages = sorted(tables.population["vintage"].unique())
    own = len(_read_starter("indicators"))
    lines = [
        f"{name.full_name} ({done.siren}), édition {done.year} : dossier {place}, "
        f"{french.format_count(len(done.files), 'fichier', 'fichiers')} dans raw/",
        f"  communes : {french.format_count(members, 'membre', 'membres')}{kept}, périmètre du"
        f" 1er janvier {tables.perimeter}",
        f"  populations : millésimes {vintages[0]} à {vintages[-1]}"
        if vintages
        else "  populations : aucune n’est connue",
        f"  catalogue : {done.indicators} indicateurs, {own} à élaguer et"
        f" {done.indicators - own} que les données officielles font connaître",
        f"  à demander : {french.format_count(done.requests, 'valeur', 'valeurs')} à "
        f"{french.format_count(done.services, 'service', 'services')}, dans"
        f" raw/{done.year}/requests.csv ; {french.format_count(done.forms, 'service', 'services')}"
        " ont un formulaire",
        f"  à remplir : tables et textes de raw/{done.year}/ ; identity.yml (couleurs, logo)",
    ]
    if done.review:
        lines += ["À relire :", *(f"  {line}" for line in done.review)]
    if done.root.is_relative_to(DOSSIERS):
        lines.append("dossiers/ n’est pas versionné avec le projet : à sauvegarder à part.")
    options = {"year": done.year, "dossier": f'"{place}"'}
    lines += [
        "Ensuite :",
        f"  1. {name_command('report', **options)} : le premier rapport, avec ce qui est connu ;",
        "  2. élaguer le catalogue (raw/reference/indicators.csv, services.csv) : "
        f"{name_command('prune', remove='…', **options)} ;",
        f"  3. {name_command('forms', **options)} : un classeur par service, à envoyer.",
    ]
    return "\n".join(lines)

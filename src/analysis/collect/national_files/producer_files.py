"""National files as their producers publish them, found in a folder and read into plain tables.

INSEE's official geographic code, lists of intercommunalities, legal populations and census by
quarter or by commune; outlines of communes as GeoJSON. Which formats were seen, and which are known
from documentation alone: docs/donnees.md. What cannot be read is a Fault; nothing is written here.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from analysis.base.characters import NotText, UnknownEncoding, decode
from analysis.base.csvtext import find_separator
from analysis.base.rawfiles import list_files
from analysis.model.schema import Fault

#: A part of the reference and the names that its files bear; the year of the situation or of the
#: data stands in the name, or in that of a folder or archive around it (``populations``).
_PATTERNS = {
    "cog": r"v_?commune_(?P<year>\d{4})\.csv",
    "moves": r"v_mvt_?commune_(?P<year>\d{4})\.csv",
    "history": r"v_commune_depuis_1943\.csv",
    "perimeters": r"intercommunalite[-_]metropole_au_01-01-(?P<year>\d{4}).*\.xlsx?",
    "populations": r"(donnees_communes|communes)\.csv|ensemble\.xlsx?",
    "ages": r"base-(ic|cc)-evol-struct-pop-(?P<year>\d{4}).*\.csv",
    "dwellings": r"base-(ic|cc)-logement-(?P<year>\d{4}).*\.csv",
    "outlines": r"communes?[-_].*\.geojson(\.gz)?",
}
#: Files that come with these and serve for nothing here: not worth a word.
_SILENT = re.compile(r"(meta|documentation|v_|donnees_).*|.*\.(txt|pdf|md)", re.IGNORECASE)
_NEEDS_YEAR = ("populations",)
_NAMED_YEAR = (
    "Le mettre dans un dossier ou une archive dont le nom porte le millésime, comme"
    " « populations-2031 »."
)
#: Headings of the older workbook of legal populations.
_LONG_HEADINGS = {
    "CODE DÉPARTEMENT": "CODDEP",
    "CODE COMMUNE": "CODCOM",
    "POPULATION MUNICIPALE": "PMUN",
    "POPULATION COMPTÉE À PART": "PCAP",
    "POPULATION TOTALE": "PTOT",
}
#: INSEE's history of communes begins then.
_FIRST_YEAR = 1943
#: Bytes of a file, unpacked: the census of all quarters has some fifty million.
_LARGEST = 300 * 2**20
_TOO_LARGE = f"fichier de plus de {_LARGEST // 2**20} Mo une fois décompressé"
#: Rows above the headings of a sheet, at most.
_TOP_ROWS = 20
_NO_TERRITORY = "ZZZZZZZZZ"
#: Column of the census reference and its name, after the year (« P21_POP »).
AGES = {
    "population": "POP",
    "pop_0_19": "POP0019",
    "pop_20_64": "POP2064",
    "pop_65_plus": "POP65P",
}
DWELLINGS = {
    "dwellings": "LOG",
    "main_residences": "RP",
    "secondary_residences": "RSECOCC",
    "vacant_dwellings": "LOGVAC",
    "houses": "MAISON",
    "flats": "APPART",
    "main_residences_in_flats": "RPAPPART",
}
#: A borough of the three cities that have them, and its commune.
_BOROUGHS = {"751": "75056", "6938": "69123", "132": "13055"}


@dataclass
class Delivery:
    """What a folder holds, as plain tables by year; ``files``: part and year → name of the file;
    ``ignored``: names of files that were left aside.

    ``cog``: TYPECOM, COM, REG, DEP, LIBELLE, COMPARENT; ``moves``: MOD, DATE_EFF (ISO), TYPECOM_AV,
    COM_AV, TYPECOM_AP, COM_AP; ``history``: COM, DATE_FIN; ``perimeters``: EPCI, LIBEPCI,
    NATURE_EPCI, NB_COM, and CODGEO, EPCI; ``populations``: insee, municipal, total; ``census``:
    insee and counts; ``outlines``: the GeoJSON.
    """

    cog: dict[int, pd.DataFrame] = field(default_factory=dict)
    moves: dict[int, pd.DataFrame] = field(default_factory=dict)
    history: pd.DataFrame | None = None
    perimeters: dict[int, tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)
    populations: dict[int, pd.DataFrame] = field(default_factory=dict)
    ages: dict[int, pd.DataFrame] = field(default_factory=dict)
    dwellings: dict[int, pd.DataFrame] = field(default_factory=dict)
    outlines: dict[str, Any] | None = None
    files: dict[tuple[str, int], str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


class _Unreadable(Exception):
    """Carries the faults of one file."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


def _list_contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of a folder, those of zip archives included."""
    for name, path in list_files(folder):
        if path.suffix.lower() != ".zip":
            with path.open("rb") as stream:
                yield name, stream.read(_LARGEST + 1)
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in sorted(archive.namelist()):
                    if not entry.endswith("/"):
                        with archive.open(entry) as stream:
                            yield f"{name}/{entry}", stream.read(_LARGEST + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
            yield name, b""


def _recognise(name: str) -> tuple[str, int] | None:
    """The part that a file belongs to and its year (0: it says none)."""
    last = PurePosixPath(name).name
    for part, pattern in _PATTERNS.items():
        if found := re.fullmatch(pattern, last, re.IGNORECASE):
            year = found.groupdict().get("year")
            if part in _NEEDS_YEAR:
                around = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", name)
                year = around[-1] if around else None
            return part, int(year or 0)
    return None


def read_delivery(folder: Path) -> tuple[Delivery, list[Fault]]:
    """What a folder holds, and what is wrong with it: all of it."""
    delivery, faults = Delivery(), []
    for name, content in _list_contents(folder):
        part, year = _recognise(name) or ("", 0)
        if not part:
            if not _SILENT.fullmatch(PurePosixPath(name).name):
                delivery.ignored.append(name)
            continue
        if part in _NEEDS_YEAR and not year:
            problem = "millésime inconnu : son nom ne dit pas de quelle année il est"
            faults.append(Fault(name, 0, "", "", problem, _NAMED_YEAR))
            continue
        if earlier := delivery.files.get((part, year)):
            problem = f"fait double emploi avec {earlier}"
            faults.append(Fault(name, 0, "", "", problem, "N’en garder qu’un."))
            continue
        delivery.files[part, year] = name
        try:
            if len(content) > _LARGEST:
                raise _Unreadable(Fault(name, 0, "", "", _TOO_LARGE))
            _READERS[part](delivery, name, content, year)
        except _Unreadable as error:
            faults += error.faults
    return delivery, faults


def _read_text(name: str, content: bytes) -> pd.DataFrame:
    """A CSV file, every cell as text, headings in capitals."""
    try:
        text = decode(content)
    except (NotText, UnknownEncoding):
        raise _Unreadable(Fault(name, 0, "", "", "n’est pas un fichier CSV lisible")) from None
    separator = find_separator(text)
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        raise _Unreadable(Fault(name, 0, "", "", "n’est pas un fichier CSV lisible")) from None
    table.columns = table.columns.str.strip().str.upper()
    return table


def _read_sheet(name: str, content: bytes, sheet: str, wanted: tuple[str, ...]) -> pd.DataFrame:
    """A sheet of a workbook, from the row of its headings on, every cell as text."""
    try:
        cells = pd.read_excel(io.BytesIO(content), sheet_name=sheet, header=None, dtype="str")
    except ValueError:
        missing = f"feuille « {sheet} » absente, ou classeur illisible"
        raise _Unreadable(Fault(name, 0, "", "", missing)) from None
    except Exception as error:  # what each of two libraries raises of a damaged workbook
        shown = type(error).__name__
        raise _Unreadable(Fault(name, 0, "", shown, "classeur illisible")) from None
    cells = cells.fillna("").map(str.strip)
    for row in range(min(_TOP_ROWS, len(cells))):
        headings = cells.iloc[row].str.upper().replace(_LONG_HEADINGS)
        if set(wanted) <= set(headings):
            return cells.iloc[row + 1 :].set_axis(headings, axis=1).reset_index(drop=True)
    expected = f"Colonnes attendues : {', '.join(wanted)}."
    problem = f"feuille « {sheet} » sans ligne d’en-têtes connue"
    raise _Unreadable(Fault(name, 0, "", "", problem, expected))


def _take(name: str, table: pd.DataFrame, *wanted: str) -> pd.DataFrame:
    """Columns of a table, trimmed; all those that are absent are said."""
    if missing := [column for column in wanted if column not in table]:
        expected = f"Colonnes attendues : {', '.join(wanted)}."
        raise _Unreadable(
            *(Fault(name, 1, column, "", "colonne absente", expected) for column in missing)
        )
    return table[list(wanted)].apply(lambda column: column.str.strip())


def read_numbers(name: str, table: pd.DataFrame, column: str) -> pd.Series:
    """A column of counts, not negative; spaces between thousands and decimal commas will do."""
    plain = table[column].str.replace(r"\s", "", regex=True).str.replace(",", ".")
    numbers = pd.to_numeric(plain, errors="coerce")
    if len(wrong := table.index[(numbers.isna() & plain.ne("")) | numbers.lt(0)]):
        first = wrong[0]
        others = f", et {len(wrong) - 1} autres lignes" if len(wrong) > 1 else ""
        problem = f"n’est pas un nombre positif{others}"
        raise _Unreadable(Fault(name, int(first) + 2, column, table[column][first], problem))
    return numbers


def _read_date(text: str, latest: int) -> str:
    """An ISO day, from one written so or as in the French file of some years (« 01/01/24 »: of the
    hundred years up to ``latest``); '' for none."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"):
        try:
            day = datetime.strptime(text, pattern).date()
        except ValueError:
            continue
        late = pattern.endswith("%y") and day.year > latest
        return day.replace(year=day.year - 100).isoformat() if late else day.isoformat()
    return ""


def _read_cog(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    table = _read_text(name, content)
    wanted = ("TYPECOM", "COM", "REG", "DEP", "LIBELLE", "COMPARENT")
    delivery.cog[year] = _take(name, table, *wanted)


def _read_moves(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    wanted = ("MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP")
    table = _take(name, _read_text(name, content), *wanted)
    delivery.moves[year] = table.assign(DATE_EFF=[_read_date(d, year) for d in table["DATE_EFF"]])


def _read_history(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    table = _take(name, _read_text(name, content), "COM", "DATE_FIN")
    last = _FIRST_YEAR + 99
    delivery.history = table.assign(DATE_FIN=[_read_date(d, last) for d in table["DATE_FIN"]])


def _read_perimeters(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    heads = ("EPCI", "LIBEPCI", "NATURE_EPCI")
    listed = _read_sheet(name, content, "EPCI", heads)
    counted = ("NB_COM",) if "NB_COM" in listed else ()
    territories = _take(name, listed, *heads, *counted)
    held = _read_sheet(name, content, "Composition_communale", ("CODGEO", "EPCI"))
    members = _take(name, held, "CODGEO", "EPCI")
    delivery.perimeters[year] = (
        territories[~territories["EPCI"].isin(["", _NO_TERRITORY])],
        members[members["CODGEO"].ne("") & members["EPCI"].ne(_NO_TERRITORY)],
    )


def _find_codes(table: pd.DataFrame) -> pd.Series:
    """INSEE codes of a table that has them whole, or in two parts."""
    if "DEPCOM" in table:
        return table["DEPCOM"].str.strip()
    departments = table["CODDEP"].str.strip().str.zfill(2)
    communes = table["CODCOM"].str.strip().str.zfill(3)
    # Overseas both parts have the third figure: 971 and 101 are 97101.
    return departments.str[:2] + communes


def sum_by_commune(codes: pd.Series, counts: pd.DataFrame) -> pd.DataFrame:
    """Counts by commune, boroughs added up; a commune that stands beside its boroughs, as it is."""
    parents = codes.copy()
    for start, commune in _BOROUGHS.items():
        parents = parents.where(~codes.str.startswith(start), commune)
    doubled = parents.ne(codes) & parents.isin(codes)
    summed = counts[~doubled].groupby(parents[~doubled]).sum(min_count=1)
    return summed.rename_axis("insee").reset_index()


def _read_populations(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    if name.lower().endswith(".csv"):
        table = _read_text(name, content).rename(columns=_LONG_HEADINGS)
    else:
        table = _read_sheet(name, content, "Communes", ("CODDEP", "CODCOM", "PMUN"))
    if "DEPCOM" not in table:
        _take(name, table, "CODDEP", "CODCOM", "PMUN")
    counts = pd.DataFrame({"municipal": read_numbers(name, _take(name, table, "PMUN"), "PMUN")})
    if "PTOT" in table:
        counts["total"] = read_numbers(name, _take(name, table, "PTOT"), "PTOT")
    else:
        counts["total"] = counts["municipal"] + read_numbers(
            name, _take(name, table, "PCAP"), "PCAP"
        )
    codes = _find_codes(table)
    if len(twice := sorted(set(codes[codes.duplicated()]))):
        problem = f"{len(twice)} communes ont deux lignes" if twice[1:] else "a deux lignes"
        raise _Unreadable(Fault(name, 0, "", ", ".join(twice[:5]), problem))
    delivery.populations[year] = sum_by_commune(codes, counts)


def _read_census(counts: dict[str, str], name: str, content: bytes, year: int) -> pd.DataFrame:
    """Sums of census counts by commune, rounded: the producer's are by quarter, with decimals."""
    table = _read_text(name, content)
    code = "CODGEO" if "CODGEO" in table else "COM"
    prefix = f"P{year % 100:02d}_"
    wanted = {column: f"{prefix}{suffix}" for column, suffix in counts.items()}
    rows = _take(name, table, code, *wanted.values())
    numbers = pd.DataFrame({c: read_numbers(name, rows, named) for c, named in wanted.items()})
    sums = sum_by_commune(rows[code], numbers)
    return sums.round(dict.fromkeys(counts, 0))


def _read_ages(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    delivery.ages[year] = _read_census(AGES, name, content, year)


def _read_dwellings(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    delivery.dwellings[year] = _read_census(DWELLINGS, name, content, year)


def _read_outlines(delivery: Delivery, name: str, content: bytes, year: int) -> None:
    try:
        if name.lower().endswith(".gz"):
            content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise _Unreadable(Fault(name, 0, "", "", _TOO_LARGE))
        found = json.loads(content)
        features = found["features"]
        if not isinstance(features, list):
            raise TypeError
    except (ValueError, OSError, EOFError, zlib.error, KeyError, TypeError, RecursionError):
        raise _Unreadable(Fault(name, 0, "", "", "n’est pas un GeoJSON de communes")) from None
    delivery.outlines = found


_READERS = {
    "cog": _read_cog,
    "moves": _read_moves,
    "history": _read_history,
    "perimeters": _read_perimeters,
    "populations": _read_populations,
    "ages": _read_ages,
    "dwellings": _read_dwellings,
    "outlines": _read_outlines,
}

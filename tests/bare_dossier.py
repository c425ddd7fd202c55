"""Dossiers of a first edition about which little or nothing is known yet, all made up.

Made of the made-up dossier ``invente``, or of the catalogues of ``data/`` for a territory that does
not exist: their rows are taken away, none is added but what is asked of the services.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml
from conftest import MADE_UP, MADE_UP_YEAR

from analysis.base.paths import PROJECT, Dossier
from analysis.compute.dossier import collect_faults
from analysis.compute.indicators import check_formulas
from analysis.model.schema import TABLES, TEXT_HEADINGS

#: Tables that may hold their header alone, those of the year among them.
MAY_BE_EMPTY = [table.name for table in TABLES.values() if table.may_be_empty]
OF_YEAR = [table.name for table in TABLES.values() if table.place == "year" and not table.optional]
HEADINGS = "\n\n".join(f"## {heading}" for heading in TEXT_HEADINGS) + "\n"
ASKED = "indicator,territory,service,period_start,period_end,due,guess"


def read_rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def write_rows(path: Path, rows: Iterable[Iterable[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), "utf-8")


def empty(dossier: Dossier, *names: str, keep: Callable[[dict[str, str]], bool] | None = None):
    """Leave the header of tables, in every year's folder, with the rows that ``keep`` wants."""
    for name in names:
        table = TABLES[name]
        years = [path.name for path in dossier.raw.iterdir() if path.name.isdigit()]
        for file in {table.file(int(year)) for year in years}:
            path = dossier.raw / file
            if path.is_file():
                header, *rows = read_rows(path)
                kept = [row for row in rows if keep and keep(dict(zip(header, row, strict=True)))]
                write_rows(path, [header, *kept])


def settle(dossier: Dossier, year: int) -> None:
    """Take away, again and again, what refers to rows that are no more: rows of tables (of an
    indicator its action alone), texts (but their headings), charts. Whatever else is wrong is left,
    for the test to show."""
    catalogue = TABLES["indicators"].file()
    for _ in range(6):
        faults = collect_faults(dossier, year, [check_formulas])[1]
        orphans = {f.row for f in faults if (f.file, f.column) == (catalogue, "action")}
        if orphans:
            header, *rows = read_rows(dossier.raw / catalogue)
            for row in orphans:
                rows[row - 2][header.index("action")] = ""
            write_rows(dossier.raw / catalogue, [header, *rows])
        bad: dict[str, set[int]] = {}
        for fault in faults:
            if (fault.file, fault.column) != (catalogue, "action"):
                bad.setdefault(fault.file, set()).add(fault.row)
        for file, places in bad.items():
            path = dossier.raw / file
            if file.endswith(".csv") and min(places) > 1:
                rows = read_rows(path)
                write_rows(path, [row for n, row in enumerate(rows, 1) if n not in places])
            elif file.endswith(".md") and path.is_file():
                path.write_text(HEADINGS, "utf-8")
            elif file.endswith("charts.yml"):
                path.write_text("[]\n", "utf-8")
        if not faults:
            return


def copy_invented(root: Path) -> Dossier:
    """A first edition of the made-up dossier, as full as it is; what is measured is asked."""
    shutil.copytree(MADE_UP / "raw", root / "raw")
    path = root / "raw/reference/indicators.csv"
    header, *rows = read_rows(path)
    formula = header.index("formula")
    asked = [[*row, "" if row[formula] else "chaque année"] for row in rows]
    write_rows(path, [[*header, "asked"], *asked])
    return Dossier(root)


def make_variant(root: Path, spoil: Callable[[Dossier], None]) -> Dossier:
    dossier = copy_invented(root)
    spoil(dossier)
    settle(dossier, MADE_UP_YEAR)
    return dossier


def drop_texts(dossier: Dossier) -> None:
    shutil.rmtree(dossier.raw_year(MADE_UP_YEAR) / "texts")


def leave_headings(dossier: Dossier) -> None:
    for path in (dossier.raw_year(MADE_UP_YEAR) / "texts").glob("*.md"):
        path.write_text(HEADINGS, "utf-8")


def drop_charts(dossier: Dossier) -> None:
    (dossier.reference / "charts.yml").write_text("[]\n", "utf-8")


def drop_outlines(dossier: Dossier) -> None:
    path = dossier.reference / "communes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": []}), "utf-8")


def drop_goals(dossier: Dossier) -> None:
    (dossier.raw_year(MADE_UP_YEAR) / "contributions.csv").unlink()


def leave_one_action(dossier: Dossier) -> None:
    first = read_rows(dossier.raw_year(MADE_UP_YEAR) / "actions.csv")[1][0]
    empty(dossier, *(set(OF_YEAR) - {"actions"}))
    empty(dossier, "actions", keep=lambda row: row["id"] == first)


def empty_one_finality(dossier: Dossier) -> None:
    own = {row[0] for row in read_rows(dossier.reference / "indicators.csv") if row[6] == "eau"}

    def is_elsewhere(row: dict[str, str]) -> bool:
        return row.get("chapter") != "eau" and row.get("indicator") not in own

    empty(dossier, *OF_YEAR, keep=is_elsewhere)
    (dossier.raw_year(MADE_UP_YEAR) / "texts/eau.md").unlink()


def empty_all(dossier: Dossier) -> None:
    """All that may be: of the year and of the catalogues."""
    empty(dossier, *MAY_BE_EMPTY)
    shutil.rmtree(dossier.raw / str(MADE_UP_YEAR - 1))
    for spoil in (drop_texts, drop_charts, drop_outlines):
        spoil(dossier)


def empty_year(dossier: Dossier) -> None:
    """All tables of the year; the catalogues stand."""
    empty(dossier, *OF_YEAR)
    shutil.rmtree(dossier.raw / str(MADE_UP_YEAR - 1))
    leave_headings(dossier)


#: Made-up first editions by what they lack.
VARIANTS: dict[str, Callable[[Dossier], None]] = {
    "everything": empty_all,
    "the year": empty_year,
    **{
        f"table {name}": lambda dossier, name=name: empty(dossier, name)
        for name in MAY_BE_EMPTY
        if not TABLES[name].optional or name == "places"
    },
    "no text": lambda dossier: (empty(dossier, "actions"), drop_texts(dossier)),
    "headings of texts": leave_headings,
    "charts": drop_charts,
    "outlines": drop_outlines,
    "goals": drop_goals,
    "all but one action": leave_one_action,
    "one finality": empty_one_finality,
}


# --- with the real catalogues ---------------------------------------------------------------------

#: An edition of a territory that does not exist, with the catalogues of ``data/``.
YEAR = 2025
NAMES = {
    "name": "Le Pays d’Essai",
    "of_name": "du Pays d’Essai",
    "to_name": "au Pays d’Essai",
    "full_name": "Communauté de communes du Pays d’Essai",
}


def make_bare(root: Path, year: int = YEAR) -> Dossier:
    """What an analyst has before anything is known: territory, communes, population and outlines
    (those of ``data/``, under made-up names), the catalogues without the indicators' values, what
    is asked of the services, headings of texts; every table of the year with its header alone."""
    raw = root / "raw"
    shutil.copytree(PROJECT / "data/raw/reference", raw / "reference")
    dossier = Dossier(root)
    territory = yaml.safe_load((PROJECT / "data/raw/territory.yml").read_text("utf-8"))
    (raw / "territory.yml").write_text(yaml.safe_dump(territory | NAMES, allow_unicode=True))
    folder = dossier.raw_year(year)
    (folder / "texts").mkdir(parents=True)
    for table in TABLES.values():
        if table.place == "year" and not table.optional:
            write_rows(folder / f"{table.name}.csv", [table.header])
    (raw / "reference/charts.yml").write_text("[]\n", "utf-8")
    chapters = [
        row[0]
        for name in ("finalities", "approach")
        for row in read_rows(raw / f"reference/{name}.csv")[1:]
    ]
    for chapter in chapters:
        (folder / f"texts/{chapter}.md").write_text(HEADINGS, "utf-8")
    write_sources(dossier, year)
    empty(dossier, "credits", "glossary")
    rename(dossier)
    settle(dossier, year)
    ask(dossier, year)
    return dossier


def write_sources(dossier: Dossier, year: int) -> None:
    """Where the catalogues come from; no document of the territory."""
    header, *rows = read_rows(PROJECT / "data/raw/sources.csv")
    kept = [row for row in rows if row[header.index("file")].startswith(("reference/", "terr"))]
    for row in kept:
        row[header.index("remark")] = "Dossier d’essai : territoire inventé."
        for n, cell in enumerate(row):
            row[n] = cell.replace("La Porte du Hainaut", "Le Pays d’Essai")
        for name in ("title", "producer", "licence"):
            place = header.index(name)
            row[place] = re.sub(
                r"Transcription du rapport-2017 ; |,? d’après le rapport-2017",
                "",
                row[place],
            )
    own = ["collecte", "rédaction", f"{year}/*", "Tables de l’édition, à remplir", "Essai"]
    write_rows(dossier.raw / "sources.csv", [header, *kept, [*own, "", "", f"{year}-01-02", ""]])


def rename(dossier: Dossier) -> None:
    """No name of the real territory in the catalogues."""
    for path in dossier.reference.glob("*.csv"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("La Porte du Hainaut", "Le Pays d’Essai"), "utf-8")


def ask(dossier: Dossier, year: int) -> None:
    """What the catalogue says is asked every year, of the first services in turn."""
    header, *rows = read_rows(dossier.reference / "indicators.csv")
    services = [row[0] for row in read_rows(dossier.reference / "services.csv")[1:5]]
    own = yaml.safe_load((dossier.raw / "territory.yml").read_text("utf-8"))["id"]
    entries = [dict(zip(header, row, strict=True)) for row in rows]
    asked = [entry["id"] for entry in entries if entry["asked"] == "chaque année"]
    write_rows(
        dossier.raw_year(year) / "requests.csv",
        [ASKED.split(",")]
        + [
            [id, own, services[n % len(services)], f"{year}-01-01", f"{year}-12-31",
             f"{year + 1}-01-31", ""]
            for n, id in enumerate(asked)
        ],
    )  # fmt: skip

"""Returned workbooks made for the tests from the contract alone (made-up dossier, edition 2031)."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import openpyxl
from openpyxl.workbook.defined_name import DefinedName

from analysis.base.paths import Dossier
from analysis.collect import form_contract
from analysis.collect.form_writer import seal

YEAR = 2031
SAVED = datetime(2031, 10, 20, 9, 30)
SHEETS = {sheet.key: sheet for sheet in form_contract.FOLLOWING_SHEETS}

#: Of each made-up service, what it is asked: indicator, start, end.
ASKED = {
    "environnement": [
        ("arbres-plantes", "2026-01-01", "2031-12-31"),
        ("logements-renoves", "2031-01-01", "2031-12-31"),
        ("depenses-air", "2031-01-01", "2031-12-31"),
        ("plantation-cout", "2031-01-01", "2031-12-31"),
    ],
    "direction-generale": [
        ("visiteurs-accueil", "2031-01-01", "2031-12-31"),
        ("agents", "", "2031-12-31"),
        ("femmes", "", "2031-12-31"),
        ("taux-obligation-emploi", "2031-01-01", "2031-12-31"),
    ],
}
UNITS = {
    "arbres-plantes": "arbres", "logements-renoves": "logements rénovés",
    "depenses-air": "euros (€)", "plantation-cout": "euros (€)",
    "visiteurs-accueil": "visiteurs", "agents": "agents", "femmes": "agents",
    "taux-obligation-emploi": "pour cent (%)",
}  # fmt: skip
ACTIONS = {"environnement": ["plantations", "renovation"], "direction-generale": ["velo"]}
DUE = {"environnement": ["prevu-pcaet"], "direction-generale": []}
PROPOSED = {"environnement": ["piste-arbres"], "direction-generale": ["piste-suivi"]}
#: Row of an indicator, and columns of its sheet as the contract orders them.
ROW = {
    code: row for asked in ASKED.values() for row, (code, _, _) in enumerate(asked, 2)
}  # fmt: skip
VALUE, QUALIFIER, STATUS, START, END, DOCUMENT, NOTE = "G", "H", "I", "J", "K", "L", "M"

Answers = Mapping[str, Mapping[str, object] | object]


def prepare(dossier: Dossier) -> Dossier:
    """The made-up dossier with an edition 2031 of which everything is still to be answered."""
    later = dossier.raw_year(YEAR)
    shutil.copytree(dossier.raw_year(YEAR - 1), later)
    for name in ("observations", "budget", "statements", "gaps"):
        header = (later / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (later / f"{name}.csv").write_text(header + "\n", "utf-8")
    lines = ["indicator,territory,service,period_start,period_end,due"]
    for service, asked in ASKED.items():
        lines += [f"{code},val-exemple,{service},{start},{end},2031-10-31"
                  for code, start, end in asked]  # fmt: skip
    (later / "requests.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return dossier


def make_form(
    service: str = "environnement",
    values: Answers | None = None,
    *,
    actions: Answers | None = None,
    due: Answers | None = None,
    decisions: Answers | None = None,
    news: list[Mapping[str, object]] | None = None,
    year: int = YEAR,
    territory: str = "val-exemple",
    saved: datetime = SAVED,
) -> openpyxl.Workbook:
    """A filled form. An answer is a value, or the cells of its row by heading."""
    book = openpyxl.Workbook()
    book.active.title = form_contract.README
    facts = {form_contract.YEAR_NAME: year, form_contract.SERVICE_NAME: service,
             form_contract.TERRITORY_NAME: territory}  # fmt: skip
    for row, (name, value) in enumerate(facts.items(), 4):
        book.active[f"A{row}"], book.active[f"B{row}"] = form_contract.LABELS[name], value
        place = f"'{form_contract.README}'!$B${row}"
        book.defined_names[name] = DefinedName(name, attr_text=place)
    rows = {
        "indicators": ([code for code, _, _ in ASKED[service]], values, "value"),
        "actions": (ACTIONS[service], actions, "state"),
        "due": (DUE[service], due, "state"),
        "decisions": (PROPOSED[service], decisions, "state"),
    }
    typed = []
    for key, sheet in SHEETS.items():
        worksheet = book.create_sheet(sheet.title)
        worksheet.append([column.heading for column in sheet.columns])
        if key == "news":
            typed += [(worksheet, row, cells) for row, cells in enumerate(news or [], 2)]
            continue
        codes, answers, main = rows[key]
        for row, code in enumerate(codes, 2):
            answer = (answers or {}).get(code, {})
            typed.append(
                (worksheet, row, answer if isinstance(answer, Mapping) else {main: answer})
            )
            cells = {"code": code, "title": f"Titre de {code}", "unit": UNITS.get(code)}
            if isinstance(answer, Mapping):  # a summary is shown, no answer
                cells["summary"] = answer.get("summary")
            worksheet.append([cells.get(column.key) for column in sheet.columns])
    seal(book)
    headings = {sheet.title: [column.key for column in sheet.columns] for sheet in SHEETS.values()}
    for worksheet, row, cells in typed:
        for key, value in cells.items():
            worksheet.cell(row, headings[worksheet.title].index(key) + 1).value = value
    book.properties.modified = saved
    return book


def save(book: openpyxl.Workbook, path: Path) -> Path:
    """Save a workbook without changing when it says it was last modified."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = book.properties.modified.isoformat(timespec="seconds").encode()
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp + b"Z", data)
            new.writestr(zipfile.ZipInfo(name), data)
    return path


def change_parts(path: Path, changes: Mapping[str, bytes | None]) -> Path:
    """Replace, add or (None) remove parts of a workbook."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts |= changes
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            if data is not None:
                new.writestr(name, data)
    return path

"""The accounts of a finance service, from an export of its software, as rows of accounts.csv.

Columns are known by their headings; totals are left out; what people typed of a line (policy,
finality, ratings) stays with it. Nothing is written where something cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.cell import MergedCell

from analysis.base.atomic import write_files
from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.collect.cell_answers import fold
from analysis.collect.raw_edits import CsvFile, list_uncovered
from analysis.collect.safe_opening import UnreadableForm, open_workbook
from analysis.compute.budget_tables import CLOSED_STAGES, write_lines
from analysis.compute.dossier.cells import CellError, clean_text, read_number
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import (
    ACCOUNT_STAGES,
    AXES,
    COLUMNS,
    INVESTMENT,
    REAL,
    RECEIVED,
    SPENT,
    TABLES,
    InvalidDossier,
)
from analysis.words import french

ACCOUNTS, SOURCES = TABLES["accounts"], TABLES["sources"]
_DONE, _VOTED = "(realise|mandate|emis|execute)", "(vote|prevu|propose|ouvert|inscrit)"
_NUMBER = r"(code |n° ?|numero de )?"
#: Headings (folded) of what is read; those of BGT_ are the open data's (schéma « budget » du SCDL).
HEADINGS = {
    "budget": r"(nom du |libelle )?budget",
    "fiscal_year": r"exercice( budgetaire)?|annee|bgt_annee",
    "stage": r"etape|stade|document( budgetaire)?|bgt_natdec",
    "budget_section": r"(type de )?section( budgetaire)?|[fi] ?/ ?[fi]|bgt_section",
    "flow": r"sens|[dr] ?/ ?[dr]|depenses? ?/ ?recettes?|bgt_codrd",
    "movement": r"(type de )?mouvement|r ?/ ?o|reel.*ordre.*",
    "chapter": rf"{_NUMBER}chapitre( budgetaire)?|bgt_contnat",
    "account": rf"{_NUMBER}(article|nature|compte)( comptable| par nature)?|bgt_nature",
    "function": rf"{_NUMBER}(sous-)?(fonction|rubrique)( m57)?|bgt_fonction",
    "operation": rf"{_NUMBER}operation|bgt_operation",
    "label": r"(libelle|intitule|designation)( (nature|compte|article|ligne))?|bgt_nature_label",
    "spent done": rf"(montant )?(depenses?|mandats?) {_DONE}e?s?",
    "spent voted": rf"(montant )?depenses? {_VOTED}e?s?",
    "spent": r"(montant )?(depenses?|mandats)",
    "received done": rf"(montant )?(recettes?|titres?) {_DONE}e?s?",
    "received voted": rf"(montant )?recettes? {_VOTED}e?s?",
    "received": r"(montant )?(recettes?|titres)",
    "done": rf"(montant |total )?{_DONE}e?s?|realisations?|bgt_mtreal",
    "voted": rf"(montant |credits? |total )?{_VOTED}e?s?|previsions?|bgt_mtbudg",
    "amount": r"montant( net| ttc| en euros)?",
}
_AMOUNTS = {"spent", "received", "done", "voted", "amount"}
_SHORT_STAGES = dict(zip(("bp", "bs", "dm", "ca", "cfu"), ACCOUNT_STAGES, strict=True))
#: First letter (folded) of what a cell says; « exploitation » is how M4 calls the first section.
_LETTERS = {
    "budget_section": {"f": "fonctionnement", "e": "fonctionnement", "i": "investissement"},
    "flow": {"d": SPENT, "r": RECEIVED},
    "movement": {"r": REAL, "o": "ordre"},
}
#: Chapters of mouvements d'ordre; those of two digits have lost their 0 in a spreadsheet.
_ORDERS = re.compile(r"(021|023|0?4[0-3])\b")
_TOTAL = re.compile(r"total|chapitre|solde|resultat|report|cumul")
_HEAD_ROWS, _SHOWN = 40, 20
_VIEW, _KEY = ACCOUNTS.key[:3], ACCOUNTS.key[3:]
_TYPED = ("policy", "finality", *(f"axis_{axis}" for axis in AXES), "reason", "rated_by")


@dataclass(frozen=True)
class Request:
    """``given``: what no column of the file says (stage, fiscal_year…); ``headings``: field →
    heading, where ``HEADINGS`` does not know it; ``drop``: give up ratings of lines that went."""

    file: Path
    source: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    today: date | None = None


@dataclass
class Export:
    """What was read of a file: its lines, what is wrong, what the analyst is told."""

    rows: dict[tuple, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


def import_accounts(dossier: Dossier, year: int, request: Request) -> str:
    """Put the lines of an export into accounts.csv of an edition; what was done, in French. Raises
    UserError with all that is wrong, and writes nothing then."""
    try:
        opened = open_workbook(request.file, any_text=True)
    except UnreadableForm as error:
        raise UserError(f"{request.file.name} : {error}") from None
    export = read_export(opened.workbook, request)
    _refuse(request.file.name, export.faults)
    rows = [*export.rows.values()]
    source = request.source or f"comptes-{max(row['fiscal_year'] for row in rows)}"
    name = ACCOUNTS.file(year)
    frame, faults = read_table(dossier.raw / name, ACCOUNTS, name)
    if faults:
        raise InvalidDossier(faults)
    file = CsvFile.read(dossier.raw, name, ACCOUNTS.header)
    typed = {tuple(row[n] for n in ACCOUNTS.key): (i, row) for i, row in _list_rows(frame)}
    counts = _merge(file, typed, rows, source, request)
    mark = f"{request.file.name} (SHA-256 : {opened.sha256})"
    sources = _cite(dossier, source, mark, name, request.today or date.today())
    contents = {dossier.raw / name: file, dossier.raw / SOURCES.file(): sources}
    write_files({path: one.content for path, one in contents.items() if one.changed})
    todo = f"À remplir dans {name} : policy, finality, axis_1 à axis_6. Ensuite :"
    told = [f"{request.file.name} : {counts}.", *export.notices, *_sum_up(rows)]
    return "\n".join([*told, f"{todo} « {name_command('data', year=year)} »."])


def _refuse(name: str, faults: Sequence[str]) -> None:
    if faults:
        more = [f"et {len(faults) - _SHOWN} autres"] if len(faults) > _SHOWN else []
        said = "\n".join(f"  - {fault}" for fault in [*faults[:_SHOWN], *more])
        raise UserError(f"{name} : rien n’est importé.\n{said}")


def _list_rows(frame: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from zip(frame.index, frame.to_dict("records"), strict=True)


# --- reading --------------------------------------------------------------------------------------


def read_export(workbook: Any, request: Request) -> Export:
    """The lines of the first sheet that has the headings of accounts."""
    export = Export()
    for sheet in workbook.worksheets:
        cells = [[*row] for row in sheet.iter_rows()]
        if (found := _find_heads(cells, request.headings))[1]:
            _read_sheet(export, sheet.title, cells, *found, request)
            return export
    export.faults.append(
        "aucune ligne d’en-têtes reconnue : il faut au moins un compte par nature et un montant."
        ' Donner leurs intitulés : HEADINGS="account=Imputation ; amount=Net".'
    )
    return export


def _read_text(cell: Any) -> str:
    """A cell as it is shown: a number keeps the zeros of its format (« 020 »)."""
    value, shown = cell.value, str(getattr(cell, "number_format", ""))
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = "" if value is None else clean_text(str(value))
    return text.zfill(len(shown)) if isinstance(value, int) and re.fullmatch("0+", shown) else text


def _is_bare(row: Sequence[Any], places: Sequence[int]) -> bool:
    """Whether a code is a number, without a 0 before it."""
    return any(
        isinstance(row[n].value, int | float) and _read_text(row[n])[0] != "0" for n in places
    )


def _find_heads(
    cells: Sequence[Sequence[Any]], own: Mapping[str, str]
) -> tuple[int, list[str], dict[str, int]]:
    """How many rows stand above the lines, the headings, the column of each field. Headings stand
    in one row, or in two of which the upper one may cover several columns."""
    best: tuple[int, list[str], dict[str, int]] = 0, [], {}
    for number, row in enumerate(cells[:_HEAD_ROWS]):
        names, above = [_read_text(cell) for cell in row], [""] * len(row)
        for n, cell in enumerate(cells[number - 1] if number else ()):
            above[n] = above[n - 1] if n and isinstance(cell, MergedCell) else _read_text(cell)
        both = [f"{up} {name}".strip() for up, name in zip(above, names, strict=True)]
        for heads in (names, both):
            columns: dict[str, int] = {}
            for name, pattern in HEADINGS.items():
                said = re.escape(fold(own[name])) if name in own else pattern
                fits = [n for n, head in enumerate(heads) if re.fullmatch(said, fold(head))]
                columns |= {name: fits[0]} if fits else {}
            amounts = {name.split()[0] for name in columns} & _AMOUNTS
            if "account" in columns and amounts and len(columns) > len(best[2]):
                best = number + 1, heads, columns
    return best


def _read_sheet(
    export: Export,
    title: str,
    cells: Sequence[Sequence[Any]],
    first: int,
    heads: Sequence[str],
    columns: Mapping[str, int],
    request: Request,
) -> None:
    """The lines below the headings; what is left aside is named."""
    shown: dict[tuple, tuple[int, list[str]]] = {}
    for number, row in enumerate(cells[first:], first + 1):
        texts = [_read_text(cell) for cell in row]
        if not (line := _read_line(export, number, texts, columns, request.given)):
            continue
        line["locator"] = f"feuille « {title} », ligne {number}"
        key = tuple(line[name] for name in ACCOUNTS.key)
        if key in shown and texts == shown[key][1]:
            export.faults.append(f"ligne {number} : la même que la ligne {shown[key][0]}")
        elif key in shown:
            export.added.append(number)
            export.rows[key]["amount_eur"] += line["amount_eur"]
            export.rows[key]["locator"] += f", {number}"
        else:
            export.rows[key] = line
        shown.setdefault(key, (number, texts))
    _leave_out_totals(export)
    if not export.rows and not export.faults:
        export.faults.append(f"feuille « {title} » : aucune ligne de compte avec un montant")
    _tell_columns(export, cells, first, heads, columns)
    export.notices.insert(0, f"Feuille « {title} », en-têtes ligne {first}.")


def _tell_columns(
    export: Export,
    cells: Sequence[Sequence[Any]],
    first: int,
    heads: Sequence[str],
    columns: Mapping[str, int],
) -> None:
    """What is read and what is not; what a spreadsheet may have changed."""
    stages = {row["stage"] in CLOSED_STAGES for row in export.rows.values()}
    other = {"done": True not in stages, "voted": False not in stages}
    read = sorted(n for name, n in columns.items() if not other.get(name.split()[-1]))
    rest = [head for n, head in enumerate(heads) if head and n not in read]
    coded = [columns[name] for name in ("chapter", "function") if name in columns]
    bare = [n for n, row in enumerate(cells[first:], first + 1) if _is_bare(row, coded)]
    for words, found in (
        ("Colonnes lues :", ", ".join(heads[n] for n in read)),
        ("Colonnes qui ne sont pas lues :", ", ".join(f"« {head} »" for head in rest)),
        ("Totaux laissés de côté, lignes", write_lines(export.totals)),
        ("Sans montant, laissées de côté : lignes", write_lines(export.empty)),
        ("Lignes ajoutées à une autre du même compte :", write_lines(export.added)),
        ("Chapitres ou fonctions en nombres, dont un 0 a pu se perdre : lignes", write_lines(bare)),
    ):
        export.notices += [f"{words} {found}."] if found else []


def _read_line(
    export: Export,
    number: int,
    texts: Sequence[str],
    columns: Mapping[str, int],
    given: Mapping[str, str],
) -> dict[str, Any] | None:
    """A line of the accounts; None of a heading, a total, a line without an amount."""
    said = {name: texts[n] for name, n in columns.items()} | given
    stage = fold(said.get("stage", ""))
    line: dict[str, Any] = {"budget": clean_text(said.get("budget", ""))}
    line["stage"] = next((s for s in ACCOUNT_STAGES if fold(s) == stage), _SHORT_STAGES.get(stage))
    kind = "done" if line["stage"] in CLOSED_STAGES else "voted"
    pairs = [(f, said.get(f"{f} {kind}") or said.get(f, "")) for f in ("spent", "received")]
    flows = [(SPENT if f == "spent" else RECEIVED, text) for f, text in pairs if text]
    any_stage = "" if line["stage"] else said.get("done") or said.get("voted") or ""
    flows = flows or [("", said.get(kind) or said.get("amount") or any_stage)]
    try:
        amounts = [(flow, read_number(re.sub(r"\s*€$", "", text))) for flow, text in flows if text]
    except CellError as error:
        wrong = next(text for _, text in flows if text)
        formula = " (une formule : coller les valeurs)" if wrong.startswith("=") else ""
        if not _TOTAL.search(fold(" ".join(texts))):
            export.faults.append(f"ligne {number} : « {wrong} », {error.problem}{formula}")
        return None
    amounts = [(flow, amount) for flow, amount in amounts if amount]
    account = re.match(r"(\d{2,})(?:\s*[-–:.]?\s+(.*))?$", said["account"])
    if not account or not amounts:
        if account:
            export.empty.append(number)
        elif amounts and _TOTAL.search(fold(" ".join(texts))):
            export.totals.append(number)
        elif amounts:
            export.faults.append(f"ligne {number} : un montant sans compte, qui n’est pas un total")
        return None
    if len(amounts) > 1:
        export.faults.append(f"ligne {number} : une dépense et une recette pour un même compte")
    line |= {"account": account[1], "amount_eur": amounts[0][1]}
    line["label"] = said.get("label") or account[2] or ""
    line["operation"] = said.get("operation", "")
    function = re.match(r"\d[\d-]*", said.get("function", ""))
    line["function"] = function[0].rstrip("-") if function else ""
    for name, letters in _LETTERS.items():
        line[name] = letters.get(fold(said.get(name, ""))[:1], "")
    line["flow"] = amounts[0][0] or line["flow"]
    if "movement" not in said and said.get("chapter"):
        line["movement"] = "ordre" if _ORDERS.match(said["chapter"]) else REAL
    year = re.fullmatch(r"(19|20)\d\d", said.get("fiscal_year", ""))
    line["fiscal_year"] = int(year[0]) if year else None
    lacking = [name for name in (*_VIEW[1:], *_LETTERS) if not line[name]]
    for name in lacking:
        where = f"ligne {number} : " if said.get(name) else ""
        read = f"« {said[name]} » n’est pas compris" if where else "aucune colonne ne le dit"
        want = ", ".join(COLUMNS[name].codes) or "2025"
        want = ", ".join(ACCOUNT_STAGES) if name == "stage" else want
        fault = f'{where}{COLUMNS[name].description} : {read} ; SET="{name}=…" ({want})'
        export.faults += [fault] if fault not in export.faults else []
    return None if lacking else line


def _leave_out_totals(export: Export) -> None:
    """Accounts that are the sum of longer ones (21 of 2151 and 2152): a chapter, an article."""
    for key, row in sorted(export.rows.items(), key=lambda pair: -len(pair[1]["account"])):
        same = (*_VIEW, "budget_section", "flow", "movement")
        below = [
            other
            for other in export.rows.values()
            if other["account"] != row["account"]
            and other["account"].startswith(row["account"])
            and all(other[name] == row[name] for name in same)
        ]
        if not below:
            continue
        number = int(row["locator"].split()[-1].rstrip(","))
        if abs(sum(other["amount_eur"] for other in below) - row["amount_eur"]) < 0.005:
            export.totals.append(number)
            del export.rows[key]
        elif len(row["account"]) == 2:
            problem = f"le compte {row['account']} et son détail compteraient deux fois"
            export.faults.append(f"ligne {number} : {problem}")


# --- writing --------------------------------------------------------------------------------------


def _merge(
    file: CsvFile,
    typed: Mapping[tuple, tuple[int, dict[str, Any]]],
    rows: Sequence[dict[str, Any]],
    source: str,
    request: Request,
) -> str:
    """Lines of the same budget, year, stage and source take the place of the former ones, with what
    people typed of them. Another source's are never touched."""
    views = {tuple(row[name] for name in _VIEW) for row in rows}
    former = {key: one for key, one in typed.items() if key[:3] in views}
    others = sorted({row["source"] for _, row in former.values()} - {source})
    keys = {tuple(row[name] for name in ACCOUNTS.key) for row in rows}
    gone = {key: one for key, one in former.items() if key not in keys}
    lost = [i for i, row in gone.values() if any(row[name] for name in _TYPED)]
    faults = [f"accounts.csv a déjà ces comptes, d’une autre source : {', '.join(others)}"]
    faults = faults if others else []
    if lost and not request.drop:
        faults.append(
            f"lignes {write_lines(lost)} d’accounts.csv : rattachées ou cotées à la main, elles ne"
            " sont plus dans l’export ; DROP=1 les retire"
        )
    _refuse(request.file.name, faults)
    counts = {"nouvelle": 0, "changée": 0, "inchangée": 0}
    for row in rows:
        number, old = former.get(tuple(row[name] for name in ACCOUNTS.key), (0, {}))
        changes = {n: cell for n, cell in row.items() if not number or old[n] != cell}
        if not number:
            file.append({**row, "source": source})
        elif changes:
            file.replace(number, changes)
        state = "changée" if "amount_eur" in changes else "inchangée"
        counts[state if number else "nouvelle"] += 1
    for number, _ in gone.values():
        file.remove(number)
    said = [french.format_count(n, word, f"{word}s") for word, n in counts.items() if n]
    said += [french.format_count(len(gone), "retirée", "retirées")] if gone else []
    return f"{french.format_count(len(rows), 'ligne', 'lignes')}, {french.join_list(said)}"


def _cite(dossier: Dossier, source: str, mark: str, name: str, today: date) -> CsvFile:
    """sources.csv with the export's row: the file that was read last, its checksum."""
    frame, faults = read_table(dossier.raw / SOURCES.file(), SOURCES, SOURCES.file())
    if faults:
        raise InvalidDossier(faults)
    file = CsvFile.read(dossier.raw, SOURCES.file(), SOURCES.header)
    rows = {row["id"]: (number, row) for number, row in _list_rows(frame)}
    new = list_uncovered([name], [row["file"] for _, row in rows.values()])
    if source not in rows:
        title = f"Comptes du service des finances : {mark.partition(' (SHA')[0]}"
        cells = {"id": source, "kind": "données", "title": title, "remark": mark}
        file.append(cells | {"file": join_list(new), "accessed": today.isoformat()})
    elif mark != rows[source][1]["remark"] or new:
        number, row = rows[source]
        files = join_list([*split_list(row["file"]), *new])
        changes = {"file": files, "remark": mark, "accessed": today.isoformat()}
        file.replace(number, changes)
    return file


def _sum_up(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Real spending and receipts of each view, to be held against the paper."""
    for view in sorted({tuple(row[name] for name in _VIEW) for row in rows}):
        own = [r for r in rows if tuple(r[n] for n in _VIEW) == view and r["movement"] == REAL]
        sums: dict[str, float] = {}
        for row in own:
            of = "d’" if row["budget_section"] == INVESTMENT else "de "
            what = f"{row['flow']}s {of}{row['budget_section']}"
            sums[what] = sums.get(what, 0.0) + row["amount_eur"]
        said = ", ".join(f"{what} {french.format_euros(sums[what], 0.01)}" for what in sorted(sums))
        title = f"{view[0] or 'budget principal'}, {view[2]} {view[1]}"
        yield f"{title}, mouvements réels (à comparer au document) : {said or 'aucun'}."

"""The accounts of a finance service, from an export of its software, as rows of accounts.csv.

Columns are known by their headings; totals are left out; what people typed of a line (policy,
finality, ratings) stays with it. Nothing is written where something cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.cell import MergedCell

from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.collect.cell_answers import fold
from analysis.collect.raw_edits import CsvFile, list_uncovered
from analysis.collect.received_files import UnreadableForm, open_reader
from analysis.collect.safe_opening import SECONDS, open_workbook
from analysis.compute.budget_tables import CLOSED_STAGES, write_lines
from analysis.compute.dossier.cells import CellError, clean_text, read_number
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import (
    ACCOUNT_STAGES,
    AXES,
    COLUMNS,
    REAL,
    RECEIVED,
    SPENT,
    TABLES,
    InvalidDossier,
)  # fmt: skip
from analysis.words import french

ACCOUNTS, SOURCES = TABLES["accounts"], TABLES["sources"]
_DONE, _VOTED = "(realise|mandate|emis|execute)e?s?", "(vote|prevu|propose|ouvert|inscrit)e?s?"
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
    "spent done": rf"(montant )?(depenses?|mandats?) {_DONE}",
    "spent voted": rf"(montant )?depenses? {_VOTED}",
    "spent": r"(montant )?(depenses?|mandats)",
    "received done": rf"(montant )?(recettes?|titres?) {_DONE}",
    "received voted": rf"(montant )?recettes? {_VOTED}",
    "received": r"(montant )?(recettes?|titres)",
    "done": rf"(montant |total )?{_DONE}|realisations?|bgt_mtreal",
    "voted": rf"(montant |credits? |total )?{_VOTED}|previsions?|bgt_mtbudg",
    "amount": r"montant( net| ttc| en euros)?",
}
_AMOUNTS = {"spent", "received", "done", "voted", "amount"}
_STAGES = {fold(stage): stage for stage in ACCOUNT_STAGES}
_STAGES |= dict(zip(("bp", "bs", "dm", "ca", "cfu"), ACCOUNT_STAGES, strict=True))
#: First letter (folded) of what a cell says; « exploitation » is how M4 calls the first section.
_LETTERS = {
    "budget_section": {"f": "fonctionnement", "e": "fonctionnement", "i": "investissement"},
    "flow": {"d": SPENT, "r": RECEIVED},
    "movement": {"r": REAL, "o": "ordre"},
}
#: Chapters of mouvements d'ordre; those of two digits have lost their 0 in a spreadsheet.
_ORDERS = r"(?:021|023|0?4[0-3])\b"
_TOTAL = "total|chapitre|solde|resultat|report|cumul"
_HEAD_ROWS, _SHOWN = 40, 20
_TOO_BIG = "N’exporter que les lignes de l’exercice."
_VIEW, _KEY = list(ACCOUNTS.key[:3]), list(ACCOUNTS.key)
_TYPED = ("policy", "finality", *(f"axis_{axis}" for axis in AXES), "reason", "rated_by")


def import_accounts(
    dossier: Dossier,
    year: int,
    path: Path,
    *,
    given: Mapping[str, str] | None = None,
    headings: Mapping[str, str] | None = None,
    source: str = "",
    drop: bool = False,
    today: date | None = None,
) -> str:
    """Put the lines of an export into accounts.csv of an edition; what was done, in French.

    ``given``: what no column of the file says (stage, fiscal_year…); ``headings``: of the columns
    that ``HEADINGS`` does not know; ``drop``: give up what was typed of lines that went. Raises
    UserError with all that is wrong, and writes nothing then.
    """
    try:
        with open_reader(partial(open_workbook, any_text=True), SECONDS, _TOO_BIG) as read:
            opened = read(path)
    except UnreadableForm as error:
        raise UserError(f"{path.name} : {error}") from None
    rows, faults, told = read_export(opened.workbook, given or {}, headings or {})
    _refuse(path, faults)
    name = ACCOUNTS.file(year)
    source = source or f"comptes-{rows['fiscal_year'].max()}"
    file, typed = _open_table(dossier, name, "accounts")
    counts = _merge(path, file, typed, rows.to_dict("records"), source, drop)
    mark = f"{path.name} (SHA-256 : {opened.sha256})"
    sources = _cite(dossier, source, mark, name, today or date.today())
    contents = {dossier.raw / name: file, dossier.raw / SOURCES.file(): sources}
    changed = {place: one.content for place, one in contents.items() if one.changed}
    write_together(dossier.raw, changed)
    todo = f"À remplir dans {name} : policy, finality, axis_1 à axis_6. Ensuite :"
    said = [f"{path.name} : {counts}.", *told, *_sum_up(rows)]
    return "\n".join([*said, f"{todo} « {name_command('data', year=year)} »."])


def _refuse(path: Path, faults: Sequence[str]) -> None:
    if faults:
        more = [f"et {len(faults) - _SHOWN} autres"] if len(faults) > _SHOWN else []
        said = "\n".join(f"  - {fault}" for fault in [*faults[:_SHOWN], *more])
        raise UserError(f"{path.name} : rien n’est importé.\n{said}")


# --- reading --------------------------------------------------------------------------------------


def read_export(
    workbook: Any, given: Mapping[str, str], headings: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The lines of the first sheet that has the headings of accounts (the key, ``amount_eur`` and
    ``locator``), what is wrong with it, what is to be told."""
    for sheet in workbook.worksheets:
        cells = [[*row] for row in sheet.iter_rows()]
        first, heads, columns = _find_heads(cells, headings)
        if columns:
            below = range(first + 1, len(cells) + 1)
            lines = [list(map(_read_text, row)) for row in cells[first:]]
            texts = pd.DataFrame(lines, index=below, dtype=str)
            told: dict[str, str] = {}
            rows, faults = _read_lines(texts, columns, given, told)
            closed = set(rows["stage"].isin(CLOSED_STAGES))
            other = {"voted": closed == {True}, "done": closed == {False}}
            read = sorted(n for name, n in columns.items() if not other.get(name.split()[-1]))
            rest = [head for n, head in enumerate(heads) if head and n not in read]
            told["Colonnes lues :"] = ", ".join(heads[n] for n in read)
            told["Colonnes qui ne sont pas lues :"] = ", ".join(f"« {head} »" for head in rest)
            coded = [columns[name] for name in ("chapter", "function") if name in columns]
            bare = [n for n in below if any(_is_bare(cells[n - 1][place]) for place in coded)]
            lost = "Chapitres ou fonctions en nombres, dont un 0 a pu se perdre : lignes"
            told[lost] = write_lines(bare)
            rows["locator"] = [f"feuille « {sheet.title} », ligne {n}" for n in rows["locator"]]
            notices = [f"{words} {found}." for words, found in told.items() if found]
            return rows, faults, [f"Feuille « {sheet.title} », en-têtes ligne {first}.", *notices]
    fault = (
        "aucune ligne d’en-têtes reconnue : il faut au moins un compte par nature et un montant."
        ' Donner leurs intitulés : HEADINGS="account=Imputation ; amount=Net".'
    )
    return pd.DataFrame(), [fault], []


def _read_text(cell: Any) -> str:
    """A cell as it is shown: a number keeps the zeros of its format (« 020 »)."""
    value, shown = cell.value, str(getattr(cell, "number_format", ""))
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = "" if value is None else clean_text(str(value))
    return text.zfill(len(shown)) if isinstance(value, int) and re.fullmatch("0+", shown) else text


def _is_bare(cell: Any) -> bool:
    """Whether a code is a number, without a 0 before it."""
    return isinstance(cell.value, int | float) and _read_text(cell)[0] != "0"


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


def _read_amount(text: str) -> float:
    """0 where there is none, NaN where it cannot be read (a formula, words)."""
    try:
        return read_number(text.removesuffix("€").rstrip()) if text else 0.0
    except CellError:
        return float("nan")


def _read_lines(
    texts: pd.DataFrame, columns: Mapping[str, int], given: Mapping[str, str], told: dict[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """The lines of a sheet, whose ``locator`` is a number; their faults; what is left aside."""
    said = pd.DataFrame({name: texts[n] for name, n in columns.items()}).assign(**given)
    said = said.reindex(columns=list(HEADINGS), fill_value="")
    rows = said[["budget", "label", "operation"]].assign(locator=texts.index.astype(str))
    rows["stage"] = said["stage"].map(lambda text: _STAGES.get(fold(text), ""))
    rows["fiscal_year"] = said["fiscal_year"].where(
        said["fiscal_year"].str.fullmatch(r"20\d\d"), ""
    )
    for name, letters in _LETTERS.items():
        rows[name] = [letters.get(fold(text)[:1], "") for text in said[name]]
    if not (said["movement"] != "").any():
        order = said["chapter"].str.match(_ORDERS).map({True: "ordre", False: REAL})
        rows["movement"] = order.where(said["chapter"] != "", "")
    closed = rows["stage"].isin(CLOSED_STAGES)
    amounts = pd.DataFrame(index=rows.index)
    for flow, name in ((SPENT, "spent "), (RECEIVED, "received "), ("", "")):
        text = said[f"{name}done"].where(closed, said[f"{name}voted"])
        text = text.where(text != "", said[name.strip() or "amount"])
        unknown = said[f"{name}done"].where(rows["stage"] == "", "")
        amounts[flow] = text.where(text != "", unknown).map(_read_amount)
    for flow in (SPENT, RECEIVED):
        rows["flow"] = rows["flow"].where(amounts[flow].fillna(0) == 0, flow)
    rows["amount_eur"] = amounts.sum(axis=1)
    account = said["account"].str.extract(r"^(\d{2,})(?:(?:\s*+[-–:.]\s++|\s++)(.*))?$").fillna("")
    rows["account"] = account[0]
    rows["label"] = rows["label"].where(rows["label"] != "", account[1])
    rows["function"] = said["function"].str.extract(r"^(\d[\d-]*)")[0].fillna("").str.rstrip("-")
    named, filled = rows["account"] != "", rows["amount_eur"] != 0
    unread = amounts.isna().any(axis=1)
    total = texts.agg(" ".join, axis=1).map(fold).str.contains(_TOTAL) & ~named
    lines = filled & named & ~unread
    told["Sans montant, laissées de côté : lignes"] = write_lines(
        texts.index[named & ~filled & ~unread]
    )
    faults = [
        f"ligne {number} : {words}"
        for words, wrong in (
            ("montant illisible ; d’une formule, coller la valeur", unread),
            ("un montant sans compte, qui n’est pas un total", filled & ~named),
            ("une dépense et une recette pour un même compte", (amounts != 0).sum(axis=1) > 1),
            ("la même qu’une autre ligne", texts.duplicated() & lines),
        )
        for number in texts.index[wrong & ~total]
    ]
    rows = rows[lines]
    faults += _list_lacking(rows, said)
    faults += [] if len(rows) or faults else ["aucune ligne de compte avec un montant"]
    added = rows[rows.duplicated(_KEY)].index
    told["Lignes ajoutées à une autre du même compte :"] = write_lines(added)
    if len(rows):
        ways = {"amount_eur": "sum", "locator": ", ".join}
        rows = rows.groupby(_KEY, sort=False, as_index=False).agg(ways)
    rows, above, twice = _leave_out_sums(rows)
    told["Totaux laissés de côté, lignes"] = write_lines([*texts.index[total & filled], *above])
    return rows if faults else rows.astype({"fiscal_year": int}), [*faults, *twice]


def _list_lacking(rows: pd.DataFrame, said: pd.DataFrame) -> list[str]:
    """What neither a column nor the analyst says of some lines."""
    faults = []
    for name in (*_VIEW[1:], *_LETTERS):
        lacks = rows.index[rows[name] == ""]
        if len(lacks):
            read = sorted({text for text in said.loc[lacks, name] if text})
            why = f"« {read[0]} » n’est pas compris" if read else "aucune colonne ne le dit"
            want = ACCOUNT_STAGES if name == "stage" else COLUMNS[name].codes or ("2025",)
            where = f"lignes {write_lines(lacks)} : " if read else ""
            how = f'SET="{name}=…" ({", ".join(want)})'
            faults.append(f"{where}{COLUMNS[name].description} : {why} ; {how}")
    return faults


def _leave_out_sums(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[int], list[str]]:
    """The lines without those that are the sum of longer accounts (21 of 2151 and 2152), what these
    are, and chapters that are not the sum of what stands below them."""
    above, twice = [], []
    for place in rows.index[rows.get("account", pd.Series(dtype=str)).str.len().argsort()[::-1]]:
        row = rows.loc[place]
        same = (rows[[*_VIEW, *_LETTERS]] == row[[*_VIEW, *_LETTERS]]).all(axis=1)
        longer = rows["account"].str.startswith(row["account"]) & (
            rows["account"] != row["account"]
        )
        below = rows.loc[same & longer, "amount_eur"]
        if len(below) and abs(below.sum() - row["amount_eur"]) < 0.005:
            above.append(int(row["locator"].split(",")[0]))
            rows = rows.drop(index=place)
        elif len(below) and len(row["account"]) == 2:
            told = f"le compte {row['account']} et son détail compteraient deux fois"
            twice.append(f"ligne {row['locator']} : {told}")
    return rows, above, twice


# --- writing --------------------------------------------------------------------------------------


def _open_table(dossier: Dossier, name: str, table: str) -> tuple[CsvFile, list[dict[str, Any]]]:
    """A raw file to be changed, and its rows with their numbers (``number``)."""
    frame, faults = read_table(dossier.raw / name, TABLES[table], name)
    if faults:
        raise InvalidDossier(faults)
    file = CsvFile.read(dossier.raw, name, TABLES[table].header)
    return file, frame.assign(number=frame.index).to_dict("records")


def _merge(
    path: Path,
    file: CsvFile,
    typed: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    source: str,
    drop: bool,
) -> str:
    """Lines of the same budget, year, stage and source take the place of the former ones, with what
    people typed of them. Another source's are never touched."""

    def name_line(row: Mapping[str, Any], columns: Sequence[str] = _KEY) -> tuple:
        return tuple(row[column] for column in columns)

    views, keys = {name_line(row, _VIEW) for row in rows}, set(map(name_line, rows))
    former = {name_line(row): row for row in typed if name_line(row, _VIEW) in views}
    others = sorted({row["source"] for row in former.values()} - {source})
    gone = [row for key, row in former.items() if key not in keys]
    lost = [row["number"] for row in gone if any(row[name] for name in _TYPED)]
    faults = [f"accounts.csv a déjà ces comptes, d’une autre source : {', '.join(others)}"]
    faults = faults if others else []
    if lost and not drop:
        faults.append(
            f"lignes {write_lines(lost)} d’accounts.csv : rattachées ou cotées à la main, elles ne"
            " sont plus dans l’export ; DROP=1 les retire"
        )
    _refuse(path, faults)
    counts = {"nouvelle": 0, "changée": 0, "inchangée": 0, "retirée": len(gone)}
    for row in rows:
        old = former.get(name_line(row))
        changes = {name: cell for name, cell in row.items() if old and old[name] != cell}
        if not old:
            file.append({**row, "source": source})
        elif changes:
            file.replace(old["number"], changes)
        state = "changée" if "amount_eur" in changes else "inchangée"
        counts[state if old else "nouvelle"] += 1
    for row in gone:
        file.remove(row["number"])
    said = [french.format_count(n, word, f"{word}s") for word, n in counts.items() if n]
    return f"{french.format_count(len(rows), 'ligne', 'lignes')}, {french.join_list(said)}"


def _cite(dossier: Dossier, source: str, mark: str, name: str, today: date) -> CsvFile:
    """sources.csv with the export's row: the file that was read last, its checksum."""
    file, rows = _open_table(dossier, SOURCES.file(), "sources")
    new = list_uncovered([name], [row["file"] for row in rows])
    cells = {"id": source, "kind": "données", "remark": mark, "accessed": today.isoformat()}
    cells["title"] = f"Comptes du service des finances : {mark.partition(' (SHA')[0]}"
    known = next((row for row in rows if row["id"] == source), None)
    if known is None:
        file.append(cells | {"file": join_list(new)})
    elif mark != known["remark"] or new:
        del cells["id"], cells["kind"], cells["title"]
        files = join_list([*split_list(known["file"]), *new])
        file.replace(known["number"], cells | {"file": files})
    return file


def _sum_up(rows: pd.DataFrame) -> Iterator[str]:
    """Real spending and receipts of each view, to be held against the paper."""
    for (budget, year, stage), own in rows[rows["movement"] == REAL].groupby(_VIEW):
        sums = own.groupby(["budget_section", "flow"])["amount_eur"].sum()
        said = [
            f"{section}, {flow}s {french.format_euros(amount, 0.01)}"
            for (section, flow), amount in sums.items()
        ]
        title = f"{budget or 'budget principal'}, {stage} {year}"
        yield f"{title}, mouvements réels, à comparer au document : {' ; '.join(said)}."

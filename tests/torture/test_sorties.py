"""What leaves: no text becomes a formula of a spreadsheet, nothing tells of who made the files."""

from __future__ import annotations

import ast
import csv
import getpass
import io
import itertools
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from PIL import Image

from analysis.base.csvtext import (
    format_csv,
    format_row,
    guard_text,
    read_csv,
    restore_text,
    split_csv,
)
from analysis.base.paths import PROJECT, Dossier
from analysis.base.pictures import publish_picture
from analysis.collect.raw_edits import CsvFile
from analysis.model.schema import PROCESSED, TABLES
from analysis.model.schema.processed_tables import CHANGES
from analysis.publish import opendata

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: Texts that a spreadsheet would compute, whichever separator it splits at.
FORMULAS = [
    *(f"{sign}1+1" for sign in SIGNS),
    *(f"{lead}=1+1" for lead in ' "\'\u00a0\u202f\ufeff\t\r\n'), " \t=1+1",
    *(f"texte{mark}=1+1" for mark in (";", ",", "\t", "\n", "\r\n", "; ", ";\u00a0", ';"')),
    "\ttexte", "\rtexte", "-5 %", "@dupont", "+33 6 12 34 56 78", "- un point\n- un autre",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://exemple.invalid";"voir")', "@SUM(1)", "+1+1", "-1+1",
    "a;=b;-c,+d", "''=1", "=",
]  # fmt: skip
#: Texts that no spreadsheet computes, numbers among them: they are written as they are.
LETTERS = [
    "", "-5", "+3,5", "-1.5e-3", "-INF", "+", "-", "l'eau", "'", "a=b", "10 - 5", "–5",
    "« =1 »", "a@b.invalid", "x ; y", "fin;",
]  # fmt: skip


KINDS = {"saisie": TABLES, "calculée": PROCESSED, "changements": CHANGES}


def is_formula(cell: str) -> bool:
    bare = cell.strip(' "\u00a0\u202f\ufeff')
    return bare.startswith(SIGNS) and not re.fullmatch(
        r"[+-]?(\d+([.,]\d+)?(e[+-]?\d+)?|INF)?", bare
    )


def list_formulas(text: str) -> list[str]:
    """Cells that a spreadsheet computes, as it splits at each of the three separators."""
    return [
        cell
        for separator in ",;\t"
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
        if is_formula(cell) or cell.startswith(("\t", "\r"))
    ]


@pytest.mark.torture("Sorties", "texte qui a l’air d’une formule, écrit en CSV puis relu", "réparé")
@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_is_no_formula_and_comes_back(text):
    line = format_row(["id", text, "fin"])
    assert list_formulas(line) == []
    assert list_formulas(format_row([text])) == []
    assert split_csv(line, ",") == [["id", text, "fin"]]


@pytest.mark.parametrize("text", LETTERS)
def test_numbers_and_other_texts_stay_as_they_are(text):
    assert guard_text(text) == text
    assert restore_text(text) == text


def test_every_text_comes_back():
    """All short texts of the characters that matter: none is changed by being written and read, no
    two are written alike."""
    written = {}
    for length in range(6):
        for letters in itertools.product("=-; '\t\na", repeat=length):
            text = "".join(letters)
            guarded = guard_text(text)
            assert restore_text(guarded) == text
            assert written.setdefault(guarded, text) == text


@pytest.mark.torture(
    "Sorties", "longue cellule de séparateurs, d’espaces ou d’apostrophes", "survécu"
)
@pytest.mark.parametrize("text", [" ", "\n", "'", ";", ";'", "; ", ";=", ';"'])
def test_a_long_text_is_written_at_once(text):
    """Were it read anew from each place, it would take hours."""
    long = text * 100_000
    assert restore_text(guard_text(long)) == long


@pytest.mark.torture("Sorties", "formule dans chaque colonne de texte de chaque table", "réparé")
@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, tables in KINDS.items() for name in tables],
)
def test_no_column_of_any_table_holds_a_formula(kind, name, tmp_path):
    table = KINDS[kind][name]
    columns = {
        column.name: FORMULAS
        if column.kind in ("text", "list")
        else [-1.5 if column.kind == "number" else None] * len(FORMULAS)
        for column in table.columns
    }
    text = format_csv(pd.DataFrame(columns))
    assert list_formulas(text) == []
    path = tmp_path / f"{name}.csv"
    path.write_text(text, "utf-8", newline="")
    again = read_csv(path)
    for column in table.columns:
        if column.kind in ("text", "list"):
            assert list(again[column.name]) == FORMULAS, column.name
        elif column.kind == "number":
            assert set(again[column.name]) == {"-1.5"}, column.name


@pytest.fixture
def spoilt_package(edition, made_up_dossier, tmp_path, monkeypatch):
    """The open data whose every free text begins as a formula, and its frames."""
    frames = opendata.collect_frames(edition, Dossier(made_up_dossier))
    for name, frame in frames.items():
        for column in opendata.list_columns(name, frame):
            bound = column.codes or column.refers or column.pattern or column.precision
            read = bound or column.name in PROCESSED[name].key or name in ("sources", "credits")
            if column.kind == "text" and not read:  # none that the descriptor looks at
                texts = itertools.cycle(FORMULAS)
                frame[column.name] = [next(texts) for _ in range(len(frame))]
    monkeypatch.setattr(opendata, "collect_frames", lambda *_: frames)
    folder = opendata.write_package(edition, Dossier(made_up_dossier), edition.year, tmp_path)
    return folder, frames


@pytest.mark.torture(
    "Sorties", "données ouvertes pleines de formules : le paquet reste valide", "réparé"
)
def test_the_package_is_valid_and_read_back(spoilt_package):
    from frictionless import validate

    folder, frames = spoilt_package
    report = validate(str(folder / "datapackage.json"))
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert sum(len(frame) for frame in frames.values()) > 100
    for name, frame in frames.items():
        text = (folder / f"{name}.csv").read_text("utf-8")
        assert list_formulas(text) == [], name
        assert format_csv(read_csv(folder / f"{name}.csv")) == format_csv(frame), name
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert "apostrophe droite" in descriptor["description"]


@pytest.mark.torture(
    "Sorties", "fichiers CSV pleins de formules, ouverts par LibreOffice", "réparé"
)
@pytest.mark.long
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.parametrize("separator", [44, 59, 9])
def test_libreoffice_finds_no_formula(separator, tmp_path):
    texts = [text for text in FORMULAS if "\r" not in text]
    table = pd.DataFrame({"id": texts, "title": texts, "value": [-1.5] * len(texts)})
    (tmp_path / "a.csv").write_text(format_csv(table), "utf-8", newline="")
    #  Detects numbers and formulas as a spreadsheet does by default: tokens 8 and 13 of its filter.
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         f"--infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true",
         "--convert-to", "xlsx", "--outdir", str(tmp_path), str(tmp_path / "a.csv")],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    cells = [
        cell
        for sheet in openpyxl.load_workbook(next(tmp_path.glob("a*.xlsx")))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    if separator == 44:
        assert {cell.value for cell in cells if cell.column == 3 and cell.row > 1} == {-1.5}


# --- no writer goes round -------------------------------------------------------------------------

#: Where a CSV or a workbook is written: the two roots; where one that came in is held or marked.
ROOTS = {"base/csvtext.py", "collect/form_writer.py"}
HELD = {
    "collect/other_formats.py": "a form of another format, in memory",
    "collect/feedback.py": "a service's own form, marked",
    "collect/remark_book.py": "our own look-ups",
    "collect/safe_opening.py": "a number too large, in memory",
}


def list_writings(path: Path) -> set[str]:
    """Calls and assignments of a module that may put a text into a CSV or a workbook."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if re.fullmatch(r"csv\.(writer|DictWriter)|.*\.(to_csv|to_excel)|ExcelWriter", name):
                found.add(name)
        if isinstance(node, ast.Assign):
            found |= {
                ast.unparse(target)
                for target in node.targets
                if re.search(r"\bcell\.value$|^sheet\[", ast.unparse(target))
            }
    return found


@pytest.mark.torture("Sorties", "code qui écrirait un CSV ou un classeur à côté", "survécu")
def test_one_place_writes_csv_and_one_writes_cells():
    source = PROJECT / "src" / "analysis"
    modules = [*source.rglob("*.py"), *(PROJECT / "reports").rglob("scripts/*.py")]
    writing = {
        path.relative_to(source).as_posix() if path.is_relative_to(source) else path.name
        for path in modules
        if list_writings(path)
    }
    assert writing == ROOTS | set(HELD)
    code = "".join(
        "".join(cell["source"])
        for path in (PROJECT / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text("utf-8"))["cells"]
    )
    assert not re.search(r"to_csv|to_excel|csv\.writer|openpyxl", code)
    pages = "".join(
        path.read_text("utf-8")
        for path in (PROJECT / "reports").rglob("*.js")
        if "20" not in path.parts
    )
    assert not re.search(r"new Blob|text/csv|createObjectURL", pages), "a page writes a file"


def test_a_row_changed_keeps_its_texts_and_the_others_their_bytes():
    file = CsvFile(b"id,note\r\na,=1+1\r\nb,x\r\n", ["id", "note"])
    file.replace(3, {"note": "@dupont"})
    assert file.content == b"id,note\r\na,=1+1\r\nb,'@dupont\r\n"
    assert split_csv(file.content.decode(), ",")[1:] == [["a", "=1+1"], ["b", "@dupont"]]


@pytest.mark.parametrize(
    ("formula", "kept"),
    [("=SUM(B1:B2)", True), ("=[1]Feuil1!A1", False), ('=HYPERLINK("http://x.invalid")', False),
     ("=WEBSERVICE(A1)", False), ("=cmd|' /C calc'!A0", False)],
)  # fmt: skip
def test_a_marked_copy_keeps_no_formula_that_looks_outside(formula, kept):
    from analysis.collect.feedback import _clear_former

    sheet = openpyxl.Workbook().active
    sheet["A1"] = formula
    _clear_former(sheet)
    assert (sheet["A1"].data_type == "f") is kept
    assert sheet["A1"].value == formula


# --- secrecy --------------------------------------------------------------------------------------

SECRET = b"Jeanne Secrete 50.3572N 3.3925E"


def take_photograph() -> bytes:
    picture = Image.linear_gradient("L").convert("RGB").resize((64, 32))
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()  # the artist
    exif.get_ifd(0x8825)[29] = SECRET.decode()  # GPS
    exif[0x0112] = 6
    written = io.BytesIO()
    options = {"exif": exif, "comment": SECRET, "progressive": True, "icc_profile": b"profil" * 9}
    picture.save(written, "JPEG", **options)
    return written.getvalue() + SECRET + b"\xff\xd8 a second picture, as telephones add"


def draw_logo() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    about, written = PngInfo(), io.BytesIO()
    about.add_text("Author", SECRET.decode())
    about.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=False)
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    picture = Image.linear_gradient("L").resize((64, 32)).convert("P")
    picture.save(written, "PNG", pnginfo=about, exif=exif, transparency=3, dpi=(300, 300))
    return written.getvalue() + SECRET


@pytest.mark.torture("Sorties", "lieu, appareil et auteur dans une photo publiée", "réparé")
@pytest.mark.parametrize(
    ("name", "content"), [("a.jpg", take_photograph()), ("a.png", draw_logo())]
)
def test_a_picture_says_nothing_of_its_making(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    kept = io.BytesIO()
    publish_picture(tmp_path / name, kept)
    assert SECRET in content
    assert b"Jeanne" not in kept.getvalue()
    before, after = (Image.open(io.BytesIO(each)) for each in (content, kept.getvalue()))
    assert dict(after.getexif()) == {}
    assert before.info.get("icc_profile") == after.info.get("icc_profile")
    if before.format == "JPEG":  # upright, as its EXIF asked; its points are compressed anew
        assert after.size == before.size[::-1]
    else:
        assert before.convert("RGBA").tobytes() == after.convert("RGBA").tobytes()


def list_contents(name: str, content: bytes):
    """A file, and what is in it: the parts of an archive, the streams of a PDF."""
    yield name, content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.comment == b"", name
            for entry in archive.infolist():
                assert entry.comment == b"", (name, entry.filename)
                assert entry.extra == b"", (name, entry.filename)
                yield from list_contents(f"{name}!{entry.filename}", archive.read(entry))
    if content[:4] == b"%PDF":
        for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
            try:
                yield name, zlib.decompress(found[1])
            except zlib.error:
                continue


def list_traces() -> list[bytes]:
    """What would tell of this machine and who works on it, long enough to be no chance."""
    names = {socket.gethostname(), getpass.getuser(), socket.getfqdn()}
    folders = {
        PROJECT,
        Path.home(),
        Path(tempfile.gettempdir()),
        Path(sys.prefix),
        Path(sys.base_prefix),
    }
    found = {name for name in names if len(name) > 4 and name != "localhost"}
    return sorted(
        text.encode() for text in {*found, *(f"{path}/" for path in folders if len(path.parts) > 1)}
    )


@pytest.mark.torture(
    "Sorties", "chemin, machine, compte ou heure dans un fichier du rapport", "survécu"
)
@pytest.mark.slow
def test_nothing_of_the_report_tells_of_the_machine(made_up_report):
    folder = made_up_report.report(2030)
    traces = [*list_traces(), str(made_up_report.root).encode()]
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert {".html", ".pdf", ".docx", ".csv", ".json", ".zip", ".svg"} <= {p.suffix for p in paths}
    found = [
        (name, trace)
        for path in paths
        for name, content in list_contents(path.name, path.read_bytes())
        for trace in traces
        if trace in content
    ]
    assert found == []
    for path in paths:
        for name, content in list_contents(path.name, path.read_bytes()):
            if name.endswith("docProps/core.xml"):
                for tag in (b"lastModifiedBy", b"lastPrinted", b"revision"):
                    assert tag not in content, name
            if name.endswith("docProps/app.xml"):
                assert not re.search(rb"<(Company|Manager|Template|HyperlinkBase)>[^<]", content)
            if name.endswith("word/document.xml"):
                assert not re.search(rb"<w:vanish(/| w:val=\"(1|true))", content), "hidden text"
                assert not re.search(rb"<w:(ins|del|comment\w*) ", content), "tracked changes"
            assert "comments" not in name.rpartition("/")[2], name
            if content.startswith(b"\x89PNG"):
                assert not re.search(rb"(tEXt|iTXt|zTXt|eXIf|tIME)", content[:200]), name


@pytest.mark.torture(
    "Sorties", "remarque, relecteur ou signature dans les données ouvertes", "survécu"
)
def test_nothing_that_reviewers_say_is_in_the_open_data(edition, made_up_dossier, tmp_path):
    root = tmp_path / "dossier"
    shutil.copytree(made_up_dossier, root)
    header = TABLES["remarks"].header
    said = {"id": "r", "chapter": "air", "remark": SECRET.decode(), "reviewer": SECRET.decode(),
            "date": "2026-05-02", "state": "ouverte"}  # fmt: skip
    text = format_row(header) + format_row([said.get(name, "") for name in header])
    (root / "raw" / TABLES["remarks"].file(edition.year)).write_text(text, "utf-8")
    files = opendata.compose_package(edition, Dossier(root), edition.year)
    assert [name for name, content in files.items() if b"Jeanne" in content] == []
    own = {"reviewer", "remark", "answer", "answered_by", "signed_by"}
    held = {(name, column) for name, table in PROCESSED.items() for column in table.header}
    assert {pair for pair in held if pair[1] in own} <= {("sources", "remark")}
    assert not {"remarks", "reviews"} & set(PROCESSED)


# --- promises -------------------------------------------------------------------------------------


@pytest.mark.torture("Sorties", "production d’un rapport sans réseau", "survécu")
@pytest.mark.long
@pytest.mark.slow
def test_a_report_is_made_without_a_network(tmp_path):
    alone = ["unshare", "-rn", "sh", "-c"]
    if subprocess.run([*alone, "ip link set lo up"], capture_output=True, check=False).returncode:
        pytest.skip("this system makes no room without a network")
    root = tmp_path / "dossier"
    shutil.copytree(Path(__file__).parents[1] / "dossiers" / "invente", root)
    run = f"'{sys.executable}' -m analysis report --engine embedded --year 2030 --dossier '{root}'"
    ended = subprocess.run(
        [*alone, f"ip link set lo up && exec {run}"], cwd=PROJECT, capture_output=True, text=True,
        timeout=1500, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = Dossier(root).report(2030)
    assert (report / "html" / "index.html").is_file()
    assert (report / "rapport-2030.pdf").is_file()


def test_each_promise_names_a_test_that_is_there():
    text = (PROJECT / "docs" / "solidite.md").read_text("utf-8")
    section = text.partition("## Les promesses")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert len(rows) > 20
    for promise, tests in rows[2:]:
        named = re.findall(r"`(\w+)\.py::(\w+)`", tests)
        assert named, promise
        for module, name in named:
            (path,) = (PROJECT / "tests").rglob(f"{module}.py")
            assert re.search(rf"^def {name}\(", path.read_text("utf-8"), re.MULTILINE), name
    for promise, _ in rows[2:]:
        place = re.search(r"\(([\w/.-]+\.(?:md|qmd))\)$", promise)
        assert place, promise
        assert (PROJECT / place[1]).is_file(), promise

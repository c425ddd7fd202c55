"""Returned files that mean harm, or whose names and kinds are odd: one costs a message, no more."""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from types import SimpleNamespace

import hostile_workbooks as hostile
import openpyxl
import pytest
from bounded import run_bounded
from form_example import YEAR, change_parts, make_form, prepare, save
from tool_example import fill, prepare_tools, write_books

from analysis.base.errors import UserError
from analysis.base.paths import PROJECT
from analysis.collect import collecting, form_contract, received_files, safe_opening
from analysis.collect.collecting import collect_forms
from analysis.collect.feedback import clean_name
from analysis.collect.form_reader import read_form
from analysis.collect.received_files import UnreadableForm, open_reader
from analysis.collect.table_answers import _word_fault
from analysis.collect.tool_sheets import TOOL_SHEETS, RawRows
from analysis.compute.dossier import collect_faults
from analysis.model.schema import Fault

GROUP = "Classeurs reçus"


@pytest.fixture
def back(tmp_path):
    folder = tmp_path / "retournés"
    folder.mkdir()
    return folder


@pytest.fixture
def dossier(dossier_copy):
    return prepare(dossier_copy)


def refuse(path) -> str:
    with pytest.raises(UnreadableForm) as error:
        read_form(path)
    return str(error.value)


# --- what is counted before it is expanded --------------------------------------------------------

COUNTED = {
    "fusions-juste-permises": "cellules fusionnées",
    "liens-larges": "cellules fusionnées",
    "chaine-enorme": "Feuille « Indicateurs », cellule M20 : texte de",
    "cellule-trop-loin": "abîmé",
    "cellule-a0": "abîmé",
    "ligne-negative": "abîmé",
    "colonne-zzz": "abîmé",
    "quinze-feuilles": "feuilles",
}


@pytest.mark.torture(
    GROUP, "classeur de quelques kilo-octets qui en demande des milliards", "réparé"
)
@pytest.mark.parametrize("name", COUNTED)
def test_what_a_workbook_asks_for_is_counted_first(tmp_path, monkeypatch, name):
    monkeypatch.setattr(safe_opening, "MAX_SHEETS", 12)
    assert COUNTED[name] in refuse(hostile.write(name, tmp_path / "f.xlsx"))


SMALL = {
    "validations": "<dataValidations>" + '<dataValidation sqref="A1"/>' * 99 + "</dataValidations>",
    "plages d’une validation": f'<dataValidation sqref="{"A1 " * 99}"/>',
    "mises en forme": '<conditionalFormatting sqref="A1"/>' * 99,
    "liens": "<hyperlinks>" + '<hyperlink ref="A1" location="A1"/>' * 99 + "</hyperlinks>",
    "inconnus": "<x>" * 99 + "</x>" * 99,
}


@pytest.mark.torture(GROUP, "un million de validations, de liens, de mises en forme", "réparé")
@pytest.mark.parametrize("kind", SMALL)
def test_every_kind_of_element_counts(tmp_path, monkeypatch, kind):
    path = hostile.make_good(tmp_path / "f.xlsx")
    used = count_looks(path)
    monkeypatch.setitem(safe_opening.LIMITS, "éléments de présentation", used + 50)
    read_form(path)
    text = hostile.read_part(path, hostile.SHEET)
    text = text.replace("</sheetData>", f"</sheetData>{SMALL[kind]}")
    change_parts(path, {hostile.SHEET: text.encode()})
    assert "éléments de présentation" in refuse(path)


def count_looks(path) -> int:
    counts = safe_opening.Counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as stream:
                safe_opening._parse(stream, safe_opening._Survey(counts))
    return counts["éléments de présentation"]


@pytest.mark.torture(
    GROUP, "feuille dont le premier octet ou l’encodage n’est pas l’ordinaire", "réparé"
)
@pytest.mark.parametrize("start", ["\t", "\r", " \n", "<!-- x -->", '<?xml version="1.0"?>\n\t'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_first_byte_hides_a_part_from_the_survey(tmp_path, start, encoding):
    path = hostile.make_good(tmp_path / "f.xlsx")
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(100, 5_200))
    text = hostile.read_part(path, hostile.SHEET).replace("</sheetData>", rows + "</sheetData>")
    text = start + re.sub(r"^<\?xml.*?\?>", "", text)
    change_parts(path, {hostile.SHEET: text.encode(encoding)})
    assert max(len(sheet._cells) for sheet in read_form(path).workbook) < 1000


@pytest.mark.torture(GROUP, "cellule oubliée tout au bout de la feuille", "réparé")
@pytest.mark.parametrize("answer", [7000, "?"])  # "?": the copy is written too
def test_a_lone_cell_at_the_end_costs_nothing(dossier, back, answer):
    book = make_form(values={"arbres-plantes": answer, "logements-renoves": 120})
    book["Indicateurs"]["XFD1048576"] = "oubli"
    save(book, back / "f.xlsx")
    outcome = collect_forms(dossier, YEAR, back).outcomes[0]
    assert any(m.code == "logements-renoves" for m in outcome.imported)
    assert "XFD1048576" in " ".join(m.cell for m in outcome.errors)


@pytest.mark.torture(
    GROUP, "nombre infini, qui n’en est pas un, ou de quatre mille chiffres", "réparé"
)
@pytest.mark.parametrize("number", ["1e999", "-inf", "nan", "NaN", "1e308", "9" * 4000])
def test_a_number_is_a_number(dossier, back, number):
    path = hostile.make_good(back / "f.xlsx")
    text = hostile.read_part(path, hostile.SHEET).replace("<v>7000</v>", f"<v>{number}</v>")
    change_parts(path, {hostile.SHEET: text.encode()})
    outcome = collect_forms(dossier, YEAR, back).outcomes[0]
    assert not outcome.imported
    assert [m.place for m in outcome.errors] == ["Indicateurs G2"] or "abîmé" in outcome.errors[
        0
    ].message
    assert collect_faults(dossier, YEAR)[1] == []


@pytest.mark.torture(GROUP, "feuille OpenDocument ou ancien Excel qui se répète sans fin", "réparé")
@pytest.mark.parametrize(
    "name",
    [
        "texte-repete.ods",
        "plein.ods",
        "fusions.ods",
        "repetition-enorme.ods",
        "tables-du-meme-nom.ods",
        "paragraphes.ods",
    ],
)
def test_an_open_document_is_bounded_too(tmp_path, monkeypatch, name):
    monkeypatch.setattr("analysis.collect.other_formats.MAX_FILLED", 5_000)
    monkeypatch.setattr("analysis.collect.received_files.check_amount.__defaults__", (2_000,))
    monkeypatch.setitem(safe_opening.LIMITS, "éléments", 50_000)
    refuse(hostile.write(name, tmp_path / name))


# --- what is not known to do harm -----------------------------------------------------------------


def _never_end(path):
    while True:
        pass


def _grow(path):
    kept = []
    while True:
        kept.append("x" * 2**20 * 10)


def _break(path):
    os._exit(1)


@pytest.mark.slow
@pytest.mark.torture(
    GROUP, "piège que personne ne connaît encore : boucle, mémoire, arrêt net", "réparé"
)
@pytest.mark.parametrize(
    ("function", "said"),
    [(_never_end, "a été arrêtée"), (_grow, "mémoire"), (_break, "mémoire")],
)
def test_an_unknown_trick_costs_one_message(tmp_path, monkeypatch, function, said):
    monkeypatch.setattr(received_files, "MEMORY", 2**30)
    with open_reader(function, 2, "Conseil.") as read:
        for _ in range(2):  # and the next file is read
            with pytest.raises(UnreadableForm, match=f"{said}.* Conseil"):
                read(tmp_path)


# --- what is long ---------------------------------------------------------------------------------

#: What reads texts from outside, each as long as it may be: a cell, a comment, a line, a formula.
READINGS = {
    "unité": """
from analysis.collect.cell_answers import Unit, parse_value
parse_value("5 x" + ", a" * 10_000, Unit("arbre", "arbre", "arbres"))
""",
    "multiple": """
from analysis.collect.cell_answers import Unit, parse_value
parse_value("5 " + "mille " * 5_000, Unit("arbre", "arbre", "arbres"))
""",
    "période": """
from analysis.collect.cell_answers import parse_span
parse_span("mai a " * 5_000 + "x")
""",
    "date": """
from analysis.collect.cell_answers import parse_span
parse_span("a " * 15_000 + "2031")
""",
    "texte corrigé": """
from analysis.collect.followup_effects import restore_references
restore_references("x", "{{a}}, {{b}}, {{c}}.", "," * 30_000)
""",
    "commentaire": """
from openpyxl import Workbook
from openpyxl.comments import Comment
from analysis.collect.leftovers import read_comment
cell = Workbook().active["A1"]
cell.comment = Comment("[" + "]" * 300_000, "x")
read_comment(cell)
""",
    "titres, blancs": """
from analysis.collect.judged_headings import judge_headings
judge_headings(["a" + " " * 200_000 + "b"], False)
""",
    "titres, points": """
from analysis.collect.judged_headings import judge_headings
judge_headings(["a" + "." * 200_000 + "b"], False)
""",
    "document": """
from analysis.collect.document_reading import read_document
(path := folder / "d.md").write_text("# a" + " " * 200_000 + "b", "utf-8")
read_document(path)
""",
    "montants": """
from openpyxl import Workbook
from analysis.collect.accounts_import import read_export
book = Workbook()
for row in [("Compte", "Montant"), *[("60", "5")] * 40, *[("60", "5" + " " * 30_000 + "x")] * 80]:
    book.active.append(row)
read_export(book, {}, {})
""",
    "comptes": """
from openpyxl import Workbook
from analysis.collect.accounts_import import read_export
book = Workbook()
for row in [("Compte", "Montant"), ("60" + " " * 30_000 + "x\\ny", "5")]:
    book.active.append(row)
read_export(book, {}, {})
""",
    "nom officiel": """
from analysis.collect.territory_names import name_territory
name_territory("CC a" + " " * 200_000 + "(" * 200_000, "", "CC", [])
""",
    "formule": """
import hostile_workbooks
from analysis.collect.form_reader import read_form
cell = f'<table:table-cell table:formula="of:={"[a.b " * 60_000}" office:value-type="float"/>'
path = folder / "f.ods"
path.write_bytes(hostile_workbooks.table(f"<table:table-row>{cell}</table:table-row>"))
read_form(path)
""",
    "liste": """
from analysis.base.paths import Dossier
from analysis.collect.collecting import collect_forms
outcome = collect_forms(Dossier(folder / "invente"), 2031, folder / "reçus").outcomes[0]
assert len(outcome.errors) >= 30
""",
}
#: A refusal is an answer.
READ = """
import sys
from pathlib import Path
from analysis.base.errors import UserError
from analysis.collect.received_files import UnreadableForm
from analysis.compute.dossier.cells import CellError
folder = Path(sys.argv[1])
try:
    exec(sys.argv[2])
except (CellError, UnreadableForm, UserError):
    pass
"""


def put_lists(dossier, folder) -> None:
    """A returned form whose lists hold endless blanks."""
    forms = write_books(prepare_tools(dossier))
    book = openpyxl.load_workbook(io.BytesIO(forms["direction-generale"]))
    for row in range(4, 34):
        book["Documents"].cell(row, 2).value = f"Bilan {row}"
        book["Documents"].cell(row, 8).value = "air" + " " * 32_000 + "x"
    save(book, folder / "f.xlsx")


@pytest.mark.torture(
    GROUP, "trente mille blancs, virgules ou crochets : le temps croissait au carré", "réparé"
)
@pytest.mark.slow
@pytest.mark.parametrize("name", READINGS)
def test_time_does_not_grow_with_the_square(tmp_path, dossier_copy, name):
    if name == "liste":
        put_lists(dossier_copy, tmp_path / "reçus")
    ended = run_bounded(
        ["-c", READ, str(tmp_path), READINGS[name]],
        seconds=60,
        megabytes=2000,
        env={"PYTHONPATH": str(PROJECT / "tests")},
    )
    assert (ended.code, ended.late) == (0, False), ended.said[-3000:]


# --- names ----------------------------------------------------------------------------------------

NAMES = {
    b"caf\xe9.xlsx": "café.xlsx",
    "caf\u00e9.xlsx".encode("cp850"): None,  # as an old zip writes it: named somehow
    "cafe\u0301.xlsx".encode(): "café.xlsx",
    b"a\nb\tc\x1b[31m.xlsx": "a_b_c_[31m.xlsx",
    "a\u202egnp.xlsx".encode(): "a_gnp.xlsx",
    "\U0001f600 formulaire.xlsx".encode(): "_ formulaire.xlsx",
    b"CON.xlsx": "CON.xlsx",
    b"fin. .xlsx": "fin. .xlsx",
    b"e" * 250 + b".xlsx": "e" * 250 + ".xlsx",
    "é".encode() * 125 + b".xlsx": "é" * 125 + ".xlsx",
}  # fmt: skip


@pytest.mark.torture(GROUP, "nom de fichier d’un autre encodage, illisible ou réservé", "réparé")
@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
def test_a_form_is_read_and_named_whatever_its_name(dossier, back, name):
    book = make_form(values={"arbres-plantes": 7000, "logements-renoves": "?"})
    path = os.fsdecode(os.path.join(os.fsencode(back), name))
    shutil.copy(save(book, back.parent / "f.xlsx"), path)
    done = collect_forms(dossier, YEAR, back)
    outcome = done.outcomes[0]
    assert [m.code for m in outcome.imported] == ["arbres-plantes"]
    assert NAMES[name] in (None, outcome.file)
    assert outcome.file.isprintable()
    assert outcome.file in done.text
    assert outcome.file in (dossier.raw / "sources.csv").read_text("utf-8")
    assert (done.folder / done.copies[outcome.file]).is_file()
    assert collect_faults(dossier, YEAR)[1] == []


def test_two_names_that_show_alike_stay_two(dossier, back):
    path = save(make_form(values={"arbres-plantes": 7000}), back / "a\nb.xlsx")
    shutil.copy(path, back / "a\tb.xlsx")
    assert len({outcome.file for outcome in collect_forms(dossier, YEAR, back).outcomes}) == 2


@pytest.mark.parametrize("name", ["CON", "nul.x", "com1", "a. ", "é" * 200, "...", "a/b"])
def test_every_system_takes_the_name_of_a_copy(name):
    clean = clean_name(name)
    assert 0 < len(clean.encode()) <= 151
    assert clean.rstrip(". ") == clean
    assert not re.fullmatch(r"(?i)(con|nul|com1)(\..*)?|.*/.*", clean)


# --- kinds of files -------------------------------------------------------------------------------


@pytest.mark.torture(GROUP, "tube, liens, verrous, dossier nommé comme un classeur", "réparé")
def test_what_is_no_file_never_blocks(dossier, back):
    save(make_form(values={"arbres-plantes": 7000}), back / "bon.xlsx")
    os.mkfifo(back / "tube.xlsx")
    os.symlink(back / "rien.xlsx", back / "perdu.xlsx")
    os.symlink(back, back / "boucle")
    os.symlink("/dev/zero", back / "zero.xlsx")
    for name in ("~$bon.xlsx", ".~lock.bon.xlsx#", "._bon.xlsx", "Thumbs.db"):
        (back / name).write_bytes(b"x")
    (back / "dossier.xlsx").mkdir()
    (back / "dossier.xlsx" / "vide.xlsx").touch()
    done = collect_forms(dossier, YEAR, back)
    assert [o.file for o in done.outcomes] == ["bon.xlsx", "dossier.xlsx/vide.xlsx"]
    assert len(done.outcomes[0].imported) == 1
    assert "vide" in done.outcomes[1].errors[0].message
    link = "un lien : déposer ici le fichier lui-même"
    assert done.skipped == [
        ("boucle", link), ("perdu.xlsx", link), ("tube.xlsx", "ce n’est pas un fichier"),
        ("zero.xlsx", link),
    ]  # fmt: skip


@pytest.mark.torture(
    GROUP, "fichier ou dossier qui disparaît, ou dont la lecture est refusée", "réparé"
)
def test_a_file_that_cannot_be_read_is_told(dossier, back, monkeypatch):
    save(make_form(values={"arbres-plantes": 7000}), back / "bon.xlsx")
    shutil.copy(back / "bon.xlsx", back / "ferme.xlsx")
    (back / "prive").mkdir()
    walk, read = os.walk, safe_opening.open_workbook

    def open_some(path, **options):
        if path.name == "ferme.xlsx":
            raise PermissionError(13, "Permission denied")
        return read(path, **options)

    def walk_some(folder, onerror):
        onerror(PermissionError(13, "Permission denied", str(back / "prive")))
        return walk(folder)

    monkeypatch.setattr("analysis.collect.form_reader.open_workbook", open_some)
    monkeypatch.setattr(collecting.os, "walk", walk_some)
    done = collect_forms(dossier, YEAR, back)
    assert [len(o.imported) for o in done.outcomes] == [1, 0]
    assert "Fichier illisible" in done.outcomes[1].errors[0].message
    assert done.skipped == [("prive", "dossier illisible : en vérifier les droits")]


@pytest.mark.torture(GROUP, "dossier de dix mille fichiers", "réparé")
def test_ten_thousand_files_are_summed_up(dossier, back, monkeypatch):
    save(make_form(values={"arbres-plantes": 7000}), back / "bon.xlsx")
    for number in range(10_000):
        (back / f"{number}.jpg").touch()
    done = collect_forms(dossier, YEAR, back)
    assert len(done.outcomes[0].imported) == 1
    assert len(done.text.splitlines()) < 20
    assert "et 9990 autres : non lus, une image" in done.text
    assert "9999.jpg" in (done.folder / "rapport-de-collecte.md").read_text("utf-8")
    monkeypatch.setattr(collecting, "MAX_FORMS", 3)
    for number in range(3):
        (back / f"{number}.xlsx").touch()
    with pytest.raises(UserError, match="4 classeurs"):
        collect_forms(dossier, YEAR, back)
    monkeypatch.setattr(collecting, "MAX_FILES", 9_000)
    with pytest.raises(UserError, match="plus de 9000 fichiers"):
        collect_forms(dossier, YEAR, back)


@pytest.mark.torture(GROUP, "un fichier ou une archive donnés pour dossier", "réparé")
def test_a_file_is_no_folder(dossier, back):
    path = save(make_form(), back / "f.zip")
    with pytest.raises(FileNotFoundError, match=r"n’est pas un dossier.*en extraire"):
        collect_forms(dossier, YEAR, path)


@pytest.mark.torture(GROUP, "fichier qui change pendant qu’il est lu", "survécu")
def test_what_is_hashed_is_what_is_parsed(tmp_path, monkeypatch):
    path = hostile.make_good(tmp_path / "f.xlsx")
    before, parse = path.read_bytes(), safe_opening._open_archive

    def change_then_parse(content):
        path.write_bytes(b"autre")
        return parse(content)

    monkeypatch.setattr(safe_opening, "_open_archive", change_then_parse)
    form = read_form(path)
    assert form.sha256 == safe_opening.hashlib.sha256(before).hexdigest()
    assert form.contents["indicators"].rows[0].get("value").value == 7000


@pytest.mark.torture(GROUP, "formulaires d’outils renvoyés, lus dans un autre processus", "survécu")
def test_every_sheet_of_the_contract_crosses_processes():
    import pickle

    from analysis.collect.tool_sheets import TOOL_SHEETS

    for sheet in (*form_contract.SHEETS, *form_contract.REVIEW_SHEETS, *TOOL_SHEETS):
        assert pickle.loads(pickle.dumps(sheet)) == sheet


# --- all of them together -------------------------------------------------------------------------

COLLECT = """
import sys
from pathlib import Path
from analysis.base.paths import Dossier
from analysis.collect.collecting import collect_forms
done = collect_forms(Dossier(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3]))
for outcome in done.outcomes:
    print(outcome.file, len(outcome.imported), [m.message for m in outcome.errors][:1])
print(len(done.text))
"""


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.torture(GROUP, "tous les fichiers piégés à la fois, un bon au milieu", "réparé")
def test_none_of_all_hostile_files_stops_the_good_one(dossier, back):
    names = [*hostile.PARTS, *hostile.FILES]
    for name in names:
        hostile.write(name, back / (name if "." in name else f"{name}.xlsx"))
    hostile.make_good(back / "bon.xlsx")
    ended = run_bounded(
        ["-c", COLLECT, str(dossier.root), str(YEAR), str(back)], seconds=1800, megabytes=3000
    )
    assert (ended.code, ended.late) == (0, False), ended.said[-3000:]
    assert "Traceback" not in ended.said
    assert ended.peak < 2_000
    # The good one says what others say too: nobody's conflict takes it away.
    assert re.search(r"^bon\.xlsx ", ended.said, re.MULTILINE), ended.said[-3000:]
    said = len(re.findall(r"^\S+\.(?:xlsx|ods) ", ended.said, re.MULTILINE))
    assert said == 1 + sum(not name.endswith(".csv") for name in names)


# --- what the answers hold ------------------------------------------------------------------------

SIGNS = {
    "sens d’écriture renversé": "Oui \u202enon", "isolat": "a \u2066b\u2069",
    "pictogramme": "Bien 👍",
    "étiquettes": "ici\U000e0041\U000e007f", "contrôle": "a\x9bb", "accent seul": "o\u0302\u0304ui",
    "blanc qui est une lettre": "a\u3164b", "cyrillique": "bu\u0434get", "usage privé": "a\ue000",
}  # fmt: skip


@pytest.mark.torture(GROUP, "réponse de signes que les tables refusent", "réparé")
@pytest.mark.parametrize("text", SIGNS.values(), ids=SIGNS)
def test_an_answer_that_the_tables_would_refuse_is_told_in_its_cell(dossier, back, text):
    """It went into the tables, where it spoilt every other answer and stopped the report."""
    values = {"arbres-plantes": {"value": 240, "note": text}, "logements-renoves": 12}
    book = make_form(values=values, actions={"plantations": {"state": "en cours", "news": text}})
    save(book, back / "f.xlsx")
    outcome = collect_forms(dossier, YEAR, back).outcomes[0]
    assert not collect_faults(dossier, YEAR)[1]
    told = {(message.sheet, message.cell) for message in outcome.errors}
    assert {("Indicateurs", "M2"), ("Actions", "E2")} <= told
    assert "logements-renoves" in [message.code for message in outcome.imported]


@pytest.mark.torture(GROUP, "feuille renommée de signes que les tables refusent", "réparé")
@pytest.mark.parametrize("name", ["Chiffres 🌱", "Chiffres\u202e", "Chiffr\ue000es"])
def test_a_sheet_of_any_name_makes_a_locator_that_can_be_printed(dossier, back, name):
    book = make_form(values={"logements-renoves": 12})
    book["Indicateurs"].title = name
    save(book, back / "f.xlsx")
    assert len(collect_forms(dossier, YEAR, back).outcomes[0].imported) == 1
    assert not collect_faults(dossier, YEAR)[1]


@pytest.mark.torture(GROUP, "nombre que le format de sa case fait lire autrement", "réparé")
@pytest.mark.parametrize("look", ['0" k€"', '0"000"', '#,##0," M€"', '0" kg"'])
def test_a_number_that_looks_like_another_is_asked_again(dossier, back, look):
    book = make_form(values={"depenses-air": 5})
    book["Indicateurs"]["G4"].number_format = look
    save(book, back / "f.xlsx")
    outcome = collect_forms(dossier, YEAR, back).outcomes[0]
    assert [message.cell for message in outcome.errors] == ["G4"]
    assert not outcome.imported


@pytest.mark.parametrize("look", ['#,##0.00\\ "€";[Red]-0', '0" €"', '0" euros"', "0,", "General"])
def test_a_number_may_show_its_own_unit(dossier, back, look):
    book = make_form(values={"depenses-air": 5_000})
    book["Indicateurs"]["G4"].number_format = look
    save(book, back / "f.xlsx")
    assert not collect_forms(dossier, YEAR, back).outcomes[0].errors


@pytest.mark.torture(GROUP, "date que le calendrier n’a pas", "réparé")
@pytest.mark.parametrize("answer", ["hiver 9999", "été 0000", "hiver 0000-0001", "automne 9999"])
def test_a_season_out_of_the_calendar_is_told(dossier, back, answer):
    book = make_form(values={"logements-renoves": {"value": 12, "period_start": answer}})
    save(book, back / "f.xlsx")
    told = [message.message for message in collect_forms(dossier, YEAR, back).outcomes[0].errors]
    assert any("invraisemblable" in message for message in told)


@pytest.mark.torture(
    GROUP, "feuille d’outil, d’un dossier qui a un objectif sans indicateur", "réparé"
)
def test_a_target_of_a_step_stops_no_collection(dossier_copy, back):
    """Nor does a fault of a table of which no column has a heading to be named by."""
    dossier = prepare_tools(dossier_copy)
    book = openpyxl.load_workbook(io.BytesIO(write_books(dossier)["environnement"]))
    fill(book, "Cibles", "arbres-plantes//2034-12-31", {"Délai, en mois": 6})
    save(book, back / "f.xlsx")
    targets = dossier.raw_year(YEAR) / "targets.csv"
    header, *rows = targets.read_text("utf-8").splitlines()
    step = {
        "entry": "prevu-pcaet",
        "kind": "programme",
        "source": "rapport-invente",
        "locator": "l. 1",
    }
    names = [*dict.fromkeys([*header.split(","), *step])]
    rows.append(",".join(step.get(name, "") for name in names))
    targets.write_text("\n".join([",".join(names), *rows]) + "\n", "utf-8")
    assert collect_forms(dossier, YEAR, back).outcomes


@pytest.mark.torture(GROUP, "faute d’une table dont aucune colonne n’a d’autre nom", "réparé")
def test_a_fault_of_a_table_of_plain_columns_is_worded():
    sheet = next(sheet for sheet in TOOL_SHEETS if sheet.table == "contributions")
    fault = Fault("contributions.csv", 2, "reason", "x", "déjà citée", "Attendu : autre chose.")
    answer = SimpleNamespace(sheet=sheet)
    assert _word_fault(answer, fault, RawRows(lambda table: [])).startswith("Déjà citée")

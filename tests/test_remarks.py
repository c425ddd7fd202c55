"""Reviewers' remarks: the workbook out and back, found again when data change, never lost."""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from form_example import save
from nbformat.v4 import new_markdown_cell, new_notebook
from openpyxl.comments import Comment

from analysis.collect.cell_answers import fold
from analysis.collect.collecting import collect_forms
from analysis.collect.form_reader import ReturnedForm
from analysis.collect.mark_reading import read_mark
from analysis.collect.new_year import describe_preparation, prepare_year
from analysis.collect.remark_book import write_remark_book
from analysis.collect.remark_rows import identify_chapter
from analysis.collect.status import describe_status, read_status
from analysis.collect.status_page import format_page
from analysis.compute.dossier import collect_faults
from analysis.compute.indicators import load_edition
from analysis.execute.chapter_content import Item
from analysis.execute.remarks import Remark, place_remarks, read_remarks
from analysis.execute.review_marks import ReviewState, annotate
from analysis.words.hidden_markup import strip_marks

YEAR, SAVED = 2030, datetime(2024, 3, 4, 10)
SOFFICE = shutil.which("soffice")
LONG = "Les arbres plantés dans la vallée retiennent l’eau des pluies d’hiver."
ITEMS = [
    Item("phrase", "enjeu/titre1", "§1", "Enjeu", "Enjeu"),
    Item("phrase", "enjeu/1", "§2", "Enjeu", LONG),
    Item("valeur", "arbres-plantes", "n1", "Enjeu", "6 000 arbres ; environ 6 000"),
    Item("phrase", "enjeu/2", "§3", "Enjeu", "Le parc de la gare est ouvert au public."),
    Item("valeur", "logements-renoves", "n2", "Actions", "120 logements rénovés"),
    Item("graphique", "fig-air-arbres", "fig. 1", "Actions", "Arbres plantés\n2029 | 4 000"),
    Item("tableau", "actions/tableau1", "tab. 1", "Actions", "Action | Service\nPlanter | Parcs"),
    Item("formule", "arbres-plantes", "n1", "Enjeu", "Arbres = plantés + semés\n4 000 + 2 000"),
]
MARK, TEXT, NAME, DAY, STATE = "B", "C", "D", "E", "F"


@pytest.fixture
def dossier(dossier_copy):
    return dossier_copy


@pytest.fixture
def back(tmp_path):
    folder = tmp_path / "retournés"
    folder.mkdir()
    return folder


@pytest.fixture
def make(dossier):
    def run(items=ITEMS, chapter="air"):
        return write_remark_book(dossier, load_edition(dossier, YEAR), chapter, "Air", items)

    return run


@pytest.fixture
def fill(make, back):
    """A workbook filled in by hand: rows of mark, remark, name, day."""

    def run(*rows, name="air.xlsx", first=2, edit=None):
        book = openpyxl.load_workbook(make().path)
        sheet = book["Remarques"]
        for number, row in enumerate(rows, first):
            for column, value in zip((MARK, TEXT, NAME, DAY, STATE), row, strict=False):
                sheet[f"{column}{number}"] = value
        if edit:
            edit(book)
        book.properties.modified = SAVED
        return save(book, back / name)

    return run


@pytest.fixture
def collect(dossier, back):
    def run():
        done = collect_forms(dossier, YEAR, back)
        assert not any(outcome.lost for outcome in done.outcomes)
        assert collect_faults(dossier, YEAR)[1] == []
        return done

    return run


def remarks(dossier):
    return read_remarks(dossier, YEAR)


def write(dossier, *rows: dict[str, str]) -> None:
    """remarks.csv with these rows; columns left out are empty, of a sound remark."""
    path = dossier.raw_year(YEAR) / "remarks.csv"
    names = list(Remark.__dataclass_fields__)
    common = {"chapter": "air", "remark": "À revoir.", "reviewer": "Mme Durand",
              "date": "2024-03-01", "state": "ouverte"}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows({"id": f"air-{n}", **common, **row} for n, row in enumerate(rows, 1))


# --- the file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ({"kind": "phrase"}, "key", "n’est dit qu’à moitié"),
        ({"state": "levée"}, "answered_by", "sans que l’on sache par qui"),
        ({"answer": "Corrigé."}, "answered_by", "réponse sans auteur"),
        ({"answered_by": "M. Petit", "answer": "Oui.", "answered_on": "2024-02-28"}, "answered_on",
         "antérieure à la remarque"),
        ({"state": "close"}, "state", "valeur inconnue"),
        ({"chapter": "aire"}, "chapter", "code absent"),
        ({"remark": ""}, "remark", "cellule vide"),
    ],
)  # fmt: skip
def test_faults_of_the_file_name_row_and_column(dossier, row, column, words):
    write(dossier, {}, row)
    (fault,) = collect_faults(dossier, YEAR)[1]
    assert (fault.file, fault.row, fault.column) == (f"{YEAR}/remarks.csv", 3, column)
    assert words in fault.problem


def test_a_remark_needs_no_provenance_and_is_no_file_of_the_edition(dossier):
    before = load_edition(dossier, YEAR)
    write(dossier, {"remark": "Un arbre 🌳 suffit ?"})
    assert collect_faults(dossier, YEAR)[1] == []
    assert load_edition(dossier, YEAR).files.equals(before.files)


# --- marks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        *[(text, "§2") for text in ("§2", "§ 2", "paragraphe 2", "Paragraphe n° 2", "para. 2")],
        *[(text, "fig. 1") for text in ("fig 1", "Figure 1", "fig. n°1", "Graphique 1", "FIG.1")],
        *[(text, "n2") for text in ("2", 2, 2.0, "n° 2", "n°2", "N2", "(2)", "nombre 2")],
        *[(text, "tab. 1") for text in ("tab 1", "Tableau 1")],
        ("logements-renoves", "n2"),
        ("120 logements rénovés", "n2"),
        ("formule 1", "n1"),
        ("« les arbres plantés dans la vallée »", "§2"),
        ("§2, à la fin", "§2"),
    ],
)
def test_a_mark_is_read_as_people_type_it(typed, mark):
    found = read_mark(typed, ITEMS)
    assert (found.item.mark, found.problem) == (mark, "")


@pytest.mark.parametrize(
    "typed",
    ["§9", "p. 2", "2 communes", "2,5", "12 %", "page 2", "partout", "le", "fig. 1,5", "?!"],
)
def test_what_may_be_something_else_is_not_read(typed):
    found = read_mark(typed, ITEMS)
    assert found.item is None
    assert found.rest == typed
    assert found.problem


def test_words_that_two_passages_hold_are_of_neither():
    twice = [*ITEMS, replace(ITEMS[1], key="enjeu/9", mark="§9")]
    assert "2 passages" in read_mark("arbres plantés dans la vallée", twice).problem


# --- the workbook ---------------------------------------------------------------------------------


def test_the_workbook_shows_marks_and_keeps_what_they_stood_at(dossier, make):
    write(dossier, {"answer": "Corrigé.", "answered_by": "M. Petit", "answered_on": "2024-03-02",
                    "kind": "phrase", "key": "enjeu/1", "mark": "§7", "quote": LONG})  # fmt: skip
    path = make().path
    assert path == dossier.report(YEAR) / "relecture" / "air.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Lisez-moi", "Remarques", "Repères", "Envoi", "Contenu"]
    assert [book[name].sheet_state for name in ("Envoi", "Contenu")] == ["veryHidden"] * 2
    assert book.active.title == "Remarques"
    row = [cell.value for cell in book["Remarques"][2]]
    assert row[:6] == ["air-1", "§2", "À revoir.", "Mme Durand", "01/03/2024", "ouverte"]
    assert fold(row[6]) == "corrige. (m. petit, 2 mars 2024)"
    assert row[7] == LONG
    assert book["Remarques"]["C2"].protection.locked
    assert not book["Remarques"]["F2"].protection.locked
    assert not book["Remarques"]["C3"].protection.locked
    assert [cell.value for cell in book["Repères"][3]] == ["§2", "phrase", "Enjeu", LONG]
    passages = list(book["Repères"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert [(plain(code), nature) for code, nature in passages] == [
        ("§1", "titre"), ("§2", "phrase"), ("n° 1", "chiffre"), ("formule 1", "formule"),
        ("§3", "phrase"), ("n° 2", "chiffre"), ("fig. 1", "figure"), ("tab. 1", "tableau"),
    ]  # fmt: skip
    again = path.read_bytes()
    make()
    assert path.read_bytes() == again, "the same content makes the same workbook"


def test_a_workbook_that_somebody_filled_in_is_set_aside_and_still_read(
    dossier, make, collect, back
):
    path = make().path
    assert make(ITEMS[:-2]).aside is None
    book = openpyxl.load_workbook(path)
    book["Remarques"]["C2"] = "Ne pas perdre."
    book.save(path)
    aside = make().aside
    assert aside is not None
    shutil.copy(aside, back / aside.name)
    collect()
    assert [remark.remark for remark in remarks(dossier)] == ["Ne pas perdre."]


# --- the way back ---------------------------------------------------------------------------------


def test_rows_become_remarks_at_their_marks(dossier, fill, collect):
    fill(
        ("§ 2", "Quelle vallée ?", "Mme Durand", "3/3/2024"),
        (2, "120 ou 210 ?", "", datetime(2024, 3, 2)),
        ("", "Le chapitre est clair.", "", ""),
    )
    done = collect()
    first, second, third = remarks(dossier)
    assert first == Remark(
        "air-1", "air", "phrase", "enjeu/1", "§2", LONG, "Quelle vallée ?", "Mme Durand",
        date(2024, 3, 3),
    )  # fmt: skip
    assert (second.kind, second.key, second.quote) == (
        "valeur", "logements-renoves", "120 logements rénovés",
    )  # fmt: skip
    assert (second.reviewer, second.date) == ("Mme Durand", date(2024, 3, 2)), "named once"
    assert (third.kind, third.mark, third.date) == ("", "", SAVED.date())
    assert done.written == [f"{YEAR}/remarks.csv"]
    (outcome,) = done.outcomes
    assert (len(outcome.imported), outcome.flagged, outcome.errors) == (3, [], [])
    assert "1 relecture lue" in plain(done.text)
    assert "Relecture : Air" in (done.folder / "rapport-de-collecte.md").read_text("utf-8")


def test_reading_twice_adds_nothing(dossier, fill, collect):
    fill(("§2", "= 3 + 4 ?", "Mme Durand"), ("§99", "Où ?", ""), ("", "", "", "", "peut-être"))
    collect()
    before = (dossier.raw_year(YEAR) / "remarks.csv").read_bytes()
    done = collect()
    assert (dossier.raw_year(YEAR) / "remarks.csv").read_bytes() == before
    assert done.written == []
    assert len(done.outcomes[0].unchanged) == 3


def test_what_cannot_be_placed_is_kept_at_the_head_and_told(dossier, fill, collect):
    fill(
        ("§99", "Phrase fausse.", "M. Roy"),
        ("§2", "", ""),
        (datetime(2024, 3, 12), "Date au lieu d’un repère.", ""),
        ("§3 et §2", "Répétition.", ""),
        ("§3", "Fermé.", "", "après-demain"),
    )
    done = collect()
    texts = [(remark.mark, remark.remark) for remark in remarks(dossier)]
    assert texts == [
        ("", "[repère écrit : « §99 »] Phrase fausse."),
        ("§2", "(repère cité sans remarque)"),
        ("", "[repère écrit : « 12/03/2024 »] Date au lieu d’un repère."),
        ("§3", "[repère écrit : « §3 et §2 »] Répétition."),
        ("§3", "Fermé. (date écrite : « après-demain »)"),
    ]
    assert len(done.outcomes[0].flagged) == 5
    copy = openpyxl.load_workbook(done.folder / "air.xlsx")
    assert copy["Remarques"]["C2"].comment.text.startswith("À vérifier. Aucun passage")


def test_what_is_written_anywhere_else_is_kept(dossier, fill, collect):
    def edit(book):
        book["Repères"]["F3"] = "à côté du repère"
        book["Remarques"]["K30"] = "loin à droite"
        book["Lisez-moi"]["B9"] = "merci de la relance"
        book["Remarques"]["C1"].comment = Comment("en-tête commenté", "Durand")
        book.create_sheet("Notes")["A1"] = "une feuille à moi"

    fill(edit=edit)
    done = collect()
    kept = {remark.remark.split(" (")[0]: remark.mark for remark in remarks(dossier)}
    assert kept == {
        "à côté du repère": "§2", "loin à droite": "", "merci de la relance": "",
        "en-tête commenté": "", "une feuille à moi": "",
    }  # fmt: skip
    assert len(done.outcomes[0].flagged) == 5


def test_two_reviewers_of_one_chapter_both_count(dossier, fill, collect):
    fill(("§2", "Quelle vallée ?", "Mme Durand"), name="air.xlsx")
    fill(("§2", "Quelle vallée ?", "M. Roy"), ("§3", "Depuis quand ?", ""), name="air (2).xlsx")
    collect()
    assert sorted((r.reviewer, r.remark) for r in remarks(dossier)) == [
        ("M. Roy", "Depuis quand ?"), ("M. Roy", "Quelle vallée ?"),
        ("Mme Durand", "Quelle vallée ?"),
    ]  # fmt: skip


def test_a_correction_of_a_row_sent_back_again_is_kept_beside_and_told(dossier, fill, collect):
    path = fill(("§2", "Quelle vallée au juste ?", "Mme Durand"))
    collect()
    book = openpyxl.load_workbook(path)
    book["Remarques"]["C2"] = "De quelle vallée au juste ?"
    save(book, path)
    done = collect()
    assert [remark.state for remark in remarks(dossier)] == ["ouverte", "ouverte"]
    assert "Ressemble à la remarque air-1" in done.outcomes[0].flagged[0].message


def test_an_earlier_remark_is_settled_or_corrected_in_its_row(dossier, fill, collect):
    write(dossier, {"remark": "Premier."}, {"remark": "Deuxième."}, {"remark": "Troisième."})

    def edit(book):
        sheet = book["Remarques"]
        sheet["F2"] = "Levée"
        sheet["C3"] = "Deuxième, corrigée."
        sheet["F4"] = "ok pour moi"

    fill(edit=edit)
    collect()
    first, second, third, *added = remarks(dossier)
    assert (first.state, first.answered_by) == ("levée", "Mme Durand")
    assert (second.state, second.answer) == ("levée", "Remplacée par la remarque air-4.")
    assert second.remark == "Deuxième."
    assert third.is_open
    assert [remark.remark.split(" (")[0] for remark in added] == [
        "Deuxième, corrigée.", "ok pour moi",
    ]  # fmt: skip
    before = (dossier.raw_year(YEAR) / "remarks.csv").read_bytes()
    collect()
    assert (dossier.raw_year(YEAR) / "remarks.csv").read_bytes() == before


def test_an_answer_given_since_is_not_undone_by_an_older_workbook(dossier, make, fill, collect):
    write(dossier, {})
    fill()
    write(dossier, {"state": "levée", "answer": "Corrigé.", "answered_by": "M. Petit"})
    collect()
    (remark,) = remarks(dossier)
    assert (remark.state, remark.answer) == ("levée", "Corrigé.")


def test_a_csv_is_read_by_the_marks_of_the_last_copy(dossier, make, back, collect):
    make()
    content = (
        "repère;remarque;nom;date\n§2;Quelle vallée ?;M. Roy;03/03/2024\nfig. 1;Trop petit.;;\n"
    )
    (back / "remarques_air.csv").write_bytes(content.encode("cp1252"))
    (back / "notes.csv").write_text("un;autre\n1;2\n", "utf-8")
    done = collect()
    assert [(r.mark, r.reviewer, r.date) for r in remarks(dossier)] == [
        ("§2", "M. Roy", date(2024, 3, 3)), ("fig. 1", "M. Roy", None),
    ]  # fmt: skip
    assert [name for name, _ in done.skipped] == ["notes.csv"]


def test_a_table_of_nobody_knows_which_chapter_is_refused_with_what_to_do(dossier, back, collect):
    (back / "remarques.csv").write_text("repère;remarque\n§2;Quoi ?\n", "utf-8")
    done = collect()
    assert "Nommer le fichier comme le chapitre" in done.outcomes[0].errors[0].message
    assert remarks(dossier) == []


@pytest.mark.parametrize(
    ("name", "chapter"),
    [
        *(("air", "air"), ("Remarques_AIR (2)", "air"), ("préservation de l’eau", "eau")),
        *(("eau, air", ""), ("éclair", "")),
    ],
)
def test_a_chapter_is_known_by_the_name_of_the_file(dossier, name, chapter):
    chapters = {"air": "Protection de l’air", "eau": "Préservation de l’eau"}
    form = ReturnedForm(openpyxl.Workbook(), "", None)
    assert identify_chapter(form, f"dossier/{name}.csv", chapters) == chapter


def test_a_workbook_of_another_edition_or_territory_is_refused(dossier, fill, collect):
    def edit(book):
        book["Lisez-moi"]["B4"] = YEAR - 1

    fill(("§2", "Quoi ?"), edit=edit)
    done = collect()
    assert f"Relecture de l’édition {YEAR - 1}" in done.outcomes[0].errors[0].message
    assert remarks(dossier) == []


def test_without_its_hidden_sheets_a_workbook_is_still_read(dossier, fill, collect):
    write(dossier, {"remark": "Premier."})

    def edit(book):
        del book["Envoi"], book["Contenu"]

    fill(("§2", "Quelle vallée ?", "M. Roy"), first=3, edit=edit)
    done = collect()
    assert [remark.remark for remark in remarks(dossier)] == ["Premier.", "Quelle vallée ?"]
    assert remarks(dossier)[1].key == "enjeu/1", "by the marks of the workbook written last"
    assert "dernier classeur de relecture" in done.outcomes[0].notices[-1]


@pytest.mark.parametrize("seed", range(12))
def test_scribbles_are_all_found_again(dossier, fill, collect, seed):
    """Wherever a reviewer writes, in whatever form, what is written stands in remarks.csv."""
    draw = random.Random(seed)
    write(dossier, {"remark": "Premier."}, {"remark": "Deuxième.", "kind": "valeur",
          "key": "logements-renoves", "mark": "n2", "quote": "120 logements rénovés"})  # fmt: skip
    typed = []

    def edit(book):
        sheets = [book[name] for name in ("Remarques", "Repères", "Lisez-moi")]
        sheets.append(book.create_sheet("Mes notes"))
        for number in range(25):
            sheet = draw.choice(sheets)
            cell = sheet.cell(draw.randint(1, 40), draw.randint(1, 12))
            word = f"gribouillis {seed} {number}"
            first = f"B{cell.row}" if sheet.title == "Lisez-moi" else ""
            if first and cell.column <= 2 and cell.row < 8:
                continue  # whose the workbook is
            if cell.row == 1 and cell.column in (2, 3) and sheet.title == "Remarques":
                continue  # by which the sheet is known
            if sheet.title == "Repères" and cell.row == 1:
                continue
            if sheet.title == "Remarques" and cell.column == 1:
                continue
            before = cell.value
            if before and f"gribouillis {seed}" in str(before):
                continue
            if draw.random() < 0.2:
                cell.comment = Comment(word, "Relecteur")
            else:
                cell.value = word
            typed.append(word)

    fill(edit=edit)
    collect()
    text = fold((dossier.raw_year(YEAR) / "remarks.csv").read_text("utf-8"))
    assert [word for word in typed if word not in text] == []
    assert "premier." in text
    assert "deuxieme." in text


@pytest.mark.slow
@pytest.mark.skipif(not SOFFICE, reason="LibreOffice n’est pas sur cette machine")
@pytest.mark.parametrize("kind", ["ods", "xlsx", "xls"])
def test_a_workbook_that_libreoffice_saved_again(dossier, fill, back, tmp_path, collect, kind):
    write(dossier, {"remark": "Premier.", "kind": "phrase", "key": "enjeu/1", "mark": "§2",
                    "quote": LONG})  # fmt: skip
    source = fill(("fig 1", "Trop petit.", "M. Roy", "3 mars 2024"), ("§99", "Où ?"), first=3)
    shutil.move(source, tmp_path / source.name)
    profile = f"-env:UserInstallation=file://{tmp_path}/lo"
    files = ["--outdir", str(back), str(tmp_path / source.name)]
    command = [SOFFICE, "--headless", "--convert-to", kind, *files, profile]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    done = collect()
    first, second, _ = remarks(dossier)
    assert first.is_open
    copy = openpyxl.load_workbook(done.folder / "air.xlsx")["Remarques"]
    assert copy["H9"].value is None or "[." not in copy["H9"].value, "a formula that Excel reads"
    assert (second.key, second.remark, second.date) == (
        "fig-air-arbres", "Trop petit.", date(2024, 3, 3),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not SOFFICE, reason="LibreOffice n’est pas sur cette machine")
def test_a_mark_shows_its_passage_as_soon_as_it_is_typed(fill, tmp_path):
    marks = ["n° 2", 2, "N°2", "§ 2", "Fig 1", "formule 1", "§99", "", ""]
    shown = ["120 logements rénovés"] * 3 + [LONG, "Arbres plantés", "Arbres = plantés + semés"]
    source = fill(*[(mark, "Pourquoi ?") for mark in marks[:-1]])
    asked = openpyxl.load_workbook(source, data_only=True)["Remarques"]
    assert asked["H2"].value is None, "no value is kept that another mark would leave behind"
    command = [SOFFICE, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "lo")]
    command += [str(source), f"-env:UserInstallation=file://{tmp_path}/profile"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    sheet = openpyxl.load_workbook(tmp_path / "lo" / source.name, data_only=True)["Remarques"]
    values = [sheet[f"H{row}"].value for row in range(2, 2 + len(marks))]
    assert values[:-3] == shown
    assert values[-3].startswith("repère non reconnu")
    assert values[-2] == "tout le chapitre"
    assert not values[-1]


def test_what_is_typed_over_a_passage_is_kept(dossier, fill, collect):
    fill(("§2", "Quelle vallée ?"), edit=lambda book: book["Remarques"].__setitem__("H9", "Ah ?"))
    collect()
    assert [r.remark for r in remarks(dossier)] == [
        "Quelle vallée ?", "Ah ? (écrit : Remarques H9)",
    ]  # fmt: skip


# --- the place of a remark when data changed ------------------------------------------------------


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def remark_on(item: Item) -> Remark:
    quote = item.text.partition("\n")[0] if item.kind in ("graphique", "tableau") else item.text
    return Remark("air-1", "air", item.kind, item.key, item.mark, quote, "Pourquoi ?", "M. Roy")


def test_a_remark_stays_with_its_number_whatever_its_value():
    changed = [replace(item, text="7 500 arbres") if item.key == "arbres-plantes" else item
               for item in ITEMS]  # fmt: skip
    (placed,) = place_remarks(changed, [remark_on(ITEMS[2])])
    assert (placed.item.key, placed.by_key) == ("arbres-plantes", True)
    assert "Le passage a changé" in placed.note
    assert "6 000 arbres" in placed.note.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_remark_follows_its_paragraph_when_another_is_put_before_it():
    new = Item("phrase", "enjeu/1", "§2", "Enjeu", "Un paragraphe tout neuf, sans rapport aucun.")
    moved = [new, replace(ITEMS[1], key="enjeu/2", mark="§3")]
    (placed,) = place_remarks(moved, [remark_on(ITEMS[1])])
    assert (placed.item.mark, placed.note) == ("§3", "")


def test_a_reworded_paragraph_is_found_by_its_likeness_and_how_sure_is_said():
    reworded = LONG.replace("pluies d’hiver", "fortes pluies de l’hiver")
    moved = [ITEMS[3], replace(ITEMS[1], key="enjeu/5", mark="§5", text=reworded)]
    (placed,) = place_remarks(moved, [remark_on(ITEMS[1])])
    assert placed.item.mark == "§5"
    assert 0.6 < placed.likeness < 1
    assert "retrouvé par ressemblance" in placed.note
    assert "%" in placed.note


def test_what_is_gone_stands_at_the_head_with_its_words():
    (placed,) = place_remarks(ITEMS[3:], [remark_on(ITEMS[1])])
    assert placed.item is None
    assert "Le passage a changé" in placed.note
    assert LONG in placed.note


def test_a_number_is_never_taken_for_another_that_looks_like_it():
    gone = [replace(ITEMS[2], key="arbres-coupes", text="6 100 arbres")]
    assert place_remarks(gone, [remark_on(ITEMS[2])])[0].item is None


def test_the_copy_shows_every_remark_where_it_is_or_at_the_head():
    sources = ("# Air", f"## Enjeu {{#enjeu}}\n\n{LONG}\n\nLe parc est ouvert.")
    notebook = new_notebook(cells=list(map(new_markdown_cell, sources)))
    here = replace(remark_on(Item("phrase", "enjeu/1", "§2", "", LONG)), remark="Ici même.")
    gone = replace(remark_on(ITEMS[2]), id="air-2", remark="Disparue.", state="levée")
    annotate(notebook, ReviewState("air", YEAR, remarks=[here, gone]))
    text = strip_marks(plain("\n".join(cell.source for cell in notebook.cells)))
    assert text.index("Disparue") < text.index("Enjeu") < text.index("Ici même")
    assert text.index(LONG[:30]) < text.index("Ici même") < text.index("Le parc est ouvert")
    assert "Le passage a changé et n’est plus retrouvé" in text
    assert text.count(".remarque .ouverte") == text.count(".remarque .levee") == 1


# --- status, the next edition ---------------------------------------------------------------------


def test_status_shows_open_remarks_by_chapter(dossier):
    write(dossier, {"remark": "Le total <b> ne tient pas."}, {"chapter": "eau", "state": "levée",
          "answered_by": "M. Petit"}, {"chapter": "summary", "remark": "x" * 200})  # fmt: skip
    edition = load_edition(dossier, YEAR)
    status = read_status(dossier, edition, edition, date(YEAR, 12, 1))
    text = plain(describe_status(status))
    assert "Protection de l’air : 1 remarque ouverte" in text
    assert "air-1 (Mme Durand, 1er mars 2024)" in text
    assert "Préservation de l’eau : 1" not in text
    assert f"{'x' * 89}…" in text
    page = format_page(status)
    assert "Le total &lt;b&gt; ne tient pas." in page
    assert page.count("<h3>") == 2


def test_open_remarks_stay_with_their_edition(dossier):
    write(dossier, {}, {"state": "levée", "answered_by": "M. Petit"})
    said = describe_preparation(prepare_year(dossier, YEAR + 1))
    assert "1 remarque sans suite" in said.replace("\u00a0", " ")
    assert not (dossier.raw_year(YEAR + 1) / "remarks.csv").exists()

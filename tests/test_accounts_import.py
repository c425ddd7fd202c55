"""The import of accounts: headings, totals, what is refused, what a second run keeps."""

import csv
import io
from datetime import date

import pytest
from openpyxl import Workbook

from analysis.base.errors import UserError
from analysis.collect.accounts_import import import_accounts
from analysis.compute.dossier import collect_faults

YEAR = 2030
TODAY = date(2031, 3, 1)
GIVEN = {"stage": "compte administratif", "fiscal_year": "2029"}
HEAD = ["Section", "Sens", "Chapitre", "Nature", "Libellé nature", "Fonction", "Réalisé"]
LINES = [
    ["I", "D", "21", "2151", "Voirie", "84", "1 200 000,50"],
    ["I", "D", "21", "21318", "Toiture", "30", "300 000"],
    ["I", "D", "041", "2111", "Terrains", "01", "75 000"],
    ["F", "D", "011", "611", "Prestations", "020", "900 000"],
    ["F", "R", "73", "73111", "Impôts", "01", "2 000 000"],
]


@pytest.fixture
def dossier(dossier_copy):
    return dossier_copy


def write_csv(tmp_path, rows, name="export.csv", separator=";"):
    path = tmp_path / name
    path.write_text("\r\n".join(separator.join(map(str, row)) for row in rows), "cp1252")
    return path


def bring(dossier, path, **options):
    options = {"given": GIVEN, "today": TODAY} | options
    return import_accounts(dossier, YEAR, path, **options)


def read(dossier, name=f"{YEAR}/accounts.csv"):
    return list(csv.DictReader(io.StringIO((dossier.raw / name).read_text("utf-8"))))


def find(dossier, label):
    return next(row for row in read(dossier) if row["label"] == label)


def fill(dossier, label, **cells):
    """What the finance service types of a line."""
    rows = read(dossier)
    for row in rows:
        row.update(cells if row["label"] == label else {})
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (dossier.raw / f"{YEAR}/accounts.csv").write_text(text.getvalue(), "utf-8")


def test_an_export_becomes_lines_of_accounts_that_the_dossier_accepts(dossier, tmp_path):
    said = bring(dossier, write_csv(tmp_path, [HEAD, *LINES]))
    assert "5 lignes, 5 nouvelles" in said.replace("\u00a0", " ")
    road = find(dossier, "Voirie")
    assert road["amount_eur"] == "1200000.5"
    assert (road["budget_section"], road["flow"]) == ("investissement", "dépense")
    assert (road["movement"], road["function"]) == ("réel", "84")
    assert road["locator"] == "feuille « CSV », ligne 2"
    assert find(dossier, "Terrains")["movement"] == "ordre", "chapter 041"
    assert find(dossier, "Prestations")["function"] == "020"
    source = next(row for row in read(dossier, "sources.csv") if row["id"] == "comptes-2029")
    assert "export.csv (SHA-256" in source["remark"]
    assert source["accessed"] == "2031-03-01"
    assert collect_faults(dossier, YEAR)[1] == []


def test_real_amounts_are_said_to_be_held_against_the_paper(dossier, tmp_path):
    said = bring(dossier, write_csv(tmp_path, [HEAD, *LINES])).replace("\u202f", " ")
    assert "investissement, dépenses 1 500 000,50 €" in said, "75 000 € of orders left out"
    assert "fonctionnement, recettes 2 000 000,00 €" in said


def test_a_workbook_with_titles_two_rows_of_headings_and_both_flows(dossier, tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["Compte administratif 2029 : budget principal"])
    sheet.append([])
    sheet.append(["Section", "R/O", "Article", "Libellé", "Fonction", "Dépenses", None, "Recettes"])
    sheet.append([None, None, None, None, None, "Prévues", "Réalisées", "Réalisées"])
    sheet.merge_cells("F3:G3")
    sheet.append(["Investissement", "Réel", 2151, "Voirie", 84, 999, 1200.5, None])
    sheet.append(["Investissement", "Réel", 13111, "Subventions", 1, None, None, 400])
    sheet.append(["Total investissement", None, None, None, None, 999, 1200.5, 400])
    sheet["E5"].number_format = sheet["E6"].number_format = "000"
    path = tmp_path / "CA.xlsx"
    book.save(path)
    said = bring(dossier, path)
    assert "Totaux laissés de côté, lignes 7." in said
    assert "« Dépenses Prévues »" in said, "a column that is not read is named"
    assert find(dossier, "Voirie")["amount_eur"] == "1200.5"
    assert find(dossier, "Voirie")["function"] == "084"
    assert find(dossier, "Subventions")["flow"] == "recette"


def test_the_open_data_of_budgets_is_read(dossier, tmp_path):
    head = "BGT_NATDEC BGT_ANNEE BGT_CONTNAT BGT_NATURE BGT_NATURE_LABEL BGT_FONCTION BGT_SECTION"
    head = [*head.split(), "BGT_CODRD", "BGT_MTREAL", "BGT_MTBUDG"]
    lines = [["CA", 2029, "21", "2151", "Voirie", "84", "I", "D", "10.5", "20"]]
    lines += [["BP", 2030, "21", "2151", "Voirie", "84", "I", "D", "", "30"]]
    bring(dossier, write_csv(tmp_path, [head, *lines], separator=","), given={})
    stages = [(row["stage"], row["amount_eur"]) for row in read(dossier)]
    assert stages == [("compte administratif", "10.5"), ("budget primitif", "30")]


def test_a_chapter_above_its_accounts_is_a_total(dossier, tmp_path):
    chapter = ["I", "D", "21", "21", "Immobilisations corporelles", "", "1 500 000,50"]
    said = bring(dossier, write_csv(tmp_path, [HEAD, chapter, *LINES]))
    assert "Totaux laissés de côté, lignes 2." in said
    chapter[-1] = "1 500 000"
    with pytest.raises(UserError, match="ligne 2 : le compte 21 et son détail compteraient deux"):
        bring(dossier, write_csv(tmp_path, [HEAD, chapter, *LINES]))


def test_lines_of_one_account_are_added_but_not_a_line_twice(dossier, tmp_path):
    head = [*HEAD, "Gestionnaire"]
    one, two = [*LINES[0], "Voirie nord"], [*LINES[0], "Voirie sud"]
    said = bring(dossier, write_csv(tmp_path, [head, one, two]))
    assert "« Gestionnaire »" in said
    assert "Lignes ajoutées à une autre du même compte : 3." in said
    assert find(dossier, "Voirie")["amount_eur"] == "2400001"
    with pytest.raises(UserError, match="ligne 4 : la même qu’une autre ligne"):
        bring(dossier, write_csv(tmp_path, [head, one, two, one]))


@pytest.mark.parametrize(
    ("rows", "given", "words"),
    [
        ([["Date", "Objet"], ["x", "y"]], GIVEN, "aucune ligne d’en-têtes reconnue"),
        ([HEAD, *LINES], {}, "étape du montant : aucune colonne ne le dit"),
        ([HEAD, *LINES], GIVEN | {"stage": "BX"}, "lignes 2-6 : étape du montant : « BX »"),
        (
            [HEAD, ["I", "D", "21", "2151", "Voirie", "84", "douze"]],
            GIVEN,
            "ligne 2 : montant illisible",
        ),
        ([HEAD, ["I", "D", "21", "", "Divers", "84", "12"]], GIVEN, "un montant sans compte"),
        ([HEAD, ["X", "D", "21", "2151", "V", "84", "12"]], GIVEN, "« X » n’est pas compris"),
        ([HEAD, ["I", "D", "21", "2151", "V", "84", "0"]], GIVEN, "aucune ligne de compte"),
    ],
)
def test_what_cannot_be_told_is_said_and_nothing_is_written(dossier, tmp_path, rows, given, words):
    before = (dossier.raw / "sources.csv").read_bytes()
    with pytest.raises(UserError) as caught:
        bring(dossier, write_csv(tmp_path, rows), given=given)
    assert words in str(caught.value)
    assert not (dossier.raw / f"{YEAR}/accounts.csv").exists()
    assert (dossier.raw / "sources.csv").read_bytes() == before


def test_a_second_run_changes_amounts_and_keeps_what_people_typed(dossier, tmp_path):
    bring(dossier, write_csv(tmp_path, [HEAD, *LINES]))
    fill(dossier, "Voirie", axis_1="défavorable", policy="voirie")
    corrected = [[*LINES[0][:-1], "1 100 000"], *LINES[1:3], LINES[4]]
    said = bring(dossier, write_csv(tmp_path, [HEAD, *corrected])).replace("\u00a0", " ")
    assert "4 lignes, 1 changée, 3 inchangées et 1 retirée" in said
    road = find(dossier, "Voirie")
    assert (road["amount_eur"], road["axis_1"], road["policy"]) == (
        "1100000", "défavorable", "voirie",
    )  # fmt: skip
    assert "Prestations" not in {row["label"] for row in read(dossier)}


def test_the_same_export_again_changes_no_byte(dossier, tmp_path):
    path = write_csv(tmp_path, [HEAD, *LINES])
    bring(dossier, path)
    before = {p: p.read_bytes() for p in dossier.raw.rglob("*.csv")}
    assert "5 inchangées" in bring(dossier, path, today=date(2031, 4, 1)).replace("\u00a0", " ")
    assert {p: p.read_bytes() for p in dossier.raw.rglob("*.csv")} == before


def test_a_rated_line_that_went_is_not_lost_in_silence(dossier, tmp_path):
    bring(dossier, write_csv(tmp_path, [HEAD, *LINES]))
    fill(dossier, "Voirie", axis_1="défavorable")
    path = write_csv(tmp_path, [HEAD, *LINES[1:]])
    with pytest.raises(UserError, match=r"lignes 2 d’accounts\.csv"):
        bring(dossier, path)
    bring(dossier, path, drop=True)
    assert "Voirie" not in {row["label"] for row in read(dossier)}


def test_the_lines_of_another_source_are_never_touched(dossier, tmp_path):
    bring(dossier, write_csv(tmp_path, [HEAD, *LINES]))
    with pytest.raises(UserError, match="d’une autre source : comptes-2029"):
        bring(dossier, write_csv(tmp_path, [HEAD, *LINES]), source="export-provisoire")
    voted = GIVEN | {"stage": "budget primitif"}
    head = [*HEAD[:-1], "Voté"]
    bring(dossier, write_csv(tmp_path, [head, *LINES]), given=voted, source="budget-2029")
    assert len(read(dossier)) == 10


def test_headings_of_ones_own(dossier, tmp_path):
    head = ["Section", "Sens", "Chapitre", "Imput.", "Libellé", "Fonction", "Net à payer"]
    path = write_csv(tmp_path, [head, *LINES])
    with pytest.raises(UserError, match="HEADINGS="):
        bring(dossier, path)
    bring(dossier, path, headings={"account": "Imput.", "amount": "Net à payer"})
    assert len(read(dossier)) == 5


def test_functions_that_may_have_lost_their_first_zero_are_named(dossier, tmp_path):
    book = Workbook()
    for row in [HEAD, [*LINES[3][:5], 20, 900]]:
        book.active.append(row)
    book.save(tmp_path / "export.xlsx")
    assert "un 0 a pu se perdre : lignes 2." in bring(dossier, tmp_path / "export.xlsx")

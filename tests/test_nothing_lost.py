"""Whatever a service writes, wherever and in whatever format, is read or told where it stands."""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
from datetime import date, datetime

import openpyxl
import pytest
from form_example import ASKED, ROW, YEAR, change_parts, make_form, prepare, save
from openpyxl.comments import Comment

from analysis.collect import form_contract
from analysis.collect.cell_answers import fold
from analysis.collect.collecting import collect_forms
from analysis.collect.raw_edits import CsvFile
from analysis.compute.dossier import collect_faults
from analysis.model.schema import TABLES

SOFFICE = shutil.which("soffice")
GENERAL = "direction-generale"


@pytest.fixture
def dossier(dossier_copy):
    return prepare(dossier_copy)


@pytest.fixture
def back(tmp_path):
    folder = tmp_path / "retournés"
    folder.mkdir()
    return folder


@pytest.fixture
def collect(dossier, back):
    def run(book=None, **options):
        if book is not None:
            save(book, back / "f.xlsx")
        done = collect_forms(dossier, YEAR, back, **options)
        (outcome,) = done.outcomes
        assert outcome.lost == 0
        return outcome

    return run


def rows(dossier, name: str, year: int = YEAR) -> list[dict[str, str]]:
    path = dossier.raw_year(year) / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def said(messages) -> dict[str, str]:
    return {f"{m.sheet} {m.cell}": plain(m.message) for m in messages}


def returns(dossier, name: str):
    return dossier.report(YEAR) / form_contract.RETURNS / name


# --- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "period"),
    [
        # 2031 typed into a cell that has the format of a date is a day of 1905
        ({"period_start": datetime(1905, 7, 23)}, ("2031-01-01", "2031-12-31")),
        ({"period_end": datetime(1905, 7, 20)}, ("2028-01-01", "2028-12-31")),
        ({"period_start": "1er semestre 2031"}, ("2031-01-01", "2031-06-30")),
        ({"period_end": "1er semestre 2031"}, ("2031-01-01", "2031-06-30")),
        ({"period_start": "T1 2031", "period_end": "T1 2031"}, ("2031-01-01", "2031-03-31")),
        ({"period_start": "saison 2030/2031"}, ("2030-09-01", "2031-08-31")),
        ({"period_end": "hiver 2030-2031"}, ("hiver 2030-2031", "hiver 2030-2031")),
        ({"period_start": "janvier à octobre 2031"}, ("2031-01-01", "2031-10-31")),
        ({"period_end": "au 31 octobre 2031"}, ("2031-01-01", "2031-10-31")),
        ({"period_end": "octobre 2031"}, ("2031-01-01", "2031-10-31")),
        ({"period_start": "octobre 2031"}, ("2031-10-01", "2031-12-31")),
        ({"asked": "Année 2028"}, ("2028-01-01", "2028-12-31")),
    ],
)
def test_a_period_is_read_as_it_is_written(dossier, collect, written, period):
    outcome = collect(make_form(values={"logements-renoves": {"value": 120, **written}}))
    (row,) = rows(dossier, "observations")
    assert (row["period_start"], row["period_end"]) == period
    asked = period == (f"{YEAR}-01-01", f"{YEAR}-12-31")
    assert bool(outcome.flagged) != asked, "another period is asked about"
    assert outcome.errors == []


def test_a_total_over_years_takes_its_last_day_alone(dossier, collect):
    collect(make_form(values={"arbres-plantes": {"value": 7000, "period_end": 2029}}))
    (row,) = rows(dossier, "observations")
    assert (row["period_start"], row["period_end"]) == ("2026-01-01", "2029-12-31")


def test_a_state_of_which_the_day_is_not_written_says_so(dossier, collect):
    collect(make_form(GENERAL, {"agents": {"value": 165, "period_end": "octobre 2031"}}))
    (row,) = rows(dossier, "observations")
    assert (row["period_end"], row["note"]) == ("2031-10", "")


def test_two_years_are_asked_about(dossier, collect):
    answer = {"value": 120, "period_start": "2030-2031"}
    outcome = collect(make_form(values={"logements-renoves": answer}))
    assert "« saison 2017/2018 »" in said(outcome.errors)["Indicateurs J3"]
    assert rows(dossier, "observations") == []


@pytest.mark.parametrize("written", [{"period_end": "31/12/2030", "period_start": "01/01/2030"},
                                     {"period_end": 2030}, {"asked": "Année 2030"}])  # fmt: skip
def test_another_period_of_an_amount_is_asked_about(dossier, collect, written):
    outcome = collect(make_form(values={"depenses-air": {"value": 1_300_000, **written}}))
    assert [row["fiscal_year"] for row in rows(dossier, "budget")] == ["2030"]
    text = said(outcome.flagged)["Indicateurs G4"]
    assert text == "Période écrite par le service : 2030 (demandée : 2031)."
    copy = openpyxl.load_workbook(returns(dossier, "f.xlsx"))["Indicateurs"]["G4"]
    assert copy.comment.text.startswith("À vérifier. Période écrite")
    assert copy.fill.fgColor.rgb == "FFFFE699"


def test_a_changed_request_that_is_no_period_is_asked_about(dossier, collect):
    answer = {"value": 120, "asked": "l’an passé"}
    outcome = collect(make_form(values={"logements-renoves": answer}))
    assert "Date illisible (lu : « l’an passé »)" in said(outcome.errors)["Indicateurs E3"]
    assert rows(dossier, "observations") == []


# --- units, numbers -------------------------------------------------------------------------------


def test_a_multiple_written_over_the_unit_counts(dossier, collect):
    answer = {"value": "4,2", "unit": "M€ (BP 2031)"}
    outcome = collect(make_form(values={"depenses-air": answer}))
    (row,) = rows(dossier, "budget")
    assert (row["amount_eur"], row["note"]) == ("4200000", "BP 2031")
    flags = "\n".join(plain(m.message) for m in outcome.flagged)
    assert "changée en « M€ (BP 2031) » : la valeur a été lue ainsi" in flags
    assert "montant réalisé, pas un montant prévu" in flags


def test_a_unit_in_the_value_is_not_counted_twice(dossier, collect):
    answer = {"value": "4,2 M€", "unit": "M€"}
    collect(make_form(values={"depenses-air": answer}))
    assert [row["amount_eur"] for row in rows(dossier, "budget")] == ["4200000"]


def test_what_is_written_after_the_unit_goes_to_the_note(dossier, collect):
    outcome = collect(make_form(values={"arbres-plantes": "7 000 arbres, dont Hasnon"}))
    (row,) = rows(dossier, "observations")
    assert (row["value"], row["note"]) == ("7000", "dont Hasnon")
    assert "mis en note : « dont Hasnon »" in said(outcome.flagged)["Indicateurs G2"]


def test_a_fraction_of_what_is_counted_is_asked_about(dossier, collect):
    values = {"agents": 12.5, "taux-obligation-emploi": 5.5}
    outcome = collect(make_form(GENERAL, values))
    assert (
        "12,5 agents : ce qui se compte est un nombre entier"
        in (said(outcome.errors)[f"Indicateurs G{ROW['agents']}"])
    )
    assert [row["value"] for row in rows(dossier, "observations")] == ["5.5"], "a share may be one"


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("agents", 0, "contre 160 agents, fin 2030 : est-ce bien zéro ?"),
        ("agents", 1600, "au moins dix fois plus"),
        ("agents", 160_000, "environ mille fois plus, sans doute des milliers pour des unités"),
        ("agents", 5, "5 agents, fin 2031, contre 160 agents, fin 2030 : à confirmer."),
        ("taux-obligation-emploi", 0.05, "une part (0,38) écrite pour un pourcentage (38 %) ?"),
    ],
)
def test_slips_of_size_are_asked_about_and_imported(dossier, collect, code, value, text):
    outcome = collect(make_form(GENERAL, {code: value}))
    assert text in "\n".join(plain(m.message) for m in outcome.flagged)
    assert len(rows(dossier, "observations")) == 1
    copy = openpyxl.load_workbook(returns(dossier, "f.xlsx"))["Indicateurs"][f"G{ROW[code]}"]
    assert text in plain(copy.comment.text)


# --- where nothing is asked -----------------------------------------------------------------------


def beside(sheet):
    sheet["N3"] = 140
    return "N3", "« 140 »", "« Votre valeur » (G3)"


def two_columns_away(sheet):
    sheet["P3"] = "environ 140"
    return "P3", "« environ 140 »", "« Votre valeur » (G3)"


def in_the_label(sheet):
    sheet["B3"] = "Titre de logements-renoves : 140"
    return "B3", "case grise « Indicateur » : « Titre de logements-renoves : 140 »", "(G3)"


def in_the_unit(sheet):
    sheet["D3"] = "140 logements"
    return "D3", "case grise « Unité » : « 140 logements »", "(G3)"


def in_the_last_value(sheet):
    sheet["F3"] = "140"
    return "F3", "case grise « Dernière valeur connue » : « 140 »", "(G3)"


def below_the_table(sheet):
    sheet["G30"] = 140
    return "G30", "Réponse sur une ligne sans code", "la remettre sur la ligne"


def far_below(sheet):
    sheet["C6000"] = "le service a changé de logiciel"
    return "C6000", "« le service a changé de logiciel »", "« Nouveautés »"


def a_qualifier_alone(sheet):
    sheet["H3"] = "environ"
    return "H3", "« Précision » : « environ »", "(G3)"


def dates_alone(sheet):
    sheet["K3"] = date(YEAR, 10, 31)
    return "K3", "« Au » : « 31/10/2031 »", "(G3)"


def in_a_comment(sheet):
    sheet["G3"].comment = Comment("140, sous réserve", "Marie")
    return "G3", "commentaire de la cellule : « 140, sous réserve »", "(G3)"


def in_a_threaded_comment(sheet):
    text = "[Threaded comment]\n\nYour version of Excel…\n\nComment:\n    140"
    sheet["G3"].comment = Comment(text, "tc={1}")
    return "G3", "commentaire de la cellule : « 140 »", "(G3)"


def in_the_comment_of_the_label(sheet):
    sheet["B3"].comment = Comment("c’est 140", "Marie")
    return "B3", "« c’est 140 »", "(G3)"


def in_a_heading(sheet):
    sheet["N1"] = "Valeur 2031 sûre"
    return "N1", "« Valeur 2031 sûre »", "Attendu"


def over_two_rows(sheet):
    sheet["G3"] = 140
    sheet.merge_cells("G3:G4")
    return "G3", "fusionnées (G3:G4)", "une réponse par ligne"


def as_a_formula_beside(sheet):
    sheet["N3"] = "=SUM(A1:A2)"
    return "N3", "« =SUM(A1:A2) »", "(G3)"


@pytest.mark.parametrize(
    "write",
    [
        beside, two_columns_away, in_the_label, in_the_unit, in_the_last_value, below_the_table,
        far_below, a_qualifier_alone, dates_alone, in_a_comment, in_a_threaded_comment,
        in_the_comment_of_the_label, in_a_heading, over_two_rows, as_a_formula_beside,
    ],
)  # fmt: skip
def test_an_answer_where_nothing_is_read_is_told_there(dossier, collect, write):
    book = make_form(values={"arbres-plantes": 7000})
    ref, text, expected = write(book["Indicateurs"])
    message = said(collect(book).errors)[f"Indicateurs {ref}"]
    assert text in message
    assert expected in message
    copy = openpyxl.load_workbook(returns(dossier, "f.xlsx"))["Indicateurs"][ref]
    assert copy.comment.text.startswith("À corriger. ")
    report = returns(dossier, "rapport-de-collecte.md").read_text("utf-8")
    assert f"Indicateurs {ref} :" in report
    assert [row["indicator"] for row in rows(dossier, "observations")] == ["arbres-plantes"]


def test_a_comment_on_an_answered_row_is_for_the_analyst(dossier, collect):
    book = make_form(values={"arbres-plantes": 7000})
    book["Indicateurs"]["G2"].comment = Comment("chiffre de la DREAL", "Marie")
    outcome = collect(book)
    assert "« chiffre de la DREAL »" in said(outcome.flagged)["Indicateurs G2"]
    assert outcome.errors == []


def test_a_sheet_of_the_service_is_told_as_one(collect):
    book = make_form()
    sheet = book.create_sheet("Détail")
    for row in range(1, 40):
        sheet.append([f"commune {row}", row])
    message = said(collect(book).errors)["Détail A1"]
    assert "78 cellules écrites en A1:B39" in message


def test_what_is_written_on_the_first_sheet_is_told(collect):
    book = make_form()
    book["Lisez-moi"]["C12"] = "Bonjour, voici nos réponses"
    assert "Bonjour, voici nos réponses" in said(collect(book).errors)["Lisez-moi C12"]


def test_text_boxes_and_pictures_are_told(back, collect):
    path = save(make_form(), back / "f.xlsx")
    drawing = b'<x:wsDr xmlns:x="x" xmlns:a="a"><a:t>140 arbres</a:t></x:wsDr>'
    change_parts(path, {"xl/drawings/drawing1.xml": drawing, "xl/media/image1.png": b"\x89PNG"})
    notices = "\n".join(collect().notices)
    assert "Zone de texte" in notices
    assert "« 140 arbres »" in notices
    assert "image" in notices


def test_an_answer_within_the_comment_of_a_copy_is_told(dossier, back, collect):
    """The service answers below the message that it received; its own comment is kept too."""
    book = make_form(values={"arbres-plantes": "beaucoup"})
    book["Indicateurs"]["G2"].comment = Comment("à vérifier", "Marie")
    collect(book)
    copy = openpyxl.load_workbook(returns(dossier, "f.xlsx"))
    comment = copy["Indicateurs"]["G2"].comment
    assert comment.text.endswith("Commentaire du service : à vérifier")
    outcome = collect(copy)
    assert "« à vérifier »" in "\n".join(m.message for m in outcome.flagged)
    copy = openpyxl.load_workbook(returns(dossier, "f.xlsx"))
    cell = copy["Indicateurs"]["G3"]
    assert cell.comment is None
    book = make_form(values={"arbres-plantes": "beaucoup"})
    collect(book)
    copy = openpyxl.load_workbook(returns(dossier, "f.xlsx"))
    comment = copy["Indicateurs"]["G2"].comment
    assert comment.text.endswith("Répondre dans la case.")
    copy["Indicateurs"]["G2"].comment = Comment(f"{comment.text}\nenviron 7000", comment.author)
    outcome = collect(copy)
    assert "« environ 7000 »" in "\n".join(m.message for m in outcome.flagged)


def test_remarks_of_two_copies_that_agree_are_both_kept(dossier, back):
    for name, note in (("a", "compté en mars"), ("b", "hors parcs")):
        answer = {"value": 7000, "note": note}
        save(make_form(values={"arbres-plantes": answer}), back / f"{name}.xlsx")
    collect_forms(dossier, YEAR, back)
    assert rows(dossier, "observations")[0]["note"] == "compté en mars ; hors parcs"


def test_a_remark_that_is_cut_is_told(dossier, collect):
    answer = {"value": 7000, "note": " ".join(f"mot {n}" for n in range(1000))}
    outcome = collect(make_form(values={"arbres-plantes": answer}))
    assert said(outcome.flagged) == {"Indicateurs M2": "Texte coupé après 1500 caractères."}
    assert rows(dossier, "observations")[0]["note"].endswith("…")


def test_a_remark_on_a_value_that_the_analyst_typed_is_told(dossier, collect):
    path = dossier.raw_year(YEAR) / "observations.csv"
    row = "logements-renoves,val-exemple,2031-01-01,2031-12-31,120,logement,exact,définitif"
    path.write_text(path.read_text("utf-8") + f"{row},rapport-invente,l. 1,\n", "utf-8")
    answer = {"value": 120, "note": "hors copropriétés"}
    outcome = collect(make_form(values={"logements-renoves": answer}))
    assert (
        "remarque à y reprendre : « hors copropriétés »" in said(outcome.flagged)["Indicateurs G3"]
    )


def test_what_has_gone_from_a_form_is_told(back, collect):
    book = make_form(values={"arbres-plantes": 7000, "logements-renoves": 120})
    book["Indicateurs"].delete_rows(3)
    del book[form_contract.SENT]
    del book["Lisez-moi"]
    del book.defined_names[form_contract.TERRITORY_NAME]
    book["Indicateurs"]["N2"] = "presque"
    outcome = collect(book)
    assert [notice.split(" : ")[0] for notice in outcome.notices] == [
        "Questions retirées du formulaire (1), à reposer",
        "Le formulaire ne dit plus pour quel territoire il a été fait",
        "Le formulaire ne dit plus ce qu’il contenait à l’envoi (feuille cachée « Envoi »)",
    ]
    assert set(said(outcome.errors)) == {"Indicateurs N2"}, "grey cells are not compared"


def test_what_two_services_tell_is_proposed_once(dossier, back):
    for name, service in (("a", "environnement"), ("b", GENERAL)):
        news = [{"nature": "action", "title": "Fêter la nature"}]
        save(make_form(service, news=news), back / f"{name}.xlsx")
    first, second = (o.news[0] for o in collect_forms(dossier, YEAR, back).outcomes)
    assert (len(first.rows), len(second.rows)) == (1, 0)
    assert second.guesses == (
        "même intitulé que dans a.xlsx, dont les lignes valent pour les deux",
    )


# --- whose form, which file -----------------------------------------------------------------------


def test_a_form_of_another_territory_is_refused_with_what_to_do(dossier, collect):
    outcome = collect(make_form(values={"arbres-plantes": 7000}, territory="autre-val"))
    (message,) = outcome.errors
    assert "Formulaire d’un autre territoire (« autre-val »)" in message.message
    assert "le lire dans son propre dossier" in message.message
    assert rows(dossier, "observations") == []


FILES = {
    "réponses.csv": "du texte", "x.pdf": "un PDF", "mail.eml": "pièce jointe",
    "mail.msg": "pièce jointe", "note.docx": "un document texte", "tout.zip": "en extraire",
    "f.xlsb": "l’enregistrer en .xlsx", "lien.lnk": "un raccourci", "scan.jpg": "une image",
    "f.numbers": "l’enregistrer en .xlsx", "sans-suffixe": "ce n’est pas un classeur",
    "formulaire-2031-environnement.pdf": "(d’après son nom : Environnement)",
}  # fmt: skip


def test_other_files_are_named_with_what_to_do(dossier, back):
    for name in (*FILES, "~$f.xlsx", ".~lock.f.ods#", ".DS_Store", "Thumbs.db"):
        (back / name).write_bytes(b"x")
    done = collect_forms(dossier, YEAR, back)
    skipped = dict(done.skipped)
    assert set(skipped) == set(FILES), "what programs leave behind is passed over"
    for name, text in FILES.items():
        assert text in skipped[name]
    assert "Fichiers non lus" in returns(dossier, "rapport-de-collecte.md").read_text("utf-8")


def convert(path, kind: str, folder):
    """A workbook as LibreOffice saves it."""
    subprocess.run(
        [SOFFICE, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to",
         kind, "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    found = folder / f"{path.stem}.{kind.partition(':')[0]}"
    if not found.exists():
        pytest.skip("this LibreOffice has no spreadsheets")
    return found


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not here")
@pytest.mark.parametrize("kind", ["ods", "xls", "xlsx"])
def test_forms_saved_in_other_formats_are_read(dossier, back, tmp_path, kind):
    values = {
        "agents": {"value": 165, "note": "  deux\n lignes "},
        "visiteurs-accueil": {"value": "env. 1 200", "period_end": datetime(YEAR, 10, 31)},
        "taux-obligation-emploi": 0.055,
        "femmes": {"period_start": datetime(1905, 7, 23)},
    }
    book = make_form(GENERAL, values)
    sheet = book["Indicateurs"]
    sheet[f"G{ROW['taux-obligation-emploi']}"].number_format = "0.0%"
    sheet[f"K{ROW['visiteurs-accueil']}"].number_format = "DD/MM/YYYY"
    sheet[f"J{ROW['femmes']}"].number_format = "DD/MM/YYYY"
    sheet[f"G{ROW['femmes']}"].comment = Comment("90 femmes", "Marie")
    sheet["N3"] = 140
    source = save(book, tmp_path / "formulaire.xlsx")
    shutil.copy(convert(source, kind, tmp_path / kind), back)
    done = collect_forms(dossier, YEAR, back)
    (outcome,) = done.outcomes
    assert (outcome.service, outcome.lost) == (GENERAL, 0)
    found = {row["indicator"]: row for row in rows(dossier, "observations")}
    assert {code: row["value"] for code, row in found.items()} == {
        "agents": "165", "visiteurs-accueil": "1200", "taux-obligation-emploi": "5.5",
    }  # fmt: skip
    assert found["agents"]["note"] == "deux lignes"
    assert found["visiteurs-accueil"]["period_end"] == f"{YEAR}-10-31"
    errors = said(outcome.errors)
    assert set(errors) == {"Indicateurs N3", "Indicateurs G4", "Indicateurs J4"}
    assert "« 90 femmes »" in errors["Indicateurs G4"]
    assert returns(dossier, "formulaire.xlsx").exists()
    assert collect_faults(dossier, YEAR)[1] == []


# --- new things -----------------------------------------------------------------------------------


def paste(dossier, outcome) -> None:
    """What the analyst does with the rows that are proposed."""
    for item in outcome.news:
        for file, line in item.rows:
            path = dossier.raw / file
            table = TABLES[path.stem]
            content = path.read_bytes() if path.exists() else b""
            file = CsvFile(content, table.header)
            file.append(dict(zip(table.header, next(csv.reader([line])), strict=True)))
            path.write_bytes(file.content)


def test_new_things_come_back_nearly_ready_wherever_they_were_typed(dossier, collect):
    news = [
        {"nature": "Action", "title": "Ouvrir l’atelier vélo", "chapter": "eau",
         "description": "Un atelier par quartier."},
        {"nature": "indicateur", "title": "Haies plantées", "unit": "arbres", "value": "env. 300",
         "period_start": "1er semestre 2031", "document": "bilan.pdf"},
        {"nature": "indicateur", "title": "Serres chauffées", "unit": "serres", "value": 3,
         "period_end": "31/12/2031"},
    ]  # fmt: skip
    actions = {"renovation": {"state": "se poursuit",
                              "note": "Nouvelle action : prêter des caméras"}}  # fmt: skip
    book = make_form(news=news, actions=actions)
    sheet = book["Indicateurs"]
    sheet["B9"], sheet["D9"], sheet["G9"], sheet["K9"] = "Nichoirs posés", "nichoir", 12, 2031
    book["Actions"]["B9"], book["Actions"]["E9"] = "Planter une forêt", "Trois hectares"
    book["Échéances"]["B9"] = "Ouvrir la maison du vélo"
    outcome = collect(book)
    assert outcome.errors == []
    found = {item.title: [file for file, _ in item.rows] for item in outcome.news}
    catalogue, values = "reference/indicators.csv", f"{YEAR}/observations.csv"
    assert found == {
        "Nichoirs posés": ["reference/units.csv", catalogue, values],
        "Planter une forêt": [f"{YEAR}/actions.csv"],
        "Prêter des caméras": [f"{YEAR}/actions.csv"],
        "Ouvrir la maison du vélo": [f"{YEAR}/planned.csv"],
        "Ouvrir l’atelier vélo": [f"{YEAR}/actions.csv"],
        "Haies plantées": [catalogue, values],
        "Serres chauffées": ["reference/units.csv", catalogue, values],
    }
    folder = returns(dossier, form_contract.PROPOSALS)
    with (folder / "actions.csv").open(encoding="utf-8", newline="") as stream:
        proposed = {row["title"]: row for row in csv.DictReader(stream)}
    bike = proposed["Ouvrir l’atelier vélo"]
    assert (bike["id"], bike["chapter"], bike["section"]) == (
        "ouvrir-atelier-velo", "eau", "politiques",
    )  # fmt: skip
    assert (bike["source"], bike["locator"]) == (
        f"formulaire-{YEAR}-environnement", "feuille Nouveautés, cellule A2",
    )  # fmt: skip
    assert bike["services"] == "environnement"
    assert proposed["Planter une forêt"]["chapter"] == "air", "that of the questions above"
    with (folder / "observations.csv").open(encoding="utf-8", newline="") as stream:
        hedges = {row["indicator"]: row for row in csv.DictReader(stream)}["haies-plantees"]
    assert (hedges["value"], hedges["qualifier"], hedges["unit"], hedges["note"]) == (
        "300", "environ", "arbre", "document : bilan.pdf",
    )  # fmt: skip
    assert (hedges["period_start"], hedges["period_end"]) == ("2031-01-01", "2031-06-30")
    paste(dossier, outcome)
    assert collect_faults(dossier, YEAR)[1] == []
    again = collect()
    assert [item.rows for item in again.news] == [()] * len(outcome.news), "all pasted"
    assert not list(folder.glob("*.csv"))


def test_what_is_wrong_in_a_new_row_is_told_there(collect):
    news = [{"nature": "truc", "title": "Haies", "value": "beaucoup", "chapter": "sport"}]
    errors = said(collect(make_form(news=news)).errors)
    assert {ref: text.split(" (lu")[0] for ref, text in errors.items()} == {
        "Nouveautés A2": "Choix inconnu", "Nouveautés E2": "Nombre illisible",
        "Nouveautés I2": "Chapitre inconnu",
    }  # fmt: skip


# --- none lost, whatever is typed -----------------------------------------------------------------

TYPED = [
    140, 12.5, -3, 0, "140", "4,2 M€", "env. 30", "une vingtaine", "n.d.", "idem", "RAS", "-", "x",
    "communes, dont Hasnon", "=1+1", "#REF!", "1.250", "2031", "1er semestre 2031", "oui",
    "se poursuit", "achevée", "environ", "définitif", True, datetime(2031, 5, 4),
    datetime(1905, 7, 23), "voir annexe", "Nouvelle action : un jardin", "arbres", "km",
]  # fmt: skip
LIMITS = {"Indicateurs": (8, 16), "Actions": (6, 8), "Échéances": (6, 8), "Nouveautés": (8, 11),
          "Lisez-moi": (14, 4)}  # fmt: skip


def scribble(book, random_) -> dict[tuple[str, str], object]:
    """Write here and there; what each cell then holds."""
    typed = {}
    for _ in range(random_.randint(5, 30)):
        title = random_.choice(list(LIMITS))
        rows_, columns = LIMITS[title]
        first = 8 if title == "Lisez-moi" else 2  # above: whose form it is
        cell = book[title].cell(random_.randint(first, rows_), random_.randint(1, columns))
        value = random_.choice(TYPED)
        if cell.value != value:
            cell.value = value
            typed[title, cell.coordinate] = value
    if random_.random() < 0.2:
        book.create_sheet("À nous").append(["nos chiffres", 3])
        typed |= {("À nous", "A1"): "nos chiffres", ("À nous", "B1"): 3}
    return typed


def shuffle(book, random_) -> None:
    """Sort the rows of a sheet, rename one, insert a column: what services do before they write."""
    if random_.random() < 0.3:
        book["Actions"].title = "Nos actions"
    if random_.random() < 0.3:
        book["Indicateurs"].insert_cols(random_.randint(2, 8))
    if random_.random() < 0.3:
        book["Échéances"].row_dimensions[2].hidden = True


@pytest.mark.parametrize("seed", range(40))
def test_every_cell_that_was_typed_is_accounted_for(dossier, back, seed):
    """Of each cell written at random, the value or the text is in the raw files, or a message names
    the cell (or its sheet, where it is the service's own)."""
    random_ = random.Random(seed)
    service = random_.choice(list(ASKED))
    book = make_form(service)
    shuffle(book, random_)
    titles = {"Actions": "Nos actions"} if "Nos actions" in book.sheetnames else {}
    for title, name in titles.items():
        book[name].title = title
    typed = scribble(book, random_)
    save(book, back / "f.xlsx")
    (outcome,) = collect_forms(dossier, YEAR, back).outcomes
    assert outcome.lost == 0
    assert outcome.typed >= len(typed)
    raw = "\n".join(
        ",".join(row.values())
        for name in ("observations", "budget", "followups")
        for row in rows(dossier, name)
    )
    messages = [(m.sheet, m.cell, m.message) for m in outcome.list_messages()]
    messages += [(item.sheet, item.cell, str(item)) for item in outcome.news]
    for (title, ref), value in typed.items():
        row = "".join(filter(str.isdigit, ref))
        on_row = [
            text for sheet, cell, text in messages
            if sheet == title and (cell == ref or "".join(filter(str.isdigit, cell)) == row)
        ]  # fmt: skip
        named = any(ref in text for sheet, _, text in messages if sheet == title)
        own_sheet = title == "À nous" and any(sheet == title for sheet, _, _ in messages)
        assert on_row or named or own_sheet or fold(str(value)) in fold(raw), (title, ref, value)


def test_the_report_counts_what_was_asked_and_what_became_of_it(dossier, back, collect):
    book = make_form(values={"arbres-plantes": 7000, "logements-renoves": "?",
                             "depenses-air": "n.d."})  # fmt: skip
    book["Indicateurs"]["N5"] = 140
    collect(book)
    report = returns(dossier, "rapport-de-collecte.md").read_text("utf-8")
    heads, _, line, other = report.splitlines()[2:6]
    assert heads.startswith(
        "| Service | valeurs demandées | valeurs lues | suites lues | non disponible |"
    )
    assert line == "| Environnement | 4 | 1 | 0 | 1 | 2 | 0 | 0 | 4 | 0 |"
    assert other.startswith("| Direction générale (rien reçu) | 4 |")

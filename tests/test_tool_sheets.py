"""The sheets of the report's tools: who is asked what, and what becomes of the answers."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from form_example import SAVED, YEAR
from tool_example import SHEETS, fill, prepare_tools, put_back, write_books

from analysis.base.paths import Dossier
from analysis.collect.collecting import collect_forms
from analysis.collect.tool_sheets import TOOL_SHEETS
from analysis.compute.dossier import collect_faults
from analysis.model.schema import TABLES
from analysis.model.schema.columns import ASKED_TOOLS

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
TITLES = [sheet.title for sheet in TOOL_SHEETS]


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """The dossier when its forms were sent, and these."""
    root = tmp_path_factory.mktemp("outils") / "invente"
    shutil.copytree(MADE_UP, root)
    dossier = prepare_tools(Dossier(root))
    return root, write_books(dossier)


@pytest.fixture
def dossier(sent, tmp_path):
    return Dossier(shutil.copytree(sent[0], tmp_path / "invente"))


def open_book(sent, service: str) -> openpyxl.Workbook:
    book = openpyxl.load_workbook(io.BytesIO(sent[1][service]), rich_text=True)
    book.properties.modified = SAVED
    return book


@pytest.fixture
def books(sent):
    return {service: open_book(sent, service) for service in sent[1]}


@pytest.fixture
def back(tmp_path):
    folder = tmp_path / "retournés"
    folder.mkdir()
    return folder


@pytest.fixture
def collect(dossier, back):
    def run(**options):
        done = collect_forms(dossier, YEAR, back, **options)
        return {outcome.file: outcome for outcome in done.outcomes}

    return run


def rows(dossier, table: str) -> list[dict[str, str]]:
    path = dossier.raw / TABLES[table].file(YEAR)
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def raw_bytes(dossier) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in dossier.raw.rglob("*") if path.is_file()}


def tell(messages) -> str:
    return "\n".join(f"{m.sheet} {m.cell} {m.message}" for m in messages)


# --- out ------------------------------------------------------------------------------------------


def test_every_service_gets_its_own_sheets_and_no_other(books):
    for service, titles in SHEETS.items():
        named = [name for name in books[service].sheetnames if name in TITLES]
        assert named == titles, service


def test_every_sheet_is_of_a_table_and_every_tool_is_one(dossier):
    for sheet in TOOL_SHEETS:
        columns = {column.name: column for column in TABLES[sheet.table].columns}
        for asked in sheet.columns[1:]:
            assert asked.key in columns or asked.key in ("title", "now", "note"), asked.key
            assert len(",".join(asked.choices)) <= 255, "Excel takes no longer list"
            assert not any("," in choice for choice in asked.choices)
        assert sheet.tool in ("", *ASKED_TOOLS)
        assert len(sheet.title) <= 31
    assert {sheet.tool for sheet in TOOL_SHEETS} == {"", *ASKED_TOOLS}
    assert len({sheet.key for sheet in TOOL_SHEETS}) == len(TOOL_SHEETS)


def test_what_is_known_is_shown_and_locked(books):
    sheet = books["environnement"]["Grille"]
    assert str(sheet["B3"].value) == "Arbres et forêts", "the policy stands above its rows"
    assert sheet["A4"].value == "arbres/air"
    assert "Effet\u00a0: favorable" in sheet["C4"].value
    assert sheet["C4"].protection.locked
    assert sheet["D4"].value is None
    assert not sheet["D4"].protection.locked
    assert sheet["C5"].value in (None, ""), "nobody has rated it yet"
    goals = books["environnement"]["Agenda 2030"]
    assert (goals["B3"].value, goals["C3"].value) == (
        "Planter des arbres", "13. Lutte contre le changement climatique",
    )  # fmt: skip
    assert goals["B3"].protection.locked
    free = next(row for row in goals.iter_rows(min_row=3) if not row[0].value)
    assert not free[1].protection.locked


def test_a_choice_proposes_what_is_the_services(books):
    book = books["environnement"]
    rules = book["Agenda 2030"].data_validations.dataValidation
    place = next(rule.formula1 for rule in rules if "B4" in rule.sqref)
    letter = place.split("$")[1]
    proposed = [cell.value for cell in book["Listes"][letter] if cell.value]
    assert proposed == ["Planter des arbres", "Rénover les logements", "Écrire le plan climat"]


def test_the_accounts_are_asked_line_by_line_where_they_need_it(books):
    """Two axes are asked of these accounts, of investment alone; the amount is a number."""
    sheet = books["finances"]["Comptes"]
    headings = {cell.value: cell for cell in sheet[1]}
    assert "Axe 1 : Qualité de l’air" in {h.replace("\u00a0", " ") for h in headings}
    number = next(row[0].row for row in sheet.iter_rows(min_row=3) if row[0].value)
    band = str(sheet.cell(number - 1, 2).value).replace("\u00a0", " ")
    assert band == "Budget principal, budget primitif 2031, investissement"
    at = {
        heading.replace("\u00a0", " ").split(" :")[0]: cell.column
        for heading, cell in headings.items()
    }
    assert sheet.cell(number, at["Montant en euros"]).value == 250_000
    asked = [n for n in "123456" if not sheet.cell(number, at[f"Axe {n}"]).protection.locked]
    assert asked == ["1", "3"]
    assert sheet.column_dimensions[headings["Axe 2"].column_letter].hidden


def test_accounts_that_nobody_gave_are_asked_in_words(dossier):
    (dossier.raw_year(YEAR) / "accounts.csv").unlink()
    book = openpyxl.load_workbook(io.BytesIO(write_books(dossier)["finances"]))
    assert "Comptes" not in book.sheetnames
    words = "\n".join(str(cell.value) for row in book["Lisez-moi"] for cell in row)
    assert "vos comptes à joindre" in words
    assert "budget primitif 2031" in words.replace("\u00a0", " ")


def test_an_objective_of_nobody_is_asked_of_who_serves_it(dossier):
    folder = dossier.raw_year(YEAR)
    path = folder / "objectives.csv"
    path.write_text(path.read_text("utf-8").replace(",environnement,", ",,"), "utf-8")
    assert "Objectifs" not in openpyxl.load_workbook(
        io.BytesIO(write_books(dossier)["environnement"])
    ).sheetnames  # fmt: skip
    links = "objective,linked,source,locator\nrespirer,velo,rapport-invente,l. 10\n"
    (folder / "objective_links.csv").write_text(links, "utf-8")
    books = write_books(dossier)
    have = [s for s in books if "Objectifs" in openpyxl.load_workbook(io.BytesIO(books[s]))]
    assert len(have) == 1


def test_the_first_sheet_explains_those_that_there_are(books):
    words = "\n".join(str(cell.value) for row in books["finances"]["Lisez-moi"] for cell in row)
    words = words.replace("\u00a0", " ")
    assert "3 feuilles facultatives (« Seconde lecture », « Agenda 2030 », « Comptes »)" in words
    assert "« Grille »" not in words


# --- back -----------------------------------------------------------------------------------------

#: For each sheet: whose, the code ('' : a free line), the answers, what the row then says.
FILLED = {
    "Grille": ("environnement", "arbres/eau",
               {"Effet": "Très favorable", "Pourquoi, en une phrase": "L’eau s’infiltre.",
                "Noté le": datetime(2031, 9, 3)},
               {"subject": "arbres", "criterion": "eau", "moment": "", "rating": "très favorable",
                "reason": "L’eau s’infiltre.", "author": "Environnement", "date": "2031-09-03"}),
    "Démarche": ("syndicat-eau", "eau-propre/participation/mise-en-oeuvre",
                 {"Où en est-on ?": "partiel", "Pourquoi, en une phrase": "Des réunions.",
                  "Qui note": "Mme Dubois"},
                 {"criterion": "participation", "moment": "mise en œuvre", "rating": "partiel",
                  "author": "Mme Dubois", "date": "2031-10-20"}),
    "Seconde lecture": ("finances", "arbres/air",
                        {"Votre note": "mixte", "Votre raison": "L’arrosage pèse."},
                        {"rating": "favorable", "reader_rating": "mixte", "author": "Rédaction",
                         "reader_date": "2031-10-20", "source": "rapport-invente"}),
    "Objectifs": ("environnement", "respirer",
                  {"Adopté ?": "adopté", "Document où il est écrit": "Plan climat"},
                  {"id": "respirer", "status": "adopté", "document": "Plan climat",
                   "kind": "stratégique", "order": "1"}),
    "Cibles": ("environnement", "arbres-plantes//2034-12-31",
               {"Point de départ": "1 500", "Date du point de départ": "2026"},
               {"baseline": "1500", "baseline_date": "2026", "value": "10000",
                "source": "rapport-invente", "baseline_source": "formulaire-2031-environnement"}),
    "Agenda 2030": ("environnement", "",
                    {"Action": "Rénover les logements", "Objectif": "6. Eau propre et"
                     " assainissement", "En quoi l’action y contribue": "Les fuites cessent."},
                    {"action": "renovation", "goal": "6", "reason": "Les fuites cessent."}),
    "Projets": ("environnement", "ecole",
                {"Surface en m²": 850, "Quelle surface": "SU", "Hypothèses": "Énergie + 2 %"},
                {"area_m2": "850", "area_kind": "SU", "assumptions": "Énergie + 2 %",
                 "period_years": "30"}),
    "Options": ("environnement", "",
                {"Projet": "Rénover l’école", "Option": "Chaufferie bois",
                 "Ce qui la distingue": "Bois local"},
                {"project": "ecole", "id": "chaufferie-bois", "title": "Chaufferie bois",
                 "order": "2", "note": "Bois local"}),
    "Coûts": ("environnement", "",
              {"Projet": "Rénover l’école", "Option": "Chaufferie bois", "Poste": "Électricité",
               "Catégorie": "énergie", "Fréquence": "chaque année", "Montant en euros": "12 k€"},
              {"project": "ecole", "option": "chaufferie-bois", "item": "Électricité",
               "amount_eur": "12000", "kind": "chaque année"}),
    "Documents": ("direction-generale", "",
                  {"Document": "Audit des achats", "Nature": "audit",
                   "Chapitres qui s’en servent": "Protection de l’air ; Suivi et évaluation"},
                  {"id": "audit-achats", "kind": "audit", "chapters": "air | suivi"}),
    "Numérique": ("direction-generale", "",
                  {"Intitulé": "Former les élus", "Partie du bilan": "année suivante",
                   "Ce qui en est dit": "Une journée est prévue."},
                  {"id": "former-elus", "block": "année suivante", "order": "2",
                   "service": "direction-generale", "summary": "Une journée est prévue."}),
    "Comptes": ("finances", "",
                {"Finalité": "Protection de l’air", "Axe 1": "défavorable", "Axe 3": "neutre",
                 "Pourquoi": "La voirie attire les voitures."},
                {"label": "Réseaux de voirie", "finality": "air", "axis_1": "défavorable",
                 "axis_2": "", "axis_3": "neutre", "rated_by": "Finances",
                 "source": "rapport-invente", "rating_source": "formulaire-2031-finances"}),
}  # fmt: skip


def answer(books, title: str) -> tuple[str, int]:
    """Fill in a sheet as ``FILLED`` says: its service, the number of the row."""
    service, code, answers, _ = FILLED[title]
    sheet = books[service][title]
    if code or title == "Comptes":
        codes = [row[0].value for row in sheet.iter_rows(min_row=2) if row[0].value]
        code = next(own for own in codes if own.startswith(code))
    return service, fill(books[service], title, code, answers)


def test_an_answer_becomes_a_row_with_its_form_as_source(dossier, books, back, collect):
    before = raw_bytes(dossier)
    numbers = {title: answer(books, title) for title in TITLES}
    for service in {service for service, _ in numbers.values()}:
        put_back(books[service], back, f"{service}.xlsx")
    for outcome in collect().values():
        titles = [title for title, own in FILLED.items() if own[0] == outcome.service]
        assert not outcome.errors + outcome.flagged, tell(outcome.errors + outcome.flagged)
        assert sorted(m.sheet for m in outcome.imported + outcome.revised) == sorted(titles)
    for sheet in TOOL_SHEETS:
        service, number = numbers[sheet.title]
        expected = FILLED[sheet.title][3]
        found = [row for row in rows(dossier, sheet.table) if expected.items() <= row.items()]
        assert len(found) == 1, rows(dossier, sheet.table)
        origin = [found[0][name] for name in sheet.sourced if name in found[0]]
        if origin:
            assert origin[0] == f"formulaire-{YEAR}-{service}"
        if len(origin) > 1:
            assert origin[1].startswith(f"feuille {sheet.title}, cellule ")
            assert origin[1].partition(" ; le reste")[0].endswith(str(number))
    after = raw_bytes(dossier)
    changed = {name for name, content in after.items() if before.get(name) != content}
    tables = {f"{sheet.table}.csv" for sheet in TOOL_SHEETS}
    assert {name.rpartition("/")[2] for name in changed} == tables | {"sources.csv"}
    assert not collect_faults(dossier, YEAR)[1]
    for outcome in collect().values():
        assert not outcome.imported + outcome.revised + outcome.errors
        assert outcome.unchanged
        assert not outcome.lost
    assert raw_bytes(dossier) == after


def test_an_empty_form_changes_nothing(dossier, books, back, collect):
    before = raw_bytes(dossier)
    for service, book in books.items():
        put_back(book, back, f"{service}.xlsx")
    for outcome in collect().values():
        assert not outcome.list_messages(), tell(outcome.list_messages())
        assert not outcome.typed
    assert raw_bytes(dossier) == before


@pytest.mark.slow
def test_a_form_saved_by_libreoffice_reads_the_same(dossier, books, back, collect, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    book = books["environnement"]
    for title, (service, *_) in FILLED.items():
        if service == "environnement":
            answer(books, title)
    sent = put_back(book, tmp_path / "envoyé", "formulaire.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}"
    for kind in ("ods", "xlsx"):
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(back)]
        subprocess.run([*command, str(sent)], check=True, capture_output=True, timeout=300)
    outcomes = collect()
    first, second = outcomes["formulaire.ods"], outcomes["formulaire.xlsx"]
    assert not first.errors + second.errors, tell(first.errors + second.errors)
    answered = [title for title, (service, *_) in FILLED.items() if service == "environnement"]
    assert len(first.imported + first.revised) == len(answered)
    assert len(second.unchanged) == len(answered), "the same answers, told twice"
    assert {row["rating"] for row in rows(dossier, "ratings")} >= {"très favorable"}


def test_an_option_and_its_cost_come_in_one_form(dossier, books, back, collect):
    book = books["environnement"]
    fill(book, "Options", "", {"Projet": "Rénover l’école", "Option": "Chaufferie bois"})
    fill(book, "Coûts", "", {"Projet": "Rénover l’école", "Option": "Chaufferie bois",
                             "Poste": "Chaudière", "Catégorie": "travaux", "Fréquence": "une fois",
                             "Montant en euros": 90000})  # fmt: skip
    put_back(book, back)
    assert not tell(collect()["retour.xlsx"].errors)
    assert rows(dossier, "project_costs")[-1]["option"] == "chaufferie-bois"


def test_a_project_is_born_in_the_form_of_who_answers_for_them(dossier, books, back, collect):
    book = books["direction-generale"]
    said = {"Durée, en années": 40, "Année des prix": 2031, "Taux d’actualisation": "Taux public"}
    fill(book, "Projets", "", {"Projet": "Construire une halle"} | said)
    fill(book, "Options", "", {"Projet": "Construire une halle", "Option": "Bois"})
    said = {"Poste": "Location", "Catégorie": "recettes", "Fréquence": "chaque année",
            "Montant en euros": 9000, "Dernière année": 20}  # fmt: skip
    fill(book, "Coûts", "", {"Projet": "Construire une halle", "Option": "Bois"} | said)
    put_back(book, back)
    assert not tell(collect()["retour.xlsx"].errors)
    project = rows(dossier, "projects")[-1]
    assert (project["title"], project["services"]) == ("Construire une halle", "direction-generale")
    cost = rows(dossier, "project_costs")[-1]
    assert (cost["project"], cost["option"]) == (project["id"], "bois")
    assert (cost["last_year"], cost["category"]) == ("20", "recettes")
    for title in ("Options", "Coûts"):  # the list of projects does not refuse one that it lacks
        rules = book[title].data_validations.dataValidation
        rule = next(rule for rule in rules if "B3" in rule.sqref)
        assert not rule.showErrorMessage


# --- what is wrong --------------------------------------------------------------------------------

#: Whose, sheet, code, answers; the heading of the cell named, what is said of it.
WRONG = [
    ("environnement", "Grille", "arbres/eau", {"Effet": "bon"}, "Effet", "« favorable »"),
    ("environnement", "Grille", "arbres/eau", {"Effet": "absent"}, "Effet", "Choix inconnu"),
    ("environnement", "Grille", "arbres/eau", {"Pourquoi, en une phrase": "Rien."}, "Effet",
     "Attendu : « Effet », avec « Pourquoi, en une phrase »"),
    ("environnement", "Grille", "arbres/air", {"Effet": "neutre"}, "Pourquoi, en une phrase",
     "Une note et sa raison changent ensemble"),
    ("syndicat-eau", "Grille", "eau-propre/eau", {"Effet": "très favorable",
                                                  "Ce qui le montre": "Oui."},
     "Pourquoi, en une phrase", "changent ensemble"),
    ("finances", "Seconde lecture", "arbres/air", {"Votre note": "mixte"}, "Votre raison",
     "avec « Votre note »"),
    ("direction-generale", "Numérique", "", {"Intitulé": "Rien", "Partie du bilan": "mesure"},
     "Ce qui en est dit", "Attendu : « Ce qui en est dit »"),
    ("direction-generale", "Numérique", "", {"Intitulé": "A", "Partie du bilan": "indicateur",
                                             "Ce qui en est dit": "B."},
     "Partie du bilan", "Choix inconnu"),
    ("environnement", "Coûts", "", {"Projet": "Rénover l’école", "Poste": "Bruit",
                                    "Catégorie": "externalités", "Fréquence": "chaque année",
                                    "Montant en euros": 900},
     "Remarque", "le document qui établit"),
    ("environnement", "Coûts", "", {"Projet": "Rénover l’école", "Poste": "Vente",
                                    "Catégorie": "recettes", "Fréquence": "une fois",
                                    "Montant en euros": -900},
     "Montant en euros", "s’écrit sans signe"),
    ("environnement", "Coûts", "", {"Projet": "Rénover l’école", "Poste": "Fioul",
                                    "Catégorie": "énergie", "Montant en euros": 9},
     "Fréquence", "À remplir : « Fréquence » : « une fois », « chaque année », « renouv"),
    ("environnement", "Coûts", "", {"Projet": "Rénover l’école", "Poste": "Chaudière",
                                    "Catégorie": "travaux", "Fréquence": "une fois",
                                    "Montant en euros": 9, "Durée de vie, en années": 20},
     "Durée de vie, en années", "« renouvellement » dans « Fréquence », ou rien ici"),
    ("finances", "Seconde lecture", "arbres/air", {"Votre note": "mixte", "Lu le": "octobre 2031"},
     "Lu le", "Attendu : un jour"),
    ("environnement", "Grille", "arbres/eau", {"Effet": "=A1"}, "Effet", "Formule"),
    ("environnement", "Projets", "ecole", {"Surface en m²": "grande"}, "Surface en m²",
     "Nombre illisible"),
    ("environnement", "Projets", "ecole", {"Surface en m²": 0}, "Surface en m²",
     "Nombre trop petit"),
    ("environnement", "Projets", "ecole", {"Durée, en années": 30.5}, "Durée, en années",
     "nombre entier"),
    ("environnement", "Projets", "ecole", {"Surface en m²": "environ 800"}, "Surface en m²",
     "un nombre seul"),
    ("environnement", "Agenda 2030", "", {"Action": "Rénover les logement", "Objectif": "6"},
     "En quoi l’action y contribue", "Cellule vide"),
    ("environnement", "Agenda 2030", "", {"Action": "Voler", "Objectif": "6",
                                          "En quoi l’action y contribue": "Non."},
     "Action", "Choix inconnu"),
    ("environnement", "Agenda 2030", "", {"Action": "Rénover les logements", "Objectif": "6",
                                          "En quoi l’action y contribue": "12 fuites."},
     "En quoi l’action y contribue", "porte un nombre"),
    ("environnement", "Objectifs", "", {"Adopté ?": "adopté"}, "Objectif", "un intitulé"),
    ("environnement", "Coûts", "", {"Projet": "Rénover l’école", "Poste": "Gaz",
                                    "Catégorie": "énergie", "Fréquence": "chaque année",
                                    "Montant le plus bas": 9, "Montant le plus haut": 3},
     "Montant le plus bas", "plus grand que"),
    ("finances", "Seconde lecture", "arbres/air", {"Votre note": "oui"}, "Votre note",
     "Choix inconnu"),
]  # fmt: skip


def test_what_is_wrong_is_said_of_its_cell_and_nothing_is_imported(dossier, sent, back):
    """Each in a form of its own, all of which are read at once."""
    before, places = raw_bytes(dossier), []
    for rank, (service, title, code, answers, heading, _) in enumerate(WRONG):
        book = open_book(sent, service)
        number = fill(book, title, code, answers)
        column = [cell.value for cell in book[title][1]].index(heading) + 1
        places.append(book[title].cell(number, column).coordinate)
        put_back(book, back, f"{rank}.xlsx")
    done = collect_forms(dossier, YEAR, back)
    outcomes = {outcome.file: outcome for outcome in done.outcomes}
    for rank, (place, (_, title, *_, said)) in enumerate(zip(places, WRONG, strict=True)):
        outcome = outcomes[f"{rank}.xlsx"]
        found = tell(message for message in outcome.errors if message.cell == place)
        assert said in found, (WRONG[rank], tell(outcome.errors))
        assert not outcome.imported + outcome.revised
        copy = openpyxl.load_workbook(done.folder / done.copies[f"{rank}.xlsx"])
        first = copy.worksheets[0]
        assert first["A1"].value == f"À corriger, puis à renvoyer : {len(outcome.errors)}"
        places_listed = [(row[0].value, row[1].value) for row in first.iter_rows(min_row=2)]
        assert (title, place) in places_listed
        assert said in copy[title][place].comment.text
    assert raw_bytes(dossier) == before


def test_a_wrong_row_leaves_the_right_ones(dossier, books, back, collect):
    book = books["environnement"]
    fill(book, "Grille", "arbres/eau", {"Effet": "favorable", "Pourquoi, en une phrase": "Oui."})
    fill(book, "Projets", "ecole", {"Surface en m²": 0, "Quelle surface": "SU"})
    put_back(book, back)
    outcome = collect()["retour.xlsx"]
    assert (len(outcome.imported), len(outcome.errors)) == (1, 1)
    assert rows(dossier, "ratings")[-1]["criterion"] == "eau"


def test_an_answer_on_a_row_of_another_service_is_refused(dossier, books, back, collect):
    book = books["syndicat-eau"]
    number = fill(book, "Grille", "eau-propre/air", {"Effet": "favorable"})
    book["Grille"].cell(number, 1).value = "arbres/air"
    put_back(book, back)
    outcome = collect()["retour.xlsx"]
    assert "n’est pas demandé à ce service" in tell(outcome.errors)
    assert not outcome.imported + outcome.revised


def test_a_number_within_a_proof_is_left_to_the_analyst(dossier, books, back, collect):
    fill(books["environnement"], "Grille", "arbres/eau",
         {"Effet": "favorable", "Pourquoi, en une phrase": "L’eau s’infiltre.",
          "Ce qui le montre": "3 mares recreusées"})  # fmt: skip
    put_back(books["environnement"], back)
    outcome = collect()["retour.xlsx"]
    assert "« 3 mares recreusées » porte un nombre" in tell(outcome.flagged)
    assert rows(dossier, "ratings")[-1]["evidence"] == ""
    assert rows(dossier, "ratings")[-1]["rating"] == "favorable"


def test_a_hostile_text_stays_a_text(dossier, books, back, collect):
    hostile = ["+33 1 23", "<b>gras</b> {{arbres-plantes}} **x**", "@SOMME(A1)", 'a, "b" ; c']
    for rank, text in enumerate(hostile):
        said = {"Objectif": f"Essai {'abcd'[rank]}", "Adopté ?": "proposé", "Finalité": "air",
                "Niveau": "stratégique", "Document où il est écrit": text}  # fmt: skip
        fill(books["environnement"], "Objectifs", "", said)
    put_back(books["environnement"], back)
    assert not tell(collect()["retour.xlsx"].errors)
    for row, text in zip(rows(dossier, "objectives")[1:], hostile, strict=True):
        assert text in row["document"]
        assert row["document"][0] not in "=+@-"


# --- what belongs together ------------------------------------------------------------------------

NEW = {"Effet": "défavorable", "Pourquoi, en une phrase": "L’arrosage épuise la rivière."}
READ = {"Votre note": "mixte", "Votre raison": "L’arrosage pèse."}


def return_one(books, back, service: str, title: str, code: str, answers, days: int = 0) -> int:
    """A form with one line filled in, saved some days later; the number of the line."""
    number = fill(books[service], title, code, answers)
    books[service].properties.modified = SAVED + timedelta(days=days)
    put_back(books[service], back, f"{service}.xlsx")
    return number


def rating(dossier) -> dict[str, str]:
    return next(row for row in rows(dossier, "ratings") if row["criterion"] == "air")


def set_proof(dossier) -> None:
    path = dossier.raw_year(YEAR) / "ratings.csv"
    text = path.read_text("utf-8").replace("poussières.,,", "poussières.,Une étude.,")
    path.write_text(text, "utf-8")


def test_a_changed_rating_leaves_nothing_of_the_former(dossier, books, back, collect):
    set_proof(dossier)
    content = write_books(dossier)["environnement"]
    books["environnement"] = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    return_one(books, back, "environnement", "Grille", "arbres/air", NEW)
    outcome = collect()["environnement.xlsx"]
    assert "Ce qui le montre\u00a0: Une étude." in outcome.revised[0].message
    row = rating(dossier)
    assert (row["rating"], row["reason"], row["evidence"]) == (*NEW.values(), "")
    assert (row["author"], row["reader"]) == ("Environnement", "Finances")


def test_a_rating_taken_back_to_unknown_keeps_no_reason(dossier, books, back, collect):
    return_one(books, back, "environnement", "Grille", "arbres/air", {"Effet": "non évalué"})
    assert not tell(collect()["environnement.xlsx"].errors)
    assert (rating(dossier)["rating"], rating(dossier)["reason"]) == ("non évalué", "")


def test_a_reading_does_not_outlive_what_it_read(dossier, books, back, collect):
    return_one(books, back, "finances", "Seconde lecture", "arbres/air", READ)
    collect()
    assert rating(dossier)["reader_rating"] == "mixte"
    return_one(books, back, "environnement", "Grille", "arbres/air", NEW, 1)
    outcomes = collect()
    told = tell(outcomes["environnement.xlsx"].flagged)
    assert "relue avant correction, à relire. La lecture de Finances (« mixte »)" in told
    row = rating(dossier)
    assert row["rating"] == "défavorable"
    assert [row[f"reader{name}"] for name in ("", "_rating", "_reason", "_date")] == [
        "Finances", "", "", "",
    ]  # fmt: skip
    after = raw_bytes(dossier)
    assert "à relire" in tell(collect()["finances.xlsx"].flagged), "the old form is no new reading"
    assert raw_bytes(dossier) == after
    assert not collect_faults(dossier, YEAR)[1]


def test_an_agreement_locks_no_rating(dossier, books, back, collect):
    return_one(books, back, "finances", "Seconde lecture", "arbres/air",
               {"Votre note": "favorable"})  # fmt: skip
    collect()
    return_one(books, back, "environnement", "Grille", "arbres/air", NEW, 1)
    assert not tell(collect()["environnement.xlsx"].errors)
    assert (rating(dossier)["rating"], rating(dossier)["reader_rating"]) == ("défavorable", "")


def test_a_rating_and_its_reading_in_one_collection(dossier, books, back, collect):
    """The reader read the former rating."""
    return_one(books, back, "environnement", "Grille", "arbres/air", NEW)
    return_one(books, back, "finances", "Seconde lecture", "arbres/air", READ)
    outcomes = collect()
    assert "La note est maintenant « défavorable »" in tell(outcomes["finances.xlsx"].flagged)
    assert not outcomes["finances.xlsx"].imported + outcomes["finances.xlsx"].errors
    assert (rating(dossier)["rating"], rating(dossier)["reader_rating"]) == ("défavorable", "")


def test_a_reader_who_comes_to_agree_keeps_no_reason(dossier, books, back, collect):
    return_one(books, back, "finances", "Seconde lecture", "arbres/air", READ)
    collect()
    answers = {"Votre note": "favorable", "Votre raison": None}
    return_one(books, back, "finances", "Seconde lecture", "arbres/air", answers, 1)
    collect()
    assert (rating(dossier)["reader_rating"], rating(dossier)["reader_reason"]) == ("favorable", "")


def test_a_reader_who_is_named_gets_the_sheet(dossier):
    """As the dossier of these tests: a name, no date."""
    assert rating(dossier)["reader"] == "Finances"
    assert not rating(dossier)["reader_date"]
    assert not collect_faults(dossier, YEAR)[1]


COST = {"Projet": "Rénover l’école", "Option": "Isolation seule", "Poste": "Gaz",
        "Catégorie": "énergie", "Fréquence": "chaque année", "Montant en euros": 900}  # fmt: skip


def test_emissions_have_the_form_for_source(dossier, books, back, collect):
    more = {"Quantité": 3, "Unité": "arbre", "kg de CO₂ par unité": "12 kg"}
    return_one(books, back, "environnement", "Coûts", "", COST | more)
    assert not tell(collect()["environnement.xlsx"].errors)
    row = rows(dossier, "project_costs")[-1]
    assert (row["carbon_kg"], row["carbon_source"]) == ("12", f"formulaire-{YEAR}-environnement")


def test_an_externality_is_written_where_its_remark_says(dossier, books, back, collect):
    more = {"Catégorie": "externalités", "Remarque": "Guide de l’État, tableau B"}
    return_one(books, back, "environnement", "Coûts", "", COST | more)
    assert "à vérifier dans le document" in tell(collect()["environnement.xlsx"].flagged)
    assert rows(dossier, "project_costs")[-1]["basis"] == "écrit"


def test_an_option_without_cost_of_its_own_is_told(dossier, books, back, collect):
    fill(books["environnement"], "Options", "",
         {"Projet": "Rénover l’école", "Option": "Chaufferie bois"})  # fmt: skip
    wrong = COST | {"Option": "Chaufferie bois", "Montant en euros": -1}
    return_one(books, back, "environnement", "Coûts", "", wrong)
    outcome = collect()["environnement.xlsx"]
    assert "« Chaufferie bois » n’a aucun coût qui lui soit propre" in tell(outcome.flagged)
    assert len(outcome.errors) == 1


def test_what_a_form_does_not_say_keeps_its_source(dossier, books, back, collect):
    number = return_one(books, back, "environnement", "Projets", "ecole",
                        {"Hypothèses": "Énergie + 2 %"})  # fmt: skip
    collect()
    row = rows(dossier, "projects")[0]
    assert row["source"] == f"formulaire-{YEAR}-environnement"
    place, _, rest = row["locator"].partition(" ; le reste (")
    assert place.startswith("feuille Projets, cellule ")
    assert place.endswith(str(number))
    heading = books["environnement"]["Projets"][place.split()[-1].rstrip("0123456789") + "1"].value
    assert heading == "Hypothèses", "the cell that was filled in"
    kept = "Projet / Durée, en années / Année des prix / Taux d’actualisation"
    assert rest == f"{kept}) : rapport-invente, l. 10"
    return_one(books, back, "environnement", "Projets", "ecole", {"Année des prix": 2031}, 1)
    collect()
    assert rows(dossier, "projects")[0]["locator"].endswith(
        "le reste (Projet / Durée, en années / Taux d’actualisation) : rapport-invente, l. 10"
    )


def test_a_contribution_that_a_service_words_is_written(dossier, books, back, collect):
    path = dossier.raw_year(YEAR) / "contributions.csv"
    text = path.read_text("utf-8")
    header = text.splitlines()[0].split(",")
    cells = {"action": "velo", "goal": "7", "reason": "Moins de voitures.", "basis": "déduit",
             "source": "rapport-invente", "locator": "l. 10"}  # fmt: skip
    path.write_text(text + ",".join(cells.get(name, "") for name in header) + "\n", "utf-8")
    for name, content in write_books(dossier).items():
        books[name] = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
        if "velo/7" in [row[0].value for row in books[name]["Agenda 2030"].iter_rows()]:
            service = name
    return_one(books, back, service, "Agenda 2030", "velo/7",
               {"En quoi l’action y contribue": "Des rues plus calmes."})  # fmt: skip
    assert not tell(collect()[f"{service}.xlsx"].errors)
    row = rows(dossier, "contributions")[-1]
    assert (row["reason"], row["basis"]) == ("Des rues plus calmes.", "écrit")
    assert "le reste" not in row["locator"]


# --- what is taken back ---------------------------------------------------------------------------


def test_a_line_of_its_own_is_withdrawn(dossier, books, back, collect):
    book = books["environnement"]
    before = rows(dossier, "project_costs"), rows(dossier, "project_options")
    option = {"Projet": "Rénover l’école", "Option": "Chaufferie bois"}
    first = fill(book, "Options", "", option)
    second = fill(book, "Coûts", "", COST | {"Option": "Chaufferie bois"})
    put_back(book, back)
    collect()
    assert len(rows(dossier, "project_costs")) == len(before[0]) + 1
    headings = [cell.value for cell in book["Options"][1]]
    book["Options"].cell(first, headings.index("Ce qui la distingue") + 1).value = "À retirer."
    book.properties.modified = SAVED + timedelta(days=1)
    put_back(book, back)
    outcome = collect()["retour.xlsx"]
    assert "autre chose en a besoin" in tell(outcome.errors), tell(outcome.list_messages())
    headings = [cell.value for cell in book["Coûts"][1]]
    book["Coûts"].cell(second, headings.index("Montant en euros") + 1).value = "à retirer"
    put_back(book, back)
    outcome = collect()["retour.xlsx"]
    assert not outcome.errors, tell(outcome.errors)
    assert "retiré (avant" in tell(outcome.revised)
    assert (rows(dossier, "project_costs"), rows(dossier, "project_options")) == before
    outcome = collect()["retour.xlsx"]
    assert "rien à retirer" in tell(outcome.unchanged)
    assert not outcome.lost


def test_what_somebody_else_gave_is_not_withdrawn(dossier, books, back, collect):
    before = raw_bytes(dossier)
    return_one(books, back, "environnement", "Projets", "ecole", {"Remarque": "à retirer"})
    outcome = collect()["environnement.xlsx"]
    assert "l’analyste tranche" in tell(outcome.flagged)
    after = raw_bytes(dossier)
    assert {name for name in after if after[name] != before.get(name)} <= {
        str(dossier.raw / "sources.csv")
    }


def test_a_reading_is_withdrawn_and_the_rating_stays(dossier, books, back, collect):
    return_one(books, back, "finances", "Seconde lecture", "arbres/air", READ)
    collect()
    return_one(books, back, "finances", "Seconde lecture", "arbres/air",
               {"Votre raison": "à retirer"}, 1)  # fmt: skip
    outcome = collect()["finances.xlsx"]
    assert "retiré" in tell(outcome.revised), tell(outcome.list_messages())
    row = rating(dossier)
    assert (row["rating"], row["reader"], row["reader_rating"]) == ("favorable", "Finances", "")


# --- two services, two readings -------------------------------------------------------------------


def test_two_services_that_differ_are_both_told(dossier, books, back, collect):
    """Both tell the same contribution of a line of their own."""
    for service, reason in (
        ("environnement", "Le bois remplace le gaz."),
        ("syndicat-eau", "Non."),
    ):
        said = {"Action": "velo", "Objectif": 13, "En quoi l’action y contribue": reason}
        fill(books[service], "Agenda 2030", "", said)
        put_back(books[service], back, f"{service}.xlsx")
    before = raw_bytes(dossier)
    outcomes = collect()
    for outcome in outcomes.values():
        assert "Réponses différentes entre fichiers" in tell(outcome.errors)
    assert raw_bytes(dossier) == before


def test_what_was_typed_since_the_form_was_sent_is_never_replaced(dossier, books, back, collect):
    answer(books, "Objectifs")
    put_back(books["environnement"], back)
    path = dossier.raw_year(YEAR) / "objectives.csv"
    path.write_text(path.read_text("utf-8").replace("proposé", "écrit dans un document"), "utf-8")
    before = path.read_bytes()
    outcome = collect()["retour.xlsx"]
    assert "Conflit" in tell(outcome.errors)
    assert path.read_bytes() == before


def test_what_the_analyst_changes_after_a_collection_stays(dossier, books, back, collect):
    answer(books, "Objectifs")
    put_back(books["environnement"], back)
    collect()
    path = dossier.raw_year(YEAR) / "objectives.csv"
    path.write_text(path.read_text("utf-8").replace("Plan climat", "Plan de l’air"), "utf-8")
    before = path.read_bytes()
    outcome = collect()["retour.xlsx"]
    assert "remplacé depuis" in tell(outcome.unchanged)
    assert path.read_bytes() == before


def test_a_service_corrects_its_own_answer(dossier, books, back, collect):
    answer(books, "Objectifs")
    put_back(books["environnement"], back)
    collect()
    fill(books["environnement"], "Objectifs", "respirer", {"Adopté ?": "écrit dans un document"})
    books["environnement"].properties.modified = SAVED + timedelta(days=1)
    put_back(books["environnement"], back)
    outcome = collect()["retour.xlsx"]
    assert len(outcome.revised) == 1
    assert "avant : Adopté ?\u00a0: adopté" in outcome.revised[0].message
    assert rows(dossier, "objectives")[0]["status"] == "écrit dans un document"


def test_a_note_that_no_table_takes_is_for_the_analyst(dossier, books, back, collect):
    fill(books["environnement"], "Grille", "arbres/eau", {"Remarque": "Pas pour nous."})
    put_back(books["environnement"], back)
    outcome = collect()["retour.xlsx"]
    assert "Remarque sans réponse : Pas pour nous." in tell(outcome.flagged)


def test_a_sheet_taken_out_of_the_form_is_told(dossier, books, back, collect):
    del books["environnement"]["Grille"]
    put_back(books["environnement"], back)
    assert "« Grille » absente" in tell(collect()["retour.xlsx"].errors)


def test_a_sheet_renamed_is_read(dossier, books, back, collect):
    answer(books, "Projets")
    books["environnement"]["Projets"].title = "Nos projets"
    put_back(books["environnement"], back)
    outcome = collect()["retour.xlsx"]
    assert len(outcome.revised) == 1, tell(outcome.list_messages())
    assert rows(dossier, "projects")[0]["area_m2"] == "850"

"""Reading and validating data/raw: what Excel writes is accepted, each fault is named.

Each spoiler below is a bad input named for its fault: it spoils a valid made-up dossier in one
place; the fault must be found there, in the analyst's words, and nothing else be said.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable

import pandas as pd
import pytest
from conftest import MADE_UP_YEAR

from analysis.base.paths import Dossier
from analysis.base.rawfiles import list_editions
from analysis.compute.dossier import InvalidDossier, collect_faults, read_dossier
from analysis.compute.indicators import check_formulas
from analysis.model.schema import TABLES
from analysis.words.smallmarkdown import split_sections

YEAR = 2030


def faults_of(dossier: Dossier):
    return collect_faults(dossier, YEAR, [check_formulas])[1]


def change(dossier: Dossier, file: str, old: str, new: str) -> None:
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def append(dossier: Dossier, file: str, line: str) -> None:
    with (dossier.raw / file).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")


# --- what is accepted -----------------------------------------------------------------------------


def test_the_made_up_dossier_is_valid(made_up_dossier):
    assert faults_of(Dossier(made_up_dossier)) == []


def test_editions_are_years_with_actions(made_up_dossier):
    assert list_editions(Dossier(made_up_dossier)) == [YEAR]


def test_a_folder_may_have_no_optional_table(made_up_dossier):
    data = read_dossier(Dossier(made_up_dossier), YEAR)
    for name in ("requests", "followups", "revisions"):
        assert data[name].empty
        assert list(data[name].columns) == [column.name for column in TABLES[name].read_columns]


def test_followups_speak_of_earlier_editions(dossier_copy):
    """An edition that no longer announces an action may say what became of it."""
    later = dossier_copy.raw / "2031"
    shutil.copytree(dossier_copy.raw / "2030", later)
    for name in ("planned", "improvements", "observations", "budget", "statements"):
        header = (later / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (later / f"{name}.csv").write_text(header + "\n", "utf-8")
    row = "prevu-pcaet,faite,,,rapport-invente,l. 60"
    add_table(dossier_copy, "2031/followups.csv", FOLLOWUPS, row)
    assert collect_faults(dossier_copy, YEAR + 1)[1] == []
    shutil.move(later / "followups.csv", dossier_copy.raw / "2030/followups.csv")
    change(dossier_copy, "2030/followups.csv", "prevu-pcaet", "action-de-2031")
    append(
        dossier_copy, "2031/actions.csv",
        "action-de-2031,air,politiques,9,Nouvelle,finances,,Nouvelle.,rapport-invente,l. 9",
    )  # fmt: skip
    assert [(f.file, f.column) for f in faults_of(dossier_copy)] == [("2030/followups.csv", "id")]


def test_history_joins_the_year_folders(made_up_dossier):
    data = read_dossier(Dossier(made_up_dossier), YEAR)
    assert set(data["observations"]["edition"]) == {2029, 2030}
    assert set(data["budget"]["edition"]) == {2029, 2030}


def test_a_later_folder_revises_a_value(dossier_copy):
    append(
        dossier_copy, "2030/observations.csv",
        "logements-renoves,val-exemple,2029-01-01,2029-12-31,82,logement,exact,définitif,"
        "rapport-invente,l. 13,révisé",
    )  # fmt: skip
    data = read_dossier(dossier_copy, YEAR)
    rows = data["observations"].query("indicator == 'logements-renoves'")
    assert sorted(rows["value"]) == [82, 100]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_a_french_excel_writes_is_read_alike(dossier_copy, encoding):
    expected = read_dossier(dossier_copy, YEAR)["observations"]
    for name in ("2030/observations.csv", "2029/observations.csv"):
        path = dossier_copy.raw / name
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        for column in ("period_start", "period_end"):
            frame[column] = frame[column].str.replace(
                r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", regex=True
            )
        space = "\u202f" if "utf" in encoding else "\u00a0"
        frame["value"] = [
            f"{float(cell):,.1f}".replace(",", space).replace(".", ",") for cell in frame["value"]
        ]
        text = frame.to_csv(index=False, sep=";", lineterminator="\r\n")
        path.write_bytes(text.encode(encoding))
    found = read_dossier(dossier_copy, YEAR)["observations"]
    pd.testing.assert_frame_equal(found, expected)


def test_rows_are_counted_as_the_spreadsheet_shows_them(dossier_copy):
    path = dossier_copy.raw / "reference/units.csv"
    lines = path.read_text("utf-8").splitlines()
    lines.insert(2, ",,,")  # an empty row
    lines.insert(3, '"Bad id","sur\ndeux lignes",x,')  # a cell of two lines is one row
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert [(fault.row, fault.column) for fault in faults_of(dossier_copy)] == [(4, "id")]


def test_reading_never_writes_a_raw_file(dossier_copy):
    def snapshot():
        return {
            path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in dossier_copy.root.rglob("*")
            if path.is_file()
        }

    before = snapshot()
    read_dossier(dossier_copy, YEAR)
    change(dossier_copy, "2030/budget.csv", "prévu", "prevu")
    changed = snapshot()
    assert faults_of(dossier_copy)
    assert snapshot() == changed
    assert before.keys() == changed.keys()


def test_text_is_split_by_heading():
    text = "## Enjeu\n\nUn.\n\n### Sous-titre\n\n## Synthèse\n- a\n"
    assert split_sections(text) == {"Enjeu": "Un.\n\n### Sous-titre", "Synthèse": "- a"}


# --- what is refused: one spoiler for each fault --------------------------------------------------

Spoiler = Callable[[Dossier], None]
SPOILERS: dict[str, tuple[Spoiler, str, int, str, str, str]] = {}
OBS = "2030/observations.csv"
IND = "reference/indicators.csv"
PLANTS = "2026-01-01,2030-12-31,6000,arbre"


def spoiler(file: str, row: int, column: str, problem: str, expected: str = ""):
    """Enter a spoiler and where its fault must be found (row −1: any)."""

    def enter(function: Spoiler) -> Spoiler:
        SPOILERS[function.__name__] = (function, file, row, column, problem, expected)
        return function

    return enter


@spoiler("2030/targets.csv", 0, "", "fichier manquant", "Colonnes attendues : indicator")
def missing_file(d):
    (d.raw / "2030/targets.csv").unlink()


@spoiler("2030/gaps.csv", 0, "", "fichier vide", "Première ligne attendue : id, chapter")
def empty_file(d):
    (d.raw / "2030/gaps.csv").write_text("", "utf-8")


FOLLOWUPS = "id,state,new_due,note,source,locator"
REQUESTS = "indicator,territory,service,period_start,period_end,due"


def add_table(d: Dossier, file: str, *lines: str) -> None:
    (d.raw / file).write_text("\n".join(lines) + "\n", "utf-8")


@spoiler("2030/followups.csv", 2, "id", "ni action, ni action à court terme", "« piste-eau »")
def followup_of_an_unknown_thing(d):
    row = "piste-eaux,en cours,,,rapport-invente,l. 60"
    add_table(d, "2030/followups.csv", FOLLOWUPS, row)


@spoiler("2030/followups.csv", 2, "state", "valeur inconnue", "« faite »")
def followup_in_an_unknown_state(d):
    add_table(d, "2030/followups.csv", FOLLOWUPS, "piste-eau,fait,,,rapport-invente,l. 60")


@spoiler("2030/followups.csv", 1, "sate", "colonne inconnue", "« state »")
def optional_table_with_a_wrong_header(d):
    add_table(d, "2030/followups.csv", FOLLOWUPS.replace("state", "sate"))


PLACES = "2030/places.csv"


@spoiler(PLACES, 3, "insee", "commune absente de communes.csv", "« 99002 », le code INSEE de Bruy")
def place_in_a_commune_named_instead_of_coded(d):
    change(d, PLACES, "plantations,99002", "plantations,BRUYERE")


@spoiler(PLACES, 3, "insee", "commune absente de communes.csv", "99002 (Bruyère) ?")
def place_in_a_commune_whose_name_is_misspelt(d):
    change(d, PLACES, "plantations,99002", "plantations,Bruyerre")


@spoiler(PLACES, 3, "insee", "commune absente de communes.csv", "99002 (Bruyère)")
def place_in_an_unknown_commune(d):
    change(d, PLACES, "plantations,99002", "plantations,99092")


@spoiler(PLACES, 4, "insee", "Charme n’est pas une commune membre en 2030")
def place_in_a_commune_that_joins_later(d):
    change(d, "reference/communes.csv", "99003,Charme,2030-01-01", "99003,Charme,2031-01-01")


@spoiler(PLACES, 2, "insee", "cellule vide")
def place_without_a_commune(d):
    change(d, PLACES, "plantations,99001", "plantations,")


@spoiler(PLACES, 4, "action", "code absent de actions.csv ou planned.csv", "« zones-humides »")
def place_of_an_unknown_action(d):
    change(d, PLACES, "zones-humides,", "zone-humide,")


@spoiler(PLACES, 5, "kind", "valeur inconnue", "« bâtiment »")
def place_of_an_unknown_kind(d):
    change(d, PLACES, ",bâtiment,", ",batiment,")


@spoiler(PLACES, 3, "status", "valeur inconnue", "« en cours »")
def place_in_an_unknown_state(d):
    change(d, PLACES, ",en cours,", ",encours,")


@spoiler(PLACES, 5, "name", "chiffre tapé dans un texte")
def place_with_a_typed_digit(d):
    change(d, PLACES, "Château d’eau", "Château d’eau n° 3")


@spoiler(PLACES, 6, "action, insee, name", "clé en double")
def place_told_twice(d):
    append(d, PLACES, "plantations,99001,nature,Bois des écoles,,rapport-invente,l. 12,")


@spoiler("2030/requests.csv", 2, "service", "code absent de services.csv", "« finances »")
def request_to_an_unknown_service(d):
    row = "agents,val-exemple,finance,,2030-12-31,2030-10-31"
    add_table(d, "2030/requests.csv", REQUESTS, row)


@spoiler("2030/requests.csv", 3, "indicator", "clé en double")
def indicator_asked_twice(d):
    row = "agents,val-exemple,finances,,2030-12-31,2030-10-31"
    add_table(d, "2030/requests.csv", REQUESTS, row, row.replace("finances", "environnement"))


@spoiler("2030/revisions.csv", 2, "former_value", "cellule vide")
def revision_of_nothing(d):
    columns = "former_value,value,former_source,former_locator,source,locator"
    row = "agents,val-exemple,,2029-12-31,,151,rapport-invente,l. 30,rapport-invente,l. 61"
    add_table(
        d, "2030/revisions.csv", f"indicator,territory,period_start,period_end,{columns}", row
    )


@spoiler("reference/payers.csv", 0, "", "aucune ligne sous l’en-tête")
def header_without_rows(d):
    (d.raw / "reference/payers.csv").write_text("id,name\n", "utf-8")


@spoiler(
    "2030/gaps.csv", 1, "descripton", "colonne inconnue", "Vouliez-vous dire « description » ?"
)
def wrong_header(d):
    change(d, "2030/gaps.csv", "description", "descripton")


@spoiler("2030/gaps.csv", 1, "locator", "colonne manquante", "Attendu : endroit dans la source.")
def missing_column(d):
    path = d.raw / "2030/gaps.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.drop(columns="locator").to_csv(path, index=False)


@spoiler("2030/gaps.csv", 1, "title", "colonne en double")
def doubled_column(d):
    change(d, "2030/gaps.csv", "id,chapter,action,title", "id,chapter,title,title")


@spoiler("reference/units.csv", 13, "", "5 cellules au lieu de 4")
def too_many_cells(d):
    append(d, "reference/units.csv", "ha,hectare,hectares,ha,de trop")


@spoiler("reference/payers.csv", 2, "name", "cellule vide", "À remplir : nom.")
def empty_required_cell(d):
    change(d, "reference/payers.csv", "val-exemple,Le Val d’Exemple", "val-exemple,")


@spoiler(OBS, 2, "qualifier", "valeur inconnue", "Vouliez-vous dire « environ » ?")
def unknown_vocabulary(d):
    change(d, OBS, "arbre,environ", "arbre,enviton")


@spoiler("reference/units.csv", 13, "id", "écriture non admise", "sans accents")
def id_with_accents(d):
    append(d, "reference/units.csv", "élève,élève,élèves,")


@spoiler(OBS, 2, "value", "nombre illisible", "sans unité")
def number_with_its_unit(d):
    change(d, OBS, PLANTS, "2026-01-01,2030-12-31,6000 arbres,arbre")


@spoiler(OBS, 2, "period_end", "cette date n’existe pas", "2017-10-31")
def impossible_date(d):
    change(d, OBS, PLANTS, "2026-01-01,31/11/2030,6000,arbre")


@spoiler(OBS, 15, "indicator, territory, period_start, period_end", "déjà présente ligne 2")
def duplicated_key(d):
    text = (d.raw / OBS).read_text("utf-8")
    append(d, OBS, text.splitlines()[1])


@spoiler(OBS, 2, "indicator", "code absent de indicators.csv", "« arbres-plantes »")
def unknown_indicator(d):
    change(d, OBS, "arbres-plantes,", "arbre-plantes,")
    append(
        d, OBS,
        f"arbres-plantes,val-exemple,{PLANTS},environ,définitif,rapport-invente,l. 10,",
    )  # fmt: skip


@spoiler("2030/actions.csv", 2, "services", "code absent de services.csv", "« environnement »")
def unknown_service_in_a_list(d):
    change(d, "2030/actions.csv", "arbres,environnement,", "arbres,finances | environment,")


@spoiler("2030/actions.csv", 2, "source", "code absent de sources.csv", "« rapport-invente »")
def unknown_source(d):
    change(d, "2030/actions.csv", "rapport-invente", "raport-invente")


@spoiler("reference/communes.csv", 5, "member_from",
         "commune déjà décrite à cette date par la ligne 3 (« Bruyère »)")  # fmt: skip
def two_names_on_one_day(d):
    change(d, "reference/communes.csv", "99002,Bruyère,2027-01-01,,",
           "99002,Bruyère,2027-01-01,2030-01-01,")  # fmt: skip
    append(d, "reference/communes.csv", "99002,Bruyère-les-Landes,2030-01-01,,20")


@spoiler("reference/communes.csv", 5, "member_from", "commune déjà décrite à cette date")
def a_new_name_while_the_old_one_goes_on(d):
    append(d, "reference/communes.csv", "99002,Bruyère-les-Landes,2030-01-01,,20")


@spoiler(OBS, 14, "territory", "code absent de territories.csv ou communes.csv", "pays-exemple")
def unknown_territory(d):
    change(d, OBS, "pays-exemple", "pays-exemples")


@spoiler("2030/budget.csv", 4, "payer", "code absent de payers.csv")
def unknown_payer(d):
    change(d, "2030/budget.csv", "exact,region", "exact,europe")


@spoiler("2030/improvements.csv", 2, "id", "identifiant déjà pris par une page du rapport")
def id_of_a_page(d):
    path = d.raw / "2030/improvements.csv"
    first = path.read_text("utf-8").splitlines()[1].partition(",")[0]
    for name in ("improvements", "followups", "milestones", "gaps", "key_messages"):
        file = d.raw / f"2030/{name}.csv"
        if file.is_file():
            text = file.read_text("utf-8")
            file.write_text(re.sub(rf"\b{first}\b", "loi", text), "utf-8")


@spoiler("reference/approach.csv", 2, "id", "identifiant déjà pris dans reference/finalities.csv")
def id_of_two_tables(d):
    change(d, "reference/approach.csv", "suivi,", "eau,")
    for file in ("reference/indicators.csv", "reference/charts.yml", "2030/actions.csv",
                 "2030/improvements.csv"):  # fmt: skip
        path = d.raw / file
        path.write_text(re.sub(r"(,|: )suivi\b", r"\1eau", path.read_text("utf-8")), "utf-8")
    (d.raw / "2030/texts/suivi.md").unlink()


@spoiler(OBS, 15, "indicator", "indicateur dérivé qui a aussi une valeur saisie")
def derived_with_a_value(d):
    append(
        d, OBS,
        "part-femmes,val-exemple,,2030-12-31,52.5,pourcent,exact,définitif,rapport-invente,l. 30,",
    )  # fmt: skip


@spoiler(OBS, 15, "indicator", "population du territoire saisie à la main")
def population_typed(d):
    append(
        d, OBS,
        "population-municipale,val-exemple,,2028-01-01,1,habitant,exact,définitif,"
        "rapport-invente,l. 1,",
    )  # fmt: skip


@spoiler(IND, 34, "id", "indicateur sans valeur ni formule")
def indicator_without_value(d):
    append(d, IND, "fuites,Fuites,m2,résultat,stock,baisse,eau,,Fuites d’eau.,Service,1,,,")


@spoiler(OBS, 3, "unit", "unité différente du catalogue", "Attendu : « logement »")
def unit_unlike_the_catalogue(d):
    change(d, OBS, "100,logement", "100,agent")


@spoiler("2030/budget.csv", 6, "indicator", "montant d’un indicateur compté en « arbre »")
def amount_of_trees(d):
    append(
        d, "2030/budget.csv",
        "arbres-plantes,,,coût,prévu,5,exact,etat,2030,,rapport-invente,l. 1,",
    )  # fmt: skip


@spoiler("2030/budget.csv", 6, "stage", "« aide-renovation » a déjà « réalisé »")
def two_stages_of_one_indicator(d):
    append(
        d, "2030/budget.csv",
        "aide-renovation,,,subvention,prévu,5,exact,val-exemple,2031,,rapport-invente,l. 1,",
    )  # fmt: skip


@spoiler(OBS, 5, "period_start", "un stock n’a pas de début de période")
def stock_with_a_start(d):
    change(d, OBS, "agents,val-exemple,,2030-12-31", "agents,val-exemple,2030-01-01,2030-12-31")


@spoiler(OBS, 2, "period_end", "période à moitié datée")
def flow_with_one_date(d):
    change(d, OBS, PLANTS, "2026-01-01,,6000,arbre")


@spoiler(OBS, 2, "period_end", "fin antérieure au début")
def end_before_start(d):
    change(d, OBS, PLANTS, "2030-12-31,2026-01-01,6000,arbre")


@spoiler("2030/actions.csv", 2, "summary", "référence à un indicateur inconnu", "arbres-plantes")
def unknown_reference_in_a_summary(d):
    change(d, "2030/actions.csv", "{{arbres-plantes}}", "{{arbres-plante}}")


@spoiler("2030/texts/eau.md", 7, "", "référence à un indicateur inconnu", "surface-zones-humides")
def unknown_reference_in_a_text(d):
    change(d, "2030/texts/eau.md", "{{surface-zones-humides}}", "{{surfaces-zones-humides}}")


@spoiler("2030/texts/eau.md", 7, "", "« :avant » n’est pas un mot connu")
def unknown_modifier_in_a_text(d):
    change(d, "2030/texts/eau.md", ":precedent", ":avant")


@spoiler("2030/actions.csv", 2, "summary", "format de référence inconnu", "« periode »")
def unknown_format(d):
    change(d, "2030/actions.csv", "|periode", "|periodes")


@spoiler("2030/texts/eau.md", 7, "", "accolades mal formées")
def malformed_braces(d):
    change(d, "2030/texts/eau.md", "{{surface-zones-humides}}", "{surface-zones-humides}")


@spoiler("2030/actions.csv", 3, "summary", "chiffre tapé dans un texte", "digit_names.csv")
def digit_in_a_summary(d):
    change(d, "2030/actions.csv", "reçoivent une aide", "reçoivent 3 aides")


@spoiler("2030/texts/suivi.md", 7, "", "chiffre tapé dans un texte")
def digit_in_a_text(d):
    change(d, "2030/texts/suivi.md", "Le territoire compte", "Les 46 communes comptent")


@spoiler("reference/charts.yml", 0, "graphique arbres, finding", "chiffre tapé dans un texte")
def digit_in_a_finding(d):
    change(d, "reference/charts.yml", "{{arbres-plantes:cible|nombre}} visés", "10 000 visés")


@spoiler("reference/charts.yml", 0, "graphique arbres, finding", "année tapée", "digit_names.csv")
def year_in_a_finding(d):
    change(d, "reference/charts.yml", "cible|nombre}} visés", "cible|nombre}} visés en 2034")


@spoiler(
    "reference/charts.yml", 0, "graphique arbres, finding", "affirmation sans condition", "when"
)
def claim_without_its_condition(d):
    change(
        d,
        "reference/charts.yml",
        "{{arbres-plantes}} sur",
        "La moitié : {{arbres-plantes}} sur",
    )


@spoiler("reference/charts.yml", 0, "graphique renovations, finding", "affirmation sans condition")
def claim_where_no_condition_holds(d):
    change(
        d,
        "reference/charts.yml",
        "{{logements-renoves}} rénovés",
        "Tous sont rénovés",
    )


@spoiler("reference/charts.yml", 0, "graphique renovations, finding", "rien à dire quand aucune")
def nothing_to_say_where_no_condition_holds(d):
    change(
        d,
        "reference/charts.yml",
        '    - say: "{{logements-renoves}} rénovés {{logements-renoves|periode}}"\n',
        "",
    )


@spoiler(
    "reference/charts.yml", 0, "graphique renovations, finding, when", "condition non reconnue"
)
def condition_of_no_known_form(d):
    change(d, "reference/charts.yml", "{logements-renoves} augmente", "{logements-renoves} gagne")


@spoiler("reference/charts.yml", 0, "graphique renovations, finding, when", "indicateur inconnu")
def condition_on_an_unknown_value(d):
    change(d, "reference/charts.yml", "{logements-renoves} augmente", "{logement-renove} augmente")


@spoiler("reference/charts.yml", 0, "graphique renovations, finding, when", "période déjà choisie")
def condition_on_two_periods_before(d):
    change(d, "reference/charts.yml", "renoves} augmente", "renoves:precedent} augmente")


@spoiler("reference/charts.yml", 0, "graphique renovations, finding, when", "pas un élément")
def largest_of_other_items(d):
    change(d, "reference/charts.yml", "{logements-renoves} augmente", "{agents} le plus grand")


@spoiler("reference/charts.yml", 0, "graphique renovations, finding", "phrase mal formée", "« say")
def sentence_under_another_key(d):
    change(d, "reference/charts.yml", "    - say:", "    - dire:")


@spoiler("reference/charts.yml", 0, "graphique visiteurs, unit", "période d’une seule", "[periode]")
def period_of_one_value_in_a_unit(d):
    change(
        d,
        "reference/charts.yml",
        "  items: [visiteurs-accueil]\n",
        '  unit: "Visiteurs, {{visiteurs-accueil|periode}}"\n  items: [visiteurs-accueil]\n',
    )


@spoiler("2030/actions.csv", 3, "summary", "valeur qui changera : « seulement »")
def claim_beside_a_value_in_a_summary(d):
    change(
        d,
        "2030/actions.csv",
        "{{logements-renoves}} en ont",
        "seulement {{logements-renoves}} en ont",
    )


@spoiler("2030/actions.csv", 3, "summary", "« cette année » ne reste pas vrai")
def word_that_ages_in_a_summary(d):
    change(d, "2030/actions.csv", "reçoivent une aide", "reçoivent une aide cette année")


@spoiler("reference/charts.yml", 0, "graphique renovations, items", "indicateur inconnu")
def unknown_reference_in_a_chart(d):
    change(d, "reference/charts.yml", "[logements-renoves,", "[logement-renove,")


@spoiler("reference/charts.yml", 0, "graphique arbres", "« kind » manque")
def chart_without_kind(d):
    change(d, "reference/charts.yml", "  kind: objectif\n", "")


@spoiler("reference/charts.yml", 0, "graphique visiteurs, chapter", "chapitre inconnu", "« air »")
def chart_of_unknown_chapter(d):
    change(
        d,
        "reference/charts.yml",
        "- id: visiteurs\n  chapter: air",
        "- id: visiteurs\n  chapter: aire",
    )


@spoiler("reference/charts.yml", 0, "graphique arbres, action", "action inconnue", "plantations")
def chart_of_an_unknown_action(d):
    change(d, "reference/charts.yml", "action: plantations", "action: plantation")


@spoiler("reference/charts.yml", 3, "caractère 2", "YAML mal formé")
def malformed_yaml(d):
    change(d, "reference/charts.yml", "  chapter: suivi\n", " chapter: : suivi\n")


@spoiler("reference/charts.yml", 0, "", "fichier manquant")
def missing_charts(d):
    (d.raw / "reference/charts.yml").unlink()


@spoiler("territory.yml", 0, "name", "renseignement manquant")
def territory_without_name(d):
    change(d, "territory.yml", "name: Le Val", "nom: Le Val")


@spoiler("reference/communes.geojson", 1, "", "GeoJSON mal formé")
def malformed_geojson(d):
    change(d, "reference/communes.geojson", '{"type"', '{"type')


@spoiler("reference/communes.geojson", 0, "contour 1", "contour d’une commune absente", "« 99001 »")
def outline_of_an_unknown_commune(d):
    change(d, "reference/communes.geojson", "99001", "99011")


@spoiler("reference/communes.geojson", 0, "contour 1", "contour absent ou d’un type non admis")
def outline_that_is_a_point(d):
    change(d, "reference/communes.geojson", '"Polygon"', '"Point"')


@spoiler(IND, 22, "formula", "formule : référence à un indicateur inconnu", "« depenses-air »")
def unknown_reference_in_a_formula(d):
    change(d, IND, "100 * {depenses-air}", "100 * {depense-air}")


@spoiler(IND, 22, "formula", "formule : constante 3000000 écrite dans la formule")
def figure_in_a_formula(d):
    change(d, IND, "{depenses-air} / {depenses-totales}", "{depenses-air} / 3000000")


@spoiler(IND, 22, "formula", "formule : constante 12 écrite dans la formule", "mois({id})")
def months_typed_in_a_formula(d):
    change(d, IND, "{depenses-air} / {depenses-totales}", "{depenses-air} / 12")


@spoiler(IND, 20, "formula", "formule : {population-municipale:N-1} suit l’année de l’édition",
         "{population-municipale:en-vigueur}")  # fmt: skip
def population_of_the_editions_year(d):
    change(d, IND, "{population-municipale:en-vigueur}", "{population-municipale:N-1}")


@spoiler(IND, 20, "formula", "« :en-vigueur » ne se dit que de la population du territoire")
def something_else_in_force(d):
    change(d, IND, "{population-municipale:en-vigueur}", "{agents:en-vigueur}")


@spoiler(IND, 22, "formula", "formule : opération non admise")
def power_in_a_formula(d):
    change(d, IND, "100 * {depenses-air}", "100 ** {depenses-air}")


@spoiler(IND, 22, "formula", "formule : accolades mal formées")
def malformed_formula(d):
    change(d, IND, "100 * {depenses-air}", "100 * {depenses-air")


@spoiler(IND, 27, "formula", "formules en cercle : part-femmes → part-femmes")
def circle_of_one_formula(d):
    change(d, IND, "100 * {femmes} / {agents}", "100 * {part-femmes} / {agents}")


@spoiler(IND, 24, "formula", "formule : somme de montants de financeurs différents")
def payers_added(d):
    change(d, IND, "{depenses-totales} - {depenses-air} - {depenses-eau}",
           "{plantation-etat} + {plantation-region}")  # fmt: skip


@spoiler(
    IND, 24, "formula", "formule : différence de montants d’exercices différents : 2029 et 2030"
)
def fiscal_years_mixed(d):
    change(d, IND, "{depenses-totales} - {depenses-air} - {depenses-eau}",
           "{depenses-totales:N-1} - {aide-renovation:N}")  # fmt: skip


@spoiler(IND, 27, "formula", "formule : part en % entre unités différentes (agent, arbre)")
def share_of_mixed_units(d):
    change(d, IND, "{femmes} / {agents}", "{arbres-plantes} / {agents}")


@spoiler(
    "2030/statements.csv", 2, "indicator", "référence à un indicateur inconnu", "part-depenses"
)
def statement_of_an_unknown_indicator(d):
    change(d, "2030/statements.csv", "part-depenses-air", "part-depenses-airs")


@spoiler("2030/statements.csv", 4, "unit", "unité différente du catalogue", "« pourcent »")
def statement_in_another_unit(d):
    change(d, "2030/statements.csv", "20,pourcent", "20,logement")


@spoiler("2030/texts/air.md", 0, "", "titres différents de ceux attendus", "« ## Synthèse »")
def text_without_a_heading(d):
    change(d, "2030/texts/air.md", "## Synthèse", "### Synthèse")


@spoiler("2030/texts/air.md", 0, "", "texte du chapitre « air »", "Renommer « aire.md » en « air")
def text_of_a_misspelt_chapter(d):
    (d.raw / "2030/texts/air.md").rename(d.raw / "2030/texts/aire.md")


@spoiler(
    "2030/texts/air.md", 0, "", "il manque le texte du chapitre « air »",
    "« air.md » et ses trois titres, « ## Enjeu », « ## Analyse », « ## Synthèse ».",
)  # fmt: skip
def missing_text(d):
    (d.raw / "2030/texts/air.md").unlink()


@spoiler("2030/texts/airs.md", 0, "", "texte d’un chapitre inconnu", "dire « air »")
def text_of_no_chapter(d):
    (d.raw / "2030/texts/airs.md").write_text("## Enjeu\n", "utf-8")


@spoiler("sources.csv", 0, "", "1 fichier sans provenance", "-dossier,notes.csv,titre,")
def file_without_provenance(d):
    (d.raw / "notes.csv").write_text("a\n1\n", "utf-8")


@spoiler("sources.csv", 6, "file", "liste dont le séparateur", "« territory.yml | 2030/gaps.csv »")
def provenance_with_semicolons(d):
    append(d, "sources.csv", "deux,territory.yml;2030/gaps.csv,Deux,x,2031,aucune,2031-01-01,")


@spoiler(OBS, 2, "period_end", "période qui s’achève après l’année du dossier 2030", "31/12/2030")
def measured_in_the_future(d):
    change(d, OBS, PLANTS, "2026-01-01,31/12/2081,6000,arbre")


@spoiler("2029/observations.csv", 4, "period_end", "après l’année du dossier 2029", "prévisionnel")
def measured_after_an_earlier_folder(d):
    change(d, "2029/observations.csv", "agents,val-exemple,,2029-12-31", "agents,val-exemple,,"
           "2108-12-31")  # fmt: skip


@spoiler("2030/budget.csv", 5, "fiscal_year", "exercice postérieur au dossier 2030")
def spent_in_the_future(d):
    change(d, "2030/budget.csv", "val-exemple,2030", "val-exemple,2031")


@spoiler("2030/budget.csv", 5, "fiscal_year_end", "exercice postérieur au dossier 2030")
def spent_until_the_future(d):
    change(d, "2030/budget.csv", "val-exemple,2030,", "val-exemple,2030,2032")


@spoiler(OBS, 2, "value", "nombre trop grand pour être lu", "un nombre seul")
def infinite_number(d):
    change(d, OBS, PLANTS, "2026-01-01,2030-12-31,1e400,arbre")


@spoiler(OBS, 5, "value", "nombre illisible", "sans unité")
def number_of_a_formula_with_its_sign(d):
    change(d, OBS, "2030-12-31,160,agent", "2030-12-31,160 %,agent")


@spoiler("2030/budget.csv", 2, "amount_eur", "nombre illisible", "sans unité")
def amount_of_a_formula_with_its_unit(d):
    change(d, "2030/budget.csv", "prévu,100000,", "prévu,100000 €,")


@spoiler(IND, 2, "precision", "nombre illisible", "sans unité")
def precision_of_an_indicator_of_formulas(d):
    path = d.raw / IND
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[0, "precision"] += " %"
    frame.to_csv(path, index=False)


@spoiler(OBS, 14, "", "12 cellules au lieu de 11", "guillemets")
def decimal_comma_among_commas(d):
    text = (d.raw / OBS).read_text("utf-8").splitlines()
    femmes = next(line for line in text if line.startswith("femmes,"))
    text.remove(femmes)
    text.append(femmes.replace(",84,", ",84,5,") + "remarque")
    (d.raw / OBS).write_text("\n".join(text) + "\n", "utf-8")
    path = d.raw / "2029/observations.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("femmes,")), "utf-8")


GOALS = "2030/contributions.csv"


@spoiler(GOALS, 2, "goal", "code absent de sdgs.csv")
def unknown_goal(d):
    change(d, GOALS, "plantations,13", "plantations,14")


@spoiler(GOALS, 2, "goal", "nombre illisible", "Attendu : un nombre entier")
def two_goals_in_one_cell(d):
    change(d, GOALS, "plantations,13", "plantations,7 | 13")


@spoiler(GOALS, 2, "action", "code absent de actions.csv ou planned.csv", "« plantations »")
def goal_of_an_unknown_action(d):
    change(d, GOALS, "plantations,13", "plantation,13")


@spoiler(GOALS, 4, "action, goal", "déjà présente ligne 3")
def one_goal_twice(d):
    change(d, GOALS, "renovation,13", "renovation,7")


@spoiler(GOALS, 3, "reason", "cellule vide")
def goal_without_a_reason(d):
    change(d, GOALS, "Les logements rénovés consomment moins.", "")


@spoiler(GOALS, 3, "reason", "chiffre tapé", "Citer l’indicateur par une référence {{…}}")
def typed_digit_in_a_reason(d):
    change(d, GOALS, "rénovés consomment moins", "rénovés consomment 30 % de moins")


@spoiler(GOALS, 2, "indicator", "indicateur inconnu", "« arbres-plantes »")
def goal_measured_by_nothing(d):
    change(d, GOALS, "arbres-plantes", "arbre-plantes")


@spoiler("2030/actions.csv", 3, "services", "liste dont le séparateur", "environnement | finances")
def list_with_commas(d):
    change(d, "2030/actions.csv", "environnement | finances", '"environnement, finances"')


@spoiler("2030/budget.csv", 3, "fiscal_year", "nombre illisible", "Attendu : une année comme 2017.")
def two_years_in_one_cell(d):
    change(d, "2030/budget.csv", "etat,2030", "etat,2029-2030")


@spoiler("2030/actions.csv", 2, "order", "nombre illisible", "Attendu : un nombre entier")
def order_in_letters(d):
    change(d, "2030/actions.csv", "politiques,1,Planter", "politiques,premier,Planter")


@spoiler("2030/gaps.csv", 0, "", "ce n’est pas un fichier texte", "CSV UTF-8")
def workbook_named_csv(d):
    (d.raw / "2030/gaps.csv").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 50)


@spoiler("2030/texts/air.md", 0, "", "ce n’est pas un fichier texte", "texte brut")
def document_named_md(d):
    (d.raw / "2030/texts/air.md").write_bytes(b"\xd0\xcf\x11\xe0" + b"a\n1 {\n" * 500)


@spoiler("reference/charts.yml", 0, "", "ce n’est pas un fichier texte", "texte brut")
def binary_charts(d):
    (d.raw / "reference/charts.yml").write_bytes(b"- id: a\0b\n")


@spoiler("reference/communes.geojson", 0, "", "ce n’est pas un fichier texte")
def binary_outlines(d):
    (d.raw / "reference/communes.geojson").write_bytes(b"\xff\xfe{}}")


@spoiler("2030/gaps.csv", -1, "", "cellule sans fin", "guillemet")
def quote_never_closed(d):
    append(d, "2030/gaps.csv", '"' + "a" * 200_000)


@spoiler("2030/actions.xlsx", 0, "", "format non lu", "Enregistrer en CSV")
def declared_workbook(d):
    (d.raw / "2030/actions.xlsx").write_bytes(b"PK\x03\x04")


@spoiler("annexe.docx", 0, "", "format non lu", "Enregistrer en texte brut")
def undeclared_document(d):
    (d.raw / "annexe.docx").write_bytes(b"PK\x03\x04")


@spoiler("2030/texts/notes.txt", 0, "", "format non lu", "finit par .md")
def text_of_another_suffix(d):
    (d.raw / "2030/texts/notes.txt").write_text("Notes.\n", "utf-8")


@spoiler("sources.csv", 6, "file", "aucun fichier de ce nom dans le dossier", "population.csv")
def provenance_without_file(d):
    append(d, "sources.csv", "perdu,reference/populations.csv,Perdu,x,2031,aucune,2031-01-01,")


@spoiler("2030/observation.csv", 0, "", "table inconnue", "« observations.csv »")
def table_of_an_unknown_name(d):
    (d.raw / "2030/observation.csv").write_text("a\n1\n", "utf-8")


# --- values that cannot be, wholes and parts, values not to be compared ---------------------------

PARTS, PAIRS = "reference/parts.csv", "2030/not_comparable.csv"
RATE = "taux-obligation-emploi,val-exemple,,,{},"


@spoiler(OBS, 2, "value", "valeur négative", "remplir « minimum » dans indicators.csv")
def negative_trees(d):
    change(d, OBS, PLANTS, "2026-01-01,2030-12-31,-5,arbre")


@spoiler(OBS, 8, "value", "part supérieure à 100 %", "remplir « maximum » dans indicators.csv")
def share_over_a_hundred(d):
    change(d, OBS, RATE.format(6), RATE.format(140))


@spoiler("2030/budget.csv", 2, "amount_eur", "valeur négative", "Attendu : au moins 0.")
def negative_amount(d):
    change(d, "2030/budget.csv", "prévu,100000,", "prévu,−100000,")


@spoiler("2030/targets.csv", 2, "baseline", "point de départ daté, mais sans valeur", "Remplir")
def dated_start_without_value(d):
    change(
        d, "2030/targets.csv", "10000,exact,2034-12-31,,,", "10000,exact,2034-12-31,,2025-12-31,"
    )


@spoiler("2030/targets.csv", 2, "date", "fin antérieure au début", "Attendu : après baseline_date.")
def target_before_its_start(d):
    change(
        d, "2030/targets.csv", "10000,exact,2034-12-31,,,", "10000,exact,2034-12-31,5,2035-12-31,"
    )


@spoiler("2030/targets.csv", 3, "indicator", "que seuls d’autres territoires renseignent", "saisir")
def target_of_other_territories(d):
    change(d, "2030/observations.csv", "diagnostiquees,val-exemple", "diagnostiquees,99002")
    change(d, "2030/actions.csv", "{{communes-diagnostiquees}}", "des communes")


TARGETS = "indicator,entry,value,value_of,qualifier,date,duration_years,source,locator,note"


def add_target(d: Dossier, row: str) -> None:
    add_table(
        d, "2030/targets.csv", TARGETS.replace("source", "baseline,baseline_date,source"), row
    )


@spoiler("2030/targets.csv", 2, "entry", "ni indicateur, ni étape", "Remplir indicator")
def target_of_nothing(d):
    add_target(d, ",,5,,exact,,,,,rapport-invente,l. 10,")


@spoiler("2030/targets.csv", 2, "value", "objectif sans nombre", "Remplir value, ou value_of")
def target_without_number(d):
    add_target(d, "arbres-plantes,,,,exact,,,,,rapport-invente,l. 10,")


@spoiler("2030/targets.csv", 2, "value_of", "unité différente de celle de l’indicateur", "arbre")
def target_of_another_unit(d):
    add_target(d, "arbres-plantes,,,agents,exact,,,,,rapport-invente,l. 10,")


@spoiler("2030/targets.csv", 2, "duration_years", "une échéance et une durée", "Garder l’échéance")
def target_with_date_and_duration(d):
    add_target(d, "arbres-plantes,,10000,,exact,2034-12-31,5,,,rapport-invente,l. 10,")


@spoiler("2030/targets.csv", 2, "value", "valeur négative", "Attendu : au moins 0.")
def negative_target(d):
    change(d, "2030/targets.csv", "arbres-plantes,10000", "arbres-plantes,-10000")


@spoiler(
    "2029/observations.csv", 2, "value", "valeur supérieure à la borne haute 90", "au plus 90."
)
def value_over_its_bound(d):
    change(d, OBS, "2030-12-31,100,logement", "2030-12-31,85,logement")
    change(d, "2029/observations.csv", "2029-12-31,80,logement", "2029-12-31,95,logement")
    bound(d, "logements-renoves", "", "90")


@spoiler(OBS, 3, "value", "valeur inférieure à la borne basse 90", "Attendu : au moins 90.")
def value_under_its_bound(d):
    change(d, OBS, "2030-12-31,100,logement", "2030-12-31,85,logement")
    change(d, "2029/observations.csv", "2029-12-31,80,logement", "2029-12-31,95,logement")
    bound(d, "logements-renoves", "90", "")


@spoiler(IND, 2, "minimum", "« minimum » plus grand que « maximum »", "Attendu : au plus 5")
def bounds_upside_down(d):
    bound(d, "arbres-plantes", "7,5", "5")


def bound(d, indicator: str, minimum: str, maximum: str) -> None:
    """Declare bounds as a French spreadsheet would."""
    path = d.raw / IND
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    row = frame["id"] == indicator
    assert row.any()
    frame.loc[row, ["minimum", "maximum"]] = [minimum, maximum]
    frame.to_csv(path, index=False)


@spoiler(OBS, 15, "indicator", "saisie pour la même période (2029/budget.csv, ligne 3)", "une fois")
def value_typed_in_two_tables(d):
    append(
        d, OBS,
        "depenses-air,val-exemple,2029-01-01,2029-12-31,1200000,eur,exact,définitif,rapport-invente"
        ",l. 33,",
    )  # fmt: skip


@spoiler(
    OBS, 15, "value",
    "valeur différente de celle de la même période dans 2029/observations.csv, ligne 2 (80)",
    "si c’est une révision, le dire dans « note »",
)  # fmt: skip
def silent_revision(d):
    append(
        d, OBS,
        "logements-renoves,val-exemple,2029-01-01,2029-12-31,82,logement,exact,définitif,"
        "rapport-invente,l. 13,",
    )  # fmt: skip


@spoiler("2030/budget.csv", 6, "amount_eur", "valeur différente de celle", "« note »")
def revision_whose_note_was_copied(d):
    row = (
        "depenses-air,plantations,air,crédits de paiement,réalisé,{},exact,val-exemple,2029,,"
        "rapport-invente,l. 33,{}"
    )
    change(d, "2029/budget.csv", row.format("1200000", ""), row.format("1200000", "arrondi"))
    append(d, "2030/budget.csv", row.format("1300000", "arrondi"))


@spoiler(PARTS, 2, "part", "code absent de indicators.csv", "« depenses-air »")
def part_that_is_no_indicator(d):
    change(d, PARTS, "depenses-air", "depense-air")


@spoiler(PARTS, 6, "part", "partie comptée en « commune », tout compté en « agent »", "même unité")
def part_in_another_unit(d):
    change(d, PARTS, "par-situation,femmes", "par-situation,communes-diagnostiquees")


@spoiler(PARTS, 6, "part", "un tout donné comme sa propre partie", "autre indicateur")
def whole_within_itself(d):
    change(d, PARTS, "par-situation,femmes", "par-situation,agents")


@spoiler(PARTS, 3, "addition", "« par-politique » a déjà « au plus » (ligne 2)", "de la même façon")
def breakdown_of_two_minds(d):
    change(d, PARTS, "depenses-eau,au plus", "depenses-eau,égale")


@spoiler(PARTS, 2, "addition", "valeur inconnue", "« au plus »")
def addition_of_no_kind(d):
    change(d, PARTS, "depenses-air,au plus", "depenses-air,plus")


@spoiler(PAIRS, 2, "first", "référence à un indicateur inconnu", "« arbres-plantes »")
def unknown_value_of_a_pair(d):
    change(d, PAIRS, "arbres-plantes,visiteurs", "arbre-plantes,visiteurs")


@spoiler(PAIRS, 2, "second", "« :avant » n’est pas un mot connu")
def unknown_modifier_of_a_pair(d):
    change(d, PAIRS, "visiteurs-accueil,", "visiteurs-accueil:avant,")


@spoiler(PAIRS, 2, "second", "deux fois la même valeur")
def pair_of_one_value(d):
    change(d, PAIRS, "arbres-plantes,visiteurs-accueil", "arbres-plantes,arbres-plantes")


@spoiler(PAIRS, 3, "second", "couple déjà donné, ligne 2")
def pair_given_twice(d):
    append(d, PAIRS, "encore,visiteurs-accueil,arbres-plantes,Dans l’autre sens.,l. 10")


@spoiler(PAIRS, 2, "reason", "chiffre tapé dans un texte")
def digit_in_a_reason(d):
    change(d, PAIRS, "Les arbres sont", "Les 6 arbres sont")


@spoiler(PAIRS, 2, "reason", "référence à un indicateur inconnu")
def unknown_reference_in_a_reason(d):
    change(d, PAIRS, "{{visiteurs-accueil|periode}}", "{{visiteurs|periode}}")


@spoiler(
    IND, 27, "formula",
    "formule qui rapproche deux valeurs à ne pas comparer : « femmes » et « agents »",
    "retirer le couple de not_comparable.csv",
)  # fmt: skip
def formula_of_a_forbidden_pair(d):
    change(d, PAIRS, "arbres-plantes,visiteurs-accueil", "agents,femmes")


@spoiler("2030/discrepancies.csv", 2, "statement", "code absent de statements.csv", "part-air")
def register_of_no_statement(d):
    append(
        d, "2030/discrepancies.csv", "x,calcul,X,Imprimé.,l. 1,,Retenu.,Raison.,imprime-parts-air,"
    )


@spoiler("reference/key_figures.csv", 2, "indicator", "code absent de indicators.csv", "logements-")
def key_figure_of_no_indicator(d):
    change(d, "reference/key_figures.csv", "logements-renoves", "logement-renoves")


@pytest.mark.parametrize("name", SPOILERS)
def test_fault_is_found(name, dossier_copy):
    spoil, file, row, column, problem, expected = SPOILERS[name]
    spoil(dossier_copy)
    faults = faults_of(dossier_copy)
    matching = [
        fault
        for fault in faults
        if (fault.file, fault.column) == (file, column)
        and row in (fault.row, -1)
        and problem in fault.problem
        and expected in fault.expected
    ]
    others = [fault for fault in faults if fault not in matching]
    assert len(matching) == 1, f"found instead: {faults}"
    if name not in ("missing_column", "doubled_column"):
        assert others == []


def test_an_expected_value_may_be_of_a_later_year(dossier_copy):
    change(dossier_copy, OBS, "2026-01-01,2030-12-31,6000,arbre,environ,définitif",
           "2026-01-01,2032-12-31,6000,arbre,environ,prévisionnel")  # fmt: skip
    change(dossier_copy, "2030/budget.csv", "exact,etat,2030", "exact,etat,2032")
    later = [fault for fault in faults_of(dossier_copy) if "après" in fault.problem]
    assert later == []


def test_a_chapter_added_later_needs_no_text_in_this_edition(dossier_copy):
    append(dossier_copy, "reference/finalities.csv", "sols,3,Protection des sols,Sols")
    assert faults_of(dossier_copy) == []
    (dossier_copy.raw / "2030/texts/sols.md").write_text("Sans titre.\n", "utf-8")
    assert [fault.file for fault in faults_of(dossier_copy)] == ["2030/texts/sols.md"]


def test_missing_provenance_is_said_once_for_a_folder_with_the_row_to_add(dossier_copy):
    change(dossier_copy, "sources.csv", "20??/*", "2029/*")
    faults = faults_of(dossier_copy)
    assert [(fault.file, fault.row) for fault in faults] == [("sources.csv", 0)] * 2
    rows = [fault.expected.split(" : ", 1)[1] for fault in faults]
    assert sorted(row.split(",titre")[0] for row in rows) == [
        "donnees-2030,2030/*.csv", "textes-2030,2030/texts/*.md"
    ]  # fmt: skip
    for row in rows:
        append(dossier_copy, "sources.csv", row)
    assert faults_of(dossier_copy) == []


@pytest.mark.parametrize("separator", [",", ";"])
def test_empty_columns_at_the_end_are_ignored(dossier_copy, separator):
    path = dossier_copy.raw / "reference/units.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    lines = frame.to_csv(index=False, sep=separator).splitlines()
    path.write_text("\n".join(line + separator * 3 for line in lines) + "\n", "utf-8")
    assert faults_of(dossier_copy) == []
    path.write_text("\n".join([lines[0] + separator, lines[1] + separator + "x", *lines[2:]]))
    assert [(f.row, f.problem) for f in faults_of(dossier_copy)] == [(2, "5 cellules au lieu de 4")]


def test_an_unreadable_row_of_the_catalogue_is_the_only_fault(dossier_copy):
    path = dossier_copy.raw / IND
    lines = path.read_text("utf-8").splitlines()
    row = next(n for n, line in enumerate(lines) if line.startswith("agents,"))
    lines[row] += ",de trop,encore"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert [(f.file, f.row, f.value) for f in faults_of(dossier_copy)] == [(IND, row + 1, "agents")]


def test_circle_of_several_formulas_names_each(dossier_copy):
    change(dossier_copy, IND, "100 * {femmes} / {agents}", "{obligation-emploi} / {agents}")
    change(dossier_copy, IND, "floor({taux-obligation-emploi}", "floor({part-femmes}")
    faults = faults_of(dossier_copy)
    assert {fault.row for fault in faults} == {27, 28}
    assert all(fault.problem.startswith("formules en cercle") for fault in faults)


def test_wholes_and_parts_in_a_circle_are_named(dossier_copy):
    append(dossier_copy, PARTS, "femmes,x,agents,aucune")
    faults = faults_of(dossier_copy)
    assert {fault.row for fault in faults} == {6, 9}, "every step of the circle"
    assert all(fault.problem.startswith("tout et parties en cercle : ") for fault in faults)
    assert all(fault.file == PARTS for fault in faults)


def test_a_revision_that_is_said_stands(dossier_copy):
    """As ``silent_revision``, with a note; the same value again needs none."""
    row = (
        "logements-renoves,val-exemple,2029-01-01,2029-12-31,{},logement,exact,définitif,"
        "rapport-invente,l. 13,{}"
    )
    append(dossier_copy, OBS, row.format(82, "révisé par le service"))
    assert faults_of(dossier_copy) == []
    change(dossier_copy, OBS, row.format(82, "révisé par le service"), row.format(80, ""))
    assert faults_of(dossier_copy) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "bounds"),
    [
        (OBS, RATE.format(6), RATE.format(-2),
         ("taux-obligation-emploi", "-10", "")),
        (OBS, RATE.format(6), RATE.format(140),
         ("taux-obligation-emploi", "", "200")),
        (OBS, PLANTS, "2026-01-01,2030-12-31,-5,arbre", ("arbres-plantes", "-10", "")),
    ],
)  # fmt: skip
def test_a_value_may_be_allowed_by_its_bounds(dossier_copy, file, old, new, bounds):
    change(dossier_copy, file, old, new)
    assert len(faults_of(dossier_copy)) == 1
    bound(dossier_copy, *bounds)
    assert faults_of(dossier_copy) == []


def test_all_faults_of_all_files_at_once(dossier_copy):
    for name in ("unknown_vocabulary", "digit_in_a_text", "malformed_geojson", "missing_charts",
                 "figure_in_a_formula", "unknown_payer", "unit_unlike_the_catalogue"):  # fmt: skip
        SPOILERS[name][0](dossier_copy)
    with pytest.raises(InvalidDossier) as error:
        read_dossier(dossier_copy, YEAR, also=[check_formulas])
    assert len(error.value.faults) == 7
    message = str(error.value)
    assert message.startswith("7 erreurs dans 6 fichiers du dossier ; rien n’a été calculé.")
    assert "2030/observations.csv\n  - ligne 2, colonne « qualifier » : valeur inconnue" in message


def test_a_dossier_without_the_edition_says_what_is_missing(dossier_copy):
    _, faults = collect_faults(dossier_copy, YEAR + 1)
    assert "2031/actions.csv" in {fault.file for fault in faults}


def test_the_action_of_a_chart_is_known_in_one_edition_or_another(dossier_copy):
    change(dossier_copy, "reference/charts.yml", "action: plantations", "action: nager")
    _, faults = collect_faults(dossier_copy, YEAR)
    assert ("action inconnue", "nager") in {(fault.problem, fault.value) for fault in faults}


def test_what_windows_leaves_in_folders_is_no_data(dossier_copy):
    """« Thumbs.db » where pictures are looked at, « desktop.ini » where OneDrive is."""
    before = collect_faults(dossier_copy, MADE_UP_YEAR)[1]
    for name in ("Thumbs.db", "desktop.ini", "reference/Desktop.ini"):
        (dossier_copy.raw / name).write_bytes(b"x")
    assert collect_faults(dossier_copy, MADE_UP_YEAR)[1] == before

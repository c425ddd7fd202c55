"""A new territory's dossier: whole, valid, equal to the official figures, never written over."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.base.errors import UserError
from analysis.base.paths import PROJECT, Dossier
from analysis.collect import new_territory
from analysis.collect.new_territory import describe_territory, make_territory
from analysis.collect.territory_names import name_territory, slugify
from analysis.collect.territory_tables import tabulate_territory
from analysis.compute.dossier import read_dossier
from analysis.compute.indicators import load_edition
from analysis.compute.national import list_members, read_national
from analysis.model.schema import TABLES

YEAR = 2025
#: One of each nature, one overseas, one of more than a hundred communes.
KINDS = {
    "247400690": "communauté de communes",
    "200067106": "communauté d’agglomération",  # 158 communes
    "200069854": "communauté urbaine",
    "244400404": "métropole",
    "200046977": "métropole",  # Lyon
    "200060457": "communauté d’agglomération",  # Mayotte
}


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    made = {}

    def make_once(siren, year=YEAR):
        if (siren, year) not in made:
            root = tmp_path_factory.mktemp("territoires") / f"{siren}-{year}"
            made[siren, year] = make_territory(siren, year, root)
        return made[siren, year]

    return make_once


@pytest.fixture(scope="module")
def poitiers(make):
    return make("200069854")


def list_all(root):
    return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("official", "nature", "name", "of_name", "to_name", "full_name"),
    [
        ("Communauté d'agglomération de la Porte du Hainaut", "CA", "La Porte du Hainaut",
         "de La Porte du Hainaut", "à La Porte du Hainaut",
         "Communauté d’agglomération de la Porte du Hainaut"),
        ("Communauté urbaine du Grand Poitiers", "CU", "Grand Poitiers", "du Grand Poitiers",
         "au Grand Poitiers", "Communauté urbaine du Grand Poitiers"),
        ("Communauté d'agglomération de l'Ouest Rhodanien", "CA", "L’Ouest Rhodanien",
         "de l’Ouest Rhodanien", "à l’Ouest Rhodanien",
         "Communauté d’agglomération de l’Ouest Rhodanien"),
        ("Communauté de communes des Hauts de Flandre", "CC", "Hauts de Flandre",
         "des Hauts de Flandre", "aux Hauts de Flandre",
         "Communauté de communes des Hauts de Flandre"),
        ("Métropole d'Aix-Marseille-Provence", "METRO", "Aix-Marseille-Provence",
         "d’Aix-Marseille-Provence", "à Aix-Marseille-Provence",
         "Métropole d’Aix-Marseille-Provence"),
        ("Métropole Rouen Normandie", "METRO", "Métropole Rouen Normandie",
         "de la Métropole Rouen Normandie", "à la Métropole Rouen Normandie",
         "Métropole Rouen Normandie"),
        ("Communauté d'agglomération Le Grand Chalon", "CA", "Le Grand Chalon",
         "du Grand Chalon", "au Grand Chalon", "Communauté d’agglomération Le Grand Chalon"),
        ("Communauté d'agglomération Étampois Sud Essonne", "CA", "Étampois Sud Essonne",
         "d’Étampois Sud Essonne", "à Étampois Sud Essonne",
         "Communauté d’agglomération Étampois Sud Essonne"),
        ("Mont de Marsan Agglomération", "CA", "Mont de Marsan Agglomération",
         "de Mont de Marsan Agglomération", "à Mont de Marsan Agglomération",
         "Communauté d’agglomération Mont de Marsan Agglomération"),
        ("Communauté de communes Haut Val de Sèvre", "CC", "Haut Val de Sèvre",
         "de Haut Val de Sèvre", "à Haut Val de Sèvre",
         "Communauté de communes Haut Val de Sèvre"),
        ("Communauté d'agglomération Coeur de Flandre", "CA", "Cœur de Flandre",
         "de Cœur de Flandre", "à Cœur de Flandre",
         "Communauté d’agglomération Cœur de Flandre"),
    ],
)  # fmt: skip
def test_articles_and_elisions(official, nature, name, of_name, to_name, full_name):
    found = name_territory("", official, nature, ())
    assert (found.name, found.of_name, found.to_name, found.full_name) == (
        name, of_name, to_name, full_name,
    )  # fmt: skip
    assert found.id == slugify(name)


def test_a_territory_is_not_taken_for_the_city_that_it_is_named_after():
    names = ("La Rochelle", "Le Puy-en-Velay")
    official = "Communauté d'agglomération de La Rochelle"
    found = name_territory("", official, "CA", names)
    assert found.name == "Communauté d’agglomération de La Rochelle"
    assert found.of_name == "de la communauté d’agglomération de La Rochelle"
    assert (found.id, len(found.doubts)) == ("la-rochelle", 1)
    found = name_territory("", "Communauté d'agglomération du Puy-en-Velay", "CA", names)
    assert found.name == "Communauté d’agglomération du Puy-en-Velay"


def test_an_acronym_goes_to_the_glossary_and_another_name_is_told():
    long = "Communauté d'agglomération Porte de l'Isère (CAPI)"
    found = name_territory("", long, "CA", ())
    assert (found.name, found.acronym) == ("Porte de l’Isère", "CAPI")
    long = "Communauté d'agglomération de la Presqu'île de Guérande Atlantique (Cap Atlantique)"
    found = name_territory("", long, "CA", ())
    assert found.acronym == ""
    assert any("Cap Atlantique" in doubt for doubt in found.doubts)


def test_every_territory_has_a_name_without_a_straight_apostrophe():
    communes = set(read_national("communes")["name"])
    for row in read_national("territories").itertuples():
        found = name_territory(row.name, row.long_name, row.nature, communes)
        words = (found.name, found.of_name, found.to_name, found.full_name)
        assert all(words), row.name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found.id), row.name
        assert not any(sign in "".join(words) for sign in "'\"()«»"), row.name
        assert found.of_name.startswith(("de ", "du ", "des ", "d’")), row.name
        assert " de le " not in f" {found.of_name} ".lower(), row.name


# --- what is written --------------------------------------------------------------------------


@pytest.mark.parametrize("siren", KINDS)
def test_a_dossier_of_each_kind_is_valid_and_has_the_official_figures(make, siren):
    done = make(siren)
    dossier = Dossier(done.root)
    data = read_dossier(dossier, YEAR)  # raises where anything is wrong
    assert data.territory["kind"] == KINDS[siren]
    assert data.territory["siren"] == siren
    assert data.earlier is None
    edition = load_edition(dossier, YEAR)
    members = list_members(siren, YEAR)
    assert edition.value("communes-membres").value == len(members)
    assert set(edition.inhabitants["insee"]) == set(members["insee"])
    outlines = {f["properties"]["code"] for f in edition.communes_geojson["features"]}
    assert set(members["insee"]) <= outlines
    published = read_national("territory_populations").set_index(["siren", "vintage"])
    in_force = edition.value("population-municipale:en-vigueur")
    if edition.sources.query("id == 'population'")["remark"].str.contains("inconnus").any():
        return  # Mayotte: later vintages only repeat the census of 2017
    assert in_force.value == published.loc[(siren, YEAR - 3), "municipal"]


def test_what_is_asked_is_what_the_catalogue_asks(poitiers):
    raw = Dossier(poitiers.root).raw
    catalogue = pd.read_csv(raw / "reference/indicators.csv", dtype="str", keep_default_na=False)
    requests = pd.read_csv(raw / f"{YEAR}/requests.csv", dtype="str", keep_default_na=False)
    assert set(requests["indicator"]) == set(catalogue.loc[catalogue["asked"] != "", "id"])
    assert len(requests) == poitiers.requests
    assert not requests["guess"].any()


def test_year_tables_have_their_headings_and_texts_theirs(poitiers):
    raw = Dossier(poitiers.root).raw
    for table in TABLES.values():
        if table.place == "year" and not table.optional:
            lines = (raw / table.file(YEAR)).read_text("utf-8").splitlines()
            assert lines[0] == ",".join(table.header), table.name
            assert len(lines) == 1 or table.name == "gaps"
    texts = sorted((raw / f"{YEAR}/texts").glob("*.md"))
    assert len(texts) == 8
    assert texts[0].read_text("utf-8") == "## Enjeu\n\n## Analyse\n\n## Synthèse\n"


def test_the_rule_of_peers_is_written_in_words(poitiers):
    text = (poitiers.root / "raw/territory.yml").read_text("utf-8")
    expected = {"nature": "même", "smallest": 0.5, "largest": 2, "region": "toutes"}
    assert yaml.safe_load(text)["peers"] == expected
    assert "# Avec qui le rapport compare le territoire" in text


def test_every_file_has_its_own_provenance(poitiers):
    raw = Dossier(poitiers.root).raw
    sources = pd.read_csv(raw / "sources.csv", dtype="str", keep_default_na=False)
    assert sources["id"].is_unique
    remark = sources.set_index("id").at["communes", "remark"]
    assert "au plus tard" in remark


def test_the_same_territory_gives_the_same_bytes(poitiers, tmp_path):
    again = make_territory("200069854", YEAR, tmp_path / "encore")
    assert list_all(again.root) == list_all(poitiers.root)


def test_outlines_have_four_decimals_and_closed_rings(poitiers):
    path = poitiers.root / "raw/reference/communes.geojson"
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        shape = feature["geometry"]
        several = shape["coordinates"]
        for polygon in [several] if shape["type"] == "Polygon" else several:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4
                assert all(x == round(x, 4) and y == round(y, 4) for x, y in ring)


# --- communes that change -------------------------------------------------------------------------


def test_one_that_left_and_came_back_has_a_row_for_each_stay():
    rows = tabulate_territory("200042190", 2025).communes.query("insee == '59192'")
    assert [(str(r.member_from), str(r.member_to)) for r in rows.itertuples()] == [
        ("2019-01-01", "2022-12-31"),
        ("2024-01-01", ""),
    ]


def test_one_that_changed_its_code_has_a_row_for_each_and_one_population():
    tables = tabulate_territory("200089456", 2025)
    rows = tables.communes[tables.communes["insee"].isin(["27676", "27058"])]
    assert [(r.insee, str(r.member_from), str(r.member_to)) for r in rows.itertuples()] == [
        ("27058", "2021-01-01", "2022-12-31"),
        ("27676", "2020-01-01", "2020-12-31"),
        ("27676", "2023-01-01", ""),
    ]
    by_code = tables.population.set_index(["insee", "vintage"])["municipal"]
    assert by_code["27676", 2021] == by_code["27058", 2021]


def test_one_that_merged_is_counted_where_it_went():
    tables = tabulate_territory("200046977", 2025)
    assert "69152" not in set(tables.communes["insee"])  # Pierre-Bénite
    assert any("Pierre-Bénite (dans Oullins-Pierre-Bénite" in n for n in tables.notes["communes"])
    before = tabulate_territory("200046977", 2023)
    assert before.communes.set_index("insee").at["69152", "member_to"].isoformat() == "2023-12-31"
    old = before.population.query("vintage == 2020 and insee in ['69149', '69152']")
    new = tables.population.query("vintage == 2020 and insee == '69149'")
    assert old["municipal"].sum() == new["municipal"].sum() > 30_000
    assert not len(before.population.query("vintage == 2023 and insee == '69152'"))


def test_before_the_first_known_perimeters_the_nearest_stands_and_is_told(make):
    done = make("244400404", 2017)
    edition = load_edition(Dossier(done.root), 2017)
    assert edition.value("communes-membres").value == 24
    assert {"perimetre-autre-annee", "population-en-vigueur"} <= set(edition.gaps["id"])
    assert any("périmètre de 2019, le plus proche de 2017" in line for line in done.review)


def test_after_the_last_known_perimeters_what_is_to_be_completed_is_told(make):
    done = make("244400404", 2028)
    assert any("depuis 2026 sont à compléter" in line for line in done.review)


# --- never over anything --------------------------------------------------------------------------


def test_a_dossier_that_is_there_is_refused_and_untouched(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/notes.txt").write_text("à moi", "utf-8")
    before = list_all(tmp_path)
    with pytest.raises(UserError, match=r"Un dossier est déjà là.*n’a pas été touché"):
        make_territory("200069854", YEAR, tmp_path)
    assert list_all(tmp_path) == before


def test_a_folder_with_anything_but_documents_is_refused(tmp_path):
    (tmp_path / "rapport.pdf").write_bytes(b"%PDF")
    (tmp_path / "notes.txt").write_text("à moi", "utf-8")
    before = list_all(tmp_path)
    with pytest.raises(UserError, match=r"« notes\.txt ».*n’a pas été touché"):
        make_territory("200069854", YEAR, tmp_path)
    assert list_all(tmp_path) == before


def test_what_readers_see_of_the_sources_names_no_package_and_asks_nothing(poitiers):
    text = (Dossier(poitiers.root).raw / "sources.csv").read_text("utf-8")
    assert "INSEE" in text
    for word in ("npm", "GPL", "paquet", "élaguer", "à relire"):
        assert word not in text


def test_an_interruption_leaves_nothing_and_the_next_run_is_whole(tmp_path, monkeypatch):
    beside = tmp_path / "client" / "rapport-du-client.pdf"
    beside.parent.mkdir()
    beside.write_bytes(b"%PDF")

    def stop(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(new_territory, "load_edition", stop)
        with pytest.raises(KeyboardInterrupt):
            make_territory("247400690", YEAR, tmp_path / "ailleurs")
        assert not (tmp_path / "ailleurs").exists()
        with pytest.raises(KeyboardInterrupt):
            make_territory("247400690", YEAR, beside.parent)
    assert [path.name for path in beside.parent.iterdir()] == [beside.name]
    done = make_territory("247400690", YEAR, beside.parent)
    kept = sorted(p.name for p in done.root.iterdir())
    assert kept == [".raw-verrou", "rapport-du-client.pdf", "raw"]


def test_homonyms_are_listed_and_nothing_is_written(tmp_path):
    with pytest.raises(UserError, match="désigne 2 intercommunalités") as caught:
        make_territory("valois", YEAR, tmp_path / "x")
    assert "200071991" in str(caught.value)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("siren", "year", "words"),
    [
        ("200035665", 2025, r"(?s)de 2019 à 2019.*ses communes sont dans.*200089456"),
        ("200089456", 2019, r"que de 2020 à 2026"),
        ("200069854", 2009, r"2009 est trop tôt"),
        ("999999999", 2025, r"Aucune intercommunalité"),
    ],
)
def test_what_cannot_be_is_told(tmp_path, siren, year, words):
    with pytest.raises(UserError, match=words):
        make_territory(siren, year, tmp_path / "x")
    assert not (tmp_path / "x").exists()


# --- the command ------------------------------------------------------------------------------


def run(*words, cwd=PROJECT):
    return subprocess.run(
        [sys.executable, "-m", "analysis", *words],
        capture_output=True, encoding="utf-8", cwd=cwd, env={**os.environ, "PYTHONHASHSEED": "0"},
    )  # fmt: skip


@pytest.mark.slow
def test_the_command_names_the_dossier_in_what_comes_next(tmp_path):
    place = str(tmp_path / "au pays")
    done = run("new-territory", "--name", "grand poitiers", "--year", "2025", "--dossier", place)
    assert done.returncode == 0, done.stderr
    assert f'make report YEAR=2025 DOSSIER="{place}"' in done.stdout
    assert f'make forms YEAR=2025 DOSSIER="{place}"' in done.stdout
    again = run("new-territory", "--siren", "200069854", "--year", "2025", "--dossier", place)
    assert again.returncode == 1
    assert "n’a pas été touché" in again.stderr
    both = run("new-territory", "--year", "2025")
    assert both.returncode == 1
    assert "numéro SIREN" in both.stderr
    data = run("data", "--year", "2025", "--dossier", place)
    assert data.returncode == 0, data.stderr


GUIDE = (PROJECT / "reports/guide/guide.qmd").read_text("utf-8")


@pytest.mark.slow
def test_the_example_of_the_guide_prints_what_it_shows(tmp_path):
    chapter = re.search(r"^# Un nouveau territoire\n(.*?)^# ", GUIDE, re.M | re.S)[1]
    blocks = re.findall(r"^```\n\$ make ([^\n]*)\n(.*?)```", chapter, re.M | re.S)
    assert len(blocks) >= 2
    for words, shown in blocks:
        options = re.findall(r'([A-Z]+)=(?:"([^"]*)"|(\S+))', words)
        typed = [
            part for name, quoted, bare in options for part in (f"--{name.lower()}", quoted or bare)
        ]
        environment = {**os.environ, "ANALYSIS_PROJECT": str(PROJECT)}
        done = subprocess.run(
            [sys.executable, "-m", "analysis", words.split()[0], *typed],
            capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment,
        )  # fmt: skip
        assert done.stdout + done.stderr == shown, words


@pytest.mark.slow
def test_forty_territories_chosen_by_a_fixed_rule(tmp_path):
    known = read_national("territories")
    there = known[known["first_edition"].le(YEAR) & known["last_edition"].ge(YEAR)]
    chosen = there.sort_values("siren").iloc[:: len(there) // 40]
    published = read_national("territory_populations").set_index(["siren", "vintage"])["municipal"]
    for place, row in enumerate(chosen.itertuples()):
        done = make_territory(row.siren, YEAR, tmp_path / str(place))
        edition = load_edition(Dossier(Path(done.root)), YEAR)
        assert edition.value("communes-membres").value == len(list_members(row.siren, YEAR))
        value = edition.value("population-municipale:en-vigueur").value
        assert value == published[row.siren, YEAR - 3], row.name
        assert describe_territory(done)

"""The national reference: its files hold together, what it says is what its producers published.

Values by hand are literals, read in the extracts from which ``data/france`` was made (INSEE, DGCL,
IGN: its ``sources.csv``), sums done there; their origin stands beside each.
"""

import csv

import pandas as pd
import pytest

from analysis.base.errors import UserError
from analysis.base.paths import PROJECT
from analysis.base.rawfiles import list_files
from analysis.collect.national_files.france_refresh import check_reference
from analysis.compute.dossier.crosschecks import check_territory
from analysis.compute.national import (
    PeersRule,
    UnknownTerritory,
    choose_peers,
    choose_vintages,
    compute_context,
    count_territories,
    describe_peers,
    explain_missing,
    find_territory,
    list_context,
    list_members,
    list_memberships,
    list_populations,
    list_values,
    read_censuses,
    read_national,
    read_rule,
    select_outlines,
    stand,
)
from analysis.compute.national.context import count_with_gaps
from analysis.compute.national.reference_files import (
    FILES,
    FOLDER,
    pack_table,
    read_table,
    read_topology,
)

HAINAUT, LYON, CINOR, HAUTES_TERRES = "200042190", "200046977", "249740119", "200066637"
MAMOUDZOU, LILLE_BEFORE, LILLE = "200060457", "245900410", "200093201"

# --- ten values by hand, and more -----------------------------------------------------------------

#: Territory, edition, indicator, value, where it comes from.
BY_HAND = [
    # epci_population.csv: 200042190,2022,2025,47,158351,159703,published
    (HAINAUT, 2025, "population-en-vigueur", 158351),
    # population.csv, sums of 47 communes: (158351 / 158754) ** (1 / 5) - 1
    (HAINAUT, 2025, "evolution-population", -0.050822),
    # communes.csv, areas of 47 communes: 158351 / 372.68
    (HAINAUT, 2025, "densite", 424.898),
    # census2021.csv, sums of 47 communes: 43317 / 158569
    (HAINAUT, 2025, "part-moins-20-ans", 27.31745),
    # census2021.csv: 5946 / 71343
    (HAINAUT, 2025, "part-logements-vacants", 8.33438),
    # epci_population.csv: 200046977,2022,2025,58,1433613,1449118,published
    (LYON, 2025, "population-en-vigueur", 1433613),
    # population.csv: (1433613 / 1385927) ** (1 / 5) - 1; two communes merged in 2024
    (LYON, 2025, "evolution-population", 0.678866),
    # census2021.csv, boroughs of Lyon added up: 612327 / 743453
    (LYON, 2025, "part-appartements", 82.36257),
    # La Réunion: 216588 / 287.99
    (CINOR, 2025, "densite", 752.0678),
    # census2021.csv: 27741 / 213406
    (CINOR, 2025, "part-65-ans-et-plus", 12.99917),
    # census2021.csv: 213406 / 89745
    (CINOR, 2025, "personnes-par-residence-principale", 2.377915),
    # Neussargues counted four communes re-established in 2025 with it: 3414 / 10566
    (HAUTES_TERRES, 2025, "part-residences-secondaires", 32.31119),
    # (11118 / 11563) ** (1 / 5) - 1
    (HAUTES_TERRES, 2025, "evolution-population", -0.781826),
    # epci_population.csv: 245900410,2017,2020 and 200093201,2018,2021
    (LILLE_BEFORE, 2020, "population-en-vigueur", 1146320),
    (LILLE, 2021, "population-en-vigueur", 1174273),
]


@pytest.mark.parametrize(("siren", "year", "indicator", "value"), BY_HAND)
def test_values_by_hand(siren, year, indicator, value):
    table = compute_context(year).set_index(["siren", "indicator"])["value"]
    assert table[siren, indicator] == pytest.approx(value, rel=1e-5)


def test_national_totals():
    """INSEE's population of France without Mayotte, to the inhabitant (three vintages found again
    in independent public repositories: checks of the extracts)."""
    rows = read_national("populations")
    rows = rows[~rows["insee"].str.startswith("976")]
    for vintage, known in ((2017, 66_524_339), (2022, 67_760_573), (2023, 68_094_280)):
        assert rows.loc[rows["vintage"] == vintage, "municipal"].sum() == known


def test_counts_of_territories_and_communes():
    """DGCL's and INSEE's counts: intercommunalities with the métropole de Lyon, communes with the
    four islands that are in none."""
    rows = read_national("memberships")
    for year, territories, communes in (
        (2019, 1259, 34_966), (2020, 1255, 34_964), (2021, 1254, 34_961), (2022, 1255, 34_951),
        (2023, 1255, 34_941), (2024, 1255, 34_931), (2025, 1255, 34_871),
    ):  # fmt: skip
        there = rows[rows["first_edition"].le(year) & rows["last_edition"].ge(year)]
        assert (there["siren"].nunique(), len(there)) == (territories, communes)


def test_published_figures_are_the_sums_of_their_communes():
    """Where the figures of all members are known; each is a check of memberships and codes."""
    published = read_national("territory_populations").set_index(["siren", "vintage"])["municipal"]
    communes = read_national("populations").set_index(["insee", "vintage"])["municipal"]
    for year in (2020, 2022, 2025):
        rows = read_national("memberships")
        rows = rows[rows["first_edition"].le(year) & rows["last_edition"].ge(year)]
        sums = (
            rows["insee"].map(communes.xs(year - 3, level="vintage")).groupby(rows["siren"]).sum()
        )
        assert sums.eq(published.xs(year - 3, level="vintage")).all()


# --- the files ------------------------------------------------------------------------------------


def test_the_reference_holds_together():
    assert [*check_reference({name: read_national(name) for name in FILES})] == []


def test_each_file_has_its_source_and_its_unit():
    named = {file.strip() for row in read_national("sources")["file"] for file in row.split("|")}
    assert named == {path.name for path in FOLDER.iterdir()} - {"sources.csv"}
    assert list(read_national("sources")) == list(
        pd.read_csv(PROJECT / "data/raw/sources.csv", nrows=0)
    )
    units = pd.read_csv(PROJECT / "data/raw/reference/units.csv")["id"]
    assert set(list_context()["unit"]) <= set(units)
    ids = {id.strip() for row in list_context()["source"] for id in row.split("|")}
    assert ids <= set(read_national("sources")["id"])
    assert {name for name, _ in list_files(FOLDER)} == named | {"sources.csv"}
    assert {*list_context()["numerator"], *list_context()["denominator"]} - {""} <= set(
        count_territories(2025)
    )


def test_a_table_is_written_as_it_is_read():
    content = (FOLDER / FILES["territories"]).read_bytes()
    assert pack_table("territories", read_table(FOLDER, "territories")) == content


def test_wider_communes_are_those_that_others_left():
    """The note of the source and the origin of re-established communes say the same."""
    communes, rows = read_national("communes"), read_national("populations")
    restored = communes[communes["restored_from"] != ""]
    until = restored.groupby("restored_from")["first_edition"].max() - 1
    noted = rows[rows["note"] == "wider"].groupby("insee")["vintage"].max() + 3
    assert noted.to_dict() == until.to_dict()
    assert sorted(restored["insee"]) == [
        "14666", "15031", "15035", "15047", "15171", "60694", "85165", "85212",
    ]  # fmt: skip


# --- communes that change -------------------------------------------------------------------------


def test_a_commune_that_left_and_came_back():
    """Émerchicourt: membership.csv has it elsewhere in 2023 alone."""
    stays = list_memberships(HAINAUT).query("insee == '59192'")
    assert stays[["first_edition", "last_edition"]].to_numpy().tolist() == [
        [2019, 2022], [2024, 2026],
    ]  # fmt: skip
    assert [len(list_members(HAINAUT, year)) for year in (2017, 2022, 2023, 2024)] == [
        47,
        47,
        46,
        47,
    ]
    elsewhere = read_national("memberships").query("insee == '59192' and first_edition == 2023")
    assert elsewhere["siren"].tolist() == ["245901152"]


def test_populations_of_a_commune_nouvelle_are_those_of_its_parts():
    """Neuilly-Crimolois (21452), of Crimolois (21213) and Neuilly-lès-Dijon since 2020:
    population.csv has two rows for 2016 and one after."""
    rows = read_national("populations").query("insee in ['21213', '21452'] and vintage == 2016")
    assert rows["municipal"].tolist() == [796, 1829]
    for code in ("21452", "21213"):
        found = list_populations([code]).set_index("vintage")["municipal"]
        assert found[2016] == 2625


def test_re_established_communes():
    """Troarn and Sannerville were one until 2020; Neussargues five until 2025."""
    known = list_populations(["14712", "14666", "15141", "15031"]).groupby("insee")["vintage"].min()
    assert known.to_dict() == {"14712": 2017, "14666": 2017, "15141": 2022, "15031": 2022}
    # census2021.csv has one row, 15141, for five communes: it says nothing of any one of them
    assert read_censuses(["15141", "15031"]).empty
    denain = read_censuses(["59172"]).iloc[0]
    assert denain[["vintage", "population", "vacant_dwellings"]].tolist() == [2021, 20641, 1137]
    # together they are whole: 11258 in census2021.csv for the 39 communes of today
    assert count_territories(2025).loc[HAUTES_TERRES, "population"] == 11258
    assert count_territories(2022).loc[HAUTES_TERRES, "population"] == 11258


def test_area_of_territories_whose_communes_merged_since():
    """Only those that shared a commune of today with a neighbour have none."""
    for year, unknown in ((2019, 6), (2022, 6), (2024, 4), (2025, 0)):
        counts, gaps = count_with_gaps(year)
        assert counts["area_km2"].isna().sum() == unknown
        assert set(gaps.query("count == 'area_km2'")["why"]) <= {"shared"}
    # 47 communes in every edition but 2023: the same area (372.68 km² by hand)
    assert count_territories(2020).loc[HAINAUT, "area_km2"] == pytest.approx(372.68)
    assert count_territories(2023).loc[HAINAUT, "area_km2"] < 372


def test_a_shared_commune_is_said():
    reasons = explain_missing("240800847", 2022)
    assert (
        "Tannay-le-Mont-Dieu s’étend aujourd’hui sur des parties de plusieurs" in reasons["densite"]
    )
    assert "densite" not in explain_missing("240800847", 2025)


# --- overseas -------------------------------------------------------------------------------------


def test_a_population_that_repeats_a_census_makes_no_growth():
    """Mayotte: 87 285 inhabitants in every vintage of epci_population.csv."""
    values = list_values(2025).loc[MAMOUDZOU]
    assert values["population-en-vigueur"] == 87285
    assert values["densite"] > 0
    assert pd.isna(values["evolution-population"])
    assert pd.isna(values["part-appartements"])
    assert list_populations(["97611"])["vintage"].tolist() == [2017]
    reasons = explain_missing(MAMOUDZOU, 2025)
    assert set(reasons) == set(list_context()["id"])
    assert "recensement de 2017" in reasons["population-en-vigueur"]
    assert reasons["evolution-population"].endswith("Aucune évolution n’en est donc calculée.")
    assert "Dembeni et Mamoudzou" in reasons["part-appartements"]


def test_overseas_departments_are_there():
    departments = read_national("territories")["department"]
    assert {"971", "972", "973", "974", "976", "2A", "2B"} <= set(departments)
    assert not departments.str.fullmatch(r"97[578]|98\d").any()


# --- years ----------------------------------------------------------------------------------------


def test_nothing_of_later_years():
    assert choose_vintages(2017).census is None
    assert choose_vintages(2021).census == 2021
    reasons = explain_missing(HAINAUT, 2017)
    assert "millésime 2014" in reasons["population-en-vigueur"]
    assert "celui de 2021, postérieur" in reasons["part-appartements"]
    assert explain_missing(HAINAUT, 2025) == {}
    assert "2019" in explain_missing(LILLE, 2019)["densite"]


@pytest.mark.parametrize("year", range(2015, 2029))
def test_what_is_missing_has_a_reason(year):
    """Every indicator of every territory is there or said to be missing, and why."""
    values = list_values(year)
    for siren in [HAINAUT, LYON, MAMOUDZOU, HAUTES_TERRES, "240800847", "240100891"]:
        reasons = explain_missing(siren, year)
        row = values.loc[siren]
        assert set(row.index[row.isna()]) <= set(reasons)


# --- search ---------------------------------------------------------------------------------------

FOUND = [
    ("200042190", 2025, HAINAUT),
    ("200 042 190", 2025, HAINAUT),
    ("La Porte du Hainaut", 2017, HAINAUT),
    ("porte du hainaut", 2025, HAINAUT),
    ("communauté d'agglomération du Pays basque", 2025, "200067106"),
    ("CA Pays Basque", 2025, "200067106"),
    ("grand paris sud", 2025, "200059228"),
    ("Cap Atlantique", 2025, "244400610"),
    ("Cœur d’Ostrevent", 2025, "245901152"),
    ("coeur d'ostrevent", 2025, "245901152"),
    ("coeur dostrevent", 2025, None),
    ("Métropole de Lyon", 2025, LYON),
    ("lyon", 2025, LYON),
    ("St-Étienne Métropole", 2025, "244200770"),
    ("saint etienne metropole", 2025, "244200770"),
    ("CC du Sud", 2025, "200060473"),
    ("CA du Sud", 2025, "249740085"),
    ("245900410", 2020, LILLE_BEFORE),
    ("Métropole européenne de Lille", 2020, LILLE_BEFORE),
    ("Métropole européenne de Lille", 2021, LILLE),
    ("valencienne metropole", 2025, "245901160"),
]


@pytest.mark.parametrize(("text", "year", "siren"), FOUND)
def test_found(text, year, siren):
    if siren is None:
        with pytest.raises(UnknownTerritory):
            find_territory(text, year)
    else:
        assert find_territory(text, year)["siren"] == siren


NOT_FOUND = [
    ("Sud", 2025, ["désigne 2 intercommunalités", "249740085  CA du Sud", "200060473  CC du Sud"]),
    ("Denain", 2025, ["nom d’une commune", "200042190  CA de la Porte du Hainaut (Nord) : Denain"]),
    ("Émerchicourt", 2023, ["245901152"]),
    ("Saint-Denis", 2025, ["249740119", "200054781"]),
    ("Valensienne Métropole", 2025, ["Aucune", "Noms voisins", "245901160"]),
    (LILLE_BEFORE, 2021, ["de 2019 à 2020", "1er janvier 2021", LILLE]),
    (LILLE, 2020, ["de 2021 à 2026", LILLE_BEFORE, "245901061"]),
    ("Haute Deûle", 2025, ["CC de la Haute Deûle", LILLE]),
    ("123456789", 2025, ["Aucune intercommunalité « 123456789 »"]),
    ("CC", 2025, ["Aucune"]),
    ("", 2025, ["Aucune"]),
]


@pytest.mark.parametrize(("text", "year", "said"), NOT_FOUND)
def test_not_found(text, year, said):
    with pytest.raises(UnknownTerritory) as error:
        find_territory(text, year)
    for part in said:
        assert part in str(error.value)


# --- peers and standing ---------------------------------------------------------------------------

RULES = [
    ({}, PeersRule()),
    ({"peers": None}, PeersRule()),
    ({"peers": {"nature": "toutes", "region": "même"}}, PeersRule(False, True)),
    ({"peers": {"smallest": 0.25, "largest": 4}}, PeersRule(True, False, 0.25, 4.0)),
]


@pytest.mark.parametrize(("territory", "rule"), RULES)
def test_rule_of_peers(territory, rule):
    assert read_rule(territory) == rule


WRONG_RULES = [
    ({"nature": "pareille"}, ["peers.nature", "même"]),
    ({"smallest": "la moitié"}, ["peers.smallest", "0,5"]),
    ({"smallest": 2}, ["peers.smallest", "au plus 1"]),
    ({"largest": 0.5}, ["peers.largest", "au moins 1"]),
    ({"largest": True}, ["peers.largest"]),
    ({"taille": 2}, ["peers.taille", "largest"]),
    ("même", ["peers", "nature"]),
    ({"nature": "x", "region": "y"}, ["peers.nature", "peers.region"]),
]


@pytest.mark.parametrize(("peers", "said"), WRONG_RULES)
def test_wrong_rules_are_said_at_once(peers, said):
    territory = {"id": "a", "name": "A", "peers": peers}
    faults = "\n".join(fault.describe() for fault in check_territory(territory, "territory.yml"))
    with pytest.raises(UserError) as error:
        read_rule(territory)
    for part in said:
        assert part in faults
        assert part in str(error.value)


def test_peers_are_chosen_as_the_rule_says():
    peers = choose_peers(HAINAUT, 2025, PeersRule(same_region=True))
    assert set(peers["nature"]) == {"CA"}
    assert set(peers["region"]) == {"32"}
    assert peers["municipal"].between(158351 / 2, 158351 * 2).all()
    assert HAINAUT not in set(peers["siren"])
    # epci_population.csv 2022: CA of the Hauts-de-France, from 79 176 to 316 702 inhabitants
    words = describe_peers(HAINAUT, 2025, PeersRule(same_region=True))
    assert (words.count, words.fewest, words.most) == (16, 79176, 316702)
    plain = words.sentence.replace("\u202f", " ").replace("\xa0", " ")
    assert plain == (
        "16 autres communautés d’agglomération de la région Hauts-de-France de 79 176 à 316 702"
        " habitants"
    )


def test_lyon_is_compared_with_metropoles():
    assert set(choose_peers(LYON, 2025, PeersRule())["nature"]) == {"METRO"}


def test_standing():
    """Worked by hand on four values: see test_ranking for ranks and quartiles."""
    table = stand(HAINAUT, 2025, PeersRule()).set_index("indicator")
    row, values = table.loc["densite"], list_values(2025)["densite"]
    assert row["value"] == pytest.approx(424.9)
    assert row["all_rank"] == 1 + (values > 424.95).sum()
    assert row["all_ranked"] == values.notna().sum() == 1255
    assert row["all_count"] == 1254
    others = sorted(values.drop(HAINAUT).dropna())
    assert row["all_median"] == pytest.approx(round((others[626] + others[627]) / 2, 1), abs=0.051)
    vacancy = table.loc["part-logements-vacants"]
    assert vacancy["all_rank"] == 1 + (list_values(2025)["part-logements-vacants"] > 8.35).sum()
    assert vacancy["all_equals"] == 19
    assert table["reason"].eq("").all()


def test_no_rank_by_what_the_peers_are_chosen_for():
    row = stand(HAINAUT, 2025, PeersRule()).set_index("indicator").loc["population-en-vigueur"]
    assert pd.isna(row["peers_rank"])
    assert row["peers_median"] > 0
    assert row["all_rank"] == 1 + (list_values(2025)["population-en-vigueur"] > 158351).sum()


def test_too_few_peers_have_no_quartiles():
    row = stand(LYON, 2025, PeersRule()).set_index("indicator").loc["densite"]
    assert (row["peers_count"], row["peers_rank"], row["peers_ranked"]) == (4, 1, 5)
    assert pd.isna(row["peers_median"])


def test_a_missing_value_has_no_rank():
    row = stand(MAMOUDZOU, 2025, PeersRule()).set_index("indicator").loc["evolution-population"]
    assert pd.isna(row["value"])
    assert pd.isna(row["all_rank"])
    assert row["reason"]


# --- reading --------------------------------------------------------------------------------------


def test_outlines_are_read_only_when_asked_for():
    for cached in (read_topology, compute_context, count_with_gaps):
        cached.cache_clear()
    compute_context(2025)
    assert read_topology.cache_info().currsize == 0


def test_neighbours_share_their_border():
    """Denain and Haveluy: points of one are points of the other."""
    found = select_outlines(["59172", "59292"])
    points = [
        {point for polygon in found[code] for ring in polygon for point in ring} for code in found
    ]
    assert len(points[0] & points[1]) > 2


def test_tables_are_plain_csv():
    with (FOLDER / "intercommunalites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(read_national("territories")) == 1275

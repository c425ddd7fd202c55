"""The national reference brought up to date with files as their producers publish them."""

import zipfile
from datetime import date

import pandas as pd
import pytest

from analysis.base.errors import UserError
from analysis.collect.national_files import france_refresh
from analysis.collect.national_files.commune_topology import measure_area
from analysis.collect.national_files.france_refresh import check_reference, refresh_france
from analysis.compute.national import context, perimeters, reference_files
from analysis.compute.national.reference_files import FILES, read_table, unpack_topology
from tests.tiny_france import (
    C_LATER,
    MEMBERS_LATER,
    A,
    B,
    C,
    D,
    draw_square,
    write_census,
    write_cog,
    write_delivery,
    write_outlines,
    write_perimeters,
    write_populations,
    write_reference,
)

DAY = date(2031, 3, 15)


@pytest.fixture
def france(tmp_path):
    """The reference of the made-up France, and an empty folder for what is downloaded."""
    write_reference(tmp_path / "france")
    (tmp_path / "recus").mkdir()
    return tmp_path / "france", tmp_path / "recus"


def read_all(folder):
    return {name: read_table(folder, name) for name in FILES}


def read_bytes(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refuse(france, *said):
    """The refresh is refused with all of these words, and nothing has changed."""
    folder, source = france
    before = read_bytes(folder)
    with pytest.raises(UserError) as error:
        refresh_france(source, DAY, folder)
    for part in said:
        assert part in str(error.value)
    assert read_bytes(folder) == before


def test_all_at_once(france):
    folder, source = france
    write_delivery(source)
    said = refresh_france(source, DAY, folder).replace("\u202f", "").replace("\xa0", " ")
    assert (
        "Communes du 1er janvier 2031 : 8 ; disparues : 2 ; nouvelles : 2 ; dont rétablies : 1."
        in said
    )
    assert "Intercommunalités du 1er janvier 2031 : 4 ; nouvelles : 1 ; 8 communes membres." in said
    assert "Populations légales de 2028 : 7 communes, 8130 habitants." in said
    assert (
        "Recensement de 2026 : 7 communes, 8100 habitants (communes du 1er janvier 2029)." in said
    )
    assert "ATTENTION" not in said
    tables = read_all(folder)
    assert [*check_reference(tables)] == []
    communes = tables["communes"].set_index("insee")
    assert communes["current"].to_dict() == {
        "01001": "01001", "01002": "01001", "01003": "01003", "01004": "01004",
        "02001": "02001", "02002": "02902", "02902": "02902",
        "97101": "97101", "97102": "97102", "97601": "97601",
    }  # fmt: skip
    ended = communes.loc[["01002", "02002"], ["status", "ended", "date_basis"]]
    assert ended.to_numpy().tolist() == [
        ["merged", "2031-01-01", "history"], ["recoded", "2030-07-01", "history"],
    ]  # fmt: skip
    assert communes.loc["01004", "restored_from"] == "01003"
    assert communes.loc["01004", ["first_edition", "last_edition"]].tolist() == [2031, 2031]
    assert communes.loc["02902", ["name", "first_edition"]].tolist() == ["Fagnes", 2031]
    assert communes.loc["01002", "last_edition"] == 2030
    stays = tables["memberships"].set_index(["insee", "siren"])
    stays = stays[["first_edition", "last_edition"]].apply(tuple, axis=1).to_dict()
    assert stays == {
        ("01001", A): (2029, 2031), ("01002", A): (2029, 2030), ("01003", A): (2029, 2030),
        ("01003", B): (2031, 2031), ("01004", B): (2031, 2031), ("02001", B): (2029, 2031),
        ("02002", B): (2029, 2030), ("02902", B): (2031, 2031),
        ("97101", C): (2029, 2030), ("97101", C_LATER): (2031, 2031),
        ("97102", C): (2029, 2030), ("97102", C_LATER): (2031, 2031), ("97601", D): (2029, 2031),
    }  # fmt: skip
    territories = tables["territories"].set_index("siren")
    assert territories["last_edition"].to_dict() == {
        A: 2031,
        B: 2031,
        C: 2030,
        C_LATER: 2031,
        D: 2031,
    }
    came = territories.loc[C_LATER, ["long_name", "department_name", "region", "first_edition"]]
    assert came.tolist() == ["Communauté d'agglomération de la Houle", "Guadeloupe", "01", 2031]
    # 3010 and 1190 inhabitants in the Aisne, 500 and 310 in the Ain
    assert territories.loc[B, ["department", "departments"]].tolist() == ["02", "02 01"]


def test_populations_of_a_new_vintage(france):
    folder, source = france
    write_delivery(source)
    refresh_france(source, DAY, folder)
    tables = read_all(folder)
    rows = tables["populations"].query("vintage == 2028").set_index("insee")
    assert rows["municipal"].to_dict() == {
        "01001": 1520, "01003": 500, "01004": 310, "02001": 3010, "02902": 1190,
        "97101": 910, "97102": 690, "97601": 400,
    }  # fmt: skip
    assert rows.loc["97101", "total"] == 919
    assert rows.loc["97601", "note"] == "tour-2020"  # not counted: its last census again
    wider = tables["populations"].query("note == 'wider'")[["insee", "vintage"]]
    assert wider.to_numpy().tolist() == [["01003", 2026], ["01003", 2027]]  # with Dune
    sums = tables["territory_populations"].query("vintage == 2028").set_index("siren")
    assert sums["municipal"].to_dict() == {A: 1520, B: 5010, C_LATER: 1600, D: 400}
    assert sums["communes"].to_dict() == {A: 1, B: 4, C_LATER: 2, D: 1}
    census = tables["census"].query("vintage == 2026").set_index("insee")
    assert census.loc["02001", ["population", "pop_0_19", "edition"]].tolist() == [3000, 750, 2029]


def test_outlines_and_areas(france):
    folder, source = france
    write_delivery(source)
    refresh_france(source, DAY, folder)
    topology = unpack_topology(folder)
    shapes = topology["objects"]["communes"]["geometries"]
    assert len(shapes) == 8
    # 8 oblongs in a row: 7 borders, above and below the six in the middle, around the two ends
    assert len(topology["arcs"]) == 7 + 6 * 2 + 2
    area = read_table(folder, "communes").set_index("insee")["area_km2"]
    one = measure_area(draw_square("x", 0, 1))
    assert area["01001"] == pytest.approx(2 * one, abs=0.01)
    assert area["01004"] == pytest.approx(one / 2, abs=0.01)
    assert pd.isna(area["02902"]) is False


def test_area_of_a_square():
    """One degree by one at 45° N: 78.85 km by 111.13 km by the usual tables; the parallels are
    shorter to the north, so 8 693 km² between 45° and 46°."""
    assert measure_area(draw_square("x", 0, 1)) == pytest.approx(8687, abs=12)


def test_what_is_computed_from_it(france, monkeypatch):
    """The reference after the refresh, read as the program reads it: growth over the changes."""
    folder, source = france
    write_delivery(source)
    refresh_france(source, DAY, folder)
    cached = [
        found
        for module in (reference_files, perimeters, context)
        for found in vars(module).values()
        if hasattr(found, "cache_clear")
    ]
    for found in cached:
        found.cache_clear()
    monkeypatch.setattr(reference_files, "FOLDER", folder)
    monkeypatch.setattr(context, "SHORTEST_SPAN", 2)
    try:
        counts = context.count_territories(2031)
        assert counts["municipal"].to_dict() == {A: 1520, B: 5010, C_LATER: 1600, D: 400}
        # 2026: one less each; Cerans then held Dune, and both are in B now; Bois is in Aubry
        earlier = counts["earlier"].dropna().to_dict()
        assert earlier == {A: 999 + 499, B: 799 + 2999 + 1199, C_LATER: 899 + 699}
        assert counts.loc[B, "population"] == 800 + 3000 + 1200
    finally:
        for found in cached:
            found.cache_clear()


def test_same_files_same_bytes(france):
    folder, source = france
    write_delivery(source)
    refresh_france(source, DAY, folder)
    first = read_bytes(folder)
    refresh_france(source, DAY, folder)
    second = read_bytes(folder)
    assert second == first


def test_sources_say_what_came(france):
    folder, source = france
    write_populations(source)
    write_cog(source)
    before = read_table(folder, "sources").set_index("id")
    refresh_france(source, DAY, folder)
    after = read_table(folder, "sources").set_index("id")
    assert after.loc["populations", "title"].endswith("millésimes 2026 à 2028")
    assert after.loc["populations", ["publication", "accessed"]].tolist() == ["2028", "2031-03-15"]
    assert after.loc["populations", "remark"].endswith(
        "Mis à jour le 15/03/2031 avec donnees_communes.csv, du producteur."
    )
    assert after.loc["recensement"].equals(before.loc["recensement"])


def test_perimeters_that_come_after_their_populations(france):
    """Sums of territories wait for their members, and leave what was published."""
    folder, source = france
    write_cog(source)
    write_populations(source)
    refresh_france(source, DAY, folder)
    assert read_table(folder, "territory_populations").query("vintage == 2028").empty
    write_perimeters(source)
    refresh_france(source, DAY, folder)
    sums = read_table(folder, "territory_populations").query("vintage == 2028")
    assert dict(zip(sums["siren"], sums["municipal"], strict=True)) == {
        A: 1520, B: 5010, C_LATER: 1600, D: 400,
    }  # fmt: skip
    published = read_table(folder, "territory_populations").query("vintage == 2027")
    assert set(published["basis"]) == {"published"}


# --- a part of it ---------------------------------------------------------------------------------


def test_a_part_leaves_the_rest(france):
    folder, source = france
    write_census(source)
    before = read_bytes(folder)
    refresh_france(source, DAY, folder)
    after = read_bytes(folder)
    assert {name for name in before if before[name] != after[name]} == {
        FILES["census"], FILES["sources"],
    }  # fmt: skip


def test_communes_without_outlines_are_said(france):
    folder, source = france
    write_cog(source)
    (source / "lisez-moi.txt").write_text("x")
    (source / "autre.csv").write_text("x")
    said = refresh_france(source, DAY, folder)
    assert "ATTENTION : la superficie de Cerans, Dune n’est plus connue" in said
    assert said.endswith("Laissés de côté : autre.csv.")
    area = read_table(folder, "communes").set_index("insee")["area_km2"]
    assert area["01001"] == 200  # Aubry and Bois
    assert area["02902"] == 100  # Fagnes as it was


def test_archives_are_read(france):
    folder, source = france
    write_populations(source)
    write_cog(source)
    with zipfile.ZipFile(source / "ensemble_2028.zip", "w") as archive:
        archive.write(
            source / "populations-legales-2028/donnees_communes.csv", "donnees_communes.csv"
        )
    (source / "populations-legales-2028/donnees_communes.csv").unlink()
    assert "Populations légales de 2028" in refresh_france(source, DAY, folder)


def test_populations_with_whole_codes_and_boroughs(france):
    folder, source = france
    write_cog(source)
    (source / "populations-2028").mkdir()
    lines = ["DEPCOM;COM;PMUN;PCAP;PTOT"]
    lines += [f"{c};x;{p};0;{p}" for c, p in (
        ("01001", "1 520"), ("01003", 500), ("01004", 310), ("02001", 3010), ("02902", 1190),
        ("97101", 910), ("97102", 690), ("97601", 420),
    )]  # fmt: skip
    (source / "populations-2028/Communes.csv").write_text("\n".join(lines))
    refresh_france(source, DAY, folder)
    rows = read_table(folder, "populations").query("vintage == 2028").set_index("insee")
    assert rows.loc["01001", "municipal"] == 1520
    assert rows.loc["97601", ["municipal", "note"]].tolist() == [420, ""]  # counted at last


# --- refused --------------------------------------------------------------------------------------


def test_nothing_to_read(france):
    refuse(france, "Aucun fichier connu")
    with pytest.raises(UserError, match="n’est pas un dossier"):
        refresh_france(france[1] / "ailleurs", DAY, france[0])


def test_a_perimeter_without_its_communes(france):
    write_perimeters(france[1])
    refuse(france, "les communes de 2031 ne sont pas connues", "v_mvt_commune_2031.csv")


def test_communes_without_their_movements(france):
    write_cog(france[1])
    (france[1] / "v_mvt_commune_2031.csv").unlink()
    refuse(france, "rien ne dit quelle commune les recouvre", "02002", "01004, 02902")


def test_all_faults_at_once(france):
    source = france[1]
    write_delivery(source)
    strange = MEMBERS_LATER | {"99999": A}
    strange["97601"] = "200000099"
    write_perimeters(source, strange)
    (source / "populations-legales-2028/donnees_communes.csv").write_text(
        "CODDEP;CODCOM;PMUN;PCAP;PTOT\n01;001;beaucoup;0;0\n"
    )
    (source / "base-ic-logement-2026.CSV").unlink()
    (source / "communes-100m.geojson.gz").write_bytes(b"rien")
    refuse(
        france,
        "que la feuille EPCI n’a pas (lu : « 200000099 »)",
        "code qui n’est pas celui d’une commune du 1er janvier 2031 (lu : « 99999 »)",
        "ligne 2, colonne « PMUN » : n’est pas un nombre positif (lu : « beaucoup »)",
        "l’autre moitié manque. Joindre base-ic-logement-2026.csv",
        "n’est pas un GeoJSON de communes",
    )


def test_a_member_of_two(france):
    write_cog(france[1])
    write_perimeters(france[1])
    path = france[1] / "Intercommunalite_Metropole_au_01-01-2031.xlsx"
    held = pd.read_excel(path, sheet_name="Composition_communale", header=None, dtype=str)
    listed = pd.read_excel(path, sheet_name="EPCI", header=None, dtype=str)
    held.loc[len(held)] = ["01001", "x", B, "y", "d", "r"]
    with pd.ExcelWriter(path) as book:
        listed.to_excel(book, sheet_name="EPCI", header=False, index=False)
        held.to_excel(book, sheet_name="Composition_communale", header=False, index=False)
    refuse(france, "commune membre de deux intercommunalités (lu : « 01001 »)", "NB_COM", B)


def test_populations_without_their_communes(france):
    write_populations(france[1])
    refuse(france, "communes de 2031 inconnues", "les communes de trois ans plus tard")


def test_outlines_of_other_communes(france):
    write_outlines(france[1])
    refuse(france, "communes de 2030 sans contour : 2 (lu : « 01002, 02002 »)")


def test_a_population_far_from_the_former(france):
    source = france[1]
    write_cog(source)
    write_populations(source)
    path = source / "populations-legales-2028/donnees_communes.csv"
    path.write_text(path.read_text().replace(";3010;", ";30100;"))
    refuse(
        france,
        "35\u202f620 habitants en tout, au lieu de 8\u202f500 en 2027",
        "Est-ce le bon millésime",
    )


def test_a_vintage_that_nothing_names(france):
    source = france[1]
    write_populations(source)
    (source / "populations-legales-2028").rename(source / "populations")
    refuse(france, "millésime inconnu", "« populations-2031 »")


def test_two_files_of_one_kind(france):
    write_cog(france[1])
    (france[1] / "autre").mkdir()
    write_cog(france[1] / "autre")
    refuse(france, "fait double emploi avec autre/v_commune_2031.csv")


def test_a_year_is_not_skipped(france):
    write_cog(france[1])
    for name in ("v_commune", "v_mvt_commune"):
        (france[1] / f"{name}_2031.csv").rename(france[1] / f"{name}_2032.csv")
    refuse(france, "Attendu : 2030 ou 2031, une année à la fois")


def test_nothing_is_half_written(france, monkeypatch):
    folder, source = france
    write_delivery(source)
    before = read_bytes(folder)

    def stop(topology):
        raise OSError("plus de place")

    monkeypatch.setattr(france_refresh, "pack_topology", stop)
    with pytest.raises(OSError, match="plus de place"):
        refresh_france(source, DAY, folder)
    assert read_bytes(folder) == before
    assert not [*folder.parent.glob(".france*")]

"""The open data package: valid by the standard's own library, described to the last column."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date

import pandas as pd
import pytest

from analysis.base.csvtext import format_csv
from analysis.base.paths import PROJECT, Dossier
from analysis.compute.indicators import load_edition
from analysis.model import store
from analysis.model.schema import COLUMNS, PROCESSED, TABLES
from analysis.model.schema.processed_tables import CHANGES
from analysis.publish import opendata
from analysis.publish.opendata import describe_licence, write_package

REAL = Dossier(PROJECT / "data")


def find_faults(path) -> list[str]:
    """What the frictionless library finds wrong in a package."""
    from frictionless import validate

    report = validate(str(path))
    rows = report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    return [*map(str, report.errors), *map(str, rows)]


@pytest.fixture(scope="module")
def package(edition, made_up_dossier, tmp_path_factory):
    """The package of the made-up edition."""
    folder = tmp_path_factory.mktemp("paquet")
    return write_package(edition, Dossier(made_up_dossier), edition.year, folder)


@pytest.fixture(scope="module")
def real_package(tmp_path_factory):
    """The package of the project's own first edition."""
    edition = load_edition(REAL, 2017)
    folder = tmp_path_factory.mktemp("vrai")
    return write_package(edition, REAL, edition.year, folder)


@pytest.fixture(params=["package", "real_package"])
def any_package(request):
    """Each of the two in turn."""
    return request.getfixturevalue(request.param)


def read_descriptor(package) -> dict:
    return json.loads((package / "datapackage.json").read_text(encoding="utf-8"))


def read_rows(package, name: str) -> list[dict[str, str]]:
    text = (package / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def resources_of(package) -> dict[str, dict]:
    return {resource["name"]: resource for resource in read_descriptor(package)["resources"]}


def test_folder_and_zip_are_valid(any_package):
    assert find_faults(any_package / "datapackage.json") == []
    (archive,) = any_package.parent.glob("donnees-*.zip")
    assert find_faults(archive) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("ratings", ",favorable,", ",favorables,", "constraint-error"),
        ("indicators", "stock", "stoc", "constraint-error"),
        ("values", "observé,", "observé,x", "type-error"),
        ("observations", "\nlogements-renoves,", "\nlogements,", "foreign-key"),
    ],
)
def test_a_spoilt_package_is_not_valid(package, tmp_path, name, old, new, fault):
    """The rules are in the descriptor: the library sees what breaks them."""
    for file in package.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == f"{name}.csv":
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / file.name).write_text(text, encoding="utf-8", newline="")
    assert any(fault in line for line in find_faults(tmp_path / "datapackage.json"))


def test_every_table_of_the_edition_is_in_the_package():
    assert {*store.FRAMES, "observations"} == set(PROCESSED)


def test_every_column_is_described(any_package):
    lacking = [
        f"{name}.{field['name']}"
        for name, resource in resources_of(any_package).items()
        for field in resource["schema"]["fields"]
        if not field.get("title")
    ]
    assert lacking == []


def test_frames_have_the_columns_of_their_tables(edition, made_up_dossier):
    for name, frame in opendata.collect_frames(edition, Dossier(made_up_dossier)).items():
        assert set(frame.columns) == set(PROCESSED[name].header), name


def test_no_column_is_defined_for_nothing():
    tables = (*TABLES.values(), *PROCESSED.values(), *CHANGES.values())
    assert set(COLUMNS) == {name for table in tables for name in table.header}


def test_descriptor_says_what_the_standard_asks(any_package):
    descriptor = read_descriptor(any_package)
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert "created" not in descriptor
    assert descriptor["licenses"]
    assert descriptor["sources"]
    assert descriptor["contributors"]
    assert not any(row["title"].startswith("©") for row in descriptor["contributors"])
    for resource in descriptor["resources"]:
        content = (any_package / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert resource["schema"]["missingValues"] == [""]


def test_rules_of_the_schema_are_kept(package):
    resources = resources_of(package)
    fields = {
        name: {field["name"]: field for field in resource["schema"]["fields"]}
        for name, resource in resources.items()
    }
    assert fields["indicators"]["id"]["constraints"] == {
        "required": True,
        "unique": True,
        # not longer than a name of a file may be, nor a device of Windows
        "pattern": r"(?!.{81})(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9]+(-[a-z0-9]+)*",
    }
    assert fields["indicators"]["measure"]["constraints"]["enum"] == ["flux", "stock", "taux"]
    assert fields["ratings"]["moment"]["constraints"]["enum"] == [
        *("élaboration", "mise en œuvre", "évaluation"),
    ]
    assert fields["actions"]["services"]["type"] == "string"
    assert "«\u00a0|\u00a0»" in fields["actions"]["services"]["description"]
    assert fields["contributions"]["goal"]["type"] == "integer"
    assert fields["comparisons"]["comparable"]["type"] == "boolean"
    assert fields["communes"]["member_from"]["type"] == "date"
    # A date that may be known to its year alone is no date of the standard.
    assert fields["values"]["period_end"]["type"] == "string"
    pattern = fields["values"]["period_end"]["constraints"]["pattern"]
    for written in ("2030-02-28", "2030-02", "2030", "hiver 2029-2030", "été 2030"):
        assert re.fullmatch(pattern, written)
    assert "constraints" not in fields["values"]["value"]  # a value may be missing
    assert fields["observations"]["value"]["constraints"]["required"]


def test_keys_and_references(any_package):
    schemas = {name: resource["schema"] for name, resource in resources_of(any_package).items()}
    assert schemas["actions"]["primaryKey"] == ["id"]
    assert schemas["contributions"]["primaryKey"] == ["action", "goal"]
    goal = {"fields": ["goal"], "reference": {"resource": "sdgs", "fields": ["number"]}}
    assert goal in schemas["contributions"]["foreignKeys"]
    assert schemas["places"]["primaryKey"] == ["action", "insee", "name"]
    # A date may stand empty: unique, but no primary key.
    assert "primaryKey" not in schemas["values"]
    assert schemas["values"]["uniqueKeys"] == [
        ["indicator", "territory", "period_start", "period_end"]
    ]
    indicator = {
        "fields": ["indicator"],
        "reference": {"resource": "indicators", "fields": ["id"]},
    }
    for name in ("values", "comparisons", "progress", "observations", "budget", "targets"):
        assert indicator in schemas[name]["foreignKeys"], name
    assert {"fields": ["parent"], "reference": {"fields": ["id"]}} in (
        schemas["services"]["foreignKeys"]
    )
    for name, schema in schemas.items():
        rows = read_rows(any_package, name)
        (key,) = [schema["primaryKey"]] if "primaryKey" in schema else schema["uniqueKeys"]
        keys = [tuple(row[part] for part in key) for row in rows]
        assert len(set(keys)) == len(keys), name


def test_values_are_those_of_the_edition(package, edition):
    rows = read_rows(package, "values")
    assert len(rows) == len(edition.values)
    read = [float(row["value"]) if row["value"] else None for row in rows]
    wanted = [None if pd.isna(value) else value for value in edition.values["value"]]
    assert read == wanted


def test_observations_of_earlier_years_are_there(package):
    assert {row["edition"] for row in read_rows(package, "observations")} == {"2029", "2030"}


def test_same_edition_same_bytes(edition, made_up_dossier, package, tmp_path):
    again = write_package(edition, Dossier(made_up_dossier), edition.year, tmp_path)
    write_package(edition, Dossier(made_up_dossier), edition.year, tmp_path)  # takes its place
    assert {file.name for file in tmp_path.iterdir()} == {"donnees", "donnees-2030.zip"}
    assert {file.name: file.read_bytes() for file in again.iterdir()} == {
        file.name: file.read_bytes() for file in package.iterdir()
    }
    first, second = (folder / "donnees-2030.zip" for folder in (package.parent, tmp_path))
    assert first.read_bytes() == second.read_bytes()


def test_zip_holds_the_folder(package):
    with zipfile.ZipFile(package.parent / "donnees-2030.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "datapackage.json"
        assert {entry.date_time for entry in archive.infolist()} == {(2030, 12, 31, 0, 0, 0)}
        assert {name: archive.read(name) for name in archive.namelist()} == {
            file.name: file.read_bytes() for file in package.iterdir()
        }


def test_a_failure_leaves_the_last_package(edition, made_up_dossier, tmp_path, monkeypatch):
    dossier = Dossier(made_up_dossier)
    write_package(edition, dossier, edition.year, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fail(*arguments):
        raise OSError("disque plein")

    monkeypatch.setattr(opendata, "write_zip", fail)
    with pytest.raises(OSError, match="disque plein"):
        write_package(edition, dossier, edition.year, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_another_year_is_refused(edition, made_up_dossier, tmp_path):
    with pytest.raises(ValueError, match="édition 2029 demandée"):
        write_package(edition, Dossier(made_up_dossier), 2029, tmp_path)


@pytest.mark.parametrize(
    ("licences", "name"),
    [
        (["Licence Ouverte"], "other-open"),
        (["Licence Ouverte", "CC BY-SA 4.0"], "other-open"),
        (["Licence Ouverte", "© Éditeur ; aucune licence indiquée"], "other-closed"),
        (["CC BY-NC 4.0"], "other-closed"),
        (["aucune"], "other-closed"),
        ([""], "other-closed"),
        ([], "other-closed"),
    ],
)
def test_licence_is_never_wider_than_the_narrowest(licences, name):
    assert describe_licence(licences)["name"] == name


def test_real_licences_are_said_honestly(real_package):
    descriptor = read_descriptor(real_package)
    assert [licence["name"] for licence in descriptor["licenses"]] == ["other-closed"]
    assert all(source["licence"] for source in descriptor["sources"])
    resources = resources_of(real_package)
    assert resources["population"]["licenses"][0]["name"] == "other-open"
    assert "licenses" not in resources["values"]
    assert [source["id"] for source in resources["population"]["sources"]] == ["population"]
    assert "rapport-2017" in [source["id"] for source in resources["values"]["sources"]]


def test_format_csv():
    table = pd.DataFrame(
        {
            "nom": ["été, « net »", 'dit "x"', ""],
            "valeur": [60000.0, 0.1, None],
            "rang": pd.array([1, None, 3], dtype="Int64"),
            "vrai": [True, False, True],
            "jour": pd.to_datetime(["2017-01-31", None, "2016-12-31"]),
            "mêlé": [date(2017, 1, 2), -0.0, 1e-7],
        },
        index=[5, 6, 7],
    )
    assert format_csv(table) == (
        "nom,valeur,rang,vrai,jour,mêlé\n"
        '"été, « net »",60000,1,true,2017-01-31,2017-01-02\n'
        '"dit ""x""",0.1,,false,,0\n'
        ",,3,true,2016-12-31,1e-07\n"
    )
    assert format_csv(table[[]].iloc[:0].assign(a=[], b=[])) == "a,b\n"

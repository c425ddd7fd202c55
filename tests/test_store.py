"""What is written is what is read: types, missing text, nested things."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pandas as pd
import pytest

from analysis.base.paths import Dossier
from analysis.model import store
from analysis.model.schema import PROCESSED, SHIFTING


def test_round_trip(edition, tmp_path):
    dossier = Dossier(tmp_path)
    folder = store.write_edition(edition, dossier)
    again = store.read_edition(edition.year, dossier)
    for name in store.FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(edition, name), obj=name)
    for name in store.NESTED:
        assert getattr(again, name) == getattr(edition, name)
    assert not list(folder.glob("*.tmp"))
    assert again.value("logements-renoves:evolution") == edition.value(
        "logements-renoves:evolution"
    )


def test_writing_twice_gives_the_same_bytes(edition, tmp_path):
    contents = []
    for name in ("one", "two"):
        folder = store.write_edition(edition, Dossier(tmp_path / name))
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]


def test_computed_tables_have_their_documented_types(edition):
    for name in ("values", "comparisons", "progress", "checks", "controls", "inhabitants", "files"):
        found = {column: str(dtype) for column, dtype in getattr(edition, name).dtypes.items()}
        assert found == PROCESSED[name].types


def test_text_is_never_missing(edition):
    for name in store.FRAMES:
        frame = getattr(edition, name)
        for column in frame.columns[frame.dtypes.astype(str) == "str"]:
            assert not frame[column].isna().any(), f"{name}.{column}"


def test_edition_not_computed_is_said_in_french(tmp_path):
    with pytest.raises(FileNotFoundError, match="n’a pas encore été calculée"):
        store.read_edition(2030, Dossier(tmp_path))


def test_unit(edition):
    assert edition.unit("m2")["symbol"] == "m²"
    with pytest.raises(
        KeyError, match=r"Unité inconnue : « logements »\. Vouliez-vous dire logement"
    ):
        edition.unit("logements")
    with pytest.raises(KeyError) as error:
        edition.unit("zzz")
    assert "Vouliez-vous" not in str(error.value)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"indicator": "agents"}, [(160, 0), (150, 1)]),
        ({"indicator": "agents", "rank": 1}, [(150, 1)]),
        ({"indicator": ["femmes", "agents"], "rank": 0}, [(160, 0), (84, 0)]),
        ({"indicator": "agents", "rank": [0, 1], "edition": [2029]}, [(150, 1)]),
        ({"indicator": "agent"}, []),
        ({"indicator": []}, []),
    ],
)
def test_rows_that_are_asked_for(edition, wanted, found):
    for _ in range(2):  # what was asked once is kept
        rows = edition.rows("values", **wanted)
        assert list(zip(rows["value"], rows["rank"], strict=True)) == found
        assert list(rows.index) == list(range(len(found)))
        assert list(rows.columns) == list(edition.rows("values").columns)
    places = edition.find_places("values", wanted)
    assert list(edition.values["value"].iloc[places]) == [value for value, _ in found]


def test_all_rows_some_columns_and_what_there_is_not(edition):
    assert len(edition.rows("actions")) == len(edition.actions)
    assert list(edition.columns("actions", "id", "title").columns) == ["id", "title"]
    with pytest.raises(KeyError):
        edition.rows("actions", identifier="velo")
    with pytest.raises(AttributeError):
        edition.rows("action")


def test_where_rows_stand_is_left_out(edition):
    for table, columns in SHIFTING.items():
        assert set(columns) <= set(getattr(edition, table).columns)
        assert not set(columns) & set(edition.rows(table).columns)


def test_charts_of_a_chapter_and_charts_that_name_an_indicator(edition):
    specs = [
        {"id": "a", "chapter": "air", "items": ["agents", {"indicator": "femmes", "detail": 3}]},
        {"id": "b", "chapter": "eau", "items": ["agents:N-1"], "value": "agents"},
        {"id": "c", "chapter": "air", "whole": "agents", "others": "agents"},
    ]
    own = dataclasses.replace(edition, charts=specs)
    assert [spec["id"] for spec in own.charts_of("air")] == ["a", "c"]
    assert [spec["id"] for spec in own.charts_naming("agents")] == ["a", "b", "c"]
    assert [spec["id"] for spec in own.charts_naming("femmes")] == ["a"]
    assert own.charts_naming("velo") == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("2030/budget.csv", "compte"),  # by its name, before any pattern
        ("2030/targets.csv", "tables"),
        ("reference/parts.csv", "catalogues"),
        ("reference/units.csv", "catalogues"),
        ("charts.yml", ""),
    ],
)
def test_the_source_of_a_file(file, source):
    sources = pd.DataFrame(
        {
            "id": ["tables", "catalogues", "compte"],
            "file": ["20??/*.csv", "reference/units.csv | reference/p*.csv", "2030/budget.csv"],
        }
    )
    assert store.find_source(sources, file) == source


def test_what_is_looked_up_by_id(edition):
    assert edition.catalogue["agents"]["title"] == "Agents"
    assert set(edition.source_titles) == set(edition.sources["id"])
    assert edition.checksums == dict(
        zip(edition.files["file"], edition.files["sha256"], strict=True)
    )


@pytest.mark.slow
def test_importing_the_store_stays_light():
    code = "import sys, analysis.model.store; print([m for m in ('pandera', 'matplotlib') if m in sys.modules])"  # noqa: E501
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

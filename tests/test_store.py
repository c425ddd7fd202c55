"""What is written is what is read: types, missing text, nested things."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from analysis.base.paths import Dossier
from analysis.model import store
from analysis.model.schema import PROCESSED


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
    with pytest.raises(KeyError, match="Unité inconnue"):
        edition.unit("m3")


def test_importing_the_store_stays_light():
    code = "import sys, analysis.model.store; print([m for m in ('pandera', 'matplotlib') if m in sys.modules])"  # noqa: E501
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

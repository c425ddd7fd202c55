"""Fixtures shared by the tests. The made-up dossier tests/dossiers/invente holds no true figure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.paths import Dossier

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
MADE_UP_YEAR = 2030


@pytest.fixture(scope="session")
def made_up_dossier(tmp_path_factory) -> Path:
    """Path of a valid made-up dossier (a copy: ``processed/`` may be written, ``raw/`` not)."""
    root = tmp_path_factory.mktemp("dossier") / "invente"
    shutil.copytree(MADE_UP, root)
    return root


@pytest.fixture
def dossier_copy(tmp_path) -> Dossier:
    """A made-up dossier of one's own, to be spoilt."""
    root = tmp_path / "invente"
    shutil.copytree(MADE_UP, root)
    return Dossier(root)


@pytest.fixture(scope="session")
def edition(made_up_dossier):
    """The computed edition 2030 of the made-up dossier."""
    from analysis.indicators import load_edition

    return load_edition(Dossier(made_up_dossier), MADE_UP_YEAR)

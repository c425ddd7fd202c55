"""A comparison as CSV files, for whoever goes on with it in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.base.atomic import write_file
from analysis.base.csvtext import format_csv
from analysis.base.paths import Dossier
from analysis.compute.changes.change_frames import Changes

FOLDER = "changements"


def list_files(changes: Changes) -> dict[str, str]:
    """Name → content of each file. Every one begins with the columns ``edition`` and ``against``,
    then has those named in ``frames``; a file without rows has its header."""
    programme = changes.programme
    frames = {
        "valeurs": changes.values,
        "valeurs-revisees": changes.revised,
        "objectifs": changes.targets,
        "echeances": changes.deadlines,
        "actions": programme[programme["table"] == "actions"],
        "actions-court-terme": programme[programme["table"] == "planned"],
        "pistes": programme[programme["table"] == "improvements"],
        "definitions": changes.definitions,
    }
    return {
        f"{name}.csv": format_csv(_sign(frame, changes).drop(columns="table", errors="ignore"))
        for name, frame in frames.items()
    }


def _sign(frame: pd.DataFrame, changes: Changes) -> pd.DataFrame:
    frame = frame.copy()
    frame.insert(0, "edition", changes.year)
    frame.insert(1, "against", changes.against)
    return frame


def write_files(changes: Changes, dossier: Dossier) -> Path:
    """Write the files below the report's folder, in ``changements/``; returns that folder."""
    folder = dossier.report(changes.year) / FOLDER
    for name, text in list_files(changes).items():
        write_file(folder / name, text)
    return folder

"""Definitions that an analyst declares to be equal: a small CSV, in letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.base.lists import split_list
from analysis.compute.comparison.sides import Side
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import COLUMNS, Column, Fault, InvalidDossier, Table, suggest

#: ``territories`` empty: those of all dossiers compared.
TABLE = Table(
    "equal_definitions",
    "root",
    (
        COLUMNS["indicator"].but(refers=()),
        Column(
            "territories", "territoires, séparés par « | » (vide : tous)", "list", optional=True
        ),
        COLUMNS["reason"].but(required=True),
    ),
    ("indicator",),
)

#: Indicator → territories (ids) whose wording is taken for the one compared, and why.
Declarations = Mapping[str, tuple[tuple[str, ...], str]]


def read_declarations(path: Path, sides: Sequence[Side]) -> Declarations:
    """What the file declares. Raises InvalidDossier with every fault: columns and cells, unknown
    indicators and territories."""
    frame, faults = read_table(path, TABLE, path.name)
    indicators = {id for side in sides for id in side.catalogue}
    places = [side.id for side in sides]
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for row, cells in zip(frame.index, frame.to_dict("records"), strict=True):
        named = tuple(split_list(cells["territories"]))
        for column, texts, known in (
            ("indicator", [cells["indicator"]], indicators),
            ("territories", named, set(places)),
        ):
            faults += [
                Fault(path.name, row, column, text, "inconnu des dossiers comparés",
                      suggest(text, known))
                for text in texts
                if text and text not in known
            ]  # fmt: skip
        found[cells["indicator"]] = (named or tuple(places), cells["reason"])
    if faults:
        raise InvalidDossier(faults)
    return found

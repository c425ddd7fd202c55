"""The comparison of the dossiers of a campaign: from computed data to a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from analysis.base.atomic import build_beside, write_file
from analysis.base.csvtext import format_csv
from analysis.base.paths import COMPARISONS, FONTS, REPORTS, Dossier
from analysis.compute.comparison import (
    Comparison,
    check_sides,
    compare_sides,
    read_declarations,
    read_side,
)
from analysis.publish.comparison_book import format_comparison_book
from analysis.publish.comparison_page import (
    FIGURES,
    compose_page,
    describe_picture,
    draw_pictures,
    name_figure,
)
from analysis.publish.comparison_tables import tabulate_refusals, tabulate_values
from analysis.run.campaign import EditionTask
from analysis.run.machines import Machines
from analysis.words.french import format_count

#: Pictures that are drawn at a time, and how many times that are drawn here: to start processes
#: takes some seconds.
_PART, _FEW = 20, 4


def choose_folder(tasks: Sequence[EditionTask], to: Path | None) -> Path:
    """Where a comparison goes: the folder asked for, else one named after its years."""
    years = sorted({task.year for task in tasks})
    name = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
    return to.resolve() if to else REPORTS / COMPARISONS / name


def compare_dossiers(
    tasks: Sequence[EditionTask], left_out: Mapping[str, str], same: Path | None
) -> Comparison:
    """What the dossiers of these editions, whose data are computed, have in common.

    Raises
    ------
    UserError
        when two dossiers are of one territory or fewer than two are left; InvalidDossier, one of
        its kind, when the file ``same`` of definitions declared equal has faults (French).
    """
    years: dict[Path, list[int]] = {}
    for task in tasks:
        if task.name not in left_out:
            years.setdefault(Path(task.root), []).append(task.year)
    sides = [read_side(Dossier(root), told) for root, told in years.items()]
    check_sides(sides)
    return compare_sides(sides, read_declarations(same, sides) if same else {})


def _draw(comparison: Comparison, machines: Machines) -> dict[str, str]:
    """The pictures by file name; many are drawn by those who made the chapters."""
    ranked = [shared for shared in comparison.shared if shared.summary]
    pictures = [describe_picture(shared) for shared in ranked]
    parts = [pictures[start : start + _PART] for start in range(0, len(pictures), _PART)]
    if len(parts) > _FEW:
        futures = [machines.submit(draw_pictures, part) for part in parts]
        drawn = [future.result() for future in futures]
    else:
        drawn = [draw_pictures(part) for part in parts]
    return dict(zip(map(name_figure, ranked), chain.from_iterable(drawn), strict=True))


def write_comparison(
    comparison: Comparison, left_out: Mapping[str, str], folder: Path, machines: Machines
) -> None:
    """Write the tables, the workbook, the page and its pictures, all or none."""
    inside = folder.is_relative_to(REPORTS.parent)
    fonts = Path(os.path.relpath(FONTS, folder)).as_posix() if inside else "fonts"
    with build_beside(folder) as built:
        (built / FIGURES).mkdir()
        for name, svg in _draw(comparison, machines).items():
            write_file(built / FIGURES / name, svg)
        write_file(built / "comparaison.csv", format_csv(tabulate_values(comparison)))
        write_file(built / "refus.csv", format_csv(tabulate_refusals(comparison)))
        write_file(built / "comparaison.xlsx", format_comparison_book(comparison))
        write_file(built / "index.html", compose_page(comparison, left_out, fonts))


def describe_comparison(comparison: Comparison, folder: Path) -> str:
    """What was compared, and where it is (French)."""
    ranked = sum(shared.summary is not None for shared in comparison.shared)
    shown = len(comparison.shared) - ranked
    refused = len({refusal.indicator for refusal in comparison.refusals})
    return (
        f"Comparaison de {len(comparison.sides)} territoires : {ranked} indicateurs classés,"
        f" {shown} montrés sans classement ; {format_count(refused, 'indicateur', 'indicateurs')}"
        f" avec au moins un refus.\n  {folder / 'index.html'}"
    )

"""The comparison of the dossiers of a campaign: from computed data to a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
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
from analysis.publish.comparison_page import compose_page
from analysis.publish.comparison_tables import (
    format_comparison_book,
    tabulate_refusals,
    tabulate_values,
)
from analysis.run.campaign import EditionTask
from analysis.words.french import format_count


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


def write_comparison(comparison: Comparison, left_out: Mapping[str, str], to: Path | None) -> str:
    """Write the tables, the workbook and the page, all or none, in the folder asked for, else in
    one named after the years; returns what was compared and where it is (French)."""
    years = sorted({year for side in comparison.sides for year in side.years})
    name = "-".join(map(str, dict.fromkeys([years[0], years[-1]])))
    folder = to.resolve() if to else REPORTS / COMPARISONS / name
    inside = folder.is_relative_to(REPORTS.parent)
    fonts = Path(os.path.relpath(FONTS, folder)).as_posix() if inside else "fonts"
    with build_beside(folder) as built:
        write_file(built / "comparaison.csv", format_csv(tabulate_values(comparison)))
        write_file(built / "refus.csv", format_csv(tabulate_refusals(comparison)))
        write_file(built / "comparaison.xlsx", format_comparison_book(comparison))
        write_file(built / "index.html", compose_page(comparison, left_out, fonts))
    ranked = sum(shared.summary is not None for shared in comparison.shared)
    shown = len(comparison.shared) - ranked
    refused = len({refusal.indicator for refusal in comparison.refusals})
    return (
        f"Comparaison de {len(comparison.sides)} territoires :"
        f" {format_count(ranked, 'indicateur classé', 'indicateurs classés')},"
        f" {format_count(shown, 'montré', 'montrés')} sans classement ;"
        f" {format_count(refused, 'indicateur', 'indicateurs')} avec au moins un refus.\n"
        f"  {folder / 'index.html'}"
    )

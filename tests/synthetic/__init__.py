"""Territories that do not exist, for the tests and the benchmark of many dossiers.

``make_dossier`` writes a dossier that is as large as a real one and valid, and says of itself that
it is made up. The same seed, years and size give the same bytes. A year's folder does not depend on
the later years asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.base.paths import Dossier

from .draft import Draft
from .editions import tell_edition
from .fill import CannotFill
from .territory import declare_territory

__all__ = ["CannotFill", "compose", "make_dossier", "make_dossiers"]

DEFAULT_YEARS = (2029,)


def compose(*, seed: int, years: Iterable[int] = DEFAULT_YEARS, size: float = 1.0) -> Draft:
    """A made-up territory, not yet written. See ``make_dossier``."""
    told = tuple(sorted(set(years)))
    if not told:
        raise ValueError("Il faut au moins une année.")
    if not 0 < size <= 1:
        raise ValueError(f"La taille va de 0 (exclu) à 1 (lu : {size}).")
    if seed < 0:
        raise ValueError(f"La graine est un nombre positif ou nul (lu : {seed}).")
    draft = Draft(seed, told, size)
    plan = declare_territory(draft)
    for year in told:
        tell_edition(draft, plan, year)
    return draft


def make_dossier(
    folder: Path, *, seed: int, years: Iterable[int] = DEFAULT_YEARS, size: float = 1.0
) -> Dossier:
    """Write a made-up dossier below ``folder`` (``raw/…``), one edition for each year.

    Parameters
    ----------
    seed : which territory, 0 or more; it is in the territory's name.
    size : 1 for about the size of a real dossier (70 actions, 350 indicators), less for a smaller
        one (0 < size ≤ 1). The eight chapters and every kind of chart are always there.

    Raises
    ------
    FileExistsError
        when ``folder`` holds something already: a dossier is never mixed with another.
    CannotFill
        when the schema asks for a column that nothing here can make up.
    """
    root = Path(folder)
    if root.exists() and any(root.iterdir()):
        raise FileExistsError(f"{root} n’est pas vide : rien n’y est écrit.")
    compose(seed=seed, years=years, size=size).write(root / "raw")
    return Dossier(root.resolve())


def make_dossiers(
    folder: Path,
    *,
    count: int,
    seed: int = 1,
    years: Sequence[int] = DEFAULT_YEARS,
    size: float = 1.0,
) -> list[Dossier]:
    """``count`` territories of successive seeds, in ``folder/territoire-0001``…"""
    return [
        make_dossier(Path(folder) / f"territoire-{one:04d}", seed=one, years=years, size=size)
        for one in range(seed, seed + count)
    ]

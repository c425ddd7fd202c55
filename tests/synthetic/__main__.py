"""``python -m tests.synthetic FOLDER --count 100 --years 2029-2030 --seed 1``, from the project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

from . import DEFAULT_YEARS, make_dossiers


def read_years(text: str) -> tuple[int, ...]:
    """« 2029 », « 2029-2031 », « 2029,2031 »."""
    years: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        years |= set(range(int(first), int(last or first) + 1))
    if not years:
        raise ValueError(text)
    return tuple(sorted(years))


def main(arguments: list[str] | None = None) -> int:
    """Write the dossiers asked for; says how many and how long it took."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.synthetic",
        description="Écrit des dossiers de territoires inventés, pour les tests et les mesures.",
    )
    parser.add_argument("folder", type=Path, help="où les écrire, un sous-dossier par territoire")
    parser.add_argument("--count", type=int, default=1, help="combien de territoires")
    parser.add_argument(
        "--years", type=read_years, default=DEFAULT_YEARS, help="éditions, comme 2029-2030"
    )
    parser.add_argument("--seed", type=int, default=1, help="graine du premier territoire")
    parser.add_argument("--size", type=float, default=1.0, help="taille, de 0 (exclu) à 1")
    options = parser.parse_args(arguments)
    start = perf_counter()
    try:
        made = make_dossiers(
            options.folder, count=options.count, seed=options.seed, years=options.years,
            size=options.size,
        )  # fmt: skip
    except (FileExistsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    seconds = f"{perf_counter() - start:.1f}".replace(".", ",")
    print(f"Territoires inventés : {len(made)}, dans {options.folder} ({seconds} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())

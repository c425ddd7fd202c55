"""``python -m tests.bench [--rounds N] [--only FAÇON…] | scale [--counts 1,10,100]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.paths import PROJECT

from . import scale
from .spending import ProgramFailed, adopt_orphans

BUILD = PROJECT / "build"


def say(text: str) -> None:
    """A line, at once: the whole takes long."""
    print(text, flush=True)


def read_counts(text: str) -> tuple[int, ...]:
    """« 1,10,100 » → numbers of territories, in order."""
    counts = tuple(sorted({int(part) for part in text.split(",")}))
    if counts[0] < 1:
        raise ValueError(text)
    return counts


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parts = parser.add_subparsers(dest="part")
    many = parts.add_parser("scale", help="de plus en plus de territoires inventés")
    many.add_argument("--counts", type=read_counts, default=scale.COUNTS, metavar="1,10,100")
    many.add_argument("--workers", type=int)
    many.add_argument("--csv", type=Path, default=BUILD / "bench-echelle.csv")
    options = parser.parse_args(arguments)
    adopt_orphans()
    try:
        done = scale.measure_scale(options.counts, options.csv, say, options.workers)
        say("\n" + scale.describe_campaigns(done))
        say(f"\nMesures : {options.csv}")
    except ProgramFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

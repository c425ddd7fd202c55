"""``python -m tests.bench [--rounds N] [--only FAÇON…] | scale [--counts 1,10,100] [--portraits
ANNÉE]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from analysis.base.paths import PROJECT, locate_dossier
from analysis.base.rawfiles import list_editions

from . import scale
from .rounds import compare_ways, describe_rows
from .spending import ProgramFailed, adopt_orphans
from .subject import prepare_subject
from .ways import list_ways

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


def read_count(text: str) -> int:
    """A number from 1."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _compare(options: argparse.Namespace) -> None:
    ways = [way for way in list_ways() if not options.only or way.name in options.only]
    source = locate_dossier(options.dossier)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        say("Préparation : le rapport est construit une fois, dans une copie du dossier…")
        year = options.year or max(list_editions(source))
        subject = prepare_subject(source, year, Path(folder))
        rows = compare_ways(ways, subject, options.rounds, options.csv, say)
    say("\n" + describe_rows(rows))
    say(f"\nMesures : {options.csv}")


def _scale(options: argparse.Namespace) -> None:
    asked = scale.PortraitsAsked(options.portraits, options.dask) if options.portraits else None
    done = scale.measure_scale(options.counts, options.csv, say, options.workers, asked)
    whole = (asked.territories, 1) if asked else ()
    say("\n" + scale.describe_campaigns(done, *whole))
    say(f"\nMesures : {options.csv}")


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What is to be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Compare les façons d’exécuter les carnets et de composer le livre.",
    )
    parser.set_defaults(measure=_compare)
    parser.add_argument("--rounds", type=read_count, default=5, help="tours (par défaut : 5)")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[way.name for way in list_ways()],
        metavar="FAÇON",
        help="ces façons seulement : " + ", ".join(way.name for way in list_ways()),
    )
    parser.add_argument("--dossier", help="dossier du territoire (par défaut : data)")
    parser.add_argument("--year", type=int, help="édition (par défaut : la plus récente)")
    parser.add_argument("--csv", type=Path, default=BUILD / "bench.csv", help="où écrire la table")
    parts = parser.add_subparsers(metavar="partie")
    many = parts.add_parser("scale", help="de plus en plus de territoires")
    many.set_defaults(measure=_scale)
    many.add_argument(
        "--counts", type=read_counts, default=scale.COUNTS, metavar="1,10,100", help="combien"
    )
    many.add_argument("--workers", type=read_count, help="éditions à la fois (un par cœur)")
    many.add_argument(
        "--portraits",
        type=int,
        metavar="ANNÉE",
        help="des portraits (sinon : territoires inventés)",
    )
    many.add_argument("--dask", action="store_true", help="sur une grappe Dask de cette machine")
    many.add_argument("--csv", type=Path, default=BUILD / "bench-echelle.csv", help="où écrire")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, say, write; 1 when a program that is measured fails."""
    options = parse_arguments(arguments)
    adopt_orphans()
    try:
        options.measure(options)
    except ProgramFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

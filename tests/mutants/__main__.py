"""``make mutants``: mistakes made in ``model`` and ``compute``, one at a time, and who sees them.

mutmut writes every mistake (``operators``) into a copy of the code under ``build/mutants``, and
runs the tests that go through the spoilt function until one fails. What no test sees survives:
each survivor that may stay is named with its reason in ``survivors.txt``. The run fails where one
is not named there, or where fewer than ``LEAST`` of all mistakes are seen.

Not spoilt: constants of modules and properties (mutmut changes functions and methods only).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import mutmut.__main__ as mutmut
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code

from tests.mutants.associate import associate_fixtures
from tests.mutants.operators import choose_operators
from tests.mutants.survivors import list_lines, name_mutant, read_named

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "mutants"
#: Share of all mistakes that tests must see.
LEAST = 0.90
CAUGHT = ("killed", "timeout", "segfault", "suspicious")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="names of modules (periods); all by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    arguments = parser.parse_args()
    _prepare(arguments.resume)
    choose_operators()
    associate_fixtures()
    started = time.monotonic()
    if arguments.modules:
        config().only_mutate = [f"src/analysis/*/{name}.py" for name in arguments.modules]
    mutmut._run((), arguments.jobs)
    report, failed = _judge(whole=not arguments.modules)
    minutes = (time.monotonic() - started) / 60
    report.append(f"{minutes:.1f} min, {arguments.jobs} processes.")
    (BUILD / "report.txt").write_text("\n".join(report) + "\n", encoding="utf-8")
    print("\n".join(report))
    return int(failed)


def _prepare(resume: bool) -> None:
    """A folder in which mutmut finds the project and writes its copy and its verdicts; those of a
    run that was stopped stay where it is to be resumed."""
    if not resume:
        shutil.rmtree(BUILD, ignore_errors=True)
    if not BUILD.is_dir():
        BUILD.mkdir(parents=True)
        for name in ("src", "tests", "data", "reports", "pyproject.toml"):
            (BUILD / name).symlink_to(ROOT / name)
    os.chdir(BUILD)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # pytest starts once for each mistake
    while str(ROOT) in sys.path:  # the tests run in the copy, and import from it
        sys.path.remove(str(ROOT))


def _judge(whole: bool) -> tuple[list[str], bool]:
    """The report in lines: score by module, what survived; and whether that is a failure."""
    named = read_named()
    lines, unnamed, seen, total, caught = [], [], set(), 0, 0
    for path in sorted(mutmut.walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        verdicts = {key: status_by_exit_code[code] for key, code in data.exit_code_by_key.items()}
        if not verdicts:
            continue
        killed = sum(verdict in CAUGHT for verdict in verdicts.values())
        total, caught = total + len(verdicts), caught + killed
        lines.append(f"{killed / len(verdicts):6.1%} {killed:5} of {len(verdicts):5}  {path}")
        for key, verdict in verdicts.items():
            if verdict in CAUGHT:
                continue
            mutant = name_mutant(key, path)
            seen.add(mutant)
            if mutant not in named:
                unnamed.append((verdict, mutant))
    score = caught / total
    lines += [f"{score:6.1%} {caught:5} of {total:5}  in all", ""]
    lines += _list_unnamed(unnamed)
    gone = sorted(set(named) - seen) if whole else []
    if gone:
        lines += ["Named in survivors.txt, but seen now or gone:"]
        lines += [line for mutant in gone for line in list_lines(mutant)]
    return lines, bool(unnamed) or score < LEAST


def _list_unnamed(unnamed: Iterable[tuple[str, tuple]]) -> list[str]:
    lines = []
    for (verdict, mutant), count in Counter(unnamed).items():
        lines += [f"{verdict}{f' ({count} times)' if count > 1 else ''}:", *list_lines(mutant), ""]
    return [f"{len(lines) and len(set(unnamed))} survivors without a reason.", "", *lines]


if __name__ == "__main__":
    sys.exit(main())

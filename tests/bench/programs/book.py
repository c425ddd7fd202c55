"""The book of executed notebooks, in one format or in all: what an engine makes of the staged
project, which is staged before the clock starts. Nothing is kept from one time to the next.

``python -m tests.bench.programs.book DOSSIER YEAR embedded|quarto html|pdf|docx|all``
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from analysis.base.paths import Dossier
from analysis.model.store import read_edition
from analysis.publish import embedded
from analysis.publish.build import default_epoch
from analysis.publish.engine import choose_engine
from analysis.publish.project import Project
from analysis.publish.quarto import run_quarto
from analysis.publish.staging import stage_book

FORMATS = ("html", "pdf", "docx")
#: What Quarto calls them.
_QUARTO = {"html": "html", "pdf": "typst", "docx": "docx"}


def read_processors() -> float:
    """Seconds of processors spent by this process and its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _leave_out(formats: set[str]) -> None:
    for name in formats:
        setattr(embedded, f"build_{name}", lambda *_: None)


def measure_book(dossier: Dossier, year: int, engine_name: str, wanted: str) -> dict[str, float]:
    """Seconds by the clock and of processors."""
    engine, epoch = choose_engine(engine_name), default_epoch(year)
    edition = read_edition(year, dossier)
    project = Project(stage_book(dossier, edition, engine))
    with tempfile.TemporaryDirectory(prefix="livre-") as name:
        target = Path(name) / "livre"
        target.mkdir()
        start, before = perf_counter(), read_processors()
        if engine.name == "embedded":
            if wanted != "all":
                _leave_out({*FORMATS} - {wanted})
            embedded.build_embedded(project, target, epoch, Path(name) / "lus")
        else:
            to = [] if wanted == "all" else ["--to", _QUARTO[wanted]]
            arguments = [str(project.folder.resolve()), *to, "--output-dir", str(target)]
            run_quarto(engine, arguments, project.folder / "quarto.log", epoch)
        return {"seconds": perf_counter() - start, "cpu": read_processors() - before}


if __name__ == "__main__":
    root, year, engine_name, wanted = sys.argv[1:]
    print(json.dumps(measure_book(Dossier(Path(root)), int(year), engine_name, wanted)))

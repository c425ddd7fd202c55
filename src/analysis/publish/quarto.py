"""Real Quarto: one ``quarto render`` for all formats, outside the project, and one for each volume
that paper has besides the print edition; warnings are errors.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from analysis.base.moving import move
from analysis.base.paths import FONTS
from analysis.publish import BookError
from analysis.publish.engine import Engine
from analysis.publish.programs import ProgramPool
from analysis.publish.project import PRINT, Project
from analysis.words import french

#: Quarto's log, in the folder of what is computed for the edition.
LOG = "quarto.log"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
#: Quarto's own lines, its log's « (WARN) », pandoc's « [WARNING] », Lua's « WARNING (…) ».
_COMPLAINT = re.compile(r"^\s*[(\[]?(?:WARN|WARNING|ERROR|CRITICAL)\b")
#: Typst's own lines begin at the margin; metadata that Quarto repeats (« warning: … ») do not.
_TYPST_COMPLAINT = re.compile(r"^(?:warning|error): ")
#: « ::: » that was typed; where it is our own, left over, the built pages are searched for it.
_COLONS = re.compile(r"WARNING \([^)\n]*\)\s+The following string was found in the document: .*")
#: Who has no verapdf still has the standard that Typst checks while it composes.
_HARMLESS = re.compile(r"verapdf", re.IGNORECASE)


def find_complaints(log: str) -> list[str]:
    """Lines of a log that say a warning or an error, each once."""
    log = _COLONS.sub("", _ANSI.sub("", log))
    lines = [line.rstrip() for line in log.splitlines()]
    complaints = [
        line.strip()
        for line in lines
        if (_COMPLAINT.match(line) or _TYPST_COMPLAINT.match(line)) and not _HARMLESS.search(line)
    ]
    return list(dict.fromkeys(complaints))


def run_quarto(engine: Engine, arguments: Sequence[str], log: Path, epoch: int) -> None:
    """One ``quarto render``; its log is kept. Raises BookError when Quarto fails or warns."""
    log.unlink(missing_ok=True)
    environment = (
        os.environ
        | {"SOURCE_DATE_EPOCH": str(epoch), "QUARTO_PYTHON": sys.executable, "NO_COLOR": "1"}
        | {"TYPST_FONT_PATHS": str(FONTS)}
    )
    command = [str(engine.path), "render", *arguments, "--log", str(log.resolve())]
    with ProgramPool(1) as programs:
        done = programs.run(command, environment=environment)
    said = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    if log.is_file():
        said += "\n" + log.read_text(encoding="utf-8", errors="replace")
    else:
        log.write_text(said, encoding="utf-8")
    complaints = find_complaints(said)
    if done.returncode or complaints:
        tail = "\n".join(complaints) or "\n".join(_ANSI.sub("", said).strip().splitlines()[-15:])
        raise BookError(f"Quarto ne compose pas le livre sans défaut (journal : {log}) :\n{tail}")


def build_with_quarto(
    project: Project,
    engine: Engine,
    target: Path,
    epoch: int,
    report: Callable[[str], None] = lambda text: None,
) -> None:
    """Render into ``target`` (html/, PDFs and DOCX beside it); ``report`` is told the seconds.
    Raises BookError when Quarto fails, warns, or leaves a format out; the log is kept in the
    project."""
    start = perf_counter()
    output = target / "html"
    output.mkdir(parents=True)
    log = project.folder.parent / LOG  # what stages the book anew leaves it
    folder = str(project.folder.resolve())
    run_quarto(engine, [folder, "--output-dir", str(output.resolve())], log, epoch)
    volumes = dict(project.volumes)
    printed = volumes.pop(PRINT)
    written = [(output, f"{printed}.pdf"), (output, f"{printed}.docx")]
    for volume, stem in volumes.items():
        apart = target / f".{volume}"
        options = ["--profile", volume, "--to", "typst", "--output-dir", str(apart.resolve())]
        run_quarto(engine, [folder, *options], log, epoch)
        written.append((apart, f"{stem}.pdf"))
    for place, name in written:
        if not (place / name).is_file():
            raise BookError(f"Quarto n’a pas écrit {name} (journal : {log}).")
        move(place / name, target / name)
        if place != output:
            shutil.rmtree(place)
    report(f"  Quarto : {french.format_seconds(perf_counter() - start)}")

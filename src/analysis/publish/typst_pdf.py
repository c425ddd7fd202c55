"""From a Typst source to a PDF: the program ``typst_program``, whose warnings are errors."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.publish import BookError, typst_program
from analysis.publish.programs import ProgramPool

#: Where Typst says that it stopped; a label of its source, which no letter is.
_LINE = re.compile(r"\.typ:(\d+):\d+")
_LABEL = re.compile(r"(?<!\\)<([\w-]+)>")


def find_label(source: str, said: str) -> str:
    """« , après « sec-velo » »: the last thing that has a name before the line of a failure."""
    if not (found := _LINE.search(said)):
        return ""
    labels = _LABEL.findall("\n".join(source.splitlines()[: int(found[1])]))
    return f", après « {labels[-1]} »" if labels else ""


def compile_pdf(
    source: Path, target: Path, fonts: Path, epoch: int, standards: Sequence[str], pool: ProgramPool
) -> None:
    """Compile ``source``, which finds its pictures beside it, into ``target``.

    Parameters
    ----------
    fonts
        the folder of the only fonts there are.
    standards
        « a-2a », « ua-1 »: the compiler refuses what would break them.

    Raises BookError when Typst fails or warns (French, then its own words).
    """
    source = source.resolve()
    done = pool.run(
        [
            *(sys.executable, "-X", "utf8", "-P", typst_program.__file__),
            *(str(source), str(source.parent), str(fonts.resolve()), str(epoch), *standards),
        ]
    )
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        near = find_label(source.read_text(encoding="utf-8"), said)
        raise BookError(f"Typst ne compose pas {target.name}{near} : {said}")
    if said:
        warnings = "\n- ".join(dict.fromkeys(json.loads(said)))
        raise BookError(f"Typst avertit ({target.name}) :\n- {warnings}")
    target.write_bytes(done.stdout)

"""Run the pandoc that the environment brings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.publish.book_error import BookError
from analysis.publish.processes import Crew

#: The last filter of all: what Typst would not read as letters.
LETTERS = "filters/letters.lua"
#: What pandoc says of a filter of ours that stops, then the stack of its calls.
_STOPPED = re.compile(r"Error running filter (\S+?):?\s(.*?)(?:\nstack traceback:.*|\Z)", re.DOTALL)


def _word_failure(said: str) -> str:
    """pandoc's words; of a filter, its name and what stopped it."""
    return _STOPPED.sub(lambda found: f"{Path(found[1]).name} s’arrête, {found[2].strip()}", said)


def pandoc_path() -> str:
    """The pandoc of the wheel, whatever stands on the PATH."""
    import pypandoc

    return pypandoc.get_pandoc_path()


def run_pandoc(
    arguments: Sequence[str],
    text: str = "",
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    crew: Crew | None = None,
) -> bytes:
    """Standard output of pandoc; whatever it says on its error stream is an error.

    With a ``crew``, this pandoc ends when the crew does.

    Raises
    ------
    BookError
        with pandoc's words, or our filters' (lines « PROBLÈME … »).
    """
    command, content = [pandoc_path(), *arguments], text.encode("utf-8")
    if crew is not None:
        done = crew.run(command, content, folder=folder, environment=environment)
    else:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            cwd=folder,
            env=dict(environment) if environment is not None else None,
            check=False,
        )
    said = done.stderr.decode("utf-8", "replace").strip()
    problems = [line[9:] for line in said.splitlines() if line.startswith("PROBLÈME ")]
    if problems:
        raise BookError("Le livre a des défauts :\n- " + "\n- ".join(dict.fromkeys(problems)))
    if done.returncode or said:
        raise BookError(f"pandoc ne compose pas le livre :\n{_word_failure(said)}")
    return done.stdout

"""Run the pandoc that the environment brings, and keep what it reads of each page.

Reading takes pandoc longer than anything else it does, so each page is read by itself, several at a
time, and its document (JSON) is kept under a key of the text and of pandoc's version: a page whose
text did not change is not read again, and one reading serves all formats.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from analysis.base.atomic import write_file
from analysis.publish import BookError
from analysis.publish.programs import ProgramPool

READER = "markdown"
#: A word that no filter of ours and no writer of pandoc's looks at by itself: of letters and inner
#: apostrophes or hyphens, or a number without any sign. Then several, as pandoc's JSON has them.
_WORD = r"\(?(?:(?:[^\W\d_]+[’-])*[^\W\d_]+\)?[,;.]?|\d+,?)"
_TEXT = rf'{{"t":"Str","c":"{_WORD}"}}'
_BETWEEN = '"},{"t":"Space"},{"t":"Str","c":"'
_TEXTS = re.compile(rf'{_TEXT}(?:,{{"t":"Space"}},{_TEXT})+')
#: The last but one: leaves in a volume its own pages.
VOLUMES = "filters/volumes.lua"
#: The last filter of all: what Typst would not read as letters.
LETTERS = "filters/letters.lua"
#: What pandoc says of a filter of ours that stops, then the stack of its calls.
_STOPPED = re.compile(r"Error running filter (\S+?):?\s(.*?)(?:\nstack traceback:.*|\Z)", re.DOTALL)


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
    pool: ProgramPool | None = None,
) -> bytes:
    """Standard output of pandoc, which ends with the ``pool`` if one is given; whatever it says on
    its error stream is an error.

    Raises
    ------
    BookError
        with pandoc's words, or our filters' (lines « PROBLÈME … »).
    """
    # Windows would end lines in its own way, which browsers undo before they check a digest.
    command = [pandoc_path(), "--eol=lf", *arguments]
    with nullcontext(pool) if pool else ProgramPool(1) as programs:
        done = programs.run(command, text.encode(), folder=folder, environment=environment)
    said = done.stderr.decode("utf-8", "replace").strip()
    problems = [line[9:] for line in said.splitlines() if line.startswith("PROBLÈME ")]
    if problems:
        raise BookError("Le livre a des défauts :\n- " + "\n- ".join(dict.fromkeys(problems)))
    if done.returncode or said:
        # Of a filter that stops: its name and why.
        said = _STOPPED.sub(
            lambda found: f"{Path(found[1]).name} s’arrête, {found[2].strip()}", said
        )
        raise BookError(f"pandoc ne compose pas le livre :\n{said}")
    return done.stdout


def join_words(document: str) -> str:
    """pandoc's document (JSON) with plain words that follow each other as one text: most of what
    pandoc does then takes as long as there are elements, and what it writes is the same."""
    return _TEXTS.sub(lambda found: found[0].replace(_BETWEEN, " "), document)


def _name_file(text: str) -> str:
    import pypandoc

    key = f"{pypandoc.get_pandoc_version()}\n{READER}\n{_TEXTS.pattern}\n{text}"
    return f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def _read_text(text: str, kept: Path, pool: ProgramPool, options: Sequence[str]) -> str:
    path = kept / _name_file(text)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        arguments = [f"--from={READER}", "--to=json", *options]
        document = join_words(run_pandoc(arguments, text, pool=pool).decode("utf-8"))
        write_file(path, document)
        return document


def read_texts(
    texts: Sequence[str], kept: Path, pool: ProgramPool, options: Sequence[str] = ()
) -> list[str]:
    """pandoc's document (JSON) of each Markdown text, in order; several are read at a time, the
    longest first, those in the folder ``kept`` not again. What it keeps of other texts goes.

    Raises
    ------
    BookError
        when pandoc fails or warns.
    """
    pandoc_path()  # looked for once, before the threads ask for it
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    jobs = {place: pool.start(_read_text, texts[place], kept, pool, options) for place in order}
    documents = pool.finish(jobs[place] for place in range(len(texts)))
    wanted = {_name_file(text) for text in texts}
    for path in kept.iterdir():
        if path.name not in wanted:
            path.unlink(missing_ok=True)
    return documents

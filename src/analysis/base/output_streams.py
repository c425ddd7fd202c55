"""What the program says, in whatever letters the terminal has."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata

#: What stands for our signs where a terminal has none of them.
_PLAIN = str.maketrans({"’": "'", "«": '"', "»": '"', "–": "-", "—": "-", "−": "-", "œ": "oe"})


def _replace(error: UnicodeError) -> tuple[str | bytes, int]:
    """A sign that cannot be written, by one that can: of a name of a file that is no text, what its
    bytes are in the West; of a letter, the same without its accent."""
    assert isinstance(error, UnicodeEncodeError)
    said = error.object[error.start : error.end]
    said = "".join(chr(ord(s) - 0xDC00) if "\udc80" <= s <= "\udcff" else s for s in said)
    if error.encoding == "utf-8":
        return said.encode("utf-8", "backslashreplace"), error.end
    plain = [unicodedata.normalize("NFKD", sign.translate(_PLAIN)) for sign in said]
    bare = [signs.encode("ascii", "ignore").decode() for signs in plain]
    return "".join(b or ascii(s)[1:-1] for b, s in zip(bare, said, strict=True)), error.end


def show_unseen(text: str) -> str:
    """What a terminal would obey, or what turns a line around, by its code: names of files and
    cells that are quoted may hold any."""
    return "".join(
        ascii(sign)[1:-1]
        if unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\n\t\u00ad"
        else sign
        for sign in text
    )


def _guard(text: str) -> str:
    """What is written, as ``show_unseen``; a bar of progress begins where its line does."""
    return text[:1] + show_unseen(text[1:]) if text.startswith("\r") else show_unseen(text)


def prepare_streams() -> None:
    """Have everything written, whatever its letters: on a terminal in its own encoding, or in the
    one that somebody asks for (``PYTHONIOENCODING``), else in UTF-8. Windows would write to a pipe
    in cp1252, without « ’ »; a stream that is closed takes everything."""
    codecs.register_error("rapport", _replace)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if "write" not in vars(stream):
                write = stream.write
                stream.write = lambda text, write=write: write(_guard(text))  # type: ignore
            own = stream.isatty() or os.environ.get("PYTHONIOENCODING")
            stream.reconfigure(encoding=stream.encoding if own else "utf-8", errors="rapport")

"""Invisible marks: a number in a text carries the reference it comes from.

A mark is written in private-use characters, so that typography, escaping and joining of sentences
go on around it and never change the reference. ``write_spans`` turns marks into Markdown at the
very end; where words alone are wanted (pictures, alternative texts), ``strip_marks`` takes them
out. Imports nothing of ours.
"""

from __future__ import annotations

import re

#: What stands around marked words. Typography treats both as if they were not there.
START, END = "\ue000", "\ue002"
_MIDDLE = "\ue001"
#: A reference's ASCII characters, moved into the private-use area.
_BASE = 0xE100

_MARK = re.compile(f"{START}([\ue100-\ue17f]*){_MIDDLE}([^{END}]*){END}")


def mark(text: str, reference: str) -> str:
    """``text`` with its reference (ASCII: ``indicator[@territory][:modifier]``, ``table:name``).

    Raises
    ------
    ValueError
        when the text is marked already: marks do not nest.
    """
    if START in text:
        raise ValueError(f"Ce texte porte déjà une marque : {strip_marks(text)}")
    hidden = "".join(chr(_BASE + ord(letter)) for letter in reference)
    return f"{START}{hidden}{_MIDDLE}{text}{END}" if text else ""


def _show(hidden: str) -> str:
    return "".join(chr(ord(letter) - _BASE) for letter in hidden)


def strip_marks(text: str) -> str:
    """The words alone."""
    return _MARK.sub(lambda found: found[2], text)


def name_place(text: str, anchor: str) -> str:
    """``text`` as a place that links may lead to: ``[text]{#anchor}`` in the end."""
    return mark(text, "#" + anchor)


def find_marks(text: str) -> list[tuple[str, str]]:
    """(words, reference) of each mark, in order; places are left out."""
    found = [(match[2], _show(match[1])) for match in _MARK.finditer(text)]
    return [(words, reference) for words, reference in found if not reference.startswith("#")]


def capitalise(text: str) -> str:
    """The text as the beginning of a sentence, also where it begins with a mark."""
    start = 0
    while start < len(text) and (text[start] == START or "\ue001" <= text[start] <= "\ue17f"):
        start += 1
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def end_sentence(text: str) -> str:
    """The text with a full stop, also where a mark ends it; none after « hab. »."""
    return text if strip_marks(text).endswith((".", "!", "?", "…")) else text + "."


def write_spans(text: str) -> str:
    """Markdown in which each mark is a span: ``[60 000 arbres]{.trace data-trace="arbres"}``."""

    def write(found: re.Match[str]) -> str:
        reference = _show(found[1])
        if reference.startswith("#"):
            return f"[{found[2]}]{{{reference}}}"
        return f'[{found[2]}]{{.trace data-trace="{reference}"}}'

    return _MARK.sub(write, text)

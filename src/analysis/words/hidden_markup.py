"""Invisible marks: what a text carries besides its words, in private-use characters.

Typography, joining of sentences and measuring go on around them. Three sorts:

- a **reference**: the number in a text names the value it comes from (``mark``);
- a **letter**: a character that Markdown would read as its own, and that is none of it
  (``write_letters``);
- **markup**: characters that Markdown is to read, among words whose letters are not (``hide``).

``write_spans`` turns all of them into Markdown at the very end; where words alone are wanted
(pictures, alternative texts), ``strip_marks`` takes them out. What people type holds no such
character: reading refuses them.
"""

from __future__ import annotations

import re

#: What stands around marked words. Typography treats both as if they were not there.
START, END = "\ue000", "\ue002"
_MIDDLE = "\ue001"
#: ASCII characters moved into the private-use area: those of references and of markup, and those
#: that are letters.
_MARKUP, _LETTERS = 0xE100, 0xE200
#: Hidden markup, inside a class of a regular expression.
HIDDEN = "\ue100-\ue17f"

#: Begins the reference of words that stand for lines of a document: « document:rapport:120-124 ».
PASSAGE = "document:"

_MARK = re.compile(f"{START}([\ue100-\ue17f]*){_MIDDLE}([^{END}]*){END}")
_HIDDEN_MARKUP = re.compile("[\ue100-\ue17f]+")
_HIDDEN_LETTER = re.compile("[\ue200-\ue27f]")

#: Always Markdown's own, wherever they stand, in pandoc's reader or in Quarto's.
_ALWAYS = r"[\\`*_{}\[\]()<>#|~^$@&\"'!]"
#: Only where they could begin something: a list, a definition, a rule, a dash, an ellipsis, an
#: address, a sign by name (« :smile: »), a fence (« ::: »).
_SOMETIMES = r"^[-+:=%]|(?<=-)-|-(?=-)|(?<=\.)\.|\.(?=\.)|:(?=//)|:(?=:)|(?<=:):|:(?=[\w+-]+:)"
_SPECIAL = re.compile(f"{_ALWAYS}|{_SOMETIMES}")
#: « 1. », « a) », « iv. » at the beginning of a text.
_NUMBERED = re.compile(r"^(?P<before>\d{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]+)(?P<sign>[.)])(?=\s|$)")


def _move(text: str, base: int) -> str:
    return "".join(chr(base + ord(letter)) for letter in text)


def mark(text: str, reference: str) -> str:
    """``text`` with its reference (ASCII: ``indicator[@territory][:modifier]``, ``table:name``).
    Raises ValueError when the text is marked already: references do not nest."""
    if START in text:
        raise ValueError(f"Ce texte porte déjà une marque : {strip_marks(text)}")
    return f"{START}{_move(reference, _MARKUP)}{_MIDDLE}{text}{END}" if text else ""


def hide(markup: str) -> str:
    """Markdown's own characters, so that nothing after it touches them: escaping, typography.
    Words alone do not have them."""
    return "".join(_move(sign, _MARKUP) if sign < "\x80" else sign for sign in markup)


def write_letters(text: str) -> str:
    """``text``, plain, on one line, every character of which is a letter to whoever reads Markdown.
    What is marked or hidden in it stays so; twice does no more than once."""
    line = re.sub(r"\s*[\n\r]\s*", " ", text).strip(" \t")
    line = _NUMBERED.sub(lambda found: found["before"] + _move(found["sign"], _LETTERS), line)
    return _SPECIAL.sub(lambda found: _move(found[0], _LETTERS), line)


#: What would end a quoted attribute, or be read inside of one by pandoc or by Quarto: in a table, a
#: bar ends its cell, code and formulas hide the bars between theirs.
_ENTITIES = {
    "&": "&amp;",
    '"': "&quot;",
    "\\": "&bsol;",
    "<": "&lt;",
    "{": "&lcub;",
    "}": "&rcub;",
    "|": "&vert;",
    "`": "&grave;",
    "$": "&dollar;",
}


def write_attribute(text: str) -> str:
    """Words fit for a quoted attribute of Markdown, on one line; ``html.unescape`` reads them."""
    line = re.sub(r"[ \t\n\r]+", " ", strip_marks(text)).strip()
    # Quarto looks for its shortcodes once attributes are read: nothing that is seen parts « {{ ».
    line = line.replace("{{<", "{\u2060{<")
    return "".join(_ENTITIES.get(letter, letter) for letter in line)


def _show(hidden: str) -> str:
    return "".join(chr(ord(letter) % 0x100) for letter in hidden)


def strip_marks(text: str) -> str:
    """The words alone."""
    words = _HIDDEN_MARKUP.sub("", _MARK.sub(lambda found: found[2], text))
    return _HIDDEN_LETTER.sub(lambda found: _show(found[0]), words)


def name_place(text: str, anchor: str) -> str:
    """``text`` as a place that links may lead to: ``[text]{#anchor}`` in the end."""
    return mark(text, "#" + anchor)


def find_marks(text: str) -> list[tuple[str, str]]:
    """(words, reference) of each number, in order; places and passages are left out."""
    found = [(strip_marks(match[2]), _show(match[1])) for match in _MARK.finditer(text)]
    return [pair for pair in found if not pair[1].startswith(("#", PASSAGE))]


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
    """Markdown in which each reference is a span, ``[60 000 arbres]{.trace data-trace="arbres"}``,
    and each letter is escaped."""

    def write(found: re.Match[str]) -> str:
        reference = _show(found[1])
        if reference.startswith("#"):
            return f"[{found[2]}]{{{reference}}}"
        if reference.startswith(PASSAGE):
            passage = reference.removeprefix(PASSAGE)
            return f'[{found[2]}]{{.document data-document="{passage}"}}'
        return f'[{found[2]}]{{.trace data-trace="{reference}"}}'

    shown = _HIDDEN_MARKUP.sub(lambda found: _show(found[0]), _MARK.sub(write, text))
    return _HIDDEN_LETTER.sub(lambda found: "\\" + _show(found[0]), shown)

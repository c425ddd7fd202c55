"""Captions: the finding above its figure, and numbers as fields, so that Word can make a table of
figures.

« Figure 3.2 » is the chapter's number, typed as in the headings, then a field that counts the
figures, begun anew at the first of each chapter: computed again, it gives the same. (To count from
the last heading of the first level, « \\s 1 », is unknown to LibreOffice: it would show others.)
Of this package wordml.
"""

from __future__ import annotations

import re

from lxml import etree

from analysis.publish.docx.wordml import every, field, find, name, run, style_of, text

_NUMBERED = re.compile(r"^(?P<label>[^\W\d]+)(?P<lead>[\s\u00a0]+(?:[\dA-Z]+\.)?)(?P<number>\d+)")


def raise_captions(document: etree._Element) -> None:
    """A figure's caption says what it shows before it is seen."""
    for figure in every(document, "w:p"):
        caption = figure.getnext()
        if style_of(figure) != "Figure" or caption is None or caption.tag != figure.tag:
            continue
        following = caption.getnext()
        of_a_table = following is not None and following.tag == name("w:tbl")
        if style_of(caption) == "Caption" and not of_a_table:
            figure.addprevious(caption)


def number_captions(document: etree._Element) -> None:
    """A field in place of the last number of each caption's label."""
    for caption in every(document, "w:p"):
        if style_of(caption) != "Caption":
            continue
        first = next((node for node in caption.iter(name("w:r"))), None)
        words = None if first is None else find(first, "w:t")
        found = _NUMBERED.match(words.text or "") if words is not None else None
        if not found:
            continue
        made = [
            run(text(found["label"] + found["lead"])),
            *field(_count(found["label"], found["number"]), found["number"]),
        ]
        words.text = words.text[found.end() :]
        for part in made:
            first.addprevious(part)


def _count(label: str, number: str) -> str:
    anew = " \\r 1" if number == "1" else ""
    return f"SEQ {label} \\* ARABIC{anew}"

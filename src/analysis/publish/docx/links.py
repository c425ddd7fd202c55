"""Links: what a number's link leads to is said before it is followed.

Of this package wordml.
"""

from __future__ import annotations

from lxml import etree

from analysis.publish.docx.wordml import every, find, get, name

_NUMBER = "Source et calcul de ce nombre"
_NUMBERS = {"Nombre", "Nombrefort"}


def explain_links(document: etree._Element) -> None:
    """A tip on each link whose words are a number."""
    for link in every(document, "w:hyperlink"):
        styles = {get(find(run, "w:rPr/w:rStyle")) for run in link.iter(name("w:r"))}
        if styles & _NUMBERS:
            link.set(name("w:tooltip"), _NUMBER)

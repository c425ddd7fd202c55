"""The theme: the identity's colours and fonts as Word's « Couleurs du thème » and « Polices ».

What styles take from it changes in the whole document when staff choose other colours or fonts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree

from analysis.publish.docx.wordml import NAMESPACES
from analysis.show.identity import Identity

NAME = "word/theme/theme1.xml"
#: Names of the accents in the order of the chapters.
ACCENTS = ("accent1", "accent2", "accent3", "accent4", "accent5", "accent6")


class Colour(NamedTuple):
    """A colour as Word takes it: six digits, and its name in the theme or « »."""

    value: str
    theme: str = ""


def name_colours(identity: Identity) -> dict[str, Colour]:
    """The identity's colours on paper; those that the theme holds with their name there."""
    named = {"ink": "text1", "paper": "background1", "main": "text2", "veil": "background2"}
    return {
        name: Colour(value.lstrip("#"), named.get(name, ""))
        for name, value in identity.light.items()
    }


def colour_chapters(colours: Sequence[str]) -> list[Colour]:
    """The chapters' colours: the theme has six accents, those after them stand by themselves."""
    return [
        Colour(colour.lstrip("#"), ACCENTS[place] if place < len(ACCENTS) else "")
        for place, colour in enumerate(colours)
    ]


def compose_theme(identity: Identity, colours: Sequence[str]) -> etree._Element:
    """« theme1.xml »; ``colours``: the chapters', in order."""
    light = identity.light
    accents = [*colours, *identity.other_chapters, *identity.chapters.values()][: len(ACCENTS)]
    scheme = {
        "dk1": light["ink"],
        "lt1": light["paper"],
        "dk2": light["main"],
        "lt2": light["veil"],
        **dict(zip(ACCENTS, accents, strict=True)),
        "hlink": light["main"],
        "folHlink": light["quiet"],
    }
    slots = "".join(
        f'<a:{slot}><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:{slot}>'
        for slot, colour in scheme.items()
    )
    fonts = "".join(
        f'<a:{kind}Font><a:latin typeface="{identity.fonts[family].family}"/>'
        f'<a:ea typeface=""/><a:cs typeface=""/></a:{kind}Font>'
        for kind, family in (("major", "sans"), ("minor", "serif"))
    )
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525" cap="flat" cmpd="sng" algn="ctr">{fill}<a:prstDash val="solid"/></a:ln>'
    plain = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return etree.fromstring(
        f'<a:theme xmlns:a="{NAMESPACES["a"]}" name="Rapport"><a:themeElements>'
        f'<a:clrScheme name="Rapport">{slots}</a:clrScheme>'
        f'<a:fontScheme name="Rapport">{fonts}</a:fontScheme>'
        f'<a:fmtScheme name="Rapport"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{plain * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme>"
        "</a:themeElements><a:objectDefaults/><a:extraClrSchemeLst/></a:theme>"
    )

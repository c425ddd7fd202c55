"""Styles of paragraphs and words: Word's own names wherever Word has one, French ones besides.

A style named as Word names it is found by staff where they look for it, is translated by their Word
(« heading 1 » shows as « Titre 1 ») and takes another document's look when text is moved there.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from analysis.publish.docx.numbering import BOX_BULLETS, BULLETS
from analysis.publish.docx.word_theme import Colour, name_colours
from analysis.publish.docx.wordml import element
from analysis.show.identity import Identity

LANGUAGE = "fr-FR"
#: Width between the margins, in twentieths of a point (16 cm of an A4 page).
TEXT_WIDTH = 9072
#: How far a box's text stands from its rule, and a list's from its bullets, in points.
_INSET, _BULLET = 10, 14
_SIDES = ("top", "left", "bottom")
#: What an evolution says: id and name of its style, name of its colour.
_VERDICTS = (
    ("Evolutionfavorable", "Évolution favorable", "favourable"),
    ("Evolutiondefavorable", "Évolution défavorable", "unfavourable"),
    ("Evolutionneutre", "Évolution neutre", "neutral"),
)


def twips(points: float) -> int:
    """Twentieths of a point, Word's measure."""
    return round(points * 20)


# Properties ---------------------------------------------------------------------------------------


def spacing(before: float = 0, after: float = 0, line: float = 1) -> etree._Element:
    """Space around a paragraph in points; ``line``: height of a line, in lines."""
    return element(
        "w:spacing",
        before=twips(before),
        after=twips(after),
        line=round(240 * line),
        lineRule="auto",
    )


def indent(left: float = 0, hanging: float = 0, right: float = 0) -> etree._Element:
    """Indents in points."""
    return element("w:ind", left=twips(left), right=twips(right), hanging=twips(hanging))


def border(side: str, width: float, colour: Colour, space: float = 0) -> etree._Element:
    """A rule at one side of a paragraph or of a table, its width in points."""
    more = {"themeColor": colour.theme} if colour.theme else {}
    return element(
        f"w:{side}",
        val="single",
        sz=round(width * 8),
        space=round(space),
        color=colour.value,
        **more,
    )


def shade(colour: Colour) -> etree._Element:
    """A ground."""
    more = {"themeFill": colour.theme} if colour.theme else {}
    return element("w:shd", val="clear", color="auto", fill=colour.value, **more)


def ink(colour: Colour) -> etree._Element:
    """The colour of words."""
    more = {"themeColor": colour.theme} if colour.theme else {}
    return element("w:color", val=colour.value, **more)


def size(points: float) -> list[etree._Element]:
    """Type size; Word knows half points."""
    return [element(tag, val=round(points * 2)) for tag in ("w:sz", "w:szCs")]


def sans() -> etree._Element:
    """The theme's font of titles."""
    return element(
        "w:rFonts",
        asciiTheme="majorHAnsi",
        hAnsiTheme="majorHAnsi",
        eastAsiaTheme="majorEastAsia",
        cstheme="majorBidi",
    )


def bold() -> list[etree._Element]:
    return [element("w:b"), element("w:bCs")]


def italic() -> list[etree._Element]:
    return [element("w:i"), element("w:iCs")]


def keep() -> list[etree._Element]:
    """A paragraph that stays whole, on the page of the next."""
    return [element("w:keepNext"), element("w:keepLines")]


def tabs(*stops: tuple[str, int, str]) -> etree._Element:
    """Stops: kind, place in twentieths of a point, leader."""
    return element(
        "w:tabs",
        *(element("w:tab", val=kind, leader=leader, pos=place) for kind, place, leader in stops),
    )


def compose_style(
    kind: str,
    id: str,
    name: str,
    *,
    based: str = "",
    following: str = "",
    priority: int = 99,
    custom: bool = False,
    quick: bool = True,
    default: bool = False,
    paragraph: Iterable[etree._Element] = (),
    words: Iterable[etree._Element] = (),
    more: Iterable[etree._Element] = (),
) -> etree._Element:
    """One « w:style »; ``more``: what follows the properties of words (those of a table)."""
    attributes = {"type": kind, "styleId": id}
    attributes |= {"customStyle": "1"} if custom else {}
    attributes |= {"default": "1"} if default else {}
    paragraph, words = list(paragraph), list(words)
    return element(
        "w:style",
        element("w:name", val=name),
        element("w:basedOn", val=based) if based else None,
        element("w:next", val=following) if following else None,
        element("w:uiPriority", val=priority),
        element("w:qFormat") if quick else None,
        element("w:pPr", *paragraph) if paragraph else None,
        element("w:rPr", *words) if words else None,
        *more,
        **attributes,
    )


# The styles ---------------------------------------------------------------------------------------


def compose_paragraph_styles(identity: Identity) -> list[etree._Element]:
    """Styles of paragraphs, in the order in which Word's list shows them."""
    colours, sizes = name_colours(identity), identity.type
    hair, tiny, small, medium, large, wide, broad, _ = identity.space
    ink_, quiet, main = colours["ink"], colours["quiet"], colours["main"]

    def own(id: str, name: str, **more: object) -> etree._Element:
        return compose_style(
            "paragraph", id, name, **{"based": "Normal", "custom": True, "priority": 30} | more
        )

    def word(id: str, name: str, **more: object) -> etree._Element:
        return compose_style("paragraph", id, name, **{"based": "Normal"} | more)

    styles = [
        word("Normal", "Normal", based="", priority=0, default=True),
        word(
            "BodyText",
            "Body Text",
            priority=1,
            paragraph=[spacing(before=small, after=hair, line=1.2)],
        ),
        word(
            "Title",
            "Title",
            following="Subtitle",
            priority=10,
            paragraph=[
                spacing(before=broad, after=large, line=0.95),
                element("w:suppressAutoHyphens"),
            ],
            words=[sans(), *bold(), ink(main), *size(sizes["title"])],
        ),
        word(
            "Subtitle",
            "Subtitle",
            following="BodyText",
            priority=11,
            paragraph=[spacing(after=medium), element("w:suppressAutoHyphens")],
            words=[sans(), ink(quiet), *size(sizes["heading-2"])],
        ),
    ]
    headings = {
        1: (spacing(before=tiny, after=small, line=0.95), main, bold()),
        2: (spacing(before=wide, after=tiny), main, bold()),
        3: (spacing(before=large, after=hair), ink_, bold()),
        4: (spacing(before=medium), ink_, bold()),
        5: (spacing(before=medium), quiet, bold()),
        6: (spacing(before=medium), quiet, italic()),
    }
    styles += [
        word(
            f"Heading{level}",
            f"heading {level}",
            following="BodyText",
            priority=9,
            paragraph=[
                *keep(),
                element("w:suppressAutoHyphens"),
                space,
                element("w:outlineLvl", val=level - 1),
            ],
            words=[sans(), *weight, ink(colour), *size(sizes[f"heading-{min(level, 4)}"])],
        )
        for level, (space, colour, weight) in headings.items()
    ]
    styles.append(
        word(
            "TOCHeading",
            "TOC Heading",
            following="BodyText",
            priority=39,
            paragraph=[*keep(), spacing(before=tiny, after=large)],
            words=[sans(), *bold(), ink(main), *size(sizes["heading-1"])],
        )
    )
    for level, (space, weight, letters) in enumerate(
        (
            (spacing(before=6, after=hair), bold(), sizes["text"]),
            (spacing(after=1), [], sizes["small"]),
            (spacing(after=1), [], sizes["note"]),
        ),
        start=1,
    ):
        styles.append(
            word(
                f"TOC{level}",
                f"toc {level}",
                priority=39,
                quick=False,
                paragraph=[
                    element("w:suppressAutoHyphens"),
                    tabs(("right", TEXT_WIDTH, "dot")),
                    space,
                    indent(left=12 * (level - 1)),
                ],
                words=[sans(), *weight, *size(letters)],
            )
        )
    bullets = [
        (f"ListBullet{mark}", f"List Bullet{space_mark}", level)
        for level, (mark, space_mark) in enumerate((("", ""), ("2", " 2"), ("3", " 3")))
    ]
    styles += [
        word(
            id,
            name,
            based="BodyText",
            priority=2,
            paragraph=[
                element(
                    "w:numPr",
                    element("w:ilvl", val=level),
                    element("w:numId", val=BULLETS),
                ),
                spacing(before=hair, after=hair, line=1.15),
                indent(left=_BULLET * (level + 1), hanging=_BULLET),
            ],
        )
        for id, name, level in bullets
    ]
    styles += [
        own(
            "Lignedesommaire",
            "Ligne de sommaire",
            based="ListBullet",
            paragraph=[spacing(after=1), indent(left=9, hanging=9)],
            words=[sans(), *size(sizes["chart-small"])],
        ),
        own(
            "Rubriquedesommaire",
            "Rubrique de sommaire",
            paragraph=[*keep(), spacing(before=tiny, after=1)],
            words=[sans(), *size(sizes["small"])],
        ),
    ]
    styles += [
        word(
            id,
            name,
            based="BodyText",
            priority=2,
            paragraph=[
                spacing(before=hair, after=hair, line=1.15),
                indent(left=_BULLET * level + 6, hanging=_BULLET + 6 if numbered else 0),
            ],
        )
        for id, name, level, numbered in (
            ("ListNumber", "List Number", 1, True),
            ("ListNumber2", "List Number 2", 2, True),
            ("ListContinue", "List Continue", 1, False),
            ("ListContinue2", "List Continue 2", 2, False),
        )
    ]
    quote = [spacing(before=small, after=small, line=1.15), indent(left=wide, right=wide)]
    styles += [
        word("Quote", "Quote", based="BodyText", priority=29, paragraph=quote, words=italic()),
        word(
            "IntenseQuote",
            "Intense Quote",
            based="Quote",
            priority=30,
            paragraph=[element("w:pBdr", border("left", 2.25, main, _INSET))],
            words=[ink(main)],
        ),
        word(
            "Caption",
            "caption",
            following="BodyText",
            priority=35,
            paragraph=[*keep(), spacing(before=medium, after=tiny)],
            words=[sans(), *bold(), *size(sizes["small"])],
        ),
        word(
            "TableofFigures",
            "table of figures",
            quick=False,
            paragraph=[tabs(("right", TEXT_WIDTH, "dot")), spacing(after=2)],
            words=[sans()],
        ),
        word(
            "Header",
            "header",
            quick=False,
            paragraph=[spacing()],
            words=[sans(), ink(quiet), *size(sizes["note"])],
        ),
        word(
            "Footer",
            "footer",
            quick=False,
            paragraph=[
                element("w:pBdr", border("top", 0.5, colours["rule"], 6)),
                tabs(("right", TEXT_WIDTH, "none")),
                spacing(),
            ],
            words=[sans(), ink(quiet), *size(sizes["note"])],
        ),
        word(
            "FootnoteText",
            "footnote text",
            quick=False,
            paragraph=[spacing(after=2)],
            words=size(sizes["small"]),
        ),
        word(
            "HTMLPreformatted",
            "HTML Preformatted",
            quick=False,
            paragraph=[spacing(after=small)],
            words=[_typewriter(), *size(sizes["small"])],
        ),
    ]
    veil = colours["veil"]

    def box(side: str) -> list[etree._Element]:
        """A rule at the left of a ground, which goes on at one other side."""
        rules = {"left": border("left", 3, main, _INSET), side: border(side, 0.5, veil, tiny)}
        return [element("w:pBdr", *(rules[key] for key in _SIDES if key in rules)), shade(veil)]

    def detail(colour: Colour) -> list[etree._Element]:
        return [sans(), ink(colour), *size(sizes["small"])]

    styles += [
        own(
            "Partie",
            "Partie",
            following="Heading1",
            paragraph=[*keep(), spacing(after=0)],
            words=[
                sans(),
                *bold(),
                element("w:caps"),
                element("w:spacing", val=20),
                ink(quiet),
                *size(sizes["small"]),
            ],
        ),
        own(
            "Chapeau",
            "Chapeau",
            following="BodyText",
            paragraph=[spacing(after=small, line=1.2)],
            words=[ink(ink_), *size(sizes["lead"])],
        ),
        own(
            "Renvoi",
            "Renvoi",
            following="BodyText",
            paragraph=[*keep(), spacing(after=hair)],
            words=[sans(), ink(quiet), *size(sizes["small"])],
        ),
        own(
            "Fiche",
            "Fiche",
            following="BodyText",
            paragraph=[
                element("w:keepLines"),
                spacing(before=small, after=tiny, line=1.1),
            ],
            words=[sans(), *size(sizes["small"])],
        ),
        own(
            "Figure",
            "Figure",
            following="Source",
            paragraph=[*keep(), spacing(after=hair)],
        ),
        own(
            "Source",
            "Source",
            following="BodyText",
            paragraph=[spacing(after=medium)],
            words=[sans(), ink(quiet), *size(sizes["note"])],
        ),
        own(
            "Titredencadre",
            "Titre d’encadré",
            following="Encadre",
            paragraph=[*keep(), *box("top"), spacing(before=medium), indent(left=_INSET)],
            words=[sans(), *bold(), *size(sizes["heading-4"])],
        ),
        own(
            "Encadre",
            "Encadré",
            following="Encadre",
            paragraph=[*box("bottom"), spacing(line=1.15), indent(left=_INSET)],
            words=[sans(), *size(sizes["text"])],
        ),
        own(
            "Pucedencadre",
            "Puce d’encadré",
            based="Encadre",
            following="Pucedencadre",
            paragraph=[
                element(
                    "w:numPr",
                    element("w:ilvl", val=0),
                    element("w:numId", val=BOX_BULLETS),
                ),
                indent(left=_INSET + _BULLET, hanging=_BULLET),
            ],
        ),
        own(
            "Textedetableau",
            "Texte de tableau",
            following="Textedetableau",
            paragraph=[spacing()],
            words=[sans(), *size(sizes["small"])],
        ),
        own(
            "Titredetableau",
            "Titre de tableau",
            following="Textedetableau",
            paragraph=[*keep(), spacing(before=medium, after=tiny)],
            words=[sans(), *bold(), ink(main), *size(sizes["heading-4"])],
        ),
        own(
            "Nombredetableau",
            "Nombre de tableau",
            based="Textedetableau",
            following="Nombredetableau",
            paragraph=[element("w:jc", val="right")],
        ),
        own(
            "Symboledetableau",
            "Symbole de tableau",
            based="Textedetableau",
            following="Symboledetableau",
            paragraph=[element("w:jc", val="center")],
        ),
        own(
            "Chiffrecle",
            "Chiffre clé",
            following="Intituledechiffrecle",
            paragraph=[*keep(), spacing(line=0.95), element("w:suppressAutoHyphens")],
            words=[sans(), *bold(), ink(main), *size(sizes["figure"])],
        ),
        own(
            "Intituledechiffrecle",
            "Intitulé de chiffre clé",
            following="Detaildechiffrecle",
            paragraph=[spacing()],
            words=[sans(), *bold(), *size(sizes["text"])],
        ),
        own(
            "Detaildechiffrecle",
            "Détail de chiffre clé",
            following="Detaildechiffrecle",
            paragraph=[spacing()],
            words=detail(quiet),
        ),
        *(
            own(
                id,
                name,
                based="Detaildechiffrecle",
                following="Detaildechiffrecle",
                words=[*bold(), ink(Colour(identity.evolution[kind].lstrip("#")))],
            )
            for id, name, kind in _VERDICTS
        ),
        own(
            "Bandeau",
            "Bandeau",
            based="Header",
            following="Header",
            quick=False,
            words=size(1),
        ),
    ]
    return styles


def _typewriter() -> etree._Element:
    return element("w:rFonts", ascii="Consolas", hAnsi="Consolas", cs="Consolas")


def compose_character_styles(identity: Identity) -> list[etree._Element]:
    """Styles of words."""
    colours, sizes = name_colours(identity), identity.type

    def word(id: str, name: str, priority: int, *words: etree._Element) -> etree._Element:
        return compose_style(
            "character", id, name, based="DefaultParagraphFont", priority=priority, words=words
        )

    def own(id: str, name: str, *words: etree._Element) -> etree._Element:
        return compose_style(
            "character",
            id,
            name,
            based="DefaultParagraphFont",
            priority=30,
            custom=True,
            words=words,
        )

    return [
        compose_style(
            "character",
            "DefaultParagraphFont",
            "Default Paragraph Font",
            priority=1,
            quick=False,
            default=True,
        ),
        word("Strong", "Strong", 22, *bold()),
        word("Emphasis", "Emphasis", 20, *italic()),
        word("IntenseEmphasis", "Intense Emphasis", 21, *bold(), *italic()),
        word("Hyperlink", "Hyperlink", 99, ink(Colour(colours["main"].value, "hyperlink"))),
        word(
            "FollowedHyperlink",
            "FollowedHyperlink",
            99,
            ink(Colour(colours["quiet"].value, "followedHyperlink")),
        ),
        word(
            "FootnoteReference",
            "footnote reference",
            99,
            element("w:vertAlign", val="superscript"),
        ),
        word("HTMLCode", "HTML Code", 99, _typewriter(), *size(sizes["small"])),
        # A number that links to its line of the annex: to the eye, a number like another.
        own("Nombre", "Nombre"),
        own("Nombrefort", "Nombre fort", *bold()),
        own("ODD", "ODD", sans(), *bold()),
        own(
            "Unitedechiffrecle",
            "Unité de chiffre clé",
            ink(colours["quiet"]),
            *size(sizes["heading-4"]),
        ),
    ]


def compose_defaults(identity: Identity) -> etree._Element:
    """What holds for the whole document: the font of running text, its size, ink, and French."""
    return element(
        "w:docDefaults",
        element(
            "w:rPrDefault",
            element(
                "w:rPr",
                element(
                    "w:rFonts",
                    asciiTheme="minorHAnsi",
                    hAnsiTheme="minorHAnsi",
                    eastAsiaTheme="minorEastAsia",
                    cstheme="minorBidi",
                ),
                ink(name_colours(identity)["ink"]),
                *size(identity.type["text"]),
                element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"),
            ),
        ),
        element("w:pPrDefault"),
    )

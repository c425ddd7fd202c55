"""Slides as a PowerPoint file: the territory's identity, letters that the back of the room reads,
an alternative text for each picture, titles and bodies in placeholders (an outline, a reading
order), the same bytes for the same content.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime
from math import ceil
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from analysis.base.archive import read_zip, write_zip
from analysis.base.paths import Dossier
from analysis.base.pictures import publish_picture
from analysis.model.store import Edition, list_members
from analysis.publish.docx.reference import describe_font
from analysis.show.council_slides import Item, Slide
from analysis.show.identity import Identity, adapt_identity, colour_chapters
from analysis.show.maps.outlines import lay_out, read_outlines
from analysis.words import french

#: Inches: the slide, its margins, the band of the title, the foot.
WIDTH, HEIGHT, MARGIN, BAND, FOOT = 13.333, 7.5, 0.6, 1.45, 0.75
#: Inches: figures and lines beside the map.
BESIDE = 7.9
#: Points: title, words of a figure and of many lines, lines, numbers (of one row, of several, the
#: smallest), that of the slide.
TITLE, BODY, LINES, LARGE, MEDIUM, SMALL, NUMBER = 36, 24, 28, 66, 44, 32, 16
#: Of a letter on a colour.
_WHITE = RGBColor(255, 255, 255)
#: What a letter takes of its size in width, roughly, and a bold number.
_LETTER, _DIGIT = 0.6, 0.72
_TITLE_AND_BODY = 1
#: Parts of python-pptx's own template.
_NOT_OURS = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.PRINTER_SETTINGS)
#: Letters of a title beyond which it is written smaller.
_LONG = 70
#: Points after a line.
_GAP = 8


def draw_slides(
    dossier: Dossier,
    edition: Edition,
    slides: Sequence[Slide],
    pages: Mapping[str, int],
    epoch: int,
) -> bytes:
    """The file. ``pages``: of each label of the report, its page in print; ``epoch``: the moment
    that the file says it was made."""
    identity = adapt_identity(edition.identity)
    colours = colour_chapters(edition.chapters, edition.identity)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    _set_theme(deck, identity, list(colours.values()))
    for slide in slides:
        colour = colours.get(slide.chapter, identity.light["main"])
        drawn = deck.slides.add_slide(deck.slide_layouts[_TITLE_AND_BODY])
        _Painter(drawn, slide, colour, identity.light["ink"]).paint(dossier, edition)
        drawn.notes_slide.notes_text_frame.text = write_notes(edition, slide, pages)
    moment = datetime.fromtimestamp(epoch, UTC)
    _describe(deck, edition, moment)
    return _pack(deck, moment)


def write_notes(edition: Edition, slide: Slide, pages: Mapping[str, int]) -> str:
    """For who speaks: where the report treats what the slide says, and what there was no room
    for."""
    shown, aside = ([_cite(edition, one, pages) for one in of] for of in (slide.items, slide.aside))
    heading = [french.typeset("Non affiché, faute de place :")] if aside else []
    return "\n".join([*shown, *heading, *aside])


def _cite(edition: Edition, item: Item, pages: Mapping[str, int]) -> str:
    said = " : ".join(filter(None, (item.lead, item.words)))
    page = pages.get(item.place)
    places = [f"rapport {edition.year}, page {page}"] if page else []
    places += [f"source : {item.source}"] if item.source else []
    return french.typeset(f"{said} ({' ; '.join(places)})." if places else f"{said}.")


class _Painter:
    """One slide, from its title down."""

    def __init__(self, drawn: Any, slide: Slide, colour: str, ink: str) -> None:
        self.drawn, self.slide = drawn, slide
        self.colour, self.ink = (RGBColor.from_string(one[1:].upper()) for one in (colour, ink))

    def paint(self, dossier: Dossier, edition: Edition) -> None:
        """Title, figures, body, map, logo, number: the order in which they are read."""
        title, body = self.drawn.shapes.title, self.drawn.placeholders[1]
        _place(title, 0, 0, WIDTH, BAND)
        title.fill.solid()
        title.fill.fore_color.rgb = self.colour
        frame = title.text_frame
        frame.margin_left = frame.margin_right = Inches(MARGIN)
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        size = TITLE if len(self.slide.title) <= _LONG else LINES
        _write(frame.paragraphs[0], self.slide.title, size, _WHITE, True)
        members = list_members(edition.communes, date(edition.year, 12, 31))
        outlines = read_outlines(edition.communes_geojson, members) if self.slide.mapped else {}
        width = BESIDE if outlines else WIDTH - 2 * MARGIN
        figures = [item for item in self.slide.items if item.figure]
        lines = [item for item in self.slide.items if not item.figure]
        below = BAND + 0.25
        if figures:
            columns = len(figures) if len(figures) < 4 else ceil(len(figures) / 2)
            below = self._paint_figures(figures, below, width, 2 if outlines else columns)
        self.drawn.shapes._spTree.remove(body._element)
        if lines:
            self.drawn.shapes._spTree.append(body._element)  # read after the figures
            height = HEIGHT - FOOT - below
            _place(body, MARGIN, below, width, height)
            taken = sum(_measure(f"{one.lead} : {one.words}", LINES, width) for one in lines)
            size = LINES if taken + len(lines) * _GAP / 72 <= height else BODY
            self._write_lines(body.text_frame, lines, size)
        if outlines:
            self._draw_map(edition, outlines)
        if logo := edition.identity.get("logo"):
            self._add_logo(dossier.raw / logo["file"], logo["alt"])
        self._number()

    def _paint_figures(
        self, figures: Sequence[Item], top: float, width: float, columns: int
    ) -> float:
        """Rows of figures; returns where what follows begins."""
        rows, cell = ceil(len(figures) / columns), width / columns
        words = max(_measure(item.words, BODY, cell) for item in figures)
        longest = max(len(item.lead) for item in figures)
        fitting = (cell - 0.3) * 72 / _DIGIT / longest
        size = max(SMALL, min(LARGE if rows == 1 else MEDIUM, fitting))
        height = size * 1.1 / 72 + words + 0.15
        for place, item in enumerate(figures):
            box = self.drawn.shapes.add_textbox(0, 0, 0, 0)
            row, column = divmod(place, columns)
            _place(box, MARGIN + column * cell, top + row * height, cell, height)
            box.name = french.typeset(f"Chiffre {place + 1}")
            frame = box.text_frame
            frame.word_wrap, frame.margin_left, frame.margin_top = True, 0, 0
            _write(frame.paragraphs[0], item.lead, size, self.colour, True)
            frame.paragraphs[0].line_spacing = 0.9
            _write(frame.add_paragraph(), item.words, BODY, self.ink)
        return top + rows * height + 0.1

    def _write_lines(self, frame: Any, lines: Sequence[Item], size: float) -> None:
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = 0
        line = frame.paragraphs[0]
        under = any(item.heading for item in lines)
        for place, item in enumerate(lines):
            if place and not (item.lead or lines[place - 1].heading):
                _write(line, f"{french.NARROW}; {item.words}", size, self.ink)
                continue
            line = frame.add_paragraph() if place else line
            line.space_after = Pt(_GAP)
            lead = f"{item.lead}{french.NO_BREAK}: " if item.lead and item.words else item.lead
            colour = self.ink if under and not item.heading else self.colour
            _write(line, lead, LINES if item.heading else size, colour, True)
            _write(line, item.words, size, self.ink)

    def _draw_map(self, edition: Edition, outlines: Mapping[str, Any]) -> None:
        """The communes as one shape."""
        left, top = MARGIN + BESIDE + 0.3, BAND + 0.3
        size = (WIDTH - MARGIN - left, HEIGHT - FOOT - top)
        rings = [
            [(Inches(x), Inches(y)) for x, y in ring]
            for one in lay_out(outlines, left, top, *size).rings.values()
            for ring in one
        ]
        builder = self.drawn.shapes.build_freeform(*rings[0][0])
        for ring in rings:
            builder.move_to(*ring[0])
            builder.add_line_segments(ring[1:], close=True)
        shape = builder.convert_to_shape()
        shape.fill.solid()
        shape.fill.fore_color.rgb = self.colour
        shape.line.color.rgb = _WHITE
        shape.line.width = Pt(1)
        shape._element.remove(shape._element.find(qn("p:style")))  # its shadow
        said = f"Carte : les limites communales {edition.territory['of_name']}."
        _describe_shape(shape, french.typeset(said), "Carte")

    def _add_logo(self, file: Path, alternative: str) -> None:
        left, top, height = map(Inches, (MARGIN, HEIGHT - FOOT + 0.05, FOOT - 0.2))
        content = io.BytesIO()
        publish_picture(file, content)
        picture = self.drawn.shapes.add_picture(content, left, top, height=height)
        _describe_shape(picture, french.typeset(alternative), "Logo")

    def _number(self) -> None:
        """The slide's number, which python-pptx leaves in the layout."""
        for shape in self.drawn.slide_layout.placeholders:
            if shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
                number = deepcopy(shape._element)
                for letters in number.iter(qn("a:rPr")):
                    letters.attrib.update({"lang": "fr-FR", "sz": f"{NUMBER}00"})
                self.drawn.shapes._spTree.append(number)


def _write(line: Any, text: str, size: float, colour: RGBColor, bold: bool = False) -> None:
    if text:
        run = line.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = colour


def _measure(text: str, size: float, width: float) -> float:
    """Inches that words take in height, in letters as wide as those of most fonts."""
    return ceil(len(text) * _LETTER * size / 72 / width) * size * 1.2 / 72


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top = Inches(left), Inches(top)
    shape.width, shape.height = Inches(width), Inches(height)


def _describe_shape(shape: Any, alternative: str, name: str) -> None:
    shape.name = name
    shape._element.xpath(".//p:cNvPr")[0].set("descr", alternative)


def _set_theme(deck: Any, identity: Identity, colours: Iterable[str]) -> None:
    """Colours and fonts of the identity where PowerPoint looks for them; a machine without the
    font takes another of its kind (PANOSE)."""
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = part.blob.decode("utf-8")
    chosen = dict.fromkeys(("dk2", "hlink"), identity.light["main"])
    chosen |= {f"accent{n}": colour for n, colour in enumerate([*colours][:6], 1)}
    for name, colour in chosen.items():
        one = f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>'
        theme = re.sub(rf"<a:{name}>.*?</a:{name}>", one, theme, flags=re.DOTALL)
    sans = identity.fonts["sans"]
    panose = dict(describe_font(sans.file("regular")))["panose"]
    font = f'<a:latin typeface="{sans.family}" panose="{panose}" pitchFamily="34" charset="0"/>'
    theme = re.sub(r'<a:latin typeface="[^"]*"[^>]*/>', font, theme)
    part._blob = theme.encode("utf-8")
    for master in (deck.slide_master, *deck.slide_layouts):  # drawn for a slide of 10 inches
        for shape in master.placeholders:
            if shape._element.xpath(".//a:off"):
                shape.left = round(shape.left * WIDTH / 10)
                shape.width = round(shape.width * WIDTH / 10)
    for style in deck.slide_master._element.xpath("p:txStyles//a:lvl1pPr"):
        style.attrib.update({"algn": "l", "marL": "0", "indent": "0"})
        for bullet in style.findall(qn("a:buChar")):
            style.replace(bullet, style.makeelement(qn("a:buNone"), {}))


def _describe(deck: Any, edition: Edition, moment: datetime) -> None:
    about = deck.core_properties
    about.title = french.typeset(f"Rapport développement durable {edition.year} : diaporama")
    about.subject = "Présentation au conseil"
    # No property of Office holds more letters.
    about.author = about.last_modified_by = edition.territory["full_name"][:255]
    about.language, about.keywords, about.comments = "fr-FR", "", ""
    about.revision = 1
    about.created = about.modified = moment.replace(tzinfo=None)
    for slide in deck.slides:
        for root in (slide._element, slide.notes_slide._element):
            for run in root.iter(qn("a:r")):
                run.get_or_add_rPr().set("lang", "fr-FR")


def _pack(deck: Any, day: date) -> bytes:
    """The file with its parts dated: python-pptx writes the clock's time."""
    for owner in (deck.part.package, deck.part):
        for id, relation in [*owner._rels.items()]:
            if relation.reltype in _NOT_OURS:
                owner._rels.pop(id)
    buffer = io.BytesIO()
    deck.save(buffer)
    return write_zip(read_zip(buffer.getvalue()), day)

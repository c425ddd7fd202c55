"""The reference document, from which both engines take styles, theme and fonts by their names.

Fonts go into it as whole files: their licence (OFL) lets a document carry them. Word wants them
« obfuscated » (ECMA-376, part 4): the first 32 bytes mixed with a key that stands beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID, uuid5
from zipfile import ZIP_STORED

from fontTools.misc import sstruct
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.O_S_2f_2 import panoseFormat

from analysis.publish.docx.docx_package import DOCUMENT, Package
from analysis.publish.docx.word_template import ACCENTS, fill, write_colour
from analysis.publish.docx.wordml import every
from analysis.publish.pandoc import run_pandoc
from analysis.show.identity import Identity

#: Parts of pandoc's own reference document that ours replace.
_PARTS = ("styles", "theme/theme1", "numbering", "settings", "fontTable")
#: Word knows four styles of a family; of the fifth and sixth (semibold) it would make families.
_STYLES = ("regular", "bold", "italic")
_KEYS = UUID("7c0b2b0e-6a51-5d0c-9a55-6f4f8d6f0c11")


def write_reference(path: Path, colours: Sequence[str], identity: Identity) -> None:
    """Write it; ``colours``: the chapters', in order."""
    package = Package(run_pandoc(["--print-default-data-file", "reference.docx"]))
    accents = [*colours, *identity.other_chapters, *identity.chapters.values()][:ACCENTS]
    values = {f"accent{place}": write_colour(colour) for place, colour in enumerate(accents, 1)}
    values["main"] = write_colour(identity.light["main"])
    values |= embed_fonts(package, identity)
    for part in _PARTS:
        package.save(f"word/{part}.xml", fill(f"word/{part}.xml", **values))
    document = package.load(DOCUMENT)
    for section in every(document, "w:sectPr"):  # pictures are no wider than its text
        section.getparent().replace(section, fill("word/section-columns.xml", columns=""))
    package.save(DOCUMENT, document)
    # pandoc takes the parts out and packs them again: to compress the fonts twice takes long.
    path.write_bytes(package.pack(date(1980, 1, 1), ZIP_STORED))


def obfuscate(font: bytes, key: UUID) -> bytes:
    """The first 32 bytes mixed with the key, its last byte first; twice gives the font again."""
    mask = key.bytes[::-1] * 2
    return bytes(byte ^ mixed for byte, mixed in zip(font, mask, strict=False)) + font[32:]


def embed_fonts(package: Package, identity: Identity) -> dict[str, str]:
    """Put the identity's fonts into the file; returns what its table of fonts says of them."""
    values = {}
    for kind, font in identity.fonts.items():
        for style in _STYLES:
            content = font.file(style).read_bytes()
            # The same key for the same file.
            key = uuid5(_KEYS, hashlib.sha256(content).hexdigest())
            part = f"word/fonts/{kind}-{style}.odttf"
            package.add(part, obfuscate(content, key), "font", "word/fontTable.xml")
            values[f"{kind}_{style}"] = str(key).upper()
        values |= {f"{kind}_{name}": value for name, value in describe_font(font.file("regular"))}
    return values


def describe_font(path: Path) -> list[tuple[str, str]]:
    """What Word wants to know to choose another font: classification, alphabets, code pages."""
    with TTFont(path) as font:
        table = font["OS/2"]
        ranges = [getattr(table, f"ulUnicodeRange{place}") for place in range(1, 5)]
        pages = [getattr(table, f"ulCodePageRange{place}") for place in range(1, 3)]
        panose = sstruct.pack(panoseFormat, table.panose).hex().upper()
    return [
        ("panose", panose),
        *((f"usb{place}", f"{value:08X}") for place, value in enumerate(ranges)),
        *((f"csb{place}", f"{value:08X}") for place, value in enumerate(pages)),
    ]

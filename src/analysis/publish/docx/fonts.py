"""The fonts inside the file, so that it looks the same where they are not installed.

Whole files: their licence (OFL) lets a document carry them. Word wants them « obfuscated »
(ECMA-376, part 4): the first 32 bytes mixed with a key that stands beside them.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from uuid import UUID, uuid5

from lxml import etree

from analysis.publish.docx.docx_package import Package
from analysis.publish.docx.wordml import element, name
from analysis.show.identity import Font, Identity

NAME = "word/fontTable.xml"
#: Word knows four styles of a family; of the fifth and sixth (semibold) it would make families.
_STYLES = {"Regular": "regular", "Bold": "bold", "Italic": "italic"}
_FAMILIES = {"sans": "swiss", "serif": "roman"}
_KEYS = UUID("7c0b2b0e-6a51-5d0c-9a55-6f4f8d6f0c11")


def name_key(font: bytes) -> UUID:
    """The key of a font: the same for the same file."""
    return uuid5(_KEYS, hashlib.sha256(font).hexdigest())


def obfuscate(font: bytes, key: UUID) -> bytes:
    """The first 32 bytes mixed with the key, its last byte first; twice gives the font again."""
    mask = key.bytes[::-1] * 2
    return bytes(byte ^ mixed for byte, mixed in zip(font, mask, strict=False)) + font[32:]


def describe_font(content: bytes) -> list[etree._Element]:
    """What Word wants to know to choose another font: classification, code pages."""
    count = struct.unpack_from(">H", content, 4)[0]
    for place in range(12, 12 + 16 * count, 16):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", content, place)
        if tag == b"OS/2":
            break
    else:
        raise ValueError("police sans table OS/2")
    panose = content[offset + 32 : offset + 42].hex().upper()
    ranges = struct.unpack_from(">4L", content, offset + 42)
    pages = struct.unpack_from(">2L", content, offset + 78)
    marks = {f"usb{place}": f"{value:08X}" for place, value in enumerate(ranges)}
    marks |= {f"csb{place}": f"{value:08X}" for place, value in enumerate(pages)}
    return [element("w:panose1", val=panose), element("w:sig", **marks)]


def _list_files(font: Font) -> dict[str, Path]:
    return {
        slot: font.file(style).resolve() for slot, style in _STYLES.items() if style in font.files
    }


def embed_fonts(package: Package, identity: Identity) -> None:
    """Put the identity's fonts and the table of fonts into the file."""
    package.remove(NAME)
    table = element("w:fonts")
    package.put(NAME, table, "fontTable")
    for kind, font in sorted(identity.fonts.items()):
        files = {slot: path.read_bytes() for slot, path in _list_files(font).items()}
        panose, signature = describe_font(files["Regular"])
        embedded = []
        for slot, content in files.items():
            key = name_key(content)
            part = f"word/fonts/{kind}-{slot.lower()}.odttf"
            relation = package.put(part, obfuscate(content, key), "font", NAME)
            made = element(f"w:embed{slot}", fontKey=f"{{{str(key).upper()}}}")
            made.set(name("r:id"), relation)
            embedded.append(made)
        table.append(
            element(
                "w:font",
                panose,
                element("w:charset", val="00"),
                element("w:family", val=_FAMILIES.get(kind, "auto")),
                element("w:pitch", val="variable"),
                signature,
                *embedded,
                name=font.family,
            )
        )
    package.save(NAME, table)

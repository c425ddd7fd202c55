"""The file itself: its parts, what relates them, their types, and a zip of always the same bytes.

Of this package wordml.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from lxml import etree

from analysis.publish.docx import wordml

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
#: Content type of each kind of part that is written here.
CONTENT_TYPES = {
    "header": f"{_WORD}.header+xml",
    "footer": f"{_WORD}.footer+xml",
    "fontTable": f"{_WORD}.fontTable+xml",
    "numbering": f"{_WORD}.numbering+xml",
    "settings": f"{_WORD}.settings+xml",
    "styles": f"{_WORD}.styles+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "font": "application/vnd.openxmlformats-officedocument.obfuscatedFont",
}
DOCUMENT = "word/document.xml"
#: A zip knows no earlier time.
_EARLIEST = 315_532_800


class Package:
    """The parts of a DOCX, by name."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts

    @classmethod
    def read(cls, source: Path | bytes) -> Package:
        """From a file, or from its bytes."""
        with zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def write(self, path: Path, epoch: int) -> None:
        """A zip whose bytes depend on the parts and ``epoch`` alone."""
        moment = datetime.fromtimestamp(max(epoch, _EARLIEST), UTC).timetuple()[:6]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self.parts, key=lambda name: (name != "[Content_Types].xml", name)):
                entry = zipfile.ZipInfo(name, moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                archive.writestr(entry, self.parts[name])

    def load(self, name: str) -> etree._Element:
        """A part as a tree."""
        return wordml.parse(self.parts[name])

    def save(self, name: str, root: etree._Element) -> None:
        """Put a tree in a part's place."""
        self.parts[name] = wordml.write(root)

    def edit(self, name: str, change: Callable[[etree._Element], None]) -> None:
        """Change a part's tree."""
        root = self.load(name)
        change(root)
        self.save(name, root)

    def put(self, name: str, root: etree._Element | bytes, kind: str, source: str = "") -> str:
        """A part of a kind (« header », « font »…) with its type, related to the document or to
        another ``source``; returns the id of the relation. A part of that name is replaced."""
        self.parts[name] = root if isinstance(root, bytes) else wordml.write(root)
        self._declare(name, CONTENT_TYPES[kind])
        return self._relate(source or DOCUMENT, kind, name)

    def remove(self, name: str) -> None:
        """Take a part away with its type and what relates to it."""
        self.parts.pop(name, None)
        self.parts.pop(_relations_of(name), None)
        types = self.load("[Content_Types].xml")
        for entry in types.findall(f"{{{_TYPES}}}Override"):
            if entry.get("PartName") == f"/{name}":
                types.remove(entry)
        self.save("[Content_Types].xml", types)
        for relations in [part for part in self.parts if part.endswith(".rels")]:
            root = self.load(relations)
            for relation in list(root):
                if self.resolve(relations, relation) == name:
                    root.remove(relation)
            self.save(relations, root)

    def resolve(self, relations: str, relation: etree._Element) -> str:
        """The name of the part that a relation of the file ``relations`` leads to; « » outside."""
        if relation.get("TargetMode") == "External":
            return ""
        folder = posixpath.dirname(posixpath.dirname(relations))
        target = relation.get("Target")
        return posixpath.normpath(posixpath.join("/", folder, target))[1:]

    def _declare(self, name: str, content_type: str) -> None:
        types = self.load("[Content_Types].xml")
        for entry in types.findall(f"{{{_TYPES}}}Override"):
            if entry.get("PartName") == f"/{name}":
                types.remove(entry)
        made = etree.SubElement(types, f"{{{_TYPES}}}Override")
        made.set("PartName", f"/{name}")
        made.set("ContentType", content_type)
        self.save("[Content_Types].xml", types)

    def _relate(self, source: str, kind: str, name: str) -> str:
        relations = _relations_of(source)
        root = (
            self.load(relations)
            if relations in self.parts
            else etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
        )
        for relation in root:
            if self.resolve(relations, relation) == name:
                return relation.get("Id")
        target = posixpath.relpath(name, posixpath.dirname(source))
        made = etree.SubElement(root, f"{{{_RELATIONS}}}Relationship")
        made.set("Id", f"r-{posixpath.basename(name).partition('.')[0]}")
        made.set("Type", f"{_OFFICE}/{kind}")
        made.set("Target", target)
        self.save(relations, root)
        return made.get("Id")


def _relations_of(source: str) -> str:
    folder, name = posixpath.split(source)
    return f"{folder}/_rels/{name}.rels"

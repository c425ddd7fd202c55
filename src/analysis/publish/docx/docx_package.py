"""The file itself: its parts, what relates them, their types."""

from __future__ import annotations

import posixpath
from datetime import date
from zipfile import ZIP_DEFLATED

from lxml import etree

from analysis.base.archive import read_zip, write_zip
from analysis.publish.docx import wordml

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES_PART = "[Content_Types].xml"
#: Content type of each kind of part that is added here.
_KINDS = {
    "header": "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml",
    "footer": "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml",
    "font": "application/vnd.openxmlformats-officedocument.obfuscatedFont",
}
DOCUMENT = "word/document.xml"


class Package:
    """The parts of a DOCX, by name."""

    def __init__(self, content: bytes) -> None:
        self.parts = read_zip(content)

    def pack(self, day: date, method: int = ZIP_DEFLATED) -> bytes:
        """The file's bytes, which depend on the parts, ``day`` and ``method`` (``write_zip``)."""
        names = sorted(self.parts, key=lambda name: (name != _TYPES_PART, name))
        return write_zip({name: self.parts[name] for name in names}, day, method)

    def load(self, name: str) -> etree._Element:
        """A part as a tree."""
        return wordml.parse(self.parts[name])

    def save(self, name: str, root: etree._Element) -> None:
        """Put a tree in a part's place."""
        self.parts[name] = wordml.write(root)

    def add(self, name: str, content: bytes, kind: str, source: str = DOCUMENT) -> str:
        """A new part (« header », « footer », « font ») with its type, related to ``source``;
        returns the id of the relation."""
        self.parts[name] = content
        types = self.load(_TYPES_PART)
        declared = {"PartName": f"/{name}", "ContentType": _KINDS[kind]}
        etree.SubElement(types, f"{{{_TYPES}}}Override", declared)
        self.save(_TYPES_PART, types)
        folder, base = posixpath.split(source)
        relations = f"{folder}/_rels/{base}.rels"
        if relations in self.parts:
            root = self.load(relations)
        else:
            root = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
        relation = {
            "Id": f"r-{posixpath.basename(name).partition('.')[0]}",
            "Type": f"{_OFFICE}/{kind}",
            "Target": posixpath.relpath(name, folder),
        }
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", relation)
        self.save(relations, root)
        return relation["Id"]

    def remove(self, name: str) -> None:
        """Take a part away with its type and what relates to it."""
        self.parts.pop(name, None)
        types = self.load(_TYPES_PART)
        for entry in types.findall(f"{{{_TYPES}}}Override[@PartName='/{name}']"):
            types.remove(entry)
        self.save(_TYPES_PART, types)
        for relations in [part for part in self.parts if part.endswith(".rels")]:
            root = self.load(relations)
            folder = posixpath.dirname(posixpath.dirname(relations))
            for relation in root.findall(f"{{{_RELATIONS}}}Relationship"):
                target = posixpath.join("/", folder, relation.get("Target"))
                if target == f"/{name}" and relation.get("TargetMode") != "External":
                    root.remove(relation)
            self.save(relations, root)

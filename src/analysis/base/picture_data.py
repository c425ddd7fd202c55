"""Pictures as they may be published: what is seen, and nothing of the place, the device or the
person that made them, which cameras and programs write beside it."""

from __future__ import annotations

import re

_PNG = b"\x89PNG\r\n\x1a\n"
#: Parts of a PNG that change what is seen, besides those without which there is no picture.
_SEEN = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"}
_START_OF_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE


def strip_picture(content: bytes) -> bytes:
    """A PNG or JPEG picture without what it says of its making; the way it is turned is kept."""
    if content.startswith(_PNG):
        return _strip_png(content)
    return _strip_jpeg(content) if content.startswith(b"\xff\xd8") else content


def _strip_png(content: bytes) -> bytes:
    kept, at, kind = [_PNG], len(_PNG), b""
    while at < len(content) and kind != b"IEND":
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if kind[:1].isupper() or kind in _SEEN:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _strip_jpeg(content: bytes) -> bytes:
    kept, at, marker = [content[:2]], 2, 0
    while at < len(content) and marker != _END:  # what follows the end may be a second picture
        marker = content[at + 1] if at + 1 < len(content) else _END
        end = at + 2 + (0 if marker == _END else int.from_bytes(content[at + 2 : at + 4], "big"))
        end = _find_marker(content, end) if marker == _START_OF_SCAN else end
        part = content[at:end]
        if marker == 0xE1 and part[4:10] == b"Exif\0\0":
            kept.append(_turn(part[10:]))
        elif marker in (0xE0, 0xEE) or part[4:15] == b"ICC_PROFILE":
            kept.append(part)  # JFIF, Adobe's colours, a profile
        elif marker != _COMMENT and not 0xE0 <= marker <= 0xEF:
            kept.append(part)
        at = end
    return b"".join(kept)


def _find_marker(content: bytes, at: int) -> int:
    """Where the data of a scan end."""
    found = re.compile(rb"\xff[^\0\xff\xd0-\xd7]", re.DOTALL).search(content, at)
    return found.start() if found else len(content)


def _turn(tiff: bytes) -> bytes:
    """The part that says how a picture is turned, where its own ``tiff`` says so."""
    order = "big" if tiff[:2] == b"MM" else "little"
    first = int.from_bytes(tiff[4:8], order) + 2
    for at in range(first, first + 12 * int.from_bytes(tiff[first - 2 : first], order), 12):
        if int.from_bytes(tiff[at : at + 2], order) == 0x112:
            turned = int.from_bytes(tiff[at + 8 : at + 10], order)
            entry = bytes((1, 0x12, 0, 3, 0, 0, 0, 1, 0, turned & 15, 0, 0))
            body = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + bytes(4)
            return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    return b""

"""Pictures as they may be published: what is seen, and nothing of the place, the device or the
person that made them, which cameras and programs write beside it."""

from __future__ import annotations

import re

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
#: Parts of a PNG that change what is seen, besides those without which there is no picture.
_SEEN = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"}
#: Markers of a JPEG: its data and its end, what a camera says, what else is no part of the picture.
_SCAN, _END, _EXIF, _SAID = 0xDA, 0xD9, 0xE1, {*range(0xE1, 0xEE), 0xEF, 0xFE}
_NEXT = re.compile(rb"\xff[^\0\xff\xd0-\xd7]|\Z", re.DOTALL)
#: How a picture is turned, in either order of bytes; the part that says this alone.
_TURNED = re.compile(
    rb"\x01\x12\x00\x03\x00{3}\x01\x00([\x01-\x08])|\x12\x01\x03\x00\x01\x00{3}([\x01-\x08])\x00"
)
_TURN = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0%b\0\0\0\0\0\0"


def strip_picture(content: bytes) -> bytes:
    """A PNG or JPEG picture without what it says of its making; the way it is turned is kept."""
    if content.startswith(_PNG):
        return _strip_png(content)
    return _strip_jpeg(content) if content.startswith(_JPEG) else content


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
    kept, at, marker = [_JPEG], 2, 0
    while at < len(content) and marker != _END:  # what follows the end may be a second picture
        marker = (content[at + 1 : at + 2] or b"\xd9")[0]
        end = at + 2 + (marker != _END) * int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SCAN and (found := _NEXT.search(content, end)):
            end = found.start()
        part = content[at:end]
        if marker not in _SAID or part[4:15] == b"ICC_PROFILE":
            kept.append(part)
        elif marker == _EXIF and (turned := _TURNED.search(part)):
            kept.append(_TURN % (turned[1] or turned[2]))
        at = end
    return b"".join(kept)

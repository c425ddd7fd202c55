"""Pictures that people give: what they may be, and what of them is published."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

#: A telephone's photograph has 50 million points at most; a page that shows more is hard to open.
MAX_POINTS, MAX_BYTES = 60_000_000, 30_000_000
#: It stands in addresses and in Markdown.
_NAME = re.compile(r"[\w.-]+", re.ASCII)
_KINDS = {".png": {"PNG"}, ".jpg": {"JPEG", "MPO"}, ".jpeg": {"JPEG", "MPO"}}


@contextmanager
def _open_picture(path: Path) -> Iterator[Image]:
    """A picture, of whose oddities the library says nothing: it would, in English."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path) as image:
            yield image


def find_picture_fault(path: Path) -> tuple[str, str] | None:
    """What is wrong with a picture and what is expected (French)."""
    from PIL import Image

    large = (
        f"Attendu : {MAX_POINTS // 10**6} millions de points et {MAX_BYTES // 10**6} Mo au plus."
    )
    if not _NAME.fullmatch(path.name):
        return (
            "nom d’image à simplifier",
            "Attendu : des lettres sans accent, des chiffres, des tirets, comme mare-ecole.png.",
        )
    try:
        with _open_picture(path) as image:
            if image.width * image.height > MAX_POINTS or path.stat().st_size > MAX_BYTES:
                return "image trop grande", large
            image.load()
            if image.format in _KINDS[path.suffix.lower()]:
                return None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return "image trop grande", large
    except (OSError, ValueError, SyntaxError):
        pass
    return "image qui ne se lit pas", "Attendu : une image entière, du format que dit son nom."


def _turn_picture(image: Image) -> Image:
    """A picture as it is to be seen; as it stands where what the camera noted cannot be read."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # of damaged notes, anything
        return image


def publish_picture(path: Path, target: Path | BinaryIO) -> None:
    """Write a picture anew, of its points alone: neither the place nor the device that a photograph
    tells, nor what was hidden behind it."""
    with _open_picture(path) as image:
        shown = _turn_picture(image)
        options = {"icc_profile": shown.info.get("icc_profile")}  # a telephone's colours need it
        shown.info = {k: v for k, v in shown.info.items() if k in ("transparency", "dpi")}
        if image.format == "PNG":
            shown.save(target, "PNG", **options)
        else:
            shown.save(target, "JPEG", quality=95, **options)

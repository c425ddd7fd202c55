"""Zip archives whose bytes depend on what they hold alone: data, forms, documents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime


def write_zip(
    files: Mapping[str, bytes], day: date | datetime, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The bytes of a zip: entries in the order given, all dated ``day`` (not before 1980);
    ``method``: zipfile.ZIP_STORED for one that is read again at once."""
    moment = (*day.timetuple()[:6],)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = method
            entry.create_system = 3  # as on Unix, wherever it is written
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content, compresslevel=9)
    return archive.getvalue()


def read_zip(content: bytes) -> dict[str, bytes]:
    """The files of a zip of our own, in their order (one from outside is opened elsewhere)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

"""The files of a dossier: which an edition may read, and their checksums."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.base.errors import UnknownEdition
from analysis.base.paths import Dossier

#: Hidden files, what spreadsheets, editors and Windows leave, caches.
_IGNORED = re.compile(
    r"^(\.|~\$|__pycache__$|(?i:thumbs\.db|desktop\.ini)$)|(~|\.tmp|\.pyc|\.egg-info)$"
)
_YEAR = re.compile(r"[0-9]{4}")
#: Pictures that the three publications take.
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")
#: A year's folder with one of these is an edition.
KIND_FILE = "edition.yml"
#: What the authority itself says of the session that debates an edition.
COUNCIL_FILE = "council.yml"
_EDITION_FILES = ("actions.csv", KIND_FILE)
#: What reviewers say of an edition: no data of it, so that nothing is made anew because of a
#: remark or a signature, and nothing of them is published.
_REVIEW_FILE = re.compile(r"\d{4}/(?:reviews\.csv|remarks\.csv|reviews/.*)")

#: What stands beside the lines of a source document (``documents/<source>.csv``).
_ORIGINAL = re.compile(r"documents/.*(?<!\.csv)")


def is_ignored(name: str) -> bool:
    """Whether a file or folder of that name is hidden, or left over by a program."""
    return bool(_IGNORED.search(name))


def list_files(folder: Path, pattern: str = "**/*") -> Iterator[tuple[str, Path]]:
    """Relative path with forward slashes and file, in order; not what is hidden or left over."""
    for path in sorted(folder.glob(pattern)):
        relative = path.relative_to(folder)
        if path.is_file() and not any(map(is_ignored, relative.parts)):
            yield relative.as_posix(), path


def find_year(name: str) -> int | None:
    """The year of the folder in which a relative path stands; None outside such folders."""
    top = name.split("/", 1)[0]
    return int(top) if _YEAR.fullmatch(top) else None


def is_review_file(name: str) -> bool:
    """Whether a file of ``raw/`` (relative path) holds what reviewers say of an edition."""
    return bool(_REVIEW_FILE.fullmatch(name))


def is_original(name: str) -> bool:
    """Whether a file of ``raw/`` (relative path) is a source document as it was received, or the
    text of one: no data of an edition, nothing of it is published."""
    return bool(_ORIGINAL.fullmatch(name))


def list_raw_files(dossier: Dossier, year: int) -> Iterator[tuple[str, Path]]:
    """Files of ``raw/`` that an edition may read: not those of later years, nor reviewers', nor
    source documents as they were received."""
    for name, path in list_files(dossier.raw):
        apart = is_review_file(name) or is_original(name)
        if (find_year(name) or 0) <= year and not apart:
            yield name, path


def list_review_files(dossier: Dossier, year: int) -> Iterator[tuple[str, Path]]:
    """What reviewers say of an edition: checked with its data, part of nothing that is computed."""
    for name, path in list_files(dossier.raw):
        if find_year(name) == year and is_review_file(name):
            yield name, path


def list_pictures(folder: Path) -> list[Path]:
    """Pictures beside the texts in a year's folder, in order of their names."""
    found = [path for _, path in list_files(folder / "texts", "*")]
    return [path for path in found if path.suffix.lower() in PICTURE_SUFFIXES]


def list_years(dossier: Dossier) -> list[int]:
    """Years that have a folder in ``raw/``, oldest first."""
    if not dossier.raw.is_dir():
        return []
    return sorted(
        int(folder.name)
        for folder in dossier.raw.iterdir()
        if folder.is_dir() and _YEAR.fullmatch(folder.name)
    )


def list_editions(dossier: Dossier) -> list[int]:
    """Years whose folder holds actions.csv, or says that the edition is reconstituted; oldest
    first. Another folder only holds values of an earlier year."""
    return [
        year
        for year in list_years(dossier)
        if any((dossier.raw_year(year) / name).is_file() for name in _EDITION_FILES)
    ]


def choose_edition(dossier: Dossier, year: int | None) -> int:
    """The edition asked for, else the newest; raises UnknownEdition when there is none."""
    editions = list_editions(dossier)
    if not editions:
        raise UnknownEdition(
            f"Aucune édition dans {dossier.raw} : il y faut un dossier <année>/actions.csv."
        )
    if year is None:
        return max(editions)
    if year not in editions:
        known = ", ".join(map(str, editions))
        raise UnknownEdition(f"L’édition {year} n’existe pas ; éditions complètes : {known}.")
    return year


def measure_file(path: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 (hexadecimal) of a file."""
    with path.open("rb") as stream:
        return {
            "bytes": path.stat().st_size,
            "sha256": hashlib.file_digest(stream, "sha256").hexdigest(),
        }

"""What changed since an earlier edition: values, revisions, actions and plans, definitions.

May import paths, lists, csvtext, marks, periods, references, store, french, prose, trails.
``values``, ``programme`` and ``catalogue`` compare, ``assembly`` ties them together, ``frames``
says what a comparison holds and keeps it, ``terminal`` and ``files`` write it for a reader.
"""

from analysis.changes import wording
from analysis.changes.assembly import compare_editions
from analysis.changes.files import write_files
from analysis.changes.frames import (
    FOLLOWED,
    NEW,
    NOT_RENEWED,
    Changes,
    read_changes,
    write_changes,
)
from analysis.changes.terminal import describe_changes

__all__ = [
    "FOLLOWED",
    "NEW",
    "NOT_RENEWED",
    "Changes",
    "compare_editions",
    "describe_changes",
    "read_changes",
    "wording",
    "write_changes",
    "write_files",
]

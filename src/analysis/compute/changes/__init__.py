"""What changed since an earlier edition: values, revisions, actions and plans, definitions.

``values``, ``programme`` and ``catalogue`` compare, ``assembly`` ties them together, ``frames``
says what a comparison holds and keeps it, ``terminal`` and ``files`` write it for a reader.
"""

from analysis.compute.changes import change_words
from analysis.compute.changes.change_files import write_files
from analysis.compute.changes.change_frames import (
    FOLLOWED,
    NEW,
    NOT_RENEWED,
    Changes,
    read_changes,
    write_changes,
)
from analysis.compute.changes.change_lines import describe_changes
from analysis.compute.changes.edition_comparison import compare_editions

__all__ = [
    "FOLLOWED",
    "NEW",
    "NOT_RENEWED",
    "Changes",
    "change_words",
    "compare_editions",
    "describe_changes",
    "read_changes",
    "write_changes",
    "write_files",
]

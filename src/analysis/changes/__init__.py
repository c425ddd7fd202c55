"""What changed since an earlier edition: values, revisions, actions and plans, definitions.

May import paths, lists, csvtext, marks, periods, references, store, french, prose, trails.
``values``, ``programme`` and ``catalogue`` compare, ``assembly`` ties them together, ``frames``
says what a comparison holds and keeps it, ``terminal`` and ``files`` write it for a reader.
"""

from analysis.changes.assembly import compare_editions
from analysis.changes.frames import Changes, read_changes, write_changes

__all__ = ["Changes", "compare_editions", "read_changes", "write_changes"]

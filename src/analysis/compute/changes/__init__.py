"""What changed since an earlier edition: values, revisions, actions and plans, definitions.

``changed_values``, ``commitments`` (targets, dates), ``programme`` and ``catalogue`` compare,
``edition_comparison`` ties them together, ``change_frames`` says what a comparison holds and keeps
it. ``change_words`` chooses what is said and says it, once for ``change_lines`` (terminal) and the
report's pages; ``change_files`` writes all of it as CSV.
"""

from analysis.compute.changes import change_words
from analysis.compute.changes.change_files import write_files
from analysis.compute.changes.change_frames import (
    FOLLOWED,
    Changes,
    read_changes,
    write_changes,
)
from analysis.compute.changes.change_lines import describe_changes
from analysis.compute.changes.edition_comparison import compare_editions

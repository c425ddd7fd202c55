"""The only reader and writer of ``data/processed``, and what is known of what was read.

Notebooks import this package, so it stays light (no pandera). ``edition`` is what a report is made
of, ``records`` turns its frames into dicts and back, ``processed_files`` reads and writes them.
``reads`` writes down what is asked of an edition (as ``model.queries``); ``digests`` says whether
the answers are still the same.
"""

from analysis.model.queries import describe_query, name_query, read_queries
from analysis.model.schema import DERIVED, OBSERVED, RECONSTITUTED
from analysis.model.store.digests import ABSENT, Answers
from analysis.model.store.edition import (
    FRAMES,
    NESTED,
    Edition,
    build_ledger,
    find_source,
    list_awaited,
    list_members,
    list_terms,
    name_communes,
    title_pages,
)
from analysis.model.store.processed_files import (
    read_edition,
    read_frames,
    read_tables,
    write_edition,
    write_frames,
)
from analysis.model.store.reads import ReadLog, TracedEdition
from analysis.model.store.records import from_records, to_records, write_dates

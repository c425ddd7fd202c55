"""The tables of ``data/raw`` and ``data/processed``: columns, types, keys, allowed codes.

``columns`` defines every column once with its French description; ``raw_tables`` and
``processed_tables`` say which table holds which; ``faults`` words what is wrong with a raw file.
``validation`` checks raw tables with pandera; it is imported apart, for notebooks do without.
"""

from analysis.model.schema.columns import (
    COLUMNS,
    COST_CATEGORIES,
    DECLINES,
    DTYPES,
    EVERY_YEAR,
    FOLLOWUP_STATES,
    IMPROVES,
    IS_UNKNOWN,
    NEVER,
    ONCE,
    ONE_TIME,
    QUALIFIERS,
    RENEWED,
    RUBRICS,
    STILL_RIGHT,
    TEXT_READ,
    TO_DECIDE,
    UNCONFIRMED,
    YEARLY,
    Column,
)
from analysis.model.schema.faults import Fault, InvalidDossier, suggest
from analysis.model.schema.processed_tables import (
    DERIVED,
    OBSERVED,
    PROCESSED,
    RECONSTITUTED,
    SHIFTING,
    ProcessedTable,
)
from analysis.model.schema.raw_tables import (
    AID,
    CHECK_KIND,
    COMPUTED_INDICATORS,
    DOCUMENT,
    DOCUMENT_LINES,
    DOCUMENTS_FOLDER,
    DUTY,
    JUDGEMENT,
    LEGAL_THRESHOLD,
    MEMBERS_INDICATOR,
    OBJECTIVE,
    OPERATIONAL,
    PAGES,
    PLACE_KINDS,
    POPULATION_INDICATORS,
    PORTRAIT,
    PROGRAMME,
    PROPOSED,
    REFERRING,
    REMARK_STATES,
    REVIEWED_PAGES,
    SETTLED,
    SIGNED_CONTENT,
    STRATEGIC,
    TABLES,
    TEXT_HEADINGS,
    UNSETTLED,
    Table,
)

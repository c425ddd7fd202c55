"""Numbers, units, dates, lists and typography in French.

Takes plain values, returns text for the reader. Babel (CLDR) formats numbers and dates; added here
is what CLDR does not know: periods as a French report writes them, and French typography.
"""

from analysis.words.french.dates import (
    MONTHS,
    SEASONS,
    format_comparison,
    format_date,
    format_period,
    name_period,
)
from analysis.words.french.numbers import (
    LOCALE,
    MISSING,
    NARROW,
    NO_BREAK,
    QUALIFIER_WORDS,
    choose_form,
    count_decimals,
    format_count,
    format_euros,
    format_number,
    format_ordinal,
    format_percentage,
    format_points,
    format_seconds,
    round_sign,
)
from analysis.words.french.typography import join_list, quote, raise_ordinals, typeset

__all__ = [
    "LOCALE",
    "MISSING",
    "MONTHS",
    "NARROW",
    "NO_BREAK",
    "QUALIFIER_WORDS",
    "SEASONS",
    "choose_form",
    "count_decimals",
    "format_comparison",
    "format_count",
    "format_date",
    "format_euros",
    "format_number",
    "format_ordinal",
    "format_percentage",
    "format_period",
    "format_points",
    "format_seconds",
    "join_list",
    "name_period",
    "quote",
    "raise_ordinals",
    "round_sign",
    "typeset",
]

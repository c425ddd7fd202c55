"""Numbers, units, dates, lists and typography in French.

Takes plain values, returns text for the reader. Babel (CLDR) formats numbers and dates; added here
is what CLDR does not know: periods as a French report writes them, and French typography.
"""

from analysis.words.french.claims import find_ageing, find_claims
from analysis.words.french.dates import (
    MONTHS,
    format_comparison,
    format_date,
    format_period,
    name_day,
    name_period,
    name_years,
)
from analysis.words.french.numbers import (
    MISSING,
    NARROW,
    NO_BREAK,
    QUALIFIER_WORDS,
    choose_form,
    format_count,
    format_euros,
    format_number,
    format_ordinal,
    format_percentage,
    format_points,
    format_seconds,
    round_sign,
)
from analysis.words.french.typography import (
    draw_ordinals,
    join_list,
    lower_initial,
    quote,
    raise_ordinals,
    typeset,
)

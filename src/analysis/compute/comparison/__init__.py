"""Several dossiers side by side: what of their territories may be compared, and what is refused.

``sides`` reads the computed values of each dossier; ``definitions`` says which of them define an
indicator alike; ``shared_indicators`` sets values of equal definition, period and kind beside one
another, ranks what may be ranked and says why the rest is not there. Nothing is ever added up over
territories.
"""

from analysis.compute.comparison.declarations import read_declarations
from analysis.compute.comparison.shared_indicators import (
    ComparedValue,
    Comparison,
    Refusal,
    SharedIndicator,
    compare_sides,
)
from analysis.compute.comparison.sides import Side, check_sides, read_side

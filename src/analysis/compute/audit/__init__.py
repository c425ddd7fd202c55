"""Controls of the data: what a value cannot be, given the others.

Computes no indicator: it reads what ``indicators`` computed. An alert stops nothing: a published
report may hold errors, which the register explains; what nobody has explained is said.

``wholes`` sets parts against their whole, ``bounds`` shares and calculated values against their
bounds, ``magnitudes`` a number against its neighbours, ``cumulated_counts`` a count that goes on
against where it stood, ``doubles`` two indicators typed from one figure, ``overdue`` milestones
against the year, ``discrepancy_register`` the register against what it explains,
``printed_figures`` what the source prints against what is computed (``circular_figures``: unless
that was worked out of it); ``findings`` is what they all return.
"""

from analysis.compute.audit.control_table import (
    check_register,
    control_edition,
    find_unexplained_alerts,
    list_alerts,
)
from analysis.compute.audit.findings import ALERT, CONFORM, UNCONTROLLED

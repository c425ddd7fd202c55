"""Every computation: population, shares, growth, unit costs, balances, progress.

``observed`` turns rows into values, ``derived`` evaluates the formulas, ``comparisons`` sets
values against the precedent ones and the targets, ``inhabitants`` says how the population of each
commune changes, ``assembly`` ties it together.
"""

from analysis.compute.indicators.assembly import check_formulas, compute_edition, load_edition
from analysis.compute.indicators.inhabitants import compute_inhabitants
from analysis.compute.populations import compute_population

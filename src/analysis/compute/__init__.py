"""From rows to results: a dossier read and checked, indicators, audit, changes between editions.

``dossier`` reads ``data/raw`` and says all that is wrong with it; ``indicators`` computes the
edition; ``audit`` sets it against printed figures and against itself; ``changes`` against
an earlier edition. ``open_edition`` is how a notebook begins.
"""

from analysis.compute.edition_opening import open_changes, open_edition

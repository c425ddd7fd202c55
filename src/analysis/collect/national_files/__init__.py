"""The national reference brought up to date with files as their producers publish them.

``producer_files`` finds and reads them, ``commune_changes``, ``perimeter_changes`` and
``new_figures`` bring them into the tables (``reference_state``), ``commune_topology`` makes the
outlines; ``france_refresh`` does all of it, checks the whole and replaces the folder.
"""

from analysis.collect.national_files.france_refresh import refresh_france

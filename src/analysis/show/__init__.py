"""Draw and say, never compute: visual identity, charts, maps, tables, what a notebook displays.

Notebooks import ``pages``, which puts together what ``charts``, ``maps`` and ``tables`` make.
"""

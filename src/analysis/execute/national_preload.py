"""Imported once by the fork server of a worker that makes portraits: it reads the national
reference and computes what every territory is compared with, so that each portrait's process begins
with it.

The values are not to be changed by who asks for them, and a portrait's process is a fork: it sees
what the server has read, and its own changes go with it. What cannot be read is left to the
notebook, whose failure names it.
"""

import gc
import os
from contextlib import suppress

from analysis.compute.national import compute_context
from analysis.compute.portrait import open_portrait
from analysis.execute.pool import NATIONAL_VARIABLE


def _load(year: int) -> None:
    # Any territory will do: what is kept of it is what the reference says of all.
    open_portrait(year, compute_context(year)["siren"].iloc[0])


gc.disable()
with suppress(Exception):
    _load(int(os.environ[NATIONAL_VARIABLE]))
gc.freeze()  # as in ``preload``
gc.enable()

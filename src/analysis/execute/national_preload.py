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

from analysis.compute import national
from analysis.execute.pool import NATIONAL_VARIABLE


def _load(year: int) -> None:
    context = national.compute_context(year)
    siren = context["siren"].iloc[0]
    national.choose_peers(siren, year, national.PeersRule())
    communes = national.list_members(siren, year)["insee"]
    for read in (national.list_populations, national.read_censuses, national.select_outlines):
        read(communes)


gc.disable()
with suppress(Exception):
    _load(int(os.environ[NATIONAL_VARIABLE]))
gc.freeze()  # as in ``preload``
gc.enable()

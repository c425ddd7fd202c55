"""Renaming, where other programs look at files that were just written."""

from __future__ import annotations

import os
import time
from pathlib import Path

#: Seconds that such a program may take, and between two trials.
_PATIENCE, _PAUSE = 5.0, 0.1


def move(source: Path, target: Path) -> None:
    """``os.replace``. On Windows neither a file that somebody has open nor a folder of one is
    renamed: an antivirus, OneDrive or the search that looks at what is new is waited for; what an
    analyst has open (Excel, Acrobat) is refused in the end (PermissionError)."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            os.replace(source, target)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return

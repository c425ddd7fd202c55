"""The fork server of a production: started before this process imports anything heavy, so that
both import at the same time.

May import runner.
"""

from __future__ import annotations

from analysis import runner

#: What notebooks and their copies import, for the fork server.
PRELOAD = ("analysis.production.warm",)


def start_server() -> None:
    """Have the fork server import in the background; does nothing where it has been started."""
    runner.start_server(PRELOAD)

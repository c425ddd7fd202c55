"""The fork server of a production: started before this process imports anything heavy, so that
both import at the same time.
"""

from __future__ import annotations

from analysis import execute

#: What notebooks and their copies import, for the fork server.
PRELOAD = ("analysis.run.production.preload_chapters",)


def start_server() -> None:
    """Have the fork server import in the background; does nothing where it has been started."""
    execute.start_server(PRELOAD)

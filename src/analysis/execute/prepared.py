"""What the fork server does when all is imported: from here on its forks are as any other process.

What was imported is no garbage: forks need neither look through it nor
copy its pages.
"""

import gc
import sys

if sys.modules.get("debugpy", gc) is None:
    del sys.modules["debugpy"]
gc.freeze()
gc.enable()

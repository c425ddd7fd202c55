"""What the fork server does before it imports for its tasks; ``prepared`` undoes it afterwards.

Both only spare it work: imports leave no garbage worth looking for, and no
debugger will ever be attached to the kernel of a process that executes one notebook.
"""

import gc
import sys

gc.disable()
sys.modules.setdefault("debugpy", None)

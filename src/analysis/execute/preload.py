"""Imported once by the fork server, so that each notebook's process begins with all of it loaded.

Imports alone, and the compiled templates of reviewers' copies: a value made here would be seen by
every notebook. No garbage is looked for meanwhile (imports leave none), and no debugger will ever
be attached to a process that executes one notebook.
"""

import gc
import sys


def _load() -> None:
    import ipykernel.debugger
    import IPython.core.application
    import IPython.core.completerlib
    import IPython.core.crashhandler
    import IPython.core.logger
    import IPython.core.magic_arguments
    import IPython.core.magics.ast_mod
    import IPython.core.oinspect
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.font_manager
    import matplotlib.pyplot
    import matplotlib_inline.backend_inline
    import nbconvert
    import pandas.core.methods.to_dict
    import papermill
    import PIL.BmpImagePlugin
    import PIL.GifImagePlugin
    import PIL.JpegImagePlugin
    import PIL.PpmImagePlugin
    import psutil
    import seaborn
    import tornado.platform.asyncio

    import analysis.compute.workings
    import analysis.execute.kernels
    import analysis.show.pages
    from analysis.execute import review_copies

    review_copies.warm_up()


gc.disable()
sys.modules.setdefault("debugpy", None)
_load()
if sys.modules.get("debugpy", gc) is None:
    del sys.modules["debugpy"]
gc.freeze()  # the forks need neither look through what was imported nor copy its pages
gc.enable()

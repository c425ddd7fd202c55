"""What the fork server imports once for all tasks, for its cost and never for its names.

A value made here would be seen by every notebook.
"""

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

import analysis.execute.inprocess

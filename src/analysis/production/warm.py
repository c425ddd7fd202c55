"""What the fork server prepares for chapters and their copies, besides ``runner.warm``.

May import layout, review. Nothing made here is seen by a notebook: templates of the copies.
"""

import analysis.layout
from analysis import review

review.warm_up()

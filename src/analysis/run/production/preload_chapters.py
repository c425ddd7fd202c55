"""What the fork server prepares for chapters and their copies, besides ``execute.preload``.

Nothing made here is seen by a notebook: templates of the copies.
"""

import analysis.show.pages
from analysis.execute import review_copies

review_copies.warm_up()

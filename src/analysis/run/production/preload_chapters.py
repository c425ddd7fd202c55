"""What the fork server prepares for chapters and their copies, besides ``runner.warm``.

Nothing made here is seen by a notebook: templates of the copies.
"""

from analysis.execute import review_copies

review_copies.warm_up()

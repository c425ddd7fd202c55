"""Everything in order: what is done again and what is kept, for one edition or many.

``commands`` are what a person types (``arguments``, ``french_arguments``). ``report`` makes a whole
report of the steps ``edition_data``, ``chapters`` and those of the book; ``dependencies`` says what
a step is made of, ``step_records`` what it was made of last, ``locking`` keeps two runs apart,
``why`` tells what changed, ``progress_display`` how far a run is. ``campaign`` is many editions at
once, or many ``portraits``, on ``machines``. ``preview`` shows one page while it is worked on:
``preview_server`` answers the browser, ``preview_worker`` builds.
"""

"""A production from beginning to end: data, chapters, book; what can be kept is not done again.

May import everything below the command line. ``chapters`` runs the notebooks, ``report`` the whole,
``telling`` shows how far it is, ``why`` says what changed.
"""

"""A production from beginning to end: data, chapters, book; what can be kept is not done again.

``chapters`` runs the notebooks, ``report`` the whole,
``telling`` shows how far it is, ``why`` says what changed.
"""

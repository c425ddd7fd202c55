"""Mistakes made on purpose in ``model`` and ``compute``, and whether the tests see them."""

"""What the analyst is told instead of a traceback."""


class Explained(Exception):
    """An error whose message is French and says what is wrong, where, and what is expected."""

"""What the analyst is told instead of a traceback."""


class UserError(Exception):
    """An error whose message is French and says what is wrong, where, and what is expected."""

"""The one error of this package."""

from analysis.base.errors import UserError


class BookError(UserError, RuntimeError):
    """The book cannot be made or is not right; the message is for the reader, in French."""

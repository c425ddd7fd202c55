"""The one error of this package."""

from analysis.base.errors import Explained


class BookError(Explained, RuntimeError):
    """The book cannot be made or is not right; the message is for the reader, in French."""

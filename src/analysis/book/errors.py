"""The one error of this package. Imports nothing of ours."""


class BookError(RuntimeError):
    """The book cannot be made or is not right; the message is for the reader, in French."""

"""Executed notebooks become a book (HTML, PDF, DOCX), with a guide and open data beside it.

``staging`` makes a complete Quarto project of an edition, which ``project`` reads; an ``engine``
renders it (``quarto``, or ``embedded``: pandoc and Typst); ``book_checks`` and ``page_checks`` hold
what came out against the project. ``build`` does all three and only then replaces the finished
report. Beside the book stand ``summary_pdf``, ``guide``, ``opendata`` and ``manifest``.
``page_preview`` makes one page of it alone.
"""

from analysis.base.errors import UserError


class BookError(UserError, RuntimeError):
    """The book cannot be made or is not right; the message is for the reader, in French."""

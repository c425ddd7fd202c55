"""Executed notebooks → the book (HTML, PDF, DOCX), with Quarto or the embedded engine.

``build_book`` stages a complete Quarto project (``dossier.book(year)``), renders it, checks what
came out and only then replaces the finished report. May import paths and french; never
computes. Errors for the reader are ``BookError``, in French.
"""

from analysis.book.build import BookResult, build_book, check_report, is_built
from analysis.book.chapters import Chapter, list_chapters
from analysis.book.checks import check_book
from analysis.book.engine import Engine, choose_engine
from analysis.book.errors import BookError
from analysis.book.staging import stage_book

__all__ = [
    "BookError",
    "BookResult",
    "Chapter",
    "Engine",
    "build_book",
    "check_book",
    "check_report",
    "choose_engine",
    "is_built",
    "list_chapters",
    "stage_book",
]

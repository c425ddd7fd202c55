"""Executed notebooks → the book (HTML, PDF, DOCX), with Quarto or the embedded engine.

``build_book`` stages a complete Quarto project (``dossier.book(year)``), renders it, checks what
came out and only then replaces the finished report; ``build_guide`` makes the analyst's guide
beside it. ``list_inputs`` and ``list_guide_inputs`` say what they are made of.
Errors for the reader are ``BookError``, in French.
"""

from analysis.publish.book_chapters import Chapter, list_chapters
from analysis.publish.book_error import BookError
from analysis.publish.book_inputs import list_guide_inputs, list_inputs
from analysis.publish.build import (
    BookResult,
    build_book,
    check_report,
    default_epoch,
    finish_interrupted,
    is_built,
    make_guide,
)
from analysis.publish.engine import Engine, choose_engine, replace_engine
from analysis.publish.guide import build_guide
from analysis.publish.parsing import parse_notebook
from analysis.publish.report_checks import check_book
from analysis.publish.staging import stage_book

__all__ = [
    "BookError",
    "BookResult",
    "Chapter",
    "Engine",
    "build_book",
    "build_guide",
    "check_book",
    "check_report",
    "choose_engine",
    "default_epoch",
    "finish_interrupted",
    "is_built",
    "list_chapters",
    "list_guide_inputs",
    "list_inputs",
    "make_guide",
    "parse_notebook",
    "replace_engine",
    "stage_book",
]

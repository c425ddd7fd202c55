"""The Word side: a reference document for the engines, and the finishing of what they wrote.

``write_reference`` makes the document whose styles the engines look up by name; ``finish_docx``
works on the file that either wrote. May import identity; of the book pandoc and errors.
"""

from analysis.book.docx.finishing import About, finish_docx
from analysis.book.docx.reference import write_reference

__all__ = ["About", "finish_docx", "write_reference"]

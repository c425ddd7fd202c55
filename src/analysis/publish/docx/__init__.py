"""The Word side: a reference document for the engines, and the finishing of what they wrote.

``write_reference`` makes the document whose styles the engines look up by name; ``finish_docx``
works on the file that either wrote.
"""

from analysis.publish.docx.finishing import About, finish_docx
from analysis.publish.docx.reference import write_reference

"""Run as a program by ``typst_pdf``: a Typst source → the PDF on the standard output.

A program of its own, so that it can be stopped, and that its memory (near a gigabyte for a hundred
pages) is given back. Arguments: source, root folder, folder of fonts, time stamp (seconds since
1970), PDF standards. Warnings go to the error stream as one JSON list, an error as plain text with
status 1. Imports nothing of ours, so that it starts at once.
"""

from __future__ import annotations

import json
import sys


def main(source: str, root: str, fonts: str, epoch: str, *standards: str) -> int:
    """Compile and write; see the module."""
    import typst

    try:
        pdf, warnings = typst.compile_with_warnings(
            source,
            root=root,
            format="pdf",
            font_paths=[fonts],
            ignore_system_fonts=True,
            pdf_standards=list(standards),
            timestamp=int(epoch),
        )
    except typst.TypstError as error:
        print(error.diagnostic or error, file=sys.stderr)  # the message, and where
        return 1
    if warnings:
        print(json.dumps([str(warning) for warning in warnings]), file=sys.stderr)
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

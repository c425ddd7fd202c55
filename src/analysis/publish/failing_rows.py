"""Which typed row a failure of the book comes from: « actions.csv, ligne 12 »."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.base.paths import Dossier
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import TABLES
from analysis.publish.book_error import BookError
from analysis.publish.report_checks import tight
from analysis.words import french

#: Tables whose rows have a heading, or a line of the summary, of their own.
_SHOWN = ("actions", "planned", "improvements")


def list_rows(dossier: Dossier, year: int) -> Iterator[tuple[str, str, str]]:
    """Id, title, « actions.csv, ligne 12 » of every row that the book may name."""
    for name in _SHOWN:
        file = TABLES[name].file(year)
        frame, _ = read_table(dossier.raw / file, TABLES[name], file)
        for number, row in frame[["id", "title"]].iterrows():
            yield row["id"], row["title"], f"{name}.csv, ligne {number}"


def find_rows(dossier: Dossier, year: int, text: str) -> list[str]:
    """The rows that a message names by their id, by their label or, between guillemets, by their
    title."""
    ids = {word.removeprefix("sec-") for word in re.findall(r"[\w-]+", text)}
    quoted = {tight(words) for words in re.findall(r"«\s*([^«»]+?)\s*»", text)}
    return [
        place
        for id, title, place in list_rows(dossier, year)
        if id in ids or tight(french.typeset(title)) in quoted
    ]


def name_rows(dossier: Dossier, year: int, error: BookError) -> BookError:
    """The error, with the rows that it comes from where they can be told."""
    places = find_rows(dossier, year, str(error))
    return BookError(f"{error}\nÀ regarder : {' ; '.join(places)}.") if places else error

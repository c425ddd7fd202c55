"""The volumes of a book on paper: the print edition, and beside it the file of the annexes.

Every volume is made from the same pages, which are numbered together; ``filters/volumes.lua`` then
leaves out those of the others. What it must know of them stands in ``_volumes.json``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from analysis.publish.project import HEADING, Page, Project, select_shown

#: A label in Markdown; after « ] » it is a span's.
_LABEL = re.compile(r"(?P<span>\]?)\{#(?P<name>[\w-]+)")


def _number_page(project: Project, page: Page) -> Iterator[tuple[str, str, str]]:
    """Label, number ('' where it has none) and named place of all that a page's text labels."""
    depth = project.config.get("number-depth", 6)
    counts: Counter[str | int] = Counter()
    above = page.id
    for line in select_shown(project.read_markdown(page.file), "typst").splitlines():
        if heading := HEADING.match(line):
            attributes = (heading[3] or "").split()
            level, number = len(heading[1]), ""
            if page.mark and ".unnumbered" not in attributes:
                counts[level] += level > 1
                for deeper in range(level + 1, 7):
                    counts[deeper] = 0
                if level <= depth:
                    number = ".".join([page.mark, *(str(counts[n]) for n in range(2, level + 1))])
            if name := next((word[1:] for word in attributes if word[0] == "#"), ""):
                above = name
                yield name, number, name
            continue
        for found in _LABEL.finditer(line):
            name, number = found["name"], ""
            if (kind := name[:4]) in ("fig-", "tbl-"):
                counts[kind] += 1
                number = f"{page.mark}.{counts[kind]}".lstrip(".")
            yield name, number, name if found["span"] else above


def describe_volumes(project: Project, names_places: bool = True) -> str:
    """What ``filters/volumes.lua`` reads (JSON): the volumes' files; the volume of each page, by
    the label of its title, with the number that an appendix counts on from; for each label its
    volume, its number and the name of its place in that file; '' where Typst does not name them."""
    described = {
        "files": {name: f"{stem}.pdf" for name, stem in project.volumes.items()},
        "pages": {
            page.id: {"volume": page.volume}
            | ({"above": page.number - 1} if page.appendix and page.number else {})
            for page in project.chapters
        },
        "labels": {
            name: {
                "volume": page.volume,
                "number": number,
                "target": target if names_places else "",
            }
            for page in project.chapters
            for name, number, target in _number_page(project, page)
        },
    }
    return json.dumps(described, ensure_ascii=False, indent=0) + "\n"

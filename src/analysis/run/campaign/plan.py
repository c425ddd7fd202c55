"""Which editions a campaign is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.base.errors import UserError
from analysis.base.paths import locate_dossier
from analysis.base.rawfiles import list_editions


class CampaignError(UserError):
    """A campaign that cannot begin; the message is French."""


@dataclass(frozen=True)
class Task:
    """One edition of one dossier, as a folder and a year: all that travels to another machine."""

    root: str
    year: int

    @property
    def name(self) -> str:
        """For people: the dossier's folder and the year."""
        return f"{Path(self.root).name} {self.year}"


def read_years(text: str) -> range | tuple[int, ...]:
    """« 2016-2024 », « 2017 », « 2015,2017 » → years.

    Raises
    ------
    ValueError
        French, with what is expected.
    """
    if found := re.fullmatch(r"(\d{4})-(\d{4})", text):
        first, last = int(found[1]), int(found[2])
        if first <= last:
            return range(first, last + 1)
    elif re.fullmatch(r"\d{4}(,\d{4})*", text):
        return tuple(sorted({int(year) for year in text.split(",")}))
    raise ValueError(f"« {text} » ne dit pas des années : 2016-2024, 2017 ou 2015,2017")


def _list_tasks(roots: Iterable[str], years: Sequence[int] | None) -> Iterator[Task]:
    for root in roots:
        dossier = locate_dossier(root)
        for year in list_editions(dossier):
            if years is None or year in years:
                yield Task(str(dossier.root), year)


def plan_campaign(roots: Sequence[str], years: Sequence[int] | None) -> list[Task]:
    """The editions that exist of these years (None: all), each dossier once, in order.

    Raises
    ------
    CampaignError
        naming every folder that is no dossier, or when there is no edition at all.
    """
    problems = []
    for root in roots:
        try:
            locate_dossier(root)
        except FileNotFoundError as error:
            problems.append(str(error))
    if problems:
        raise CampaignError("\n".join(problems))
    tasks = list(dict.fromkeys(_list_tasks(roots, years)))
    if not tasks:
        asked = "" if years is None else f" de {min(years)} à {max(years)}"
        raise CampaignError(f"Aucune édition{asked} dans {len(roots)} dossier(s).")
    return tasks

"""Which edition a command is about, and how it speaks."""

from __future__ import annotations

from analysis.base.rawfiles import list_editions


def say(text: str) -> None:
    """A line for the analyst, at once."""
    print(text, flush=True)


def choose_year(dossier, year: int | None) -> int:
    """The edition asked for, else the newest; raises FileNotFoundError (French) when it is not."""
    editions = list_editions(dossier)
    if not editions:
        raise FileNotFoundError(
            f"Aucune édition dans {dossier.raw} : il y faut un dossier <année>/actions.csv."
        )
    if year is None:
        return max(editions)
    if year not in editions:
        known = ", ".join(map(str, editions))
        raise FileNotFoundError(f"L’édition {year} n’existe pas ; éditions complètes : {known}.")
    return year

"""The papers of the session: synthesis, slides, draft of the délibération and what to check before
it, made of a finished report and put beside it in ``conseil/``, all or none. A paper that somebody
has changed is kept aside.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.base.atomic import write_file
from analysis.base.file_digests import digest_file
from analysis.base.journal import write_together
from analysis.base.paths import Dossier
from analysis.base.rawfiles import COUNCIL_FILE
from analysis.model.council_fields import BUDGET_YEAR, DATES, KEYS, WORDS
from analysis.model.store import Edition
from analysis.publish.build import default_epoch
from analysis.publish.deliberation import (
    list_unknown,
    write_deliberation,
    write_doubts,
)
from analysis.publish.slides import draw_slides
from analysis.publish.summary_pdf import read_pages
from analysis.show.council_slides import compose_slides

#: Their folder in the report's.
FOLDER = "conseil"
#: What each is, by its file.
_PAPERS = {
    "synthese-{year}.pdf": "la synthèse de quatre pages",
    "diaporama-{year}.pptx": "le diaporama",
    "deliberation-{year}.docx": "le projet de délibération",
    "a-verifier-{year}.txt": "ce qui est à vérifier avant",
}


def list_papers(dossier: Dossier, year: int) -> dict[Path, str]:
    """What each paper is, by its place."""
    folder = dossier.report(year) / FOLDER
    return {folder / name.format(year=year): words for name, words in _PAPERS.items()}


def write_papers(dossier: Dossier, edition: Edition, known: Mapping[str, str]) -> list[Path]:
    """Write them; where those are kept that somebody had changed. ``known``: digest of each as this
    program wrote it last, by its path below the report. Raises BookError when one cannot be made
    (French)."""
    year, report = edition.year, dossier.report(edition.year)
    epoch = default_epoch(year)
    said = compose_slides(edition)
    places = {item.place for slide in said for item in (*slide.items, *slide.aside)}
    pages = read_pages(report / f"rapport-{year}.pdf", sorted(places))
    made = (
        (report / f"synthese-{year}.pdf").read_bytes(),
        draw_slides(dossier, edition, said, pages, epoch),
        write_deliberation(edition, dossier.book(year) / "style" / "reference.docx", epoch),
        write_doubts(edition).encode("utf-8"),
    )
    contents = dict(zip(list_papers(dossier, year), made, strict=True))
    aside = {}
    for path, content in contents.items():
        former = path.read_bytes() if path.is_file() else content
        digest = known.get(path.relative_to(report).as_posix())
        if former != content and digest_file(path) != digest:
            aside[_find_free(path)] = former
    write_together(report / FOLDER, contents | aside)
    return [*aside]


def _find_free(path: Path) -> Path:
    kept = path.with_name(f"{path.stem}.ancien{path.suffix}")
    ranks = itertools.count(2)
    while kept.exists():
        kept = path.with_name(f"{path.stem}.ancien-{next(ranks)}{path.suffix}")
    return kept


def start_council(dossier: Dossier, year: int) -> Path | None:
    """Write council.yml where there is none, every key in a comment, to be filled in as facts
    become known; its path if it was written."""
    path = dossier.raw_year(year) / COUNCIL_FILE
    if path.exists():
        return None
    lines = [
        f"# La séance à laquelle le rapport {year} est présenté : ce qu’on en sait.",
        "# Retirer le « # » du début d’une ligne, écrire après les deux-points ; une ligne qu’on",
        "# laisse telle quelle est marquée « à compléter » dans le projet de délibération.",
        f"#{BUDGET_YEAR}: {year + 1}  # {KEYS[BUDGET_YEAR]}",
        *(f"#{key}:  # {words}, comme {year + 1}-02-05" for key, words in DATES.items()),
        *(f"#{key}:  # {words}" for key, words in WORDS.items()),
    ]
    write_file(path, "\n".join(lines) + "\n")
    return path


def describe_papers(
    dossier: Dossier, edition: Edition, aside: Iterable[Path], started: Path | None
) -> str:
    """What was made, what was kept aside, and what of the session is still to be said (French)."""
    lines = [f"Papiers de la séance, édition {edition.year} :"]
    for path, words in list_papers(dossier, edition.year).items():
        lines.append(f"  {words:<28}{path}")
    lines += [f"  Modifié à la main, gardé à part : {path.name}" for path in aside]
    file = f"raw/{edition.year}/{COUNCIL_FILE}"
    if started:
        lines.append(f"{file} est écrit : y dire ce qu’on sait de la séance.")
    if unknown := list_unknown(edition):
        lines.append(f"À compléter dans {file} (absent du diaporama, marqué dans le projet) :")
        lines += [f"  {words}" for words in unknown]
    return "\n".join(lines)

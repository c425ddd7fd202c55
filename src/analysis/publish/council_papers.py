"""The papers of the session: synthesis, slides, draft of the délibération, made of a finished
report and put beside it in ``conseil/``, all or none. A paper that somebody has changed is kept
aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.base.atomic import write_files
from analysis.base.file_digests import digest_file
from analysis.base.paths import Dossier
from analysis.base.rawfiles import COUNCIL_FILE
from analysis.model.council_fields import BUDGET_YEAR, DATES, KEYS, WORDS
from analysis.model.store import Edition
from analysis.publish.build import default_epoch
from analysis.publish.deliberation import list_unknown, write_deliberation
from analysis.publish.slides import draw_slides
from analysis.publish.summary_pdf import read_pages
from analysis.show.council_slides import compose_slides
from analysis.words import french

#: Their folder in the report's.
FOLDER = "conseil"


@dataclass(frozen=True)
class Papers:
    """What was written, and what was kept aside because somebody had changed it."""

    written: tuple[Path, ...]
    aside: tuple[Path, ...]


def name_papers(year: int) -> dict[str, str]:
    """What each paper is, by its file."""
    return {
        f"synthese-{year}.pdf": "la synthèse de quatre pages",
        f"diaporama-{year}.pptx": "le diaporama",
        f"deliberation-{year}.docx": "le projet de délibération",
    }


def write_papers(dossier: Dossier, edition: Edition, known: Mapping[str, str]) -> Papers:
    """Write them. ``known``: digest of each as this program wrote it last, by its path below the
    report. Raises BookError when one cannot be made (French)."""
    year, report = edition.year, dossier.report(edition.year)
    epoch = default_epoch(year)
    reference = dossier.book(year) / "style" / "reference.docx"
    said = compose_slides(edition)
    places = {item.place for slide in said for item in (*slide.items, *slide.aside)}
    pages = read_pages(report / f"rapport-{year}.pdf", sorted(places))
    synthesis, slides, deliberation = (report / FOLDER / name for name in name_papers(year))
    made = {
        synthesis: (report / synthesis.name).read_bytes(),
        slides: draw_slides(dossier, edition, said, pages, epoch),
        deliberation: write_deliberation(edition, reference, epoch),
    }
    contents = dict(made)
    aside = []
    for path, content in made.items():
        digest = known.get(path.relative_to(report).as_posix())
        if path.is_file() and digest_file(path) != digest and path.read_bytes() != content:
            kept = _find_free(path)
            contents[kept] = path.read_bytes()
            aside.append(kept)
    write_files(contents)
    return Papers(tuple(made), tuple(aside))


def _find_free(path: Path) -> Path:
    rank, kept = 1, path.with_name(f"{path.stem}.ancien{path.suffix}")
    while kept.exists():
        rank += 1
        kept = path.with_name(f"{path.stem}.ancien-{rank}{path.suffix}")
    return kept


def compose_starter(year: int) -> str:
    """``council.yml`` with every key in a comment: to be filled in as facts become known."""
    lines = [
        f"# La séance à laquelle le rapport {year} est présenté : ce qu’on en sait.",
        "# Retirer le « # » du début d’une ligne, écrire après les deux-points ; une ligne qu’on",
        "# laisse telle quelle reste marquée « à compléter » dans les papiers de la séance.",
        f"#{BUDGET_YEAR}: {year + 1}  # {KEYS[BUDGET_YEAR]}",
        *(f"#{key}:  # {words}, comme {year + 1}-02-05" for key, words in DATES.items()),
        *(f"#{key}:  # {words}" for key, words in WORDS.items()),
    ]
    return "\n".join(lines) + "\n"


def start_council(dossier: Dossier, year: int) -> Path | None:
    """Write council.yml where there is none; its path if it was written."""
    path = dossier.raw_year(year) / COUNCIL_FILE
    if path.exists():
        return None
    write_files({path: compose_starter(year).encode()})
    return path


def describe_papers(edition: Edition, papers: Papers, started: Path | None) -> str:
    """What was made, what was kept aside, and what of the session is still to be said (French)."""
    lines = [french.typeset(f"Papiers de la séance, édition {edition.year} :")]
    for path, words in zip(papers.written, name_papers(edition.year).values(), strict=True):
        lines.append(f"  {words:<28}{path}")
    for path in papers.aside:
        lines.append(french.typeset(f"  Modifié à la main, gardé à part : {path.name}"))
    file = f"raw/{edition.year}/{COUNCIL_FILE}"
    if started:
        lines.append(french.typeset(f"{file} est écrit : y dire ce qu’on sait de la séance."))
    if unknown := list_unknown(edition):
        lines.append(french.typeset(f"À compléter dans {file}, marqué dans les papiers :"))
        lines += [f"  {words}" for words in unknown]
    return "\n".join(lines)

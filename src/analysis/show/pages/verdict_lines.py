"""Targets at the head of a chapter: a line for each, what matters most first."""

from __future__ import annotations

from analysis.model.progress import find_gravity
from analysis.model.references import Row
from analysis.model.store import Edition
from analysis.show.pages.display import displayed
from analysis.words.hidden_markup import mark
from analysis.words.progress_words import describe_share, list_verdicts, write_verdict
from analysis.words.smallmarkdown import write_plain

#: Sign and class of a verdict by how much it matters (``progress.GRAVITY``). The sign goes before
#: words that say the same: whoever has the page read out hears the words alone.
_SIGNS = (
    *(("✗", "defavorable"),) * 3, ("▲", "reste"), ("?", "inconnu"), ("→", "en-cours"),
    ("✓", "favorable"),
)  # fmt: skip


def compose_verdicts(edition: Edition, chapter: str = "") -> list[str]:
    """Where each target of a chapter, or of the edition, stands; nothing where there is none."""
    lines = [_compose_line(edition, row) for row in list_verdicts(edition, chapter)]
    return ["::: {.verdicts}\n" + "\n".join(lines) + "\n:::"] if lines else []


def _compose_line(edition: Edition, row: Row) -> str:
    share = row["attained_pct"]
    gauge = ""
    if share is not None and 0 < share < 100:
        words = write_plain(mark(describe_share(edition, row), f"{row['indicator']}:cible"))
        gauge = f' [{words}]{{.jauge style="--part: {share:.0f}%"}}'
    said = write_verdict(edition, row)
    return f"- {write_sign(row['verdict'])} {said}{gauge}"


def write_sign(verdict: str) -> str:
    """The sign of a verdict, for the eye alone."""
    sign, kind = _SIGNS[find_gravity(verdict)]
    return f'[{sign}]{{.signe .{kind} aria-hidden="true"}}'


show_verdicts = displayed(compose_verdicts, "objectifs")

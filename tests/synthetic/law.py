"""What the law asks of a made-up territory, the documents that its editions rest on, and the review
of its digital strategy."""

from __future__ import annotations

from analysis.model.schema import DIGITAL_BLOCKS, DIGITAL_THEMES, MEASURED, TABLES

from .draft import Draft
from .programmes import Edition

#: Indicators of the review, at most.
MEASURES = 2


def declare_law(draft: Draft, day: str) -> None:
    """Sources of the real requirements, then two that are made up: one that no edition meets, and
    one of whose text the day of reading is known."""
    named = {row["source"] for row in draft.rows["legal", None] if row["source"]}
    for id in sorted(named):
        title = f"Données inventées pour les tests (graine {draft.seed}) : texte « {id} »"
        draft.add("sources", id=id, kind="document", title=title, accessed=day)
    for rank, cells in enumerate(
        (
            {"title": "Dire quelles pistes sont abandonnées, dans cet exemple inventé",
             "met": "lignes de improvements où title = Piste introuvable",
             "anchor": ["sec-climat", "sec-agenda-2030"]},
            {"title": "Avoir de quoi décider, dans cet exemple inventé",
             "met": "lignes de improvements pour chaque finalité et lignes de digital",
             "budget_to": 2099},
        ), 1,
    ):  # fmt: skip
        draft.add(
            "legal", id=f"exigence-inventee-{rank}", order=90 + rank, kind="rapport",
            legal_text="loi inventée", article="Z. 1-2", inhabitants=1, budget_from=2000,
            certainty="texte lu", verified_on=day, note="Exigence inventée pour les tests.",
            **cells,
        )  # fmt: skip


def tell_documents(draft: Draft, edition: Edition) -> None:
    """A document of each kind, prescribed, voluntary or unsaid."""
    kinds = next(c for c in TABLES["documents_used"].columns if c.name == "kind").codes
    chapters = [row["id"] for name in ("finalities", "approach") for row in draft.rows[name, None]]
    for rank, kind in enumerate(kinds):
        draft.add(
            "documents_used", edition.year, id=f"document-{rank + 1}", kind=kind,
            title=f"Document inventé ({kind})",
            obligation=("prescrit", "volontaire", None)[rank % 3],
            producer="Bureau inventé" if rank % 2 else None,
            publication=f"{edition.year}-0{1 + rank % 9}" if rank % 4 else None,
            chapters=[chapters[rank % len(chapters)], chapters[-1]],
            basis="déduit" if rank % 3 else "écrit",
            note="Obligation inventée." if rank % 3 else None,
            source=edition.source, locator=draft.locate(),
        )  # fmt: skip


def tell_digital(draft: Draft, edition: Edition) -> None:
    """Every part of the review; its indicators are some that have a target."""
    known = [row["indicator"] for row in draft.rows["targets", edition.year] if row["indicator"]]
    services = draft.rows["services", None]
    order = 0
    for rank, block in enumerate(DIGITAL_BLOCKS):
        measured = list(dict.fromkeys(known))[:MEASURES] if block == MEASURED else [None, None]
        for indicator in measured:
            order += 1
            draft.add(
                "digital", edition.year, id=f"numerique-{order}", order=order, block=block,
                theme=DIGITAL_THEMES[order % len(DIGITAL_THEMES)] if order % 4 else None,
                title=f"Point inventé n° {order}", indicator=indicator,
                summary=None if indicator else "Ce qu’en dit **l’exemple inventé**.",
                service=services[rank % len(services)]["id"] if order % 3 else None,
                source=edition.source, locator=draft.locate(),
            )  # fmt: skip

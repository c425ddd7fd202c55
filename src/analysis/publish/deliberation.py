"""The draft of the délibération by which the council takes note of the report, in Word: the facts
of the session that council.yml knows, the others marked; of the law what was read in its text, the
rest marked as to be checked. It puts nothing of the report to the vote.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from analysis.compute.law import count_inhabitants, explain_doubt, list_requirements, name_law
from analysis.model.council_fields import BUDGET_YEAR, DATES, KEYS
from analysis.model.schema import LEGAL_THRESHOLD, ON_REPORT
from analysis.model.store import Edition, to_records
from analysis.publish.docx.docx_package import Package
from analysis.publish.docx.word_template import fill
from analysis.publish.pandoc import READER, run_pandoc
from analysis.show.council_slides import comes_late
from analysis.show.pages.display import count_tables
from analysis.show.pages.summary_page import RUBRICS
from analysis.show.pages.unfinished import count_known
from analysis.words import french
from analysis.words.hidden_markup import hide, write_spans
from analysis.words.message_words import write_message
from analysis.words.prose import write_span
from analysis.words.smallmarkdown import write_plain

#: What stands before a text of law.
_ARTICLES = {"code": "le ", "décret": "le ", "loi": "la ", "ordonnance": "l’"}
_TITLE = "Présentation du rapport sur la situation en matière de développement durable"


def write_deliberation(edition: Edition, reference: Path, epoch: int) -> bytes:
    """The Word document, with the styles and fonts of ``reference``; the same bytes for the same
    content. Raises BookError when pandoc fails (French)."""
    moment = datetime.fromtimestamp(epoch, UTC)
    with tempfile.TemporaryDirectory(prefix="deliberation-") as folder:
        path = Path(folder) / "deliberation.docx"
        text = write_spans("\n\n".join(compose_deliberation(edition)))
        arguments = ["--to=docx", f"--reference-doc={reference}", f"--output={path}"]
        run_pandoc([f"--from={READER}", *arguments], text)
        package = Package(path.read_bytes())
    for part in ("word/comments.xml", "word/webSettings.xml", "docProps/custom.xml"):
        package.remove(part)
    about = {
        "title": french.typeset(f"Projet de délibération : rapport {edition.year}"),
        "subject": _TITLE,
        "author": edition.territory["full_name"],
        "moment": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for part in ("word/settings.xml", "docProps/core.xml", "docProps/app.xml"):
        package.save(part, fill(part, **about))
    return package.pack(moment)


def compose_deliberation(edition: Edition) -> Iterator[str]:
    """Its blocks, as Markdown with hidden marks."""
    year, budget = edition.year, edition.council[BUDGET_YEAR]
    number = _fill(edition, "deliberation_number")
    yield f"# {write_plain(f'Projet de délibération n° {number}')}"
    yield f'::: {{custom-style="Subtitle"}}\n{write_plain(f"{_TITLE}, année {year}")}\n:::'
    place = edition.territory["full_name"]
    yield write_plain(f"{place}, {name_council(edition)}")
    lines = [
        f"Séance du {_fill(edition, 'session_on')}, à {_fill(edition, 'session_time')} ;"
        f" lieu : {_fill(edition, 'session_place')}",
        *(
            f"{label} : {_fill(edition, key)}"
            for label, key in (
                ("Convocation", "convened_on"),
                ("Présidence", "chair"),
                ("Secrétaire de séance", "secretary"),
                ("Rapporteur", "rapporteur"),
            )
        ),
        f"Membres en exercice : {_mark('nombre')} ; présents : {_mark('nombre')} ;"
        f" représentés : {_mark('nombre')}",
    ]
    yield "\n".join(f"{write_plain(line)}\\" for line in lines).removesuffix("\\")
    yield "## Objet"
    yield write_plain(
        f"Présentation, avant le débat sur le budget {budget}, du rapport {year} sur la situation"
        f" en matière de développement durable {edition.territory['of_name']}."
    )
    yield "## Exposé des motifs"
    yield from _give_reasons(edition)
    yield "## Visas"
    yield from map(write_plain, _list_laws(edition))
    yield "## Considérants"
    yield from map(write_plain, _list_grounds(edition))
    yield "## Décision"
    speaker, council = _fill(edition, "rapporteur"), name_council(edition)
    yield write_plain(f"Après avoir entendu {speaker}, rapporteur, le {council} :")
    decided = (
        f"prend acte de la présentation du rapport {year} sur la situation en matière de"
        f" développement durable {edition.territory['of_name']}, avant le débat sur le budget"
        f" {budget}.",
        "dit que ce rapport est annexé à la présente délibération.",
        "dit que la présente délibération est transmise au représentant de l’État et publiée.",
    )
    for rank, line in enumerate(decided, 1):
        yield write_plain(f"Article {french.format_ordinal(rank) if rank == 1 else rank} : {line}")
    yield write_plain(
        f"Délibération du {_fill(edition, 'deliberation_on')} ; transmise au représentant de l’État"
        f" le {_fill(edition, 'transmitted_on')} ; publiée le {_fill(edition, 'published_on')}."
    )
    chair, secretary = _fill(edition, "chair"), _fill(edition, "secretary")
    yield write_plain(f"La présidence, {chair} ; le secrétariat de séance, {secretary}.")
    yield "## Annexe"
    yield write_plain(
        f"Rapport {year} (rapport-{year}.pdf), ses annexes (annexes-{year}.pdf) et sa synthèse"
        f" (synthese-{year}.pdf)."
    )
    if doubts := [*_list_doubts(edition)]:
        yield "## À vérifier, puis à retirer de ce projet"
        yield from map(write_plain, doubts)


def name_council(edition: Edition) -> str:
    """What the assembly of the territory is called."""
    if edition.territory.get("kind", "").startswith("communauté"):
        return "conseil communautaire"
    return "conseil"


def list_unknown(edition: Edition) -> list[str]:
    """The facts of the session that council.yml does not say (French)."""
    return [words for key, words in KEYS.items() if edition.council[key] in (None, "")]


def _mark(words: str, caution: str = "à compléter") -> str:
    return write_span(f"[{caution} : {words}]", ".mark")


def _fill(edition: Edition, key: str) -> str:
    fact = edition.council[key]
    if fact in (None, ""):
        article = ("du" if KEYS[key].startswith("débat") else "de la") if key in DATES else ""
        return _mark(f"date {article} {KEYS[key]}" if article else KEYS[key])
    return french.format_date(fact) if hasattr(fact, "year") else str(fact)


def _give_reasons(edition: Edition) -> Iterator[str]:
    """What the report holds, then the first sentence of each rubric of its first page."""
    held = [said for said in [*count_tables(edition), count_known(edition)] if said]
    holds = f"Le rapport {edition.year} présente {french.join_list(held)}."
    yield write_plain(holds if held else f"Le rapport {edition.year} est encore à compléter.")
    rows = to_records(edition.rows("key_messages", missing=""))
    for rubric, (_, title) in RUBRICS.items():
        for row in [row for row in rows if row["rubric"] == rubric][:1]:
            lead = f"{hide('*')}{write_plain(title)}{hide('*')}{french.NO_BREAK}: "
            yield lead + write_message(edition, row)


def _list_laws(edition: Edition) -> Iterator[str]:
    """Each text once: what was read first, then what is to be checked."""
    found: dict[str, str] = {}
    for one in list_requirements(edition, ON_REPORT):
        if one.row["article"]:
            found.setdefault(name_law(one), explain_doubt(one))
    for law, doubt in sorted(found.items(), key=lambda pair: bool(pair[1])):
        article = next((said for word, said in _ARTICLES.items() if law.startswith(word)), "")
        yield f"Vu {_mark(law, doubt) if doubt else article + law} ;"


def _list_grounds(edition: Edition) -> Iterator[str]:
    name, budget = edition.territory["name"], edition.council[BUDGET_YEAR]
    debate = _fill(edition, "orientation_debate_on")
    people = count_inhabitants(edition)
    count = people["value"]
    if not count:
        yield f"Considérant que {name} compte {_mark('nombre')} habitants (population totale) ;"
    else:
        said = f"{french.format_number(count)} habitants (population totale ; {people['locator']})"
        above = count > LEGAL_THRESHOLD
        limit = french.format_number(LEGAL_THRESHOLD)
        yield (
            f"Considérant que {name} compte {said}, soit plus de {limit} ;"
            if above
            else f"Considérant que {name} compte {said}, et que le rapport est donc volontaire ;"
        )
    order = f"Considérant que le rapport est présenté avant le débat sur le budget {budget}"
    order += f", le débat d’orientation budgétaire ayant pour date : {debate}"
    if comes_late(edition):
        order += f" {_mark('la présentation vient après ce débat', 'à vérifier')}"
    yield f"{order} ;"
    yield "Considérant que le rapport est annexé à la présente délibération."


def _list_doubts(edition: Edition) -> Iterator[str]:
    """What of the law is to be checked, by how it is known; the report's page says why."""
    titles: dict[str, list[str]] = {}
    for one in list_requirements(edition, ON_REPORT):
        if not one.certain:
            titles.setdefault(explain_doubt(one), []).append(one.row["title"])
    for doubt, said in titles.items():
        yield _mark(" ; ".join(said), doubt)
    if titles:
        yield "Pourquoi : la page du rapport sur ce que la loi demande."

"""The draft of the délibération by which the council takes note of the report, in Word: the facts
of the session that council.yml knows, the others marked; of the law what was read in its text, the
rest marked as to be checked. It puts nothing of the report to the vote.

Its words are in ``reports/council/deliberation.md``, one paragraph a line.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Template

from analysis.base.paths import REPORTS
from analysis.compute.law import count_inhabitants, explain_doubt, list_requirements, name_law
from analysis.model.council_fields import DATES, KEYS, comes_late
from analysis.model.schema import LEGAL_THRESHOLD, ON_REPORT
from analysis.model.store import Edition, to_records
from analysis.publish.docx.docx_package import Package
from analysis.publish.docx.finishing import describe_package
from analysis.publish.pandoc import READER, run_pandoc
from analysis.show.pages.display import count_tables
from analysis.show.pages.summary_page import RUBRICS
from analysis.show.pages.unfinished import count_known
from analysis.words import french
from analysis.words.hidden_markup import hide, write_spans
from analysis.words.message_words import write_message
from analysis.words.prose import write_span
from analysis.words.smallmarkdown import write_plain

_TEMPLATE = REPORTS / "council" / "deliberation.md"
#: What is markup at the beginning of a line of the template.
_MARKUP = re.compile(r"#+ |\| |:::.*")
#: What stands before a text of law.
_ARTICLES = {"code": "le ", "décret": "le ", "loi": "la ", "ordonnance": "l’"}
_SUBJECT = "Présentation du rapport sur la situation en matière de développement durable"


def write_deliberation(edition: Edition, reference: Path, epoch: int) -> bytes:
    """The Word document, with the styles and fonts of ``reference``; the same bytes for the same
    content. Raises BookError when pandoc fails (French)."""
    with tempfile.TemporaryDirectory(prefix="deliberation-") as folder:
        path = Path(folder) / "deliberation.docx"
        arguments = ["--to=docx", f"--reference-doc={reference}", f"--output={path}"]
        run_pandoc([f"--from={READER}", *arguments], write_spans(compose_deliberation(edition)))
        package = Package(path.read_bytes())
    title = french.typeset(f"Projet de délibération : rapport {edition.year}")
    return describe_package(package, epoch, title, _SUBJECT, edition.territory["full_name"])


def compose_deliberation(edition: Edition) -> str:
    """Its text, as Markdown with hidden marks."""
    kind, doubts = edition.territory.get("kind", ""), [*_list_doubts(edition)]
    heading = ["## À vérifier, puis à retirer de ce projet"] if doubts else []
    late = _mark("la présentation vient après ce débat", "à vérifier")
    text = Template(_TEMPLATE.read_text("utf-8")).substitute(
        {key: _write_fact(edition, key) for key in KEYS},
        year=edition.year,
        subject=_SUBJECT,
        full_name=edition.territory["full_name"],
        of_name=edition.territory["of_name"],
        assembly="conseil communautaire" if kind.startswith("communauté") else "conseil",
        number=_mark("nombre"),
        reasons="\n\n".join(_give_reasons(edition)),
        laws="\n\n".join(_list_laws(edition)),
        size=_tell_size(edition),
        late=f" {late}" if comes_late(edition.council) else "",
        doubts="\n\n".join([*heading, *doubts]),
    )
    return "\n".join(map(_write_line, text.splitlines()))


def _write_line(line: str) -> str:
    found = _MARKUP.match(line)
    markup = found[0] if found else ""
    return markup + write_plain(line.removeprefix(markup))


def list_unknown(edition: Edition) -> list[str]:
    """The facts of the session that council.yml does not say (French)."""
    return [words for key, words in KEYS.items() if not edition.council[key]]


def _mark(words: str, caution: str = "à compléter") -> str:
    return write_span(f"[{caution} : {words}]", ".mark")


def _write_fact(edition: Edition, key: str) -> str:
    fact, words = edition.council[key], KEYS[key]
    if key not in DATES:
        return str(fact) if fact else _mark(words)
    article = "du" if words.startswith("débat") else "de la"
    return french.format_date(fact) if fact else _mark(f"date {article} {words}")


def _give_reasons(edition: Edition) -> Iterator[str]:
    """What the report holds, then the first sentence of each rubric of its first page."""
    held = [said for said in [*count_tables(edition), count_known(edition)] if said]
    holds = f"présente {french.join_list(held)}" if held else "est encore à compléter"
    yield f"Le rapport {edition.year} {holds}."
    rows = edition.rows("key_messages", missing="").drop_duplicates("rubric")
    first = {row["rubric"]: row for row in to_records(rows)}
    for rubric, (_, title) in RUBRICS.items():
        if rubric in first:
            lead = f"{hide('*')}{write_plain(title)}{hide('*')}{french.NO_BREAK}: "
            yield lead + write_message(edition, first[rubric])


def _list_laws(edition: Edition) -> Iterator[str]:
    """Each text once: what was read first, then what is to be checked."""
    found: dict[str, str] = {}
    for one in list_requirements(edition, ON_REPORT):
        if one.row["article"]:
            found.setdefault(name_law(one), explain_doubt(one))
    for law, doubt in sorted(found.items(), key=lambda pair: bool(pair[1])):
        article = next((said for word, said in _ARTICLES.items() if law.startswith(word)), "")
        yield f"Vu {_mark(law, doubt) if doubt else article + law} ;"


def _tell_size(edition: Edition) -> str:
    """Whether the territory is as large as the law says, as far as its population is known."""
    people = count_inhabitants(edition)
    count, name = people["value"], edition.territory["name"]
    if not count:
        return f"Considérant que {name} compte {_mark('nombre')} habitants (population totale) ;"
    said = f"{french.format_number(count)} habitants (population totale ; {people['locator']})"
    more = f"soit plus de {french.format_number(LEGAL_THRESHOLD)}"
    if count <= LEGAL_THRESHOLD:
        more = "et que le rapport est donc volontaire"
    return f"Considérant que {name} compte {said}, {more} ;"


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

"""The draft of the délibération by which the council takes note of the report, in Word: the facts
of the session that council.yml knows, the others marked; of the law what was read in its text, the
rest marked as to be checked. It puts nothing of the report to the vote, and says of it what it
holds, no more; what is to be checked before the session stands in a text of its own.

Its words are in ``reports/council/deliberation.md``, one paragraph a line.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from analysis.base.paths import REPORTS
from analysis.compute.law import count_inhabitants, explain_doubt, list_requirements, name_law
from analysis.model.council_fields import BUDGET_YEAR, DATES, KEYS, comes_first, find_fact
from analysis.model.schema import LEGAL_THRESHOLD, ON_REPORT
from analysis.model.store import Edition
from analysis.publish.docx.docx_package import Package
from analysis.publish.docx.finishing import describe_package
from analysis.publish.pandoc import READER, run_pandoc
from analysis.show.pages.display import count_tables
from analysis.show.pages.unfinished import count_known
from analysis.words import french
from analysis.words.hidden_markup import capitalise, strip_marks, write_spans
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
    kind, council = edition.territory.get("kind", ""), edition.council
    before = f", avant le débat sur le budget {council[BUDGET_YEAR]}"
    text = Template(_TEMPLATE.read_text("utf-8")).substitute(
        {key: _write_fact(edition, key) for key in KEYS},
        year=edition.year,
        subject=_SUBJECT,
        full_name=edition.territory["full_name"],
        of_name=edition.territory["of_name"],
        assembly="conseil communautaire" if kind.startswith("communauté") else "conseil",
        number=_mark("nombre"),
        reason=_give_reason(edition),
        laws="\n\n".join(_list_laws(edition)),
        size=_tell_size(edition),
        order=_tell_order(council),
        before=before if comes_first(council) else "",
    )
    return "\n".join(map(_write_line, text.splitlines()))


def _write_line(line: str) -> str:
    found = _MARKUP.match(line)
    markup = found[0] if found else ""
    return markup + write_plain(line.removeprefix(markup))


def list_unknown(edition: Edition) -> list[str]:
    """The facts of the session that council.yml does not say (French)."""
    return [words for key, words in KEYS.items() if not find_fact(edition.council, key)]


def _mark(words: str, caution: str = "à compléter") -> str:
    return write_span(f"[{caution} : {words}]", ".mark")


def _write_fact(edition: Edition, key: str) -> str:
    fact, words = edition.council[key], KEYS[key]
    if key not in DATES:
        return str(fact) if fact else _mark(words)
    article = "du" if words.startswith("débat") else "de la"
    return french.format_date(fact) if fact else _mark(f"date {article} {words}")


def _give_reason(edition: Edition) -> str:
    """What the report holds."""
    held = [said for said in [*count_tables(edition), count_known(edition)] if said]
    holds = f"présente {french.join_list(held)}" if held else "est encore à compléter"
    return f"Le rapport {edition.year}, annexé, {holds}."


def _tell_order(council: Mapping[str, Any]) -> str:
    """That the report comes before the debate, as far as both days are known and say so."""
    days = [find_fact(council, key) for key in ("presented_on", "orientation_debate_on")]
    said = f"le rapport est présenté avant le débat sur le budget {council[BUDGET_YEAR]}"
    heard, debate = (french.format_date(day) if day else "date" for day in days)
    if comes_first(council):
        return (
            f"Considérant que {said}, le {heard}, le débat d’orientation budgétaire ayant pour"
            f" date le {debate} ;"
        )
    dates = f"présentation : {heard} ; débat d’orientation budgétaire : {debate}"
    caution = "à vérifier" if all(days) else "à compléter"
    return f"Considérant que {_mark(f'{said} ; {dates}', caution)} ;"


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
    """Whether the territory is as large as the law says, by the population in force on the day of
    the session; another vintage is to be checked."""
    day = find_fact(edition.council, "presented_on")
    people = count_inhabitants(edition, day)
    count, of_name = people["value"], edition.territory["of_name"]
    if not count:
        return (
            f"Considérant que la population totale {of_name} est de {_mark('nombre')} habitants ;"
        )
    said = f"{french.format_number(count)} habitants ({people['locator']})"
    if not day:
        said = _mark(f"{said} ; celle en vigueur le jour de la séance", "à vérifier")
    elif people["note"]:
        said = _mark(f"{said} ; {people['note']}", "à vérifier")
    more = f"soit plus de {french.format_number(LEGAL_THRESHOLD)}"
    if count <= LEGAL_THRESHOLD:
        more = "et que le rapport est donc volontaire"
    return f"Considérant que la population totale {of_name} est de {said}, {more} ;"


def write_doubts(edition: Edition) -> str:
    """What is to be checked before the session, by how it is known; the report's page says why."""
    titles: dict[str, list[str]] = {}
    for one in list_requirements(edition, ON_REPORT):
        if not one.certain:
            titles.setdefault(explain_doubt(one), []).append(one.row["title"])
    lines = [f"À relire avant la séance : le projet de délibération, rapport {edition.year}."]
    lines += [f"À compléter : {words}." for words in list_unknown(edition)]
    for doubt, said in titles.items():
        lines += [f"{capitalise(doubt)} :", *(f"  - {title}" for title in said)]
    if titles:
        lines.append("Pourquoi : la page du rapport sur ce que la loi demande.")
    return strip_marks(french.typeset("\n".join(lines))) + "\n"

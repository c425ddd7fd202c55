"""Where an edition stands of which much is yet to be given, gathered and written: said once in each
chapter, and on the front page for the whole report. The data say so, in a first edition as in a
later one; of an edition that was never published, nothing more will come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.model.references import Row
from analysis.model.schema.raw_tables import CHECK_KIND, TEXT_HEADINGS
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import COUNTED_TABLES, mark_count
from analysis.words import french
from analysis.words.hidden_markup import capitalise
from analysis.words.smallmarkdown import write_plain

#: How many services are named.
_NAMED = 4
_TEXTS = dict(zip(TEXT_HEADINGS, ("l’enjeu", "l’analyse", "la synthèse"), strict=True))


def is_blank(edition: Edition, chapter: str) -> bool:
    """Whether nothing done, decided or proposed is listed yet in a chapter."""
    return not edition.is_reconstituted and not any(
        len(edition.rows(table, chapter=chapter)) for table, *_ in COUNTED_TABLES
    )


def list_unwritten(edition: Edition, chapter: str) -> list[str]:
    """The texts of a chapter that are yet to be written: « l’enjeu »."""
    texts = edition.texts.get(chapter, {})
    if edition.is_reconstituted:
        return []
    return [name for heading, name in _TEXTS.items() if not texts.get(heading, "").strip()]


def describe_chapter(edition: Edition, chapter: str) -> str:
    """What of a chapter is yet to be gathered, given and written; '' where nothing is."""
    return " ".join(_describe_chapter(edition, chapter))


def _describe_chapter(edition: Edition, chapter: str) -> Iterator[str]:
    if is_blank(edition, chapter):
        yield _say("Aucune action ni aucune piste d’amélioration n’est encore recensée ici.")
    if unwritten := list_unwritten(edition, chapter):
        verb = french.choose_form(len(unwritten), "reste", "restent")
        said = f"{french.join_list(unwritten)} de ce chapitre {verb} à écrire."
        yield _say(capitalise(said))
    if requests := tables.list_unanswered(edition, chapter=chapter):
        asked = mark_count(len(requests), "valeur est", "valeurs sont", "requests")
        form = french.choose_form(len(requests), "demandée", "demandées")
        whom = _name_services(edition, requests)
        yield _say(f"{asked} {form} {whom}") + " (annexe [-@sec-annexes-lacunes])."


def _name_services(edition: Edition, requests: Sequence[Row]) -> str:
    """« aux services suivants : Finances, Habitat », « à 7 services », the most asked first."""
    asked = [request["service"] for request in requests]
    services = sorted(set(asked), key=lambda service: (-asked.count(service), service))
    if len(services) > _NAMED:
        return f"à {_count_services(requests)}"
    rows = edition.rows("services", id=services)
    names = dict(zip(rows["id"], rows["name"], strict=True))
    which = french.choose_form(len(services), "au service suivant", "aux services suivants")
    return f"{which} : {', '.join(names.get(service, service) for service in services)}"


def _count_services(requests: Sequence[Row]) -> str:
    number = len({request["service"] for request in requests})
    return mark_count(number, "service", "services", "requests")


def _say(words: str) -> str:
    return write_plain(french.typeset(words))


def compose_state(edition: Edition, prefix: str) -> str:
    """What is known, asked, to be gathered and written, in a box of its own; '' where all chapters
    are gathered and written, and most of what was asked is given. ``prefix``: of the page."""
    chapters = edition.chapters.sort_values("order")
    titles = dict(zip(chapters["id"], chapters["short_title"], strict=True))
    blank = [titles[id] for id in titles if is_blank(edition, id)]
    unwritten = [titles[id] for id in titles if list_unwritten(edition, id)]
    lines = {
        "Demandé": _describe_requests(edition),
        "À recenser": _name_chapters("les actions et les pistes d’amélioration", blank, titles),
        "À écrire": _name_chapters("les textes", unwritten, titles),
    }
    received = 2 * len(tables.list_unanswered(edition)) < max(len(edition.requests), 1)
    if received and not blank and not unwritten:
        return ""
    lines = {"Connu": _describe_known(edition)} | lines
    items = [f"- **{label}**{french.NO_BREAK}: {text}." for label, text in lines.items() if text]
    heading = f"## Où en est cette édition {{#sec-{prefix}-etat .unnumbered}}"
    return f"::: {{.etat}}\n{heading}\n\n" + "\n".join(items) + "\n:::"


def count_known(edition: Edition) -> str:
    """« 12 indicateurs » of which the edition has a value; '' where there is none."""
    values = edition.values[edition.values["kind"] != CHECK_KIND]
    known = values[values["value"].notna()]
    return mark_count(known["indicator"].nunique(), "indicateur", "indicateurs", "indicators")


def _describe_known(edition: Edition) -> str:
    known = count_known(edition)
    every = (edition.indicators["kind"] != CHECK_KIND).sum()
    total = mark_count(every, "au catalogue", "au catalogue", "indicators")
    return _say(f"{known} sur {total}") if known else ""


def _describe_requests(edition: Edition) -> str:
    """How many values are asked of how many services, until when, and where they are listed."""
    requests = tables.list_unanswered(edition)
    if not requests:
        return ""
    counted = mark_count(len(requests), "valeur", "valeurs", "requests")
    said = f"{counted} à {_count_services(requests)}"
    days = [request["due"] for request in requests if request["due"] is not None]
    said += f", pour le {french.format_date(max(days))} au plus tard" if days else ""
    return _say(said) + " ([la liste](#sec-annexes-lacunes))"


def _name_chapters(what: str, named: list[str], titles: Mapping[str, str]) -> str:
    if not named:
        return ""
    every = len(named) == len(titles)
    of = "de tous les chapitres" if every else f"de {french.join_list(named)}"
    return _say(f"{what} {of}")

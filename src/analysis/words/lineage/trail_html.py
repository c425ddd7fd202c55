"""A trail as a fragment of HTML, for the page's own window."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from analysis.words import french
from analysis.words.document_places import DocumentPlace
from analysis.words.hidden_markup import capitalise, end_sentence
from analysis.words.lineage.trail import Source, Term, Trail


def compose_entry(trail: Trail) -> str:
    """The window's content: title, value, calculation, typed rows, files.

    A term that has a trail of its own is a link with ``data-trace``, as in the pages.
    """
    return french.raise_ordinals("".join(_compose(trail)), "<sup>", "</sup>")


def _compose(trail: Trail) -> Iterator[str]:
    yield f'<h2 id="trace-titre">{escape(trail.title)}</h2>'
    if trail.quantity:
        details = ", ".join(word for word in (trail.period, trail.status) if word)
        said = f" <span>{escape(details)}</span>" if details else ""
        yield f'<p class="trace-valeur"><strong>{escape(trail.quantity)}</strong>{said}</p>'
    yield f"<p>{escape(trail.definition)}</p>"
    for remark in trail.remarks:
        yield f"<p>{escape(remark)}</p>"
    if trail.formula:
        yield f'<h3>Calcul</h3><p class="trace-calcul">{escape(trail.formula)}</p>'
        if trail.calculation:
            yield f'<p class="trace-calcul">=&nbsp;{escape(trail.calculation)}</p>'
        yield "<ul>" + "".join(map(_compose_term, trail.terms)) + "</ul>"
    if trail.sources:
        yield "<h3>Relevé dans la source</h3>"
        yield "<ul>" + "".join(map(_compose_source, trail.sources)) + "</ul>"
    for file, checksum in trail.files:
        yield (
            f'<p class="trace-fichier">Empreinte SHA-256 de <code>{escape(file)}</code>&nbsp;: '
            f"<code>{checksum}</code></p>"
        )


def _compose_term(term: Term) -> str:
    title = escape(term.title)
    if term.reference:
        title = f'<a href="#" data-trace="{escape(term.reference)}">{title}</a>'
    period = f" ({escape(term.period)})" if term.period else ""
    return f"<li>{title}&nbsp;: {escape(term.quantity)}{period}</li>"


def _compose_place(place: DocumentPlace) -> str:
    said = f'<a href="{place.link}">{escape(place.words)}</a>, ' if place.words else ""
    return f"<br>{said}<strong>{escape(french.typeset(place.lines))}</strong>"


def _compose_source(source: Source) -> str:
    period = f" ({escape(source.period)})" if source.period else ""
    where = f", <strong>{escape(source.locator)}</strong>" if source.locator else ""
    if source.places:
        where = "".join(map(_compose_place, source.places))
    place = f"Saisi dans <code>{escape(source.file)}</code>"
    place += f", ligne {source.line}" if source.line else ""
    status = f"&#8239;; {escape(source.status)}" if source.status else ""
    note = f"<br>{escape(end_sentence(capitalise(source.note)))}" if source.note else ""
    return (
        f"<li>{escape(source.title)}&nbsp;: {escape(source.quantity)}{period}<br>"
        f"{escape(source.document)}{where}<br><small>{place}{status}{note}</small></li>"
    )

"""A trail as a fragment of HTML, for the page's own window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from analysis.words import french
from analysis.words.document_places import DocumentPlace
from analysis.words.hidden_markup import capitalise, end_sentence
from analysis.words.lineage.trail import Source, Term, Trail

#: What the window folds away, last.
FOR_ANALYSTS = "Pour l’analyste&nbsp;: lignes, fichiers, empreintes"


def compose_entry(trail: Trail) -> str:
    """The window's content: title, value, what it means, calculation, source; folded, its rows and
    files.

    A term that has a trail of its own is a link with ``data-trace``, as in the pages.
    """
    return french.raise_ordinals("".join(_compose(trail)), "<sup>", "</sup>")


def _compose(trail: Trail) -> Iterator[str]:
    yield f'<h2 id="trace-titre">{escape(trail.title)}</h2>'
    if trail.quantity:
        status = "" if trail.status == "définitif" else trail.status
        details = ", ".join(filter(None, (trail.period, status)))
        said = f" <span>{escape(details)}</span>" if details else ""
        yield f'<p class="trace-valeur"><strong>{escape(trail.quantity)}</strong>{said}</p>'
    yield f"<p>{escape(trail.definition)}</p>"
    for remark in trail.remarks:
        yield f"<p>{escape(remark)}</p>"
    if trail.listed:
        yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in trail.listed) + "</ul>"
    if trail.formula:
        yield f'<h3>Calcul</h3><p class="trace-calcul">{escape(trail.formula)}</p>'
        if trail.calculation:
            yield f'<p class="trace-calcul">=&nbsp;{escape(trail.calculation)}</p>'
        yield "<ul>" + "".join(map(_compose_term, trail.terms)) + "</ul>"
    for document, sources in _group(trail.sources).items():
        # A value that was read as it stands needs no second name; those of a calculation do.
        own = not trail.formula and len(trail.sources) == 1
        yield f"<h3>Source</h3><p>{document}</p>"
        if items := "".join(_compose_source(source, own) for source in sources):
            yield f"<ul>{items}</ul>"
    if trail.sources or trail.files:
        yield f"<details><summary>{FOR_ANALYSTS}</summary>"
        yield "<ul>" + "".join(map(_compose_row, trail.sources)) + "</ul>"
        for file, checksum in trail.files:
            yield (
                f'<p class="trace-fichier">Empreinte SHA-256 de <code>{escape(file)}</code>&nbsp;: '
                f"<code>{checksum}</code></p>"
            )
        yield "</details>"


def _group(sources: Iterable[Source]) -> dict[str, list[Source]]:
    """Sources by the words that name their document: title, who made it and when; its address."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        title = escape(source.document)
        if source.address:
            title = f'<a href="{escape(source.address)}">{title}</a>'
        said = f"<strong>{title}</strong>"
        said += f"<br>{escape(source.publisher)}" if source.publisher else ""
        found.setdefault(said, []).append(source)
    return found


def _compose_term(term: Term) -> str:
    title = escape(term.title)
    if term.reference:
        title = f'<a href="#" data-trace="{escape(term.reference)}">{title}</a>'
    period = f" ({escape(term.period)})" if term.period else ""
    return f"<li>{title}&nbsp;: {escape(term.quantity)}{period}</li>"


def _compose_place(place: DocumentPlace) -> str:
    return f'<a href="{place.link}">{escape(place.words or place.lines)}</a>'


def _compose_source(source: Source, own: bool) -> str:
    """What was read, unless the window's head says it (``own``), and where in its document."""
    period = f" ({escape(source.period)})" if source.period else ""
    said = [] if own else [f"{escape(source.title)}&nbsp;: {escape(source.quantity)}{period}"]
    said += map(_compose_place, source.places)
    if not source.places and source.locator and not source.file.startswith("reference/"):
        said.append(escape(source.locator))
    said += [escape(end_sentence(capitalise(source.note)))] if source.note else []
    return f"<li>{'<br>'.join(said)}</li>" if said else ""


def _compose_row(source: Source) -> str:
    """« Arbres plantés : l. 564 ; saisi dans 2017/observations.csv, ligne 34 »."""
    row = f"saisi dans <code>{escape(source.file)}</code>"
    row += f", ligne {source.line}" if source.line else ""
    said = [escape(source.locator), row, escape(source.status)]
    return f"<li>{escape(source.title)}&nbsp;: {'&#8239;; '.join(filter(None, said))}</li>"

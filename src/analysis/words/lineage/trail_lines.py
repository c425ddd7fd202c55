"""A trail as plain lines, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.words.lineage.trail import Source, Term, Trail

_INDENT = "  "


def describe_trail(trail: Trail, related: Iterable[Term] = ()) -> str:
    """All that is known of a number, from its value to the checksum of the file it was typed in;
    then the indicator's other values, by the references that give them."""
    lines = [*_write_lines(trail)]
    if others := [_write_term(term) for term in related]:
        lines += ["", "Autres valeurs de cet indicateur :", *others]
    return "\n".join(lines)


def _write_term(term: Term) -> str:
    period = f" ({term.period})" if term.period else ""
    reference = f"  [{term.reference}]" if term.reference else ""
    return f"{_INDENT}- {term.title} : {term.quantity}{period}{reference}"


def _join(*words: str, by: str = ", ") -> str:
    return by.join(word for word in words if word)


def _write_lines(trail: Trail) -> Iterator[str]:
    yield f"{trail.title}  [{trail.reference}]"
    if trail.quantity:
        yield _INDENT + _join(
            trail.quantity, f"({trail.period})" if trail.period else "", trail.status, by="  "
        )
    yield _INDENT + trail.definition
    for remark in (*trail.remarks, *trail.listed):
        yield _INDENT + remark
    if trail.formula:
        yield ""
        yield f"Calcul : {trail.formula}"
        if trail.calculation:
            yield f"       = {trail.calculation}"
        for term in trail.terms:
            yield _write_term(term)
    if trail.sources:
        yield ""
        yield "Relevé dans la source :"
        for source in trail.sources:
            yield from _write_source(source)
    if trail.files:
        yield ""
        yield "Fichiers (SHA-256) :"
        for file, checksum in trail.files:
            yield f"{_INDENT}{file}  {checksum}"


def _write_source(source: Source) -> Iterator[str]:
    period = f" ({source.period})" if source.period else ""
    yield f"{_INDENT}- {source.title} : {source.quantity}{period}"
    place = f"{source.file}, ligne {source.line}" if source.line else source.file
    yield f"{_INDENT * 2}{_join(source.document, '' if source.places else source.locator)}"
    for found in source.places:
        yield f"{_INDENT * 2}{_join(found.words, found.lines)}"
    yield f"{_INDENT * 2}{_join(place, source.status)}"
    if source.note:
        yield f"{_INDENT * 2}{source.note}"

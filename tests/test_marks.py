"""Marks: a number carries its reference through typography, escaping and tables."""

import pytest

from analysis.show import tables
from analysis.words import french
from analysis.words.hidden_markup import (
    capitalise,
    end_sentence,
    find_marks,
    mark,
    name_place,
    strip_marks,
    write_spans,
)
from analysis.words.smallmarkdown import write_plain

SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})


def test_a_mark_becomes_a_span_and_can_be_taken_out():
    text = f"Il y a {mark('60 arbres', 'arbres-plantes@france:N-1')} ici."
    assert strip_marks(text) == "Il y a 60 arbres ici."
    assert find_marks(text) == [("60 arbres", "arbres-plantes@france:N-1")]
    assert write_spans(text) == (
        'Il y a [60 arbres]{.trace data-trace="arbres-plantes@france:N-1"} ici.'
    )


def test_a_place_is_no_number():
    text = name_place("Arbres", "calc-arbres")
    assert write_spans(text) == "[Arbres]{#calc-arbres}"
    assert find_marks(text) == []


def test_nothing_is_marked_in_nothing_and_nothing_twice():
    assert mark("", "arbres") == ""
    with pytest.raises(ValueError, match="60 arbres"):
        mark(mark("60 arbres", "arbres"), "arbres")


@pytest.mark.parametrize(
    "template",
    [
        "l'an {}; puis {}: « {} »",
        "{} % et {} € ({})",
        "d'{}, {} ?",
        "n° {} : {}!",
        "*{}* ; **{}** : fin",
    ],
)
def test_typography_looks_through_marks(template):
    """The same spaces and apostrophes with marks as without."""
    slots = template.count("{}")
    plain = template.format(*["12"] * slots)
    marked = template.format(*[mark("12", "a-b:evolution")] * slots)
    assert strip_marks(french.typeset(marked)) == french.typeset(plain)
    assert len(find_marks(french.typeset(marked))) == slots


def test_a_sentence_begins_and_ends_through_marks():
    assert strip_marks(capitalise(mark("environ 500", "a"))) == "Environ 500"
    assert strip_marks(capitalise("la part")) == "La part"
    assert strip_marks(end_sentence("soit " + mark("12 €/hab.", "a"))) == "soit 12 €/hab."
    assert strip_marks(end_sentence("soit " + mark("12", "a"))) == "soit 12."


def test_a_sentence_that_ends_with_a_marked_abbreviation_has_one_stop():
    assert strip_marks(french.typeset(f"soit {mark('12 €/hab.', 'a')}.")).endswith("/hab.")
    assert not strip_marks(french.typeset(f"soit {mark('12 €/hab.', 'a')}.")).endswith("..")


def test_escaping_leaves_the_reference_whole():
    cell = write_plain(f"{mark('12 %', 'a-b:par-mois')} | *fort*")
    assert find_marks(cell)[0][1] == "a-b:par-mois"
    assert write_spans(cell).endswith("\\| \\*fort\\*")


def test_a_column_of_marked_numbers_is_still_one_of_numbers():
    import pandas as pd

    marked = pd.DataFrame({"Nom": ["a"], "Valeur": [mark("1\u202f000", "b")]})
    plain = pd.DataFrame({"Nom": ["a"], "Valeur": ["1\u202f000"]})
    rule = [tables.format_markdown(frame).split("\n")[1] for frame in (marked, plain)]
    assert rule[0] == rule[1]
    assert rule[0].rstrip("|").endswith(":")

"""One indicator, one rounding: wherever a value is printed, its number is the same."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from analysis.base.paths import Dossier
from analysis.base.rounding import refine_for, round_bound
from analysis.compute.indicators import load_edition
from analysis.model.references import (
    MODIFIERS,
    Reference,
    UnknownReference,
    find_monthly_step,
)
from analysis.model.store import Edition, read_edition, to_records
from analysis.show import charts, tables
from analysis.show.tables.evolutions import read_evolution
from analysis.words import french, prose
from analysis.words.hidden_markup import strip_marks
from analysis.words.lineage import read_trail
from analysis.words.progress_words import (
    describe_gap,
    describe_outlook,
    describe_share,
    list_paces,
)

#: A number, and its unit where that has a column of its own.
_MARKED = re.compile(r'\[((?:[^\[\]\\]|\\.)*)\]\{\.trace data-trace="([^"]+)"\}(?: +\| +(M€))?')
_NUMBER = re.compile(r"\d[\d\u202f]*(?:,\d+)?(?:\u202fM€)?")


def read_numbers(text: str) -> set[str]:
    return {found.strip("\u202f") for found in _NUMBER.findall(french.typeset(text))}


def list_marked(dossier: Dossier, year: int):
    """(notebook, whether in its workings, words, reference) of each number of the executed
    notebooks; in workings, those under a heading that says « avant arrondi » are left out."""
    for path in sorted(dossier.executed(year).glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            working = "calculs" in cell["metadata"].get("tags", [])
            for output in cell.get("outputs", []):
                markdown = "".join(output.get("data", {}).get("text/markdown", ""))
                markdown = drop_unrounded(markdown) if working else markdown
                for words, reference, unit in _MARKED.findall(markdown):
                    if not reference.startswith("table:"):
                        yield path.stem, working, f"{words} {unit}".strip(), reference


def drop_unrounded(markdown: str) -> str:
    """Pipe tables without the cells under headings that say « avant arrondi »."""
    lines, unrounded = [], set()
    for line in markdown.splitlines():
        cells = re.split(r"(?<!\\)\|", line)
        if not line.startswith("|"):
            unrounded = set()
        elif not unrounded:
            unrounded = {n for n, cell in enumerate(cells) if "avant arrondi" in cell} or {-1}
        lines.append("|".join("" if n in unrounded else cell for n, cell in enumerate(cells)))
    return "\n".join(lines)


def test_only_what_is_said_to_be_unrounded_is_left_out():
    table = "| A | B, avant arrondi |\n|---|---|\n| [1,2]{.x} \\| 3 | [1,2345]{.x} |"
    found = drop_unrounded(f"{table}\n\n| A | B |\n|---|---|\n| 1 | 1,2345 |")
    assert "[1,2]{.x}" in found
    assert "[1,2345]" not in found
    assert "| 1 | 1,2345 |" in found, "another table, another heading"


def list_rates(edition: Edition, place: str, modifier: str) -> list[str]:
    """The monthly rate of a value, where two periods do not compare."""
    value = edition.value(place)
    rows = edition.rows("comparisons", indicator=value.indicator, territory=value.territory)
    rates = [(row["monthly_precedent"], row["monthly_latest"]) for row in to_records(rows)]
    found = []
    for pair in rates:
        if None not in pair:
            values = [edition.value(f"{place}:precedent"), value]
            before, after = prose.describe_rates(values, pair)
            found.append(before if modifier == "precedent" else after)
    return found


def list_moves(edition: Edition, place: str) -> list[str]:
    """By how much a value moved, or why nothing is said of it."""
    value = edition.value(place)
    rows = edition.rows("comparisons", indicator=value.indicator, territory=value.territory)
    return [
        prose.format_difference(
            edition, row["precedent"], row["latest"], value.unit, value.precision
        )
        if row["comparable"] and row["difference"] is not None
        else row["reason"]
        for row in to_records(rows)
    ]


def find_allowed(edition: Edition, reference: str) -> set[str]:
    """The numbers that a reference may be printed as."""
    place, _, modifier = reference.partition(":")
    value = edition.value(reference)
    said = [prose.format_quantity(edition, value), value.missing]
    if modifier in ("", "precedent"):
        said += [*list_rates(edition, place, modifier), *list_moves(edition, place)]
    elif modifier == "cible":
        for row in to_records(edition.rows("progress", indicator=value.indicator)):
            said += [describe_gap(edition, row), describe_share(edition, row)]
            said += [*list_paces(edition, row).values(), describe_outlook(edition, row)]
    elif modifier == "evolution":
        rows = edition.rows("values", indicator=value.indicator, rank=0)
        said += [
            strip_marks(found.quantity + found.reason)
            for row in rows.itertuples()
            if (found := read_evolution(edition, row))
        ]
    return {number for words in said for number in read_numbers(words)}


def check_notebooks(dossier: Dossier, year: int) -> None:
    edition = read_edition(year, dossier)
    # A check shows the figure recomputed one digit beyond the printed one that it is held against;
    # what the annex and the workings quote of a source has the source's digits.
    checked = read_numbers(strip_marks(tables.tabulate_statements(edition, edition.checks)))
    seen, wrong = 0, []
    for page, working, words, reference in list_marked(dossier, year):
        allowed = find_allowed(edition, reference)
        if page.startswith(("calculs-", "checks")) or working:
            quoted = (source.quantity for source in read_trail(edition, reference).sources)
            allowed |= checked | {number for text in quoted for number in read_numbers(text)}
        seen += 1
        if not read_numbers(words) <= allowed:
            wrong.append((page, words, reference, sorted(allowed)))
    assert wrong == []
    assert seen > 100


def test_a_made_up_report_prints_each_value_one_way(made_up_report):
    check_notebooks(made_up_report, 2030)


def test_the_published_report_prints_each_value_one_way(published_report):
    check_notebooks(published_report.dossier, published_report.year)


def test_charts_print_what_texts_print(published):
    """Every number drawn is said in the alternative text, as a sentence says it."""
    drawn = 0
    for chapter in (*published.chapters["id"], "annexes"):
        for spec in charts.list_specs(published, chapter):
            drawing = charts.draw_chart(published, spec)
            for row in drawing.data[drawing.data["modifier"].isin(["", *MODIFIERS])].itertuples():
                elsewhere = row.territory not in ("", published.territory["id"])
                place = row.territory if elsewhere else ""
                value = published.value(str(Reference(row.indicator, place, row.modifier)))
                if value.value is not None:
                    write = partial(prose.format_quantity, published)
                    if row.modifier == "par-mois":  # « 475 par mois »: of what stands before it
                        write = prose.format_number
                    said = french.typeset(write(value))
                    assert said in drawing.alt, (spec["id"], said, drawing.alt)
                    drawn += 1
    assert drawn > 50


def test_an_indicator_that_repeats_a_reference_is_rounded_as_it_is(published):
    """``{x:par-mois}`` as an indicator of its own says the same number."""
    repeated = 0
    for row in published.indicators.itertuples():
        found = re.fullmatch(r"\{([^{}]+)\}", row.formula or "")
        if not found:
            continue
        try:
            one, other = published.value(row.id), published.value(found[1])
        except UnknownReference:
            continue
        if one.value is not None and other.value is not None:
            numbers = [french.format_number(v.value, v.precision) for v in (one, other)]
            assert numbers[0] == numbers[1], row.id
            repeated += 1
    assert repeated


def test_what_is_drawn_on_one_scale_has_steps_that_are_near(published):
    """Rates and amounts for each inhabitant that stand side by side have one step."""
    for spec in published.charts:
        items = [i if isinstance(i, dict) else {"indicator": i} for i in spec.get("items") or []]
        details = [one for item in items for one in charts.facts.list_details(item)]
        steps: dict[str, set[float]] = {}
        for value in map(published.value, details):
            steps.setdefault(value.unit, set()).add(value.precision)
        assert all(len(found) == 1 for found in steps.values()), (spec["id"], steps)


@pytest.mark.parametrize(
    ("number", "step", "shown"),
    [
        (85.0, 1, 1), (84.5, 1, 0.1), (84.25, 1, 0.01), (84.125, 0.1, 0.001), (1 / 3, 1, 1e-6),
        (456, 10_000, 1), (6_960_000, 10_000, 10_000), (1234.5, 1000, 0.1), (0.0, 1, 1),
    ],
)  # fmt: skip
def test_a_quoted_number_shows_the_digits_it_was_typed_with(number, step, shown):
    assert prose.refine_step(number, step) == pytest.approx(shown)


@pytest.mark.parametrize(
    ("numbers", "step", "refined"),
    [
        ([8.5], 1, 0.1), ([8, 8.5], 1, 0.1), ([34.5], 1, 0.1), ([50.4], 1, 1), ([-8.5], 1, 0.1),
        ([9_600_000], 1_000_000, 100_000), ([6_960_000], 10_000, 10_000), ([6750], 1000, 100),
        ([0, 100, 200], 1, 1), ([], 1, 1), ([0.456], 1, 0.01),
    ],
)  # fmt: skip
def test_a_step_hides_no_more_than_a_hundredth(numbers, step, refined):
    assert refine_for(numbers, step) == pytest.approx(refined)


@pytest.mark.parametrize(
    ("value", "step", "side", "shown"),
    [
        (124.55, 1, 1, 124), (124.55, 1, -1, 125), (124.55, 1, 0, 124.55), (34.66, 0.1, 1, 34.6),
        (34.62, 0.1, -1, 34.7), (0.3, 0.1, 1, 0.3), (0.3, 0.1, -1, 0.3), (-5.2, 1, 1, -6),
        (-5.2, 1, -1, -5), (34_660_000, 100_000, 1, 34_600_000),
    ],
)  # fmt: skip
def test_a_bound_stays_one(value, step, side, shown):
    assert round_bound(value, step, side) == pytest.approx(shown)


def test_an_answer_that_is_finer_is_printed_so_everywhere(dossier_copy):
    """7 agents at step 1; 7,5 would be printed 8."""
    path = dossier_copy.raw / "2030/observations.csv"
    text = path.read_text("utf-8")
    assert "2030-12-31,7,agent" in text
    path.write_text(text.replace("2030-12-31,7,agent", "2030-12-31,7.5,agent"), "utf-8")
    edition = load_edition(dossier_copy, 2030)
    assert edition.value("agents-handicapes").precision == pytest.approx(0.1)
    assert edition.catalogue["agents-handicapes"]["precision"] == pytest.approx(0.1)
    assert prose.format_number(edition.value("agents-handicapes")) == "7,5"
    assert edition.value("agents").precision == 1


@pytest.mark.parametrize(
    ("latest", "precision", "step"),
    [(99.9, 1, 0.1), (100, 1, 1), (-475.2, 1, 1), (12_500, 1000, 100), (3.25, 0.1, 0.1)],
)
def test_monthly_rates_have_one_step(latest, precision, step):
    assert find_monthly_step(latest, precision) == pytest.approx(step)

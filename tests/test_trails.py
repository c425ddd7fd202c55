"""Trails: from a number to the typed rows behind it (real edition 2017, made-up dossier)."""

import csv
import hashlib
import re

import pytest

from analysis.base.paths import PROJECT
from analysis.base.rawfiles import list_raw_files
from analysis.model import store
from analysis.model.references import UnknownReference
from analysis.words import prose
from analysis.words.lineage import (
    compose_entry,
    describe_formula,
    describe_trail,
    list_origins,
    name_anchor,
    name_table,
    read_trail,
)
from analysis.words.lineage.formula_words import describe_calculation

RAW = PROJECT / "data" / "raw"


@pytest.fixture
def real(published):
    return published


def read_line(source):
    """The row of the file that a trail names, by its line as a spreadsheet counts."""
    with (RAW / source.file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    return dict(zip(rows[0], rows[source.line - 1], strict=True))


# --- the real edition --------------------------------------------------------------------------


def test_a_typed_value_leads_to_its_line(real):
    trail = read_trail(real, "arbres-plantes")
    (source,) = trail.sources
    row = read_line(source)
    assert (row["indicator"], row["value"], row["locator"]) == ("arbres-plantes", "60000", "l. 564")
    assert source.locator.replace("\u00a0", " ") == "l. 564"
    assert source.document.startswith("Rapport sur le développement durable")
    assert trail.quantity.replace("\u202f", " ").replace("\u00a0", " ") == "60 000 arbres"


def test_a_share_leads_to_both_amounts_and_says_its_calculation(real):
    trail = read_trail(real, "part-depenses-habitat")
    assert trail.calculation.replace("\u202f", " ") == "100 × 6 960 000 ÷ 73 400 000"
    assert [term.reference for term in trail.terms] == ["depenses-habitat", "depenses-totales"]
    rows = [read_line(source) for source in trail.sources]
    assert [row["amount_eur"] for row in rows] == ["6960000", "73400000"]


def test_growth_shows_both_periods(real):
    trail = read_trail(real, "personnes-sensibilisees-eie:evolution")
    assert trail.calculation == "100 × (844 − 883) ÷ 883"
    assert {source.file for source in trail.sources} == {
        "2016/observations.csv", "2017/observations.csv",
    }  # fmt: skip


def test_what_may_not_be_compared_says_why_and_shows_the_pair(real):
    trail = read_trail(real, "sollicitations-saint-amand:evolution")
    assert "périodes non comparables" in trail.quantity
    assert trail.calculation == ""
    assert len(trail.terms) == len(trail.sources) == 2


def test_a_target_leads_to_targets(real):
    trail = read_trail(real, "arbres-plantes:cible")
    (source,) = trail.sources
    assert source.file == "2017/targets.csv"
    assert read_line(source)["value"] == "100000"
    assert any("13\u202f330\u00a0arbres par an" in remark for remark in trail.remarks), (
        "the required pace"
    )


def test_every_known_value_leads_to_typed_rows(real):
    """Each value of the catalogue, derived or not, ends in rows of files with their checksum."""
    known = real.values[real.values["value"].notna() & (real.values["rank"] == 0)]
    assert len(known) >= 350
    for row in known.itertuples():
        reference = f"{row.indicator}@{row.territory}" if row.territory else row.indicator
        trail = read_trail(real, reference)
        assert trail.sources, reference
        assert all(source.document and source.file for source in trail.sources), reference
        assert {file for file, _ in trail.files} == {source.file for source in trail.sources}
        assert bool(trail.formula) == (row.origin == store.DERIVED), reference
        if trail.formula:
            assert trail.terms, reference
            assert trail.calculation, reference


def test_every_line_holds_the_value_that_is_said(real):
    """The line number is the spreadsheet's: the row there is of that indicator and value."""
    rows = real.values[(real.values["origin"] == store.OBSERVED) & (real.values["line"] > 0)]
    assert len(rows) > 200
    files = {}
    for row in rows.itertuples():
        if row.file not in files:
            with (RAW / row.file).open(encoding="utf-8", newline="") as stream:
                files[row.file] = list(csv.DictReader(stream))
        typed = files[row.file][row.line - 2]
        assert typed["indicator"] == row.indicator
        columns = ("value", "amount_eur", "share_pct")
        assert float(next(filter(None, map(typed.get, columns)))) == row.value


def test_checksums_are_those_of_the_files(real):
    for row in real.files.itertuples():
        content = (RAW / row.file).read_bytes()
        assert row.sha256 == hashlib.sha256(content).hexdigest()
        assert row.bytes == len(content)


def test_files_of_later_editions_are_not_read(dossier_copy):
    files = [name for name, _ in list_raw_files(dossier_copy, 2029)]
    assert any(file.startswith("2029/") for file in files)
    assert not any(file.startswith("2030/") for file in files)


# --- the made-up dossier ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("100 * {femmes} / {agents}", "100 × « Femmes parmi les agents » ÷ « Agents »"),
        ("{agents:N-1} - {femmes}", "« Agents » (2029) − « Femmes parmi les agents »"),
        ("floor(0.06 * {agents})", "partie entière de (0,06 × « Agents »)"),
    ],
)
def test_formulas_are_read_in_words(edition, formula, words):
    assert describe_formula(edition, formula).replace("\u00a0", " ") == words


def test_the_territory_itself_is_not_named_in_a_reference(edition):
    own = edition.territory["id"]
    assert read_trail(edition, f"arbres-plantes@{own}").reference == "arbres-plantes"
    assert name_anchor("arbres-plantes:cible") == "calc-arbres-plantes"
    assert name_anchor("emissions@france:N-1") == "calc-emissions--france"


def test_a_mean_by_month_is_explained(edition):
    trail = read_trail(edition, "visiteurs-accueil:par-mois")
    assert trail.formula == "valeur ÷ nombre de mois"
    assert re.fullmatch(r"[\d\u202f]+ ÷ 10", trail.calculation)


def test_an_earlier_derived_value_rests_on_earlier_rows(edition):
    derived = edition.values[(edition.values["origin"] == "dérivé") & (edition.values["rank"] == 1)]
    assert len(derived), "the made-up dossier has a share with a before"
    for row in derived.itertuples():
        origins = list_origins(edition, f"{row.indicator}:precedent")
        assert origins
        ends = {origin.period[1].year for origin in origins if origin.period[1]}
        assert ends == {row.period_end.year}
        assert read_trail(edition, f"{row.indicator}:precedent").calculation


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("arbre-plantes", "Vouliez-vous dire « arbres-plantes »"),
        ("arbres-plantes:hier", "n’est pas un mot connu"),
        ("table:inconnue", "Vouliez-vous dire « table:actions »"),
    ],
)
def test_a_reference_to_nothing_is_said_with_what_is_near(edition, reference, said):
    with pytest.raises(UnknownReference, match=said):
        read_trail(edition, reference)


def test_counts_lead_to_their_table(edition):
    trail = read_trail(edition, name_table("actions"))
    assert [file for file, _ in trail.files] == ["2030/actions.csv"]
    assert trail.sources[0].quantity == f"{len(edition.actions)} lignes"


def test_the_terminal_and_the_window_say_the_same(edition):
    derived = edition.indicators.loc[edition.indicators["formula"] != "", "id"].iloc[0]
    trail = read_trail(edition, derived)
    assert trail.terms
    text, page = describe_trail(trail), compose_entry(trail)
    for term in trail.terms:
        assert term.title in text
        # A population that was in force in an earlier year has no reference today.
        assert not term.reference or f'data-trace="{term.reference}"' in page
    for source in trail.sources:
        line = f", ligne {source.line}" if source.line else ""
        assert source.file + line in text
        assert f"<code>{source.file}</code>{line}" in page
    for _, checksum in trail.files:
        assert checksum in text
        assert checksum in page


def test_a_window_escapes_what_it_shows(edition):
    from dataclasses import replace

    trail = replace(read_trail(edition, "agents"), title='<b>"x"</b>')
    assert "&lt;b&gt;" in compose_entry(trail)
    assert "<b>" not in compose_entry(trail)


@pytest.mark.parametrize(
    ("formula", "numbers", "said"),
    [
        ("100*{a}/{b}", {"a": 3.0, "b": 4.5}, "100 × 3 ÷ 4,5"),
        ("{a} - {b}", {"a": 5.0, "b": -10.0}, "5 − (−10)"),
        ("round({a}/{b},2)", {"a": 1.0, "b": 3.0}, "arrondi de (1 ÷ 3 ; 2)"),
        ("{a} * 100000 / 1000", {"a": 2.0}, "2 × 100 000 ÷ 1 000"),
        ("{a} + {b}", {"a": 1 / 3, "b": 1.0}, "environ 0,3333 + 1"),
        ("{a} + {b}", {"a": None, "b": 1.0}, ""),
    ],
)
def test_calculations_are_written_with_their_numbers(formula, numbers, said):
    assert describe_calculation(formula, numbers).replace("\u202f", " ") == said


def test_a_calculation_that_was_refused_is_not_shown_as_made(real):
    derived = real.values[(real.values["origin"] == "dérivé") & (real.values["rank"] == 0)]
    for row in derived[derived["value"].isna()].itertuples():
        assert read_trail(real, row.indicator).calculation == "", row.indicator


def test_a_value_that_is_absent_has_no_source(real):
    for reference in ("agents:precedent", "agents:N-1", "taux-agents-handicapes:N-2"):
        assert real.value(reference).value is None
        assert read_trail(real, reference).sources == (), reference


def test_a_commune_is_named_and_not_coded(edition):
    insee, name = edition.communes[["insee", "name"]].iloc[0]
    assert prose.title_value(edition, "Arbres", insee) == f"Arbres ({name})"
    assert prose.title_value(edition, "Arbres", edition.territory["id"]) == "Arbres"

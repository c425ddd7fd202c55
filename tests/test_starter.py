"""The starting catalogue: generic, whole, without a value."""

import re

import pandas as pd
import pytest
import yaml

from analysis.base.paths import PROJECT
from analysis.collect.new_territory import STARTER
from analysis.compute.dossier.asked_periods import parse_asked_period
from analysis.compute.national import list_context, read_national
from analysis.model.formulas import parse_formula
from analysis.model.references import parse_reference
from analysis.model.schema import COMPUTED_INDICATORS, TABLES

FILES = sorted(path.stem for path in STARTER.glob("*.csv"))


def read(name):
    return pd.read_csv(STARTER / f"{name}.csv", dtype="str", keep_default_na=False)


CATALOGUE = read("indicators")


@pytest.mark.parametrize("name", FILES)
def test_every_table_has_the_columns_of_the_schema(name):
    frame, header = read(name), TABLES[name].header
    assert list(frame.columns) == header
    assert not frame.duplicated(list(TABLES[name].key)).any()


def test_it_is_of_a_size_that_an_analyst_prunes():
    assert 80 <= len(CATALOGUE) <= 140
    assert len(read("services")) >= 15


def test_all_that_is_measured_is_asked_of_a_service_that_is_there():
    services = read("services")
    for row in CATALOGUE.itertuples():
        computed = bool(row.formula) or row.id in COMPUTED_INDICATORS
        assert (row.asked == "") == computed, row.id
        assert bool(row.asked_of and row.asked_period) != computed, row.id
        if not computed:
            assert row.asked_of in set(services["id"]), row.id
            assert parse_asked_period(row.asked_period)
        assert row.definition.endswith("."), row.id
    meetings = set(services.loc[services["kind"] == "instance", "id"])
    assert not meetings & set(CATALOGUE["asked_of"])


def test_units_and_formulas_and_what_shows_them_name_what_is_there():
    ids, units = set(CATALOGUE["id"]), set(read("units")["id"])
    assert set(CATALOGUE["unit"]) <= units
    assert units - set(CATALOGUE["unit"]) <= {
        "point",
        "kwh",
        "m3",
    }  # what a project's costs are counted in
    for formula in filter(None, CATALOGUE["formula"]):
        named = {parse_reference(r).indicator for r in parse_formula(formula).references}
        assert named <= ids, formula
    assert set(read("key_figures")["indicator"]) <= ids | set(list_context()["id"])
    assert {*read("parts")["whole"], *read("parts")["part"]} <= ids
    charts = (STARTER / "charts.yml").read_text("utf-8")
    named = re.findall(r"indicator: ([a-z0-9-]+)|\{\{([a-z0-9-]+)", charts)
    assert {one or other for one, other in named} <= ids
    assert len(yaml.safe_load(charts)) >= 10


def test_nothing_of_the_first_edition_s_territory_is_in_it():
    own = yaml.safe_load((PROJECT / "data/raw/territory.yml").read_text("utf-8"))
    communes = pd.read_csv(PROJECT / "data/raw/reference/communes.csv", dtype="str")
    words = {own["name"], "Hainaut", "CAPH", *communes["name"]}
    words |= set(read_national("territories")["region_name"])
    for path in STARTER.iterdir():
        text = path.read_text("utf-8")
        found = {word for word in words if re.search(rf"\b{re.escape(word)}\b", text)}
        assert not found, path.name


def test_the_identity_is_all_comments():
    assert yaml.safe_load((STARTER / "identity.yml").read_text("utf-8")) is None

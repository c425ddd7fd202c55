"""The README stays true: charts, notebooks, commands, folders and pictures that it names exist."""

import re

import yaml

from analysis.base.paths import NOTEBOOKS, PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_index_names_every_chart_and_no_other():
    charts = yaml.safe_load((PROJECT / "data/raw/reference/charts.yml").read_text("utf-8"))
    rows = [line for line in README.splitlines() if re.match(r"\| (?:\d\. |Annexes)", line)]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}
    assert named == {chart["id"] for chart in charts}


def test_index_names_every_notebook():
    for path in NOTEBOOKS.glob("*.ipynb"):
        assert f"(notebooks/{path.name})" in README


def test_links_and_pictures_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (PROJECT / target).exists(), target


def test_commands_are_targets_of_the_makefile():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE)) <= targets

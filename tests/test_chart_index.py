"""The index of an edition's charts: every chart of charts.yml, every kind, whatever is added."""

import re
from dataclasses import replace

from analysis.__main__ import main
from analysis.base.paths import PROJECT
from analysis.show.charts import KINDS
from analysis.show.charts.chart_index import compose_index, tabulate_kinds


def read_rows(text):
    return [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]


def test_every_chart_stands_in_its_chapter(edition):
    parts = re.split(r"^## ", compose_index(edition), flags=re.MULTILINE)[1:-1]
    named = [re.findall(r"^\| \[?([a-z0-9-]+)[\]| ]", part, re.MULTILINE) for part in parts]
    for chapter in edition.chapters["id"]:
        own = [spec["id"] for spec in edition.charts_of(chapter)]
        assert not own or any(set(own) <= set(names) for names in named), chapter


def test_a_chart_without_its_data_is_said_absent(edition):
    spec = {"id": "sans-valeurs", "chapter": edition.chapters["id"].iloc[0], "kind": "classement"}
    edition = replace(edition, charts=[{**spec, "finding": "Rien", "items": []}])
    (row,) = [line for line in compose_index(edition).splitlines() if "sans-valeurs" in line]
    assert "absent" in row
    assert "](" not in row


def test_every_kind_has_a_row_and_a_line_in_the_docs():
    kinds = set(KINDS)
    assert {row[0].removeprefix("| ") for row in read_rows("\n".join(tabulate_kinds([])))} == {
        "sorte (`kind`)",
        *kinds,
    }
    described = (PROJECT / "docs/graphiques.md").read_text("utf-8").split("## Les sortes")[1]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", described, re.MULTILINE)) == {"kind", *kinds}


def test_command_writes_it_beside_the_report(dossier_copy, capsys):
    assert main(["charts", "--dossier", str(dossier_copy.root)]) == 0
    path = dossier_copy.report(2030) / "graphiques.md"
    assert path.read_text("utf-8").startswith("# Graphiques de l’édition 2030\n")
    said = capsys.readouterr().out
    assert str(path) in said
    assert "n’est pas construit" in said

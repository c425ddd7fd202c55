"""The committed notebooks: thin, without outputs, naming no place and no figure; and they run on
whatever chapters the data name."""

import ast

import nbformat
import pytest
import yaml

from analysis import execute
from analysis.base.paths import NOTEBOOKS, PROJECT
from analysis.compute.indicators import load_edition
from analysis.execute import plan_jobs
from analysis.model.store import write_edition

NAMES = ["annexes", "approach", "changes", "dashboard", "finality", "front", "summary"]

#: A notebook loads, shows and says: whatever decides or repeats belongs to a module.
FORBIDDEN_NODES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.If,
    ast.IfExp,
    ast.Try,
    ast.With,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.BinOp,
    ast.Compare,
)
FORBIDDEN_NAMES = {"open", "groupby", "merge", "plt", "pd", "np", "pyplot", "Path", "os", "eval"}
MOST_LINES = 5


def read(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(name):
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


def test_no_other_notebook():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
class TestNotebook:
    def test_is_valid_and_has_no_output(self, name):
        notebook = read(name)
        nbformat.validate(notebook)
        for cell in code_cells(name):
            assert cell.outputs == []
            assert cell.execution_count is None

    def test_code_is_thin(self, name):
        for cell in code_cells(name):
            assert len(cell.source.splitlines()) <= MOST_LINES
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, FORBIDDEN_NODES), ast.unparse(node)
                assert not (isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES), node.id
                assert not (isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_NAMES)
                is_figure = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
                assert not is_figure or node.value in (True, False), ast.unparse(node)

    def test_imports_only_what_displays(self, name):
        allowed = {("analysis.show", "pages"), ("analysis.model", "store")}
        for cell in code_cells(name):
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, ast.Import)
                if isinstance(node, ast.ImportFrom):
                    assert {(node.module, alias.name) for alias in node.names} <= allowed

    def test_parameters_come_first_and_default_to_nothing(self, name):
        first = code_cells(name)[0]
        assert has_tag(first, "parameters")
        for node in ast.parse(first.source).body:
            assert isinstance(node, ast.Assign)
            assert node.value.value is None
        assert sum(has_tag(cell, "parameters") for cell in code_cells(name)) == 1

    def test_has_one_title_cell(self, name):
        assert sum(has_tag(cell, "title") for cell in code_cells(name)) == 1

    def test_notes_for_the_analyst_stay_out_of_the_report(self, name):
        for cell in read(name).cells:
            if cell.cell_type == "markdown":
                assert has_tag(cell, "remove-cell"), cell.source

    def test_names_no_place_and_no_year(self, name):
        territory = yaml.safe_load((PROJECT / "data/raw/territory.yml").read_text("utf-8"))
        text = "\n".join(cell.source for cell in read(name).cells)
        assert territory["name"] not in text
        assert not [word for word in text.split() if word.isdigit()]


@pytest.mark.slow
def test_one_more_finality_and_a_changed_title_are_a_change_of_data_only(dossier_copy):
    """No line of code, no notebook is touched: rows of finalities.csv and a text are enough."""
    finalities = dossier_copy.reference / "finalities.csv"
    text = finalities.read_text("utf-8").replace("Protection de l’air", "Un air plus sain")
    finalities.write_text(text + "sol,6,Sols vivants,Sols\n", "utf-8")
    year = 2030
    (dossier_copy.raw_year(year) / "texts/sol.md").write_text(
        "## Enjeu\n\nDes sols.\n\n## Analyse\n\nRien.\n\n## Synthèse\n\n- Rien.\n", "utf-8"
    )
    edition = load_edition(dossier_copy, year)
    write_edition(edition, dossier_copy)

    jobs = {job.name: job for job in plan_jobs(edition)}
    chapters = ["air", "eau", "sol", "suivi"]
    assert list(jobs) == ["front", "summary", *chapters, "annexes", "dashboard"]
    assert jobs["sol"].template == NOTEBOOKS / "finality.ipynb"
    with execute.open_pool(2) as pool:
        calls = [
            pool.schedule(
                execute.execute_job,
                args=(jobs[name], dossier_copy.root, dossier_copy.executed(year) / name),
            )
            for name in ("front", "summary", "sol", "air", "dashboard")
        ]
        assert [call.result().failure for call in calls] == [None] * len(calls)

    def shown(name):
        path = dossier_copy.executed(year) / name / f"{name}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        return "\n".join(output["data"]["text/markdown"] for output in outputs)

    assert shown("sol").startswith("# Sols vivants {#sec-sol}")
    assert "Des sols." in shown("sol")
    assert shown("air").startswith("# Un air plus sain {#sec-air}")
    assert "| Sols |" in shown("air"), "the actions' effects on it have a column"
    assert "Sols vivants" in shown("summary")
    assert "[Sols vivants](#sec-sol)" in shown("front"), "a card of its own"
    assert "[Sols vivants](#sec-sol)" not in shown("dashboard"), "no indicator is about it"

"""The committed notebooks: they select, compute, assert and say; without outputs, naming no place
and no figure; and they run on whatever chapters the data name."""

import ast
import re

import nbformat
import pandas as pd
import pytest
import yaml
from conftest import MADE_UP_YEAR

from analysis import execute
from analysis.base.paths import NOTEBOOKS, PROJECT
from analysis.compute.indicators import load_edition
from analysis.execute import plan_jobs
from analysis.execute.jobs import AFTER, BEFORE
from analysis.model.store import write_edition

NAMES = [
    *("agenda", "annexes", "approach", "budget", "calculations", "changes", "checks"),
    "contributions",
    *("dashboard", "digital", "finality", "front", "glossary", "grid", "law"),
    *(
        "missing",
        "objectives",
        "portrait",
        "ratings",
        "sources",
        "summary",
        "targets",
        "whole_life",
    ),
]
#: Those that analyse a chapter, and the sections of their analysis, in order.
CHAPTERS = ["approach", "finality"]
SECTIONS = [
    "Données relevées",
    "Ce qui en est calculé",
    "Les chiffres imprimés et les chiffres calculés",
    "D’une période à l’autre",
    "Vers les objectifs",
    "Les contrôles du chapitre",
    "Les graphiques et leurs lignes",
    "Le chapitre tel que le lecteur le reçoit",
]
#: Lines of a cell, lines of code of a notebook, and how many an analysis has at least.
MOST_IN_CELL, MOST, LEAST = 12, 120, 40
#: Code cells that may follow one another without a word between them.
MOST_IN_A_ROW = 4

#: What defines, hides or repeats belongs to a module.
FORBIDDEN_NODES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.With),
    *(ast.While, ast.Global, ast.Nonlocal, ast.Delete, ast.Await, ast.NamedExpr),
)
#: No file, no state out of sight, no styling.
FORBIDDEN_NAMES = {
    *("open", "Path", "os", "sys", "io", "pathlib", "glob", "tempfile", "shutil", "environ"),
    *("read_csv", "read_excel", "read_text", "read_bytes", "write_text", "to_csv", "to_excel"),
    *("eval", "exec", "compile", "globals", "locals", "vars", "setattr", "delattr", "input"),
    *("plt", "pyplot", "matplotlib", "seaborn", "rcParams", "style", "set_option", "HTML"),
    *("display", "Markdown", "get_ipython", "subprocess", "requests", "importlib"),
}
#: A colour, an element or an attribute of a page.
STYLING = re.compile(r"#[0-9a-fA-F]{3,8}\b|<\w+|style=|font-|px\b")
ALLOWED_PACKAGES = ("analysis.compute", "analysis.model", "analysis.show")


def read(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(name):
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


def walk(name):
    """Every node of the code of a notebook. A magic or a command of the shell is no Python: it does
    not parse."""
    return [node for cell in code_cells(name) for node in ast.walk(ast.parse(cell.source))]


def is_set_up(cell):
    """Parameters, imports, the edition opened, a title: what needs no word of explanation."""
    return any(has_tag(cell, tag) for tag in ("parameters", "title")) or (
        has_tag(cell, "remove-cell") and not has_tag(cell, "calculs")
    )


def find_root(node):
    """The name at the root of ``a.b["c"].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def test_no_other_notebook():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
class TestNotebook:
    def test_is_valid_and_has_no_output(self, name):
        notebook = read(name)
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        for cell in code_cells(name):
            assert cell.outputs == []
            assert cell.execution_count is None

    def test_is_short(self, name):
        lines = [cell.source.splitlines() for cell in code_cells(name)]
        for cell in lines:
            assert len(cell) <= MOST_IN_CELL, "\n".join(cell)
        total = sum(bool(line.strip()) for cell in lines for line in cell)
        assert total < MOST
        assert total >= (LEAST if name in CHAPTERS else 0)

    def test_touches_no_file_and_hides_nothing(self, name):
        imported = {
            alias.asname or alias.name.split(".")[0]
            for node in walk(name)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        for node in walk(name):
            assert not isinstance(node, FORBIDDEN_NODES), ast.unparse(node)
            names = {getattr(node, "id", None), getattr(node, "attr", None)}
            assert not names & FORBIDDEN_NAMES, ast.unparse(node)
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    assert not isinstance(target, ast.Attribute), ast.unparse(node)
                    assert find_root(target) not in imported, ast.unparse(node)

    def test_imports_what_selects_computes_and_shows(self, name):
        for node in walk(name):
            if isinstance(node, ast.Import):
                assert [alias.name for alias in node.names] == ["pandas"]
            elif isinstance(node, ast.ImportFrom):
                assert node.module.startswith(ALLOWED_PACKAGES), node.module

    def test_names_no_figure_and_no_style(self, name):
        for node in walk(name):
            if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
                continue
            assert not isinstance(node.value, int | float), ast.unparse(node)
            if isinstance(node.value, str):
                assert not STYLING.search(node.value), node.value
                assert not re.search(r"\d", node.value), node.value

    def test_an_assertion_says_what_is_wrong(self, name):
        for node in walk(name):
            if isinstance(node, ast.Assert):
                assert node.msg is not None, ast.unparse(node)

    def test_parameters_come_first_and_default_to_nothing(self, name):
        first = code_cells(name)[0]
        assert has_tag(first, "parameters")
        for node in ast.parse(first.source).body:
            assert isinstance(node, ast.Assign)
            assert node.value.value is None
        assert sum(has_tag(cell, "parameters") for cell in code_cells(name)) == 1

    def test_opens_its_edition_without_anything_computed_before(self, name):
        calls = [node.func for node in walk(name) if isinstance(node, ast.Call)]
        names = [getattr(call, "id", getattr(call, "attr", "")) for call in calls]
        opened = "open_portrait" if name == "portrait" else "open_edition"
        assert names.count(opened) == 1
        assert not {"read_edition", "read_changes", "load_edition"} & set(names)

    def test_has_one_title_cell(self, name):
        assert sum(has_tag(cell, "title") for cell in read(name).cells) == 1

    def test_speaks_between_its_calculations(self, name):
        """What is known is introduced in words; workings stay out of the book."""
        silent = 0
        for cell in read(name).cells:
            assert not has_tag(cell, "calculs") or has_tag(cell, "remove-cell"), cell.id
            silent = 0 if cell.cell_type == "markdown" else silent + (not is_set_up(cell))
            assert silent <= MOST_IN_A_ROW, cell.id
        for cell in read(name).cells:
            assert cell.source.strip(), cell.id

    def test_names_no_place_and_no_year(self, name):
        territory = yaml.safe_load((PROJECT / "data/raw/territory.yml").read_text("utf-8"))
        text = "\n".join(cell.source for cell in read(name).cells)
        assert territory["name"] not in text
        named = text.replace("Agenda 2030", "")  # its name
        assert not [word for word in named.split() if word.isdigit()]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_analysed_in_order_before_the_reader_gets_it(name):
    cells = read(name).cells
    headings = [
        line[3:] for cell in cells for line in cell.source.splitlines() if line[:3] == "## "
    ]
    assert headings == SECTIONS
    shown = [cell.id for cell in cells if cell.cell_type == "code" and not is_set_up(cell)]
    workings = [cell.id for cell in cells if has_tag(cell, "calculs") and cell.id in shown]
    assert shown[: len(workings)] == workings, "the book's cells come after all workings"
    # Each section but the charts and the chapter itself asserts something, under words of its own.
    for heading in SECTIONS[:-2]:
        start = next(n for n, cell in enumerate(cells) if cell.source.startswith(f"## {heading}"))
        end = next(
            (n for n in range(start + 1, len(cells)) if cells[n].source.startswith("## ")),
            len(cells),
        )
        code = [cell.source for cell in cells[start:end] if cell.cell_type == "code"]
        assert len(cells[start].source) > 200
        assert any("show_frame(" in source for source in code), heading
        assert any(line.startswith("assert ") for source in code for line in source.splitlines())


# --- executed -------------------------------------------------------------------------------------


def execute_chapters(dossier, year, names):
    """Outcome of each chapter's notebook, and the folder in which it was executed."""
    jobs = {job.name: job for job in plan_jobs(load_edition(dossier, year))}
    folders = {name: dossier.executed(year) / name for name in names}
    with execute.open_pool(2) as pool:
        calls = [
            pool.schedule(execute.execute_job, args=(jobs[name], dossier.root, folders[name]))
            for name in names
        ]
        outcomes = {call.result().job.name: call.result() for call in calls}
    return outcomes, folders


def plant(dossier, year, table, wanted, column, cell):
    """Write a false cell into the processed edition: in the one row of a table that is wanted."""
    path = dossier.processed_year(year) / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = (frame[list(wanted)] == pd.Series(wanted)).all(axis=1)
    assert rows.sum() == 1
    assert set(frame.loc[rows, column]) != {cell}
    frame.loc[rows, column] = cell
    frame.to_csv(path, index=False)


#: What is planted where, and what the failure says.
PLANTED = {
    "a derived value": (
        "values", {"indicator": "aide-par-logement", "rank": "0"}, "value", "2600",
        "Valeurs que leurs termes ne redonnent pas : aide-par-logement",
    ),
    "a qualifier": (
        "values", {"indicator": "arbres-restants", "rank": "0"}, "qualifier", "exact",
        "Réserves que les termes ne donnent pas : arbres-restants",
    ),
    "a verdict on a printed figure": (
        "checks", {"id": "imprime-evolution"}, "verdict", "arrondi",
        "Chiffres imprimés mal jugés : logements-renoves",
    ),
    "a growth": (
        "comparisons", {"indicator": "logements-renoves"}, "growth_pct", "20",
        "Évolutions qui ne sont pas celles des deux valeurs : logements-renoves",
    ),
    "a change that was refused": (
        "comparisons", {"indicator": "visiteurs-accueil"}, "difference", "12",
        "Refus chiffrés ou sans raison : visiteurs-accueil",
    ),
    "what is left of a target": (
        "progress", {"indicator": "arbres-plantes"}, "distance", "400",
        "Restes qui ne sont pas l’objectif moins la valeur : arbres-plantes",
    ),
    "a verdict on a target": (
        "progress", {"indicator": "arbres-plantes"}, "verdict", "atteint",
        "Objectifs mal jugés : arbres-plantes",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_value_stops_its_chapter_alone_and_names_the_indicator(planted, dossier_copy):
    *place, message = PLANTED[planted]
    write_edition(load_edition(dossier_copy, MADE_UP_YEAR), dossier_copy)
    plant(dossier_copy, MADE_UP_YEAR, *place)
    outcomes, folders = execute_chapters(dossier_copy, MADE_UP_YEAR, ["air", "eau"])
    assert outcomes["eau"].failure is None
    failure = outcomes["air"].failure
    assert failure.error == "AssertionError"
    assert failure.message.startswith(message)
    assert (folders["air"] / "air.echec.ipynb").is_file()


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
    calculations = [f"calculs-{name}" for name in ("portrait", *chapters)]
    assert list(jobs) == [
        *("front", "summary", "portrait", *chapters, *BEFORE, *calculations, *AFTER),
    ]
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
    assert "Sols vivants" in shown("summary")
    assert "[Sols vivants](#sec-sol)" in shown("front"), "a card of its own"
    assert "[Sols vivants](#sec-sol)" not in shown("dashboard"), "no indicator is about it"

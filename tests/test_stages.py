"""The house: stages that import one way, one name for one thing, no territory in the code."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

import analysis
from analysis.base.paths import PROJECT

ROOT = Path(analysis.__file__).parent
#: Each folder of ``src/analysis``; it may import those before it, never those after it.
STAGES = ("base", "model", "words", "compute", "show", "execute", "collect", "publish", "run")
FILES = sorted(ROOT.rglob("*.py"))


def find_stage(path: Path) -> str:
    """``show/charts/bars.py`` → ``show``; the program itself stands after all stages."""
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else ""


def read_imports(path: Path) -> set[str]:
    """Our own stages that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("analysis.")}
    return found


def test_every_folder_is_a_stage():
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert folders == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_only_those_before_it(stage):
    allowed = set(STAGES[: STAGES.index(stage) + 1])
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for path in FILES
        if find_stage(path) == stage
        for other in read_imports(path) - allowed
    ]
    assert wrong == []


def test_no_two_modules_share_a_name():
    """Nor a module and a folder: a name that stands twice says too little once."""
    places = defaultdict(list)
    for path in FILES:
        name = path.parent.name if path.stem == "__init__" else path.stem
        places[name].append(path.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_drawer_for_odds_and_ends():
    assert not {path.stem for path in FILES} & {"utils", "util", "helpers", "common", "misc"}


def test_code_names_no_territory_no_year():
    """The territory and its figures are data (checked against the territory's own words)."""
    territory = yaml.safe_load((PROJECT / "data/raw/territory.yml").read_text("utf-8"))
    names = {territory["name"], territory["id"], territory["siren"], "Hainaut", "Denain"}
    for path in FILES:
        code = path.read_text(encoding="utf-8")
        for name in names:
            assert name not in code, f"{path.name}: {name}"
        literals = [
            node.value
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.Constant) and isinstance(node.value, int)
        ]
        years = [value for value in literals if re.fullmatch(r"20[012]\d", str(value))]
        assert years == [], f"{path.name}: {years}"

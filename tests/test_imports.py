""""""

import ast
from pathlib import Path

import analysis

ROOT = Path(analysis.__file__).parent

#: Each module (or package) and what it may import of ours. Read from top to bottom: one direction.
MAY_IMPORT = {
    "colours": set(),
    "cores": set(),
    "explained": set(),
    "paths": set(),
    "identity": {"paths", "colours"},
    "lists": set(),
    "marks": set(),
    "placing": set(),
    "rawfiles": {"paths"},
    "versions": {"paths"},
    "csvtext": {"lists"},
    "schema": {"explained"},
    "french": {"marks"},
    "smallmarkdown": {"marks", "french", "rawfiles"},
    "periods": set(),
    "references": {"explained", "periods"},
    "formulas": {"periods", "references"},
    "dossier": {
        *("paths", "identity", "lists", "rawfiles", "schema", "references", "formulas"),
        "smallmarkdown",
    },
    "progress": {"periods"},
    "store": {"paths", "lists", "references"},
    "checks": {"references", "store"},
    "prose": {"marks", "french", "smallmarkdown", "lists", "references", "store"},
    "trails": {"marks", "french", "prose", "lists", "references", "store"},
    "controls": {
        *("checks", "formulas", "french", "periods", "prose", "references", "store"),
    },
    "indicators": {
        *("paths", "lists", "schema", "dossier", "periods", "references", "formulas", "progress"),
        *("store", "checks", "controls", "identity"),
    },
    "changes": {
        *("paths", "lists", "csvtext", "marks", "periods", "references", "store", "french"),
        *("prose", "trails"),
    },
    "verdicts": {"checks", "controls", "french", "prose", "references", "store"},
    "dark": {"colours", "identity"},
    "theme": {"colours", "identity", "dark"},
    "charts": {
        "smallmarkdown",
        *(
            "colours",
            "marks",
            "french",
            "prose",
            "theme",
            "periods",
            "lists",
            "references",
            "store",
        ),
        "trails",
    },
    "maps": {
        *(
            "colours",
            "marks",
            "french",
            "prose",
            "theme",
            "periods",
            "references",
            "store",
            "trails",
        ),
        "charts",
    },
    "tables": {
        *("marks", "french", "prose", "periods", "lists", "references", "store", "trails"),
        *("changes", "smallmarkdown"),
    },
    "layout": {
        *("paths", "lists", "csvtext", "marks", "store", "french", "prose", "theme", "trails"),
        *("charts", "maps", "tables", "changes", "markup", "smallmarkdown"),
    },
    "runner": {"explained", "paths", "store"},
    "markup": set(),
    "review": {"colours", "identity", "trails", "markup", "smallmarkdown"},
    "book": {
        "colours",
        "identity",
        "cores",
        "explained",
        "paths",
        "placing",
        "periods",
        "french",
        "store",
        "trails",
        *("marks", "smallmarkdown", "rawfiles"),
        *("dossier", "schema"),  # the row of a failure
    },
    "openpackage": {"paths", "lists", "csvtext", "schema", "dossier", "store", "french"},
    "manifest": {"paths", "rawfiles", "versions"},
    "kept": {"paths", "identity", "rawfiles", "versions"},
    "production": {
        *("cores", "explained", "paths", "placing", "rawfiles", "manifest", "kept", "dossier"),
        "indicators",
        *("charts", "changes", "store", "french", "layout", "runner", "review", "book"),
        "openpackage",
    },
    "campaign": {
        "cores",
        "explained",
        "paths",
        "rawfiles",
        "french",
        "kept",
        "runner",
        "production",
    },
    "collection": {
        *("paths", "lists", "marks", "csvtext", "schema", "dossier", "periods", "references"),
        *("formulas", "indicators", "store", "french", "prose", "colours", "identity"),
    },
    "cli": {
        *("paths", "rawfiles", "dossier", "indicators", "verdicts", "store", "trails", "changes"),
        *("collection", "manifest", "book", "kept", "runner", "production", "campaign"),
    },
    "__main__": {"explained", "paths", "cli"},
}


def name_module(path: Path) -> str:
    """``charts/bars.py`` → ``charts``; ``paths.py`` → ``paths``."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def read_imports(path: Path) -> set[str]:
    """Our own modules that a file imports, wherever in the file."""
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


def test_every_module_is_in_the_chain():
    modules = {name_module(path) for path in ROOT.rglob("*.py")} - {"__init__"}
    assert modules == set(MAY_IMPORT)


def test_imports_go_one_way():
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        module = name_module(path)
        if module == "__init__":
            assert read_imports(path) == set(), "the package itself imports nothing"
            continue
        for other in read_imports(path) - {module} - MAY_IMPORT[module]:
            wrong.append(f"{path.relative_to(ROOT)} imports {other}")
    assert wrong == []


def test_the_chain_has_no_cycle():
    done: set[str] = set()
    while len(done) < len(MAY_IMPORT):
        ready = {name for name, needs in MAY_IMPORT.items() if needs <= done} - done
        assert ready, f"cycle among {sorted(set(MAY_IMPORT) - done)}"
        done |= ready


def test_no_drawer_for_odds_and_ends():
    names = {path.stem for path in ROOT.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}


def test_code_names_no_territory_no_year():
    """The territory and its figures are data (checked against the territory's own words)."""
    import re

    import yaml

    from analysis.base.paths import PROJECT

    territory = yaml.safe_load((PROJECT / "data/raw/territory.yml").read_text("utf-8"))
    names = {territory["name"], territory["id"], territory["siren"], "Hainaut", "Denain"}
    for path in sorted(ROOT.rglob("*.py")):
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

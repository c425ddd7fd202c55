"""Records of finished steps, and what they are made of."""

from __future__ import annotations

import ast
import threading
from pathlib import Path

import pytest

import analysis
from analysis.base.paths import Dossier
from analysis.run.dependencies import (
    _list_imports,
    describe_code,
    describe_surroundings,
    find_modules,
    list_fonts,
)
from analysis.run.locking import hold_edition
from analysis.run.step_records import Record, StepRecords, digest_outputs, list_differences


@pytest.fixture
def records(tmp_path):
    (tmp_path / "livre.txt").write_text("un")
    return StepRecords(tmp_path / "kept", tmp_path)


def keep(records, **inputs):
    record = Record(inputs, digest_outputs(records.root, [records.root / "livre.txt"]), seconds=1.5)
    records.write("livre", record)
    return record


def test_a_record_comes_back(records):
    assert records.read("livre") is None
    record = keep(records, a="1")
    assert records.read("livre") == record
    assert records.list_steps() == ["livre"]
    records.forget("livre")
    records.forget("livre")
    assert records.read("livre") is None


def test_kept_as_long_as_inputs_and_outputs_are_the_same(records):
    keep(records, a="1")
    assert records.is_current("livre", {"a": "1"})
    for inputs in ({"a": "2"}, {}, {"a": "1", "b": "1"}):
        assert not records.is_current("livre", inputs)
    (records.root / "livre.txt").write_text("deux")
    assert not records.is_current("livre", {"a": "1"})
    (records.root / "livre.txt").unlink()
    assert not records.is_current("livre", {"a": "1"})
    (records.root / "livre.txt").write_text("un")
    assert records.is_current("livre", {"a": "1"})


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"inputs": {}}', '{"autre": 1}', "\x00"])
def test_a_record_that_cannot_be_read_vouches_for_nothing(records, content):
    keep(records)
    (records.folder / "livre.json").write_text(content)
    assert records.read("livre") is None
    assert not records.is_current("livre", {})


def test_differences_are_named():
    known, today = {"a": "1", "b": "1", "c": "1"}, {"b": "2", "c": "1", "d": "1"}
    assert list_differences(known, today) == ["a", "b", "d"]


def test_modules_are_found_through_all_imports():
    found = find_modules(["analysis.show.pages"])
    assert {
        "analysis",
        "analysis.show.pages",
        "analysis.show.charts.bars",
        "analysis.words.french",
    } <= set(found)
    assert "analysis.show.markup" in found, "imported within a function"
    assert not [
        name for name in found if name.startswith(("analysis.publish", "analysis.compute.dossier"))
    ]
    assert all(path.suffix == ".py" for path in found.values())


def test_code_names_modules_or_things_in_them():
    by_name = describe_code("from analysis.model import store\nimport pandas, os")
    by_thing = describe_code("from analysis.model.store import read_edition\n")
    assert by_name == by_thing
    assert "module:analysis.model.store.processed_files" in by_name
    assert not [name for name in by_name if "pandas" in name]


def test_imports_are_found_as_python_finds_them():
    """The statements are looked for in the text: a whole file takes Python twenty times longer."""

    def parse(source):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (node.module, *(f"{node.module}.{each.name}" for each in node.names))

    def keep_ours(names):
        return {name for name in names if name.split(".")[0] == "analysis"}

    files = sorted(Path(analysis.__file__).parent.rglob("*.py"))
    assert len(files) > 100
    for path in files:
        source = path.read_text(encoding="utf-8")
        assert keep_ours(_list_imports(source)) == keep_ours(parse(source)), path


@pytest.mark.parametrize(
    "source",
    [
        "from analysis.model import (  # un (mot)\n    periods,\n    store,\n)",
        "def f():\n\tfrom analysis.model.store import read  # un mot",
        "import os, analysis.model.store",
        "import analysis.model.store as known; known.x",
        "if True: pass\nfrom analysis.model.store \\\n    import x\nimport analysis.model.store",
    ],
)
def test_every_way_to_import(source):
    assert "module:analysis.model.store" in describe_code(source)


def test_surroundings_name_versions_locks_and_fonts():
    names = set(describe_surroundings())
    assert {"version:python", "version:pandas", "verrou:requirements.lock"} <= names
    assert {"police:graphiques", "fichier:identity.yml"} <= names
    assert "SourceSans3-Regular.ttf" in {name for name, _ in list_fonts()}, (
        "which charts are drawn with"
    )


def test_who_holds_an_edition_has_it_alone(tmp_path):
    """Another thread with a lock of its own stands for another run."""
    dossier, said, order = Dossier(tmp_path), [], []

    def second():
        with hold_edition(dossier, 2031, said.append):
            order.append("second")

    with hold_edition(dossier, 2031, said.append):
        other = threading.Thread(target=second)
        other.start()
        while not said:
            pass
        with hold_edition(dossier, 2032, said.append):
            order.append("another edition")
        order.append("first")
    other.join()
    assert order == ["another edition", "first", "second"]
    assert said == ["Une autre production de l’édition 2031 est en cours : attente de sa fin…"]


def test_a_lock_goes_with_an_error(tmp_path):
    dossier = Dossier(tmp_path)
    with pytest.raises(ValueError, match="défaut"), hold_edition(dossier, 2031, print):
        raise ValueError("défaut")
    with hold_edition(dossier, 2031, lambda text: pytest.fail(text)):
        pass

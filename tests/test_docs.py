"""README, CONTRIBUTING and docs/ stay true: files, headings, commands, stages and code that they
name exist, and what docs/architecture.md computes comes out as it says."""

import doctest
import importlib
import re
import unicodedata

import pytest
from test_stages import STAGES

from analysis.base.paths import NOTEBOOKS, PROJECT
from analysis.run.arguments import COMMANDS

PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in PROJECT.glob("docs/*"))]
#: What is made, or there for a moment: named, never committed.
MADE = re.compile(r"data/processed/|data/raw/2018/|reports/20\d\d/|dossiers/")


def read(page):
    return (PROJECT / page).read_text(encoding="utf-8")


def name_anchors(text):
    """Anchors of a page's headings, as GitHub makes them."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", plain, re.MULTILINE)
    return {
        "".join(
            "-" if char == " " else char
            for char in unicodedata.normalize("NFC", title.lower())
            if char in " -_" or char.isalnum()
        )
        for title in titles
    }


def exists(name):
    """Whether ``analysis.<module>.<name>`` is a module, or a name in one."""
    module, _, attribute = name.rpartition(".")
    for tried, wanted in ((name, ""), (module, attribute)):
        try:
            found = importlib.import_module(tried)
        except ModuleNotFoundError:
            continue
        return not wanted or hasattr(found, wanted)
    return False


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings(page):
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", read(page), flags=re.DOTALL)
    targets = {target for target in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in target}
    dead = []
    for target in targets:
        file, _, anchor = target.partition("#")
        path = (PROJECT / page).parent / file if file else PROJECT / page
        if not path.exists() or (anchor and anchor not in name_anchors(path.read_text("utf-8"))):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist(page):
    text, makefile = read(page), read("Makefile")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)) - targets == set()
    named = set(re.findall(r"(?:-m analysis|rapport-dd) ([a-z][a-z-]*)", text))
    assert named - set(COMMANDS) == set()
    variables = set(re.findall(r"^([A-Z_]+) \?=|\$\(([A-Z_]+)\)", makefile, re.MULTILINE))
    given = set(re.findall(r"`make[^`]*? ([A-Z_]+)=", text))
    assert given - {name for pair in variables for name in pair} == set()


@pytest.mark.parametrize("page", PAGES)
def test_files_exist(page):
    """Paths from the project's root in code spans; ``<year>`` stands for any, ``*`` for some."""
    paths = re.findall(r"`((?:src|tests|data|reports|notebooks|docs)/[^`\s]*)`", read(page))
    committed = [path for path in paths if not MADE.match(path) and "<" not in path]
    assert [path for path in committed if not list(PROJECT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES)
def test_code_exists(page):
    """``analysis.<module>.<name>`` in code spans, and names by themselves (``_CHECKS``)."""
    text = read(page)
    dotted = re.findall(r"`(analysis(?:\.\w+)+)`", text)
    assert [name for name in dotted if not exists(name)] == []
    files = [path for top in ("src", "tests") for path in PROJECT.glob(f"{top}/**/*.py")]
    words = set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in files)))
    name = r"_[A-Z]\w+|[A-Z]+(?:_[A-Z]+)+|_?[a-z]+(?:_[a-z]+)+"
    assert set(re.findall(rf"`({name})\b[^.`\n]*`", text)) - words == set()


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_stages_are_named_in_their_order(page):
    named = re.findall(r"^\| `([a-z]+)` \|", read(page), re.MULTILINE)
    assert tuple(named) == STAGES


def test_a_value_travels_as_the_architecture_says():
    path = PROJECT / "docs/architecture.md"
    found = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert found.attempted > 10
    assert not found.failed


def test_every_notebook_is_in_the_architecture():
    named = re.findall(r"\(\.\./notebooks/(\w+\.ipynb)\)", read("docs/architecture.md"))
    assert sorted(named) == sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


def test_every_raw_table_is_in_the_data_contract():
    from analysis.model.schema import TABLES

    assert {f"{name}.csv" for name in TABLES} <= set(
        re.findall(r"[a-z_]+\.csv", read("docs/donnees.md"))
    )


def test_the_readme_is_one_page():
    assert len(read("README.md").splitlines()) <= 80


def test_the_changelog_has_the_version():
    version = re.search(r'^version = "(.+)"', read("pyproject.toml"), re.MULTILINE)[1]
    assert re.search(rf"^## \[{re.escape(version)}\]", read("CHANGELOG.md"), re.MULTILINE)

"""README, CONTRIBUTING and docs/ stay true: files, headings, commands, stages and code that they
name exist, and what docs/architecture.md computes comes out as it says."""

import doctest
import importlib
import re
import unicodedata

import pytest
from test_stages import STAGES

from analysis.base.paths import NOTEBOOKS, PROJECT
from analysis.run.commands.arguments import COMMANDS

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


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings(page):
    folder = (PROJECT / page).parent
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", read(page), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        path = folder / file if file else PROJECT / page
        assert path.exists(), target
        assert not anchor or anchor in name_anchors(path.read_text("utf-8")), target


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist(page):
    text = read(page)
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"(?:-m analysis|NOM-COMMANDE) ([a-z][a-z-]*)", text)) <= set(COMMANDS)
    variables = set(re.findall(r"^([A-Z_]+) \?=", read("Makefile"), re.MULTILINE))
    variables |= set(re.findall(r"\$\(([A-Z_]+)\)", read("Makefile")))
    assert set(re.findall(r"`make[^`]*? ([A-Z_]+)=", text)) <= variables


@pytest.mark.parametrize("page", PAGES)
def test_files_exist(page):
    """Paths from the project's root in code spans; ``<year>`` and ``*`` stand for anything."""
    folders = "src|tests|data|reports|notebooks|docs"
    for path in re.findall(rf"`((?:{folders})/[^`\s]*)`", read(page)):
        if not MADE.match(path) and "<" not in path:
            assert list(PROJECT.glob(path.rstrip("/"))), path


@pytest.mark.parametrize("page", PAGES)
def test_code_exists(page):
    """``analysis.<module>.<name>`` in code spans."""
    for name in re.findall(r"`(analysis(?:\.\w+)+)`", read(page)):
        module, _, attribute = name.rpartition(".")
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(module), attribute), name


@pytest.mark.parametrize("page", PAGES)
def test_names_of_code_exist(page):
    """Constants and functions named by themselves (``_CHECKS``, ``find_references``)."""
    code = "\n".join(
        path.read_text("utf-8")
        for top in ("src", "tests")
        for path in PROJECT.glob(f"{top}/**/*.py")
    )
    words = set(re.findall(r"\w+", code))
    for name in re.findall(
        r"`(_[A-Z]\w+|[A-Z]+(?:_[A-Z]+)+|_?[a-z]+(?:_[a-z]+)+)\b[^.`\n]*`", read(page)
    ):
        assert name in words, name


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

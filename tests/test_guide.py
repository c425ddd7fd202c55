"""The analyst's guide: every message is explained, every command that it names exists."""

import ast
import re

import pytest

from analysis.base.paths import PROJECT, REPORTS
from analysis.publish import BookError
from analysis.publish.engine import choose_engine
from analysis.publish.guide import build_guide, list_guide_inputs

GUIDE = (PROJECT / "reports" / "guide" / "guide.qmd").read_text(encoding="utf-8")
SOURCES = PROJECT / "src" / "analysis"
#: Position of the problem among the arguments of what is raised or yielded.
#: Worded where texts are read, which knows no file.
PROBLEMS_OF_TEXTS = (
    *("titre dans un texte", "note sans texte", "définie deux fois"),
    *("définie, mais rien n’y renvoie", "lien vers une adresse inconnue", "lien avec une bulle"),
    *("image introuvable", "image d’un format non lu", "image sans texte de remplacement"),
    *("image dans une phrase", "mise en forme impossible dans un tableau du rapport"),
    *("texte lu deux fois dans un autre encodage", "caractère illisible", "caractère invisible"),
    "caractère que les polices du rapport n’ont pas",
)
PROBLEM = {"Fault": 4, "FormulaError": 0, "CellError": 0, "UnknownReference": 1}


def find_problems():
    """The fixed words of every problem that validation words: longest constant of each."""
    found = set(PROBLEMS_OF_TEXTS)
    for folder in ("compute/dossier", "model/schema", "model/formulas", "compute/indicators"):
        for path in sorted((SOURCES / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(getattr(node, "func", None), "id", "")
                if name in PROBLEM and len(node.args) > PROBLEM[name]:
                    found.add(fixed_words(node.args[PROBLEM[name]]))
    return sorted(found - {""})


def fixed_words(node):
    """What does not depend on the data."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.strip(" :«»(")
    if isinstance(node, ast.BinOp):
        return fixed_words(node.left)
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        return max(parts, key=len, default="").strip(" :«»(,")
    return ""


def test_problems_are_found():
    assert len(find_problems()) > 40


@pytest.mark.parametrize("words", find_problems())
def test_every_message_is_explained(words):
    assert words in GUIDE


def test_every_command_exists():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", GUIDE)) | set(
        re.findall(r"^make ([a-z-]+)", GUIDE, re.MULTILINE)
    )
    assert len(named) >= 9
    assert named <= targets


def test_every_picture_exists_and_is_described():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)\{fig-alt=\"([^\"]+)\"\}", GUIDE)
    assert len(pictures) >= 3
    for path, alternative in pictures:
        assert (PROJECT / "reports" / "guide" / path).stat().st_size > 5000
        assert len(alternative) > 40


@pytest.mark.slow
def test_it_is_built_by_itself_from_its_own_files(tmp_path, opened_files):
    with opened_files() as opened:
        page = build_guide(tmp_path / "travail", tmp_path, choose_engine("embedded"), 0)
    text = page.read_text("utf-8")
    assert page == tmp_path / "guide" / "index.html"
    assert 'src="data:image/png' in text, "everything is in the page"
    read = {path for path in opened if path.is_relative_to(REPORTS) and path.is_file()}
    assert read == set(list_guide_inputs())
    again = build_guide(tmp_path / "ailleurs", tmp_path, choose_engine("embedded"), 0)
    assert again.read_text("utf-8") == text


@pytest.mark.slow
def test_the_guide_that_stood_there_stays_when_it_fails(tmp_path, monkeypatch):
    page = tmp_path / "guide" / "index.html"
    page.parent.mkdir()
    page.write_text("l'ancien", "utf-8")
    monkeypatch.setattr("analysis.publish.guide.typeset_guide", lambda text: "![](nulle-part.png)")
    with pytest.raises(BookError, match=r"nulle-part\.png"):
        build_guide(tmp_path / "travail", tmp_path, choose_engine("embedded"), 0)
    assert page.read_text("utf-8") == "l'ancien"

"""How commands are named to who reads: with make, or with the installed program."""

import ast
import re

import pytest

from analysis.base.command_names import PROGRAM, choose_dossier, name_command
from analysis.base.paths import PROJECT
from analysis.run.arguments import COMMANDS


@pytest.fixture(autouse=True)
def own_dossier(monkeypatch):
    monkeypatch.delenv("ANALYSIS_DOSSIER", raising=False)
    choose_dossier(None)


@pytest.mark.parametrize(
    ("program", "named"),
    [
        ("/x/src/analysis/__main__.py", "make forms YEAR=2031 FORCE=1"),
        ("C:/Outils/rapport-dd.exe", "rapport-dd forms --year 2031 --force"),
        ("/bin/rapport-dd", "rapport-dd forms --year 2031 --force"),
    ],
)
def test_a_command_is_named_as_it_was_called(program, named, monkeypatch):
    monkeypatch.setattr("sys.argv", [program, "status"])
    assert name_command("forms", year=2031, force=True) == named


def test_a_command_without_options(monkeypatch):
    monkeypatch.setattr("sys.argv", ["rapport-dd"])
    assert name_command("data") == "rapport-dd data"


@pytest.mark.parametrize(
    "arguments",
    [["--dossier", "autre lieu"], ["--dossier=autre lieu"], ["--doss", "autre lieu"]],
)
def test_what_is_to_be_done_next_is_done_in_the_same_dossier(arguments, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/x/__main__.py", "review", *arguments])
    assert name_command("review", year=2031) == 'make review YEAR=2031 DOSSIER="autre lieu"'


def test_a_process_started_by_another_names_the_dossier_too(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/x/kernel.py"])
    monkeypatch.setenv("ANALYSIS_DOSSIER", "/ailleurs/Pays d’Été")
    assert name_command("data") == 'make data DOSSIER="/ailleurs/Pays d’Été"'
    monkeypatch.setenv("ANALYSIS_DOSSIER", str(PROJECT / "data"))
    assert name_command("data") == "make data"


# --- no command is written by hand ----------------------------------------------------------------

#: Words of the program that name a command without telling anybody to run it: (file, words).
DESCRIPTIONS = {
    ("model/schema/columns.py", "empreinte du contenu signé, écrite par « make review »"),
    ("model/schema/columns.py", "ce que « make review » a écrit, comme"),
    ("model/schema/raw_tables.py", "ce que « make document » a écrit, 64 chiffres hexadécimaux"),
    ("publish/staging.py", "FICHIER PRODUIT PAR « make report »"),
}
_COMMAND = re.compile(rf"\b(?:make|{PROGRAM}) (?:{'|'.join(COMMANDS)})\b|\b(?:YEAR|DOSSIER|FROM)=")


def list_texts(path):
    """The texts of a module, but for its docstrings; of an f-string the parts that are fixed."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def find_typed_commands():
    sources = PROJECT / "src/analysis"
    for path in sorted(sources.rglob("*.py")):
        file = path.relative_to(sources).as_posix()
        for text in list_texts(path):
            if _COMMAND.search(text) and not any(
                file == known and words in text for known, words in DESCRIPTIONS
            ):
                yield file, text


def test_no_command_is_written_by_hand():
    """What tells the next command names the dossier and the program: ``name_command`` does."""
    assert list(find_typed_commands()) == []


def test_a_command_written_by_hand_is_found(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""« make data » here."""\nsaid = f"Lancer « make data YEAR={1} »."\n')
    texts = list(list_texts(module))
    assert [bool(_COMMAND.search(text)) for text in texts].count(True) == 1


def test_commands_that_are_named_exist():
    named = set()
    for path in (PROJECT / "src/analysis").rglob("*.py"):
        named |= set(re.findall(r"name_command\(\s*['\"]([a-z-]+)['\"]", path.read_text("utf-8")))
    assert {"forms", "status", "collect", "review"} <= named
    assert named <= {*COMMANDS, "new-territory"}

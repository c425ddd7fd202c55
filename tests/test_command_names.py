"""How commands are named to who reads: with make, or with the installed program."""

import pytest

from analysis.base.command_names import name_command


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


def test_what_is_to_be_done_next_is_done_in_the_same_dossier(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/x/__main__.py", "review", "--dossier", "autre lieu"])
    assert name_command("review", year=2031) == 'make review YEAR=2031 DOSSIER="autre lieu"'

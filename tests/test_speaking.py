"""The command line speaks French: help, faults of what is typed, dates, what the system says."""

import argparse
import ast
import errno
import inspect
import io
import os
import re
import shutil
import sys
from datetime import date
from types import SimpleNamespace

import pytest

from analysis.__main__ import _is_left, main
from analysis.base.output_streams import prepare_streams
from analysis.base.refusals import describe_failure, find_refusal, tell_refusal
from analysis.run.arguments import COMMANDS, parse_arguments
from analysis.run.french_arguments import translate

#: English words of argparse that are no French ones ("options" and "arguments" are both).
ENGLISH = (
    "usage error positional show this help message and exit the following are required one of "
    "expected invalid value choice choose from unrecognized ambiguous could match not allowed with "
    "ignored explicit optional default none year int"
).split()

#: Messages of argparse to who writes the program, whom nobody who types a command meets.
FOR_PROGRAMMERS = (
    "conflicting callable __call__ dest= conflict_resolution mutually merge prefix_chars mode "
    "'required' subparser subcommands open string deprecated warning "
    "(default: version"
).split()


def find_english(text):
    words = set(re.findall(r"(?<![\w-])[a-z]+(?![\w-])", text.lower()))
    return sorted(words & set(ENGLISH))


def complain(capsys, *arguments):
    """What is said of a wrong command line, without the lines that show how to type it."""
    with pytest.raises(SystemExit) as stopped:
        parse_arguments(list(arguments))
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("Emploi : ")
    assert not find_english(said), said
    return said.splitlines()[-1]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_french(capsys, command):
    with pytest.raises(SystemExit) as stopped:
        parse_arguments([command, "--help"] if command else ["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert not find_english(said), said
    assert "Options :\n" in said
    assert "affiche cette aide" in said
    said_of_it = re.search(r"\n[A-ZÉ][^\n]*(\n[^\n]+)?\.\n", said)
    assert said_of_it, "a sentence says what the command does"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], " : il manque : commande"),
        (["vu"], "commande : « vu » n’existe pas ; choix possibles : editions, data"),
        (["report", "--an", "2017"], " : argument inconnu : --an 2017"),
        (["report", "--year"], " report : --year : une valeur est attendue"),
        (["report", "--force=oui"], "--force : cette option ne prend pas de valeur (lu : oui)"),
        (["report", "--year", "18"], "--year : « 18 » n’est pas une année de quatre chiffres"),
        (["report", "--year", "0000"], "--year : « 0000 » n’est pas une année de 1900 à 2100"),
        (["portraits", "--year", "9999"], "« 9999 » n’est pas une année de 1900 à 2100"),
        (["campaign", "a", "--years", "٢٠١٧"], "« ٢٠١٧ » ne dit pas des années"),
        (["report", "--workers", "zéro"], "« zéro » n’est pas un nombre entier, 1 ou plus"),
        (["report", "--engine", "latex"], "« latex » n’est pas un moteur : auto, quarto, embedded"),
        (["collect", "--year", "2018"], " collect : il manque : --from"),
        (["campaign"], " campaign : il manque : DOSSIER"),
        (["campaign", "a", "--sch"], "--scheduler : une valeur est attendue"),
    ],
)
def test_a_wrong_command_line_is_told_in_french(capsys, arguments, complaint):
    assert complaint in complain(capsys, *arguments)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="older Pythons look for no near name")
def test_a_command_nearly_right_has_its_name(capsys):
    told = complain(capsys, "rapport")
    assert "« rapport » n’existe pas, peut-être « report » ; choix possibles : editions" in told


def test_a_suggestion_of_argparse_is_french():
    """As Python 3.14 words it, which 3.15 does without being asked."""
    said = "invalid choice: 'rapport', maybe you meant 'report'? (choose from data, report)"
    assert translate(said) == (
        "« rapport » n’existe pas, peut-être « report » ; choix possibles : data, report"
    )


#: Words of the help, which the parser sets itself, and the frame of a complaint.
SET_BY_THE_PARSER = {
    *("%(heading)s:", "usage: ", "positional arguments", "options", "subcommands"),
    *("show this help message and exit", "%(prog)s: error: %(message)s\n"),
}


def test_every_message_of_argparse_has_its_french():
    """Read in the sources of the Python that runs: a message is translated, or for programmers."""
    said = set()
    for node in ast.walk(ast.parse(inspect.getsource(argparse))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
            said |= {word.value for word in node.args[:2] if isinstance(word, ast.Constant)}
    said = {text for text in said if not any(word in text for word in FOR_PROGRAMMERS)}
    said -= SET_BY_THE_PARSER
    assert len(said) > 10
    for template in said:
        values = dict.fromkeys(re.findall(r"%\((\w+)\)", template), "Abc")
        message = template % (values or ("Abc",) * template.count("%"))
        assert translate(message) != message, template
        assert not find_english(translate(message)), template


@pytest.mark.parametrize("typed", ["31/10/2031", "2031-10-31"])
@pytest.mark.parametrize(("command", "option"), [("new-year", "due"), ("status", "today")])
def test_days_are_read_as_people_and_as_tables_write_them(typed, command, option):
    read = parse_arguments([command, "--year", "2031", f"--{option}", typed])
    assert getattr(read, option) == date(2031, 10, 31)


@pytest.mark.parametrize("typed", ["demain", "31/10", "10/31/2031", "31/02/2031", "2031-02-31"])
@pytest.mark.parametrize(("command", "option"), [("new-year", "--due"), ("status", "--today")])
def test_a_wrong_day_is_told_with_both_ways_to_write_one(capsys, typed, command, option):
    told = complain(capsys, command, "--year", "2031", option, typed)
    assert f"{option} : « {typed} » n’est pas une date comme 31/10/2030 ou 2030-10-31" in told


def test_what_the_system_says_of_files_is_french():
    assert describe_failure(OSError(errno.ENOSPC, "No space left on device")) == (
        "il n’y a plus de place sur le disque"
    )
    assert describe_failure(OSError(errno.EACCES, "Permission denied")) == "accès refusé"
    assert describe_failure(OSError("message propre")) == "message propre"
    copied = [("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'")] * 3
    assert describe_failure(shutil.Error(copied)) == "il n’y a plus de place sur le disque"


def test_a_folder_that_cannot_be_read_is_told_in_french(dossier_copy, capsys, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(errno.EACCES, "Permission denied", "raw/2030")

    monkeypatch.setitem(COMMANDS, "data", (refuse, COMMANDS["data"][1]))
    assert main(["data", "--dossier", str(dossier_copy.root)]) == 1
    assert capsys.readouterr().err == "Lecture ou écriture impossible (raw/2030) : accès refusé\n"


def ask_windows(monkeypatch, question):
    """What is answered there; a failing test could not even be told under that name."""
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", "nt")
        return question()


@pytest.mark.parametrize(
    ("said", "unix", "windows"),
    [
        # « access is denied » to Rust; on Unix, a disk that does not answer
        ("typst: (os error 5)", errno.EIO, None),
        ("typst: (os error 112)", None, errno.ENOSPC),
        ("[WinError 112] Espace insuffisant: 'D:/a.csv'", errno.ENOSPC, errno.ENOSPC),
    ],
)
def test_windows_numbers_are_its_own(monkeypatch, said, unix, windows):
    assert getattr(find_refusal(said), "errno", None) == unix
    found = ask_windows(monkeypatch, lambda: find_refusal(said))
    assert getattr(found, "errno", None) == windows


def test_a_file_that_windows_does_not_let_go_is_the_one_that_was_to_be_replaced(monkeypatch):
    error = PermissionError(errno.EACCES, "Accès refusé", ".a.csv-12.tmp", None, "a.csv")
    told = "Lecture ou écriture impossible (a.csv) : accès refusé"
    assert tell_refusal(error) == told
    there = ask_windows(monkeypatch, lambda: tell_refusal(error))
    assert there.startswith(f"{told}. S’il est ouvert dans un autre programme (Excel")


def test_nobody_reads_any_more_whatever_the_system_calls_it(monkeypatch):
    errors = [
        OSError(errno.EPIPE, "x"),
        OSError(errno.EINVAL, "x"),
    ]
    assert [_is_left(error) for error in errors] == [True, False]

    def fail():
        raise errors[1]

    for left in (False, True):
        reader = SimpleNamespace(flush=fail if left else lambda: None)
        monkeypatch.setattr(sys, "stdout", reader)
        there = ask_windows(monkeypatch, lambda: [_is_left(error) for error in errors])
        assert there == [True, left], "what is no valid argument elsewhere is a failure"


def test_a_bar_of_progress_stays_on_its_line(monkeypatch):
    bytes_written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_written, "utf-8", newline=""))
    prepare_streams()
    for text in ("\r", "\r 52 % |", "nom\rpiégé\n"):
        sys.stdout.write(text)
    sys.stdout.flush()
    assert bytes_written.getvalue().decode() == "\r\r 52 % |nom\\rpiégé\n"

"""A built report takes its place; killed at any moment, the next run goes on. Made-up files."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from analysis.base import atomic, moving
from analysis.base.errors import UserError


class Killed(BaseException):
    """In place of a kill: nothing runs after it."""


def die_at(monkeypatch, count: int) -> list[str]:
    """Die instead of the ``count``-th rename or removal of a folder; returns what was called."""
    calls: list[str] = []

    def dying(real):
        def call(first, *more, **named):
            calls.append(Path(first).name)
            if len(calls) == count:
                raise Killed
            return real(first, *more, **named)

        return call

    monkeypatch.setattr(atomic.os, "replace", dying(os.replace))
    monkeypatch.setattr(atomic.shutil, "rmtree", dying(shutil.rmtree))
    return calls


def write_old_report(report: Path) -> None:
    (report / "html").mkdir(parents=True)
    (report / "html" / "vieille.html").write_text("ancien")
    (report / "rapport.pdf").write_text("ancien")
    (report / "carnets").mkdir()


def build_new_report(report: Path) -> None:
    with atomic.build_beside(report) as built:
        (built / "html").mkdir()
        (built / "html" / "index.html").write_text("neuf")
        for name in ("rapport.pdf", "rapport.docx"):
            (built / name).write_text("neuf")


OLD = {"html/vieille.html": "ancien", "rapport.pdf": "ancien"}
NEW = {"html/index.html": "neuf", "rapport.pdf": "neuf", "rapport.docx": "neuf"}


def read_report(report: Path) -> dict[str, str]:
    assert (report / "carnets").is_dir(), "what is not the book's stays"
    files = [path for path in report.rglob("*") if path.is_file()]
    return {str(path.relative_to(report)): path.read_text() for path in files}


#: ready ← folder; old html aside (after clearing there); html, docx, pdf in place; ready removed.
STEPS = 7


def test_a_report_takes_its_place(tmp_path, monkeypatch):
    write_old_report(tmp_path / "2031")
    calls = die_at(monkeypatch, 0)
    build_new_report(tmp_path / "2031")
    assert len(calls) == STEPS
    assert read_report(tmp_path / "2031") == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["2031"]
    assert atomic.finish_interrupted(tmp_path / "2031") is False
    assert read_report(tmp_path / "2031") == NEW


@pytest.mark.parametrize("second", range(1, STEPS + 1))
@pytest.mark.parametrize("first", range(1, STEPS + 1))
def test_killed_at_any_rename_and_again_while_going_on(tmp_path, monkeypatch, first, second):
    report, other = tmp_path / "2031", tmp_path / ".2032-pret"
    write_old_report(report)
    other.mkdir()
    with monkeypatch.context() as patched:
        die_at(patched, first)
        with pytest.raises(Killed):
            build_new_report(report)
    with monkeypatch.context() as patched:
        die_at(patched, second)
        with suppress(Killed):
            atomic.finish_interrupted(report)
    atomic.finish_interrupted(report)
    assert read_report(report) == (OLD if first == 1 else NEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".2032-pret", "2031"]


def test_a_folder_half_removed_does_not_come_back(tmp_path, monkeypatch):
    report = tmp_path / "2031"
    write_old_report(report)
    real = shutil.rmtree

    def half(folder, **named):
        if Path(folder).name == ".2031-pret":
            (folder / ".ancien-html" / "vieille.html").unlink()
            raise Killed
        real(folder, **named)

    with monkeypatch.context() as patched:
        patched.setattr(atomic.shutil, "rmtree", half)
        with pytest.raises(Killed):
            build_new_report(report)
    assert atomic.finish_interrupted(report)
    assert read_report(report) == NEW


def test_what_was_being_built_is_deleted_and_what_was_ready_is_overtaken(tmp_path, monkeypatch):
    report = tmp_path / "2031"
    write_old_report(report)
    (tmp_path / ".2031-abcd" / "html").mkdir(parents=True)
    assert atomic.finish_interrupted(report) is False
    assert read_report(report) == OLD
    with monkeypatch.context() as patched:
        die_at(patched, 4)
        with pytest.raises(Killed):
            build_new_report(report)
    build_new_report(report)
    assert read_report(report) == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["2031"]


@pytest.mark.parametrize(("refusals", "system"), [(3, "nt"), (99, "nt"), (1, "posix")])
def test_windows_waits_for_who_looks_at_a_new_file(tmp_path, monkeypatch, refusals, system):
    """An antivirus has it for a moment, Acrobat for as long as it is open."""
    new, old = tmp_path / "neuf.pdf", tmp_path / "vieux.pdf"
    new.write_text("neuf")
    real, clock = os.replace, iter(range(100))
    left = iter(range(refusals))

    def replace(source, target):
        if next(left, None) is not None:
            raise PermissionError(errno.EACCES, "Permission denied", source, None, target)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(moving.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(moving.time, "monotonic", lambda: next(clock))
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", system)
        with nullcontext() if refusals == 3 else pytest.raises(PermissionError):
            moving.move(new, old)
    assert old.exists() == (refusals == 3)


def test_a_report_that_is_open_elsewhere_is_named_and_replaced_the_next_time(tmp_path, monkeypatch):
    report = tmp_path / "2031"
    write_old_report(report)
    real = os.replace

    def replace(source, target):
        if Path(target) == report / "rapport.pdf":
            raise PermissionError(errno.EACCES, "Permission denied", str(source), None, str(target))
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(UserError, match=r"2031/rapport\.pdf : écriture refusée.*Acrobat"):
            build_new_report(report)
    assert read_report(report)["rapport.pdf"] == "ancien"
    assert atomic.finish_interrupted(report)
    assert read_report(report) == NEW

"""The same bytes whatever the machine: folder, umask, language, time zone, home, cores, patch."""

import os
import platform
import shutil
import subprocess
import sys
from functools import partial

import nbformat
import pytest
from conftest import MADE_UP, MADE_UP_YEAR

from analysis.base.paths import PROJECT
from analysis.base.versions import read_versions
from analysis.execute.notebook_run import clean_notebook


@pytest.mark.torture("Même résultat", "un autre correctif de Python", "réparé")
def test_patch_of_python_is_in_no_file(monkeypatch):
    before = read_versions()
    kernel = {"name": "python", "version": platform.python_version()}
    notebook = nbformat.v4.new_notebook(metadata={"language_info": kernel})
    clean_notebook(notebook)
    assert platform.python_version() not in nbformat.writes(notebook)
    monkeypatch.setattr(platform, "python_version_tuple", lambda: ("3", "11", "99"))
    assert before | {"python": "3.11"} == read_versions()


@pytest.mark.slow
@pytest.mark.torture("Même résultat", "titres du livre quand la langue du système est C", "réparé")
def test_pandoc_reads_french_arguments(monkeypatch):
    import pypandoc

    from analysis.__main__ import main

    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("LC_CTYPE", "C")  # both put back afterwards
    with pytest.raises(SystemExit):
        main(["--help"])
    command = [pypandoc.get_pandoc_path(), "--standalone", "--to=html", "--metadata=title:Matières"]
    assert "<title>Matières</title>" in subprocess.check_output(command, input="", encoding="utf-8")


#: Two machines that share nothing but the versions.
WORLDS = {
    "ici": (0o022, {"LC_ALL": "C.UTF-8", "TZ": "Europe/Paris"}, None),
    "là bas": (0o077, {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "HOME": "/dev/null/x"}, {0}),
}
COMMANDS = (["report", "--engine", "embedded"], ["council", "--engine", "embedded"], ["forms"])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are chosen under Linux")
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.torture(
    "Même résultat", "dossier, umask, langue, fuseau, dossier personnel, cœurs", "réparé"
)
def test_same_bytes_on_two_machines(tmp_path):
    made = []
    for name, (umask, world, cores) in WORLDS.items():
        root = tmp_path / name / "dossier"
        shutil.copytree(MADE_UP, root)
        for command in COMMANDS:
            done = subprocess.run(
                [sys.executable, "-m", "analysis", *command, "--dossier", root,
                 "--year", str(MADE_UP_YEAR)],
                cwd=PROJECT, env=os.environ | world, umask=umask, check=False,
                preexec_fn=partial(os.sched_setaffinity, 0, cores or os.sched_getaffinity(0)),
                capture_output=True, text=True, encoding="utf-8", errors="replace",
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
        shutil.rmtree(root / "processed" / str(MADE_UP_YEAR) / "kept")  # how long each step took
        files = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
        made.append({path: file.read_bytes() for path, file in files.items()})
    here, there = made
    assert here.keys() == there.keys()
    assert [path for path in here if here[path] != there[path]] == []

"""The manifest of a run: complete, without clock or machine, the same for the same inputs."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.base.paths import PROJECT, Dossier
from analysis.base.versions import LOCKS
from analysis.execute import plan_jobs
from analysis.execute.jobs import AFTER, BEFORE
from analysis.publish import manifest
from analysis.publish.manifest import (
    build_manifest,
    describe_jobs,
    read_commit,
    write_manifest,
)

YEAR = 2030
ENGINE = {"name": "moteur d’essai", "version": "1.0"}
PARAMETERS = {"engine": "auto", "jobs": []}


@pytest.fixture(autouse=True)
def no_git(monkeypatch):
    """Which commit it is, git is asked in tests of their own."""
    monkeypatch.setattr(manifest, "read_commit", lambda folder: {"commit": "", "modified": False})


def test_every_lock_is_there():
    """A lock under another name would be left out of the manifest in silence."""
    assert [name for name in LOCKS if not (PROJECT / name).is_file()] == []


def write_files(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def make_project(root: Path) -> tuple[Path, Dossier, Path]:
    """A small project, its dossier and the folder of its finished report."""
    write_files(
        root / "projet",
        {
            "pyproject.toml": '[project]\ndependencies = ["pandas>=3.0", "inconnu-xyz"]\n',
            "requirements.lock": "pandas==3.0\n",
            "notebooks/summary.ipynb": "{}",
            "notebooks/.ipynb_checkpoints/summary.ipynb": "{}",
            "src/analysis/one.py": "1\n",
            "src/analysis/__pycache__/one.pyc": "x",
            "src/analysis.egg-info/PKG-INFO": "x",
            "reports/_quarto.yml": "book:\n",
            "reports/style/page.css": "a {}\n",
            "reports/2030/html/index.html": "no input",
            "reports/.2030-abc/html/index.html": "no input",
        },
    )
    write_files(
        root / "dossier",
        {
            "raw/sources.csv": "id\n",
            "raw/2029/budget.csv": "id\n",
            "raw/2030/actions.csv": "id\n",
            "raw/2031/actions.csv": "id\n",
            "raw/2030/~$actions.xlsx": "x",
            "raw/.DS_Store": "x",
        },
    )
    report = root / "rapport"
    write_files(
        report,
        {
            "html/index.html": "<p>é</p>\n",
            "html/figures/one.svg": "<svg/>",
            "carnets/summary.html": "<p>",
            "donnees/datapackage.json": "{}",
            "rapport-2030.pdf": "%PDF",
            "rapport-2030.docx": "PK",
            "donnees-2030.zip": "PK",
            "notes.txt": "of the analyst",
            ".brouillon/html/index.html": "x",
        },
    )
    return root / "projet", Dossier(root / "dossier"), report


def locate(project: Path) -> dict[str, Path]:
    return {"project": project, "code": project / "src" / "analysis"}


def build(root: Path, parameters=PARAMETERS) -> dict:
    project, dossier, report = make_project(root)
    return build_manifest(dossier, YEAR, report, ENGINE, parameters, **locate(project))


def test_every_input_and_output_is_there(tmp_path):
    content = build(tmp_path)
    assert content["schema_version"] == 1
    assert content["engine"] == ENGINE
    assert content["parameters"] == {"year": YEAR, **PARAMETERS}
    inputs = content["inputs"]
    # A later year is not read, nor what a spreadsheet leaves.
    assert list(inputs["raw"]) == ["raw/2029/budget.csv", "raw/2030/actions.csv", "raw/sources.csv"]
    assert list(inputs["notebooks"]) == ["notebooks/summary.ipynb"]
    assert list(inputs["book"]) == ["reports/_quarto.yml", "reports/style/page.css"]
    assert list(inputs["locks"]) == ["pyproject.toml", "requirements.lock"]
    assert inputs["code"]["src"]["files"] == 1
    assert list(content["outputs"]) == [
        "carnets/summary.html",
        "donnees-2030.zip",
        "donnees/datapackage.json",
        "html/figures/one.svg",
        "html/index.html",
        "rapport-2030.docx",
        "rapport-2030.pdf",
    ]
    page = "<p>é</p>\n".encode()
    assert content["outputs"]["html/index.html"] == {
        "bytes": len(page),
        "sha256": hashlib.sha256(page).hexdigest(),
    }


def test_versions(tmp_path):
    import pandas as pd

    versions = build(tmp_path)["versions"]
    assert versions["pandas"] == pd.__version__
    assert versions["inconnu-xyz"] == ""
    assert versions["python"] == "{}.{}".format(*sys.version_info), "its patch changes no result"


def test_same_inputs_same_manifest_wherever_they_stand(tmp_path):
    texts = []
    for name in ("ici", "là-bas"):
        project, dossier, report = make_project(tmp_path / name)
        for _ in range(2):  # the manifest is none of its own outputs
            path = write_manifest(dossier, YEAR, report, ENGINE, PARAMETERS, **locate(project))
            texts.append(path.read_bytes())
    assert path == report / "manifest.json"
    assert len(set(texts)) == 1
    assert str(tmp_path) not in texts[0].decode()
    assert b"\\" not in texts[0]
    content = json.loads(texts[0])
    assert texts[0].decode() == (
        json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )
    assert not [file for file in report.iterdir() if file.name.endswith(".tmp")]


@pytest.mark.parametrize(
    "changed",
    [
        "dossier/raw/2029/budget.csv",
        "projet/notebooks/summary.ipynb",
        "projet/src/analysis/one.py",
        "projet/reports/style/page.css",
        "projet/requirements.lock",
        "rapport/html/index.html",
        "rapport/rapport-2030.pdf",
    ],
)
def test_any_change_shows(tmp_path, changed):
    before = build(tmp_path)
    project, dossier, report = (tmp_path / name for name in ("projet", "dossier", "rapport"))
    (tmp_path / changed).write_text("autre", encoding="utf-8")
    after = build_manifest(Dossier(dossier), YEAR, report, ENGINE, PARAMETERS, **locate(project))
    assert after != before


def test_a_renamed_module_changes_the_digest(tmp_path):
    write_files(tmp_path, {"a/one.py": "1", "b/two.py": "1"})
    one, two = (manifest.digest_folder(tmp_path / name) for name in "ab")
    assert one["bytes"] == two["bytes"]
    assert one["sha256"] != two["sha256"]


@pytest.mark.parametrize(
    "parameters",
    [{"dossier": str(Path("/srv/dossier").resolve())}, {"jobs": [{"template": Path("x.ipynb")}]}],
)
def test_absolute_paths_are_refused(tmp_path, parameters):
    with pytest.raises(ValueError, match="chemin absolu"):
        build(tmp_path, parameters)


def test_jobs_are_named_by_their_notebook(edition):
    jobs = describe_jobs(plan_jobs(edition))
    assert jobs[1] == {
        "name": "summary",
        "notebook": "summary.ipynb",
        "parameters": {"year": edition.year},
    }
    annexes = {*BEFORE, *AFTER}
    assert len(jobs) == 2 * len(edition.chapters) + 3 + 1 + len(annexes), "each page, once"
    assert annexes < {job["name"] for job in jobs}
    json.dumps(jobs)


def run_git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_commit(tmp_path):
    write_files(tmp_path, {"a.txt": "a", "sub/b.txt": "b"})
    nothing = {"commit": "", "modified": False}
    assert read_commit(tmp_path) == nothing
    run_git(tmp_path, "init", "--quiet")
    assert read_commit(tmp_path) == nothing  # no commit yet
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "--quiet", "--no-gpg-sign", "--message", "un")
    clean = read_commit(tmp_path)
    assert len(clean["commit"]) >= 40
    assert clean["modified"] is False
    assert read_commit(tmp_path / "sub") == nothing  # somebody else's repository
    (tmp_path / "new.txt").write_text("new", encoding="utf-8")
    assert read_commit(tmp_path) == {"commit": clean["commit"], "modified": True}


@pytest.mark.slow
def test_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_commit(PROJECT) == {"commit": "", "modified": False}


def test_the_project_itself(tmp_path):
    content = build_manifest(Dossier(PROJECT / "data"), 9999, tmp_path, ENGINE, {})
    assert content["outputs"] == {}
    assert "raw/sources.csv" in content["inputs"]["raw"]
    assert "reports/_quarto.yml" in content["inputs"]["book"]
    assert "notebooks/finality.ipynb" in content["inputs"]["notebooks"]
    assert content["inputs"]["code"]["src"]["files"] > 10
    assert "requirements.lock" in content["inputs"]["locks"]
    assert all(content["versions"].values())
    assert str(PROJECT) not in json.dumps(content)

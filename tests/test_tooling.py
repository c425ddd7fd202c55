"""The hooks before a commit run, offline; the workflow parses and asks for what the project has."""

import re
import shlex
import subprocess
import sys
import tomllib

import pytest
import yaml

from analysis.base.paths import PROJECT

HOOKS = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
WORKFLOW = yaml.safe_load((PROJECT / ".github/workflows/report.yml").read_text("utf-8"))
LOCAL = {hook["id"]: hook for repository in HOOKS for hook in repository["hooks"]}


def run_hook(name, *files):
    # The environment of the tests, wherever it is, stands for .venv.
    entry = LOCAL[name]["entry"].replace(".venv/bin/", f"{sys.prefix}/bin/")
    return subprocess.run(
        [*shlex.split(entry), *files], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def test_hooks_fetch_nothing():
    assert {repository["repo"] for repository in HOOKS} == {"local"}
    assert {hook["language"] for hook in LOCAL.values()} <= {"system", "pygrep"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "status"), [("ruff-check", 1), ("ruff-format", 0)])
def test_hooks_of_ruff_run(name, status, tmp_path):
    sound = run_hook(name, "src/analysis/base/lists.py")
    assert sound.returncode == 0, sound.stderr
    wrong = tmp_path / "wrong.py"
    wrong.write_text("x = ( 1 )\ny = undefined\n", "utf-8")
    assert run_hook(name, "--isolated", str(wrong)).returncode == status
    assert wrong.read_text("utf-8").startswith("x = 1\n") == (name == "ruff-format")


def test_hook_of_types_is_that_of_make_lint():
    entry = LOCAL["types"]["entry"].replace(".venv/bin/", "$(BIN)/")
    assert entry in (PROJECT / "Makefile").read_text("utf-8")


@pytest.mark.slow
def test_hook_of_notebooks_looks_at_their_outputs():
    done = run_hook("notebooks", "--collect-only")
    assert done.returncode == 0, done.stdout
    count = len(list((PROJECT / "notebooks").glob("*.ipynb")))
    assert f"test_notebooks.py: {count}\n" in done.stdout


def test_hook_of_last_lines():
    pattern = re.compile(LOCAL["last-line"]["entry"], re.MULTILINE | re.DOTALL)
    assert pattern.search("a\nb")
    assert not pattern.search("a\nb\n")


def test_workflow_reads_only_and_runs_once_a_change():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True
    triggers = WORKFLOW[True]  # YAML 1.1 reads « on » as true
    assert triggers["push"] == {"branches": ["main"]}
    assert all(
        job.get("needs") == "lint" for name, job in WORKFLOW["jobs"].items() if name != "lint"
    )


def test_workflow_tries_the_oldest_python_of_the_project():
    rows = [row for job in WORKFLOW["jobs"].values() for row in list_rows(job)]
    tried = {tuple(map(int, row["python"].split("."))) for row in rows}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = tuple(map(int, re.findall(r"\d+", project["requires-python"])))
    assert min(tried) == oldest
    assert len(tried) > 1
    assert {row.get("os", "linux").split("-")[0] for row in rows} == {"linux", "macos", "windows"}


def list_rows(job):
    return job.get("strategy", {}).get("matrix", {}).get("include", [])


def test_workflow_calls_what_exists():
    from analysis.run.arguments import COMMANDS, parse_arguments

    steps = [step.get("run", "") for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    commands = [line for step in steps for line in re.findall(r"-m analysis (.+)", step)]
    assert {line.split()[0] for line in commands} <= set(COMMANDS)
    assert len(commands) >= 3
    for line in commands:
        parse_arguments(line.split())
    for path in re.findall(r"tests/\w+\.py|\.ci/\w+|requirements\w*\.lock", " ".join(steps)):
        assert (PROJECT / path).exists(), path

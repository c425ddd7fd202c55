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


def test_workflow_runs_once_a_change():
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


# --- what the workflows may do --------------------------------------------------------------------

WORKFLOWS = {
    path.name: (path.read_text("utf-8"), yaml.safe_load(path.read_text("utf-8")))
    for path in sorted((PROJECT / ".github/workflows").glob("*.yml"))
}
JOBS = [
    pytest.param(job, id=f"{file}:{name}")
    for file, (_, workflow) in WORKFLOWS.items()
    for name, job in workflow["jobs"].items()
]


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.torture(
    "Installation", "intégration continue : droits, secrets, code d’autrui", "réparé"
)
def test_each_job_is_bounded_and_reads_only(job):
    assert job["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"] <= 180
    for step in job["steps"]:
        # What comes from outside (titles, branches) would be a program there: variables carry it.
        assert "${{" not in step.get("run", "")
        action = step.get("uses", "")
        if action.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        if action.startswith("actions/upload-artifact@"):
            assert step["with"]["retention-days"] <= 30


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_grant_nothing_by_default_and_pin_actions_by_commit(name):
    text, workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {}
    assert "secrets." not in text
    assert "pull_request_target" not in text
    lines = re.findall(r"uses: (.+)", text)
    assert len(lines) >= len(workflow["jobs"])
    for line in lines:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_one_version_of_each_action():
    lines = {line for text, _ in WORKFLOWS.values() for line in re.findall(r"uses: (.+)", text)}
    assert len({line.split("@")[0] for line in lines}) == len(lines)


def test_audit_looks_at_each_lock_weekly_and_when_one_changes():
    weekly = WORKFLOWS["weekly.yml"][1]
    assert "requirements*.lock" in weekly[True]["push"]["paths"]
    assert weekly[True]["schedule"]
    runs = {step.get("run") for job in weekly["jobs"].values() for step in job["steps"]}
    assert {"make audit", "make torture"} <= runs
    assert "for lock in requirements*.lock" in (PROJECT / "Makefile").read_text("utf-8")

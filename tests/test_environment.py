"""environment.yml (conda), pyproject.toml and the lock files say the same thing."""

import importlib.util
import os
import re
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis.base.paths import PROJECT
from analysis.publish.engine import MINIMUM

#: conda-forge's names where they differ from PyPI's.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
LOCKS = sorted(path.name for path in PROJECT.glob("requirements*.lock"))


def read_project():
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read_required(*extras):
    project = read_project()
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r.specifier for r in requirements}


def read_conda():
    content = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    lines = []
    for entry in content["dependencies"]:
        lines += entry["pip"] if isinstance(entry, dict) else [entry]
    requirements = [Requirement(line) for line in lines if not line.startswith("--")]
    found = {canonicalize_name(CONDA_NAMES.get(r.name, r.name)): r.specifier for r in requirements}
    found.pop("pip")
    return found


def read_lock(name):
    text = (PROJECT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", text, re.MULTILINE)), text


def test_conda_and_pip_ask_for_the_same_packages_and_versions():
    conda = read_conda()
    python = conda.pop("python")
    quarto = conda.pop("quarto")
    assert str(python) == read_project()["requires-python"]
    assert conda == read_required("test", "lab")
    digests = re.findall(
        r"^[0-9a-f]{64}  quarto-([\d.]+)-[a-z0-9-]+\.tar\.gz$",
        (PROJECT / "quarto.lock").read_text("utf-8"), re.MULTILINE,
    )  # fmt: skip
    assert digests
    assert all(quarto.contains(version) for version in digests)
    assert quarto.contains(".".join(map(str, MINIMUM)))


def test_every_dependency_is_imported_or_run():
    """What only runs: kernels, plugins, what another library takes when it is there."""
    run = {"ipykernel", "pypandoc-binary", "defusedxml"}
    text = "\n".join(
        path.read_text("utf-8")
        for folder in ("src", "notebooks", "reports")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".ipynb") and not path.parts[-2].isdigit()
    )
    modules = {"charset-normalizer": "charset_normalizer", "python-pptx": "pptx", "pyyaml": "yaml",
               "fonttools": "fontTools", "markdown-it-py": "markdown_it",
               "mdit-py-plugins": "mdit_py_plugins"}  # fmt: skip
    unused = [
        name
        for name in read_required()
        if name not in run and not re.search(rf"\b(from|import) {modules.get(name, name)}\b", text)
    ]
    assert unused == []


def test_what_writes_the_locks_is_pinned_by_hash_and_is_none_of_the_report():
    pinned, _ = read_lock("requirements-locker.lock")
    assert list(pinned) == ["uv"]
    assert "uv" not in read_lock("requirements.lock")[0]


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ["test"]), ("requirements-lab.lock", ["test", "lab"])],
)
def test_lock_holds_every_requirement_within_its_bounds(lock, extras):
    pinned, _ = read_lock(lock)
    for name, bounds in read_required(*extras).items():
        assert name in pinned, f"{name} is missing from {lock}"
        assert bounds.contains(pinned[name]), f"{name} {pinned[name]} is not {bounds}"


def test_execution_environment_is_free_of_jupyterlab():
    pinned, _ = read_lock("requirements.lock")
    assert "jupyterlab" not in pinned


def test_both_environments_pin_the_same_versions():
    execution, _ = read_lock("requirements.lock")
    lab, _ = read_lock("requirements-lab.lock")
    assert {name: lab.get(name) for name in execution} == execution


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_and_no_address(lock):
    pinned, text = read_lock(lock)
    assert pinned
    assert "://" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("[WinError 5] Accès refusé", "un dossier ne peut être écrit"),
        ("[WinError 112] Espace insuffisant sur le disque", "il n’y a plus de place"),
        ("[WinError 206] Nom de fichier ou extension trop long", "un chemin est trop long"),
    ],
)
def test_what_windows_says_to_pip_is_understood_in_any_language(said, cause, tmp_path):
    spec = importlib.util.spec_from_file_location("install", PROJECT / "src/install.py")
    install = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(install)
    env = {**os.environ, "PYTHONUTF8": "1"}
    with pytest.raises(install.Failure, match=cause):
        install.run(tmp_path, "L’essai", sys.executable, "-c", f"exit({said!r})", env=env)

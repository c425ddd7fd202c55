"""Which versions made a result: Python's and those of the packages that the project asks for."""

from __future__ import annotations

import platform
import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from analysis.base.paths import PROJECT

#: Versions are pinned and the project configured here, at the root of the project.
LOCKS = ("pyproject.toml", "requirements.lock", "quarto.lock")


def read_python_version() -> str:
    """« 3.11 »: a patch of Python changes no result, and is said nowhere."""
    return ".".join(platform.python_version_tuple()[:2])


def read_versions(project: Path = PROJECT) -> dict[str, str]:
    """Versions of Python and of each package that the project asks for; '' when not installed."""
    content = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    found = {"python": read_python_version()}
    for line in content["project"]["dependencies"]:
        name = re.split(r"[^\w.-]", line)[0]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found

"""The manifest of a run: what a report was made of, with what, and what came out.

The same inputs give the same manifest: no time of the clock, no absolute path.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.atomic import write_file
from analysis.base.paths import COMPARISONS, FRANCE, NOTEBOOKS, PROJECT, REPORTS, Dossier
from analysis.base.project_folder import CODE
from analysis.base.rawfiles import find_year, list_files, list_raw_files, measure_file
from analysis.base.versions import LOCKS, read_versions

#: Raised when the meaning of a key changes.
SCHEMA_VERSION = 1
NAME = "manifest.json"

#: What a run leaves in the report's folder; anything else there is not its own.
OUTPUTS = ("html/**/*", "carnets/**/*", "donnees/**/*", "guide/**/*", "*.pdf", "*.docx", "*.zip")


def _describe_files(files: Iterable[tuple[str, Path]], prefix: str = "") -> dict[str, Any]:
    return {prefix + name: measure_file(path) for name, path in sorted(files)}


def digest_folder(folder: Path) -> dict[str, Any]:
    """One SHA-256 for a folder (names and contents of its files), with their number and bytes."""
    digest, size, number = hashlib.sha256(), 0, 0
    for name, path in sorted(list_files(folder)):
        described = measure_file(path)
        digest.update(f"{name}\0{described['sha256']}\n".encode())
        size += described["bytes"]
        number += 1
    return {"files": number, "bytes": size, "sha256": digest.hexdigest()}


def list_notebooks(project: Path = PROJECT) -> Iterator[tuple[str, Path]]:
    """The notebooks, by their path below the project."""
    folder = project / NOTEBOOKS.name
    for name, path in list_files(folder, "*.ipynb"):
        yield f"{folder.name}/{name}", path


def list_book_files(project: Path = PROJECT) -> Iterator[tuple[str, Path]]:
    """The Quarto project, by paths below the project: what is built in ``<year>/`` is no input, nor
    are comparisons of dossiers."""
    folder = project / REPORTS.name
    for name, path in list_files(folder):
        if find_year(name) is None and not name.startswith(f"{COMPARISONS}/"):
            yield f"{folder.name}/{name}", path


def _ask_git(project: Path, *arguments: str) -> str | None:
    """What git answers; None without git, or outside of a repository that it may read."""
    try:
        answer = subprocess.run(
            ["git", "--no-optional-locks", *arguments],
            cwd=project,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def read_commit(project: Path = PROJECT) -> dict[str, Any]:
    """``commit`` (empty where the project is no repository of its own) and ``modified``: whether
    a file differs from it or is new (false where there is no commit)."""
    root = _ask_git(project, "rev-parse", "--show-toplevel")
    commit = _ask_git(project, "rev-parse", "--verify", "HEAD")
    if not root or not commit or Path(root).resolve() != project.resolve():
        return {"commit": "", "modified": False}
    return {"commit": commit, "modified": bool(_ask_git(project, "status", "--porcelain"))}


def describe_jobs(jobs: Sequence[Any]) -> list[dict[str, Any]]:
    """The jobs of ``execute.plan_jobs`` for the parameters: name, notebook, its parameters."""
    return [
        {"name": job.name, "notebook": job.template.name, "parameters": dict(job.parameters)}
        for job in jobs
    ]


def build_manifest(
    dossier: Dossier,
    year: int,
    report_folder: Path,
    engine: Mapping[str, str],
    parameters: Mapping[str, Any],
    *,
    project: Path = PROJECT,
    code: Path = CODE,
    raw: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """What made the report that stands in ``report_folder``.

    Parameters
    ----------
    dossier, year
        the edition; its inputs are the files of ``raw/`` up to that year.
    engine
        of the book: ``name`` and ``version``.
    parameters
        of the run, as JSON takes them: jobs (see ``describe_jobs``), options.
    project, code
        where notebooks, Quarto project and locks stand, and the program's modules.
    raw
        ``bytes`` and ``sha256`` of the files of ``raw/`` as they were when the edition was read;
        by default as they are now.

    Returns
    -------
    dict
        ``schema_version``, ``commit``, ``modified``, ``versions``, ``engine``, ``parameters``;
        ``inputs``: ``raw`` (paths from the dossier), ``france`` (the national reference),
        ``notebooks``, ``book``, ``locks`` (paths from the project) and ``code`` (one digest);
        ``outputs`` (those named in ``OUTPUTS``, paths from the report's folder). Each file has its
        ``bytes`` and ``sha256``.

    Raises ValueError when a parameter or the engine names an absolute path (French): it would
    differ from one machine to the next.
    """
    _refuse_absolute_paths({"engine": dict(engine), "parameters": dict(parameters)})
    outputs = {name: path for glob in OUTPUTS for name, path in list_files(report_folder, glob)}
    locks = {name: project / name for name in LOCKS if (project / name).is_file()}
    return {
        "schema_version": SCHEMA_VERSION,
        **read_commit(project),
        "versions": read_versions(project),
        "engine": dict(engine),
        "parameters": {"year": year, **parameters},
        "inputs": {
            "raw": _describe_files(list_raw_files(dossier, year), "raw/")
            if raw is None
            else {f"raw/{name}": dict(file) for name, file in sorted(raw.items())},
            "france": _describe_files(list_files(FRANCE), "france/"),
            "notebooks": _describe_files(list_notebooks(project)),
            "book": _describe_files(list_book_files(project)),
            "code": {"src": digest_folder(code)},
            "locks": _describe_files(locks.items()),
        },
        "outputs": _describe_files(outputs.items()),
    }


def _refuse_absolute_paths(value: Any) -> None:
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple)):
        for item in value:
            _refuse_absolute_paths(item)
    elif isinstance(value, os.PathLike) or (isinstance(value, str) and os.path.isabs(value)):
        raise ValueError(f"Le manifeste ne garde pas de chemin absolu : {value}")


def list_changed_inputs(checksums: Mapping[str, str], report_folder: Path) -> list[str]:
    """Raw files that are not what they were when the report was made: changed, new or gone.

    ``checksums``: path below ``raw/`` → SHA-256 of today's files. Empty where the report has no
    manifest, the manifest itself where it is none of ours.
    """
    path = report_folder / NAME
    if not path.is_file():
        return []
    try:
        inputs = json.loads(path.read_text(encoding="utf-8"))["inputs"]["raw"]
        known = {name.removeprefix("raw/"): file["sha256"] for name, file in inputs.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return [NAME]
    names = sorted({*known, *checksums})
    return [name for name in names if known.get(name) != checksums.get(name)]


def write_manifest(
    dossier: Dossier,
    year: int,
    report_folder: Path,
    engine: Mapping[str, str],
    parameters: Mapping[str, Any],
    **options: Any,
) -> Path:
    """Write ``manifest.json`` into the report's folder, keys sorted; see ``build_manifest``.

    To be called last, when every output stands in its place. Returns the file.
    """
    content = build_manifest(dossier, year, report_folder, engine, parameters, **options)
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path = report_folder / NAME
    write_file(path, text + "\n")
    return path

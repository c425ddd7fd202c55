"""Which engine builds the book: Quarto where it can be had, else the embedded one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from analysis.publish import BookError

#: The first Quarto that was tried with this book.
MINIMUM = (1, 9, 36)


@dataclass(frozen=True)
class Engine:
    """``name`` is « quarto » or « embedded »; ``message`` says in French why this one; ``failed``
    names the engine that was to make the book and could not."""

    name: str
    label: str
    version: str
    path: Path | None
    message: str
    failed: str = ""

    def __str__(self) -> str:
        return f"{self.label} {self.version}"

    @property
    def has_typst_15(self) -> bool:
        """Typst 0.15 writes PDF/A and PDF/UA at once, and names every title of a PDF; 0.14, which
        Quarto 1.9 brings, only those that the same file leads to."""
        return self.name == "embedded" or read_numbers(self.version) >= (1, 10)


def read_numbers(version_text: str) -> tuple[int, ...]:
    """« 1.9.38 » → (1, 9, 38)."""
    return tuple(int(number) for number in version_text.split(".")[:3])


def find_quarto() -> Path | None:
    """``quarto`` beside this Python (the environment's), else on the PATH."""
    local = Path(sys.executable).parent / "quarto"
    if local.is_file():
        return local
    found = shutil.which("quarto")
    return Path(found) if found else None


def read_quarto_version(path: Path) -> str:
    """``1.9.38``; empty when the program does not answer."""
    try:
        answer = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"^\s*(\d+\.\d+(?:\.\d+)*)\s*$", answer.stdout, re.MULTILINE)
    return found.group(1) if answer.returncode == 0 and found else ""


def embedded_engine(reason: str, failed: str = "") -> Engine:
    """The embedded engine with the versions of its tools; ``reason`` says in French why."""
    import pypandoc

    tools = f"(pandoc {pypandoc.get_pandoc_version()}, Typst {version('typst')})"
    return Engine("embedded", "le moteur embarqué", tools, None, reason, failed)


def choose_engine(preferred: str = "auto") -> Engine:
    """The engine to use; ``preferred`` is « auto », « quarto » (required) or « embedded ». Raises
    BookError when Quarto is required and cannot be used."""
    if preferred == "embedded":
        return embedded_engine("Moteur embarqué, comme demandé.")
    path = find_quarto()
    found = read_quarto_version(path) if path else ""
    if path is None:
        reason = "Quarto n’est pas installé"
    elif not found:
        reason = f"Quarto ne répond pas ({path})"
    elif read_numbers(found) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        reason = f"Quarto {found} est trop ancien ({wanted} au moins)"
    else:
        return Engine("quarto", "Quarto", found, path, f"Quarto {found} compose le livre.")
    if preferred == "quarto":
        raise BookError(f"Quarto est demandé (ENGINE=quarto), mais {reason}.")
    return embedded_engine(f"{reason} : le moteur embarqué compose le livre.")


def replace_engine(failed: Engine, error: BookError) -> Engine:
    """The embedded engine in the place of one that could not build the book, and why."""
    return embedded_engine(
        f"ATTENTION : {failed} n’a pas composé le livre. Le moteur embarqué le compose à sa place "
        f"(ENGINE=quarto n’essaie que Quarto).\n{error}",
        str(failed),
    )

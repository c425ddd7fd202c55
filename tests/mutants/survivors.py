"""The survivors that may stay: what was changed where, and why no test can or need see it.

``survivors.txt`` holds one paragraph for each: the function, the lines that the mistake takes away
(``-``) and puts in their place (``+``), and the reason behind ``#``. Several mistakes of one reason
may share a paragraph's reason by standing right above one another, each with its own function line.
"""

from __future__ import annotations

from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

FILE = Path(__file__).with_name("survivors.txt")
#: Function, lines taken away, lines put in.
Mutant = tuple[str, tuple[str, ...], tuple[str, ...]]


def name_mutant(key: str, path: Path) -> Mutant:
    """A name that stays the same when other functions change (mutmut counts through)."""
    diff = get_diff_for_mutant(key, path=path).splitlines()[2:]
    taken, put = (
        tuple(line[1:].strip() for line in diff if line.startswith(sign)) for sign in "-+"
    )
    module, _, name = key.rpartition("__mutmut_")[0].rpartition(".")
    name = name.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return f"{module.removeprefix('analysis.')}.{name}", taken, put


def list_lines(mutant: Mutant) -> list[str]:
    """The lines of a paragraph of ``survivors.txt``, without its reason."""
    function, taken, put = mutant
    return [function, *(f"- {line}" for line in taken), *(f"+ {line}" for line in put)]


def read_named() -> dict[Mutant, str]:
    """Every survivor named in ``survivors.txt``, with its reason."""
    named: dict[Mutant, str] = {}
    for paragraph in FILE.read_text(encoding="utf-8").split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        reason = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
        mutants: list[list] = []
        for line in lines:
            if line[0] in "-+":
                mutants[-1]["-+".index(line[0]) + 1].append(line[1:].strip())
            elif line[0] != "#":
                mutants.append([line, [], []])
        if mutants and not reason:
            raise ValueError(f"{FILE.name}: no reason given for {mutants[0][0]}")
        named |= {(name, tuple(taken), tuple(put)): reason for name, taken, put in mutants}
    return named

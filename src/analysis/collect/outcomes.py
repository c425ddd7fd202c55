"""What became of the returned forms, cell by cell."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: Lists of messages of an outcome, in the order in which the JSON file gives them.
LISTS = ("imported", "unchanged", "revised", "flagged", "absent", "errors")


@dataclass(frozen=True)
class Message:
    """What is said of a cell (``sheet`` and ``cell`` '' when it is of the whole file).

    ``code``: what the row asks about; ``message``: a French sentence.
    """

    sheet: str
    cell: str
    message: str
    code: str = ""

    @property
    def place(self) -> str:
        """« Indicateurs G12 »; '' for the whole file."""
        return f"{self.sheet} {self.cell}".strip()


@dataclass(frozen=True)
class NewItem:
    """A new action or indicator: where it stands, what it is called, rows ready to paste (file of
    the dossier, line of CSV), what the service did not say and is supposed (French)."""

    sheet: str
    cell: str
    nature: str
    title: str
    rows: tuple[tuple[str, str], ...]
    guesses: tuple[str, ...] = ()


@dataclass
class FormOutcome:
    """A returned file: whose it is, and every answer sorted by what was done with it.

    ``imported``: new in the dossier. ``unchanged``: there already. ``revised``: took the place of
    an earlier answer. ``flagged``: imported or not, to be looked at by the analyst. ``absent``:
    the service has no value to give. ``errors``: to be corrected by the service, not imported.
    ``withheld``: an answer was kept back, another copy of the form says otherwise. ``typed``: how
    many cells the service filled in; ``lost``: of how many of them nothing was read or said.
    ``chapter``: of a reviewer's workbook, whose rows are remarks.
    """

    service: str = ""
    file: str = ""
    sha256: str = ""
    imported: list[Message] = field(default_factory=list)
    unchanged: list[Message] = field(default_factory=list)
    revised: list[Message] = field(default_factory=list)
    flagged: list[Message] = field(default_factory=list)
    absent: list[Message] = field(default_factory=list)
    errors: list[Message] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    news: list[NewItem] = field(default_factory=list)
    service_name: str = ""
    withheld: bool = False
    typed: int = 0
    lost: int = 0
    chapter: str = ""

    def tell(self, kind: str, message: Message) -> None:
        """Add a message to the list of this name (see ``LISTS``)."""
        getattr(self, kind).append(message)

    def list_messages(self) -> list[Message]:
        """All messages, in the order of ``LISTS``."""
        return [message for name in LISTS for message in getattr(self, name)]

    def refuse(self, message: str) -> None:
        """An error of the whole file."""
        self.errors.append(Message("", "", message))

    def describe(self) -> dict[str, Any]:
        """As JSON objects: « service, file, sha256 », then the lists of messages."""
        content = asdict(self)
        del content["service_name"], content["withheld"]
        if not self.chapter:
            del content["chapter"]
        return content


@dataclass
class Collection:
    """A collection done. ``skipped``: files not read and why; ``copies``: name of the copy with
    comments, by ``FormOutcome.file``; ``asked``: the indicators that each service is asked;
    ``written``: raw files changed; ``text``: what the terminal says; ``folder``: where the copies
    and the report are; ``first``: no edition is earlier."""

    year: int
    folder: Path
    outcomes: list[FormOutcome] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    asked: dict[str, set[str]] = field(default_factory=dict)
    service_names: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    text: str = ""
    first: bool = False

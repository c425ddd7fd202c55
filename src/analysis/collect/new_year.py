"""A new edition's folder, prepared from the newest earlier edition.

What lasts is carried over as it is, what is measured anew starts empty, and requests.csv says what
each service is asked. Never overwrites: a file that is there stays, so that running it twice
changes nothing.
"""

from __future__ import annotations

import csv
import fnmatch
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.base.csvtext import format_csv
from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.base.rawfiles import list_editions
from analysis.collect.requests import list_closed, list_requests
from analysis.compute.dossier import (
    Fault,
    InvalidDossier,
    RawEdition,
    collect_faults,
)
from analysis.compute.indicators import check_formulas, compute_edition
from analysis.model.schema import PAGES, TABLES, TEXT_HEADINGS
from analysis.model.store import Edition

#: Tables whose rows go on from one edition to the next, then those that begin empty.
CARRIED = (
    *("actions", "effects", "improvements", "targets", "milestones", "not_comparable"),
    *("places", "planned"),
)
EMPTY = ("observations", "budget", "statements", "gaps")
#: The register of what a source contradicts.
_REGISTER = "discrepancies"
_SOURCES = "sources.csv"


@dataclass
class Preparation:
    """What was done: files made and files that were there already, relative to ``raw/``.

    ``dropped``: ids not carried over, with the table. ``source``: id of the row added to
    sources.csv, or ''.
    """

    year: int
    previous: int
    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    requests: int = 0
    services: int = 0
    source: str = ""


def find_previous(dossier: Dossier, year: int) -> int:
    """The newest edition before ``year``. Raises FileNotFoundError (French) when there is none."""
    earlier = [known for known in list_editions(dossier) if known < year]
    if not earlier:
        raise FileNotFoundError(
            f"Aucune édition avant {year} dans {dossier.raw} : il n’y a rien à reprendre."
        )
    return max(earlier)


def read_previous(dossier: Dossier, year: int) -> tuple[RawEdition, Edition]:
    """The newest edition before ``year``, as typed and computed.

    Raises
    ------
    FileNotFoundError
        when there is none.
    InvalidDossier
        when it has faults. Files of ``year`` without provenance are none here: a preparation that
        was interrupted may have left some, and this one declares them.
    """
    previous = find_previous(dossier, year)
    data, faults = collect_faults(dossier, previous, [check_formulas])
    faults = [fault for fault in faults if not _is_undeclared(fault, year)]
    if faults:
        raise InvalidDossier(faults)
    return data, compute_edition(data, previous)


def _is_undeclared(fault: Fault, year: int) -> bool:
    return fault.file == _SOURCES and not fault.row and fault.value.startswith(f"{year}/")


def prepare_year(dossier: Dossier, year: int, due: date | None = None) -> Preparation:
    """Make what ``raw/<year>/`` lacks, and its row of sources.csv.

    Actions, effects, improvements, targets, milestones, places and pairs not to be compared are
    carried over byte for byte, with their source and locator: they are still what that source
    says. Left out are the actions and improvements that the previous edition's followups.csv says
    are over, and, of the short-term actions, those that fell due before ``year`` began (their new
    due date, where a service gave one): the report does not announce the past. The forms ask the
    services what became of them. One that a service then puts off is to be typed again in
    planned.csv.

    Parameters
    ----------
    due : last day for the services' answers; by default 31 October of ``year``.

    Raises
    ------
    FileNotFoundError
        when no edition precedes ``year``, or ``year`` lacks nothing but the requests: it is a
        finished edition.
    InvalidDossier
        when that edition has faults.
    """
    data, edition = read_previous(dossier, year)
    done = Preparation(year, edition.year)
    requests = list_requests(edition, year, due or date(year, 10, 31))
    contents = dict(_list_contents(dossier, data, edition, requests, done))
    lacking = [name for name in contents if not (dossier.raw / name).exists()]
    if lacking == [TABLES["requests"].file(year)]:
        raise FileNotFoundError(
            f"L’édition {year} est déjà faite : « new-year » ouvre une année à venir."
        )
    for name, content in contents.items():
        path = dossier.raw / name
        if path.exists():
            done.kept.append(name)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        done.made.append(name)
    if f"{year}/{TABLES['requests'].name}.csv" in done.made:
        done.requests, done.services = len(requests), requests["service"].nunique()
    done.source = _declare(dossier, done)
    return done


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def _list_contents(
    dossier: Dossier,
    data: RawEdition,
    edition: Edition,
    requests: pd.DataFrame,
    done: Preparation,
) -> Iterator[tuple[str, bytes]]:
    """Name relative to ``raw/`` and content of each file of the new folder. The requests come
    first: they tell a year that is being opened, perhaps interrupted, from a finished edition."""
    yield TABLES["requests"].file(done.year), format_csv(requests).encode("utf-8")
    for name in CARRIED:
        frame, table = data[name], TABLES[name]
        if not (dossier.raw / table.file(edition.year)).exists():
            continue  # a table that may be absent
        lasting = _choose_lasting(name, frame, edition, done.year)
        if not (dossier.raw / table.file(done.year)).exists() and not lasting.all():
            done.dropped[name] = [*frame.loc[~lasting, "id"]]
        if lasting.all():
            content = (dossier.raw / table.file(edition.year)).read_bytes()
        else:
            content = format_csv(frame[lasting]).encode("utf-8")
        yield table.file(done.year), content
    for name in EMPTY:
        yield TABLES[name].file(done.year), (",".join(TABLES[name].header) + "\n").encode("utf-8")
    yield TABLES[_REGISTER].file(done.year), _format_register(data[_REGISTER])
    for chapter in edition.chapters["id"]:
        yield f"{done.year}/texts/{chapter}.md", _format_headings(TEXT_HEADINGS)
    for page in PAGES:
        if headings := [heading for heading in edition.texts.get(page, {}) if heading]:
            yield f"{done.year}/texts/{page}.md", _format_headings(headings)


def _format_register(register: pd.DataFrame) -> bytes:
    """The rows that explain an alert on values: these values still stand until new ones come, and
    the controls then say which rows explain nothing any more. Those on printed figures stay with
    the report that printed them."""
    lasting = register[register["control"] != ""].assign(statement="")
    return format_csv(lasting[TABLES[_REGISTER].header]).encode("utf-8")


def _choose_lasting(name: str, frame: pd.DataFrame, edition: Edition, year: int) -> pd.Series:
    """Which rows of a table go on; see ``prepare_year``."""
    if name not in ("actions", "planned", "improvements"):
        return pd.Series(True, index=frame.index)
    lasting = ~frame["id"].isin(list_closed(edition))
    if name == "planned":
        put_off = dict(edition.followups[["id", "new_due"]].dropna().itertuples(index=False))
        due = frame["id"].map(put_off).astype(frame["due_end"].dtype).fillna(frame["due_end"])
        lasting &= due.isna() | (due.dt.year >= year)
    return lasting


def _format_headings(headings: list[str] | tuple[str, ...]) -> bytes:
    """A text with its headings and nothing below: what is to be written."""
    return "\n".join(f"## {heading}\n" for heading in headings).encode("utf-8")


# --- provenance -----------------------------------------------------------------------------------


def _declare(dossier: Dossier, done: Preparation) -> str:
    """Add to sources.csv the row that covers the new folder's files, if nothing does; its id."""
    path = dossier.raw / _SOURCES
    content = path.read_bytes()
    text, encoding = _decode(content)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    header, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [name.strip() for name in header]
    rows = [dict(zip(header, line, strict=False)) for line in lines]
    known = [pattern for row in rows for pattern in split_list(row.get("file") or "")]
    lacking = [
        pattern
        for pattern, suffix in (("*.csv", ".csv"), ("texts/*.md", ".md"))
        if any(
            name.endswith(suffix) and not any(fnmatch.fnmatch(name, glob) for glob in known)
            for name in (*done.made, *done.kept)
        )
    ]
    if not lacking:
        return ""
    ids = {(row.get("id") or "").strip() for row in rows}
    name = f"donnees-{done.year}"
    while name in ids:
        name += "-suite"
    row = {
        "id": name,
        "file": join_list(f"{done.year}/{pattern}" for pattern in lacking),
        "title": f"Données et textes de l’édition {done.year}",
        "producer": "Services et rédaction du dossier",
        "remark": f"Actions, pistes et objectifs repris de l’édition {done.previous}, avec leur "
        "source et leur repère ; les valeurs viennent des réponses des services.",
    }
    line = io.StringIO()
    newline = "\r\n" if "\r\n" in text else "\n"
    writer = csv.writer(line, delimiter=separator, lineterminator=newline)
    writer.writerow([row.get(name, "") for name in header])
    ended = "" if text.endswith("\n") else newline
    _write(path, content + (ended + line.getvalue()).encode(encoding, errors="replace"))
    return name


def _decode(content: bytes) -> tuple[str, str]:
    """A text and how it was written, as ``dossier`` reads it, so that a line may be added."""
    if content[:2] == b"\xff\xfe":
        return content[2:].decode("utf-16-le"), "utf-16-le"
    if content[:2] == b"\xfe\xff":
        return content[2:].decode("utf-16-be"), "utf-16-be"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


# --- what is said ---------------------------------------------------------------------------------


def describe_preparation(done: Preparation) -> str:
    """What was made, what was left alone, what comes next (French, several lines)."""
    lines = []
    if done.made:
        lines.append(f"Édition {done.year} préparée d’après l’édition {done.previous} :")
        lines += [f"  {words}" for words in _describe_made(done)]
    else:
        lines.append(f"Édition {done.year} : tout y était déjà, rien n’a été changé.")
    if done.made and done.kept:
        lines.append(f"Déjà là, laissés tels quels : {', '.join(done.kept)}.")
    if done.year > done.previous + 1:
        lines.append(f"Attention : aucune édition entre {done.previous} et {done.year}.")
    lines += [
        "Ensuite :",
        f"  1. relire raw/{done.year}/requests.csv (à qui, quoi, pour quand) ;",
        f"  2. make forms YEAR={done.year} : un classeur par service, à envoyer ;",
        f"  3. make status YEAR={done.year} : qui a répondu, ce qui manque.",
    ]
    return "\n".join(lines)


def _describe_made(done: Preparation) -> Iterator[str]:
    made = {name.split("/", 1)[1] for name in done.made}
    carried = [f"{name}.csv" for name in (*CARRIED, _REGISTER) if f"{name}.csv" in made]
    empty = [f"{name}.csv" for name in EMPTY if f"{name}.csv" in made]
    texts = sorted(name for name in made if name.startswith("texts/"))
    if carried:
        yield f"repris : {', '.join(carried)}"
    reasons = {
        "actions": "actions closes",
        "planned": "actions à court terme échues ou closes",
        "improvements": "pistes closes",
    }
    for name, ids in done.dropped.items():
        yield f"non repris, {reasons[name]} : {', '.join(ids)}"
    if empty:
        yield f"à remplir : {', '.join(empty)}"
    if texts:
        yield f"à écrire : {len(texts)} textes dans texts/"
    if "requests.csv" in made:
        yield (
            f"requests.csv : {done.requests} valeur{'s' if done.requests > 1 else ''} à demander à "
            f"{done.services} service{'s' if done.services > 1 else ''}"
        )
    if done.source:
        yield f"sources.csv : provenance « {done.source} » ajoutée"

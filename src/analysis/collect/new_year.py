"""A new edition's folder, prepared from the newest earlier edition.

What lasts is carried over as it is, what is measured anew starts empty, and requests.csv says what
each service is asked. Never overwrites: a file that is there stays, so that running it twice
changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from analysis.base.command_names import name_command
from analysis.base.csvtext import format_csv, format_row
from analysis.base.journal import write_together
from analysis.base.lists import join_list
from analysis.base.paths import Dossier
from analysis.collect.raw_edits import CsvFile, list_uncovered
from analysis.collect.requests import (
    describe_guesses,
    format_requests,
    list_questions,
    list_requests,
)
from analysis.compute.dossier import InvalidDossier, RawEdition, collect_faults, find_earlier
from analysis.compute.indicators import check_formulas, compute_edition
from analysis.model.followups import CLOSED, SCHEDULED, list_closed
from analysis.model.progress import MET
from analysis.model.schema import (
    PAGES,
    PROCESSED,
    RECONSTITUTED,
    TABLES,
    TEXT_HEADINGS,
    UNSETTLED,
)
from analysis.model.store import Edition, from_records, to_records, write_dates
from analysis.words import french
from analysis.words.smallmarkdown import find_faults

#: Tables whose rows go on from one edition to the next, then those that begin empty.
CARRIED = (
    *("actions", "ratings", "improvements", "targets", "milestones", "not_comparable"),
    *("places", "planned", "contributions", "objectives", "objective_links"),
    *("projects", "project_options", "project_costs"),
)
EMPTY = ("observations", "budget", "statements", "gaps")
#: Why some rows of a table are not carried over.
_REASONS = {
    "actions": "actions closes",
    "ratings": "notes de ce qui est clos",
    "planned": "actions à court terme closes",
    "improvements": "pistes closes",
    "milestones": "échéances abandonnées",
    "targets": "étapes qui ne sont plus suivies",
    "objective_links": "liens vers ce qui est clos",
}
#: The register of what a source contradicts.
_REGISTER = "discrepancies"
_SOURCES = TABLES["sources"].file()


@dataclass
class Preparation:
    """What was done: files made and files that were there already, relative to ``raw/``.

    ``dropped``: ids not carried over, with the table; ``scheduled``: improvements that are now
    short-term actions. ``source``: id of the row added to
    sources.csv, or ''. ``due``: last days for answers, each with how many values; ``early``: how
    many of them come before their period ends; ``guesses``: what was supposed.
    ``open_remarks``: how many remarks of reviewers the previous edition keeps, without an answer.
    ``past``: targets carried over whose date comes before the new year, and that were not met.
    """

    year: int
    previous: int | None
    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    scheduled: list[str] = field(default_factory=list)
    requests: int = 0
    services: int = 0
    source: str = ""
    due: list[tuple[date, int]] = field(default_factory=list)
    early: int = 0
    guesses: list[str] = field(default_factory=list)
    open_remarks: int = 0
    past: list[str] = field(default_factory=list)


def find_previous(dossier: Dossier, year: int) -> int:
    """The newest edition before ``year``. Raises FileNotFoundError (French) when there is none."""
    earlier = find_earlier(dossier, year)
    if earlier is None:
        raise FileNotFoundError(
            f"Aucune édition avant {year} dans {dossier.raw} : il n’y a rien à reprendre. Une"
            f" première édition se commence par « {name_command('new-territory', year=year)} »."
        )
    return earlier


def request_first(dossier: Dossier, edition: Edition, today: date | None = None) -> str:
    """Write what a first edition asks of the services, as its catalogue says, where requests.csv is
    not there; what was asked (French). ``today``: see ``list_requests``.

    Raises FileNotFoundError when the edition is reconstituted: nothing is asked for it.
    """
    if edition.about.get("kind") == RECONSTITUTED:
        raise FileNotFoundError(
            f"L’édition {edition.year} est reconstituée (edition.yml) : rien n’y est demandé aux"
            " services."
        )
    name, requests = (
        TABLES["requests"].file(edition.year),
        list_requests(edition, edition.year, today=today),
    )
    done = Preparation(edition.year, None, made=[name])
    _write_all(dossier, done, {name: format_requests(requests)}, edition.sources)
    values = french.format_count(len(requests), "valeur demandée", "valeurs demandées")
    services = french.format_count(requests["service"].nunique(), "service", "services")
    return (
        f"Première édition : raw/{name} écrit d’après le catalogue (indicators.csv, colonnes asked,"
        f" asked_of et asked_period), {values} à {services}. Le relire ; corrigé, relancer la"
        " commande refait les formulaires que personne n’a remplis."
    )


def read_previous(dossier: Dossier, year: int) -> tuple[RawEdition, Edition]:
    """The newest edition before ``year``, as typed and computed. Raises FileNotFoundError when
    there is none. Raises InvalidDossier when it has faults. Files of ``year`` without provenance
    are none here: the analyst may have begun some, and this preparation declares them."""
    previous = find_previous(dossier, year)
    data, faults = collect_faults(dossier, previous, [check_formulas])
    faults = [
        fault
        for fault in faults
        if fault.file != _SOURCES or fault.row or not fault.value.startswith(f"{year}/")
    ]
    if faults:
        raise InvalidDossier(faults)
    return data, compute_edition(data, previous)


def prepare_year(
    dossier: Dossier, year: int, due: date | None = None, today: date | None = None
) -> Preparation:
    """Make what ``raw/<year>/`` lacks, and its row of sources.csv.

    The rows of ``CARRIED`` are carried over byte for byte, with their source and locator: they are
    still what that source says. Left out are the actions, short-term actions and improvements that
    the previous edition's followups.csv says are over. An improvement that is scheduled or running
    becomes a short-term action, under the same id. A short-term action that has fallen due goes on
    until a service says what became of it. Where an answer to a short-term action is also that of
    a milestone, or the other way, the row is carried over as it says.

    Parameters
    ----------
    due : last day for all of the services' answers; by default, after each period has ended
        (``requests.choose_due``).
    today : a day by default is later than it.

    Raises FileNotFoundError when no edition precedes ``year``, or ``year`` lacks nothing but the
    requests: it is a finished edition. Raises InvalidDossier when that edition has faults.
    """
    data, edition = read_previous(dossier, year)
    done = Preparation(year, edition.year)
    requests = list_requests(edition, year, due, today)
    contents = dict(_list_contents(dossier, data, edition, requests, done))
    lacking = [name for name in contents if not (dossier.raw / name).exists()]
    if lacking == [TABLES["requests"].file(year)]:
        raise FileNotFoundError(
            f"L’édition {year} est déjà faite : « new-year » ouvre une année à venir."
        )
    done.made = lacking
    done.kept = [name for name in contents if name not in lacking]
    _write_all(dossier, done, contents, data["sources"])
    if TABLES["requests"].file(year) in done.made:
        done.requests, done.services = len(requests), requests["service"].nunique()
        done.due = sorted(Counter(row["due"] for row in to_records(requests)).items())
        done.early = int((requests["due"] <= requests["period_end"]).sum())
        questions = list_questions(replace(edition, year=year), edition)
        done.guesses = describe_guesses(edition, requests, questions)
    done.past = [
        f"{row['title']} ({french.name_period(None, row['target_date'])})"
        for row in to_records(edition.progress)
        if row["target_date"] and row["target_date"].year < year and row["verdict"] not in MET
    ]
    done.open_remarks = int((data["remarks"]["state"] == UNSETTLED).sum())
    return done


def _list_contents(
    dossier: Dossier, data: RawEdition, edition: Edition, requests: pd.DataFrame, done: Preparation
) -> Iterator[tuple[str, bytes]]:
    """Name relative to ``raw/`` and content of each file of the new folder. The requests come
    first: they tell a year that is being opened, perhaps interrupted, from a finished edition."""
    yield TABLES["requests"].file(done.year), format_requests(requests)
    scheduled = _list_scheduled(edition)
    for name in CARRIED:
        table = TABLES[name]
        frame, typed = _settle(name, data[name], edition), format_csv(_write(name, data[name]))
        if not (dossier.raw / table.file(edition.year)).exists():
            continue  # a table that may be absent
        lasting = _choose_lasting(name, frame, edition)
        if not (dossier.raw / table.file(done.year)).exists() and not lasting.all():
            named = {"targets": "entry", "objective_links": "linked", "ratings": "subject"}
            key = named.get(name, "id")
            done.dropped[name] = [*frame.loc[~lasting, key].drop_duplicates()]
        frame = frame[lasting]
        if name == "improvements":
            frame = frame[~frame["id"].isin(scheduled["id"])]
        elif name == "planned" and len(scheduled):
            frame = pd.concat([frame, scheduled.reindex(columns=frame.columns)])
            if not (dossier.raw / table.file(done.year)).exists():
                done.scheduled = [*scheduled["id"]]
        content = format_csv(_write(name, frame))
        if content == typed:
            yield table.file(done.year), (dossier.raw / table.file(edition.year)).read_bytes()
        else:
            yield table.file(done.year), content.encode("utf-8")
    for name in EMPTY:
        yield TABLES[name].file(done.year), format_row(TABLES[name].header).encode("utf-8")
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


def _list_scheduled(edition: Edition) -> pd.DataFrame:
    """Improvements that are scheduled or running, as rows of ``planned``, after those that their
    chapter has; a text too long for that table's cells stays what it is."""
    ranks = Counter(edition.planned["chapter"])
    answers = {row["id"]: row for row in to_records(edition.followups)}
    rows = []
    for row in to_records(edition.improvements):
        over = row["followup"] in CLOSED or row["status"] not in SCHEDULED
        if over or any(find_faults(row["summary"], [], line_only=True)):
            continue
        ranks[row["chapter"]] += 1
        due = answers[row["id"]]["new_due"] if row["id"] in answers else None
        own = row["parent"] if row["parent"] in set(edition.actions["id"]) else ""
        cells = {"order": ranks[row["chapter"]], "action": own, "due_end": due or row["due"]}
        rows.append(row | cells)
    columns = TABLES["planned"].read_columns
    empty = {column.name: None if column.kind == "date" else "" for column in columns}
    return from_records(
        [empty | row for row in rows], replace(PROCESSED["planned"], columns=columns)
    )


def _settle(name: str, frame: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """A typed table whose rows say what ``followups.follow_up`` found in the answers."""
    if name not in ("planned", "milestones"):
        return frame
    settled = getattr(edition, name).set_index("id", drop=False).loc[frame["id"], frame.columns]
    return settled.set_index(frame.index)


def _write(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return write_dates(frame)[TABLES[name].header]


def _choose_lasting(name: str, frame: pd.DataFrame, edition: Edition) -> pd.Series:
    """Which rows of a table go on; see ``prepare_year``."""
    if name not in _REASONS:
        return pd.Series(True, index=frame.index)
    if name == "milestones":
        return frame["status"] != "abandonné"
    closed = list_closed(edition)
    if name == "targets":  # a step is one while its own row goes on
        given_up = edition.milestones.loc[edition.milestones["status"] == "abandonné", "id"]
        return ~frame["entry"].isin(
            [*edition.planned.loc[edition.planned["id"].isin(closed), "id"], *given_up]
        )
    return ~frame[{"objective_links": "linked", "ratings": "subject"}.get(name, "id")].isin(closed)


def _format_headings(headings: list[str] | tuple[str, ...]) -> bytes:
    """A text with its headings and nothing below: what is to be written."""
    return "\n".join(f"## {heading}\n" for heading in headings).encode("utf-8")


def _write_all(
    dossier: Dossier, done: Preparation, contents: Mapping[str, bytes], sources: pd.DataFrame
) -> None:
    """Write the files made and, in sources.csv, the row that covers the new folder's files, if
    nothing does."""
    made = {dossier.raw / name: contents[name] for name in done.made}
    lacking = list_uncovered((*done.made, *done.kept), sources["file"])
    suffixes = {name.rpartition(".")[2] for name in lacking}
    patterns = {"csv": f"{done.year}/*.csv", "md": f"{done.year}/texts/*.md"}
    if not suffixes:
        write_together(dossier.raw, made)
        return
    id = f"donnees-{done.year}"
    while id in set(sources["id"]):
        id += "-suite"
    file = CsvFile.read(dossier.raw, _SOURCES, TABLES["sources"].header)
    kind = {"kind": "données"} if file.has("kind") else {}
    file.append(
        kind
        | {
            "id": id,
            "file": join_list(patterns[suffix] for suffix in sorted(suffixes)),
            "title": f"Données et textes de l’édition {done.year}",
            "producer": "Services et rédaction du dossier",
            "remark": f"Actions, pistes et objectifs repris de l’édition {done.previous}, avec"
            " leur source et leur repère ; les valeurs viennent des réponses des services."
            if done.previous
            else "Première édition : les valeurs viennent des réponses des services.",
        }
    )
    write_together(dossier.raw, made | {dossier.raw / _SOURCES: file.content})
    done.source = id


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
    if done.previous and done.year > done.previous + 1:
        lines.append(f"Attention : aucune édition entre {done.previous} et {done.year}.")
    if done.guesses:
        lines.append(
            "À attribuer : rien n’en dit le service ou la période, voici ce qui est supposé"
            " (à corriger dans requests.csv, ou dans la colonne « services » d’actions.csv et de"
            " planned.csv) :"
        )
        lines += [f"  {guess}" for guess in done.guesses]
    if done.past and f"{done.year}/targets.csv" in done.made:
        lines.append(
            f"Objectifs repris dont l’échéance vient avant {done.year} : le rapport dira s’ils sont"
            " atteints ; une nouvelle échéance se saisit dans targets.csv."
        )
        lines += [f"  {target}" for target in done.past]
    if done.open_remarks:
        remarks = french.format_count(done.open_remarks, "remarque", "remarques")
        lines.append(
            f"Relecture de l’édition {done.previous} : {remarks} sans suite, dans"
            f" raw/{TABLES['remarks'].file(done.previous)}. Elles restent avec elle : ce qui vaut"
            f" encore pour {done.year} est à reprendre à la main."
        )
    lines += [
        "Ensuite :",
        f"  1. relire raw/{done.year}/requests.csv (à qui, quoi, pour quand) ;",
        f"  2. {name_command('forms', year=done.year)} : un classeur par service, à envoyer ;",
        f"  3. {name_command('status', year=done.year)} : qui a répondu, ce qui manque.",
    ]
    return "\n".join(lines)


def _describe_made(done: Preparation) -> Iterator[str]:
    made = {name.split("/", 1)[1] for name in done.made}
    carried = [f"{name}.csv" for name in (*CARRIED, _REGISTER) if f"{name}.csv" in made]
    empty = [f"{name}.csv" for name in EMPTY if f"{name}.csv" in made]
    if carried:
        yield f"repris : {', '.join(carried)}"
    for name, ids in done.dropped.items():
        yield f"non repris, {_REASONS[name]} : {', '.join(ids)}"
    if done.scheduled:
        ids = ", ".join(done.scheduled)
        yield f"pistes programmées ou en cours, passées dans planned.csv : {ids}"
    if empty:
        yield f"à remplir : {', '.join(empty)}"
    if texts := sum(name.startswith("texts/") for name in made):
        yield f"à écrire : {french.format_count(texts, 'texte', 'textes')} dans texts/"
    if "requests.csv" in made:
        values = french.format_count(done.requests, "valeur", "valeurs")
        services = french.format_count(done.services, "service", "services")
        yield f"requests.csv : {values} à demander à {services}"
        days = [f"{n} pour le {french.format_date(day)}" for day, n in done.due]
        yield f"à rendre : {' ; '.join(days)}"
    if done.early:
        values = french.format_count(done.early, "valeur", "valeurs")
        yield f"ATTENTION : {values} à rendre avant la fin de leur période"
    if done.source:
        yield f"sources.csv : provenance « {done.source} » ajoutée"

"""What the replies change in the raw files: rows added, values revised, conflicts left alone.

Works on bytes in memory and writes
nothing: the caller writes everything or nothing. A value is never replaced silently: only the
service that gave it may change it, and its former value is kept; what somebody else typed stays.
"""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.collect import answers
from analysis.collect.outcomes import Outcome, Remark
from analysis.collect.raw_edits import CsvFile
from analysis.collect.replies import Followup, Reply, describe_value, find_doubts
from analysis.collect.standing import Known, Standing
from analysis.model.schema import TABLES, Fault, InvalidDossier


def name_source(service: str, year: int) -> str:
    """Id of the source that a service's form is."""
    return f"formulaire-{year}-{service}"


def is_from_service(source: str, service: str) -> bool:
    """Whether a value came from a form of this service, of this edition or an earlier one."""
    return bool(re.fullmatch(rf"formulaire-\d{{4}}-{re.escape(service)}", source))


#: Said of a file some answers of which were kept back: copies of the form differed.
PENDING = ", réponses en attente"


class Ledger:
    """The raw files as they will be. ``modified``: day each form was last saved, by its SHA-256."""

    def __init__(self, dossier: Dossier, known: Known, modified: dict[str, datetime | None]):
        self._dossier, self._known, self._modified = dossier, known, modified
        self._files: dict[str, CsvFile] = {}
        self._seen = {name: str(row["remark"]) for name, (_, row) in known.sources.items()}
        self._used: dict[str, list[Outcome]] = {}

    def _file(self, table: str) -> CsvFile:
        name = TABLES[table].file(self._known.year)
        if name not in self._files:
            self._files[name] = self._refusing(
                name, lambda: CsvFile.read(self._dossier.raw / name, TABLES[table].header)
            )
        return self._files[name]

    @staticmethod
    def _refusing(name: str, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except ValueError as error:
            raise InvalidDossier(
                [Fault(name, 0, "", "", f"fichier qui ne peut être complété : {error}")]
            ) from None

    def add(self, table: str, row: dict[str, Any]) -> None:
        """A new row at the end of a table of this edition."""
        file = self._file(table)
        self._refusing(TABLES[table].file(self._known.year), lambda: file.append(row))

    def change(self, table: str, number: int, changes: dict[str, Any]) -> None:
        """Other cells for a row of a table of this edition."""
        file = self._file(table)
        self._refusing(TABLES[table].file(self._known.year), lambda: file.replace(number, changes))

    def cite(self, outcome: Outcome) -> str:
        """Id of the form's source, which will stand in sources.csv."""
        source = name_source(outcome.service, self._known.year)
        cited = self._used.setdefault(source, [])
        if outcome not in cited:
            cited.append(outcome)
        return source

    def was_collected(self, outcome: Outcome) -> bool:
        """Whether this very file has been imported from before, all its answers settled."""
        remark = self._seen.get(name_source(outcome.service, self._known.year), "")
        return outcome.sha256 in remark and outcome.sha256 + PENDING not in remark

    def list_contents(self) -> dict[Path, bytes]:
        """Every raw file that changes, with its bytes; sources.csv last."""
        changed = {name: file.content for name, file in sorted(self._files.items()) if file.changed}
        self._declare(list(changed))
        sources = TABLES["sources"].file()
        if sources in self._files and self._files[sources].changed:
            changed[sources] = self._files[sources].content
        return {self._dossier.raw / name: content for name, content in changed.items()}

    # --- provenance -------------------------------------------------------------------------------

    def _declare(self, changed: Sequence[str]) -> None:
        """A row of sources.csv for each form cited; new files that none covers go to the first."""
        patterns = [
            pattern
            for _, row in self._known.sources.values()
            for pattern in split_list(row["file"])
        ]
        new = [
            name for name in changed
            if not (self._dossier.raw / name).exists()
            and not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
        ]  # fmt: skip
        for source, outcomes in sorted(self._used.items()):
            remarks = [
                f"{Path(o.file).name} (SHA-256 : {o.sha256}{PENDING if o.withheld else ''})"
                for o in outcomes if o.sha256 not in self._seen.get(source, "")
            ]  # fmt: skip
            settled = [o.sha256 for o in outcomes if not o.withheld]
            modified = max(
                (day for o in outcomes if (day := self._modified.get(o.sha256))), default=None
            )
            day = modified.date().isoformat() if modified else ""
            if source not in self._known.sources:
                name = outcomes[0].service_name
                self.add("sources", {
                    "id": source, "file": join_list(new),
                    "title": f"Formulaire {self._known.year} : {name}", "producer": name,
                    "accessed": day, "remark": " ; ".join(remarks),
                })  # fmt: skip
                new = []
            elif remarks or any(sha + PENDING in self._seen.get(source, "") for sha in settled):
                number, row = self._known.sources[source]
                former = str(row["remark"])
                for sha in settled:
                    former = former.replace(sha + PENDING, sha)
                changes = {"remark": " ; ".join(filter(None, [former, *remarks]))}
                if day:
                    changes["accessed"] = day
                self.change("sources", number, changes)
        if new and self._used:
            self._add_files(new)

    def _add_files(self, new: list[str]) -> None:
        """Forms of earlier collections are declared already: the first one takes the new files."""
        source = min(self._used)
        number, row = self._known.sources[source]
        self.change("sources", number, {"file": join_list([*split_list(row["file"]), *new])})


# --- copies of one form, forms of several services ------------------------------------------------


def settle_copies(
    replies: Iterable, name: Callable[[Any], Any], modified: dict[str, datetime | None],
    newest: bool,
) -> list:  # fmt: skip
    """One reply to each question, where several files give some.

    Files that agree count once. Where two copies of one service's form differ, ``newest`` takes
    the one saved last, if both say when; else the question is told in each file and nothing of it
    is kept. Two services are never arbitrated.
    """
    by_name: dict[Any, list] = {}
    for reply in replies:
        by_name.setdefault(name(reply), []).append(reply)
    kept = []
    for same in by_name.values():
        if len({reply.content for reply in same}) == 1:
            kept.append(same[0])
            for other in same[1:]:
                _tell(other, "unchanged", f"Même réponse que dans {same[0].outcome.file}.")
            continue
        winner = _choose_newest(same, modified) if newest else None
        for reply in same:
            others = sorted({
                f"{other.outcome.file} ({other.cell.ref})" for other in same
                if other.content != reply.content
            })  # fmt: skip
            if winner is None:
                reply.outcome.withheld = True
                _tell(
                    reply, "errors",
                    f"Réponses différentes entre fichiers : voir aussi {', '.join(others)}. Rien"
                    " n’est importé de cette réponse ; n’en garder qu’une.",
                )  # fmt: skip
            elif reply.content != winner.content:
                _tell(reply, "flagged", f"Écarté : {winner.outcome.file} est plus récent.")
        if winner is not None:
            kept.append(winner)
    return kept


def _choose_newest(same: list, modified: dict[str, datetime | None]) -> Any:
    if len({reply.outcome.service for reply in same}) > 1:
        return None
    days = [modified.get(reply.outcome.sha256) for reply in same]
    if None in days or days.count(max(days)) > 1:
        return None
    return same[days.index(max(days))]


def _tell(reply: Any, where: str, message: str) -> None:
    code = reply.id if isinstance(reply, Followup) else reply.request.indicator
    remark = Remark(reply.cell.sheet, reply.cell.ref, message, code)
    getattr(reply.outcome, where).append(remark)


# --- values ---------------------------------------------------------------------------------------


def import_values(replies: Iterable[Reply], known: Known, ledger: Ledger) -> None:
    """Add, revise or leave alone the value of each reply; told in its outcome."""
    for reply in sorted(replies, key=lambda r: r.outcome.service):
        for doubt in find_doubts(reply, known):
            _tell(reply, "flagged", doubt)
        standing = known.standing.get(reply.key)
        if standing is None:
            _add_value(reply, ledger, known, reply.note)
            _tell(reply, "imported", f"{reply.describe()}.")
            _tell_other_period(reply, known)
        elif _says_the_same(reply, standing):
            _keep_value(reply, standing, known, ledger)
        elif not is_from_service(standing.cells["source"], reply.outcome.service):
            _tell(
                reply, "errors",
                f"Conflit : le dossier a déjà {_describe(standing, reply)} (source"
                f" « {standing.cells['source']} », {standing.cells['locator']}), le formulaire dit"
                f" {reply.describe()}. Rien n’est remplacé : l’analyste tranche.",
            )  # fmt: skip
        elif ledger.was_collected(reply.outcome):
            _tell(
                reply, "unchanged",
                f"Réponse déjà lue, remplacée depuis par {_describe(standing, reply)}.",
            )  # fmt: skip
        else:
            _revise_value(reply, standing, known, ledger)


def _describe(standing: Standing, reply: Reply) -> str:
    cells = standing.cells
    return describe_value(
        standing.value, reply.indicator, cells["qualifier"], standing.start, standing.end
    )


def _says_the_same(reply: Reply, standing: Standing) -> bool:
    cells = standing.cells
    return (
        math.isclose(reply.value, standing.value, rel_tol=1e-12)
        and reply.qualifier == cells["qualifier"]
        and (reply.table == "budget" or reply.status == cells["status"])
    )


def _keep_value(reply: Reply, standing: Standing, known: Known, ledger: Ledger) -> None:
    """The value stands; a remark that has changed replaces the service's own former one."""
    own = standing.cells["source"] == name_source(reply.outcome.service, known.year)
    note = str(standing.cells["note"])
    new = _as_written(reply.note)
    if own and new and not note.startswith(new) and not ledger.was_collected(reply.outcome):
        ledger.cite(reply.outcome)
        ledger.change(reply.table, standing.row, {"note": new, "locator": reply.locator})
        _tell(reply, "revised", f"{reply.describe()} : remarque changée (avant : « {note} »).")
        return
    _tell(reply, "unchanged", f"{reply.describe()}.")


def _as_written(note: str) -> str:
    """A note as it comes back from the file (see ``csvlines``)."""
    return f"« {note} »" if note.startswith(("=", "+", "-", "@")) else note


def _tell_other_period(reply: Reply, known: Known) -> None:
    source = name_source(reply.outcome.service, known.year)
    for standing in known.history(reply.request.indicator, reply.request.territory):
        if standing.cells["source"] == source and standing.key != reply.key:
            _tell(
                reply, "flagged",
                f"Le même formulaire avait donné {_describe(standing, reply)} : les deux périodes"
                " restent dans le dossier.",
            )  # fmt: skip


def _add_value(reply: Reply, ledger: Ledger, known: Known, note: str) -> None:
    source = ledger.cite(reply.outcome)
    request = reply.request
    row: dict[str, Any] = {
        "indicator": request.indicator, "qualifier": reply.qualifier, "source": source,
        "locator": reply.locator, "note": note,
    }  # fmt: skip
    if reply.table == "budget":
        last = known.history(request.indicator, request.territory)[-1].cells
        row |= {name: last[name] for name in ("action", "policy", "nature", "stage", "payer")}
        row |= {"amount_eur": reply.value, "fiscal_year": reply.end.year}
        if reply.start.year != reply.end.year:
            row |= {"fiscal_year": reply.start.year, "fiscal_year_end": reply.end.year}
    else:
        row |= {
            "territory": request.territory, "period_start": reply.start,
            "period_end": reply.end, "value": reply.value, "unit": reply.indicator.unit.id,
            "status": reply.status,
        }  # fmt: skip
    ledger.add(reply.table, row)


def _revise_value(reply: Reply, standing: Standing, known: Known, ledger: Ledger) -> None:
    """The same service answers otherwise: the row changes, revisions.csv keeps what it was."""
    source = ledger.cite(reply.outcome)
    former = _describe(standing, reply)
    if standing.year == known.year:
        column = "amount_eur" if reply.table == "budget" else "value"
        changes: dict[str, Any] = {
            column: reply.value, "qualifier": reply.qualifier, "source": source,
            "locator": reply.locator, "note": reply.note,
        }  # fmt: skip
        if reply.table == "observations":
            changes["status"] = reply.status
        ledger.change(reply.table, standing.row, changes)
    else:  # an earlier edition stays as it was published
        note = f"révise la valeur de l’édition {standing.year} ({former})"
        _add_value(reply, ledger, known, " ; ".join(filter(None, [reply.note, note])))
    _tell(reply, "revised", f"{reply.describe()}, au lieu de {former}.")
    if not math.isclose(reply.value, standing.value, rel_tol=1e-12):
        _keep_former(reply, standing, known, ledger, source)


def _keep_former(
    reply: Reply, standing: Standing, known: Known, ledger: Ledger, source: str
) -> None:
    key = (reply.request.indicator, reply.request.territory, standing.start, standing.end)
    former = {
        "former_value": standing.value, "former_source": standing.cells["source"],
        "former_locator": standing.cells["locator"],
    }  # fmt: skip
    now = {"value": reply.value, "source": source, "locator": reply.locator}
    if key not in known.revisions:
        names = ("indicator", "territory", "period_start", "period_end")
        ledger.add("revisions", dict(zip(names, key, strict=True)) | former | now)
        return
    # Revised twice: the first value, which may have been published, stays the former one; unless
    # the service comes back to it.
    number, row = known.revisions[key]
    back = math.isclose(row["former_value"], reply.value, rel_tol=1e-12)
    ledger.change("revisions", number, (former if back else {}) | now)


# --- follow-ups -----------------------------------------------------------------------------------


def import_followups(followups: Iterable[Followup], known: Known, ledger: Ledger) -> None:
    """Add, revise or leave alone each follow-up; told in its outcome."""
    for followup in sorted(followups, key=lambda f: f.outcome.service):
        words = f"{known.titles[followup.id]} : {followup.state}"
        if followup.new_due:
            words += f", nouvelle échéance le {followup.new_due:%d/%m/%Y}"
        row = {
            "id": followup.id, "state": followup.state, "new_due": followup.new_due,
            "note": followup.note, "locator": followup.locator,
        }  # fmt: skip
        if followup.id not in known.followups:
            ledger.add("followups", row | {"source": ledger.cite(followup.outcome)})
            _tell(followup, "imported", f"{words}.")
            continue
        number, former = known.followups[followup.id]
        if _is_same_followup(followup, former):
            _tell(followup, "unchanged", f"{words}.")
        elif not is_from_service(former["source"], followup.outcome.service):
            _tell(
                followup, "errors",
                f"Conflit : le dossier dit déjà « {former['state']} » (source"
                f" « {former['source']} », {former['locator']}). Rien n’est remplacé : l’analyste"
                " tranche.",
            )  # fmt: skip
        elif ledger.was_collected(followup.outcome):
            _tell(followup, "unchanged", "Réponse déjà lue, remplacée depuis.")
        else:
            row["source"] = ledger.cite(followup.outcome)
            ledger.change("followups", number, row)
            due: date | None = former["new_due"]
            before = former["state"] + (f", {due:%d/%m/%Y}" if due else "")
            _tell(followup, "revised", f"{words} (avant : {before} ; « {former['note']} »).")


def _is_same_followup(followup: Followup, former: dict[str, Any]) -> bool:
    return (
        followup.state == former["state"]
        and followup.new_due == former["new_due"]
        and answers.clean(_as_written(followup.note)) == answers.clean(str(former["note"]))
    )

"""Indicators and services taken out of a dossier, with all that only names them: rows of parts and
of key figures, charts, derived indicators that need them, what is asked and not answered yet.

What somebody typed or answered is never removed: it stands in the way, and is listed. What a row
deleted by hand has left behind is removed in the same way.
"""

from __future__ import annotations

import copy
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import yaml

from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.lists import split_list
from analysis.base.paths import Dossier
from analysis.base.rawfiles import KIND_FILE, list_editions, list_years
from analysis.collect.form_contract import find_sender
from analysis.collect.raw_edits import CsvFile
from analysis.collect.requests import Directory
from analysis.compute.dossier import CHARTS_FILE, InvalidDossier, collect_faults
from analysis.compute.dossier.prosechecks import CHART_REFERENCES
from analysis.compute.dossier.tree_files import read_yaml
from analysis.compute.dossier.typed_tables import read_table, read_text
from analysis.compute.indicators import check_formulas, load_edition
from analysis.model.schema import COMPUTED_INDICATORS, REFERRING, TABLES, Table, suggest
from analysis.model.store import Edition
from analysis.words import french

_CATALOGUES = ("indicators", "services")
#: Where an id is only named: its row goes, or its cell is emptied.
_ROWS_GO = {("parts", "whole"), ("parts", "part"), ("key_figures", "indicator"),
            ("objective_links", "linked")}  # fmt: skip
_EMPTIED = {("indicators", "asked_of"), ("services", "parent"), ("objectives", "owner"),
            ("targets", "owner"), ("cost_breakdowns", "indicator"),
            ("contributions", "indicator")}  # fmt: skip
#: Columns that hold references to values, besides formulas.
_NAMED = {
    "statements": ("indicator",),
    "not_comparable": ("first", "second"),
    "contributions": ("indicator",),
}
_REFERENCES = REFERRING | {
    name: (*cited, *REFERRING.get(name, ())) for name, cited in _NAMED.items()
}
_REFERENCE = re.compile(r"([a-z0-9-]+)(?:[@:].*)?")
_IN_BRACES = re.compile(r"\{\s*([a-z0-9-]+)(?=[\s@:|}])")
#: A chart of fewer items compares nothing.
_FEWEST_ITEMS = 2


class Pruning:
    """What is to be removed of a dossier with some indicators and services. ``going``: what goes,
    by file, ``blocking``: what was typed and stands in the way (French).

    ``year``: the edition whose requests lose their rows; those of a service are asked of another
    one. What earlier editions asked for remains. Raises UserError when there is no id, or one of
    nothing or of two things (French).
    """

    def __init__(self, dossier: Dossier, year: int, ids: Sequence[str]):
        self.going: dict[str, list[str]] = {}
        self.blocking: list[str] = []
        self._dossier, self._year, self._ids = dossier, year, tuple(dict.fromkeys(ids))
        self._contents: dict[str, bytes] = {}
        self._requests = TABLES["requests"].file(year)
        self._orphans: dict[int, str] = {}  # rows of the requests whose service goes: indicators
        if not ids:
            raise UserError(
                "Préciser ce qui est à retirer : l’identifiant d’un indicateur, d’un service."
            )
        frames = dict(_read_tables(dossier, year))
        catalogue = frames[TABLES["indicators"].file()][1]
        known = {name: set(frames[TABLES[name].file()][1]["id"]) for name in _CATALOGUES}
        every = set().union(*known.values())
        if twice := sorted(set.intersection(*known.values()).intersection(ids)):
            raise UserError(f"À la fois un indicateur et un service : {', '.join(twice)}.")
        # What has no row any more may have been either, and must have left something.
        self._unseen = set(ids) - every
        gone = {name: known[name].intersection(ids) | self._unseen for name in _CATALOGUES}
        self._gone = gone | {"indicators": self._add_derived(catalogue, gone["indicators"])}
        files = {
            file: self._prune_table(file, name, frame) for file, (name, frame) in frames.items()
        }
        self._contents |= {file: csv.content for file, csv in files.items() if csv.changed}
        self._prune_charts()
        self._find_in_texts()
        if self._unseen:
            said = [f"« {id} ». {suggest(id, every)}".strip() for id in sorted(self._unseen)]
            raise UserError(f"Ni indicateur ni service, et rien ne le cite : {' '.join(said)}")
        if not self.blocking:
            self._try_out(files.get(self._requests))

    def _take(self, file: str, what: str, *ids: str) -> None:
        self.going.setdefault(file, []).append(what)
        self._unseen.difference_update(ids)

    def _block(self, file: str, row: int, what: str) -> None:
        place = f"{file}, ligne {row}" if row else file
        self.blocking.append(f"{place} : {what}")

    def _add_derived(self, catalogue: pd.DataFrame, gone: set[str]) -> set[str]:
        """The indicators that go with those whose formulas need one of them."""
        gone = set(gone)
        for id in sorted(gone.intersection(COMPUTED_INDICATORS)):
            self._block(TABLES["indicators"].file(), 0, f"« {id} » sert à tout rapport")
        formulas = {row.id: _IN_BRACES.findall(row.formula) for row in catalogue.itertuples()}
        while more := {
            id for id, needed in formulas.items() if gone & {*needed} and id not in gone
        }:
            gone |= more
        return gone

    def _prune_table(self, file: str, name: str, frame: pd.DataFrame) -> CsvFile:
        """A table as it will be."""
        table, changed = TABLES[name], CsvFile.read(self._dossier.raw, file, TABLES[name].header)
        for number, row in frame.iterrows():
            if name in _CATALOGUES and row["id"] in self._gone[name]:
                needed = [id for id in _IN_BRACES.findall(row.get("formula", ""))
                          if id in self._gone["indicators"]]  # fmt: skip
                why = "" if row["id"] in self._ids else f", qui a besoin de « {needed[0]} »"
                title = row["title"] if name == "indicators" else row["name"]
                self._take(file, f"« {row['id']} » ({title}){why}", *needed)
                changed.remove(number)
                continue
            if name == "sources" and find_sender(row["id"]) in self._gone["services"]:
                self._block(file, number, f"le service a répondu (« {row['id']} »)")
            for column, ids in self._list_cited(table, row):
                if (name, column) in _ROWS_GO or (file, column) == (self._requests, "indicator"):
                    changed.remove(number)
                    label = " et ".join(
                        f"« {row[part]} »" for part in ("whole", "part") if part in row
                    )
                    self._take(file, f"ligne {number} : {label or f'« {ids[0]} »'}", *ids)
                    break
                if (name, column) in _EMPTIED:
                    changed.replace(number, {column: ""})
                    self._take(file, f"ligne {number}, {column} vidé : « {ids[0]} »", *ids)
                elif (file, column) == (self._requests, "service"):
                    self._orphans[number] = row["indicator"]
                    self._unseen.difference_update(ids)
                elif (name, column) != ("requests", "indicator"):  # of an earlier edition
                    self._block(file, number, f"{column} cite « {ids[0]} »")
        return changed

    def _list_cited(self, table: Table, row: pd.Series) -> Iterator[tuple[str, list[str]]]:
        """Columns of a row that name something that goes, with its ids."""
        for column in table.columns:
            cell = row.get(column.name, "")
            ids: list[str] = []
            for name in _CATALOGUES:
                if f"{name}.id" in column.refers:
                    cells = split_list(cell) if column.kind == "list" else [cell]
                    ids += [id for id in cells if id in self._gone[name]]
            if column.name in _REFERENCES.get(table.name, ()):
                whole = _REFERENCE.fullmatch(cell)
                found = [whole[1]] if whole else _IN_BRACES.findall(cell)
                ids += [id for id in found if id in self._gone["indicators"]]
            if ids:
                yield column.name, ids

    def _prune_charts(self) -> None:
        """charts.yml without the charts, or the items of a chart, that show what goes; its other
        lines and comments stay as they are."""
        path = self._dossier.raw / CHARTS_FILE
        charts, faults = read_yaml(path, CHARTS_FILE, nodes=True)
        if faults and path.is_file():
            raise InvalidDossier(faults)
        text = read_text(path) if path.is_file() else ""
        if not isinstance(charts, yaml.SequenceNode):
            return
        lines, dropped = text.splitlines(keepends=True), set()
        ends = [chart.start_mark.line for chart in charts.value[1:]] + [len(lines)]
        for chart, end in zip(charts.value, ends, strict=True):
            parts = {key.value: value for key, value in chart.value}
            cited = {key: self._list_in_chart(value, key) for key, value in parts.items()}
            ids = sorted(set().union(*cited.values()))
            if not ids:
                continue
            items = parts.get("items")
            here = (
                [item for item in items.value if self._list_in_chart(item, "items")]
                if items
                else []
            )
            alone = not any(found for key, found in cited.items() if key != "items")
            title = f"graphique « {parts['id'].value if 'id' in parts else '?'} »"
            if alone and not items.flow_style and len(items.value) - len(here) >= _FEWEST_ITEMS:
                after = [item.start_mark.line for item in items.value[1:]] + [items.end_mark.line]
                spans = [
                    (item.start_mark.line, last)
                    for item, last in zip(items.value, after, strict=True)
                    if item in here
                ]
                title = f"{title}, {french.format_count(len(here), 'élément', 'éléments')}"
            else:
                spans = [(chart.start_mark.line, end)]
            self._take(
                CHARTS_FILE, f"{title} : {french.join_list([f'« {id} »' for id in ids])}", *ids
            )
            for first, last in spans:
                while not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#"):
                    last -= 1  # what follows is of the next one
                dropped.update(range(first, last))
        if dropped:
            kept = "".join(line for number, line in enumerate(lines) if number not in dropped)
            self._contents[CHARTS_FILE] = kept.encode("utf-8")

    def _list_in_chart(self, node: yaml.Node, key: str) -> set[str]:
        """What goes, of a part of a chart."""
        if isinstance(node, yaml.MappingNode):
            found = [self._list_in_chart(value, name.value) for name, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            found = [self._list_in_chart(value, key) for value in node.value]
        else:
            whole = _REFERENCE.fullmatch(node.value) if key in CHART_REFERENCES else None
            found = [{whole[1]} if whole else {*_IN_BRACES.findall(node.value)}]
            found = [found[0] & self._gone["indicators"]]
        return set().union(*found)

    def _find_in_texts(self) -> None:
        """What texts cite."""
        raw = self._dossier.raw
        texts = [*raw.glob("[0-9]*/texts/*.md"), *raw.glob(f"[0-9]*/{KIND_FILE}")]
        for path in sorted(texts):
            for number, line in enumerate(read_text(path).splitlines(), 1):
                for id in sorted(self._gone["indicators"].intersection(_IN_BRACES.findall(line))):
                    self._block(path.relative_to(raw).as_posix(), number, f"le texte cite « {id} »")
        settings, _ = read_yaml(raw / "territory.yml", "territory.yml")
        if (id := (settings or {}).get("population_indicator")) in self._gone["indicators"]:
            self._block("territory.yml", 0, f"population_indicator est « {id} »")

    def _try_out(self, requests: CsvFile | None) -> None:
        """Ask somebody else what was asked of a service; what would be wrong afterwards, and was
        not before, stands in the way."""
        with tempfile.TemporaryDirectory() as folder:
            draft = Dossier(Path(folder))
            shutil.copytree(self._dossier.raw, draft.raw)
            if requests and self._orphans:
                without = copy.deepcopy(requests)
                for number in self._orphans:
                    without.remove(number)
                self._write(draft, {self._requests: without.content})
                self._ask_others(requests, load_edition(draft, self._year))
                self._contents[self._requests] = requests.content
            self._write(draft)
            for year in list_editions(self._dossier):
                before, after = (
                    {(f.file, f.column, f.value, f.problem): f for f in found}
                    for found in (
                        collect_faults(place, year, [check_formulas])[1]
                        for place in (self._dossier, draft)
                    )
                )
                for key in sorted(after.keys() - before.keys()):
                    self._block(after[key].file, 0, after[key].describe())

    def _ask_others(self, requests: CsvFile, edition: Edition) -> None:
        directory = Directory(edition)
        names = dict(edition.services[["id", "name"]].itertuples(index=False))
        for number, id in self._orphans.items():
            entry = edition.catalogue[id]
            asked = directory.of_indicator(entry["action"], entry["producer"], entry["chapter"])
            requests.replace(number, {"service": asked.service, "guess": asked.guess})
            what = f"ligne {number} : « {id} » sera demandé à « {names[asked.service]} »"
            self._take(self._requests, f"{what} ({asked.guess})" if asked.guess else what)

    def _write(self, dossier: Dossier, more: Mapping[str, bytes] = MappingProxyType({})) -> None:
        contents = {dossier.raw / f: text for f, text in {**self._contents, **more}.items()}
        write_together(dossier.raw, contents)

    def apply(self) -> None:
        """Remove all of it, or nothing."""
        self._write(self._dossier)

    def describe(self, applied: bool = False) -> str:
        """What goes, or went, and what comes next; what stands in the way (French, lines)."""
        if self.blocking:
            lines = [f"  {line}" for line in dict.fromkeys(self.blocking)]
            return "\n".join(["Rien n’est retiré : ce qui suit a été saisi, ou en dépend.", *lines])
        lines = ["Retiré :" if applied else "À retirer :"]
        for file, whats in self.going.items():
            lines += [f"  {file}", *(f"    {what}" for what in whats)]
        if applied:
            forms = name_command("forms", year=self._year)
            return "\n".join([*lines, f"Ensuite : « {forms} » refait les formulaires non remplis."])
        if self._orphans:
            ids = " ".join(self._orphans.values())
            lines.append(f"Pour ne plus demander non plus ces valeurs, ajouter : {ids}")
        command = name_command("prune", remove=f'"{" ".join(self._ids)}"', apply=True)
        return "\n".join([*lines, f"Rien n’est encore changé. Pour le faire : « {command} »."])


def _read_tables(dossier: Dossier, year: int) -> Iterator[tuple[str, tuple[str, pd.DataFrame]]]:
    """File, name and rows of each table of all editions."""
    for table in TABLES.values():
        for folder in list_years(dossier) if table.place == "year" else [year]:
            path = dossier.raw / (file := table.file(folder))
            if path.is_file():
                yield file, (table.name, read_table(path, table, file)[0])

"""The open data package of an edition: CSV files, ``datapackage.json``, one zip.

Frictionless Data Package v2 with Table Schema. A column typed by the analyst keeps the description
and the rules of ``schema``; a computed one is described here, once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.csvtext import format_csv, write_cell
from analysis.base.lists import SEPARATOR, join_list, split_list
from analysis.base.paths import OPEN_DATA, Dossier, name_archive
from analysis.compute.dossier import read_dossier
from analysis.model.schema import COLUMNS, TABLES, Column
from analysis.model.store import Edition, find_source
from analysis.words import french

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

#: Licences that let anyone use the data again, as sources.csv words them.
_OPEN = re.compile(r"(Licence Ouverte|ODbL|CC0|CC[ -]BY(?![ -]N[CD]))")
#: Typed tables that the package gives together, under one name.
_JOINED = {"finalities": "chapters", "approach": "chapters"}


@dataclass(frozen=True)
class Contents:
    """One CSV file: what it holds, the raw tables it comes from, its key where it is computed."""

    title: str
    tables: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    description: str = ""


_REFERENCES = "Entre doubles accolades, un renvoi : l’indicateur dont « values » donne la valeur."
_HISTORY = "Y compris ce qui est connu des années antérieures."

#: Every file of the package, in its order.
CONTENTS: dict[str, Contents] = {
    "values": Contents(
        "Valeurs, relevées et calculées",
        key=("indicator", "territory", "period_start", "period_end"),
        description="Une ligne par indicateur, territoire et période. Une valeur absente a sa "
        "raison dans « missing ».",
    ),
    "comparisons": Contents(
        "Comparaisons entre deux périodes",
        key=("indicator", "territory"),
        description="Une ligne par indicateur et territoire qui a au moins deux périodes. Aucun "
        "taux n’est donné entre deux périodes qui ne se comparent pas.",
    ),
    "progress": Contents(
        "Progrès vers les objectifs",
        key=("indicator", "target_date"),
        description="Une ligne par objectif ; les rythmes sont linéaires.",
    ),
    "checks": Contents(
        "Vérification des chiffres imprimés",
        ("statements",),
        ("id",),
        "Une ligne par chiffre imprimé dans le rapport source, comparé au chiffre recalculé.",
    ),
    "controls": Contents(
        "Contrôles des données",
        ("parts",),
        ("id",),
        "Une ligne par objet contrôlé : une partie et son tout, une somme, une part calculée, "
        "l’ordre de grandeur d’un nombre, un doublon, une ligne du registre des écarts.",
    ),
    "effects": Contents(
        "Effets des actions sur les finalités",
        ("effects",),
        ("action", "finality"),
        "Une ligne par action et finalité, celles sans effet signalé comprises.",
    ),
    "observations": Contents("Valeurs relevées", ("observations",), description=_HISTORY),
    "budget": Contents(
        "Montants",
        ("budget",),
        description=_HISTORY + " Des montants d’étapes, d’années ou de financeurs différents ne "
        "s’additionnent pas.",
    ),
    "targets": Contents("Objectifs chiffrés", ("targets",)),
    "statements": Contents("Chiffres imprimés à vérifier", ("statements",)),
    "gaps": Contents("Lacunes de la source", ("gaps",)),
    "discrepancies": Contents("Registre des écarts de la source", ("discrepancies",)),
    "parts": Contents(
        "Touts et parties",
        ("parts",),
        description="Une ligne par tout, découpage et partie. Les parties d’un découpage font le "
        "tout (« égale »), au plus le tout (« au plus »), ou se recouvrent (« aucune »).",
    ),
    "not_comparable": Contents(
        "Valeurs à ne pas comparer",
        ("not_comparable",),
        description="Une ligne par couple. " + _REFERENCES,
    ),
    "requests": Contents("Valeurs demandées aux services", ("requests",)),
    "followups": Contents(
        "Suites données aux actions et aux pistes",
        ("followups",),
        description="Actions et pistes de cette édition ou d’une antérieure.",
    ),
    "revisions": Contents(
        "Valeurs antérieures remplacées",
        ("revisions",),
        description="Ce que les services ont corrigé ; « values » donne la valeur retenue.",
    ),
    "key_figures": Contents("Chiffres clés du rapport et de chaque chapitre", ("key_figures",)),
    "actions": Contents("Actions", ("actions",), description=_REFERENCES),
    "planned": Contents("Actions prévues", ("planned",), description=_REFERENCES),
    "improvements": Contents("Pistes d’amélioration", ("improvements",), description=_REFERENCES),
    "milestones": Contents("Dates et étapes", ("milestones",)),
    "places": Contents(
        "Lieux des actions",
        ("places",),
        description="Une ligne par action, commune et lieu que la source nomme ; un lieu sur "
        "plusieurs communes a une ligne pour chacune. Un lieu dont la source ne dit pas la commune "
        "n’y est pas.",
    ),
    "indicators": Contents("Catalogue des indicateurs", ("indicators",)),
    "chapters": Contents("Chapitres : finalités et démarche", ("finalities", "approach"), ("id",)),
    "wordings": Contents("Libellés légaux des finalités", ("finality_wordings",)),
    "sections": Contents("Sections des chapitres", ("sections",)),
    "sdgs": Contents("Objectifs de développement durable", ("sdgs",)),
    "services": Contents("Services", ("services",)),
    "payers": Contents("Financeurs", ("payers",)),
    "units": Contents("Unités", ("units",)),
    "territories": Contents("Territoires", ("territories",)),
    "communes": Contents(
        "Communes et dates d’appartenance",
        ("communes",),
        description="Une ligne par période d’appartenance.",
    ),
    "population": Contents("Populations légales des communes", ("population",)),
    "inhabitants": Contents(
        "Habitants des communes membres et leur évolution",
        ("communes", "population"),
        ("insee",),
        "Une ligne par commune membre au 1er janvier de l’édition. L’évolution va du plus récent "
        "des millésimes antérieurs d’au moins cinq ans à celui de l’édition.",
    ),
    "glossary": Contents("Sigles", ("glossary",)),
    "credits": Contents("Crédits de la publication source", ("credits",)),
    "sources": Contents("Sources", ("sources",)),
    "digit_names": Contents("Noms qui contiennent un chiffre", ("digit_names",)),
    "files": Contents(
        "Fichiers de données",
        key=("file",),
        description="Les fichiers saisis, dont toutes les tables sont tirées.",
    ),
}


def _describe(**described: str) -> dict[str, Column]:
    return {name: Column(name, text) for name, text in described.items()}


def _typed(table: str, name: str) -> Column:
    return next(column for column in TABLES[table].columns if column.name == name)


_ANY_ACTION = COLUMNS["action"].but(refers=("actions.id", "planned.id"))
_RECOMPUTES = _typed("statements", "indicator").but(
    description="renvoi à l’indicateur qui recalcule le chiffre imprimé"
)

#: Columns that are computed, whatever the table.
COMPUTED: dict[str, Column] = {
    **_describe(
        # values
        origin="« observé » (relevé par l’analyste) ou « dérivé » (calculé par une formule)",
        rank="rang de la période : 0 la valeur de référence, 1 la précédente…",
        missing="pourquoi la valeur n’est pas donnée",
        edition="édition qui donne la valeur (année)",
        file="fichier de data/raw où la ligne est saisie",
        line="ligne de ce fichier (0 : le fichier entier)",
        # comparisons
        latest="valeur de référence",
        latest_start="début de la période de référence",
        latest_end="fin de la période de référence",
        latest_qualifier="réserve de la valeur de référence : exact, environ, plus de…",
        latest_status="état de la valeur de référence : définitif, provisoire, prévisionnel",
        precedent="valeur précédente",
        precedent_start="début de la période précédente",
        precedent_end="fin de la période précédente",
        precedent_qualifier="réserve de la valeur précédente : exact, environ, plus de…",
        precedent_status="état de la valeur précédente : définitif, provisoire, prévisionnel",
        comparable="si les deux périodes peuvent être comparées",
        reservation="réserve sur la comparaison",
        growth_pct="évolution en %",
        difference="écart : le recalculé, ou le plus récent, moins l’autre",
        monthly_latest="valeur de référence par mois",
        monthly_precedent="valeur précédente par mois",
        # progress
        target_value="valeur à atteindre",
        target_qualifier="réserve de l’objectif : exact, au moins, au plus…",
        target_date="échéance de l’objectif",
        value_date="date de la valeur",
        distance="ce qui reste à atteindre",
        attained_pct="part atteinte, en %",
        observed_pace_per_year="rythme observé, par an",
        required_pace_per_year="rythme nécessaire, par an",
        verdict="conclusion",
        # checks
        recomputed="valeur recalculée",
        rounded="valeur recalculée à la précision imprimée",
        # files
        bytes="taille en octets",
        sha256="empreinte SHA-256 (hexadécimal)",
        # controls
        message="ce que le contrôle constate, avec les nombres",
        row="ligne où la valeur est saisie",
        discrepancy="ligne du registre qui explique l’alerte",
        # actions
        chapter_order="rang du chapitre",
        # inhabitants
        in_force="jour où le millésime de la population est entré en vigueur",
        since="millésime d’où part l’évolution ; celui de la population s’il n’y en a pas",
        former="population municipale de ce millésime",
        growth_pct_per_year="évolution moyenne par an, en % (taux composé)",
    ),
    "terms": Column("terms", "termes de la formule", "list"),
}

#: Columns that mean something else, or obey other rules, in a computed table.
OWN: dict[str, dict[str, Column]] = {
    "values": {
        "source": COLUMNS["source"].but(
            kind="list", description="sources (sources.csv), séparées par « | »"
        ),
        "locator": Column("locator", "endroit dans la source, ou dans celle de chaque terme"),
        "action": _ANY_ACTION,
        "kind": _typed("indicators", "kind"),
    },
    "comparisons": {"action": _ANY_ACTION},
    "progress": {"action": _ANY_ACTION},
    "checks": {"indicator": _RECOMPUTES},
    "statements": {"indicator": _RECOMPUTES},
    "controls": {
        "id": Column("id", "identifiant du contrôle, ses parties séparées par « : »"),
        "control": Column("control", "ce qui est contrôlé"),
        "indicator": COLUMNS["indicator"].but(
            required=False, description="indicateur contrôlé, s’il en est un"
        ),
        "verdict": Column("verdict", "conclusion", codes=("conforme", "alerte", "non contrôlable")),
        "file": Column("file", "fichier de data/raw où la valeur est saisie"),
    },
    "effects": {"effect": COLUMNS["effect"].but(codes=("+", "−", "0"))},
    "chapters": {
        "number": Column("number", "numéro du chapitre en chiffres romains"),
        "kind": COLUMNS["kind"].but(codes=("finalité", "démarche")),
    },
}

_UNIT_OF_ROW = "Dans l’unité de l’indicateur."
#: What a reader from outside must know besides a column's name.
_NOTES = {
    **dict.fromkeys(
        (
            "value", "precision", "latest", "precedent", "monthly_latest", "monthly_precedent",
            "target_value", "distance", "observed_pace_per_year", "required_pace_per_year",
            "printed_value", "recomputed", "rounded", "difference", "minimum", "maximum",
        ),
        _UNIT_OF_ROW,
    ),
    "rank": "−1 : valeur absente alors qu’une autre est connue, ou postérieure à l’édition.",
    "formula": "Les indicateurs y sont entre accolades : {indicateur@territoire:modificateur}.",
}  # fmt: skip


# --- Table Schema ---------------------------------------------------------------------------------


def list_columns(name: str, frame: pd.DataFrame) -> list[Column]:
    """The description of each column of a file of the package, in the frame's order.

    A column that nothing describes has an empty description.
    """
    typed = {
        column.name: column for table in CONTENTS[name].tables for column in TABLES[table].columns
    }
    own = OWN.get(name, {})
    is_typed = name not in ("values", "comparisons", "progress", "checks", "controls")
    found = []
    for column in map(str, frame.columns):
        if column in own:
            chosen = own[column]
        elif is_typed and column in typed:
            chosen = typed[column]
        elif column in COMPUTED:
            chosen = COMPUTED[column]
        elif column in COLUMNS:
            # Computed tables leave empty what is not known.
            chosen = COLUMNS[column].but(required=False)
        else:
            chosen = Column(column, "")
        found.append(chosen)
    return found


def _name_type(dtype: Any) -> str:
    types = pd.api.types
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_integer_dtype(dtype):
        return "integer"
    if types.is_float_dtype(dtype):
        return "number"
    return "date" if types.is_datetime64_any_dtype(dtype) else "string"


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def describe_field(column: Column, dtype: Any, required: bool) -> dict[str, Any]:
    """One field of a Table Schema: type, title, what more there is to know, constraints.

    A list is a text: the standard names a type for it, which its own published profile refuses.
    """
    field: dict[str, Any] = {"name": column.name, "type": _name_type(dtype)}
    if column.description:
        field["title"] = _capitalise(column.description)
    notes = [_NOTES.get(column.name, "")]
    if column.pattern_words:
        notes.append(f"{_capitalise(column.pattern_words)}.")
    if column.kind == "list":
        notes.append(f"Liste : éléments séparés par « {SEPARATOR.strip()} » entre deux espaces.")
    if text := " ".join(note for note in notes if note):
        field["description"] = text
    constraints: dict[str, Any] = {}
    if required:
        constraints["required"] = True
    if column.codes:
        constraints["enum"] = list(column.codes)
    if column.pattern:
        constraints["pattern"] = column.pattern
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if constraints:
        field["constraints"] = constraints
    return field


def _key(name: str) -> tuple[str, ...]:
    contents = CONTENTS[name]
    return contents.key or TABLES[contents.tables[0]].key


def _primary_key(name: str, frame: pd.DataFrame, columns: Iterable[Column]) -> tuple[str, ...]:
    """The key whose columns are always filled; empty where one of them may stand empty. In a
    computed table only dates may: a text is never missing in a key."""
    key = _key(name)
    if CONTENTS[name].key:
        filled = [not pd.api.types.is_datetime64_any_dtype(frame[part].dtype) for part in key]
    else:
        filled = [column.required for column in columns if column.name in key]
    return key if all(filled) else ()


def _list_foreign_keys(
    name: str, columns: list[Column], frames: Mapping[str, pd.DataFrame]
) -> Iterator[dict[str, Any]]:
    """References to a table of the package, as far as they hold: a catalogue that several editions
    share may name an action of another one."""
    for column in columns:
        parts = {ref.split(".")[1] for ref in column.refers}
        targets = {_JOINED.get(ref.split(".")[0], ref.split(".")[0]) for ref in column.refers}
        if column.kind == "list" or len(targets) != 1 or len(parts) != 1:
            continue
        (target,), (part,) = targets, parts
        if target not in frames or _key(target) != (part,):
            continue
        used = {cell for cell in map(write_cell, frames[name][column.name]) if cell}
        if not used <= set(map(write_cell, frames[target][part])):
            continue
        reference: dict[str, Any] = {"fields": [part]}
        if target != name:  # a reference to itself must not be named
            reference = {"resource": target, **reference}
        yield {"fields": [column.name], "reference": reference}


def describe_table(name: str, frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The Table Schema of a file of the package."""
    frame = frames[name]
    columns = list_columns(name, frame)
    primary = _primary_key(name, frame, columns)
    fields = []
    for column in columns:
        field = describe_field(
            column, frame[column.name].dtype, column.required or column.name in primary
        )
        if primary == (column.name,):
            field["constraints"]["unique"] = True
        fields.append(field)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if primary:
        schema["primaryKey"] = list(primary)
    else:
        schema["uniqueKeys"] = [list(_key(name))]
    if foreign := list(_list_foreign_keys(name, columns, frames)):
        schema["foreignKeys"] = foreign
    return schema


# --- sources and licences -------------------------------------------------------------------------


def _is_open(licence: str) -> bool:
    return bool(_OPEN.match(licence))


def describe_licence(licences: Iterable[str]) -> dict[str, str]:
    """One licence for data of several sources, which is never wider than the narrowest of theirs.

    Open only where every source is; a text of sources.csv stands as its title.
    """
    texts = list(dict.fromkeys(licences))
    if texts and all(_is_open(text) for text in texts):
        return {"name": "other-open", "title": " ; ".join(texts)}
    return {
        "name": "other-closed",
        "title": "Aucune licence de réutilisation d’ensemble : une partie des données vient de "
        "sources qui n’en indiquent pas. La licence de chaque source est dite avec elle.",
    }


def _describe_source(row: Mapping[str, str]) -> dict[str, str]:
    """A source, with the columns of sources.csv that the standard does not know kept as they are.
    The licence is always said, even when there is none."""
    kept = ("id", "producer", "publication", "accessed", "remark")
    return {
        "title": row["title"],
        **{name: row[name] for name in kept if row[name]},
        "licence": row["licence"] or "aucune licence indiquée",
    }


def find_sources(name: str, frames: Mapping[str, pd.DataFrame], year: int) -> list[str]:
    """Ids of sources.csv from which a file of the package comes, in the order of sources.csv."""
    frame, sources = frames[name], frames["sources"]
    used: set[str] = set()
    for table in CONTENTS[name].tables:
        years = sorted(set(frame["edition"])) if TABLES[table].history else [year]
        used |= {find_source(sources, TABLES[table].file(int(number))) for number in years}
    if "source" in frame.columns:
        used |= {source for cell in frame["source"] for source in split_list(cell)}
    if name == "comparisons":
        used |= set(find_sources("values", frames, year))
    return [source for source in sources["id"] if source in used]


# --- the package ----------------------------------------------------------------------------------


def collect_frames(edition: Edition, dossier: Dossier) -> dict[str, pd.DataFrame]:
    """Every table of the package, in its order; lists are written in one way.

    Raises
    ------
    InvalidDossier
        when data/raw, from which the observations are read as typed, is not valid any more.
    """
    raw = read_dossier(dossier, edition.year)
    frames = {}
    for name in CONTENTS:
        if name == "observations":
            frame = raw[name].drop(columns="file").reset_index(drop=True)
        else:
            frame = getattr(edition, name)
        lists = [column.name for column in list_columns(name, frame) if column.kind == "list"]
        frames[name] = frame.assign(
            **{column: frame[column].map(split_list).map(join_list) for column in lists}
        )
    return frames


def _describe_resource(
    name: str, frames: Mapping[str, pd.DataFrame], content: bytes, year: int
) -> dict[str, Any]:
    contents = CONTENTS[name]
    resource: dict[str, Any] = {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": contents.title,
    }
    if contents.description:
        resource["description"] = contents.description
    resource |= {
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n"},
    }
    used = find_sources(name, frames, year)
    rows = [row for row in frames["sources"].to_dict("records") if row["id"] in used]
    if rows:
        resource["sources"] = [_describe_source(row) for row in rows]
        licence = describe_licence(row["licence"] for row in rows)
        if licence["name"] == "other-open":  # else the package's own stands
            resource["licenses"] = [licence]
    return resource | {"schema": describe_table(name, frames)}


def describe_package(
    edition: Edition, frames: Mapping[str, pd.DataFrame], contents: Mapping[str, bytes]
) -> dict[str, Any]:
    """The descriptor: ``contents`` are the bytes of each CSV file. No time of the clock."""
    territory, year = edition.territory, edition.year
    sources = frames["sources"].to_dict("records")
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"rapport-developpement-durable-{territory['id']}-{year}",
        "title": "Données du rapport sur la situation en matière de développement durable "
        f"{territory['of_name']}, édition {year}",
        "description": "Ce que le rapport affiche et ce dont il est calculé : valeurs relevées "
        "avec leur période, leur réserve, leur source et leur repère ; valeurs dérivées avec leur "
        "formule ; actions, montants, objectifs, vérifications et lacunes. Un fichier CSV par "
        "table, en UTF-8, décimales avec un point, dates au format ISO.",
        "version": f"{year}.0.0",
        "keywords": ["développement durable", "collectivité territoriale", "indicateurs"],
        "licenses": [describe_licence(row["licence"] for row in sources)],
        "sources": [_describe_source(row) for row in sources],
    }
    credited: dict[str, list[str]] = {}
    for row in edition.credits.to_dict("records"):
        if not row["name"].startswith("©"):  # a notice of rights is no contributor
            credited.setdefault(row["name"], []).append(row["role"])
    if credited:
        package["contributors"] = [
            {"title": name, "roles": roles} for name, roles in credited.items()
        ]
    package["resources"] = [
        _describe_resource(name, frames, contents[name], year) for name in CONTENTS
    ]
    return package


#: Members of the descriptor that people read.
_READ = frozenset({"title", "description", "remark", "producer", "licence"})


def typeset_words(node: Any, name: str = "") -> Any:
    """The descriptor with French typography in what people read; the data are left as typed."""
    if isinstance(node, dict):
        return {key: typeset_words(value, key) for key, value in node.items()}
    if isinstance(node, list):
        return [typeset_words(item) for item in node]
    return french.typeset(node) if name in _READ and isinstance(node, str) else node


def _write_archive(folder: Path, path: Path, year: int) -> None:
    """All files of the package at the root of a zip, dated from the edition: same bytes always."""
    with zipfile.ZipFile(path, "w") as archive:
        files = sorted(folder.iterdir(), key=lambda file: (file.name != DESCRIPTOR, file.name))
        for file in files:
            entry = zipfile.ZipInfo(file.name, (year, 12, 31, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # as on Unix, wherever it is written
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), compresslevel=9)


def write_package(edition: Edition, dossier: Dossier, year: int, folder: Path) -> Path:
    """Write ``<folder>/donnees/`` and ``<folder>/donnees-<year>.zip``; returns the former.

    Both are made under another name and take their place when they are complete. The same edition
    gives the same bytes.

    Parameters
    ----------
    edition
        the computed edition.
    dossier
        where its observations are read as typed.
    year
        the edition's year.
    folder
        where the package goes; made if need be.

    Raises
    ------
    ValueError
        when ``edition`` is of another year.
    InvalidDossier
        when data/raw is not valid any more.
    """
    if edition.year != year:
        raise ValueError(f"Édition {edition.year} donnée, édition {year} demandée.")
    frames = collect_frames(edition, dossier)
    contents = {name: format_csv(frame).encode("utf-8") for name, frame in frames.items()}
    descriptor = typeset_words(describe_package(edition, frames, contents))
    text = json.dumps(descriptor, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / OPEN_DATA
    with tempfile.TemporaryDirectory(prefix=f".{OPEN_DATA}-", dir=folder) as scratch:
        built, archive = Path(scratch) / OPEN_DATA, Path(scratch) / name_archive(year)
        built.mkdir()
        for name, content in contents.items():
            (built / f"{name}.csv").write_bytes(content)
        (built / DESCRIPTOR).write_bytes(text.encode("utf-8"))
        _write_archive(built, archive, year)
        if target.exists():
            os.replace(target, Path(scratch) / "ancien")
        os.replace(built, target)
        os.replace(archive, folder / archive.name)
    return target

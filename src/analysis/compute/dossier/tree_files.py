"""YAML and GeoJSON of ``data/raw``: bounded before anything is built of them, each fault located.

What a person types in YAML is text, lists of it and text under names: no anchor, no tag, no date or
number that YAML would guess.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis.base.csvtext import LONGEST
from analysis.compute.dossier.typed_tables import (
    UNREADABLE,
    check_characters,
    explain,
    read_text,
)
from analysis.model.schema import Fault

#: What YAML may hold: ours has some hundreds of texts and names, seven deep.
MOST_NODES, DEEPEST = 20_000, 20
#: Points of all outlines: the largest intercommunality at full detail has some tens of thousands.
MOST_POINTS = 200_000
#: Points of the smallest ring, closed.
_FEWEST = 4
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_ALIGN = "Vérifier l’alignement, les deux-points et les guillemets vers cette ligne."
_NO_ANCHOR = (
    "Recopier ce qui est à répéter ; un texte qui commence par « & », « * » ou « ! » se met entre"
    " guillemets."
)


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Every scalar as typed, but for nothing, yes and no: « true », « false »."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        return _CONSTANTS.get(node.value, node.value) if plain else super().construct_scalar(node)


def read_yaml(path: Path, file: str, *, nodes: bool = False) -> tuple[Any, list[Fault]]:
    """A YAML file; None and its faults when missing, malformed or beyond bounds. ``nodes``: not
    what it says but its tree, where each key has its line and each value is the text as typed."""
    if not path.is_file():
        return None, [Fault.of_file(file, "fichier manquant")]
    try:
        text = read_text(path)
        faults = check_characters(text, file)
        if faults or not _check_events(text, file, faults):
            return None, faults
        return (yaml.compose if nodes else yaml.load)(text, Loader=_Loader), faults
    except UNREADABLE as error:
        return None, [explain(error, file)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return None, [_locate(file, mark, "YAML mal formé", _ALIGN)]


def _locate(file: str, mark: Any, problem: str, expected: str = "") -> Fault:
    row, column = (mark.line + 1, f"caractère {mark.column + 1}") if mark else (0, "")
    return Fault(file, row, column, "", problem, expected)


def _check_events(text: str, file: str, faults: list[Fault]) -> bool:
    """Whether a YAML text may be built, whose faults are added; reading stops at a bound."""
    known: list[dict[str, int] | None] = []  # lines of the keys of what is open, None of a list
    awaited: list[bool] = []  # whether a key comes next in each
    count = documents = 0
    safe = True
    for event in yaml.parse(text, Loader=_Loader):
        mark, bound = event.start_mark, ""
        if isinstance(event, yaml.CollectionEndEvent):
            known.pop()
            awaited.pop()
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            bound = "plusieurs documents : « --- » n’en sépare aucun ici"
        if isinstance(event, yaml.NodeEvent):
            count += 1
            tag = str(getattr(event, "tag", None) or "")
            if event.anchor or tag:
                name = event.anchor or tag.rpartition(":")[2]
                problem = f"ancre, renvoi ou étiquette YAML (« {name} »)"
                faults.append(_locate(file, mark, problem, _NO_ANCHOR))
                safe = False
            keys = known[-1] if known else None
            if keys is not None:
                if awaited[-1]:
                    safe &= _note_key(event, keys, file, faults)
                awaited[-1] = not awaited[-1]
            if isinstance(event, yaml.CollectionStartEvent):
                known.append({} if isinstance(event, yaml.MappingStartEvent) else None)
                awaited.append(True)
            if count > MOST_NODES or len(known) > DEEPEST or _is_long(event):
                bound = "fichier trop grand ou trop emboîté"
        if bound:
            expected = (
                f"Attendu : au plus {MOST_NODES} textes, {DEEPEST} niveaux, {LONGEST} caractères"
                " par texte, un seul document."
            )
            faults.append(_locate(file, mark, bound, expected))
            return False
    return safe


def _is_long(event: yaml.NodeEvent) -> bool:
    return len(getattr(event, "value", "")) > LONGEST


def _note_key(event: yaml.NodeEvent, known: dict[str, int], file: str, faults: list[Fault]) -> bool:
    """Whether a key is a text; one that stands twice is a fault too."""
    name, mark = getattr(event, "value", None), event.start_mark
    row = mark.line + 1 if mark else 0
    if name is None:
        faults.append(_locate(file, mark, "clé attendue", "Attendu : « nom: valeur »."))
    elif name in known:
        expected = f"Elle l’est déjà à la ligne {known[name]}."
        faults.append(Fault(file, row, name, "", "clé donnée deux fois", expected))
    else:
        known[name] = row
    return name is not None


# --- outlines -------------------------------------------------------------------------------------


def read_geojson(path: Path, file: str) -> tuple[dict[str, Any], list[Fault]]:
    """A GeoJSON collection of areas; {} when there is no such file (a dossier may have no map)."""
    if not path.is_file():
        return {}, []
    try:
        content = read_json(read_text(path))
    except UNREADABLE as error:
        return {}, [explain(error, file)]
    except json.JSONDecodeError as error:
        place = f"caractère {error.colno}"
        expected = "Fichier JSON valide attendu."
        return {}, [Fault(file, error.lineno, place, "", "GeoJSON mal formé", expected)]
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        expected = "Attendu : un objet « FeatureCollection » avec ses « features »."
        return {}, [Fault.of_file(file, "GeoJSON mal formé", expected)]
    faults, seen, left = [], dict[str, int](), MOST_POINTS
    for rank, feature in enumerate(features, 1):
        said = find_outline_fault(feature)
        if not said:
            left -= sum(map(len, _list_rings(feature["geometry"])))
            code = geojson_code(feature)
            first = seen.setdefault(code, rank)
            if left < 0:
                most = f"Attendu : {MOST_POINTS} en tout au plus ; simplifier les contours."
                said = "", "trop de points", most
            elif code and first != rank:
                said = code, f"commune déjà tracée, contour {first}", "Un contour par commune."
        if said:
            faults.append(Fault(file, 0, f"contour {rank}", *said))
        if left < 0:
            break
    return ({} if faults else content), faults


def read_json(text: str | bytes) -> Any:
    """JSON of outside. Raises JSONDecodeError, also where it is nested without end, or holds what
    is no number of JSON (NaN, Infinity, thousands of digits)."""

    def refuse(constant: str) -> float:
        line = str(text).split(constant)[0]
        raise json.JSONDecodeError("no number", str(text), len(line))

    try:
        return json.loads(text, parse_constant=refuse, parse_int=_read_int)
    except RecursionError:
        raise json.JSONDecodeError("nested", str(text), 0) from None


def _read_int(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def find_outline_fault(feature: Any) -> tuple[str, str, str] | None:
    """What was read, what is wrong and what is expected, where an area cannot be drawn."""
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    geometry = geometry if isinstance(geometry, Mapping) else {}
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon") or not geometry.get("coordinates"):
        shown = "" if kind is None else str(kind)
        return (
            shown, "contour absent ou d’un type non admis", "Attendu : Polygon ou MultiPolygon.",
        )  # fmt: skip
    if not isinstance(feature.get("properties"), Mapping | None):
        return "", "propriétés mal formées", "Attendu : « properties », avec le code INSEE."
    try:
        rings = _list_rings(geometry)
        if not all(rings):
            raise TypeError
        for ring in rings:
            for longitude, latitude, *_ in ring:
                out = not (abs(longitude) <= 180 and abs(latitude) <= 90)
                if out or (41 < longitude < 52 and -6 < latitude < 10):  # France seen sideways
                    problem = "coordonnées hors du globe" if out else "latitude avant la longitude"
                    expected = "Attendu : longitude puis latitude, en degrés (WGS 84)."
                    return f"{longitude:g}, {latitude:g}", problem, expected
            if len(ring) < _FEWEST or ring[0] != ring[-1] or len({*map(tuple, ring)}) < _FEWEST - 1:
                return (
                    f"{len(ring)} points", "anneau qui n’entoure rien, ou qui n’est pas fermé",
                    f"Attendu : {_FEWEST} points au moins, le dernier comme le premier.",
                )  # fmt: skip
    except (TypeError, ValueError):
        expected = "Attendu : des anneaux de points, chacun [longitude, latitude]."
        return "", "coordonnées mal formées", expected
    return None


def _list_rings(geometry: Mapping[str, Any]) -> list[Any]:
    """The rings of an area; raises TypeError where it has none."""
    found = geometry["coordinates"]
    return found if geometry["type"] == "Polygon" else [ring for part in found for ring in part]


def geojson_code(feature: Mapping[str, Any]) -> str:
    """INSEE code of an area, under any of the property names official files use."""
    properties = feature.get("properties") or {}
    for name in ("insee", "code", "code_insee", "INSEE_COM", "com", "id"):
        if properties.get(name):
            return str(properties[name])
    return str(feature.get("id") or "")

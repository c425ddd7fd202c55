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
from analysis.model.geojson_codes import geojson_code
from analysis.model.schema import Fault

#: What YAML may hold: ours has some hundreds of texts and names, seven deep.
MOST_NODES, DEEPEST = 20_000, 20
#: Points of all outlines: the largest intercommunality at full detail has some tens of thousands.
MOST_POINTS = 200_000
#: Corners of the smallest ring.
_FEWEST = 3
_RINGS = (
    "Attendu : des anneaux fermés de trois points au moins, chacun [longitude, latitude], en degrés"
    " (WGS 84)."
)
_BOUNDS = (
    f"Attendu : {MOST_NODES} textes, {DEEPEST} niveaux, {LONGEST} caractères par texte au plus."
)
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
    opened: list[dict[str, int] | None] = []  # lines of the keys of what is open, None of a list
    awaited: list[bool] = []  # whether a key comes next in each
    count = documents = 0
    safe = True
    for event in yaml.parse(text, Loader=_Loader):
        mark: Any = event.start_mark
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
            awaited.pop()
        elif isinstance(event, yaml.NodeEvent):
            count += 1
            tag, name = str(getattr(event, "tag", None) or ""), getattr(event, "value", None)
            if event.anchor or tag:
                problem = f"ancre, renvoi ou étiquette YAML (« {event.anchor or tag} »)"
                faults.append(_locate(file, mark, problem, _NO_ANCHOR))
                safe = False
            keys = opened[-1] if opened else None
            if keys is not None and awaited[-1]:
                if name is None:
                    faults.append(_locate(file, mark, "clé attendue", "Attendu : « nom: valeur »."))
                    safe = False
                elif keys.setdefault(name, mark.line + 1) != mark.line + 1:
                    said = "clé donnée deux fois", f"Elle l’est déjà à la ligne {keys[name]}."
                    faults.append(Fault(file, mark.line + 1, name, "", *said))
            if keys is not None:
                awaited[-1] = not awaited[-1]
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append({} if isinstance(event, yaml.MappingStartEvent) else None)
                awaited.append(True)
            if count > MOST_NODES or len(opened) > DEEPEST or len(name or "") > LONGEST:
                faults.append(_locate(file, mark, "fichier trop grand ou trop emboîté", _BOUNDS))
                return False
        if documents > 1:
            faults.append(_locate(file, mark, "plusieurs documents", "Retirer la ligne « --- »."))
            return False
    return safe


# --- outlines -------------------------------------------------------------------------------------


def read_geojson(path: Path, file: str) -> tuple[dict[str, Any], list[Fault]]:
    """A GeoJSON collection of areas; {} when there is no such file (a dossier may have no map)."""
    if not path.is_file():
        return {}, []
    try:
        content = json.loads(read_text(path))
    except UNREADABLE as error:
        return {}, [explain(error, file)]
    except (RecursionError, ValueError) as error:  # nested, or a number, without end
        expected = "Fichier JSON valide attendu."
        row = getattr(error, "lineno", 0)
        return {}, [Fault(file, row, "", "", "GeoJSON mal formé", expected)]
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        expected = "Attendu : un objet « FeatureCollection » avec ses « features »."
        return {}, [Fault.of_file(file, "GeoJSON mal formé", expected)]
    faults, seen, left = [], dict[str, int](), MOST_POINTS
    for rank, feature in enumerate(features, 1):
        said = _find_outline_fault(feature)
        if not said:
            left -= sum(map(len, _list_rings(feature["geometry"])))
            code = geojson_code(feature)
            if left < 0:
                most = f"Attendu : {MOST_POINTS} en tout au plus ; simplifier les contours."
                said = "", "trop de points", most
            elif code and seen.setdefault(code, rank) != rank:
                said = code, f"commune déjà tracée, contour {seen[code]}", "Un contour chacune."
        if said:
            faults.append(Fault(file, 0, f"contour {rank}", *said))
        if left < 0:
            break
    return ({} if faults else content), faults


def _find_outline_fault(feature: Any) -> tuple[str, str, str] | None:
    """What was read, what is wrong and what is expected, where an area cannot be drawn."""
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    geometry = geometry if isinstance(geometry, Mapping) else {}
    kind = geometry.get("type", "")
    if kind not in ("Polygon", "MultiPolygon") or not geometry.get("coordinates"):
        problem = "contour absent ou d’un type non admis"
        return str(kind), problem, "Attendu : Polygon ou MultiPolygon."
    if not isinstance(feature.get("properties"), Mapping | None):
        return "", "propriétés mal formées", "Attendu : « properties », avec le code INSEE."
    try:
        for ring in _list_rings(geometry):
            for x, y, *_ in ring:
                if not (abs(x) <= 180 and abs(y) <= 90):
                    return f"{x:g}, {y:g}", "coordonnées hors du globe", _RINGS
                if 41 < x < 52 and -6 < y < 10:  # France seen sideways
                    return f"{x:g}, {y:g}", "latitude avant la longitude", _RINGS
            if ring[0] != ring[-1] or len({*map(tuple, ring)}) < _FEWEST:
                problem = "anneau qui n’entoure rien, ou qui n’est pas fermé"
                return f"{len(ring)} points", problem, _RINGS
    except (TypeError, ValueError, LookupError):
        return "", "coordonnées mal formées", _RINGS
    return None


def _list_rings(geometry: Mapping[str, Any]) -> list[Any]:
    found = geometry["coordinates"]
    return found if geometry["type"] == "Polygon" else [ring for part in found for ring in part]

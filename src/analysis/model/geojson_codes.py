"""How official files name an area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def geojson_code(feature: Mapping[str, Any]) -> str:
    """INSEE code of an area, under any of the property names official files use."""
    properties = feature.get("properties") or {}
    for name in ("insee", "code", "code_insee", "INSEE_COM", "com", "id"):
        if properties.get(name):
            return str(properties[name])
    return str(feature.get("id") or "")

"""The outline of the communes as the cover bears it: an ornament, drawn from the reference table.

As SVG, in white that lets the cover's own colour through. No scale, no name, nothing to read: the
maps of the report are drawn elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

Ring = list[tuple[float, float]]

#: Units of the drawing's longer side.
SIDE = 1000
#: How much of the ground shows through, and the width of a border.
FILL, BORDER = 0.13, 2.2


def _read_rings(geojson: Mapping, communes: Collection[str]) -> Iterator[list[Ring]]:
    """Longitudes and latitudes of each commune's borders, in the file's order."""
    for feature in geojson.get("features", []):
        properties, geometry = feature["properties"], feature["geometry"]
        if str(properties.get("insee") or properties.get("code")) not in communes:
            continue
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        yield [[(x, y) for x, y, *_ in ring] for polygon in polygons for ring in polygon]


def compose_cover(geojson: Mapping, communes: Collection[str]) -> str:
    """The drawing; empty text where no commune has an outline.

    Parameters
    ----------
    geojson
        outlines, with the INSEE code of each among its properties.
    communes
        the codes of those to draw.
    """
    shapes = list(_read_rings(geojson, communes))
    points = [point for rings in shapes for ring in rings for point in ring]
    if not points:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # A degree of longitude is shorter than one of latitude.
    shrink = math.cos(math.radians((south + north) / 2))
    scale = SIDE / max((east - west) * shrink, north - south)

    def place(ring: Ring) -> str:
        return " L".join(
            f"{(x - west) * shrink * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring[:-1]
        )

    paths = [f'<path d="{" ".join(f"M{place(ring)} Z" for ring in rings)}"/>' for rings in shapes]
    width, height = (east - west) * shrink * scale, (north - south) * scale
    margin = BORDER
    box = f"{-margin} {-margin} {width + 2 * margin:.1f} {height + 2 * margin:.1f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n'
        f'<g fill="#ffffff" fill-opacity="{FILL}" fill-rule="evenodd" stroke="#ffffff" '
        f'stroke-opacity="{3 * FILL:.2f}" stroke-width="{BORDER}" stroke-linejoin="round">\n'
        + "\n".join(paths)
        + "\n</g>\n</svg>\n"
    )

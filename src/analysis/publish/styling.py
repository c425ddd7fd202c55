"""The visual identity as Typst takes it, and the outline of the communes that the cover bears (for
HTML: ``analysis.show.style_sheet``).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

from analysis.model.geojson_codes import geojson_code
from analysis.show.colours import BLACK, choose_ink
from analysis.show.identity import Identity

#: The cover's ornament, in ``style/``.
COVER = "couverture.svg"
#: Units of its longer side; how much of the ground shows through; the width of a border.
_SIDE, _FILL, _BORDER = 1000, 0.13, 2.2
_Ring = list[tuple[float, float]]


def _escape(colour: str) -> str:
    """Without « # », in which Typst would see a call, and never all digits."""
    return "c" + colour.lstrip("#")


def describe_for_typst(identity: Identity, chapters: Mapping[str, str]) -> dict[str, object]:
    """What ``style/template.typ`` reads as ``$identity…$``: colours as « c1b262e », points."""
    return {
        "sans": identity.fonts["sans"].family,
        "serif": identity.fonts["serif"].family,
        "colour": {name: _escape(colour) for name, colour in identity.light.items()},
        "evolution": {name: _escape(colour) for name, colour in identity.evolution.items()},
        "size": {name: f"{size}pt" for name, size in identity.type.items()},
        "space": [f"{size}pt" for size in identity.space],
        "radius": f"{identity.radius}pt",
        "chapters": [
            {"label": f"sec-{id}", "id": id, "colour": _escape(colour)}
            for id, colour in chapters.items()
        ],
        "sdgs": [
            {
                "number": str(number),
                "colour": _escape(colour),
                "ink": _escape(choose_ink(colour, BLACK)),
            }
            for number, colour in identity.sdgs.items()
        ],
    }


def _read_rings(geojson: Mapping, communes: Collection[str]) -> Iterator[list[_Ring]]:
    """Longitudes and latitudes of each commune's borders, in the file's order."""
    for feature in geojson.get("features", []):
        geometry = feature["geometry"]
        if geojson_code(feature) not in communes:
            continue
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        yield [[(x, y) for x, y, *_ in ring] for polygon in polygons for ring in polygon]


def compose_cover(geojson: Mapping, communes: Collection[str]) -> str:
    """The communes' outlines as SVG, in white that lets the cover's own colour through; empty where
    none has an outline. An ornament: no scale, no name (maps are drawn elsewhere).

    ``geojson``: outlines, with the INSEE code of each among its properties; ``communes``: the codes
    of those to draw.
    """
    shapes = list(_read_rings(geojson, communes))
    points = [point for rings in shapes for ring in rings for point in ring]
    if not points:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # A degree of longitude is shorter than one of latitude.
    shrink = math.cos(math.radians((south + north) / 2))
    scale = _SIDE / max((east - west) * shrink, north - south)

    def place(ring: _Ring) -> str:
        return " L".join(
            f"{(x - west) * shrink * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring[:-1]
        )

    paths = [f'<path d="{" ".join(f"M{place(ring)} Z" for ring in rings)}"/>' for rings in shapes]
    width, height = (east - west) * shrink * scale, (north - south) * scale
    box = f"{-_BORDER} {-_BORDER} {width + 2 * _BORDER:.1f} {height + 2 * _BORDER:.1f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n'
        f'<g fill="#ffffff" fill-opacity="{_FILL}" fill-rule="evenodd" stroke="#ffffff" '
        f'stroke-opacity="{3 * _FILL:.2f}" stroke-width="{_BORDER}" stroke-linejoin="round">\n'
        + "\n".join(paths)
        + "\n</g>\n</svg>\n"
    )

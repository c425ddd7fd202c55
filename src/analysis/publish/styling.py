"""The visual identity as the formats take it: style sheet for HTML, variables for Typst, and the
outline of the communes that the cover bears.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

from analysis.show.colours import BLACK, choose_ink, lighten_until_readable
from analysis.show.identity import Identity

#: The style sheet made here, in ``style/``.
SHEET = "identity.css"
#: The cover's ornament, in ``style/``.
COVER = "couverture.svg"
#: Units of its longer side; how much of the ground shows through; the width of a border.
_SIDE, _FILL, _BORDER = 1000, 0.13, 2.2
_Ring = list[tuple[float, float]]
#: Names of colours in the style sheets.
_WORDS = {
    "paper": "fond",
    "veil": "voile",
    "ink": "encre",
    "quiet": "discret",
    "rule": "filet",
    "track": "piste",
    "previous": "avant",
    "remainder": "reste",
    "main": "principal",
    "highlight": "surligne",
}
_WEIGHTS = {"regular": 400, "italic": 400, "semibold": 600, "semibold-italic": 600, "bold": 700}


def compose_faces(identity: Identity) -> list[str]:
    """The fonts of the pages, from files beside them."""
    font = identity.fonts["sans"]
    return [
        f'@font-face {{ font-family: "{font.family}"; font-weight: {_WEIGHTS[style]}; '
        f"font-style: {'italic' if 'italic' in style else 'normal'}; font-display: swap; "
        f'src: url("fonts/{stem}.woff2") format("woff2"); }}'
        for style, stem in font.files.items()
        if font.file(style).with_suffix(".woff2").is_file()
    ]


def _name_families(identity: Identity, name: str) -> str:
    font = identity.fonts[name]
    families = [font.family, *font.fallback]
    return ", ".join(f'"{family}"' if " " in family else family for family in families)


def _compose_sizes(identity: Identity) -> list[str]:
    """Sizes in proportion of the text, spaces in rem (12 points), as custom properties."""
    text = identity.type["text"]
    sizes = [f"--t-{name}: {size / text:.4g}rem;" for name, size in identity.type.items()]
    spaces = [f"--e{n}: {size / 12:.4g}rem;" for n, size in enumerate(identity.space, start=1)]
    return [*sizes, *spaces, f"--rayon: {identity.radius}px;"]


def _compose_ground(identity: Identity, colours: Mapping[str, str], *, dark: bool) -> list[str]:
    """Every colour that changes with the ground, as custom properties."""

    def adapt(colour: str) -> str:
        return lighten_until_readable(colour, colours["veil"]) if dark else colour

    lines = [f"--{_WORDS[name]}: {colour};" for name, colour in colours.items()]
    lines += [f"--evolution-{name}: {adapt(c)};" for name, c in identity.evolution.items()]
    return lines


def compose_sheet(identity: Identity, chapters: Mapping[str, str]) -> str:
    """The style sheet: fonts, colours on both grounds, sizes, spaces, chapters, ODD.

    ``chapters``: the colour of each, by its id, in order.
    """
    dark = identity.dark
    light_lines = [
        *_compose_ground(identity, identity.light, dark=False),
        *[f"--chapitre-{id}: {colour};" for id, colour in chapters.items()],
        f"--police: {_name_families(identity, 'sans')};",
        f"--police-texte: {_name_families(identity, 'serif')};",
        *_compose_sizes(identity),
    ]
    dark_lines = [
        *_compose_ground(identity, dark, dark=True),
        *[
            f"--chapitre-{id}: {lighten_until_readable(colour, dark['veil'])};"
            for id, colour in chapters.items()
        ],
    ]
    lines = [
        "/* Fait d’après style/identity.yml et les données : ne pas modifier ici. */",
        *compose_faces(identity),
        ":root {",
        *[f"  {line}" for line in light_lines],
        "}",
        "@media screen and (prefers-color-scheme: dark) {",
        "  :root:has(body.livre) {",
        "    color-scheme: dark;",
        *[f"    {line}" for line in dark_lines],
        "  }",
        "}",
    ]
    for id in chapters:
        lines += [
            f":root:has(main #sec-{id}) {{ --chapitre: var(--chapitre-{id}); }}",
            f"main h2:is(#sec-sommaire-{id}, #sec-changements-{id}) "
            f"{{ --chapitre: var(--chapitre-{id}); }}",
            f'.cote a[href="{id}.html"], [data-chapitre="{id}"] '
            f"{{ --marque-chapitre: var(--chapitre-{id}); }}",
        ]
    for number, colour in identity.sdgs.items():
        ink = choose_ink(colour, BLACK)
        lines.append(f".objectif-{number} {{ background: {colour}; color: {ink}; }}")
    return "\n".join(lines) + "\n"


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
        properties, geometry = feature["properties"], feature["geometry"]
        if str(properties.get("insee") or properties.get("code")) not in communes:
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

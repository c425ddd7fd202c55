"""The visual identity as the formats take it: style sheet for HTML, variables for Typst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.show.colours import BLACK, choose_ink, lighten_until_readable
from analysis.show.identity import Identity

#: The style sheet made here, in ``style/``.
SHEET = "identity.css"
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


def compose_sheet(identity: Identity, chapters: pd.DataFrame) -> str:
    """The style sheet: fonts, colours on both grounds, sizes, spaces, chapters, ODD.

    ``chapters``: columns id, order, colour.
    """
    rows = list(chapters.sort_values("order").itertuples())
    dark = identity.dark
    light_lines = [
        *_compose_ground(identity, identity.light, dark=False),
        *[f"--chapitre-{row.id}: {row.colour};" for row in rows],
        f"--police: {_name_families(identity, 'sans')};",
        f"--police-texte: {_name_families(identity, 'serif')};",
        *_compose_sizes(identity),
    ]
    dark_lines = [
        *_compose_ground(identity, dark, dark=True),
        *[
            f"--chapitre-{row.id}: {lighten_until_readable(row.colour, dark['veil'])};"
            for row in rows
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
    for row in rows:
        lines += [
            f":root:has(main #sec-{row.id}) {{ --chapitre: var(--chapitre-{row.id}); }}",
            f"main h2:is(#sec-sommaire-{row.id}, #sec-changements-{row.id}) "
            f"{{ --chapitre: var(--chapitre-{row.id}); }}",
            f'.cote a[href="{row.id}.html"], [data-chapitre="{row.id}"] '
            f"{{ --marque-chapitre: var(--chapitre-{row.id}); }}",
        ]
    for number, colour in identity.sdgs.items():
        ink = choose_ink(colour, BLACK)
        lines.append(f".objectif-{number} {{ background: {colour}; color: {ink}; }}")
    return "\n".join(lines) + "\n"


def _escape(colour: str) -> str:
    """Without « # », in which Typst would see a call, and never all digits."""
    return "c" + colour.lstrip("#")


def describe_for_typst(
    identity: Identity, chapters: Iterable[Mapping[str, str]]
) -> dict[str, object]:
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
            {"label": f"sec-{row['id']}", "id": row["id"], "colour": _escape(row["colour"])}
            for row in chapters
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

"""The visual identity as a style sheet, for the report's pages and for reviewers' copies."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.show.colours import BLACK, choose_ink, lighten_until_readable
from analysis.show.identity import Identity

#: The report's style sheet made here, in ``style/``.
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


def compose_faces(identity: Identity, fonts: str) -> list[str]:
    """The fonts of the pages, from files in a folder that is named as the sheet sees it."""
    font = identity.fonts["sans"]
    return [
        f'@font-face {{ font-family: "{font.family}"; font-weight: {_WEIGHTS[style]}; '
        f"font-style: {'italic' if 'italic' in style else 'normal'}; font-display: swap; "
        f'src: url("{fonts}/{stem}.woff2") format("woff2"); }}'
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


def compose_sheet(identity: Identity, chapters: Mapping[str, str], *, fonts: str = "fonts") -> str:
    """The style sheet: fonts, colours on both grounds, sizes, spaces, chapters, ODD.

    ``chapters``: the colour of each, by its id, in order.
    """
    dark = identity.dark
    light_lines = [
        *_compose_ground(identity, identity.light, dark=False),
        *[f"--chapitre-{id}: {colour};" for id, colour in chapters.items()],
        # A band has the same colour on both grounds: white is read on it.
        *[f"--bande-{id}: {colour};" for id, colour in chapters.items()],
        f"--bande: {identity.light['main']};",
        f"--sur-bande: {identity.light['paper']};",
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
        *compose_faces(identity, fonts),
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
            f":root:has(main #sec-{id}) "
            f"{{ --chapitre: var(--chapitre-{id}); --bande: var(--bande-{id}); }}",
            f"main h2:is(#sec-synthese-{id}, #sec-changements-{id}) "
            f"{{ --chapitre: var(--chapitre-{id}); }}",
            f'.cote a[href="{id}.html"], [data-chapitre="{id}"] '
            f"{{ --marque-chapitre: var(--chapitre-{id}); }}",
        ]
    for number, colour in identity.sdgs.items():
        ink = choose_ink(colour, BLACK)
        lines.append(f".objectif-{number} {{ background: {colour}; color: {ink}; }}")
    return "\n".join(lines) + "\n"

"""A picture on a dark ground: each colour has its counterpart, said inside the SVG alone."""

import re

import pytest
import typst

from analysis.show import charts, colours, theme
from analysis.show.dark_ground import add_dark_ground, darken_colours
from analysis.show.identity import read_identity

IDENTITY = read_identity()
ACCENTS = sorted({*IDENTITY.chapters.values(), *IDENTITY.other_chapters})


def test_a_colour_of_the_identity_has_its_own():
    pairs = {IDENTITY.light[name].lower(): IDENTITY.dark[name].lower() for name in IDENTITY.light}
    assert darken_colours(IDENTITY, pairs) == pairs


@pytest.mark.parametrize("accent", ACCENTS)
def test_shades_keep_their_order_and_the_accent_is_readable(accent):
    shades = [colours.lighten(accent, share) for share in (0, 0.25, 0.5, 0.75)]
    dark = darken_colours(IDENTITY, shades)
    paper = IDENTITY.dark["paper"]
    ratios = [colours.contrast(dark[shade], paper) for shade in shades]
    assert ratios[0] >= colours.TEXT_CONTRAST
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] > 1.05, "the palest is still seen"


def test_rules_are_for_screens_and_leave_the_drawing_as_it_was():
    svg = '<svg><g id="figure_1"><path style="fill: #ffffff; stroke: #1b262e"/></g></svg>'
    dark = add_dark_ground(svg, IDENTITY)
    style = re.search(r"<style>.*?</style>\n", dark, re.DOTALL)[0]
    assert dark.replace(style, "") == svg
    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert f'[style*="fill: #ffffff"]{{fill:{IDENTITY.dark["paper"].lower()}!important}}' in style
    assert f'[style*="stroke: #1b262e"]{{stroke:{IDENTITY.dark["ink"].lower()}!important}}' in style
    assert "stroke: #ffffff" not in style


def test_the_ground_of_hatches_darkens_too():
    svg = '<svg><g id="figure_1"><rect fill="#dde3e7"/></g></svg>'
    assert '[fill="#dde3e7"]{fill:' in add_dark_ground(svg, IDENTITY)


def test_every_colour_of_a_chart_has_a_rule(edition, tmp_path):
    spec = {"id": "essai", "chapter": "air", "kind": "composition", "finding": "Un constat.",
            "items": ["femmes"], "whole": "agents"}  # fmt: skip
    drawing = charts.draw_chart(edition, spec)
    svg = theme.save_figure(drawing.figure, tmp_path / "a.svg").read_text("utf-8")
    style = re.search(r"<style>@media.*?</style>", svg, re.DOTALL)[0]
    drawn = svg.replace(style, "")
    used = set(re.findall(r"(?:fill|stroke)(?:: |=\")(#[0-9a-f]{6})", drawn))
    assert used == set(re.findall(r"(#[0-9a-f]{6})\"\]", style))


def test_a_program_without_media_queries_draws_the_light_one(edition, tmp_path):
    """Typst, for the PDF: the same picture to the last pixel, with the style sheet and without."""
    spec = {"id": "essai", "chapter": "air", "kind": "composition", "finding": "Un constat.",
            "items": ["femmes"], "whole": "agents"}  # fmt: skip
    drawing = charts.draw_chart(edition, spec)
    svg = theme.save_figure(drawing.figure, tmp_path / "dark.svg").read_text("utf-8")
    plain = re.sub(r"<style>@media.*?</style>", "", svg, flags=re.DOTALL)
    assert plain != svg
    (tmp_path / "plain.svg").write_text(plain, "utf-8")
    pictures = []
    for name in ("dark", "plain"):
        source = tmp_path / f"{name}.typ"
        source.write_text(f'#set page(width: 480pt, height: 130pt)\n#image("{name}.svg")', "utf-8")
        pictures.append(typst.compile(source, format="png", ppi=72))
    assert pictures[0] == pictures[1]

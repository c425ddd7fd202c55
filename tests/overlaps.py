"""Words of a figure that overlap or leave it: what tests of charts and maps refuse."""

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from analysis.show import theme
from analysis.show.charts.text_fitting import _extent


def _ink_box(artist: Text, renderer: RendererAgg) -> Bbox:
    """Where a line's ink may be, in pixels: from its deepest letter to its tallest capital. (The
    font's own line box, which ``get_window_extent`` gives, is a third taller.)"""
    box = artist.get_window_extent(renderer)
    _, baseline = artist.get_transform().transform(artist.get_unitless_position())
    size, dpi = artist.get_fontsize(), artist.figure.dpi
    return Bbox.from_extents(
        box.x0,
        baseline - _extent("gjpqy", size)[2] * dpi,
        box.x1,
        baseline + _extent("ÉÂ", size)[1] * dpi,
    )


def find_overlaps(figure: Figure) -> list[str]:
    """Words that overlap or leave the figure (French sentences)."""
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    texts = [
        artist
        for artist in figure.findobj(Text)
        if artist.get_text().strip() and artist.get_visible()
    ]
    with theme.style():  # letters as wide as those that are saved
        boxes = [(artist.get_text(), _ink_box(artist, renderer)) for artist in texts]
    width, height = canvas.get_width_height()
    problems = [
        f"« {text} » sort de la figure."
        for text, box in boxes
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > width + 0.5 or box.y1 > height + 0.5
    ]
    for index, (text, box) in enumerate(boxes):
        for other, other_box in boxes[index + 1 :]:
            overlap_x = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
            overlap_y = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
            if overlap_x > 1 and overlap_y > 1:
                problems.append(f"« {text} » recouvre « {other} ».")
    return problems

"""A sheet as a picture for the page: the same marks, in the fonts that the browser has."""

from html import escape

from app.printing.layout import CodeMark, LineMark, Mark, TextMark
from app.printing.sheets import Placed, Sheet
from app.printing.type.faces import Weight
from app.touchpoints.qr import modules_path

_FONT = "'Noto Sans', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def draw_sheet(sheet: Sheet) -> str:
    """The sheet in millimetres, on white paper whatever the theme of the page."""
    width, height = sheet.page
    placed = "".join(map(_placed, sheet.placed))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}mm" height="{height:g}mm" font-family="{_FONT}">'
        f'<path fill="#fff" d="M0 0h{width:g}v{height:g}h-{width:g}z"/>{placed}</svg>'
    )


def _placed(placed: Placed) -> str:
    turn = f" rotate(180 {placed.size[0] / 2:g} {placed.size[1] / 2:g})" if placed.is_turned else ""
    marks = "".join(map(_drawn, placed.marks))
    return f'<g transform="translate({placed.across:g} {placed.down:g}){turn}">{marks}</g>'


def _drawn(mark: Mark) -> str:
    match mark:
        case TextMark():
            return _text(mark)
        case CodeMark():
            return _code(mark)
        case LineMark():
            return _line(mark)


def _text(mark: TextMark) -> str:
    weight = ' font-weight="700"' if mark.weight is Weight.BOLD else ""
    return (
        f'<text x="{mark.across:.2f}" y="{mark.down:.2f}" font-size="{mark.size:.3f}"{weight} '
        f'textLength="{mark.width:.2f}" lengthAdjust="spacingAndGlyphs">{escape(mark.text)}</text>'
    )


def _code(mark: CodeMark) -> str:
    scale = mark.side / len(mark.image.rows)
    place = f"translate({mark.across:.3f} {mark.down:.3f}) scale({scale:.5f})"
    return f'<path shape-rendering="crispEdges" transform="{place}" d="{modules_path(mark.image)}"/>'


def _line(mark: LineMark) -> str:
    (x1, y1), (x2, y2) = mark.begin, mark.end
    dashes = ' stroke-dasharray="1 0.7"' if mark.is_dashed else ""
    return f'<path stroke="#000" stroke-width="{mark.thickness:g}"{dashes} d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'

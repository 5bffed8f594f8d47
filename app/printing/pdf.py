"""Sheets as a PDF file. Only here is the library imported: it costs a process 10 MiB, so import this late."""

from functools import cache
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.printing.layout import CodeMark, LineMark, Mark, TextMark
from app.printing.rules import MM
from app.printing.sheets import Placed, Sheet
from app.printing.type.faces import Weight, font_file
from app.touchpoints.qr import runs

rl_config.useA85 = 0  # bytes, not letters: a fifth less
_DASHES = (1 * MM, 0.7 * MM)


class PdfFile:
    """A PDF that grows by sheets. The same sheets make the same bytes."""

    def __init__(self, title: str, language: str) -> None:
        """`title` and `language` stand in the file's description."""
        _register_fonts()
        self._out = BytesIO()
        self._canvas: Any = Canvas(
            self._out,
            invariant=1,
            pageCompression=1,
            initialFontName=Weight.REGULAR.value,
            lang=language,
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Vidhuk")
        self._canvas.setCreator("Vidhuk")
        self._canvas.setSubject("")
        self._canvas.setViewerPreference("PrintScaling", "None")  # a code has to keep its printed side

    def add(self, sheet: Sheet) -> None:
        """One more page."""
        self._canvas.setPageSize((sheet.page[0] * MM, sheet.page[1] * MM))
        for placed in sheet.placed:
            self._place(placed, sheet.page[1])
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The whole file."""
        self._canvas.save()
        return self._out.getvalue()

    def _place(self, placed: Placed, page_height: float) -> None:
        canvas = self._canvas
        width, height = placed.size
        canvas.saveState()
        canvas.translate(placed.across * MM, (page_height - placed.down - height) * MM)
        if placed.is_turned:
            canvas.translate(width * MM, height * MM)
            canvas.rotate(180)
        for mark in placed.marks:
            self._draw(mark, height)
        canvas.restoreState()

    def _draw(self, mark: Mark, height: float) -> None:
        match mark:
            case TextMark():
                self._canvas.setFont(mark.weight.value, mark.size * MM)
                self._canvas.drawString(mark.across * MM, (height - mark.down) * MM, mark.text)
            case CodeMark():
                self._draw_code(mark, height)
            case LineMark():
                self._draw_line(mark, height)

    def _draw_code(self, mark: CodeMark, height: float) -> None:
        """All dark modules as one path, a rectangle for those that lie side by side."""
        canvas, count = self._canvas, len(mark.image.rows)
        canvas.saveState()
        canvas.translate(mark.across * MM, (height - mark.down) * MM)
        canvas.scale(mark.side * MM / count, mark.side * MM / count)
        path = canvas.beginPath()
        for row, modules in enumerate(mark.image.rows):
            for start, length in runs(modules):
                path.rect(start, -row - 1, length, 1)
        canvas.drawPath(path, stroke=0, fill=1)
        canvas.restoreState()

    def _draw_line(self, mark: LineMark, height: float) -> None:
        canvas = self._canvas
        canvas.setLineWidth(mark.thickness * MM)
        canvas.setDash(_DASHES if mark.is_dashed else ())
        (x1, y1), (x2, y2) = mark.begin, mark.end
        canvas.line(x1 * MM, (height - y1) * MM, x2 * MM, (height - y2) * MM)


@cache
def _register_fonts() -> None:
    for weight in Weight:
        registerFont(TTFont(weight.value, BytesIO(font_file(weight))))

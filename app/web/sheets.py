"""Tables that leave as CSV: every cell in quotes, and none that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

import regex
from flask import Response

# As spreadsheets see it: what stands first once blanks and invisible signs are passed.
_FORMULA = regex.compile(r"[\s\u00a0\u200b-\u200f\u2060\ufeff]*[=+\-@|%＝＋－＠｜％]|[\t\r\n]")
_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else


def csv_answer(filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file to save, kept by no cache."""
    answer = Response(_MARK + csv_text(header, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text. Numbers stay numbers; text that begins like a formula gets an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(name) for name in header])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return buffer.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell

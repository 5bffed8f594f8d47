"""From the bytes of a file to rows of cells. Whatever the bytes are, it raises nothing but `BadSheet`."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO

FILE_BYTES = 5 * 1024 * 1024
ROWS_MOST = 20_000
COLUMNS_MOST = 100
SEPARATORS = (";", ",", "\t")
# What a person may choose where the guess is wrong.
ENCODINGS = ("utf-8", "utf-16", "cp1251", "cp1250")

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# A workbook is a zip archive, an old one an OLE file: whatever their names say.
_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

Row = tuple[int, list[str]]


@dataclass
class BadSheet(Exception):
    """A file that cannot be read as a table; `row` is the row at fault as spreadsheets count."""

    code: str
    row: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it stands in the file. Rows are numbered as spreadsheets do: the header is 1."""

    encoding: str
    separator: str
    header: list[str]
    rows: list[Row]


def read_sheet(content: bytes, is_column: Callable[[str], bool], encoding: str = "") -> Sheet:
    """The table in a file; `is_column` tells a heading that is known, by which the separator is found.

    Raises `BadSheet` (``empty``, ``too_big``, ``workbook``, ``bad_encoding``, ``nul``, ``no_header``,
    ``no_rows``, ``many_columns``, ``many_rows``, ``bad_quotes``, ``huge_cell``).
    """
    text, encoding = _decoded(content, encoding)
    separator, text = _separator(text, is_column)
    records = _records(text, separator)
    number, header = next(records, (0, []))
    if not any(is_column(cell) for cell in header):
        raise BadSheet("no_header")
    if len(header) > COLUMNS_MOST:
        raise BadSheet("many_columns", number)
    rows: list[Row] = []
    for record in records:
        if len(rows) == ROWS_MOST:
            raise BadSheet("many_rows", record[0])
        rows.append(record)
    if not rows:
        raise BadSheet("no_rows")
    return Sheet(encoding, separator, header, rows)


def _decoded(content: bytes, encoding: str) -> tuple[str, str]:
    if not content.strip():
        raise BadSheet("empty")
    if len(content) > FILE_BYTES:
        raise BadSheet("too_big")
    if content.startswith(_WORKBOOK_MARKS):
        raise BadSheet("workbook")
    text, encoding = _in(content, encoding) if encoding in ENCODINGS else _guessed(content)
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise BadSheet("nul", _row_at(text, text.index("\0")))
    return text, encoding


def _guessed(content: bytes) -> tuple[str, str]:
    """By its mark; else UTF-8 where all of it is, else the encoding of Windows in Ukraine."""
    if content.startswith(_UTF16_MARKS):
        return _in(content, "utf-16")
    try:
        return _in(content, "utf-8")
    except BadSheet:
        if content.startswith(_UTF8_MARK):
            raise
    return _in(content, "cp1251")


def _in(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, errors="replace")
        raise BadSheet("bad_encoding", _row_at(before, len(before)), encoding) from None


def _row_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _separator(text: str, is_column: Callable[[str], bool]) -> tuple[str, str]:
    """The separator with which the first row names the most columns, and the text that is left to read."""
    first, _break, rest = text.partition("\n")
    if first.strip().lower() in {f"sep={sign}" for sign in SEPARATORS}:
        return first.strip()[-1], rest

    def quality(sign: str) -> tuple[int, int]:
        try:
            _number, cells = next(_records(text, sign), (0, []))
        except BadSheet:
            return (0, 0)
        return sum(map(is_column, cells)), len(cells)

    return max(SEPARATORS, key=quality), text


def _records(text: str, separator: str) -> Iterator[Row]:
    """Rows with their numbers; those without any text are counted and left out."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadSheet("huge_cell" if "limit" in str(error) else "bad_quotes", number) from None
        if any(not cell.isspace() for cell in cells if cell):
            yield number, cells

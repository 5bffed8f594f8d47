"""A file of any sort becomes rows, or one fault that says what to do."""

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stores.imports import reader
from app.stores.imports.columns import HEADINGS, OWN_COLUMNS, Column, find_column, heading, is_heading
from app.stores.imports.reader import ENCODINGS, BadSheet, Sheet, read_sheet

TABLE = "Код;Назва;Регіон\nК-1;Книгарня «Є»;Захід\nК-2;Їжак;Схід\n"
ROWS = [(2, ["К-1", "Книгарня «Є»", "Захід"]), (3, ["К-2", "Їжак", "Схід"])]


def read(content: bytes | str, encoding: str = "") -> Sheet:
    """A table as the product reads it."""
    return read_sheet(content.encode() if isinstance(content, str) else content, is_heading, encoding)


def refused(content: bytes | str, encoding: str = "") -> tuple[str, int]:
    """The code and row of the one fault of a file that cannot be read."""
    with pytest.raises(BadSheet) as refusal:
        read(content, encoding)
    return refusal.value.code, refusal.value.row


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1251", "cp1251"),
    ],
)
def test_the_encoding_is_found(encoding: str, found: str) -> None:
    sheet = read(TABLE.encode(encoding))
    assert (sheet.encoding, sheet.rows) == (found, ROWS)


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_by_its_mark_in_either_order(mark: str) -> None:
    assert read("\ufeff".encode(mark) + TABLE.encode(mark)).rows == ROWS


def test_a_wrong_guess_can_be_overridden() -> None:
    polish = "Kod;Nazwa;Region\nW-1;Żabka Łódź;Łódź\n".encode("cp1250")
    assert read(polish).rows[0][1][1] != "Żabka Łódź"
    assert read(polish, "cp1250").rows[0][1] == ["W-1", "Żabka Łódź", "Łódź"]


def test_an_encoding_that_we_do_not_know_is_guessed() -> None:
    assert read(TABLE, "rot13").encoding == "utf-8"


def test_letters_that_cannot_be_read_are_named_with_their_row() -> None:
    assert refused(b"\xef\xbb\xbf" + "Код\nК-1\n".encode() + b"\xff\xfe") == ("bad_encoding", 3)
    assert refused("Код\nА\n".encode("cp1251"), "utf-8") == ("bad_encoding", 1)
    assert refused(b"Code\nK-1\nK-\x98\n") == ("bad_encoding", 3)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_told_by_the_header(separator: str) -> None:
    sheet = read(TABLE.replace(";", separator))
    assert (sheet.separator, sheet.rows) == (separator, ROWS)


def test_the_separator_may_be_said_as_excel_does() -> None:
    assert read("sep=;\n" + TABLE).rows == ROWS


def test_one_column_needs_no_separator() -> None:
    assert read("Code\nK-1\n").rows == [(2, ["K-1"])]


def test_quotes_keep_separators_and_line_breaks() -> None:
    sheet = read('Code;Name;Hours\r\nK-1;"Nova; ""Central""";"Mon 9-10\nTue 9-10"\r\nK-2;Two;\r\n')
    assert sheet.rows == [
        (2, ["K-1", 'Nova; "Central"', "Mon 9-10\nTue 9-10"]),
        (3, ["K-2", "Two", ""]),
    ]


def test_empty_rows_are_left_out_and_counted() -> None:
    assert read("Code;Name\n\n ; \nK-1;One\n;;\n\n").rows == [(4, ["K-1", "One"])]


def test_old_line_ends_are_line_ends() -> None:
    assert read("Code;Name\rK-1;One\rK-2;Two\r").rows == [(2, ["K-1", "One"]), (3, ["K-2", "Two"])]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", ("empty", 0)),
        (b" \r\n\r\n", ("empty", 0)),
        (b"PK\x03\x04 a workbook whatever its name", ("workbook", 0)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one", ("workbook", 0)),
        (b"C\0o\0d\0e\0\n\0K\0", ("nul", 1)),
        (b"Code;Name\nK-1;O\0ne\n", ("nul", 2)),
        (b"Code;Name\n", ("no_rows", 0)),
        (b"K-1;One;West\nK-2;Two;West\n", ("no_header", 0)),
        (b"\xef\xbb\xbf", ("no_header", 0)),
        (b'Code;Name\nK-1;"One" and more;West\n', ("bad_quotes", 2)),
        (b'Code;Name\nK-1;One\nK-2;"never closed\nK-3;Three\n', ("bad_quotes", 3)),
        (b"Code" + b";" * 100 + b"\nK-1\n", ("many_columns", 1)),
        (b'Code;Name\nK-1;"' + b"x" * 200_000 + b'"\n', ("huge_cell", 2)),
        (b"Code\n" + b"K-1\n" * (reader.ROWS_MOST + 1), ("many_rows", reader.ROWS_MOST + 2)),
        (b"Code\n" + b"x" * reader.FILE_BYTES, ("too_big", 0)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(content: bytes, fault: tuple[str, int]) -> None:
    assert refused(content) == fault


def test_as_many_rows_as_are_allowed_are_read() -> None:
    assert len(read(b"Code\n" + b"K-1\n" * reader.ROWS_MOST).rows) == reader.ROWS_MOST


def test_headings_are_known_in_every_language_and_case() -> None:
    for language, headings in HEADINGS.items():
        for column, texts in headings.items():
            assert {find_column(text.upper()) for text in texts} == {column}, (language, column)
            assert heading(column, language) == texts[0]
    assert find_column(" time_zone: ") is Column.TIME_ZONE
    assert find_column("Пʼятниця") is find_column("п'ятниця") is Column.FRIDAY
    assert find_column("Telephone") is None
    assert find_column("\ud800") is None
    assert all(heading(column, "xx") == heading(column, "en") for column in OWN_COLUMNS)


@given(st.binary(max_size=2_000), st.sampled_from(["", *ENCODINGS, "utf-7"]))
def test_no_bytes_raise_anything_else(content: bytes, encoding: str) -> None:
    with suppress(BadSheet):
        assert read(content, encoding).rows


@given(st.integers(0, 2**32), st.sampled_from(["utf-8", "utf-16", "cp1251"]))
def test_a_damaged_table_raises_nothing_else(seed: int, encoding: str) -> None:
    chance, content = random.Random(seed), bytearray(TABLE.encode(encoding))
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.choice((0, 10, 34, 59, 44, 9, 0xFF, 0x98, 39))
    with suppress(BadSheet):
        assert read(bytes(content)).rows

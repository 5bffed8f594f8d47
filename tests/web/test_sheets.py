"""What leaves as CSV is text to a spreadsheet, never a formula."""

import csv
import io

import pytest

from app.web.sheets import csv_text

HARMFUL = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "|calc",
    "%0",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u200f=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\t=1",
    "\tx",
    "\rx",
    "\nx",
)
HARMLESS = ("", "Nova", "a=b", "№ 1", '"', "2+2 is 4", "Олена", "a\nb", "1,5; 2")


def cells(text: str) -> list[list[str]]:
    """The table as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", HARMFUL)
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert cells(csv_text(["name"], [[cell]]))[1] == [f"'{cell}"]
    assert cells(csv_text([cell], []))[0] == [f"'{cell}"]


@pytest.mark.parametrize("cell", HARMLESS)
def test_other_text_stays_as_it_is(cell: str) -> None:
    assert cells(csv_text(["name"], [[cell]]))[1] == [cell]


def test_numbers_are_numbers() -> None:
    assert cells(csv_text(["n"], [[-5], [0.5], [None]]))[1:] == [["-5"], ["0.5"], [""]]


def test_every_cell_stands_in_quotes() -> None:
    assert csv_text(["a"], [["b", 1]]) == '"a"\r\n"b","1"\r\n'

"""What an import says to people: why a file or a row was refused, and what would change."""

from flask_babel import gettext as _

from app.stores.imports.columns import Column, heading
from app.stores.imports.plan import Change, Fault
from app.stores.imports.reader import COLUMNS_MOST, FILE_BYTES, ROWS_MOST, BadSheet
from app.stores.imports.writer import value_text
from app.stores.words import fault_words, kind_words, reader_language

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1251": "Windows-1251",
    "cp1250": "Windows-1250",
}
SEPARATOR_NAMES = {";": ";", ",": ",", "\t": "TAB"}


def column_name(column: Column) -> str:
    """A column's heading as we write it for this reader."""
    return heading(column, reader_language())


def fault_column(fault: Fault) -> str:
    """The column of a fault: as the file names it, or as we do where the file has none."""
    is_ours = fault.column in set(Column)
    return column_name(Column(fault.column)) if is_ours else fault.column


def sheet_words(refusal: BadSheet) -> str:
    """Why a file cannot be read at all, and what to do."""
    text = _file_texts(refusal).get(refusal.code) or _header_texts(refusal)[refusal.code]
    is_placed = refusal.row > 1 or refusal.code in ("bad_quotes", "huge_cell", "nul", "bad_encoding")
    return _("Row %(row)s: %(fault)s", row=refusal.row, fault=text) if is_placed else text


def row_words(fault: Fault) -> str:
    """Why a row is refused."""
    known = _row_texts(fault) | _value_texts()
    return known.get(fault.code) or fault_words({"": fault.code})


def change_words(change: Change) -> tuple[str, str, str]:
    """A change as the field's name, before and after."""
    before, after = (_value(change.column, value) for value in (change.before, change.after))
    return column_name(change.column), before, after


def _value(column: Column, value: object) -> str:
    if column is Column.CLOSED:
        return _("yes") if value else _("no")
    if column is Column.KIND:
        return kind_words()[str(value)]
    return value_text(column, value, reader_language()) or _("nothing")


def _file_texts(refusal: BadSheet) -> dict[str, str]:
    return {
        "empty": _("The file is empty."),
        "too_big": _("Send a file of at most %(most)s MB.", most=FILE_BYTES // (1024 * 1024)),
        "workbook": _("This is a workbook, not a table of text. Save it as CSV UTF-8 and send that file."),
        "bad_encoding": _(
            "The letters cannot be read as %(name)s.", name=ENCODING_NAMES.get(refusal.detail, "")
        ),
        "nul": _("There is a character that no text has. Save the table as CSV UTF-8 and send that file."),
        "bad_quotes": _("The quotation marks do not fit. Nothing after this row could be read."),
        "huge_cell": _("A cell is too long. Perhaps a quotation mark before it was never closed."),
        "many_rows": _("There are more than %(most)s rows. Send the table in parts.", most=ROWS_MOST),
    }


def _header_texts(refusal: BadSheet) -> dict[str, str]:
    twice = column_name(Column(refusal.detail)) if refusal.code == "repeated_column" else ""
    return {
        "no_header": _("The first row has to name the columns, such as Code, Name, Region."),
        "no_code_column": _("There is no column with the store's code."),
        "repeated_column": _("The column “%(name)s” is there twice.", name=twice),
        "two_hours": _("Give the hours in one column or in seven, not in both."),
        "many_columns": _("There are more than %(most)s columns.", most=COLUMNS_MOST),
        "no_rows": _("There is a header and no store under it."),
    }


def _row_texts(fault: Fault) -> dict[str, str]:
    cells, _slash, wanted = fault.text.partition("/")
    return {
        "header_again": _("The header is repeated here."),
        "ragged": _("The row has %(cells)s cells, the header has %(wanted)s.", cells=cells, wanted=wanted),
        "repeated_code": _("Row %(row)s has the same code.", row=fault.text),
        "no_such_store": _("There is no store with this code."),
        "no_region": _("A new store needs a region."),
        "no_time_zone": _("This country has several time zones. Write which one, such as Europe/Kyiv."),
        "no_currency": _("This country has no single currency. Write which one, such as EUR."),
        "no_survey": _("Make a survey first: touchpoints have nothing to ask."),
    }


def _value_texts() -> dict[str, str]:
    kinds = ", ".join(kind_words().values())
    return {
        "no_name": _("A new store needs a name."),
        "unknown_kind": _("Write one of: %(kinds)s.", kinds=kinds.lower()),
        "unknown_country": _("Write the country's code, such as UA."),
        "unknown_currency": _("Write the currency's code, such as UAH."),
        "unknown_zone": _("Write a time zone such as Europe/Kyiv."),
        "unknown_language": _("Write codes of languages that shoppers may answer in, such as uk, en."),
        "many_points": _("Use at most 50 touchpoints."),
        "yes_or_no": _("Write yes or no."),
    }

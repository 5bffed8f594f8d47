"""What a table would change: every row is new, changed, the same, or refused with its reasons. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.errors import Invalid
from app.stores import places
from app.stores.imports.cells import read_cell
from app.stores.imports.columns import NEEDED_COLUMNS, Column, find_column
from app.stores.imports.reader import BadSheet, Row, Sheet
from app.stores.weeks import DAYS
from app.text import clean_line, first_graphemes, search_form

_SHOWN_GRAPHEMES = 60
_INVISIBLE = " \u200b\u2060\ufeff"
# What a new store is where neither its row nor its country says it.
_PLAIN = {Column.KIND: "shop", Column.COUNTRY: "UA", Column.ADDRESS: "", Column.LABELS: [], Column.HOURS: {}}


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: the heading of its column as it stands in the file, a code, what was written."""

    row: int
    column: str
    code: str
    text: str = ""

    @property
    def is_quoted(self) -> bool:
        """Whether `text` is what the cell holds, and not what the words need."""
        return bool(self.text) and self.code not in ("ragged", "repeated_code", "no_time_zone", "no_currency")


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    column: Column
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Known:
    """A store as it is: its fields by column, and the names of its touchpoints, closed ones too."""

    id: UUID
    values: Mapping[Column, Any]
    points: Collection[str] = ()
    is_in_scope: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """What an organisation has before the import: stores by folded code, names of regions."""

    stores: Mapping[str, Known]
    regions: Sequence[str]
    languages: Collection[str]
    may_create: bool = True
    has_survey: bool = True


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row with what it would do. `values` are all fields of a new store, `changes` those of a known one."""

    row: int
    code: str
    name: str
    outcome: Outcome
    store_id: UUID | None = None
    values: Mapping[Column, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    points: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do. `mark` differs as soon as anything in it does."""

    sheet: Sheet
    rows: list[PlannedRow]
    unknown: list[str]
    missing: list[Column]
    new_regions: list[str]

    def of(self, *outcomes: Outcome) -> list[PlannedRow]:
        """The rows with one of these outcomes."""
        return [row for row in self.rows if row.outcome in outcomes]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows have each outcome."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def point_count(self) -> int:
        """How many touchpoints would be made."""
        return sum(len(row.points) for row in self.rows)

    @property
    def faults(self) -> list[Fault]:
        """Every reason of every refused row."""
        return [fault for row in self.rows for fault in row.faults]

    @property
    def mark(self) -> str:
        """A digest of what would happen, and of what it would happen to."""
        told = [
            [row.row, row.outcome, row.code, sorted(row.values.items()), _told(row), row.points]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps([told, self.new_regions], default=str).encode()).hexdigest()


def plan_import(sheet: Sheet, chain: Chain) -> Plan:
    """What the sheet would change in the chain; raises `BadSheet` for a header that cannot be followed."""
    columns = [find_column(text) for text in sheet.header]
    _check_header(columns)
    reader = _Reader(sheet, columns, chain)
    rows = [reader.plan(row) for row in sheet.rows]
    unknown = [_shown(text) for text, column in zip(sheet.header, columns, strict=True) if column is None]
    return Plan(
        sheet=sheet,
        rows=rows,
        unknown=[text for text in unknown if text],
        missing=[column for column in NEEDED_COLUMNS if column not in columns],
        new_regions=reader.new_regions,
    )


def _check_header(columns: Sequence[Column | None]) -> None:
    known = [column for column in columns if column]
    if Column.CODE not in known:
        raise BadSheet("no_code_column", 1)
    if len(known) != len(set(known)):
        twice = next(column for column in known if known.count(column) > 1)
        raise BadSheet("repeated_column", 1, twice)
    if Column.HOURS in known and set(DAYS) & set(known):
        raise BadSheet("two_hours", 1)


class _Reader:
    """Reads row after row, and remembers codes and regions that it has met."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column | None], chain: Chain) -> None:
        self._header = sheet.header
        self._columns = columns
        self._chain = chain
        self._regions = {search_form(name): name for name in chain.regions}
        self._seen: dict[str, int] = {}
        self._read: dict[tuple[Column, str], Any] = {}
        self.new_regions: list[str] = []

    def plan(self, row: Row) -> PlannedRow:
        """What becomes of a row."""
        number, cells = row
        faults: list[Fault] = []
        if not self._has_shape(number, cells, faults):
            return self._refused(number, cells, faults)
        values = self._values(number, cells, faults)
        code = values.pop(Column.CODE, None)
        if code is None:
            return self._refused(number, cells, faults)
        known = self._chain.stores.get(search_form(code))
        self._check_code(number, code, known, faults)
        if known is None:
            self._complete(number, values, faults)
        if values.get(Column.POINTS) and not self._chain.has_survey:
            faults.append(Fault(number, self._heading(Column.POINTS), "no_survey"))
        if faults:
            return self._refused(number, cells, faults)
        self._settle_region(values)
        return _changed(number, values, known) if known else _new(number, code, values)

    def _has_shape(self, number: int, cells: list[str], faults: list[Fault]) -> bool:
        if cells == self._header:
            faults.append(Fault(number, "", "header_again"))
        elif len(cells) != len(self._header):
            faults.append(Fault(number, "", "ragged", f"{len(cells)}/{len(self._header)}"))
        return not faults

    def _values(self, number: int, cells: list[str], faults: list[Fault]) -> dict[Column, Any]:
        """What the cells say, by column; those that are empty or refused say nothing."""
        values: dict[Column, Any] = {}
        for heading, column, cell in zip(self._header, self._columns, cells, strict=True):
            if column is None or not cell.strip().strip(_INVISIBLE):
                continue
            try:
                values[column] = self._meaning(column, cell)
            except Invalid as refusal:
                faults.append(_fault(number, heading, cell, refusal))
        if Column.CODE not in values and not any(find_column(f.column) is Column.CODE for f in faults):
            faults.append(Fault(number, self._heading(Column.CODE), "no_code"))
        return values

    def _meaning(self, column: Column, cell: str) -> Any:
        """What a cell says; most cells of a column say the same as one before."""
        key = (column, cell)
        if key not in self._read:
            self._read[key] = read_cell(column, cell, self._chain.languages)
        return self._read[key]

    def _check_code(self, number: int, code: str, known: Known | None, faults: list[Fault]) -> None:
        heading = self._heading(Column.CODE)
        first = self._seen.setdefault(search_form(code), number)
        if first != number:
            faults.append(Fault(number, heading, "repeated_code", str(first)))
        if not (known.is_in_scope if known else self._chain.may_create):
            faults.append(Fault(number, heading, "no_such_store", code))

    def _complete(self, number: int, values: dict[Column, Any], faults: list[Fault]) -> None:
        """What a new store needs: a name, a region, and what its country does not tell: clock, currency."""
        refused = {find_column(fault.column) for fault in faults}
        faults += [
            Fault(number, self._heading(column), f"no_{column}")
            for column in (Column.NAME, Column.REGION)
            if column not in values and column not in refused
        ]
        country = values.get(Column.COUNTRY, _PLAIN[Column.COUNTRY])
        own = {Column.TIME_ZONE: places.time_zone_of(country), Column.CURRENCY: places.currency_of(country)}
        for column, value in own.items():
            if value:
                values.setdefault(column, value)
            elif column not in values and column not in refused:
                faults.append(Fault(number, self._heading(column), f"no_{column}", country))

    def _settle_region(self, values: dict[Column, Any]) -> None:
        """The region as it is spelt already; a new one is spelt as in its first row."""
        name = values.get(Column.REGION)
        if name is None:
            return
        if search_form(name) not in self._regions:
            self._regions[search_form(name)] = name
            self.new_regions.append(name)
        values[Column.REGION] = self._regions[search_form(name)]

    def _heading(self, column: Column) -> str:
        """The column's heading in this file, or our word for a column that it has not."""
        return self._header[self._columns.index(column)] if column in self._columns else column

    def _refused(self, number: int, cells: list[str], faults: list[Fault]) -> PlannedRow:
        texts = dict(zip(self._columns, cells, strict=False))
        code, name = (_shown(texts.get(column, "")) for column in (Column.CODE, Column.NAME))
        return PlannedRow(number, code, name, Outcome.REFUSED, faults=tuple(faults))


def _new(number: int, code: str, values: dict[Column, Any]) -> PlannedRow:
    points = tuple(values.pop(Column.POINTS, ()))
    whole = {**_PLAIN, **values, Column.HOURS: _hours(values, {})}
    whole = {column: value for column, value in whole.items() if column not in DAYS}
    return PlannedRow(number, code, values[Column.NAME], Outcome.NEW, values=whole, points=points)


def _changed(number: int, values: dict[Column, Any], known: Known) -> PlannedRow:
    has = {search_form(name) for name in known.points}
    points = tuple(name for name in values.pop(Column.POINTS, ()) if search_form(name) not in has)
    if Column.HOURS in values or set(DAYS) & set(values):
        values[Column.HOURS] = _hours(values, known.values[Column.HOURS])
    changes = tuple(
        Change(column, known.values[column], value)
        for column, value in values.items()
        if column not in DAYS and value != known.values[column]
    )
    return PlannedRow(
        row=number,
        code=known.values[Column.CODE],
        name=known.values[Column.NAME],
        outcome=Outcome.CHANGED if changes or points else Outcome.SAME,
        store_id=known.id,
        changes=changes,
        points=points,
    )


def _hours(values: Mapping[Column, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The hours of the week: as one cell says, or those that were, with the days that have cells."""
    days = {str(column): value for column, value in values.items() if column in DAYS}
    week = {**values.get(Column.HOURS, before), **days}
    return {day: hours for day, hours in sorted(week.items()) if hours}


def _fault(number: int, heading: str, cell: str, refusal: Invalid) -> Fault:
    code = next(code for name, code in refusal.faults.items() if name != "line")
    return Fault(number, heading, code, _shown(refusal.faults.get("line", cell)))


def _shown(text: str) -> str:
    """A cell short enough to stand in a report."""
    try:
        return first_graphemes(clean_line(text[: _SHOWN_GRAPHEMES * 4]), _SHOWN_GRAPHEMES)
    except Invalid:
        return ""


def _told(row: PlannedRow) -> list[list[Any]]:
    changes = [[change.column, change.before, change.after] for change in row.changes]
    return changes + [[fault.column, fault.code, fault.text] for fault in row.faults]

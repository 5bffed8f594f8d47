"""How the points of a variable font move with its weight (the tables ``fvar``, ``avar`` and ``gvar``)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.printing.type.outlines import Outline, Point
from app.printing.type.sfnt import Tables

_SHARED_POINTS, _COUNT = 0x8000, 0x0FFF
_OWN_PEAK, _BETWEEN, _OWN_POINTS, _NUMBER = 0x8000, 0x4000, 0x2000, 0x0FFF
_ZEROS, _RUN_WORDS = 0x80, 0x40
_PHANTOMS = 4  # points beside the outline: where the glyph begins and ends, across and down

Moves = list[Point]


@dataclass(frozen=True, slots=True)
class Variations:
    """The moves of every glyph at one place of the axes, `place` being between -1 and 1 on each."""

    table: bytes
    place: tuple[float, ...]
    starts: tuple[int, ...]
    shared: tuple[tuple[float, ...], ...]

    def moves(self, glyph: int, outline: Outline) -> Moves:
        """How far each point moves, and after them the four phantom points."""
        count = len(outline.points) + _PHANTOMS
        total: Moves = [(0.0, 0.0)] * count
        data = self.table[self.starts[glyph] : self.starts[glyph + 1]]
        for weight, points, across, down in self._tuples(data, count):
            moved = dict(zip(points, zip(across, down, strict=True), strict=True))
            whole = moved if len(moved) == count else _inferred(outline, moved)
            total = [
                (x + weight * step[0], y + weight * step[1])
                for (x, y), step in zip(total, (whole.get(n, (0, 0)) for n in range(count)), strict=True)
            ]
        return total

    def _tuples(self, data: bytes, count: int) -> Iterator[tuple[float, Sequence[int], list[int], list[int]]]:
        """Each set of moves that counts here: how much, which points, and how far across and down."""
        if not data:
            return
        packed, at = struct.unpack_from(">2H", data)
        header = 4
        everyone: Sequence[int] = range(count)
        if packed & _SHARED_POINTS:
            everyone, at = _read_points(data, at, count)
        for _ in range(packed & _COUNT):
            size, flags = struct.unpack_from(">2H", data, header)
            weight, header = self._weight(data, header + 4, flags)
            if weight:
                points, start = _read_points(data, at, count) if flags & _OWN_POINTS else (everyone, at)
                across, start = _read_moves(data, start, len(points))
                down, start = _read_moves(data, start, len(points))
                yield weight, points, across, down
            at += size

    def _weight(self, data: bytes, at: int, flags: int) -> tuple[float, int]:
        """How much a set of moves counts at our place, and where the next header begins."""
        axes = len(self.place)
        peak: tuple[float, ...]
        if flags & _OWN_PEAK:
            peak, at = _coordinates(data, at, axes), at + 2 * axes
        else:
            peak = self.shared[flags & _NUMBER]
        first, last = tuple(min(0.0, x) for x in peak), tuple(max(0.0, x) for x in peak)
        if flags & _BETWEEN:
            first, last = _coordinates(data, at, axes), _coordinates(data, at + 2 * axes, axes)
            at += 4 * axes
        weight = 1.0
        for axis, here in enumerate(self.place):
            weight *= _share(here, first[axis], peak[axis], last[axis])
        return weight, at


def variations(tables: Tables, weight: float) -> Variations:
    """The variations of a font at that weight (400 is regular, 700 bold), its other axes as they are."""
    table = tables["gvar"]
    axes, shared_count, shared_at, glyphs, flags, data_at = struct.unpack_from(">2HL2HL", table, 4)
    shape = f">{glyphs + 1}{'L' if flags & 1 else 'H'}"
    factor = 1 if flags & 1 else 2
    starts = tuple(data_at + factor * start for start in struct.unpack_from(shape, table, 20))
    shared = tuple(_coordinates(table, shared_at + 2 * axes * n, axes) for n in range(shared_count))
    return Variations(table, _place(tables, weight), starts, shared)


def _place(tables: Tables, weight: float) -> tuple[float, ...]:
    """The weight on the scale of its axis, from -1 over 0 (the font as it is) to 1; 0 on the others."""
    table = tables["fvar"]
    at, _reserved, count, size = struct.unpack_from(">4H", table, 4)
    bends = _bends(tables.get("avar", b""), count)
    place = []
    for number in range(count):
        tag, least, usual, most = struct.unpack_from(">4s3l", table, at + size * number)
        wish = (weight if tag == b"wght" else usual / 65536) * 65536
        span = most - usual if wish > usual else usual - least
        place.append(_bent((wish - usual) / span if span else 0.0, bends[number]))
    return tuple(place)


def _bends(table: bytes, count: int) -> list[list[Point]]:
    if not table:
        return [[]] * count
    at, found = 8, []
    for _ in range(count):
        pairs = int.from_bytes(table[at : at + 2], "big")
        values = _coordinates(table, at + 2, 2 * pairs)
        found.append(list(zip(values[::2], values[1::2], strict=True)))
        at += 2 + 4 * pairs
    return found


def _bent(value: float, bends: list[Point]) -> float:
    """The value on the bent scale of ``avar``."""
    for (before, low), (after, high) in pairwise(bends):
        if before <= value <= after:
            return low + (high - low) * (value - before) / (after - before)
    return value


def _share(here: float, first: float, peak: float, last: float) -> float:
    """How much moves meant for `peak` count at `here`: all of them there, none at both ends."""
    if not peak or here == peak:
        return 1.0
    if not first < here < last:
        return 0.0
    return (here - first) / (peak - first) if here < peak else (last - here) / (last - peak)


def _coordinates(data: bytes, at: int, count: int) -> tuple[float, ...]:
    return tuple(value / 16384 for value in struct.unpack_from(f">{count}h", data, at))


def _read_points(data: bytes, at: int, count: int) -> tuple[Sequence[int], int]:
    """Numbers of points in runs of steps; none at all means every point."""
    total, at = data[at], at + 1
    if total & 0x80:
        total, at = (total & 0x7F) << 8 | data[at], at + 1
    if not total:
        return range(count), at
    points: list[int] = []
    number = 0
    while len(points) < total:
        size, width = (data[at] & 0x7F) + 1, 2 if data[at] & 0x80 else 1
        for step in range(at + 1, at + 1 + size * width, width):
            number += int.from_bytes(data[step : step + width], "big")
            points.append(number)
        at += 1 + size * width
    return points, at


def _read_moves(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    moves: list[int] = []
    while len(moves) < count:
        control, size = data[at], (data[at] & 0x3F) + 1
        at += 1
        if control & _ZEROS:
            moves += [0] * size
            continue
        shape = f">{size}{'h' if control & _RUN_WORDS else 'b'}"
        moves += struct.unpack_from(shape, data, at)
        at += struct.calcsize(shape)
    return moves, at


def _inferred(outline: Outline, moved: dict[int, tuple[int, int]]) -> dict[int, Point]:
    """The moves of points between those that are told to move, contour by contour."""
    whole: dict[int, Point] = dict(moved)
    first = 0
    for end in outline.ends:
        told = [number for number in range(first, end + 1) if number in moved]
        for before, after in zip(told, [*told[1:], *told[:1]], strict=True):
            for number in _between(before, after, first, end):
                whole[number] = _pulled(outline.points, moved, (before, number, after))
        first = end + 1
    return whole


def _between(before: int, after: int, first: int, end: int) -> list[int]:
    """The points after one and before another, around the contour."""
    if before < after:
        return list(range(before + 1, after))
    return [*range(before + 1, end + 1), *range(first, after)]


def _pulled(points: list[Point], moved: dict[int, tuple[int, int]], three: tuple[int, int, int]) -> Point:
    before, number, after = three
    across, down = (
        _pull(
            points[number][axis],
            (points[before][axis], moved[before][axis]),
            (points[after][axis], moved[after][axis]),
        )
        for axis in (0, 1)
    )
    return across, down


def _pull(value: float, one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far a coordinate goes with its two neighbours (OpenType: inferred deltas)."""
    (low, low_move), (high, high_move) = sorted((one, other))
    if low == high:
        return low_move if low_move == high_move else 0.0
    if value <= low:
        return low_move
    if value >= high:
        return high_move
    return low_move + (high_move - low_move) * (value - low) / (high - low)

"""Glyphs of a ``glyf`` table as points and parts that can be moved, and back again."""

import struct
from dataclasses import dataclass

ON_CURVE = 0x01
_X_SHORT, _Y_SHORT, _REPEAT, _X_SAME, _Y_SAME, _OVERLAP = 0x02, 0x04, 0x08, 0x10, 0x20, 0x40
_WORDS, _ARE_OFFSETS, _SCALE, _MORE, _SCALES, _MATRIX = 0x0001, 0x0002, 0x0008, 0x0020, 0x0040, 0x0080
_INSTRUCTIONS = 0x0100

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """Another glyph inside this one, and how it is transformed."""

    flags: int
    glyph: int
    transform: bytes


@dataclass(frozen=True, slots=True)
class Outline:
    """A glyph: its contours' last points and all points with their flags, or the parts that it is made of.

    For parts the points are their offsets. `box` is xMin, yMin, xMax, yMax as the file says.
    """

    box: tuple[int, int, int, int]
    points: list[Point]
    ends: tuple[int, ...] = ()
    flags: bytes = b""
    parts: tuple[Part, ...] = ()


def read_outline(data: bytes) -> Outline:
    """The glyph that these bytes describe."""
    contours, *box = struct.unpack_from(">5h", data)
    corners = (box[0], box[1], box[2], box[3])
    return _read_parts(data, corners) if contours < 0 else _read_contours(data, contours, corners)


def write_outline(outline: Outline) -> bytes:
    """The bytes of a glyph, without hints; every coordinate in two bytes."""
    rounded = [(round(x), round(y)) for x, y in outline.points]
    body = _parts(outline, rounded) if outline.parts else _contours(outline, rounded)
    box = outline.box if outline.parts or not rounded else _box(rounded)
    count = -1 if outline.parts else len(outline.ends)
    glyph = struct.pack(">5h", count, *box) + body
    return glyph + bytes(-len(glyph) % 4)


def _read_contours(data: bytes, contours: int, box: tuple[int, int, int, int]) -> Outline:
    ends = struct.unpack_from(f">{contours}H", data, 10)
    at = 10 + 2 * contours
    at += 2 + int.from_bytes(data[at : at + 2], "big")
    flags, at = _read_flags(data, at, ends[-1] + 1 if ends else 0)
    across, at = _read_axis(data, at, flags, (_X_SHORT, _X_SAME))
    down, at = _read_axis(data, at, flags, (_Y_SHORT, _Y_SAME))
    return Outline(box, list(zip(across, down, strict=True)), ends, flags)


def _read_flags(data: bytes, at: int, count: int) -> tuple[bytes, int]:
    flags = bytearray()
    while len(flags) < count:
        flag = data[at]
        times = 1 + (data[at + 1] if flag & _REPEAT else 0)
        flags += bytes([flag]) * times
        at += 2 if flag & _REPEAT else 1
    return bytes(flags), at


def _read_axis(data: bytes, at: int, flags: bytes, marks: tuple[int, int]) -> tuple[list[float], int]:
    """One coordinate of every point: steps of a byte with a sign, of two bytes, or none."""
    short, same = marks
    found, value = [], 0
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += int.from_bytes(data[at : at + 2], "big", signed=True)
            at += 2
        found.append(float(value))
    return found, at


def _read_parts(data: bytes, box: tuple[int, int, int, int]) -> Outline:
    at, flags = 10, _MORE
    parts: list[Part] = []
    points: list[Point] = []
    while flags & _MORE:
        flags, glyph = struct.unpack_from(">2H", data, at)
        if not flags & _ARE_OFFSETS:
            raise ValueError("a part that is placed by points cannot be moved")
        shape = ">2h" if flags & _WORDS else ">2b"
        points.append(struct.unpack_from(shape, data, at + 4))
        at += 4 + struct.calcsize(shape)
        size = 2 if flags & _SCALE else 4 if flags & _SCALES else 8 if flags & _MATRIX else 0
        parts.append(Part(flags, glyph, data[at : at + size]))
        at += size
    return Outline(box, points, parts=tuple(parts))


def _contours(outline: Outline, points: list[tuple[int, int]]) -> bytes:
    flags = bytes(flag & (ON_CURVE | _OVERLAP) for flag in outline.flags)
    steps = b""
    for axis in (0, 1):
        values = [point[axis] for point in points]
        moves = [value - before for before, value in zip([0, *values], values, strict=False)]
        steps += struct.pack(f">{len(moves)}h", *moves)
    return struct.pack(f">{len(outline.ends)}H", *outline.ends) + bytes(2) + flags + steps


def _parts(outline: Outline, offsets: list[tuple[int, int]]) -> bytes:
    body = b""
    for part, offset in zip(outline.parts, offsets, strict=True):
        flags = (part.flags | _WORDS) & ~_INSTRUCTIONS
        body += struct.pack(">2H2h", flags, part.glyph, *offset) + part.transform
    return body


def _box(points: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)

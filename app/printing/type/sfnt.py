"""Reading and writing the tables of a TrueType font file (OpenType specification 1.9)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

Tables = Mapping[str, bytes]
_MAGIC = b"\x00\x01\x00\x00"
_CHECKSUM_OF_FILE = 0xB1B0AFBA


def read_tables(data: bytes) -> dict[str, bytes]:
    """The tables of a font file by their four-letter names."""
    found = {}
    for number in range(_ushort(data, 4)):
        tag, _sum, start, length = struct.unpack_from(">4s3L", data, 12 + 16 * number)
        found[tag.decode("ascii")] = data[start : start + length]
    return found


def write_tables(tables: Tables) -> bytes:
    """A font file of these tables, with its checksums."""
    tables = {**tables, "head": tables["head"][:8] + bytes(4) + tables["head"][12:]}
    start = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, table in sorted(tables.items()):
        place = start + len(body)
        directory += struct.pack(">4s3L", tag.encode("ascii"), _checksum(table), place, len(table))
        body += table + bytes(-len(table) % 4)
    whole = _MAGIC + struct.pack(">4H", len(tables), *_search_range(len(tables))) + directory + body
    head = struct.unpack_from(">L", whole, 12 + 16 * sorted(tables).index("head") + 8)[0]
    adjustment = (_CHECKSUM_OF_FILE - _checksum(whole)) & 0xFFFFFFFF
    return whole[: head + 8] + struct.pack(">L", adjustment) + whole[head + 12 :]


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a font says of its glyphs: their numbers by character, and their widths in `units` of an em."""

    units: int
    glyphs: Mapping[int, int]
    advances: tuple[int, ...]

    def advance(self, glyph: int) -> int:
        """The width of a glyph; the last one of the list stands for all that follow."""
        return self.advances[min(glyph, len(self.advances) - 1)]


def metrics(tables: Tables) -> Metrics:
    """The metrics of a font."""
    count = _ushort(tables["hhea"], 34)
    advances = struct.unpack_from(">" + "Hh" * count, tables["hmtx"])[::2]
    return Metrics(_ushort(tables["head"], 18), _characters(tables["cmap"]), advances)


def glyph_places(tables: Tables) -> tuple[int, ...]:
    """Where each glyph begins in ``glyf``; the next one's beginning is its end."""
    count = _ushort(tables["maxp"], 4) + 1
    if _ushort(tables["head"], 50):
        return struct.unpack_from(f">{count}L", tables["loca"])
    return tuple(2 * half for half in struct.unpack_from(f">{count}H", tables["loca"]))


def character_table(glyphs: Mapping[int, int]) -> bytes:
    """A ``cmap`` that knows these characters (subtable format 12)."""
    groups = b"".join(struct.pack(">3L", code, code, glyph) for code, glyph in sorted(glyphs.items()))
    subtable = struct.pack(">2H3L", 12, 0, 16 + len(groups), 0, len(groups) // 12) + groups
    return struct.pack(">4HL", 0, 1, 3, 10, 12) + subtable


def name_table(names: Mapping[int, str]) -> bytes:
    """A ``name`` table with these names by their numbers, in English."""
    texts = {number: name.encode("utf-16-be") for number, name in sorted(names.items())}
    records, strings = b"", b""
    for number, text in texts.items():
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), len(strings))
        strings += text
    return struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + strings


def _characters(table: bytes) -> dict[int, int]:
    """Glyph numbers by character, of the subtable that knows all planes."""
    for number in range(_ushort(table, 2)):
        start = struct.unpack_from(">L", table, 8 + 8 * number)[0]
        if _ushort(table, start) == 12:
            return _groups(table, start)
    raise ValueError("the font has no cmap of format 12")


def _groups(table: bytes, start: int) -> dict[int, int]:
    found = {}
    for number in range(struct.unpack_from(">L", table, start + 12)[0]):
        first, last, glyph = struct.unpack_from(">3L", table, start + 16 + 12 * number)
        found.update({code: glyph + code - first for code in range(first, last + 1)})
    return found


def _search_range(count: int) -> tuple[int, int, int]:
    power = count.bit_length() - 1
    return 16 << power, power, 16 * count - (16 << power)


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF


def _ushort(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")

"""A bold font out of the variable one: the library that writes PDF takes fonts of one weight only."""

import struct
from collections.abc import Iterable
from dataclasses import replace

from app.printing.type.outlines import Outline, read_outline, write_outline
from app.printing.type.sfnt import (
    Tables,
    character_table,
    glyph_places,
    metrics,
    name_table,
    read_tables,
    write_tables,
)
from app.printing.type.variation import Variations, variations

BOLD = 700
_COPIED = ("OS/2", "hhea", "maxp", "post")


def embolden(data: bytes, characters: Iterable[str], name: str) -> bytes:
    """A font file with the bold shapes of these characters, as far as the variable font has them.

    Glyphs keep their numbers; those that are not needed are empty.
    """
    tables = read_tables(data)
    known = metrics(tables).glyphs
    glyphs = {code: known[code] for code in sorted(set(map(ord, characters))) if code in known}
    press = _Press(tables, variations(tables, BOLD))
    for glyph in (0, *glyphs.values()):
        press.take(glyph)
    copied = {tag: tables[tag] for tag in _COPIED}
    return write_tables(
        {
            **copied,
            **press.tables(),
            "cmap": character_table(glyphs),
            "name": name_table({1: name, 2: "Bold", 4: name, 6: name}),
        }
    )


class _Press:
    """The glyphs that were taken, in their new weight."""

    def __init__(self, tables: Tables, moves: Variations) -> None:
        self._tables = tables
        self._variations = moves
        self._places = glyph_places(tables)
        self._widths = metrics(tables)
        self._made: dict[int, bytes] = {}
        self._spaces: dict[int, tuple[int, int]] = {}

    def take(self, glyph: int) -> None:
        """Make a glyph, and those that it is made of."""
        if glyph in self._spaces:
            return
        data = self._tables["glyf"][self._places[glyph] : self._places[glyph + 1]]
        outline = read_outline(data) if data else Outline((0, 0, 0, 0), [])
        moves = self._variations.moves(glyph, outline)
        *steps, left, right, _top, _bottom = moves
        points = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(outline.points, steps, strict=True)]
        made = write_outline(replace(outline, points=points)) if data else b""
        self._made[glyph] = made
        # Readers shift a glyph by the difference between its bearing and its box: there shall be none.
        bearing = struct.unpack_from(">h", made, 2)[0] if made else 0
        self._spaces[glyph] = (round(self._widths.advance(glyph) + right[0] - left[0]), bearing)
        for part in outline.parts:
            self.take(part.glyph)

    def tables(self) -> dict[str, bytes]:
        """The tables that hold outlines and widths."""
        count = len(self._places) - 1
        outlines = [self._made.get(glyph, b"") for glyph in range(count)]
        places, at = [0], 0
        for outline in outlines:
            at += len(outline)
            places.append(at)
        spaces = [self._spaces.get(glyph, (0, 0)) for glyph in range(count)]
        head = self._tables["head"]
        return {
            "glyf": b"".join(outlines),
            "loca": struct.pack(f">{count + 1}L", *places),
            "hmtx": b"".join(struct.pack(">Hh", *space) for space in spaces),
            "hhea": self._tables["hhea"][:34] + struct.pack(">H", count),
            "head": head[:50] + struct.pack(">h", 1) + head[52:],
        }

"""The linear part of a model: which letter and word sequences a comment holds, weighed by small tables.

A comment is the set of its sequences of 2 to 5 letters and of 1 to 2 words, each hashed into a bucket.
Feature hashing: Weinberger et al. 2009. A table has one row of 8-bit weights for each bucket, and a mark:
what lands in a bucket but is not what the bucket is for is told by it in all but one of 255 cases, and does
not count. The sum of a comment's rows over the square root of their number is its score. All of it is a few
array operations for a whole batch, without a loop over letters.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from worker.heads import ModelUnavailable

FILE = "ngrams.npz"
LETTERS = (2, 3, 4, 5)
LONGEST = 4_000  # signs of a comment that are looked at; what is left out of a longer one is its end

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = 0xD6E8FEB86659FD93
_WORD_SALT, _PAIR_SALT = 101, 211  # so that sequences of other kinds land elsewhere; letters add their number
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ`´", "'"))
_STEPS = 63
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hashed:
    """The sequences of some comments: the hashes of one after another, and how many each comment has."""

    hashes: Any
    counts: Any


@dataclass(frozen=True, slots=True)
class Table:
    """Weights of some outputs.

    `marks` of (buckets) says which sequence each bucket is for, 0 for none; `weights` of (buckets, outputs)
    in 8 bits; `scale` and `bias` of (outputs).
    """

    outputs: tuple[str, ...]
    marks: Any
    weights: Any
    scale: Any
    bias: Any

    def score(self, comments: Hashed) -> Any:
        """The outputs' scores of each comment: an array of (comments, outputs)."""
        import numpy as np

        known, buckets = known_in(comments.hashes, self.marks)
        ends = np.searchsorted(known, np.cumsum(comments.counts))
        starts = np.concatenate([[0], ends[:-1]])
        sizes = (ends - starts)[:, np.newaxis]
        # One row more, of noughts: there begins a last comment without a known sequence.
        rows = np.zeros((len(known) + 1, len(self.outputs)), dtype=self.weights.dtype)
        self.weights.take(buckets, axis=0, out=rows[:-1], mode="clip")
        total = np.where(sizes, np.add.reduceat(rows, starts, axis=0, dtype=np.int32), 0)
        return total * self.scale / np.sqrt(np.maximum(1, sizes)) + self.bias


def hashed(texts: Sequence[str]) -> Hashed:
    """The sequences of comments, of one at least; tens of them take little memory and thousands much."""
    import numpy as np

    found = [hashes_of(text) for text in texts]
    return Hashed(np.concatenate(found), np.array([len(hashes) for hashes in found]))


def hashes_of(text: str) -> Any:
    """The 64-bit hashes of a comment's sequences, each once, in no order that means anything."""
    import numpy as np

    plain = f" {_SPACES.sub(' ', text.lower().translate(_APOSTROPHES)).strip()[:LONGEST]} "
    signs = np.frombuffer(plain.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    powers, inverses = _powers()
    sums = np.zeros(len(signs) + 1, dtype=np.uint64)
    np.cumsum(signs * powers[: len(signs)], out=sums[1:])
    found = [
        (sums[size:] - sums[:-size]) * inverses[: len(signs) + 1 - size] + np.uint64(size)
        for size in LETTERS
        if len(signs) >= size
    ]
    spans = np.array([match.span() for match in _WORDS.finditer(plain)], dtype=np.int64).reshape(-1, 2)
    words = (sums[spans[:, 1]] - sums[spans[:, 0]]) * inverses[spans[:, 0]]
    found.append(words + np.uint64(_WORD_SALT))
    found.append(words[:-1] * np.uint64(_MIX) + words[1:] + np.uint64(_PAIR_SALT))
    return np.unique(_mixed(np.concatenate(found)))


def known_in(hashes: Any, marks: Any) -> tuple[Any, Any]:
    """Which of the hashes a table with these marks knows, by their places, and the bucket of each."""
    import numpy as np

    buckets = buckets_of(hashes, len(marks))
    places = np.flatnonzero(marks.take(buckets) == marks_of(hashes))
    return places, buckets[places]


def buckets_of(hashes: Any, count: int) -> Any:
    """The bucket of each hash in a table of `count` rows, a power of two: its highest bits."""
    import numpy as np

    return (hashes >> np.uint64(65 - count.bit_length())).astype(np.int64)


def marks_of(hashes: Any) -> Any:
    """The mark of each hash: its lowest bits, never 0."""
    import numpy as np

    return ((hashes & np.uint64(0xFFFF)) % np.uint64(255) + np.uint64(1)).astype(np.uint8)


def _mixed(values: Any) -> Any:
    """Hashes whose high bits depend on every bit of the values."""
    import numpy as np

    mixed = values * np.uint64(_MIX)
    return (mixed ^ (mixed >> np.uint64(32))) * np.uint64(_BASE)


@cache
def _powers() -> tuple[Any, Any]:
    """The powers of the base and of its inverse, modulo 2**64."""
    import numpy as np

    count = LONGEST + 3
    made = [np.ones(count, dtype=np.uint64) for _ in range(2)]
    for row, factor in zip(made, (_BASE, _INVERSE), strict=True):
        np.cumprod(np.full(count - 1, factor, dtype=np.uint64), out=row[1:])
    return made[0], made[1]


def quantised(outputs: Sequence[str], marks: Any, weights: Any, bias: Any) -> Table:
    """A table from exact weights of (buckets, outputs), each output with a scale of its own.

    Half of the 8 bits' steps are used: the file packs smaller.
    """
    import numpy as np

    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / _STEPS
    small = np.round(weights / scale).astype(np.int8)
    return Table(tuple(outputs), marks, small, scale.astype(np.float64), np.asarray(bias, dtype=np.float64))


def write_tables(folder: Path, tables: Mapping[str, Table]) -> None:
    """Put the tables beside the model, packed."""
    import numpy as np

    parts: dict[str, Any] = {}
    for name, table in tables.items():
        parts |= {
            f"{name}.outputs": np.array(table.outputs),
            f"{name}.marks": table.marks,
            f"{name}.weights": table.weights,
            f"{name}.scale": table.scale,
            f"{name}.bias": table.bias,
        }
    np.savez_compressed(folder / FILE, **parts)


def read_tables(folder: Path) -> dict[str, Table]:
    """The tables of a model by name; none in a folder without the file. Raises `ModelUnavailable`."""
    import numpy as np

    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        with np.load(path, allow_pickle=False) as kept:
            names = sorted({name.split(".")[0] for name in kept.files})
            return {name: _table({part: kept[f"{name}.{part}"] for part in _PARTS}) for name in names}
    except Exception as fault:
        raise ModelUnavailable(f"{path}: the tables cannot be used: {fault}") from fault


_PARTS = ("outputs", "marks", "weights", "scale", "bias")


def _table(parts: Mapping[str, Any]) -> Table:
    outputs, weights = tuple(str(name) for name in parts["outputs"]), parts["weights"]
    buckets = len(weights)
    shapes = {
        "marks": (buckets,),
        "weights": (buckets, len(outputs)),
        "scale": (len(outputs),),
        "bias": (len(outputs),),
    }
    if any(parts[part].shape != shape for part, shape in shapes.items()) or buckets & (buckets - 1):
        raise ValueError("the shapes of a table do not fit")
    return Table(outputs, parts["marks"], weights, parts["scale"], parts["bias"])

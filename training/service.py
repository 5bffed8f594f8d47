"""Which comments about shops are learnt from, which are held back, and what the last stage adds to them."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from app.classification.rules import CRITICAL_FLAGS
from training.augment import careless, in_latin_letters
from training.corpus import Comment
from training.data import LABELS, Example

COPIES = 3
SERVICE_COPIES = 2
REPLAYED = 100_000
_LATIN_SHARE = 0.05


def example_of(comment: Comment) -> Example:
    """A written comment as an example that knows everything."""
    label = LABELS.index(comment.sentiment)
    return Example(
        comment.text,
        label,
        comment.lang,
        comment.setting,
        topics=comment.topics,
        flags=comment.flags,
        of_shop=True,
    )


def written_examples(plain: Sequence[Example], seed: int, copies: int = COPIES) -> list[Example]:
    """Each written comment as it stands, and again as it might have been typed in a hurry."""
    pick = random.Random(seed)
    hurried = [replace(row, text=careless(row.text, pick)) for row in [*plain] * (copies - 1)]
    return [*plain, *hurried, *in_latin_letters(plain, _LATIN_SHARE, seed)]


def held_back(examples: Iterable[Example]) -> tuple[list[Example], list[Example]]:
    """The comments to learn from, and every eighth, by a digest of its text, to tune and judge by."""
    learnt: list[Example] = []
    held: list[Example] = []
    for example in examples:
        (held if is_held(example.text) else learnt).append(example)
    return learnt, held


def is_held(text: str) -> bool:
    """Whether a comment is one of every eighth, by a digest of its text."""
    return sha256(text.encode()).digest()[0] % 8 == 0


def without_critical(reviews: Iterable[Example]) -> list[Example]:
    """Reviews of goods, known to hold no critical flag.

    Nobody looked for flags in them; that none tells of a theft or an injury is true but for a few, and keeps
    such flags from being seen everywhere.
    """
    return [replace(row, unsaid=CRITICAL_FLAGS) for row in reviews]


def service_examples(
    written: Sequence[Example],
    own: Sequence[Example],
    stories: Sequence[Example],
    others: Sequence[Example],
    *,
    seed: int,
) -> list[Example]:
    """Written comments, the organisation's own, stories about service, and a sample of the reviews."""
    replayed = random.Random(seed).sample(list(others), min(REPLAYED, len(others)))
    return [
        *written_examples(written, seed),
        *[*own] * COPIES,
        *[*stories] * SERVICE_COPIES,
        *without_critical(replayed),
    ]

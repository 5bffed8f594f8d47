"""What the last stage learns from: comments about shops, and reviews of goods lest they be forgotten."""

import random
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from app.classification.rules import CRITICAL_FLAGS
from training.augment import careless, in_latin_letters
from training.corpus import Comment
from training.data import LABELS, Example, goods_and_public, read_optional

COPIES = 6
SERVICE_COPIES = 2
REPLAYED = 150_000
_LATIN_SHARE = 0.05


def example_of(comment: Comment) -> Example:
    """A written comment as an example that knows everything."""
    label = LABELS.index(comment.sentiment)
    return Example(
        comment.text, label, comment.lang, comment.setting, topics=comment.topics, flags=comment.flags
    )


def written_examples(comments: Sequence[Comment], seed: int, copies: int = COPIES) -> list[Example]:
    """Each written comment as it stands, and again as it might have been typed in a hurry."""
    pick = random.Random(seed)
    plain = [example_of(comment) for comment in comments]
    hurried = [replace(row, text=careless(row.text, pick)) for row in plain * (copies - 1)]
    return plain + hurried + in_latin_letters(plain, _LATIN_SHARE, seed)


def held_back(comments: Sequence[Comment]) -> tuple[list[Comment], list[Comment]]:
    """The comments to learn from, and every eighth, by a digest of its text, to tune and judge by."""
    learnt: list[Comment] = []
    held: list[Comment] = []
    for comment in comments:
        (held if is_held(comment.text) else learnt).append(comment)
    return learnt, held


def is_held(text: str) -> bool:
    """Whether a comment is one of every eighth, by a digest of its text."""
    return sha256(text.encode()).digest()[0] % 8 == 0


def service_examples(
    data: Path, comments: Sequence[Comment], own: Sequence[Example], seed: int
) -> list[Example]:
    """Written comments, the organisation's own, service stories, and a sample of everything else.

    Nobody looked for flags in reviews of goods; that none of them tells of a theft or an injury is true but
    for a few, and keeps such flags from being seen everywhere.
    """
    stories = read_optional(data, "service_shops_mt") * SERVICE_COPIES
    others = goods_and_public(data)
    replayed = random.Random(seed).sample(others, min(REPLAYED, len(others)))
    return [
        *written_examples(comments, seed),
        *[row for row in own for _ in range(COPIES)],
        *stories,
        *(replace(row, unsaid=CRITICAL_FLAGS) for row in replayed),
    ]

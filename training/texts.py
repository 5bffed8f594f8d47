"""Everything there is to learn from and to judge by, read once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.corpus import FOLDER, evaluation_texts, read_corpus, without_likes
from training.data import (
    Example,
    every_text,
    held_out,
    public_texts,
    read_labelled,
    read_split,
    stories,
    without_held_out,
)
from training.service import example_of, held_back

_CORPUS_COPIES = 5


@dataclass(frozen=True, slots=True)
class Texts:
    """Examples by their use; none of them stands in two places.

    `written` is the project's own corpus, `own` an organisation's corrected comments, `held` every eighth of
    both, to tune and judge by. All others come from the data folder and are empty without one: `reviews` of
    goods, `stories` about service, `public` texts of other kinds, reviews for `validation`.
    """

    written: Sequence[Example]
    own: Sequence[Example]
    held: Sequence[Example]
    reviews: Sequence[Example] = ()
    stories: Sequence[Example] = ()
    public: Sequence[Example] = ()
    validation: Sequence[Example] = ()
    unlabelled: Sequence[str] = ()

    @property
    def every(self) -> list[str]:
        """Every text there is but those that models are judged by."""
        return [*self.unlabelled, *[row.text for row in self.written] * _CORPUS_COPIES]


def read_texts(data: Path | None, own: Path | None, written: Path = FOLDER) -> Texts:
    """All of it; raises `FileNotFoundError` for a data folder that lacks a split."""
    comments, _ = without_likes(read_corpus(written), evaluation_texts(data) if data else ())
    ours, held = held_back(map(example_of, comments))
    corrected, kept = held_back(read_labelled(own) if own else ())
    found = Texts(ours, corrected, [*held, *kept])
    if data is None:
        return found
    judging = held_out(data)
    return replace(
        found,
        reviews=without_held_out(read_split(data, "train"), judging),
        stories=without_held_out(stories(data), judging),
        public=without_held_out(public_texts(data), judging),
        validation=read_split(data, "validation"),
        unlabelled=every_text(data),
    )

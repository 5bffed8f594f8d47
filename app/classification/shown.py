"""A comment with all that is known of it, as the pages of an alert and of a response show it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.classification.corrections import PastCorrection, corrections_of
from app.classification.explaining import Marks, find_marks
from app.classification.labels import Meaning, meaning_of
from app.classification.models import Classification
from app.classification.queries import find_classification
from app.classification.rules import Source
from app.db import OrganisationSession

# A comment's own language as the browser should read it aloud; mixed and other speech leave it to the page's.
_SPOKEN = frozenset({"uk", "ru", "en", "pl"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a comment; marked where it decided something."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment, its verdict, labels, the words that decided, and what people corrected."""

    response_id: UUID
    text: str
    spoken: str
    verdict: Classification | None
    meaning: Meaning
    segments: tuple[Segment, ...]
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    corrections: tuple[PastCorrection, ...]

    @property
    def is_being_read(self) -> bool:
        """Whether the verdict is still to come."""
        return self.verdict is None or not self.verdict.is_given

    @property
    def is_by_words(self) -> bool:
        """Whether the word list decided, because no model answered in time."""
        return self.verdict is not None and self.verdict.source == Source.FALLBACK

    @property
    def is_by_person(self) -> bool:
        """Whether a person has the last word."""
        return self.verdict is not None and self.verdict.source == Source.HUMAN


def show_comment(
    session: OrganisationSession, response_id: UUID, comment: str | None, page_language: str
) -> ShownComment | None:
    """All that is known of a response's comment; nothing of one without."""
    if comment is None:
        return None
    verdict = find_classification(session, response_id)
    meaning = meaning_of(session, response_id)
    standing = _labels(verdict, meaning)
    # What a person has corrected away needs no reasons any more.
    marks = {label: found for label, found in find_marks(session, response_id).items() if label in standing}
    return ShownComment(
        response_id,
        comment,
        spoken_language(verdict, page_language),
        verdict,
        meaning,
        tuple(_segments(comment, marks)),
        tuple((label, tuple(comment[start:end] for start, end in found)) for label, found in marks.items()),
        tuple(corrections_of(session, response_id)),
    )


def _labels(verdict: Classification | None, meaning: Meaning) -> set[str]:
    """The labels that stand, as the model names them."""
    return {
        f"sentiment:{verdict.sentiment if verdict else None}",
        *(f"topic:{one.topic}" for one in meaning.topics),
        *(f"flag:{one.flag}" for one in meaning.flags),
    }


def spoken_language(verdict: Classification | None, page_language: str) -> str:
    """The `lang` of a comment: its own where that is known, else that of the page it was written on."""
    found = verdict.language if verdict else None
    return found if found in _SPOKEN else page_language


def _segments(text: str, marks: Marks) -> Iterator[Segment]:
    """The whole comment in pieces, marked and not, in order."""
    reached = 0
    for start, end in _merged(sorted(place for found in marks.values() for place in found)):
        if end > len(text):  # the comment was changed meanwhile
            break
        if start > reached:
            yield Segment(text[reached:start], is_marked=False)
        yield Segment(text[start:end], is_marked=True)
        reached = end
    if reached < len(text):
        yield Segment(text[reached:], is_marked=False)


def _merged(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches that touch or overlap as one, in order."""
    held: tuple[int, int] | None = None
    for start, end in places:
        if held and start <= held[1]:
            held = (held[0], max(held[1], end))
        else:
            if held:
                yield held
            held = (start, end)
    if held:
        yield held

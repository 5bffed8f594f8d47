"""Kinds of question, what their texts may be, and the wording that a new survey starts with."""

from dataclasses import dataclass
from enum import StrEnum

from app.errors import Invalid
from app.text import clean_line, grapheme_count

STORE = "{store}"
# Characters that fit a phone of 320 px: a question of some lines, an anchor of one.
BOUNDS = {
    "question": 160,
    "lowest": 40,
    "highest": 40,
    "comment_low": 120,
    "comment_middle": 120,
    "comment_high": 120,
}


class QuestionKind(StrEnum):
    """What a question asks for."""

    NPS = "nps"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of an NPS survey in one language. ``{store}`` stands for the store's name.

    The three comment questions are for ratings of 0 to 6, 7 and 8, 9 and 10.
    """

    question: str
    lowest: str
    highest: str
    comment_low: str
    comment_middle: str
    comment_high: str

    def comment_question(self, rating: int) -> str:
        """The question that fits the rating."""
        if rating <= 6:
            return self.comment_low
        return self.comment_middle if rating <= 8 else self.comment_high


def survey_text(name: str, raw: str) -> str:
    """One text of a wording as it is stored; `name` is its field of `Wording`.

    Raises `Invalid` (``missing``, ``too_long``, ``braces``: only the question may name the store).
    """
    text = clean_line(raw)
    if not text:
        raise Invalid(faults={name: "missing"})
    if grapheme_count(text) > BOUNDS[name]:
        raise Invalid(faults={name: "too_long"})
    plain = text.replace(STORE, "") if name == "question" else text
    if "{" in plain or "}" in plain:
        raise Invalid(faults={name: "braces"})
    return text


DEFAULT_WORDING = {
    "uk": Wording(
        question="Наскільки ймовірно, що ви порадите «{store}» друзям або близьким?",
        lowest="0 — точно ні",
        highest="10 — точно так",
        comment_low="Що пішло не так?",
        comment_middle="Що зробити краще?",
        comment_high="Що сподобалося найбільше?",
    ),
    "en": Wording(
        question="How likely are you to recommend {store} to friends or family?",
        lowest="0 – not at all",
        highest="10 – very likely",
        comment_low="What went wrong?",
        comment_middle="What could we do better?",
        comment_high="What did you like most?",
    ),
    "pl": Wording(
        question="Na ile prawdopodobne, że polecisz {store} znajomym lub rodzinie?",
        lowest="0 – na pewno nie",
        highest="10 – na pewno tak",
        comment_low="Co poszło nie tak?",
        comment_middle="Co możemy poprawić?",
        comment_high="Co podobało Ci się najbardziej?",
    ),
}

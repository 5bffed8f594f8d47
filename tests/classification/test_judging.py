"""Every comment gets a verdict, whatever becomes of the model."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.classification import actions
from app.classification.actions import judge_pending
from app.classification.fallback import judge_by_words
from app.classification.models import Classification
from app.classification.rules import Classifier, Judgement, Sentiment
from app.events import Event, EventName
from tests.fakes import BrokenClassifier, FakeClassifier
from tests.make import NOON, Chain, alert_of, complete, make_response, rows_of
from tests.statements import held
from tests.together import together

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class PickyClassifier(FakeClassifier):
    """A model that breaks on one text, with everything that is in its company."""

    version = "picky-1"

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Fail where the text is poison."""
        if any("poison" in text for text in texts):
            raise RuntimeError("out of memory")
        return super().classify(texts)


class ShortClassifier(FakeClassifier):
    """A model that forgets the last text."""

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Answer one less than asked."""
        return super().classify(texts)[:-1]


def verdict_of(chain: Chain) -> Classification:
    """The verdict on the chain's one comment."""
    (row,) = rows_of(chain, Classification)
    return row


def classified(chain: Chain) -> int:
    """How often a verdict was announced."""
    return [event.name for event in rows_of(chain, Event)].count(EventName.RESPONSE_CLASSIFIED)


def judge(model: Classifier | None = None, *, now: datetime = NOON) -> int:
    """What a worker does when it is told."""
    return judge_pending(model or FakeClassifier(), now=now)


def test_a_comment_gets_its_verdict(chain: Chain) -> None:
    make_response(chain, 9, comment="bad queue")
    assert judge() == 1
    row = verdict_of(chain)
    assert (row.sentiment, row.source, row.model_version) == ("negative", "model", "fake-1")
    assert row.scores == {"negative": 0.9, "neutral": 0.05, "positive": 0.05}
    assert (row.classified_at, row.due_at, row.lease_until) == (NOON, None, None)
    assert classified(chain) == 1


def test_a_bare_tap_asks_for_none(chain: Chain) -> None:
    make_response(chain, 2)
    assert judge() == 0
    assert rows_of(chain, Classification) == []


def test_comments_are_judged_in_batches_of_32(chain: Chain) -> None:
    for number in range(35):
        make_response(chain, 9, comment=f"good {number}")
    model = FakeClassifier()
    assert [judge(model), judge(model), judge(model)] == [32, 3, 0]
    assert [len(texts) for texts in model.calls] == [32, 3]
    assert {row.sentiment for row in rows_of(chain, Classification)} == {"positive"}


def test_each_comment_gets_its_own_verdict(chain: Chain) -> None:
    comments = ["good", "bad", "so so", "good again", "...", "bad again"]
    keys = [make_response(chain, 9, comment=comment) for comment in comments]
    judge()
    assert [bool(alert_of(chain, key)) for key in keys] == [False, True, False, False, False, True]


def test_organisations_are_judged_together_and_kept_apart(chain: Chain, foreign_chain: Chain) -> None:
    make_response(chain, 9, comment="bad")
    make_response(foreign_chain, 9, comment="good")
    assert judge() == 2
    assert (verdict_of(chain).sentiment, verdict_of(foreign_chain).sentiment) == ("negative", "positive")


def test_a_text_without_letters_is_done_without_a_sentiment(chain: Chain) -> None:
    make_response(chain, 9, comment="👍👍 10/10")
    judge()
    row = verdict_of(chain)
    assert (row.sentiment, row.scores, row.classified_at) == (None, {}, NOON)
    assert judge() == 0


def test_a_changed_comment_is_judged_again(chain: Chain) -> None:
    key = make_response(chain, 9, comment="good")
    judge()
    complete(chain, key, "bad after all", now=NOON + MINUTE)
    assert verdict_of(chain).sentiment is None
    assert verdict_of(chain).classified_at is None
    judge(now=NOON + MINUTE)
    assert verdict_of(chain).sentiment == "negative"
    assert alert_of(chain, key)


def test_a_comment_taken_away_loses_its_verdict(chain: Chain) -> None:
    key = make_response(chain, 9, comment="good")
    judge()
    complete(chain, key, None, now=NOON + MINUTE)
    judge(now=NOON + MINUTE)
    assert verdict_of(chain).sentiment is None
    assert verdict_of(chain).classified_at == NOON + MINUTE


def test_a_contact_added_later_asks_for_no_second_verdict(chain: Chain) -> None:
    key = make_response(chain, 9, comment="good")
    judge()
    complete(chain, key, "good", "067 123 45 67", now=NOON + MINUTE)
    assert judge(now=NOON + MINUTE) == 0
    assert verdict_of(chain).sentiment == "positive"


@pytest.mark.parametrize("model", [BrokenClassifier(), ShortClassifier(), None])
def test_a_model_that_fails_is_asked_again_and_then_replaced(chain: Chain, model: Classifier | None) -> None:
    make_response(chain, 9, comment="Жахлива черга, хамство")
    for attempt in range(4):
        assert judge_pending(model, now=NOON + attempt * 21 * SECOND) == 1
        assert verdict_of(chain).sentiment is None
        assert judge_pending(model, now=NOON + attempt * 21 * SECOND + SECOND) == 0
    judge_pending(model, now=NOON + 84 * SECOND)
    row = verdict_of(chain)
    assert (row.sentiment, row.source, row.model_version) == ("negative", "fallback", "words-2")
    assert classified(chain) == 1


def test_a_model_that_comes_back_in_time_decides(chain: Chain) -> None:
    make_response(chain, 9, comment="bad")
    judge(BrokenClassifier())
    judge(now=NOON + 21 * SECOND)
    assert verdict_of(chain).source == "model"


def test_after_ten_minutes_the_word_list_decides_at_once(chain: Chain) -> None:
    make_response(chain, 9, comment="Жахлива черга")
    judge(BrokenClassifier(), now=NOON + 10 * MINUTE)
    assert verdict_of(chain).source == "fallback"


def test_one_text_that_breaks_the_model_costs_the_others_nothing(chain: Chain) -> None:
    for comment in ("good", "poison", "bad"):
        make_response(chain, 9, comment=comment)
    judge(PickyClassifier())
    assert [row.sentiment for row in rows_of(chain, Classification)] == ["positive", None, "negative"]


def test_a_comment_that_has_ended_five_processes_is_kept_from_the_model(chain: Chain) -> None:
    """A killed process leaves no word: its leases run out, and the attempts count."""
    make_response(chain, 9, comment="Жахлива черга")
    model = FakeClassifier()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "_judge", _killed)
        for attempt in range(5):
            judge(model, now=NOON + attempt * 61 * SECOND)
    judge(model, now=NOON + 5 * 61 * SECOND)
    assert model.calls == []
    assert verdict_of(chain).source == "fallback"


def _killed(*_: object, **__: object) -> None:
    """The process is gone before it could say anything."""


def test_whoever_lost_the_lease_stores_nothing(chain: Chain) -> None:
    make_response(chain, 9, comment="bad")

    class SlowClassifier(FakeClassifier):
        """While it thinks, its lease runs out and another worker judges."""

        def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
            """Think too long."""
            judge(now=NOON + 2 * MINUTE)
            return [Judgement(Sentiment.POSITIVE, dict.fromkeys(Sentiment, 1 / 3))] * len(texts)

    judge(SlowClassifier())
    assert verdict_of(chain).sentiment == "negative"
    assert classified(chain) == 1


def test_a_comment_changed_under_the_models_eyes_waits_for_its_own_verdict(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad")

    class SlowClassifier(FakeClassifier):
        """While it thinks, the shopper writes something else."""

        def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
            """Judge what was there before."""
            complete(chain, key, "good after all", now=NOON + SECOND)
            return super().classify(texts)

    judge(SlowClassifier())
    assert verdict_of(chain).sentiment is None
    assert alert_of(chain, key) is None
    judge(now=NOON + MINUTE)
    assert verdict_of(chain).sentiment == "positive"


def test_several_workers_judge_every_comment_once(app: Flask, chain: Chain) -> None:
    for number in range(20):
        make_response(chain, 9, comment=f"bad {number}")
    model = FakeClassifier()

    def work() -> int:
        done = 0
        while taken := judge_pending(model, now=NOON, limit=3):
            done += taken
        return done

    found = together(app, [work] * 4)
    assert sum(count for count in found if isinstance(count, int)) == 20
    assert sorted(text for texts in model.calls for text in texts) == sorted(f"bad {n}" for n in range(20))
    assert classified(chain) == 20


def test_one_verdict_that_cannot_be_stored_costs_the_others_nothing(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    for comment in ("good", "bad", "so so"):
        make_response(chain, 9, comment=comment)
    give = actions.give_verdict

    def fail_on_bad(*args: Any, **kwargs: Any) -> None:
        give(*args, **kwargs)
        if any(getattr(one, "judgement", None) and one.judgement.sentiment == "negative" for one in args):
            raise RuntimeError

    monkeypatch.setattr(actions, "give_verdict", fail_on_bad)
    judge()
    assert [row.sentiment for row in rows_of(chain, Classification)] == ["positive", None, "neutral"]
    monkeypatch.undo()
    judge(now=NOON + MINUTE)
    assert [row.sentiment for row in rows_of(chain, Classification)] == ["positive", "negative", "neutral"]
    assert classified(chain) == 3


def test_no_transaction_is_open_while_the_model_thinks(chain: Chain) -> None:
    make_response(chain, 9, comment="bad")
    counts: list[int] = []

    class WatchfulClassifier(FakeClassifier):
        """Looks at what has been taken from the pool of connections."""

        def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
            """Note how many are held."""
            counts.append(len(taken))
            return super().classify(texts)

    with held() as taken:
        judge(WatchfulClassifier())
    assert counts == [0]
    assert verdict_of(chain).sentiment == "negative"


@pytest.mark.parametrize(
    ("text", "rating", "sentiment"),
    [
        ("Жахливе хамство", 9, "negative"),
        ("Дякую, чудовий магазин", 2, "positive"),
        ("Okropna kolejka i niemiła obsługa", 9, "negative"),
        ("Nie polecam, najgorszy sklep w mieście", 9, "negative"),
        ("Świetnie, bardzo uprzejma pani", 2, "positive"),
        ("Хліб", 10, "positive"),
        ("Хліб", 8, "neutral"),
        ("Хліб", 3, "negative"),
    ],
)
def test_the_word_list_asks_the_rating_where_words_say_nothing(
    text: str, rating: int, sentiment: str
) -> None:
    judgement = judge_by_words(text, rating)
    assert judgement
    assert judgement.sentiment == sentiment
    assert sum(judgement.scores.values()) == pytest.approx(1)


def test_the_word_list_has_nothing_to_say_without_letters() -> None:
    assert judge_by_words("👍 10/10 ...", 2) is None

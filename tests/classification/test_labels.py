"""Topics and flags of comments: kept with a verdict, given anew by a newer model, never against a person."""

from datetime import timedelta

import pytest

from app.classification import explaining
from app.classification.actions import judge_pending, promise_renewals
from app.classification.corrections import correct_sentiment
from app.classification.explaining import explain_pending, find_marks
from app.classification.labels import Meaning, meaning_of
from app.classification.language import language_of
from app.classification.models import Classification, CommentFlag, CommentTopic, Explanation
from app.classification.rules import Flag, Judgement, Language, Polarity, Sentiment, Topic
from app.db import reading, transaction
from app.events import Event, EventName
from tests.fakes import BrokenClassifier, FakeClassifier
from tests.make import NOON, Chain, alert_of, complete, make_response, response_of, rows_of

MINUTE = timedelta(minutes=1)


class NewerClassifier(FakeClassifier):
    """The next model: it finds everything positive."""

    version = "fake-2"

    def _judge(self, text: str) -> Judgement | None:
        return super()._judge(text.replace("bad", "good"))


def meaning(chain: Chain, key: str) -> Meaning:
    """The labels of one comment."""
    with reading(chain.organisation_id) as session:
        return meaning_of(session, response_of(chain, key).id)


def verdict(chain: Chain) -> Classification:
    """The verdict on the chain's one comment."""
    (row,) = rows_of(chain, Classification)
    return row


def test_a_verdict_brings_topics_and_flags(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad queue, why is the floor slippery")
    judge_pending(FakeClassifier(), now=NOON)
    found = meaning(chain, key)
    assert [(one.topic, one.polarity) for one in found.topics] == [(Topic.QUEUE, Polarity.BLAME)]
    assert [(one.flag, one.is_certain) for one in found.flags] == [
        (Flag.QUESTION, False),
        (Flag.SAFETY, False),
    ]
    assert verdict(chain).language == Language.ENGLISH
    assert verdict(chain).confidence == 0.9


def test_what_was_read_travels_with_the_event(chain: Chain) -> None:
    make_response(chain, 9, comment="bad queue, fire")
    judge_pending(FakeClassifier(), now=NOON)
    (event,) = [one for one in rows_of(chain, Event) if one.name == EventName.RESPONSE_CLASSIFIED]
    assert event.data["topics"] == {"queue": -1}
    assert event.data["flags"] == ["safety"]


def test_a_changed_comment_loses_its_labels(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad queue, fire")
    judge_pending(FakeClassifier(), now=NOON)
    complete(chain, key, "good price", now=NOON + MINUTE)
    assert meaning(chain, key) == Meaning()
    assert verdict(chain).language is None
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    assert [one.topic for one in meaning(chain, key).topics] == [Topic.PRICE]


def test_the_word_list_finds_no_labels(chain: Chain) -> None:
    key = make_response(chain, 9, comment="Жахлива черга")
    judge_pending(None, now=NOON + 10 * MINUTE)
    assert meaning(chain, key) == Meaning()
    assert verdict(chain).language == Language.UKRAINIAN


def renew(chain: Chain) -> int:
    """A newer model comes; how many verdicts it gave."""
    promised = promise_renewals(NewerClassifier.version, now=NOON + MINUTE, limit=10)
    judge_pending(NewerClassifier(), now=NOON + MINUTE)
    return promised


def test_a_newer_model_reads_again_and_nobody_hears_of_it(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad queue")
    judge_pending(FakeClassifier(), now=NOON)
    events = len(rows_of(chain, Event))
    alert = alert_of(chain, key)
    assert alert is not None
    assert renew(chain) == 1
    row = verdict(chain)
    assert (row.sentiment, row.model_version, row.due_at) == ("positive", "fake-2", None)
    assert row.classified_at == NOON
    assert [one.polarity for one in meaning(chain, key).topics] == [Polarity.PRAISE]
    assert len(rows_of(chain, Event)) == events
    assert alert_of(chain, key).state == alert.state  # type: ignore[union-attr]
    assert renew(chain) == 0


def test_a_newer_model_opens_no_alert(chain: Chain) -> None:
    key = make_response(chain, 9, comment="so so")
    judge_pending(FakeClassifier(), now=NOON)

    class Angry(FakeClassifier):
        version = "fake-3"

        def _judge(self, text: str) -> Judgement | None:
            return super()._judge("bad fire")

    promise_renewals("fake-3", now=NOON + MINUTE, limit=10)
    judge_pending(Angry(), now=NOON + MINUTE)
    assert verdict(chain).sentiment == "negative"
    assert alert_of(chain, key) is None


def test_a_verdict_of_the_word_list_is_given_anew_once_there_is_a_model(chain: Chain) -> None:
    make_response(chain, 9, comment="bad")
    judge_pending(None, now=NOON + 10 * MINUTE)
    assert promise_renewals("fake-1", now=NOON + 11 * MINUTE, limit=10) == 1
    judge_pending(FakeClassifier(), now=NOON + 11 * MINUTE)
    assert verdict(chain).source == "model"


def test_a_newer_model_that_fails_leaves_the_verdict_as_it_is(chain: Chain) -> None:
    make_response(chain, 9, comment="bad queue")
    judge_pending(FakeClassifier(), now=NOON)
    assert promise_renewals("broken-1", now=NOON, limit=10) == 1
    for attempt in range(5):
        judge_pending(BrokenClassifier(), now=NOON + attempt * MINUTE)
    row = verdict(chain)
    assert (row.sentiment, row.model_version, row.due_at) == ("negative", "fake-1", None)
    assert promise_renewals("broken-1", now=NOON + 9 * MINUTE, limit=10) == 0


def test_a_person_is_never_overruled(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad queue")
    judge_pending(FakeClassifier(), now=NOON)
    assert promise_renewals("fake-2", now=NOON + MINUTE, limit=10) == 1
    own_id = response_of(chain, key).id
    with transaction(chain.organisation_id) as session:
        correct_sentiment(session, own_id, Sentiment.NEUTRAL, chain.manager_id, now=NOON + MINUTE)
    judge_pending(NewerClassifier(), now=NOON + MINUTE)
    assert (verdict(chain).sentiment, verdict(chain).source) == ("neutral", "human")
    assert promise_renewals("fake-3", now=NOON + 2 * MINUTE, limit=10) == 0


def test_the_words_that_decided_are_kept_beside_the_verdict(chain: Chain) -> None:
    key = make_response(chain, 9, comment="a bad queue")
    model = FakeClassifier()
    assert explain_pending(model, now=NOON) == 0
    judge_pending(model, now=NOON)
    assert explain_pending(model, now=NOON) == 1
    assert model.explained == [("a bad queue", ["sentiment:negative", "topic:queue"])]
    with reading(chain.organisation_id) as session:
        found = find_marks(session, response_of(chain, key).id)
    assert found == {"sentiment:negative": [(2, 5)], "topic:queue": [(2, 5)]}
    assert explain_pending(model, now=NOON + MINUTE) == 0


def test_a_model_that_cannot_explain_is_left_alone_after_three_attempts(chain: Chain) -> None:
    make_response(chain, 9, comment="bad")
    judge_pending(FakeClassifier(), now=NOON)
    taken = [explain_pending(BrokenClassifier(), now=NOON + n * 6 * MINUTE) for n in range(4)]
    assert taken == [1, 1, 1, 0]
    (row,) = rows_of(chain, Explanation)
    assert row.marks == {}


def test_a_changed_comment_is_explained_anew(chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad")
    judge_pending(FakeClassifier(), now=NOON)
    explain_pending(FakeClassifier(), now=NOON)
    complete(chain, key, "oh so bad", now=NOON + MINUTE)
    judge_pending(FakeClassifier(), now=NOON + MINUTE)
    explain_pending(FakeClassifier(), now=NOON + MINUTE)
    with reading(chain.organisation_id) as session:
        assert find_marks(session, response_of(chain, key).id) == {"sentiment:negative": [(6, 9)]}


def test_the_words_of_a_former_comment_are_forgotten_with_it(chain: Chain) -> None:
    key = make_response(chain, 9, comment="a bad queue")
    judge_pending(FakeClassifier(), now=NOON)
    explain_pending(FakeClassifier(), now=NOON)
    complete(chain, key, "Жахлива черга", now=NOON + MINUTE)
    assert rows_of(chain, Explanation) == []
    judge_pending(None, now=NOON + 11 * MINUTE)
    assert rows_of(chain, Explanation) == []


def test_a_comment_that_has_ended_three_processes_is_not_explained(chain: Chain) -> None:
    make_response(chain, 9, comment="bad")
    judge_pending(FakeClassifier(), now=NOON)
    model = FakeClassifier()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explaining, "_explain", lambda *_, **__: None)
        for attempt in range(3):
            explain_pending(model, now=NOON + attempt * 2 * MINUTE)
    assert explain_pending(model, now=NOON + 6 * MINUTE) == 1
    assert model.explained == []
    assert explain_pending(model, now=NOON + 8 * MINUTE) == 0


def test_one_chain_that_cannot_be_explained_costs_the_others_nothing(
    chain: Chain, foreign_chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (chain, foreign_chain):
        make_response(each, 9, comment="bad")
    judge_pending(FakeClassifier(), now=NOON)
    explain = explaining._explain

    def fail(organisation_id: object, *args: object, **kwargs: object) -> None:
        if organisation_id == chain.organisation_id:
            raise RuntimeError
        explain(organisation_id, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(explaining, "_explain", fail)
    explain_pending(FakeClassifier(), now=NOON)
    assert not rows_of(chain, Explanation)[0].marks
    assert rows_of(foreign_chain, Explanation)[0].marks


def test_a_verdict_given_anew_learns_its_language(chain: Chain) -> None:
    make_response(chain, 9, comment="bad queue")
    judge_pending(FakeClassifier(), now=NOON)
    with transaction(chain.organisation_id) as session:
        session.query(Classification).update({"language": None})
    renew(chain)
    assert verdict(chain).language == Language.ENGLISH


def test_labels_stay_inside_their_organisation(chain: Chain, foreign_chain: Chain) -> None:
    key = make_response(chain, 9, comment="bad queue, fire")
    judge_pending(FakeClassifier(), now=NOON)
    with reading(foreign_chain.organisation_id) as session:
        assert meaning_of(session, response_of(chain, key).id) == Meaning()
    assert not rows_of(foreign_chain, CommentTopic)
    assert not rows_of(foreign_chain, CommentFlag)


@pytest.mark.parametrize(
    ("text", "guess", "language"),
    [
        ("Черга як завжди", None, "uk"),
        ("Їхала через усе місто", Language.RUSSIAN, "uk"),
        ("шо там сдачу нада ждать, і так завжди", Language.MIXED, "mixed"),
        ("Очень грязный зал, мыли вчера", Language.UKRAINIAN, "ru"),
        ("Сказали що ничего не будет, мы ушли і все", None, "mixed"),
        ("товар не тот", Language.RUSSIAN, "ru"),
        ("Kolejka była długa", Language.ENGLISH, "pl"),
        ("kolejka na godzine", Language.POLISH, "pl"),
        ("dyakuyu divchatam", Language.MIXED, "mixed"),
        ("long queue", None, "en"),
        ("很好的商店", None, "other"),
        ("متجر رائع", Language.UKRAINIAN, "other"),
        ("👍 10/10", None, None),
        ("", None, None),
    ],
)
def test_letters_decide_the_language_before_words_do(
    text: str, guess: Language | None, language: str | None
) -> None:
    assert language_of(text, guess) == language

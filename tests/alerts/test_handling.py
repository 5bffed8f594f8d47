"""What people do with an alert: one has it, an answer needs evidence, settling needs a cause."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from app.alerts.models import Message
from app.alerts.rules import AlertState, CallOutcome, Deed, Dismissal, Grade, RootCause, Via
from app.channels.email.models import MailboxMessage
from app.errors import Conflict, Invalid, NotFound
from app.events import Event, EventName
from tests.alerts.deeds import Case, fire, send_replies
from tests.fakes import MailServer
from tests.make import NOON, Chain, get_alert_of, history_of, make_response, rows_of
from tests.together import together

MINUTE = timedelta(minutes=1)


@pytest.fixture
def tap(chain: Chain) -> Case:
    """A bare tap."""
    return Case(chain, make_response(chain, 2))


@pytest.fixture
def case(chain: Chain) -> Case:
    """A complaint with words and a telephone number."""
    return Case(chain, make_response(chain, 2, comment="bad queue", contact="067 123 45 67"))


@pytest.fixture
def letter(chain: Chain) -> Case:
    """A complaint with words and an e-mail address."""
    return Case(chain, make_response(chain, 2, comment="bad queue", contact="ann@example.com"))


def test_whoever_takes_it_first_has_it(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON + MINUTE)
    assert (case.state, case.alert.owner_id) == (AlertState.ACKNOWLEDGED, chain.manager_id)
    assert case.alert.acknowledged_at == NOON + MINUTE
    with pytest.raises(Conflict) as refusal:
        case.acknowledge(now=NOON + 2 * MINUTE, by=chain.regional_id)
    assert refusal.value.detail == {"owner": "Manager", "state": "acknowledged"}
    assert case.alert.acknowledged_at == NOON + MINUTE


def test_of_several_at_once_one_wins_and_the_others_see_who(app: Flask, chain: Chain, case: Case) -> None:
    people = [chain.manager_id, chain.regional_id, chain.owner_id] * 3
    takes = [partial(case.acknowledge, now=NOON + MINUTE, by=person) for person in people]
    found = together(app, takes)
    winner = case.alert.owner_id
    for person, answer in zip(people, found, strict=True):
        assert (answer is None) == (person == winner), answer
    refused = [answer for answer in found if answer]
    assert {str(answer) for answer in refused} == {"already_acknowledged"}
    assert case.deeds.count(Deed.ACKNOWLEDGED) == 1


def test_a_second_click_of_the_same_person_changes_nothing(case: Case) -> None:
    for minute in (1, 2):
        case.acknowledge(now=NOON + minute * MINUTE)
    assert case.deeds.count(Deed.ACKNOWLEDGED) == 1
    assert case.alert.acknowledged_at == NOON + MINUTE


def test_what_was_passed_on_is_not_taken_back_in_silence(chain: Chain, case: Case) -> None:
    fire(NOON + 30 * MINUTE)
    assert case.alert.owner_id == chain.regional_id
    with pytest.raises(Conflict):
        case.acknowledge(now=NOON + 31 * MINUTE)
    case.acknowledge(now=NOON + 31 * MINUTE, by=chain.regional_id)
    assert case.state == AlertState.ACKNOWLEDGED


def test_whoever_else_answers_it_then_does_not_own_it(chain: Chain, case: Case) -> None:
    fire(NOON + 30 * MINUTE)
    case.call(now=NOON + 31 * MINUTE)
    assert (case.state, case.alert.owner_id) == (AlertState.ANSWERED, chain.regional_id)


def test_a_settled_alert_cannot_be_taken(case: Case) -> None:
    case.dismiss(now=NOON)
    with pytest.raises(Conflict, match="already_done"):
        case.acknowledge(now=NOON)


def test_a_bare_tap_taken_too_late_is_a_breach(tap: Case) -> None:
    """Also when no ticker ran meanwhile."""
    tap.acknowledge(now=NOON + 31 * MINUTE)
    assert tap.alert.breached_at == NOON + 31 * MINUTE
    assert tap.deeds.count(Deed.BREACHED) == 1


def test_a_bare_tap_taken_in_time_is_none(tap: Case) -> None:
    tap.acknowledge(now=NOON + 30 * MINUTE)
    assert tap.alert.breached_at is None


def test_a_call_that_was_spoken_answers(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON + MINUTE)
    case.call(now=NOON + 5 * MINUTE)
    alert = case.alert
    assert (alert.state, alert.answer_grade, alert.answered_at) == (
        AlertState.ANSWERED,
        Grade.DECLARED,
        NOON + 5 * MINUTE,
    )
    assert alert.breached_at is None


def test_a_call_that_nobody_took_does_not(case: Case) -> None:
    case.call(now=NOON + MINUTE, outcome=CallOutcome.NO_ANSWER)
    assert (case.state, case.alert.answered_at) == (AlertState.NEW, None)
    assert history_of(case.chain, case.key)[-1].data == {"outcome": "no_answer"}


def test_whoever_answers_a_new_alert_has_taken_it(chain: Chain, case: Case) -> None:
    case.call(now=NOON + MINUTE)
    assert (case.alert.owner_id, case.alert.acknowledged_at) == (chain.manager_id, NOON + MINUTE)
    assert case.deeds[-3:] == [Deed.CALLED, Deed.ACKNOWLEDGED, Deed.ANSWERED]
    names = [event.name for event in rows_of(chain, Event)]
    assert names.count(EventName.ALERT_ACKNOWLEDGED) == names.count(EventName.ALERT_ANSWERED) == 1


def test_a_late_answer_is_a_breach_even_if_no_ticker_ran(case: Case) -> None:
    case.call(now=NOON + 31 * MINUTE)
    assert case.alert.breached_at == NOON + 31 * MINUTE


def test_a_reply_on_the_return_page_answers_unread_until_it_is_opened(case: Case) -> None:
    case.reply(now=NOON + MINUTE)
    assert (case.state, case.alert.answer_grade) == (AlertState.ANSWERED, Grade.UNREAD)
    case.shopper_opens(now=NOON + 60 * MINUTE)
    assert (case.alert.answer_grade, case.alert.answered_at) == (Grade.CONFIRMED, NOON + MINUTE)
    assert [message.seen_at for message in rows_of(case.chain, Message)] == [NOON + 60 * MINUTE]


def test_writing_back_confirms_the_answer_too(case: Case) -> None:
    case.reply(now=NOON + MINUTE)
    case.shopper_writes(now=NOON + 2 * MINUTE)
    assert (case.state, case.alert.answer_grade) == (AlertState.ANSWERED, Grade.CONFIRMED)


def test_a_better_proof_counts_and_a_weaker_does_not(case: Case) -> None:
    case.reply(now=NOON + MINUTE)
    case.call(now=NOON + 2 * MINUTE)
    assert case.alert.answer_grade == Grade.DECLARED
    case.reply("Ще одне", now=NOON + 3 * MINUTE)
    assert case.alert.answer_grade == Grade.DECLARED
    case.shopper_writes(now=NOON + 4 * MINUTE)
    case.call(now=NOON + 5 * MINUTE)
    assert (case.alert.answer_grade, case.alert.answered_at) == (Grade.CONFIRMED, NOON + MINUTE)


def test_an_email_answers_when_it_is_accepted(letter: Case) -> None:
    letter.reply("Перепрошуємо", now=NOON + MINUTE, via=Via.EMAIL)
    assert (letter.state, letter.alert.answered_at) == (AlertState.NEW, None)
    send_replies(now=NOON + 2 * MINUTE)
    assert (letter.state, letter.alert.answer_grade) == (AlertState.ANSWERED, Grade.CONFIRMED)
    assert letter.alert.answered_at == NOON + 2 * MINUTE
    (mail,) = rows_of(letter.chain, MailboxMessage)
    assert mail.recipient == "ann@example.com"
    assert mail.body.startswith("Перепрошуємо")
    assert "/f/" in mail.body


def test_a_reply_that_was_read_on_the_page_needs_no_mail_server(letter: Case) -> None:
    letter.reply(now=NOON + MINUTE, via=Via.EMAIL)
    letter.shopper_opens(now=NOON + 2 * MINUTE)
    assert (letter.state, letter.alert.answer_grade) == (AlertState.ANSWERED, Grade.CONFIRMED)


def test_a_mail_from_before_the_alert_came_back_answers_nothing_new(letter: Case) -> None:
    letter.reply(now=NOON + MINUTE, via=Via.EMAIL)
    letter.call(now=NOON + 2 * MINUTE)
    letter.resolve(now=NOON + 3 * MINUTE)
    letter.shopper_writes(now=NOON + 4 * MINUTE)
    send_replies(now=NOON + 5 * MINUTE)
    letter.shopper_opens(now=NOON + 6 * MINUTE)
    assert (letter.state, letter.alert.answered_at) == (AlertState.ACKNOWLEDGED, None)
    letter.reply("Друга каса працює", now=NOON + 7 * MINUTE, via=Via.EMAIL)
    send_replies(now=NOON + 8 * MINUTE)
    assert letter.state == AlertState.ANSWERED


def test_an_email_that_never_arrives_answers_nothing(letter: Case, mail_server: MailServer) -> None:
    mail_server.refuse = "550 no such person"
    letter.acknowledge(now=NOON)
    letter.reply(now=NOON + MINUTE, via=Via.EMAIL)
    send_replies(now=NOON + MINUTE)
    assert (letter.state, letter.alert.answered_at) == (AlertState.ACKNOWLEDGED, None)
    assert Deed.UNDELIVERED in letter.deeds
    (message,) = rows_of(letter.chain, Message)
    assert (message.failure, message.due_at) == ("recipient_refused", None)
    fire(NOON + MINUTE)
    told = history_of(letter.chain, letter.key)[-1]
    assert (told.kind, told.data["members"]) == (Deed.NOTIFIED, [str(letter.chain.manager_id)])


def test_an_email_that_is_late_does_not_raise_what_was_dismissed(letter: Case) -> None:
    letter.reply(now=NOON + MINUTE, via=Via.EMAIL)
    letter.dismiss(now=NOON + MINUTE)
    send_replies(now=NOON + 2 * MINUTE)
    assert (letter.state, letter.alert.answered_at) == (AlertState.DISMISSED, None)


def test_no_email_without_an_address(case: Case) -> None:
    with pytest.raises(Invalid) as refusal:
        case.reply(now=NOON, via=Via.EMAIL)
    assert refusal.value.faults == {"via": "no_address"}
    assert rows_of(case.chain, Message) == []


def test_the_same_words_sent_twice_are_one_reply(letter: Case) -> None:
    for _ in range(3):
        letter.reply("Дякуємо", now=NOON, via=Via.EMAIL)
    letter.reply("Дякуємо ще раз", now=NOON + MINUTE, via=Via.EMAIL)
    assert [message.text for message in rows_of(letter.chain, Message)] == ["Дякуємо", "Дякуємо ще раз"]
    assert letter.deeds.count(Deed.REPLIED) == 2


def test_a_bare_tap_cannot_be_answered(tap: Case) -> None:
    for answer in (tap.reply, tap.call):
        with pytest.raises(Conflict, match="not_answerable"):
            answer(now=NOON)
    assert tap.deeds == [Deed.OPENED]


def test_a_bare_tap_is_settled_with_one_tap_and_needs_no_cause(chain: Chain, tap: Case) -> None:
    tap.resolve(None, now=NOON + MINUTE)
    alert = tap.alert
    assert (alert.state, alert.root_cause, alert.owner_id) == (AlertState.RESOLVED, None, chain.manager_id)
    assert tap.deeds == [Deed.OPENED, Deed.ACKNOWLEDGED, Deed.RESOLVED]


def test_settling_needs_an_answer_first(case: Case) -> None:
    case.acknowledge(now=NOON)
    with pytest.raises(Conflict, match="not_answered"):
        case.resolve(now=NOON + MINUTE)
    assert case.state == AlertState.ACKNOWLEDGED


def test_settling_needs_its_cause(case: Case) -> None:
    case.call(now=NOON)
    with pytest.raises(Invalid) as refusal:
        case.resolve(None, now=NOON + MINUTE)
    assert refusal.value.faults == {"root_cause": "required"}
    case.resolve(RootCause.QUEUE, now=NOON + MINUTE)
    alert = case.alert
    assert (alert.state, alert.root_cause, alert.action_taken) == (
        AlertState.RESOLVED,
        RootCause.QUEUE,
        "Друга каса",
    )
    assert history_of(case.chain, case.key)[-1].data == {"cause": "process_queue"}


def test_settling_ends_the_ladder(case: Case) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON + MINUTE)
    assert [timer.action for timer in case.timers if timer.due_at] == ["close"]


@pytest.mark.parametrize("reason", [reason for reason in Dismissal if reason != Dismissal.CORRECTED])
def test_a_dismissal_keeps_its_reason_and_ends_the_ladder(case: Case, reason: Dismissal) -> None:
    case.dismiss(reason, now=NOON)
    assert case.state == AlertState.DISMISSED
    assert history_of(case.chain, case.key)[-1].data == {"reason": reason}
    assert not [timer for timer in case.timers if timer.due_at]


def test_what_is_done_stays_done(case: Case) -> None:
    case.call(now=NOON)
    case.resolve(now=NOON)
    for deed in (case.call, case.resolve, case.dismiss):
        with pytest.raises(Conflict, match="already_done"):
            deed(now=NOON + MINUTE)


def test_a_note_is_for_colleagues_and_changes_nothing(case: Case) -> None:
    case.note("Подзвонити після обіду", now=NOON)
    assert case.state == AlertState.NEW
    assert history_of(case.chain, case.key)[-1].data == {"text": "Подзвонити після обіду"}


def test_the_state_can_be_derived_from_the_history(chain: Chain, case: Case) -> None:
    case.acknowledge(now=NOON + MINUTE)
    case.reply(now=NOON + 2 * MINUTE)
    case.resolve(now=NOON + 3 * MINUTE)
    case.shopper_writes(now=NOON + 4 * MINUTE)
    case.call(now=NOON + 5 * MINUTE)
    lines = history_of(chain, case.key)
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    state = None
    for line in lines:
        if line.to_state:
            assert line.from_state == state
            state = line.to_state
    assert state == case.state == AlertState.ANSWERED
    taken = [line for line in lines if line.to_state == AlertState.ACKNOWLEDGED]
    assert (taken[0].at, taken[0].actor_id) == (NOON + MINUTE, case.alert.owner_id)


def test_deeds_at_once_leave_a_history_without_a_gap(app: Flask, chain: Chain, case: Case) -> None:
    works = [partial(case.note, f"note {n}", now=NOON) for n in range(6)]
    works += [partial(case.shopper_writes, f"words {n}", now=NOON) for n in range(4)]
    works += [partial(case.reply, f"reply {n}", now=NOON) for n in range(4)]
    works += [partial(fire, NOON)] * 2
    assert set(together(app, works)) == {None}
    lines = history_of(chain, case.key)
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    assert case.deeds.count(Deed.WROTE) == 4
    assert case.deeds.count(Deed.ANSWERED) == 1


def test_nobody_of_another_chain_reaches_it(foreign_chain: Chain, case: Case) -> None:
    make_response(foreign_chain, 2)
    foreign = Case(foreign_chain, make_response(foreign_chain, 2))
    assert foreign.alert.number == 2
    with pytest.raises(NotFound):
        _acknowledge_number(foreign_chain, 3)
    assert get_alert_of(case.chain, case.key).state == AlertState.NEW


def _acknowledge_number(chain: Chain, number: int) -> None:
    from app.alerts.actions import acknowledge_alert
    from app.db import transaction

    with transaction(chain.organisation_id) as session:
        acknowledge_alert(session, number, chain.manager_id, now=NOON)

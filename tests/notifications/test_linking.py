"""A chat is linked by a code that holds once and for ten minutes; /stop ends it."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.accounts.models import User
from app.db import transaction
from app.notifications.actions import create_link_code
from app.notifications.chats import listen
from app.notifications.models import LinkCode, PersonalAddress, PersonalSettings
from tests.make import NOON, Chain, rows_of
from tests.notifications.reach import CHAT, Reach
from tests.together import together

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def new_code(chain: Chain, who: UUID | None = None, at: timedelta = timedelta(0)) -> str:
    """A code as the page shows it."""
    with transaction(chain.organisation_id) as session:
        return create_link_code(session, who or chain.manager_id, now=NOON + at)


def linked(chain: Chain) -> dict[UUID, str]:
    """Whose chat is which."""
    return {row.membership_id: row.address for row in rows_of(chain, PersonalAddress)}


def test_a_code_links_the_chat_and_puts_it_first(reach: Reach) -> None:
    reach.telegram.write(f"/start {new_code(reach.chain)}")
    listen(now=NOON + SECOND)
    assert linked(reach.chain) == {reach.chain.manager_id: str(CHAT)}
    assert reach.telegram.texts == ["Done: alerts for Manager come here. /stop ends that."]
    (wish,) = rows_of(reach.chain, PersonalSettings)
    assert wish.channels == ["telegram", "email"]


def test_only_the_digest_of_a_code_is_kept(reach: Reach) -> None:
    code = new_code(reach.chain)
    (row,) = rows_of(reach.chain, LinkCode)
    assert code not in (row.code_digest, str(row.id))
    assert len(code) == 22


def test_a_code_links_one_chat(reach: Reach) -> None:
    code = new_code(reach.chain)
    reach.telegram.write(f"/start {code}")
    reach.telegram.write(f"/start {code}", by=666)
    listen(now=NOON)
    assert linked(reach.chain) == {reach.chain.manager_id: str(CHAT)}
    assert "does not hold any more" in reach.telegram.texts[1]


def test_the_same_chat_may_say_it_twice(reach: Reach) -> None:
    """A ticker died between linking and forgetting the message."""
    code = new_code(reach.chain)
    for _ in range(2):
        reach.telegram.write(f"/start {code}")
    listen(now=NOON)
    assert reach.telegram.texts[0] == reach.telegram.texts[1]
    assert len(linked(reach.chain)) == 1


def test_after_stop_the_old_code_links_nothing(reach: Reach) -> None:
    code = new_code(reach.chain)
    for text in (f"/start {code}", "/stop", f"/start {code}"):
        reach.telegram.write(text)
    listen(now=NOON)
    assert linked(reach.chain) == {}


@pytest.mark.parametrize(("minutes", "holds"), [(9.9, True), (10, False)])
def test_a_code_holds_for_ten_minutes(reach: Reach, minutes: float, holds: bool) -> None:
    reach.telegram.write(f"/start {new_code(reach.chain)}")
    listen(now=NOON + minutes * MINUTE)
    assert bool(linked(reach.chain)) == holds


def test_a_new_code_ends_the_one_before(reach: Reach) -> None:
    old, new = new_code(reach.chain), new_code(reach.chain)
    reach.telegram.write(f"/start {old}")
    reach.telegram.write(f"/start {new}", by=78)
    listen(now=NOON)
    assert linked(reach.chain) == {reach.chain.manager_id: "78"}


def test_a_code_of_another_chain_links_nothing(reach: Reach, foreign_chain: Chain) -> None:
    reach.telegram.write(f"/start {new_code(foreign_chain)}")
    listen(now=NOON)
    assert linked(reach.chain) == linked(foreign_chain) == {}


def test_stop_ends_it_and_alerts_go_by_the_other_channels(reach: Reach) -> None:
    reach.link()
    reach.telegram.write("/stop")
    listen(now=NOON)
    assert linked(reach.chain) == {}
    assert reach.telegram.texts == ["Nothing more will come here. Alerts go by your other channels."]
    reach.complain()
    assert reach.rows == [("email", "pending")]


def test_a_shared_phone_serves_several_and_stops_for_all(reach: Reach) -> None:
    reach.link()
    reach.link(reach.chain.regional_id)
    assert len(linked(reach.chain)) == 2
    reach.telegram.write("/stop")
    listen(now=NOON)
    assert linked(reach.chain) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/start", "To get alerts here, open the link in Vidhuk"),
        ("/start " + "x" * 64, "does not hold any more"),
        ("/start ' OR 1=1", "To get alerts here"),
        ("/stop", "This chat is not linked"),
        ("hello", "To get alerts here"),
        ("/START", "To get alerts here"),
        ("я" * 2_000, "To get alerts here"),
    ],
)
def test_whatever_a_stranger_writes_gets_a_word(reach: Reach, text: str, words: str) -> None:
    reach.telegram.write(text)
    listen(now=NOON)
    assert words in reach.telegram.texts[0]
    assert linked(reach.chain) == {}


def test_it_speaks_the_members_language_and_else_that_of_their_telegram(reach: Reach) -> None:
    with transaction(None) as session:
        session.query(User).filter_by(email="manager@nova.example").one().language = "uk"
    reach.telegram.write("hello")
    reach.telegram.write("hello", by=5, **{"from": {"id": 5, "first_name": "X", "language_code": "pt-br"}})
    reach.telegram.write(f"/start {new_code(reach.chain)}")
    reach.telegram.write("hello")
    listen(now=NOON)
    stranger, other, done, member = reach.telegram.texts
    assert stranger.startswith("To get alerts here")
    assert other.startswith("Щоб")
    assert done.startswith("Готово")
    assert member.startswith("Сигнали") or "Сигнал" in member


def test_a_group_is_refused_in_words_and_only_when_it_asks(reach: Reach) -> None:
    group = {"id": -100, "type": "supergroup", "title": "Managers"}
    for text in ("good morning", f"/start@nova_alerts_bot {new_code(reach.chain)}"):
        reach.telegram.write(text, by=-100, chat=group)
    listen(now=NOON)
    (message,) = reach.telegram.sent
    assert message["text"].startswith("Alerts come to one person, not to a group")
    assert linked(reach.chain) == {}


def test_many_who_try_one_code_at_once_link_one_chat(app: Flask, reach: Reach) -> None:
    from app.notifications.actions import link_chat

    code = new_code(reach.chain)

    def attempt(chat: int) -> bool:
        with transaction(reach.chain.organisation_id) as session:
            return link_chat(session, code, str(chat), "", now=NOON) is not None

    won = together(app, [lambda chat=chat: attempt(chat) for chat in range(6)])  # type: ignore[misc]
    assert won.count(True) == 1
    assert len(linked(reach.chain)) == 1

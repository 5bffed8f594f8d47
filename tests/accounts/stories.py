"""What the tests of accounts do over and over: invite, let letters go out, open the link in the last one."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.actions import add_member
from app.accounts.letters import send_due_account_mail
from app.accounts.models import Membership, User
from app.accounts.resets import answer_password_requests
from app.accounts.rules import Role
from app.audit.models import AuditEntry
from app.channels.email.models import MailboxMessage
from app.db import looking_across, reading, transaction
from app.web.settings import settings
from tests.fakes import Hands
from tests.make import Chain, rows_of

NEW = {"email": "olena@new.example", "name": "Олена Нова", "language": "uk"}
NEW_PASSWORD = "three unrelated words"


def invite(client: FlaskClient, chain: Chain, **fields: str) -> None:
    """Ask somebody to join as the manager of the first store, unless the fields say otherwise."""
    place = {"role": "store_manager", "stores": str(chain.store_id)}
    answer = client.post("/team/new", data={**NEW, **place, **fields})
    assert answer.status_code == 303, answer.text


def deliver(hands: Hands) -> None:
    """Everything goes out that is due."""
    answer_password_requests(settings(), now=hands.at)
    while send_due_account_mail(settings(), now=hands.at):
        pass


def letters(chain: Chain) -> list[MailboxMessage]:
    """What lies in the mailbox."""
    return rows_of(chain, MailboxMessage)


def link_in(chain: Chain) -> str:
    """The path in the last letter."""
    found = re.search(r"http://127\.0\.0\.1:8000(/(?:join|reset)/\S+)", letters(chain)[-1].body)
    assert found, letters(chain)[-1].body
    return found[1]


def invited_link(client: FlaskClient, chain: Chain, hands: Hands, **fields: str) -> str:
    """Invite, deliver, and the path of the link."""
    invite(client, chain, **fields)
    deliver(hands)
    return link_in(chain)


def join(app: Flask, path: str, **fields: str) -> FlaskClient:
    """Open the link as a new colleague and choose a password; their browser."""
    client = app.test_client()
    assert client.get(path).status_code == 200
    answer = client.post(path, data={"name": "Олена Нова", "password": NEW_PASSWORD, **fields})
    assert (answer.status_code, answer.location) == (303, "/"), answer.text
    return client


def second_job(chain: Chain, other: Chain, who: str = "manager", role: str = "store_manager") -> None:
    """Somebody of the first chain works for the other one, too, in its first store."""
    with reading(None) as session:
        user_id = session.scalars(select(User.id).where(User.email == f"{who}@{chain.slug}.example")).one()
    with transaction(other.organisation_id) as session:
        add_member(session, user_id, Role(role), stores=[other.store_id])


def membership_of(chain: Chain, email: str) -> Membership:
    """The membership of an address in this chain."""
    with reading(chain.organisation_id) as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        return session.scalars(select(Membership).where(Membership.user_id == user.id)).one()


def deeds(chain: Chain) -> list[tuple[str, str, str]]:
    """The record, oldest first: what, by whom, to whom."""
    return [(entry.deed, entry.doer, entry.subject) for entry in rows_of(chain, AuditEntry)]


def count(kind: type[object]) -> int:
    """How many rows of a kind there are, over all organisations."""
    with looking_across() as session:
        return len(session.scalars(select(kind)).all())

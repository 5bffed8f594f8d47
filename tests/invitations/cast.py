"""What the tests of invitations start from: minted links, tills with keys, phones that open them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.contacts.actions import Keeping
from app.contacts.rules import read_contact
from app.db import transaction
from app.ids import new_key
from app.invitations.actions import (
    InvitationDraft,
    Minted,
    NewKey,
    create_till_key,
    mint_invitations,
)
from app.invitations.models import Invitation
from app.invitations.signing import Receipt, signed_path
from app.invitations.tickets import invitation_path
from app.people.rules import Cashier
from tests.make import NOON, SECRET, Chain, rows_of

KEEPING = Keeping(SECRET, 90)


def draft(
    chain: Chain,
    number: str = "R-0042",
    *,
    cashier: str = "",
    contact: str | None = None,
    other_store: bool = False,
    **others: Any,
) -> InvitationDraft:
    """A receipt of the chain's first store, issued at noon."""
    return InvitationDraft(
        chain.other_store_id if other_store else chain.store_id,
        number,
        others.pop("issued_at", NOON),
        cashier=Cashier(cashier, others.pop("name", "")) if cashier else None,
        contact=read_contact(contact, "UA") if contact else None,
        **others,
    )


def mint_all(chain: Chain, *drafts: InvitationDraft, now: datetime = NOON) -> list[Minted]:
    """Mint in a transaction of its own."""
    with transaction(chain.organisation_id) as session:
        return mint_invitations(session, drafts, KEEPING, now=now)


def mint(chain: Chain, number: str = "R-0042", *, now: datetime = NOON, **others: Any) -> Invitation:
    """One invitation."""
    return mint_all(chain, draft(chain, number, **others), now=now)[0].invitation


def link(chain: Chain, number: str = "R-0042", **others: Any) -> str:
    """The path of a minted link."""
    return invitation_path(mint(chain, number, **others).token)


def till(chain: Chain, *, other_store: bool = False, now: datetime = NOON) -> NewKey:
    """A key for the tills of the chain's first store."""
    store_id = chain.other_store_id if other_store else chain.store_id
    with transaction(chain.organisation_id) as session:
        return create_till_key(session, store_id, SECRET, now=now)


def signed(key: NewKey, number: str = "R-0042", issued_at: datetime = NOON, **others: Any) -> str:
    """The path of a link that a till with that key prints."""
    return signed_path(key.secret, key.key_id, Receipt(number, issued_at, **others))


def invitations(chain: Chain) -> list[Invitation]:
    """Every invitation that the chain has."""
    return rows_of(chain, Invitation)


@dataclass(frozen=True, slots=True)
class Reader:
    """A phone without scripts and cookies that opens links."""

    client: FlaskClient

    def open(self, path: str, query: str = "lang=en") -> TestResponse:
        """Open a link."""
        return self.client.get(f"{path}{'&' if '?' in path else '?'}{query}")

    def tap(self, path: str, rating: object = 3, key: str | None = None, **others: str) -> TestResponse:
        """Tap a rating on the link's page, under a key of the phone's own unless another is given."""
        fields = {"key": key or new_key(), "rating": str(rating), **others}
        return self.client.post(f"{path}{'&' if '?' in path else '?'}lang=en", data=fields)

    def tapped(self, path: str, rating: int = 3) -> str:
        """Open, tap; the key."""
        key = key_of(self.open(path))
        assert self.tap(path, rating, key).status_code == 303
        return key


def key_of(page: TestResponse) -> str:
    """The key that a survey page brings along."""
    found = re.search(r'name="key" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]

"""Some answers of the demo come through links on receipts, and so name who rang up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from app.contacts.actions import Keeping
from app.db import OrganisationSession
from app.demo.chain import Place, StorePlan
from app.demo.founding import StoreAtWork
from app.demo.visits import Visit
from app.invitations.actions import InvitationDraft, mint_invitations
from app.invitations.models import Invitation
from app.people.rules import Cashier

_SEED = "чек"
_SHARE = 0.2
_NAMES = (
    *("Аліна Дячук", "Богдана Кравчук", "Віталій Остапенко", "Ганна Романюк", "Денис Поліщук"),
    *("Єва Коваленко", "Злата Шевчук", "Ілля Марченко"),
)
_AT_A_STORE = 3


def with_receipts(visits: Sequence[Visit], stores: Sequence[StorePlan]) -> list[Visit]:
    """A fifth of the answers at tills, each with the cashier who printed the link."""
    chance = Random(_SEED)
    return [
        replace(visit, cashier=chance.randrange(_AT_A_STORE))
        if stores[visit.store].places[visit.place][1] is Place.TILL and chance.random() < _SHARE
        else visit
        for visit in visits
    ]


def mint_receipt(
    session: OrganisationSession, visit: Visit, store: StoreAtWork, keeping: Keeping, *, now: datetime
) -> Invitation | None:
    """The invitation behind an answer; ``None`` for one that came through a printed code."""
    if visit.cashier is None:
        return None
    draft = InvitationDraft(
        store.row.id,
        f"{now:%y%m%d}-{visit.cashier + 1}-{now:%H%M%S}",
        issued_at=now,
        total_minor=9_900 + now.microsecond % 10 + now.second * 1_000,
        currency=store.row.currency,
        cashier=Cashier(f"{visit.cashier + 1:02}", _name(visit)),
        language=visit.language,
    )
    return mint_invitations(session, [draft], keeping, now=now)[0].invitation


def _name(visit: Visit) -> str:
    """Everybody has a name but the last of each store, whom only the code names."""
    is_last = visit.cashier == _AT_A_STORE - 1
    return "" if is_last else _NAMES[(visit.store * 2 + (visit.cashier or 0)) % len(_NAMES)]

"""POST /api/v1/alerts/{number}/...: what a member did in another system, done here in the member's name."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint
from pydantic import AfterValidator, Field, WithJsonSchema

from app import clock
from app.accounts.actions import normal_email
from app.accounts.keys import require_key_store
from app.accounts.queries import find_handler
from app.alerts.actions import (
    acknowledge_alert,
    dismiss_alert,
    log_call,
    note_on_alert,
    reply_to_shopper,
    resolve_alert,
)
from app.alerts.actions.handling import Resolution
from app.alerts.forms import MESSAGE_GRAPHEMES
from app.alerts.queries import get_alert
from app.alerts.rules import CallOutcome, Dismissal, RootCause, Via
from app.api.v1 import schemas
from app.api.v1.alerts import shown_alert
from app.api.v1.bodies import Body, example, fault, text_within
from app.api.v1.operations import write_operation
from app.api.v1.parameters import read_number
from app.contacts.rules import CONTACT_CHARACTERS
from app.db import OrganisationSession, get_row
from app.errors import Invalid
from app.stores.models import Store
from app.text import clean_text
from app.web.access import Scope, api_key

pages = Blueprint("api_alert_actions", __name__, url_prefix="/api/v1")

CHOSEN_DISMISSALS = [word for word in Dismissal if word is not Dismissal.CORRECTED]


def _chosen(reason: Dismissal) -> Dismissal:
    """A correction is the shopper's own and cannot be chosen."""
    if reason not in CHOSEN_DISMISSALS:
        raise fault("unknown_value")
    return reason


Text = Annotated[str, AfterValidator(text_within(MESSAGE_GRAPHEMES, clean_text)), Field(min_length=1)]
Reason = Annotated[
    Dismissal, AfterValidator(_chosen), WithJsonSchema({"type": "string", "enum": [*CHOSEN_DISMISSALS]})
]
Email = Annotated[
    str,
    AfterValidator(text_within(CONTACT_CHARACTERS)),
    Field(
        min_length=1,
        description="The e-mail address of the member who did it; their scope holds the store.",
    ),
]


class ByMember(Body):
    """Who acts."""

    model_config = example(member="olena@nova.example")

    member: Email


class Reply(ByMember):
    """What is written to the shopper."""

    model_config = example(member="olena@nova.example", text="Вибачте нам. Завтра вийде третя касирка.")

    text: Text
    via: Via = Field(Via.RETURN_PAGE, description="The e-mail way is open when an address was left.")


class Call(ByMember):
    """How a call to the shopper ended."""

    model_config = example(member="olena@nova.example", outcome="spoken")

    outcome: CallOutcome = Field(description="`spoken` answers the alert, `no_answer` is an attempt.")


class Note(ByMember):
    """A remark for colleagues."""

    model_config = example(member="olena@nova.example", text="A regular of ours")

    text: Text


class Settlement(ByMember):
    """Why it happened, and what was done."""

    model_config = example(
        member="olena@nova.example", root_cause="process_queue", action_taken="Opened till 3"
    )

    root_cause: RootCause | None = Field(None, description="Needed where the shopper can be answered.")
    action_taken: Text | None = None


class Refusal(ByMember):
    """Why it was no complaint."""

    model_config = example(member="olena@nova.example", reason="duplicate")

    reason: Reason


@pages.post("/alerts/<number>/acknowledge")
@api_key(Scope.WRITE)
@write_operation(ByMember, schemas.Alert, 200)
def acknowledge(session: OrganisationSession, body: ByMember, number: str) -> schemas.Alert:
    """A member takes a new alert; the same member again changes nothing.

    409: `already_acknowledged` (`details` holds the `owner`), `already_done`.
    """
    found, member_id = _at_hand(session, body, number)
    acknowledge_alert(session, found, member_id, now=clock.now())
    return shown_alert(session, found)


@pages.post("/alerts/<number>/reply")
@api_key(Scope.WRITE)
@write_operation(Reply, schemas.Alert, 200)
def reply(session: OrganisationSession, body: Reply, number: str) -> schemas.Alert:
    """A member writes to the shopper; the same words within ten minutes are one reply.

    409: `not_answerable`. 422 `no_address`: nobody left an e-mail address.
    """
    found, member_id = _at_hand(session, body, number)
    reply_to_shopper(session, found, member_id, body.text, via=body.via, now=clock.now())
    return shown_alert(session, found)


@pages.post("/alerts/<number>/call")
@api_key(Scope.WRITE)
@write_operation(Call, schemas.Alert, 200)
def call(session: OrganisationSession, body: Call, number: str) -> schemas.Alert:
    """A member called the shopper.

    409: `not_answerable`, `already_done`.
    """
    found, member_id = _at_hand(session, body, number)
    log_call(session, found, member_id, body.outcome, now=clock.now())
    return shown_alert(session, found)


@pages.post("/alerts/<number>/note")
@api_key(Scope.WRITE)
@write_operation(Note, schemas.Alert, 200)
def note(session: OrganisationSession, body: Note, number: str) -> schemas.Alert:
    """A member leaves a remark for colleagues; the shopper never sees it."""
    found, member_id = _at_hand(session, body, number)
    note_on_alert(session, found, member_id, body.text, now=clock.now())
    return shown_alert(session, found)


@pages.post("/alerts/<number>/resolve")
@api_key(Scope.WRITE)
@write_operation(Settlement, schemas.Alert, 200)
def resolve(session: OrganisationSession, body: Settlement, number: str) -> schemas.Alert:
    """A member settles the matter.

    409: `not_answered` (who can be answered must have been), `already_done`. 422: `root_cause` `required`.
    """
    found, member_id = _at_hand(session, body, number)
    resolution = Resolution(body.root_cause, body.action_taken)
    resolve_alert(session, found, member_id, resolution, now=clock.now())
    return shown_alert(session, found)


@pages.post("/alerts/<number>/dismiss")
@api_key(Scope.WRITE)
@write_operation(Refusal, schemas.Alert, 200)
def dismiss(session: OrganisationSession, body: Refusal, number: str) -> schemas.Alert:
    """A member found that it was no complaint.

    409: `already_done`.
    """
    found, member_id = _at_hand(session, body, number)
    dismiss_alert(session, found, member_id, body.reason, now=clock.now())
    return shown_alert(session, found)


def _at_hand(session: OrganisationSession, body: ByMember, number: str) -> tuple[int, UUID]:
    """The alert's number and the member's id.

    Raises `NotFound` outside the key's stores, `Invalid` for nobody who may handle this store's alerts.
    """
    alert = get_alert(session, read_number(number))
    require_key_store(alert.store_id)
    member = find_handler(session, normal_email(body.member), get_row(session, Store, alert.store_id))
    if member is None:
        raise Invalid(faults={"member": "unknown_value"})
    return alert.number, member.id

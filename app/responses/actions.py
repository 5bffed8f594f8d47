"""The one door: every way in stores a response here, with the same guards."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.contacts.actions import Keeping, change_contact, keep_contact
from app.contacts.queries import is_same_contact
from app.contacts.rules import Address
from app.db import OrganisationSession, add_once
from app.errors import Conflict
from app.events import EventName, record
from app.invitations.actions import Redeemed, redeem_invitation
from app.responses.models import Response, ResponseOrigin
from app.responses.queries import lock_response
from app.responses.rules import Channel, believed_answer_time, is_hasty, is_late, is_negative, may_change


@dataclass(frozen=True, slots=True)
class Origin:
    """Which key of the API sent a response, under which id of the sender's own, with what content."""

    api_key_id: UUID
    external_id: str | None
    content_digest: str


@dataclass(frozen=True, slots=True)
class ResponseDraft:
    """What a shopper's tap carries. `answered_at` is the device's claim, if it made one.

    With an `origin` it is what another system tells of an answer: then its time is taken as it is told.
    """

    key: str
    store_id: UUID
    touchpoint_id: UUID
    survey_version_id: UUID
    channel: Channel
    language: str
    rating: int
    qr_code_id: UUID | None = None
    answered_at: datetime | None = None
    is_suspect: bool = False
    origin: Origin | None = None
    invitation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What the second step adds. `is_typed` on our page just now, so that its speed says who typed."""

    comment: str | None
    contact: Address | None
    wants_marketing: bool = False
    is_typed: bool = True


class Outcome(StrEnum):
    """What became of a tap."""

    STORED = "stored"
    REPEATED = "repeated"
    CORRECTED = "corrected"


def record_response(session: OrganisationSession, draft: ResponseDraft, *, now: datetime) -> Outcome:
    """Store a rating once for its key; the same key again changes nothing, or corrects the rating.

    Raises `Conflict`: ``already_received`` for another rating after the 30 minutes of correction,
    ``already_answered`` where somebody else has used the invitation; `Gone` where it is over.
    """
    answered_at = _answered_at(draft, now)
    known = Redeemed()
    if draft.invitation_id:
        known = redeem_invitation(session, draft.invitation_id, draft.key, at=answered_at, now=now)
    response = Response(
        key=draft.key,
        store_id=draft.store_id,
        touchpoint_id=draft.touchpoint_id,
        qr_code_id=draft.qr_code_id,
        survey_version_id=draft.survey_version_id,
        channel=draft.channel,
        language=draft.language,
        rating=draft.rating,
        invitation_id=draft.invitation_id,
        employee_id=known.employee_id,
        contact_id=known.contact_id,
        is_suspect=draft.is_suspect,
        is_late=is_late(answered_at, now),
        answered_at=answered_at,
        received_at=now,
    )
    if not add_once(session, response, ("key",)):
        return _correct(session, draft, now=now)
    if draft.origin:
        session.add(ResponseOrigin(response_id=response.id, **asdict(draft.origin)))
        session.flush()
    record(session, EventName.RESPONSE_RECEIVED, response.id, at=now, rating=draft.rating)
    return Outcome.STORED


def complete_response(
    session: OrganisationSession, key: str, completion: Completion, keeping: Keeping, *, now: datetime
) -> Response:
    """Add the comment and the contact; the same again changes nothing, and no contact takes none away.

    Raises `Conflict` (``already_received``) for something else after the 30 minutes of correction.
    """
    response = lock_response(session, key)
    has_new_comment = completion.comment != response.comment
    has_new_contact = _is_new_contact(session, response, completion, keeping)
    if response.completed_at and not (has_new_comment or has_new_contact):
        return response
    if response.completed_at and not may_change(response.received_at, now):
        raise Conflict("already_received")
    response.comment = completion.comment
    is_judged = completion.is_typed and completion.comment is not None
    response.is_suspect |= is_judged and is_hasty(response.answered_at, now)
    response.completed_at = now
    if has_new_contact:
        _keep_contact(session, response, completion, keeping, now=now)
    session.flush()
    news = {"has_new_comment": has_new_comment, "has_new_contact": has_new_contact}
    record(session, EventName.RESPONSE_COMPLETED, response.id, at=now, **news)
    return response


def _answered_at(draft: ResponseDraft, now: datetime) -> datetime:
    if draft.origin and draft.answered_at:
        return min(draft.answered_at, now)
    return believed_answer_time(draft.answered_at, now)


def _correct(session: OrganisationSession, draft: ResponseDraft, *, now: datetime) -> Outcome:
    response = lock_response(session, draft.key)
    if response.invitation_id != draft.invitation_id:
        raise Conflict("already_received")
    if response.rating == draft.rating:
        return Outcome.REPEATED
    if not may_change(response.received_at, now) or response.touchpoint_id != draft.touchpoint_id:
        raise Conflict("already_received")
    was_negative = is_negative(response.rating)
    response.rating = draft.rating
    response.corrected_at = now
    session.flush()
    record(session, EventName.RESPONSE_CORRECTED, response.id, at=now, was_negative=was_negative)
    return Outcome.CORRECTED


def _is_new_contact(
    session: OrganisationSession, response: Response, completion: Completion, keeping: Keeping
) -> bool:
    return completion.contact is not None and not is_same_contact(
        session,
        response.contact_id,
        completion.contact,
        keeping.secret,
        wants_marketing=completion.wants_marketing,
    )


def _keep_contact(
    session: OrganisationSession,
    response: Response,
    completion: Completion,
    keeping: Keeping,
    *,
    now: datetime,
) -> None:
    assert completion.contact is not None
    consents = completion.wants_marketing
    address = completion.contact
    if response.contact_id:
        change_contact(session, response.contact_id, address, keeping, wants_marketing=consents, now=now)
    else:
        response.contact_id = keep_contact(session, address, keeping, wants_marketing=consents, now=now)

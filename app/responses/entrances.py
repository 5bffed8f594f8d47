"""The ways in: a printed code, a minted link, a link that a till has signed. All lead to the same page."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import g, request

from app import clock
from app.errors import Gone, NotFound
from app.ids import fold_printed_code
from app.invitations.rules import Kind
from app.invitations.tickets import Ticket, find_signed_ticket, find_ticket
from app.responses.guard import note_unknown_code
from app.responses.models import Response
from app.responses.rules import Channel
from app.touchpoints.doors import Door, find_door
from app.web.languages import LANGUAGES, speak_only
from app.web.settings import settings

_CHANNELS = {Kind.RECEIPT: Channel.RECEIPT, Kind.CALL: Channel.CALL, Kind.ORDER: Channel.RECEIPT}


@dataclass(frozen=True, slots=True)
class Entrance:
    """A door as somebody came to it: where its page stands, and what an answer that comes in here is."""

    door: Door
    path: str
    channel: Channel
    qr_code_id: UUID | None = None
    ticket: Ticket | None = None

    def address(self, **query: str) -> str:
        """The page's own address, with what it wants to remember."""
        return f"{self.path}{'&' if '?' in self.path else '?'}{urlencode(query)}"

    def check(self, at: datetime, *, now: datetime) -> None:
        """Raise `Gone` where an answer of that instant is not taken; who has answered already may go on."""
        if self.ticket is None:
            if not self.door.is_open:
                raise Gone("code_closed")
        elif self.ticket.answered_at is None and (reason := self.ticket.refusal(at, now=now)):
            raise Gone(reason)

    def is_of(self, response: Response) -> bool:
        """Whether the response came in here."""
        if self.ticket is None:
            return response.qr_code_id == self.qr_code_id
        return response.invitation_id is not None and response.invitation_id == self.ticket.invitation_id


def by_code(code: str) -> Entrance:
    """The entrance of a printed code; raises `NotFound` for what was never printed."""
    folded = fold_printed_code(code)
    door = find_door(folded) if folded else None
    if door is None:
        raise _unknown("unknown_code")
    _speak(door, "")
    return Entrance(door, f"/q/{door.code}", Channel.QR, qr_code_id=door.qr_code_id)


def by_token(token: str) -> Entrance:
    """The entrance of a minted link; raises `NotFound` for what was never minted."""
    return _with_ticket(find_ticket(token))


def by_receipt(key_id: str, number: str) -> Entrance:
    """The entrance of a link that a till has signed; raises `NotFound` for what no till of ours has."""
    return _with_ticket(find_signed_ticket(key_id, number, request.query_string, settings().secret_key))


def _with_ticket(ticket: Ticket | None) -> Entrance:
    if ticket is None:
        raise _unknown("unknown_link")
    _speak(ticket.door, ticket.language)
    return Entrance(ticket.door, ticket.path, _CHANNELS[ticket.kind], ticket=ticket)


def _unknown(code: str) -> NotFound:
    """A refusal for what is not there; raises `TooMany` when somebody keeps guessing."""
    note_unknown_code(request.remote_addr, now=clock.now())
    return NotFound(code)


def _speak(door: Door, preset: str) -> None:
    """The language of the page: one that was asked for, what the receipt says, the phone's, the store's."""
    g.organisation_id = str(door.organisation_id)
    is_preset = preset in door.languages and request.args.get("lang") not in LANGUAGES
    if is_preset:
        speak_only((preset,), preset)
    else:
        speak_only(door.languages, door.default_language)

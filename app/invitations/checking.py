"""What would we say to a link that somebody pastes? For those who set up tills."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote, urlsplit

from cryptography.fernet import InvalidToken
from flask_babel import gettext as _

from app.db import reading
from app.errors import Invalid
from app.ids import OrganisationId
from app.invitations.actions import till_secret
from app.invitations.queries import find_till_key
from app.invitations.signing import SignedLink, canonical_text, read_link
from app.invitations.tickets import Ticket, find_signed_ticket, find_ticket
from app.web.templating import local_time

MOST = 2_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the link opens the survey, why or why not, and the text that has to be signed."""

    opens: bool
    words: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    signed_text: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """The parts of a till's link, as a web server would hand them on."""

    key_id: str
    number: str
    query: bytes


def check_link(text: str, organisation_id: OrganisationId, secret_key: str, *, now: datetime) -> Verdict:
    """What a shopper of the organisation would meet behind the link; nothing is changed."""
    try:
        parts = urlsplit(text.strip()[:MOST])
    except ValueError:
        return Verdict(opens=False, words=_("This is not an address."))
    match parts.path.split("/", 3):
        case ["", "i", token]:
            return _of_ticket(find_ticket(token), organisation_id, now=now)
        case ["", "r", key_id, number]:
            place = _Place(key_id, unquote(number), parts.query.encode("utf-8", "replace"))
            return _of_receipt(place, organisation_id, secret_key, now=now)
    return Verdict(opens=False, words=_("A receipt link has /i/ or /r/ after the address of this site."))


def _of_receipt(place: _Place, organisation_id: OrganisationId, secret_key: str, *, now: datetime) -> Verdict:
    try:
        link = read_link(place.key_id, place.number, place.query)
    except Invalid as refusal:
        name, code = next(iter(refusal.faults.items()))
        return Verdict(opens=False, words=_words_of_fault(name, code))
    if verdict := _of_signature(link, organisation_id, secret_key):
        return verdict
    ticket = find_signed_ticket(place.key_id, place.number, place.query, secret_key)
    return _of_ticket(ticket, organisation_id, now=now, text=canonical_text(place.key_id, link.receipt))


def _of_signature(link: SignedLink, organisation_id: OrganisationId, secret_key: str) -> Verdict | None:
    """What is wrong with the key or the signature; ``None`` when they are right."""
    text = canonical_text(link.key_id, link.receipt)
    with reading(organisation_id) as session:
        key = find_till_key(session, link.key_id)
    if key is None:
        return Verdict(opens=False, words=_("No till key of yours is called %(key)s.", key=link.key_id))
    try:
        is_signed = link.is_signed_with(till_secret(key, secret_key))
    except InvalidToken:
        words = _("The secret of this key cannot be read: SECRET_KEY has changed. Make a new key.")
        return Verdict(opens=False, words=words)
    if is_signed:
        return None
    words = _("The signature is not that of this key. The till has to sign exactly this text:")
    return Verdict(opens=False, words=words, signed_text=text)


def _of_ticket(
    ticket: Ticket | None, organisation_id: OrganisationId, *, now: datetime, text: str = ""
) -> Verdict:
    if ticket is None or ticket.door.organisation_id != organisation_id:
        return Verdict(opens=False, words=_("Nobody of yours has made this link."))
    facts = _facts(ticket)
    if ticket.answered_at:
        words = _("It was answered about already: thanks, and the date.")
        return Verdict(opens=False, words=words, facts=facts, signed_text=text)
    reason = ticket.refusal(now, now=now)
    words = _words_of_refusal(reason) if reason else _("It opens the survey.")
    return Verdict(opens=reason is None, words=words, facts=facts, signed_text=text)


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    zone = ticket.door.calendar.zone.key
    facts = [
        (_("Store"), ticket.door.store_name),
        (_("Number"), ticket.number),
        (_("Answers until"), local_time(ticket.expires_at, zone)),
    ]
    if ticket.answered_at:
        facts.append((_("Answered"), local_time(ticket.answered_at, zone)))
    if ticket.link:
        receipt = ticket.link.receipt
        facts.append((_("Issued"), local_time(receipt.issued_at, zone)))
        facts.append((_("Cashier"), receipt.cashier or _("none")))
    return facts


def _words_of_fault(name: str, code: str) -> str:
    if code == "unknown":
        return _("The field %(field)s is not known.", field=name)
    if code == "repeated":
        return _("The field %(field)s is there twice.", field=name)
    return _("The field %(field)s is missing or not in its one spelling.", field=name)


def _words_of_refusal(reason: str) -> str:
    words = {
        "link_cancelled": _("The purchase was cancelled: the link says so."),
        "link_key_ended": _("The key was revoked, or its time is over."),
        "link_not_yet": _("It is dated in the future: the clock of the till is ahead."),
        "link_expired": _("It has expired."),
        "link_closed": _("The store or its touchpoint for receipts is closed."),
    }
    return words[reason]

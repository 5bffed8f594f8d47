"""Sending one SMS through the organisation's provider."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from flask_babel import gettext as _

from app.channels import Channel, ChannelFailure, Form, Message
from app.channels.http import HttpReply, HttpRequest, check_target, send_http
from app.channels.sms import NAME
from app.channels.sms.queries import find_gateway, secret_of
from app.channels.sms.template import (
    Template,
    address_of,
    body_of,
    headers_of,
    is_accepted,
    values_of,
)
from app.db import OrganisationSession, reading
from app.errors import Invalid
from app.ids import OrganisationId
from app.web.settings import settings

PER_MINUTE = 300
_RETRIED = {408, 425, 429}
# The provider does not know us, wants money, or is not there: no SMS gets through before somebody acts.
_OF_CHANNEL = {401, 402, 403, 404, 405, 407, 410}
_MOST_WAIT_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One SMS to a number in E.164. The provider gets the reference and may know a repeat by it."""

    reference: str
    to: str
    text: str

    @property
    def channel(self) -> str:
        """The name of the channel."""
        return NAME

    def send(self, organisation_id: OrganisationId, *, now: datetime) -> None:  # noqa: ARG002 - others date it
        """Hand it to the provider; raises `ChannelFailure` unless it was accepted."""
        template, secret = own_gateway(organisation_id)
        reply = ask(template, self, secret)
        if not is_accepted(template, reply.status, reply.body):
            raise failure_of(reply)


def own_gateway(organisation_id: OrganisationId) -> tuple[Template, str]:
    """How to ask the provider, and our secret with it; raises `ChannelFailure` where that is not known."""
    with reading(organisation_id) as session:
        gateway = find_gateway(session)
    if gateway is None:
        raise ChannelFailure("not_connected", is_permanent=True, is_of_address=True)
    try:
        return gateway.template, secret_of(gateway, settings().secret_key)
    except InvalidToken:
        raise ChannelFailure("secret_key_changed", is_permanent=True) from None


def ask(template: Template, message: TextMessage, secret: str) -> HttpReply:
    """The provider's answer, whatever it is; raises `ChannelFailure` where there is none."""
    values = values_of(message.to, message.text, message.reference, secret)
    return send_http(
        HttpRequest(
            address_of(template, values),
            method=template.method,
            headers=headers_of(template, values),
            body=body_of(template, values),
        )
    )


def failure_of(reply: HttpReply) -> ChannelFailure:
    """What a refusal means: for this number, for the provider, or only for now."""
    status = reply.status
    if 200 <= status < 300:
        # It may have been taken all the same: to send it again could cost forty times.
        return ChannelFailure("sms_refused", is_permanent=True, is_of_address=True)
    if status >= 500 or status in _RETRIED:
        return ChannelFailure(f"sms_{status}", retry_after=_wait(reply.headers.get("retry-after", "")))
    is_of_channel = status < 400 or status in _OF_CHANNEL
    return ChannelFailure(f"sms_{status}", is_permanent=True, is_of_address=not is_of_channel)


def _wait(header: str) -> timedelta | None:
    seconds = int(header) if header.isascii() and header.isdecimal() and len(header) < 7 else 0
    return timedelta(seconds=min(seconds, _MOST_WAIT_SECONDS)) if seconds else None


def _pack(address: str, message: Message) -> TextMessage:
    text = f"{message.text} {message.link.url}" if message.link else message.text
    return TextMessage(message.reference, address, text)


def _check(organisation_id: OrganisationId) -> None:
    template, _secret = own_gateway(organisation_id)
    try:
        check_target(template.url)
    except Invalid as refusal:
        raise ChannelFailure(refusal.faults["url"], is_permanent=True) from None


def _is_ready(session: OrganisationSession) -> bool:
    return find_gateway(session) is not None


SMS = Channel(
    name=NAME,
    form=Form.SHORT,
    is_loud=True,
    words=lambda: _("SMS"),
    is_ready=_is_ready,
    pack=_pack,
    check=_check,
)

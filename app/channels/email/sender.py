"""Sending one e-mail, over SMTP or into the local mailbox."""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _

from app.channels import Channel, ChannelFailure, Form, Message
from app.channels.email.models import MailboxMessage
from app.db import insert_once, transaction
from app.ids import OrganisationId
from app.text import clean_line
from app.web.settings import settings

NAME = "email"
_TIMEOUT_SECONDS = 10
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True, slots=True)
class Email:
    """A plain-text message. The reference becomes its Message-ID: a repeat can be recognised.

    Those of one `thread` are shown as one conversation.
    """

    reference: str
    recipient: str
    subject: str
    body: str
    thread: str = ""

    @property
    def channel(self) -> str:
        """The name of the channel."""
        return NAME

    def send(self, organisation_id: OrganisationId, *, now: datetime) -> None:
        """Hand it to the mail server; raises `ChannelFailure` unless it was accepted."""
        send_email(organisation_id, self, now=now)


def send_email(organisation_id: OrganisationId, email: Email, *, now: datetime) -> None:
    """Hand the message over; raises `ChannelFailure` unless it was accepted.

    Only what the server says of this recipient or this message is final; a refused sign-in can be mended.
    """
    if settings().mail_url is None:
        _put_into_mailbox(organisation_id, email, now=now)
        return
    try:
        _send(settings().mail_url or "", _message(email, now=now))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise ChannelFailure(
            "recipient_refused", is_permanent=min(codes) >= 500, is_of_address=True
        ) from error
    except smtplib.SMTPResponseException as error:
        is_of_message = isinstance(error, smtplib.SMTPDataError)
        raise ChannelFailure(
            f"smtp_{error.smtp_code}",
            is_permanent=is_of_message and error.smtp_code >= 500,
            is_of_address=is_of_message,
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelFailure(type(error).__name__) from error


def _put_into_mailbox(organisation_id: OrganisationId, email: Email, *, now: datetime) -> None:
    with transaction(organisation_id) as session:
        insert_once(
            session,
            MailboxMessage,
            ["organisation_id", "reference"],
            reference=email.reference,
            recipient=email.recipient,
            subject=email.subject,
            body=email.body,
            sent_at=now,
        )


def _send(mail_url: str, message: EmailMessage) -> None:
    server = connect(mail_url)
    try:
        server.send_message(message)
    except smtplib.SMTPNotSupportedError as error:
        raise ChannelFailure("address_not_supported", is_permanent=True, is_of_address=True) from error
    finally:
        # By now it was accepted or refused; how the server takes its leave changes nothing.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def connect(mail_url: str) -> smtplib.SMTP:
    """An open connection to the mail server, signed in; raises ``SMTPException`` or ``OSError``."""
    server = urlsplit(mail_url)
    port = server.port or _PORTS.get(server.scheme, 25)
    host = server.hostname or "localhost"
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS)
    try:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=context)
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
    except BaseException:
        connection.close()
        raise
    return connection


def _message(email: Email, *, now: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings().mail_from
    message["To"] = email.recipient
    message["Subject"] = clean_line(email.subject)
    message["Date"] = format_datetime(now)
    domain = settings().mail_from.rpartition("@")[2]
    message["Message-ID"] = f"<{email.reference}@{domain}>"
    if email.thread:
        message["References"] = f"<{email.thread}@{domain}>"
    message.set_content(email.body)
    return message


def _pack(address: str, message: Message) -> Email:
    link = f"\n\n{message.link.words}:\n{message.link.url}" if message.link else ""
    return Email(message.reference, address, message.subject, f"{message.text}{link}\n", message.thread)


EMAIL = Channel(
    name=NAME,
    form=Form.LETTER,
    is_loud=False,
    words=lambda: _("E-mail"),
    is_ready=lambda _session: True,
    pack=_pack,
)

"""One e-mail, handed to a real SMTP server: what it says, and how a refusal is understood."""

import smtplib
import socket
from email.message import Message

import pytest
from flask import Flask

from app.channels import ChannelFailure, retry_after
from app.channels.email.models import MailboxMessage
from app.channels.email.sender import Email, send_email
from tests.fakes import MailServer
from tests.make import NOON, Chain, rows_of, sign_in

LETTER = Email("notification-1", "ann@example.com", "Черга", "Довга черга.\nДо каси.\n")


def send(chain: Chain, **changes: str) -> None:
    """Send the letter, with something different."""
    send_email(
        chain.organisation_id,
        Email(**{**{name: getattr(LETTER, name) for name in Email.__slots__}, **changes}),
        now=NOON,
    )


def body_of(message: Message) -> str:
    """The text of a received message."""
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


def test_the_server_gets_what_was_written(chain: Chain, mail_server: MailServer) -> None:
    send(chain)
    (message,) = mail_server.received
    assert (message["To"], message["Subject"]) == ("ann@example.com", "Черга")
    assert message["Message-ID"] == "<notification-1@localhost>"
    assert message["Date"] == "Wed, 25 Nov 2026 12:00:00 +0000"
    assert body_of(message) == LETTER.body


def test_a_repeat_carries_the_same_reference(chain: Chain, mail_server: MailServer) -> None:
    for _ in range(2):
        send(chain)
    assert len({message["Message-ID"] for message in mail_server.received}) == 1


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\x0b", "\u2028"])
def test_no_header_can_be_smuggled_in(chain: Chain, mail_server: MailServer, break_: str) -> None:
    send(chain, subject=f"Store{break_}Bcc: boss@example.com{break_}{break_}Body")
    (message,) = mail_server.received
    assert message["Bcc"] is None
    assert body_of(message) == LETTER.body


def test_nor_through_an_address(chain: Chain, mail_server: MailServer) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        send(chain, recipient="ann@example.com\r\nBcc: boss@example.com")
    assert mail_server.received == []


@pytest.mark.parametrize(
    ("answer", "is_permanent"), [("550 no such person", True), ("553 no", True), ("450 try later", False)]
)
def test_what_the_server_says_of_a_recipient_decides(
    chain: Chain, mail_server: MailServer, answer: str, is_permanent: bool
) -> None:
    mail_server.refuse = answer
    with pytest.raises(ChannelFailure) as failure:
        send(chain)
    assert (failure.value.reason, failure.value.is_permanent) == ("recipient_refused", is_permanent)


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize(
    ("error", "is_permanent"),
    [
        (smtplib.SMTPAuthenticationError(535, b"password expired"), False),
        (smtplib.SMTPSenderRefused(530, b"sign in first", "vidhuk@localhost"), False),
        (smtplib.SMTPDataError(554, b"looks like spam"), True),
        (smtplib.SMTPDataError(451, b"greylisted"), False),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), True),
        (smtplib.SMTPServerDisconnected(), False),
        (TimeoutError(), False),
    ],
)
def test_only_a_refused_message_is_given_up(
    chain: Chain,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    is_permanent: bool,
) -> None:
    """A password that ran out can be mended, and then everything still goes out."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuse)
    with pytest.raises(ChannelFailure) as failure:
        send(chain)
    assert failure.value.is_permanent == is_permanent


def test_a_server_that_does_not_answer_is_tried_again(app: Flask, chain: Chain) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    own = app.config["VIDHUK"]
    app.config["VIDHUK"] = own.model_copy(update={"mail_url": f"smtp://127.0.0.1:{port}"})
    try:
        with pytest.raises(ChannelFailure) as failure:
            send(chain)
    finally:
        app.config["VIDHUK"] = own
    assert not failure.value.is_permanent


def test_a_rude_farewell_undoes_nothing(
    chain: Chain, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rude(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(smtplib.SMTP, "quit", rude)
    send(chain)
    assert len(mail_server.received) == 1


def test_without_a_server_mail_lands_in_the_mailbox_once(chain: Chain) -> None:
    for _ in range(2):
        send(chain)
    (message,) = rows_of(chain, MailboxMessage)
    assert (message.recipient, message.subject, message.body) == (
        "ann@example.com",
        "Черга",
        "Довга черга.\nДо каси.\n",
    )


def test_owners_read_the_mailbox_and_nobody_else(app: Flask, chain: Chain, foreign_chain: Chain) -> None:
    send(chain)
    assert "Довга черга" in sign_in(app, chain, "owner").get("/mailbox").text
    assert "Довга черга" not in sign_in(app, foreign_chain, "owner").get("/mailbox").text
    assert sign_in(app, chain).get("/mailbox").status_code == 403


def test_the_mailbox_masks_shoppers_and_names_members(app: Flask, chain: Chain) -> None:
    for n, reference in enumerate(("reply-1", "notification-1", "account-1")):
        send(chain, reference=reference, recipient=f"ann{n}@example.com")
    page = sign_in(app, chain, "owner").get("/mailbox").text
    assert "To a•••@example.com" in page
    assert "ann0@" not in page
    assert "To ann1@example.com" in page
    assert "To ann2@example.com" in page


def test_there_is_no_mailbox_beside_a_server(app: Flask, chain: Chain, mail_server: MailServer) -> None:
    assert sign_in(app, chain, "owner").get("/mailbox").status_code == 404


def test_attempts_come_fast_and_then_every_two_minutes() -> None:
    waits = [retry_after(attempt) for attempt in range(1, 8)]
    assert [wait and wait.total_seconds() for wait in waits] == [5, 15, 30, 60, 120, 120, 120]
    assert retry_after(40) is None

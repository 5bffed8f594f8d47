"""The words of webhooks as people read them, in their language."""

from flask_babel import gettext as _

from app.channels.http import HttpFault
from app.events import EventName
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import TEST_TYPE, DeliveryState, Disabled


def type_words() -> dict[str, str]:
    """What each event means."""
    return {
        EventName.RESPONSE_RECEIVED: _("A shopper has answered"),
        EventName.RESPONSE_CLASSIFIED: _("A comment has been read by the classifier"),
        EventName.ALERT_OPENED: _("An alert is opened"),
        EventName.ALERT_ACKNOWLEDGED: _("An alert is taken"),
        EventName.ALERT_ANSWERED: _("The shopper has an answer"),
        EventName.ALERT_BREACHED: _("An alert is not answered in time"),
        EventName.ALERT_CLOSED: _("An alert is over: closed or dismissed"),
        TEST_TYPE: _("Test"),
    }


def state_badges() -> dict[str, tuple[str, str]]:
    """The colour and the word of a delivery's state."""
    return {
        DeliveryState.PENDING: ("muted", _("Waiting")),
        DeliveryState.DELIVERED: ("pos", _("Delivered")),
        DeliveryState.FAILED: ("neg", _("Given up")),
        DeliveryState.CANCELLED: ("mid", _("Held back")),
    }


def disabled_words() -> dict[str, str]:
    """Why an endpoint is not sent to, in short."""
    return {
        Disabled.PAUSED: _("Paused"),
        Disabled.GONE: _("Gone"),
        Disabled.FAILING: _("Failing"),
    }


def disabled_sentence(endpoint: WebhookEndpoint) -> str:
    """Why an endpoint is not sent to."""
    return {
        Disabled.PAUSED: _("Somebody paused this endpoint. Nothing is sent to it."),
        Disabled.GONE: _("The receiver answered 410: it wants no more webhooks. Nothing is sent to it."),
        Disabled.FAILING: _("Every attempt has failed for five days. Nothing is sent to it any more."),
    }[Disabled(endpoint.disabled_reason or Disabled.PAUSED)]


def hours_words() -> dict[int, str]:
    """How far back a replay may go, by hours."""
    return {
        1: _("the last hour"),
        24: _("the last 24 hours"),
        72: _("the last 3 days"),
        168: _("the last 7 days"),
        720: _("the last 30 days"),
    }


def reason_words() -> dict[str, str]:
    """Why there was no answer."""
    return {**_own_refusals(), **_connection_faults(), **_tls_faults()}


def result_words(status: int | None, reason: str | None) -> str:
    """How an attempt ended."""
    if status is not None:
        return _("Status %(status)s", status=status)
    return reason_words().get(reason or "", reason or "")


def url_faults() -> dict[str, str]:
    """Why an address cannot be an endpoint."""
    return {
        HttpFault.BAD_URL: _("This is no address of a receiver. It begins with https://"),
        HttpFault.NEEDS_HTTPS: _("The address must begin with https://"),
        HttpFault.PORT_REFUSED: _("Only the ports 443 and 8443 are spoken to."),
        HttpFault.CREDENTIALS_REFUSED: _(
            "Leave name and password out of the address; the signature proves us."
        ),
        HttpFault.ADDRESS_REFUSED: _(
            "This leads into a private network. The administrator can allow it with ALLOW_PRIVATE_TARGETS."
        ),
    }


def _own_refusals() -> dict[str, str]:
    return {
        **url_faults(),
        HttpFault.BAD_REQUEST: _("The request could not be written"),
        "bad_secret": _("The secret cannot be read: was SECRET_KEY changed? Rotate the secret."),
        "internal": _("Something broke on our side"),
    }


def _connection_faults() -> dict[str, str]:
    return {
        HttpFault.DNS: _("The name has no address"),
        HttpFault.CONNECT: _("The receiver does not take connections"),
        HttpFault.RESET: _("The receiver broke the connection off"),
        HttpFault.TIMEOUT: _("No complete answer within 15 seconds"),
        HttpFault.GARBAGE: _("The answer was no HTTP"),
    }


def _tls_faults() -> dict[str, str]:
    return {
        HttpFault.TLS_EXPIRED: _("The certificate has expired"),
        HttpFault.TLS_WRONG_HOST: _("The certificate belongs to another name"),
        HttpFault.TLS_SELF_SIGNED: _("The certificate is self-signed"),
        HttpFault.TLS_UNKNOWN_ISSUER: _("The issuer of the certificate is not trusted"),
        HttpFault.TLS_VERSION: _("The receiver speaks only an old TLS"),
        HttpFault.TLS_FAILED: _("TLS could not be agreed on"),
    }

"""Why a message did not get through, in words for whoever can do something about it."""

from flask_babel import gettext as _

from app.channels.http import HttpFault


def failure_words(reason: str | None) -> str:
    """The sentence for a reason, an unknown one as it is; nothing where nothing failed."""
    if not reason:
        return ""
    known = {**_refusals(), **_connections()}
    if reason in known:
        return known[reason]
    kind, _sep, rest = reason.partition("_")
    families = {
        "tls": _("The other side could not prove who it is (TLS)."),
        "sms": _("The provider answered with status %(status)s.", status=rest),
        "telegram": _("Telegram answered with status %(status)s.", status=rest),
        "smtp": _("The mail server answered with code %(code)s.", code=rest),
    }
    return families.get(kind, _("It failed: %(reason)s.", reason=reason))


def _refusals() -> dict[str, str]:
    return {
        "no_token": _("A token looks like 123456789:AbC..., as BotFather wrote it."),
        "token_refused": _("Telegram does not know this token. Get a new one from BotFather."),
        "heard_by_another": _("Another program reads what this bot is told. Make a bot for Vidhuk alone."),
        "too_many": _("Too many messages at once: the other side asked us to wait."),
        "busy": _("Many messages wait before this one."),
        "blocked": _("The bot was blocked in Telegram. Unblock it, then link the chat again."),
        "chat_gone": _("Telegram does not know this chat any more. Link it again."),
        "moved": _("The chat has moved."),
        "refused": _("Telegram refused the message."),
        "not_connected": _("This channel is not connected."),
        "secret_key_changed": _("SECRET_KEY has changed, so the kept secret cannot be read. Enter it again."),
        "recipient_refused": _("The mail server refused the address."),
        "address_not_supported": _("The mail server cannot carry this address."),
        "sms_refused": _("The provider answered, but not as its success rule says."),
    }


def _connections() -> dict[str, str]:
    return {
        HttpFault.BAD_URL: _("This is no address of the web."),
        HttpFault.NEEDS_HTTPS: _("The address has to begin with https://."),
        HttpFault.PORT_REFUSED: _("Only the ports 443 and 8443 may be used."),
        HttpFault.CREDENTIALS_REFUSED: _("Put the user and password into a header, not into the address."),
        HttpFault.ADDRESS_REFUSED: _("The address leads into a private network."),
        HttpFault.BAD_REQUEST: _("The request cannot be written."),
        HttpFault.DNS: _("The name of the server is not known."),
        HttpFault.CONNECT: _("The server cannot be reached."),
        HttpFault.RESET: _("The server broke off."),
        HttpFault.TIMEOUT: _("The server did not answer in time."),
        HttpFault.GARBAGE: _("What the server answered cannot be understood."),
    }

"""What the bot answers to whoever writes to it: a code links the chat, /stop ends that."""

import re
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.queries import get_member
from app.channels.telegram.api import Incoming
from app.channels.telegram.sender import TELEGRAM
from app.channels.telegram.updates import poll_bots
from app.db import OrganisationSession, transaction
from app.ids import OrganisationId
from app.notifications.actions import link_chat, unlink_chat
from app.notifications.queries import owners_of_address
from app.text import clean_line, first_graphemes
from app.web.languages import LANGUAGES

_COMMAND = re.compile(r"/(start|stop)(?:@\w{1,64})?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", re.ASCII)
_NAME_GRAPHEMES = 60
_FALLBACK_LANGUAGE = "uk"


def listen(*, now: datetime) -> int:
    """Hear what was written to the bots that are due; how many were asked."""
    return poll_bots(lambda organisation_id, said: answer_chat(organisation_id, said, now=now), now=now)


def answer_chat(organisation_id: OrganisationId, said: Incoming, *, now: datetime) -> str | None:
    """Do what a message to the bot asks for; the reply in the member's language, ``None`` to say nothing."""
    found = _COMMAND.fullmatch(said.text.strip())
    if not said.is_private:
        return _refuse_group(said) if found else None
    verb, code = (found[1], found[2] or "") if found else ("", "")
    with transaction(organisation_id) as session:
        if verb == "stop":
            return _stop(session, said)
        if verb == "start" and code:
            return _start(session, said, code, now=now)
        return _help(session, said)


def _start(session: OrganisationSession, said: Incoming, code: str, *, now: datetime) -> str:
    name = first_graphemes(clean_line(said.name), _NAME_GRAPHEMES)
    membership_id = link_chat(session, code, said.chat_id, name, now=now)
    if membership_id is None:
        with force_locale(_language(session, said)):
            return _("This code does not hold any more. Make a new one in Vidhuk: Settings, Notifications.")
    member = get_member(session, membership_id)
    with force_locale(member.language):
        return _("Done: alerts for %(name)s come here. /stop ends that.", name=member.name)


def _stop(session: OrganisationSession, said: Incoming) -> str:
    language = _language(session, said)
    was_linked = bool(unlink_chat(session, said.chat_id))
    with force_locale(language):
        if was_linked:
            return _("Nothing more will come here. Alerts go by your other channels.")
        return _("This chat is not linked, so nothing comes here.")


def _help(session: OrganisationSession, said: Incoming) -> str:
    is_linked = bool(owners_of_address(session, TELEGRAM.name, said.chat_id))
    with force_locale(_language(session, said)):
        if is_linked:
            return _("Alerts come here. /stop ends that. Nobody reads what is written in this chat.")
        return _("To get alerts here, open the link in Vidhuk: Settings, Notifications.")


def _refuse_group(said: Incoming) -> str:
    with force_locale(said.language if said.language in LANGUAGES else _FALLBACK_LANGUAGE):
        return _("Alerts come to one person, not to a group: write to this bot in a chat of your own.")


def _language(session: OrganisationSession, said: Incoming) -> str:
    """The member's where the chat is linked, else that of their Telegram, else Ukrainian."""
    owners = owners_of_address(session, TELEGRAM.name, said.chat_id)
    if owners:
        return get_member(session, owners[0].membership_id).language
    return said.language if said.language in LANGUAGES else _FALLBACK_LANGUAGE

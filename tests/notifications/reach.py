"""People of the cast with chats and numbers, and the workers that reach them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.channels.sms.actions import connect_gateway
from app.channels.sms.template import Kind, Template
from app.channels.telegram.actions import connect_bot
from app.channels.telegram.api import get_bot
from app.db import transaction
from app.notifications.actions import create_link_code, link_chat, save_preferences, send_due_notifications
from app.notifications.actions.personal import Preferences
from app.notifications.models import Notification
from tests.alerts.deeds import BASE_URL, Case, fire
from tests.fakes_channels import TOKEN, SmsServer, Telegram
from tests.make import NOON, SECRET, Chain, make_response, rows_of

PHONE = "+380501112233"
CHAT = 77


@dataclass(frozen=True, slots=True)
class Reach:
    """A chain whose bot and provider are fakes on this machine."""

    chain: Chain
    telegram: Telegram
    sms: SmsServer

    def wish(self, *channels: str, who: UUID | None = None, quiet: tuple[str, str] | None = None) -> None:
        """What a member says on the page; the store's manager unless said otherwise."""
        person = who or self.chain.manager_id
        phone = PHONE if "sms" in channels else ""
        with transaction(self.chain.organisation_id) as session:
            wish = Preferences(channels, phone, *(quiet or (None, None)))
            save_preferences(session, person, wish, now=NOON)

    def link(self, who: UUID | None = None, chat: int = CHAT) -> None:
        """A member links a chat."""
        person = who or self.chain.manager_id
        with transaction(self.chain.organisation_id) as session:
            code = create_link_code(session, person, now=NOON)
            assert link_chat(session, code, str(chat), "Olena", now=NOON) == person

    def complain(self, rating: int = 2, comment: str = "bad queue") -> Case:
        """A complaint whose first step has fired."""
        case = Case(self.chain, make_response(self.chain, rating, comment=comment, contact="067 123 45 67"))
        fire(NOON)
        return case

    def send(self, now: datetime = NOON) -> None:
        """What the worker of notifications does, until nothing is due."""
        while send_due_notifications(SECRET, BASE_URL, now=now):
            pass

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Channel and state of each notification, in the order in which they were made."""
        return [(row.channel, row.state) for row in rows_of(self.chain, Notification)]


def make_reach(chain: Chain, telegram: Telegram, sms: SmsServer) -> Reach:
    """Connect both."""
    template = Template(
        f"{sms.url}/send", "POST", Kind.JSON, "", '{"id":"{reference}","to":"{to}","text":"{text}"}'
    )
    bot = get_bot(TOKEN)
    with transaction(chain.organisation_id) as session:
        connect_bot(session, bot, TOKEN, SECRET, now=NOON)
        connect_gateway(session, template, None, secret=SECRET, per_minute=None, now=NOON)
    return Reach(chain, telegram, sms)

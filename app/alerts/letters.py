"""Words that leave the house about an alert: the reply to the shopper, and the link where they can answer."""

from flask_babel import force_locale
from flask_babel import gettext as _

from app.alerts.models import Alert, Message
from app.channels.email.sender import Email
from app.contacts.queries import find_address
from app.contacts.rules import ContactKind
from app.db import OrganisationSession, get_row
from app.responses.links import return_path
from app.responses.models import Response
from app.stores.models import Store
from app.web.languages import LANGUAGES, SOURCE_LANGUAGE


def compose_reply(session: OrganisationSession, message: Message, secret: str, base_url: str) -> Email | None:
    """The store's reply as an e-mail in the shopper's language; ``None`` when no address is left."""
    alert = get_row(session, Alert, message.alert_id)
    response = get_row(session, Response, alert.response_id)
    address = find_address(session, response.contact_id, secret)
    if address is None or address.kind is not ContactKind.EMAIL:
        return None
    store = get_row(session, Store, alert.store_id)
    link = base_url + return_path(secret, response)
    with force_locale(response.language if response.language in LANGUAGES else SOURCE_LANGUAGE):
        subject = _("Your feedback about %(store)s", store=store.name)
        advice = _("Answer, or see where your feedback stands:")
    return Email(f"reply-{message.id}", address.value, subject, f"{message.text}\n\n{advice}\n{link}\n")

"""What the owners read about an endpoint that was disabled."""

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.queries import find_active_member
from app.channels.email.sender import Email
from app.db import OrganisationSession
from app.webhooks.models import EndpointNotice
from app.webhooks.queries import get_endpoint
from app.webhooks.words import disabled_sentence


def compose_notice(session: OrganisationSession, notice: EndpointNotice, base_url: str) -> Email | None:
    """The mail in the owner's language, or ``None`` when it is no longer true, or nobody's."""
    endpoint = get_endpoint(session, notice.endpoint_id)
    owner = find_active_member(session, notice.membership_id)
    if owner is None or endpoint.disabled_at != notice.disabled_at:
        return None
    with force_locale(owner.language):
        body = "\n\n".join(
            [
                disabled_sentence(endpoint),
                endpoint.url,
                _(
                    "Events are kept for 30 days. When the receiver works again, enable the endpoint and "
                    "send what was held back:"
                ),
                f"{base_url}/settings/webhooks/{endpoint.id}",
            ]
        )
        subject = _("Webhooks to %(host)s are switched off", host=endpoint.host)
    return Email(f"endpoint-notice-{notice.id}", owner.email, subject, body + "\n")

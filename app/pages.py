"""Every blueprint of the product, in the order of the flow."""

from flask import Flask

from app.accounts.key_views import pages as api_keys
from app.accounts.sessions import csrf
from app.accounts.views import pages as accounts
from app.alerts.views import alert_pages, policy_pages, return_pages
from app.api.v1 import RESOURCES as API
from app.channels.email.views import pages as mailbox
from app.channels.sms.views import pages as sms
from app.channels.telegram.views import pages as telegram
from app.channels.views import pages as channels
from app.classification.views import pages as classification
from app.insight.views import pages as insight
from app.invitations.views import pages as receipts
from app.invitations.views import pictures
from app.notifications.views import personal_pages, take_pages
from app.people.views import pages as people
from app.printing.views import pages as printing
from app.responses.views import pages as responses
from app.stores.views import pages as stores
from app.surveys.views import pages as surveys
from app.touchpoints.views import pages as touchpoints
from app.web.views import pages as web
from app.webhooks.views import pages as webhooks

DASHBOARD = (
    accounts,
    api_keys,
    alert_pages,
    policy_pages,
    personal_pages,
    channels,
    telegram,
    sms,
    mailbox,
    classification,
    insight,
    people,
    printing,
    receipts,
    stores,
    surveys,
    touchpoints,
    webhooks,
)
# No session, so nothing to forge: a key or a signed link guards each (see docs/decisions).
PUBLIC = (web, responses, pictures, return_pages, take_pages)


def register(app: Flask) -> None:
    """Mount them all."""
    for blueprint in (*PUBLIC, *DASHBOARD, *API):
        app.register_blueprint(blueprint)
    for blueprint in (*PUBLIC, *API):
        csrf.exempt(blueprint)

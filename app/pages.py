"""Every blueprint of the product, in the order of the flow."""

from flask import Flask

from app.accounts.sessions import csrf
from app.accounts.views import pages as accounts
from app.alerts.views import alert_pages, policy_pages, return_pages
from app.api.v1 import RESOURCES as API
from app.channels.email.views import pages as mailbox
from app.insight.views import pages as insight
from app.printing.views import pages as printing
from app.responses.views import pages as responses
from app.stores.views import pages as stores
from app.surveys.views import pages as surveys
from app.touchpoints.views import pages as touchpoints
from app.web.views import pages as web

DASHBOARD = (accounts, alert_pages, policy_pages, mailbox, insight, stores, surveys, touchpoints, printing)
# No session, so nothing to forge: a response's own key guards it (see docs/decisions).
PUBLIC = (web, responses, return_pages)


def register(app: Flask) -> None:
    """Mount them all."""
    for blueprint in (*PUBLIC, *DASHBOARD, *API):
        app.register_blueprint(blueprint)
    for blueprint in (*PUBLIC, *API):
        csrf.exempt(blueprint)

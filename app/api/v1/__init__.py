"""Version 1 of the Open API: one module for each resource."""

from app.api.v1.alert_actions import pages as alert_actions
from app.api.v1.alerts import pages as alerts
from app.api.v1.deliveries import pages as deliveries
from app.api.v1.documents import pages as documents
from app.api.v1.invitations import pages as invitations
from app.api.v1.responses import pages as responses
from app.api.v1.stores import pages as stores
from app.api.v1.touchpoints import pages as touchpoints
from app.api.v1.webhook_endpoints import pages as webhook_endpoints

RESOURCES = (
    stores,
    touchpoints,
    responses,
    alerts,
    alert_actions,
    invitations,
    webhook_endpoints,
    deliveries,
    documents,
)

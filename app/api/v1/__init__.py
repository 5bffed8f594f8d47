"""Version 1 of the Open API: one module for each resource."""

from app.api.v1.alerts import pages as alerts
from app.api.v1.documents import pages as documents
from app.api.v1.invitations import pages as invitations
from app.api.v1.responses import pages as responses
from app.api.v1.touchpoints import pages as touchpoints

RESOURCES = (touchpoints, responses, alerts, invitations, documents)

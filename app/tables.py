"""Every table in one place, so that migrations and tests know them all."""

from app.accounts import models as accounts
from app.alerts import models as alerts
from app.api import models as api
from app.audit import models as audit
from app.channels import models as channels
from app.channels.email import models as mailbox
from app.channels.sms import models as sms
from app.channels.telegram import models as telegram
from app.classification import models as classification
from app.contacts import models as contacts
from app.db import Base
from app.events import models as events
from app.invitations import models as invitations
from app.notifications import models as notifications
from app.people import models as people
from app.printing import models as printing
from app.responses import models as responses
from app.stores import models as stores
from app.surveys import models as surveys
from app.touchpoints import models as touchpoints
from app.webhooks import models as webhooks

FEATURES = (
    accounts,
    stores,
    surveys,
    touchpoints,
    printing,
    contacts,
    people,
    invitations,
    responses,
    classification,
    alerts,
    notifications,
    mailbox,
    channels,
    telegram,
    sms,
    events,
    audit,
    webhooks,
    api,
)
ALL = Base.metadata.sorted_tables

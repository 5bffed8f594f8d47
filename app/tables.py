"""Every table in one place, so that migrations and tests know them all."""

from app.accounts import models as accounts
from app.alerts import models as alerts
from app.audit import models as audit
from app.channels.email import models as mailbox
from app.classification import models as classification
from app.contacts import models as contacts
from app.db import Base
from app.events import models as events
from app.notifications import models as notifications
from app.printing import models as printing
from app.responses import models as responses
from app.stores import models as stores
from app.surveys import models as surveys
from app.touchpoints import models as touchpoints

FEATURES = (
    accounts,
    stores,
    surveys,
    touchpoints,
    printing,
    contacts,
    responses,
    classification,
    alerts,
    notifications,
    mailbox,
    events,
    audit,
)
ALL = Base.metadata.sorted_tables

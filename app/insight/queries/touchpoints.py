"""What insight adds to the list of touchpoints, which itself knows nothing of responses."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.db import OrganisationSession
from app.responses.models import Response
from app.touchpoints.models import Touchpoint


def answer_counts(
    session: OrganisationSession, touchpoint_ids: Collection[UUID], since: datetime
) -> dict[UUID, int]:
    """Answers of each touchpoint from that instant on; suspect ones count nowhere."""
    # The index on responses goes by store, and a touchpoint never leaves its own.
    stores = select(Touchpoint.store_id).where(Touchpoint.id.in_(touchpoint_ids))
    rows = session.execute(
        select(Response.touchpoint_id, func.count())
        .where(Response.store_id.in_(stores), Response.received_at >= since, ~Response.is_suspect)
        .group_by(Response.touchpoint_id)
    )
    return dict(rows.all())

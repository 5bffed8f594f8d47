"""What insight adds to the list of employees, which itself knows nothing of responses."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.db import OrganisationSession
from app.responses.models import Response


def answers_naming(
    session: OrganisationSession, employee_ids: Collection[UUID], since: datetime
) -> dict[UUID, int]:
    """Answers that name each employee from that instant on; suspect ones count nowhere."""
    rows = session.execute(
        select(Response.employee_id, func.count())
        .where(Response.employee_id.in_(employee_ids), Response.received_at >= since, ~Response.is_suspect)
        .group_by(Response.employee_id)
    )
    return {employee_id: count for employee_id, count in rows if employee_id}

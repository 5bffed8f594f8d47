"""Reads of the API: each list is one statement, with everything that its rows show, inside a key's stores."""

from uuid import UUID

from sqlalchemy import Row, Select, select

from app.accounts.models import Membership, User
from app.alerts.models import Alert
from app.classification.models import Classification
from app.invitations.models import Invitation
from app.people.models import Employee
from app.responses.models import Response, ResponseOrigin
from app.stores.models import Region, Store
from app.stores.queries import Scope, inside
from app.surveys.models import Survey
from app.touchpoints.models import Touchpoint

ResponseColumns = tuple[Response, Store, Touchpoint, Classification, int, str | None, Invitation, Employee]
AlertColumns = tuple[*ResponseColumns, Alert, str]
StoreColumns = tuple[Store, str]
TouchpointColumns = tuple[Touchpoint, Store, Survey]
InvitationColumns = tuple[Invitation, Store, Employee, UUID]
ResponseRow = Row[*ResponseColumns]
AlertRow = Row[*AlertColumns]
StoreRow = Row[*StoreColumns]
TouchpointRow = Row[*TouchpointColumns]
InvitationRow = Row[*InvitationColumns]


def responses(scope: Scope) -> Select[*ResponseColumns]:
    """Responses with store, touchpoint, verdict, alert number, the sender's own id, receipt and employee."""
    return (
        select(
            *(Response, Store, Touchpoint, Classification, Alert.number),
            *(ResponseOrigin.external_id, Invitation, Employee),
        )
        .join(Store, Store.id == Response.store_id)
        .join(Touchpoint, Touchpoint.id == Response.touchpoint_id)
        .outerjoin(Classification, Classification.response_id == Response.id)
        .outerjoin(Alert, Alert.response_id == Response.id)
        .outerjoin(ResponseOrigin, ResponseOrigin.response_id == Response.id)
        .outerjoin(Invitation, Invitation.id == Response.invitation_id)
        .outerjoin(Employee, Employee.id == Response.employee_id)
        .where(inside(Response.store_id, scope))
    )


def alerts(scope: Scope) -> Select[*AlertColumns]:
    """Alerts with their owner's name, and their responses as `responses` gives them."""
    return (
        select(
            *(Response, Store, Touchpoint, Classification, Alert.number),
            *(ResponseOrigin.external_id, Invitation, Employee, Alert, User.name),
        )
        .join_from(Alert, Response, Response.id == Alert.response_id)
        .join(Store, Store.id == Response.store_id)
        .join(Touchpoint, Touchpoint.id == Response.touchpoint_id)
        .outerjoin(Classification, Classification.response_id == Response.id)
        .outerjoin(ResponseOrigin, ResponseOrigin.response_id == Response.id)
        .outerjoin(Invitation, Invitation.id == Response.invitation_id)
        .outerjoin(Employee, Employee.id == Response.employee_id)
        .outerjoin(Membership, Membership.id == Alert.owner_id)
        .outerjoin(User, User.id == Membership.user_id)
        .where(inside(Alert.store_id, scope))
    )


def stores(scope: Scope) -> Select[*StoreColumns]:
    """Stores with the names of their regions."""
    return (
        select(Store, Region.name).join(Region, Region.id == Store.region_id).where(inside(Store.id, scope))
    )


def touchpoints(scope: Scope) -> Select[*TouchpointColumns]:
    """Touchpoints with their stores and surveys."""
    return (
        select(Touchpoint, Store, Survey)
        .join(Store, Store.id == Touchpoint.store_id)
        .join(Survey, Survey.id == Touchpoint.survey_id)
        .where(inside(Touchpoint.store_id, scope))
    )


def invitations(scope: Scope) -> Select[*InvitationColumns]:
    """Invitations with their store, the employee and the id of the response."""
    return (
        select(Invitation, Store, Employee, Response.id)
        .join(Store, Store.id == Invitation.store_id)
        .outerjoin(Employee, Employee.id == Invitation.employee_id)
        .outerjoin(Response, Response.invitation_id == Invitation.id)
        .where(inside(Invitation.store_id, scope))
    )

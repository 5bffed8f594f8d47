"""Reads of the API: each list is one statement, with everything that its rows show."""

from sqlalchemy import Row, Select, select

from app.accounts.models import Membership, User
from app.alerts.models import Alert
from app.classification.models import Classification
from app.responses.models import Response
from app.stores.models import Store
from app.touchpoints.models import Touchpoint

ResponseColumns = tuple[Response, Store, Touchpoint, Classification, int]
AlertColumns = tuple[Response, Store, Touchpoint, Classification, int, Alert, str]
TouchpointColumns = tuple[Touchpoint, Store]
ResponseRow = Row[*ResponseColumns]
AlertRow = Row[*AlertColumns]
TouchpointRow = Row[*TouchpointColumns]


def responses() -> Select[*ResponseColumns]:
    """Responses with store, touchpoint, verdict and alert number."""
    return (
        select(Response, Store, Touchpoint, Classification, Alert.number)
        .join(Store, Store.id == Response.store_id)
        .join(Touchpoint, Touchpoint.id == Response.touchpoint_id)
        .outerjoin(Classification, Classification.response_id == Response.id)
        .outerjoin(Alert, Alert.response_id == Response.id)
    )


def alerts() -> Select[*AlertColumns]:
    """Alerts with their owner's name, and their responses as `responses` gives them."""
    return (
        select(Response, Store, Touchpoint, Classification, Alert.number, Alert, User.name)
        .join_from(Alert, Response, Response.id == Alert.response_id)
        .join(Store, Store.id == Response.store_id)
        .join(Touchpoint, Touchpoint.id == Response.touchpoint_id)
        .outerjoin(Classification, Classification.response_id == Response.id)
        .outerjoin(Membership, Membership.id == Alert.owner_id)
        .outerjoin(User, User.id == Membership.user_id)
    )


def touchpoints() -> Select[*TouchpointColumns]:
    """Touchpoints with their stores."""
    return select(Touchpoint, Store).join(Store, Store.id == Touchpoint.store_id)

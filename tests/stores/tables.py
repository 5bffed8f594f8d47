"""What the tests of imports share: sending a table, and looking at what became of the stores."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import AuditEntry
from app.db import reading
from app.stores.models import Store
from app.touchpoints.models import QrCode, Touchpoint
from tests.make import Chain

TABLE = """Код;Назва;Регіон;Години роботи;Мітки;Точки контакту
S1;Книгарня «Є»;West;Пн-Пт 09:00-21:00;франшиза;Till 1|Каса 2
К-9;Новий магазин;Південь;24/7;;Каса 1
"""


def send(client: FlaskClient, content: bytes | str, encoding: str = "", name: str = "s.csv") -> TestResponse:
    """Send a table as a browser does; written out, since Flask's client leaves a file open for large ones."""
    raw = content.encode() if isinstance(content, str) else content
    body = (
        b'--cut\r\nContent-Disposition: form-data; name="encoding"\r\n\r\n%b\r\n'
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n'
        b"Content-Type: text/csv\r\n\r\n%b\r\n--cut--\r\n"
    ) % (encoding.encode(), name.encode(), raw)
    return client.post("/stores/import", data=body, content_type="multipart/form-data; boundary=cut")


def confirm(client: FlaskClient, address: str, *, good_rows: bool = False) -> TestResponse:
    """Confirm what the page at that address shows."""
    page = client.get(address).text
    mark = re.search(r'name="mark" value="(\w+)"', page)
    encoding = re.search(r'<input type="hidden" name="encoding" value="([\w-]+)"', page)
    assert mark
    assert encoding
    form = {"mark": mark[1], "encoding": encoding[1], **({"good_rows": "1"} if good_rows else {})}
    return client.post(address.partition("?")[0], data=form)


def stores_of(chain: Chain) -> dict[str, Store]:
    """Every store by its code."""
    with reading(chain.organisation_id) as session:
        return {store.code: store for store in session.scalars(select(Store))}


def points_of(chain: Chain, code: str) -> dict[str, list[str]]:
    """The names of a store's touchpoints, each with its codes."""
    statement = (
        select(Touchpoint.name, QrCode.code)
        .join(Store, Store.id == Touchpoint.store_id)
        .outerjoin(QrCode, QrCode.touchpoint_id == Touchpoint.id)
        .where(Store.code == code)
    )
    found: dict[str, list[str]] = {}
    with reading(chain.organisation_id) as session:
        for name, printed in session.execute(statement):
            found.setdefault(name, []).append(printed)
    return found


def deeds_of(chain: Chain) -> list[tuple[str, str, str, dict[str, object]]]:
    """The record of deeds by their words: deed, doer, subject, data."""
    with reading(chain.organisation_id) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.deed, AuditEntry.subject))
        return [(row.deed, row.doer, row.subject, row.data) for row in rows]

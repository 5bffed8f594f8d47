"""The audit log: who sees it, how it is narrowed, what leaves as a file, that it cannot be changed."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from app import clock
from app.accounts.actions import remove_organisation
from app.accounts.deeds import deed_words, group_words
from app.audit.actions import forget_old_deeds, record_deed
from app.audit.models import AuditEntry
from app.audit.rules import COMMAND_LINE, AuditDeed, DeedGroup, Doer, deeds_of
from app.db import db, transaction, transaction_across
from tests.accounts.stories import count
from tests.fakes import Hands
from tests.make import NOON, Chain, make_chain, rows_of, sign_in


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the chain's owner."""
    return sign_in(app, chain, "owner")


def note(
    chain: Chain,
    deed: AuditDeed,
    subject: str = "S1",
    *,
    doer: Doer = COMMAND_LINE,
    at: datetime = NOON,
    **data: object,
) -> None:
    """A line in the log."""
    with transaction(chain.organisation_id) as session:
        record_deed(session, deed, doer, subject, now=at, **data)  # type: ignore[arg-type]


def lines(page: str) -> list[str]:
    """What was done, line by line."""
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def table(answer: object) -> list[list[str]]:
    """A file as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))  # type: ignore[attr-defined]


def test_every_deed_has_words_and_one_group() -> None:
    assert set(deed_words()) == set(AuditDeed)
    grouped = [deed for group in DeedGroup for deed in deeds_of(group)]
    assert sorted(grouped) == sorted(AuditDeed)
    assert set(group_words()) == set(DeedGroup)


def test_it_says_who_did_what_to_whom_and_when(owner: FlaskClient, chain: Chain) -> None:
    hers = Doer("Owner", chain.owner_id)
    note(
        chain, AuditDeed.MEMBER_CHANGED, "Manager", doer=hers, role=["owner", "analyst"], stores_added=["S1"]
    )
    page = owner.get("/settings/audit").text
    for words in (
        "Changed a member",
        "Manager",
        "Owner",
        "25 Nov, 14:00",
        "owner → analyst",
        "stores added: S1",
        "Europe/Kyiv",
    ):
        assert words in page, words


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_only_owners_see_it(app: Flask, chain: Chain, who: str) -> None:
    client = sign_in(app, chain, who)
    assert client.get("/settings/audit").status_code == 403
    assert client.post("/settings/audit/export").status_code == 403
    assert "/settings/audit" not in client.get("/more").text


def test_each_chain_has_its_own(owner: FlaskClient, chain: Chain, foreign_chain: Chain) -> None:
    note(foreign_chain, AuditDeed.STORE_CREATED, "secret of others")
    assert "secret of others" not in owner.get("/settings/audit").text
    assert "secret of others" not in owner.post("/settings/audit/export").text
    answer = owner.get(f"/settings/audit?member={foreign_chain.owner_id}")
    assert answer.status_code == 422


def test_it_is_narrowed_by_group_member_and_day(owner: FlaskClient, chain: Chain) -> None:
    note(chain, AuditDeed.STORE_RETIRED, at=NOON - timedelta(days=2))
    note(chain, AuditDeed.SURVEY_CREATED, doer=Doer("Owner", chain.owner_id))
    assert lines(owner.get("/settings/audit").text) == ["Created a survey", "Closed a store"]
    assert lines(owner.get("/settings/audit?group=stores").text) == ["Closed a store"]
    assert lines(owner.get(f"/settings/audit?member={chain.owner_id}").text) == ["Created a survey"]
    assert lines(owner.get("/settings/audit?since=2026-11-24").text) == ["Created a survey"]
    assert lines(owner.get("/settings/audit?until=2026-11-23").text) == ["Closed a store"]
    assert "Nothing like this" in owner.get("/settings/audit?group=connections").text


def test_days_are_days_where_the_stores_are(owner: FlaskClient, chain: Chain) -> None:
    """Half past ten in the evening in UTC is half past midnight in Kyiv."""
    note(chain, AuditDeed.STORE_RETIRED, at=NOON.replace(hour=22, minute=30))
    assert lines(owner.get("/settings/audit?since=2026-11-26").text) == ["Closed a store"]
    assert lines(owner.get("/settings/audit?until=2026-11-25").text) == []


@pytest.mark.parametrize(
    "query",
    ["group=kings", "member=1", "since=yesterday", "since=0001-01-01", "since=2026-11-25&until=2026-11-24"],
)
def test_a_filter_that_cannot_be_read_never_widens(owner: FlaskClient, chain: Chain, query: str) -> None:
    note(chain, AuditDeed.STORE_RETIRED)
    answer = owner.get(f"/settings/audit?{query}")
    assert answer.status_code == 422
    assert lines(answer.text) == []
    data = dict(part.split("=") for part in query.split("&"))
    assert owner.post("/settings/audit/export", data=data).status_code == 422


def test_a_long_log_comes_in_pages_without_a_gap(owner: FlaskClient, chain: Chain) -> None:
    for number in range(60):
        note(chain, AuditDeed.STORE_CREATED, f"N{number:02}", at=NOON + timedelta(seconds=number // 3))
    first = owner.get("/settings/audit?group=stores").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = owner.get("/settings/audit" + following[1].replace("&amp;", "&")).text
    assert 'rel="next"' not in second
    seen = [*re.findall(r"<bdi>(N\d\d)</bdi>", first), *re.findall(r"<bdi>(N\d\d)</bdi>", second)]
    assert sorted(seen) == [f"N{number:02}" for number in range(60)]
    seconds = [int(name.removeprefix("N")) // 3 for name in seen]
    assert seconds == sorted(seconds, reverse=True)


@pytest.mark.parametrize("place", ["x", "20261125T120000000000-zz", "99999999T-1", "%00", "-" * 5_000])
def test_a_place_that_nobody_wrote_is_the_beginning(owner: FlaskClient, chain: Chain, place: str) -> None:
    note(chain, AuditDeed.STORE_RETIRED)
    assert lines(owner.get(f"/settings/audit?before={place}").text) == ["Closed a store"]


def test_the_file_holds_what_the_page_shows_and_taking_it_is_a_deed(owner: FlaskClient, chain: Chain) -> None:
    note(chain, AuditDeed.STORE_RETIRED)
    note(chain, AuditDeed.SURVEY_CREATED, "=1+1")
    answer = owner.post("/settings/audit/export", data={"group": "surveys"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-2026-11-25.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.startswith("\ufeff")
    header, row = table(answer)
    assert header == ["at", "deed", "words", "who", "subject", "details"]
    assert row == [
        "2026-11-25T12:00:00+00:00",
        "survey.created",
        "Created a survey",
        "command line",
        "'=1+1",
        "",
    ]
    export = rows_of(chain, AuditEntry)[-1]
    assert (export.deed, export.doer, export.data) == ("export.made", "Owner", {"rows": 1})


def test_looking_at_the_export_takes_nothing(owner: FlaskClient, chain: Chain) -> None:
    assert owner.get("/settings/audit/export").status_code == 405
    assert rows_of(chain, AuditEntry) == []


class TestOnlyEverAdded:
    """The database itself refuses to change the record."""

    def test_no_line_can_be_changed(self, app: Flask, chain: Chain) -> None:
        note(chain, AuditDeed.STORE_RETIRED)
        change = update(AuditEntry).values(doer="nobody")
        with (
            pytest.raises(DBAPIError, match="only ever added"),
            transaction(chain.organisation_id) as session,
        ):
            session.execute(change)
        assert [entry.doer for entry in rows_of(chain, AuditEntry)] == ["command line"]

    def test_no_line_of_these_two_years_can_be_deleted(self, app: Flask, chain: Chain) -> None:
        note(chain, AuditDeed.STORE_RETIRED, at=clock.now())
        with (
            pytest.raises(DBAPIError, match="only ever added"),
            transaction(chain.organisation_id) as session,
        ):
            session.execute(delete(AuditEntry))
        assert count(AuditEntry) == 1

    def test_the_table_cannot_be_emptied(self, app: Flask, chain: Chain) -> None:
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has no TRUNCATE")
        note(chain, AuditDeed.STORE_RETIRED)
        with pytest.raises(DBAPIError, match="only ever added"), transaction_across() as session:
            session.execute(text("TRUNCATE audit_entries"))

    def test_after_two_years_lines_go(self, app: Flask, chain: Chain) -> None:
        now = clock.now()
        note(chain, AuditDeed.STORE_RETIRED, "old", at=now - timedelta(days=730, seconds=1))
        note(chain, AuditDeed.STORE_RETIRED, "young", at=now - timedelta(days=729))
        with transaction_across() as session:
            forget_old_deeds(session, now=now)
        assert [entry.subject for entry in rows_of(chain, AuditEntry)] == ["young"]

    def test_an_organisation_goes_with_its_record(self, app: Flask) -> None:
        leaving, staying = make_chain("leaving"), make_chain("staying")
        for chain in (leaving, staying):
            note(chain, AuditDeed.STORE_RETIRED, doer=Doer("Owner", chain.owner_id), at=clock.now())
        with transaction_across() as session:
            remove_organisation(session, leaving.organisation_id)
        assert count(AuditEntry) == 1
        assert len(rows_of(staying, AuditEntry)) == 1

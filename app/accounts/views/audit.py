"""The audit log: who did what, when, to be looked through or taken away as a file."""

from datetime import datetime

from flask import Response as File
from flask import render_template, request
from flask_babel import format_decimal

from app import clock
from app.accounts.deeds import DEED_FIELDS, csv_rows, deed_words, detail_words, group_words, read_wanted
from app.accounts.queries import member_names
from app.accounts.views.skin import pages
from app.audit.actions import record_deed
from app.audit.queries import deeds_page, newest_deeds
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, reading, transaction
from app.errors import Invalid
from app.places import read_place, write_place
from app.stores.queries import time_zones_of
from app.stores.rules import home_zone
from app.text import sort_key
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.filters import read_filters
from app.web.forms import read_form
from app.web.sheets import csv_answer

MOST_ROWS = 20_000
_HEADER = ("at", "deed", "words", "who", "subject", "details")


@pages.get("/settings/audit")
@member(Permission.SEE_AUDIT)
def audit_log() -> tuple[str, int]:
    """A page of the log, newest first."""
    with reading(current_actor().organisation_id) as session:
        names, zone = member_names(session), _zone(session)
        filters = read_filters(request.args, DEED_FIELDS)
        wanted = read_wanted(filters, names, zone)
        entries, place = deeds_page(session, wanted, read_place(request.args.get("before", "")))
        page = render_template(
            "accounts/audit.html",
            filters=filters,
            entries=[] if filters.faults else entries,
            next_url=filters.having("before", write_place(place)) if place and not filters.faults else None,
            words=deed_words(),
            details=detail_words,
            groups=[*group_words().items()],
            members=sorted(names.items(), key=lambda item: sort_key(item[1])),
            zone=zone,
            most=format_decimal(MOST_ROWS),
        )
    return page, 422 if filters.faults else 200


@pages.post("/settings/audit/export")
@member(Permission.SEE_AUDIT)
def export_audit_log() -> File:
    """The same deeds as a file; taking it is a deed, too."""
    actor, now = current_actor(), clock.now()
    with transaction(actor.organisation_id) as session:
        filters = read_filters(read_form(request), DEED_FIELDS)
        wanted = read_wanted(filters, member_names(session), _zone(session))
        if filters.faults:
            raise Invalid(faults=filters.faults)  # the page offers no such filter
        rows = csv_rows(newest_deeds(session, wanted, MOST_ROWS))
        record_deed(session, AuditDeed.EXPORT_MADE, actor.doer, "audit log", now=now, rows=len(rows))
    return csv_answer(_filename(now), _HEADER, rows)


def _filename(now: datetime) -> str:
    return f"audit-{now:%Y-%m-%d}.csv"


def _zone(session: OrganisationSession) -> str:
    return home_zone(time_zones_of(session, None))

"""Policies: how fast, and who is told when. One is in use for new alerts."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.alerts.policies import policies, use_policy
from app.alerts.words import policy_name
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import reading, transaction
from app.web.access import current_actor, member
from app.web.actor import Permission

pages = Blueprint("policies", __name__, template_folder="../templates", url_prefix="/settings/policies")


@pages.get("")
@member()
def overview() -> str:
    """Every policy with its minutes and its ladder."""
    with reading(current_actor().organisation_id) as session:
        return render_template("alerts/policies.html", policies=policies(session), policy_name=policy_name)


@pages.post("/<uuid:policy_id>/use")
@member(Permission.EDIT_SETTINGS)
def use(policy_id: UUID) -> AnyResponse:
    """Open new alerts under this policy."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        name = use_policy(session, policy_id).name
        deed = AuditDeed.POLICY_CHANGED
        record_deed(session, deed, actor.doer, name, subject_id=policy_id, now=clock.now())
    return redirect(url_for("policies.overview"), 303)

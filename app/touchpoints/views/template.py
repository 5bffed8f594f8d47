"""Touchpoints for many stores at once: say which names and stores, read what would be made, confirm."""

from dataclasses import dataclass, field

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.db import OrganisationSession, reading, transaction
from app.errors import Conflict, Invalid
from app.stores.filters import STORE_FIELDS, StoresWanted, read_stores_wanted
from app.stores.words import fault_words
from app.surveys.queries import surveys
from app.text import clean_text
from app.touchpoints.template import Template, TemplatePlan, apply_template, plan_template, read_names
from app.touchpoints.views.points import Page
from app.touchpoints.views.skin import pages
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.filters import Filters, read_filters
from app.web.forms import Form, only, read_form

SHOWN_MOST = 100
_TYPED = ("names", "survey_id")


@dataclass(slots=True)
class TemplateForm:
    """What was typed: which stores, which names, which survey; with the faults of each field."""

    filters: Filters
    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_TYPED, ""))
    template: Template | None = None

    @property
    def faults(self) -> dict[str, str]:
        """The faults of the whole form."""
        return self.filters.faults


@pages.get("/template")
@member(Permission.EDIT_STORES)
def ask_template() -> Page:
    """The form: which touchpoints, for which stores."""
    actor, form = current_actor(), TemplateForm(read_filters(request.args, STORE_FIELDS))
    with reading(actor.organisation_id) as session:
        wanted = read_stores_wanted(session, form.filters, actor.store_ids, naming="many")
        made = max(0, min(request.args.get("made", 0, int), 1_000_000))
        return _page(session, form, wanted, made=made), 422 if form.faults else 200


@pages.post("/template")
@member(Permission.EDIT_STORES)
def preview_template() -> Page:
    """What would be made, store by store; nothing is made yet."""
    raw = read_form(request)
    with reading(current_actor().organisation_id) as session:
        form = _read(session, raw)
        wanted, plan = _planned(session, form)
        return _page(session, form, wanted, plan), 422 if form.faults else 200


@pages.post("/template/apply")
@member(Permission.EDIT_STORES)
def make_from_template() -> Page:
    """Make exactly what was confirmed, or show what has changed since."""
    raw, actor = read_form(request), current_actor()
    with transaction(actor.organisation_id) as session:
        form = _read(session, raw)
        wanted, plan = _planned(session, form)
        if plan is None:
            return _page(session, form, wanted), 422
        try:
            made = apply_template(session, plan, only(raw, "mark"), actor.doer, now=clock.now())
        except Conflict:
            return _page(session, form, wanted, plan, has_moved=True), 409
    return redirect(url_for("touchpoints.ask_template", made=made), 303)


def _read(session: OrganisationSession, raw: Form) -> TemplateForm:
    form = TemplateForm(read_filters(raw, STORE_FIELDS), {name: only(raw, name) for name in _TYPED})
    names: list[str] = []
    try:
        names = read_names(clean_text(form.typed["names"]))
    except Invalid as refusal:
        form.faults["names"] = _name_fault(refusal)
    known = {str(survey.id): survey.id for survey in surveys(session)}
    survey_id = known.get(form.typed["survey_id"])
    if survey_id is None:
        form.faults["survey_id"] = _("Choose a survey.")
    elif names:
        form.template = Template(names, survey_id)
    return form


def _name_fault(refusal: Invalid) -> str:
    own = {
        "no_points": _("Write at least one name, such as Till 1."),
        "many_points": _("Use at most 50 touchpoints."),
    }
    return own.get(next(iter(refusal.faults.values()))) or fault_words(refusal.faults)


def _planned(session: OrganisationSession, form: TemplateForm) -> tuple[StoresWanted, TemplatePlan | None]:
    scope = current_actor().store_ids
    wanted = read_stores_wanted(session, form.filters, scope, naming="many")
    if form.faults or form.template is None:
        return wanted, None
    return wanted, plan_template(session, scope, wanted.filter, form.template)


def _page(
    session: OrganisationSession,
    form: TemplateForm,
    wanted: StoresWanted,
    plan: TemplatePlan | None = None,
    **others: object,
) -> str:
    return render_template(
        "touchpoints/template.html",
        form=form,
        faults=form.faults,
        wanted=wanted,
        plan=plan,
        surveys=[(str(survey.id), survey.name) for survey in surveys(session)],
        most=SHOWN_MOST,
        **{"made": 0, "has_moved": False, **others},
    )

"""Surveys: what is asked, in which words, and every version that shoppers have seen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.audit.actions import record_deed
from app.audit.rules import AuditDeed
from app.db import OrganisationSession, get_row, reading, transaction
from app.stores.queries import stores
from app.surveys.actions import create_survey, publish_version
from app.surveys.forms import FIELDS, WordingForm, form_of, read_name, read_wording
from app.surveys.models import Survey
from app.surveys.queries import current_version, get_version, surveys, versions, wording
from app.surveys.rules import STORE
from app.web.access import current_actor, member
from app.web.actor import Permission
from app.web.languages import LANGUAGES

pages = Blueprint("surveys", __name__, template_folder="templates", url_prefix="/surveys")
Page = str | tuple[str, int] | AnyResponse


@pages.get("")
@member()
def overview() -> str:
    """Every survey with its newest version and its languages."""
    with reading(current_actor().organisation_id) as session:
        return _overview(session, "", {})


@pages.post("")
@member(Permission.EDIT_SETTINGS)
def add() -> Page:
    """Add a survey, with the wording that every survey starts with."""
    return _twice(_try_to_add)


@pages.get("/<uuid:survey_id>")
@member()
def show(survey_id: UUID) -> str:
    """The newest wording of a survey in a form, and its earlier versions."""
    with reading(current_actor().organisation_id) as session:
        survey = get_row(session, Survey, survey_id)
        newest = current_version(session, survey_id)
        return _survey_page(session, survey, form_of(wording(session, newest.id), newest.number))


@pages.post("/<uuid:survey_id>")
@member(Permission.EDIT_SETTINGS)
def publish(survey_id: UUID) -> Page:
    """Publish a changed wording as the next version."""
    return _twice(lambda: _try_to_publish(survey_id))


@pages.get("/<uuid:survey_id>/versions/<int:number>")
@member()
def version(survey_id: UUID, number: int) -> str:
    """A version as shoppers see it, or saw it."""
    with reading(current_actor().organisation_id) as session:
        found = get_version(session, survey_id, number)
        own = stores(session, current_actor().store_ids)
        return render_template(
            "surveys/version.html",
            survey=get_row(session, Survey, survey_id),
            version=found,
            wording=wording(session, found.id),
            placeholder=STORE,
            example=own[0].name if own else _("the store"),
        )


def _twice(save: Callable[[], Page]) -> Page:
    try:
        return save()
    except IntegrityError:
        # Somebody published or took the name in this very moment: a second look finds it.
        return save()


def _try_to_add() -> Page:
    with transaction(current_actor().organisation_id) as session:
        name, faults = read_name(session, request.form)
        if faults:
            return _overview(session, request.form.get("name", ""), faults), 422
        survey_id = create_survey(session, name, now=clock.now())
        _record(session, AuditDeed.SURVEY_CREATED, name, survey_id)
    return redirect(url_for("surveys.show", survey_id=survey_id), 303)


def _try_to_publish(survey_id: UUID) -> Page:
    with transaction(current_actor().organisation_id) as session:
        survey = get_row(session, Survey, survey_id)
        newest = current_version(session, survey_id)
        form = read_wording(request.form, newest.number)
        if form.faults:
            return _survey_page(session, survey, form), 422
        if form.wording != wording(session, newest.id):
            publish_version(session, survey_id, form.wording, now=clock.now())
            number = current_version(session, survey_id).number
            _record(session, AuditDeed.SURVEY_PUBLISHED, survey.name, survey_id, version=number)
    return redirect(url_for("surveys.show", survey_id=survey_id), 303)


def _record(session: OrganisationSession, deed: AuditDeed, name: str, survey_id: UUID, **data: Any) -> None:
    doer = current_actor().doer
    record_deed(session, deed, doer, name, subject_id=survey_id, now=clock.now(), **data)


def _overview(session: OrganisationSession, typed: str, faults: dict[str, str]) -> str:
    rows = []
    for survey in surveys(session):
        newest = current_version(session, survey.id)
        words = wording(session, newest.id)
        rows.append((survey, newest, [LANGUAGES.get(language, language) for language in words]))
    return render_template(
        "surveys/list.html",
        surveys=rows,
        typed=typed,
        faults=faults,
        may_edit=current_actor().may(Permission.EDIT_SETTINGS),
    )


def _survey_page(session: OrganisationSession, survey: Survey, form: WordingForm) -> str:
    return render_template(
        "surveys/survey.html",
        survey=survey,
        form=form,
        faults=form.faults,
        fields=FIELDS,
        labels=_labels(),
        versions=versions(session, survey.id),
        may_edit=current_actor().may(Permission.EDIT_SETTINGS),
    )


def _labels() -> dict[str, str]:
    return {
        "question": _("Question"),
        "lowest": _("Under the 0"),
        "highest": _("Under the 10"),
        "comment_low": _("Comment question after 0 to 6"),
        "comment_middle": _("Comment question after 7 and 8"),
        "comment_high": _("Comment question after 9 and 10"),
    }

"""The forms of a touchpoint and of a code that is pointed elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import gettext as _

from app.db import OrganisationSession
from app.stores.queries import Scope, find_store
from app.surveys.queries import surveys
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count
from app.touchpoints.queries import Point, find_point_id


@dataclass(slots=True)
class PointForm:
    """A form as it was typed; `faults` has a text for each field that was refused."""

    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    name: str = ""
    store_id: UUID | None = None
    survey_id: UUID | None = None


def blank_form(store_code: str) -> PointForm:
    """The form of a new touchpoint, perhaps of a store that is known already."""
    return PointForm({"store": store_code, "name": "", "survey_id": ""})


def form_of(point: Point) -> PointForm:
    """The form of a touchpoint as it is."""
    return PointForm({"name": point.name, "survey_id": str(point.survey_id)})


def read_new_point(session: OrganisationSession, raw: Mapping[str, str], scope: Scope) -> PointForm:
    """Read the form of a new touchpoint: its store has to be in scope and open."""
    form = PointForm({name: raw.get(name, "") for name in ("store", "name", "survey_id")})
    store = find_store(session, clean_line(form.typed["store"]), scope)
    if store is None:
        form.faults["store"] = _("Choose a store by its code.")
    elif store.retired_at:
        form.faults["store"] = _("This store is closed. Open it again first.")
    else:
        form.store_id = store.id
    _read(session, form, None)
    return form


def read_point(session: OrganisationSession, raw: Mapping[str, str], point: Point) -> PointForm:
    """Read the form of a touchpoint that is there."""
    form = PointForm({name: raw.get(name, "") for name in ("name", "survey_id")}, store_id=point.store_id)
    _read(session, form, point.id)
    return form


def _read(session: OrganisationSession, form: PointForm, own_id: UUID | None) -> None:
    form.name = clean_line(form.typed["name"])
    if not form.name:
        form.faults["name"] = _("Write a name, such as Till 2.")
    elif grapheme_count(form.name) > NAME_GRAPHEMES:
        form.faults["name"] = _("Shorten the name to %(most)s characters.", most=NAME_GRAPHEMES)
    elif form.store_id and find_point_id(session, form.store_id, form.name) not in (None, own_id):
        form.faults["name"] = _("This store has a touchpoint of that name.")
    known = {str(survey.id): survey.id for survey in surveys(session)}
    form.survey_id = known.get(form.typed["survey_id"])
    if form.survey_id is None:
        form.faults["survey_id"] = _("Choose a survey.")

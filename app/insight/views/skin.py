"""What the pages of insight share: their blueprint, their words, and the number in the navigation."""

from flask import Blueprint

from app.alerts.queries import waiting_count
from app.db import reading
from app.insight import words
from app.insight.queries.people import answers_naming
from app.insight.queries.touchpoints import answer_counts
from app.people.queries import add_employee_figures
from app.stores.words import kind_words
from app.touchpoints.queries import add_touchpoint_figures
from app.web.actor import Actor
from app.web.navigation import add_count

pages = Blueprint("insight", __name__, template_folder="../templates")
pages.context_processor(lambda: {"words": words, "kind_words": kind_words})


def _waiting(actor: Actor) -> int:
    with reading(actor.organisation_id) as session:
        return waiting_count(session, actor)


add_count("now", _waiting)
add_touchpoint_figures(answer_counts)
add_employee_figures(answers_naming)

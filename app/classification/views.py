"""Correcting what was read into a comment, and the page of the model that reads."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.classification import words
from app.classification.corrections import correct_sentiment, correct_topics
from app.classification.forms import read_back, read_sentiment, read_topics
from app.classification.labels import meaning_of
from app.classification.model_card import OF_SENTIMENT, model_card
from app.classification.queries import reading_figures
from app.classification.rules import CRITICAL_FLAGS
from app.db import OrganisationSession, reading, transaction
from app.errors import NotFound
from app.responses.queries import get_response
from app.web.access import current_actor, member
from app.web.actor import Actor, Permission

pages = Blueprint("classification", __name__, template_folder="templates")
pages.app_context_processor(lambda: {"read_words": words, "critical_flags": CRITICAL_FLAGS})


@pages.post("/responses/<uuid:response_id>/sentiment")
@member(Permission.HANDLE_ALERTS)
def change_sentiment(response_id: UUID) -> AnyResponse:
    """What the comment is as a whole: one tap."""
    sentiment = read_sentiment(request.form)

    def deed(session: OrganisationSession, actor: Actor, now: datetime) -> None:
        correct_sentiment(session, response_id, sentiment, actor.membership_id, now=now)

    return _do(response_id, deed)


@pages.post("/responses/<uuid:response_id>/topics")
@member(Permission.HANDLE_ALERTS)
def change_topics(response_id: UUID) -> AnyResponse:
    """A topic more, or one less: one tap."""

    def deed(session: OrganisationSession, actor: Actor, now: datetime) -> None:
        known = {one.topic: one.polarity for one in meaning_of(session, response_id).topics}
        wanted = read_topics(request.form, known)
        correct_topics(session, response_id, wanted, actor.membership_id, now=now)

    return _do(response_id, deed)


@pages.get("/settings/model")
@member(Permission.EDIT_SETTINGS)
def show_model() -> str:
    """Which model reads, how well, how often it is unsure, and what people correct."""
    card = model_card()
    with reading(current_actor().organisation_id) as session:
        figures = reading_figures(session, sure=card.thresholds.sure if card else 0.0, now=clock.now())
        return render_template(
            "classification/model.html", card=card, figures=figures, sentiment_measures=OF_SENTIMENT
        )


def _do(response_id: UUID, deed: Callable[[OrganisationSession, Actor, datetime], None]) -> AnyResponse:
    """Do it on a response of the actor's stores, and go back to where the tap was."""
    actor = current_actor()
    with transaction(actor.organisation_id) as session:
        if not actor.sees(get_response(session, response_id).store_id):
            raise NotFound()
        deed(session, actor, clock.now())
    return redirect(read_back(request.form, f"/responses/{response_id}"))

"""What insight adds to the list of touchpoints."""

from datetime import timedelta

from flask import Flask

from app import clock
from app.db import reading
from app.insight.queries.touchpoints import answer_counts
from tests.make import NOON, Chain, make_response, sign_in


def test_answers_are_counted_by_touchpoint_from_an_instant_on(chain: Chain) -> None:
    for days in (0, 6, 8):
        make_response(chain, 9, now=NOON - timedelta(days=days))
    make_response(chain, 9, other_store=True)
    with reading(chain.organisation_id) as session:
        assert answer_counts(session, [chain.touchpoint_id], NOON - timedelta(days=7)) == {
            chain.touchpoint_id: 2
        }
        assert answer_counts(session, [], NOON) == {}


def test_the_list_of_touchpoints_shows_them(app: Flask, chain: Chain) -> None:
    for _ in range(3):
        make_response(chain, 9, now=clock.now())
    page = sign_in(app, chain).get("/touchpoints").text
    assert "Answers, 7 days" in page
    assert '<td class="num" data-label="Answers, 7 days">3</td>' in page

"""The ceiling that submissions are compared with: the least that can store a response durably and hand it on.

GET renders a precompiled page; POST stores the response and, for a rating of 0 to 6, an outbox row in one
transaction, then redirects. No organisations, guards, headers, languages or logs. Not part of the product.
"""

import os
import uuid

from flask import Flask, redirect, request
from sqlalchemy import create_engine, text
from werkzeug.wrappers import Response

engine = create_engine(os.environ["DATABASE_URL"], pool_size=8, max_overflow=0)
app = Flask(__name__)
PAGE = app.jinja_env.from_string(
    "<!doctype html><html lang=en><meta charset=utf-8><title>{{ code }}</title><form method=post>"
    "<input type=hidden name=key value='{{ key }}'><h1>How likely are you to recommend {{ code }}?</h1>"
    "{% for n in range(11) %}<button name=rating value={{ n }}>{{ n }}</button>{% endfor %}</form></html>"
)
_TABLES = (
    "create table if not exists ceiling_responses (key text primary key, code text, rating integer)",
    "create table if not exists ceiling_outbox (key text primary key)",
)
_STORE = text(
    "insert into ceiling_responses (key, code, rating) values (:key, :code, :rating) on conflict do nothing"
)
_HAND_ON = text("insert into ceiling_outbox (key) values (:key) on conflict do nothing")


def _make_tables() -> None:
    """Each worker may try; the others wait for the first."""
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(1)"))
        for table in _TABLES:
            connection.execute(text(table))


@app.get("/q/<code>")
def page(code: str) -> str:
    """The survey page."""
    return PAGE.render(code=code, key=str(uuid.uuid4()))


@app.post("/q/<code>")
def store(code: str) -> Response:
    """Store one rating."""
    key, rating = request.form["key"], int(request.form["rating"])
    with engine.begin() as connection:
        connection.execute(_STORE, {"key": key, "code": code, "rating": rating})
        if rating <= 6:
            connection.execute(_HAND_ON, {"key": key})
    return redirect("/thanks", 303)


@app.get("/thanks")
def thanks() -> str:
    """The page after it."""
    return "<!doctype html><title>Thank you</title><p>Thank you"


_make_tables()

"""Reading forms strictly: proper UTF-8, bounded, each single field once."""

from urllib.parse import parse_qsl

from flask import Flask, Request
from flask import request as current_request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app.errors import Invalid

FORM_BYTES = 64 * 1024
FORM_FIELDS = 200
_TYPE = "application/x-www-form-urlencoded"

Form = MultiDict[str, str]


def keep_form_bodies(app: Flask) -> None:
    """Keep each form's body as it came, before anybody parses it leniently (the CSRF check does)."""
    app.before_request(_keep_body)


def _keep_body() -> None:
    if current_request.mimetype == _TYPE:
        current_request.max_content_length = FORM_BYTES
        current_request.get_data(cache=True, parse_form_data=False)


def read_form(request: Request) -> Form:
    """The fields of an urlencoded form; raises `Invalid` (``bad_encoding``) for what is not UTF-8."""
    if request.mimetype != _TYPE and (request.mimetype or request.content_length):
        raise UnsupportedMediaType()
    body = request.get_data(cache=True, parse_form_data=False)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Invalid(faults={"form": "bad_encoding"}) from None
    if len(pairs) > FORM_FIELDS:
        raise RequestEntityTooLarge()
    return MultiDict(pairs)


def only(form: Form, name: str) -> str:
    """The field's one value, empty when it is missing; raises `Invalid` (``repeated``) for several."""
    values = form.getlist(name)
    if len(values) > 1:
        raise Invalid(faults={name: "repeated"})
    return values[0] if values else ""

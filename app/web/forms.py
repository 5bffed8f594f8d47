"""Reading forms strictly: proper UTF-8, bounded, each field once; and a file where a page asks for one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from urllib.parse import parse_qsl

from flask import Flask, Request, current_app, g
from flask import request as current_request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from app.errors import Invalid
from app.text import clean_line, first_graphemes

FORM_BYTES = 64 * 1024
FORM_FIELDS = 200
MEBIBYTE = 1024 * 1024
_TYPE = "application/x-www-form-urlencoded"
_FILE_TYPE = "multipart/form-data"
_FILE_NAME_GRAPHEMES = 100
_PARTS_BYTES = 16 * 1024  # what a file's form may hold beside the file

P = ParamSpec("P")
R = TypeVar("R")

Form = MultiDict[str, str]


def keep_form_bodies(app: Flask) -> None:
    """Keep each form's body as it came, before anybody parses it leniently (the CSRF check does)."""
    app.before_request(_keep_body)


def takes_file(most_bytes: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a page take one file of at most that size; every other page takes none."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.file_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def _keep_body() -> None:
    if current_request.mimetype == _TYPE:
        current_request.max_content_length = FORM_BYTES
        current_request.get_data(cache=True, parse_form_data=False)
    elif current_request.mimetype == _FILE_TYPE:
        view = current_app.view_functions.get(current_request.endpoint or "")
        g.file_bytes = getattr(view, "file_bytes", 0)
        current_request.max_content_length = g.file_bytes + _PARTS_BYTES


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it, and the fields beside it."""

    name: str
    content: bytes
    fields: Form


def read_upload(request: Request, name: str) -> Upload:
    """The one file of a form; raises `Invalid` (``required``, ``repeated``), and 413 for one too big."""
    if request.mimetype != _FILE_TYPE:
        raise UnsupportedMediaType()
    files = [file for file in request.files.getlist(name) if file.filename]
    if len(files) != 1:
        raise Invalid(faults={name: "repeated" if files else "required"})
    content = files[0].read()
    if len(content) > g.file_bytes:
        raise RequestEntityTooLarge()
    file_name = first_graphemes(clean_line(files[0].filename or ""), _FILE_NAME_GRAPHEMES)
    return Upload(file_name, content, request.form)


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

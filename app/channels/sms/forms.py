"""The form of a provider of SMS: what was typed, what is wrong with it, and what it means."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.channels.http import check_target
from app.channels.rules import MOST_PER_MINUTE
from app.channels.sms.models import SmsGateway
from app.channels.sms.sender import PER_MINUTE
from app.channels.sms.template import Kind, Template, check_template
from app.channels.words import failure_words
from app.errors import Invalid
from app.text import clean_line, clean_text

METHODS = ("POST", "GET", "PUT")
_LINES = ("url", "method", "kind", "path", "pattern", "per_minute")
_TEXTS = ("headers", "body")
_MOST = {"url": 2_000, "headers": 4_000, "body": 8_000, "path": 200, "pattern": 200, "secret": 500}


@dataclass(slots=True)
class GatewayForm:
    """A form as it was typed; `faults` has a text for each field that was refused."""

    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    template: Template | None = None
    per_minute: int | None = None
    secret: str | None = None


def blank_form() -> GatewayForm:
    """The form of a provider that is not connected yet, filled as many of them want it."""
    return GatewayForm(
        {
            "url": "https://",
            "method": "POST",
            "kind": Kind.JSON,
            "headers": "Authorization: Bearer {secret}",
            "body": '{"recipients": ["{digits}"], "sms": {"sender": "SHOP", "text": "{text}"}}',
            "path": "",
            "pattern": "",
            "per_minute": str(PER_MINUTE),
        }
    )


def form_of(gateway: SmsGateway, per_minute: int | None) -> GatewayForm:
    """The form of the provider as it is, without its secret."""
    return GatewayForm(
        {
            "url": gateway.url,
            "method": gateway.method,
            "kind": gateway.kind,
            "headers": gateway.headers,
            "body": gateway.body,
            "path": gateway.success_path,
            "pattern": gateway.success_pattern,
            "per_minute": "" if per_minute is None else str(per_minute),
        }
    )


def read_gateway(raw: Mapping[str, str]) -> GatewayForm:
    """Read what was sent: all of it is kept but the secret, and each field is refused on its own."""
    typed = {name: clean_line(raw.get(name, "")) for name in _LINES}
    form = GatewayForm(typed | {name: clean_text(raw.get(name, "")) for name in _TEXTS})
    _read_bounds(form)
    _read_secret(form, raw)
    _read_pace(form)
    if not form.faults:
        _read_template(form)
    return form


def _read_bounds(form: GatewayForm) -> None:
    for name, most in _MOST.items():
        if len(form.typed.get(name, "")) > most:
            form.faults[name] = _("Shorten this text.")
    if form.typed["method"] not in METHODS:
        form.faults["method"] = _("Choose one that is in the list.")
    if form.typed["kind"] not in set(Kind):
        form.faults["kind"] = _("Choose one that is in the list.")


def _read_secret(form: GatewayForm, raw: Mapping[str, str]) -> None:
    """What is typed replaces the secret, nothing keeps it, and the box takes it away."""
    typed = raw.get("secret", "").strip()
    if typed and (not typed.isascii() or not typed.isprintable() or len(typed) > _MOST["secret"]):
        form.faults["secret"] = _("A secret has at most 500 Latin letters, digits and signs.")
    elif typed:
        form.secret = typed
    elif raw.get("no_secret"):
        form.secret = ""


def _read_pace(form: GatewayForm) -> None:
    text = form.typed["per_minute"]
    if not text:
        return
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_PER_MINUTE:
        form.faults["per_minute"] = _("Write a number from 1 to %(most)s.", most=MOST_PER_MINUTE)
    else:
        form.per_minute = int(text)


def _read_template(form: GatewayForm) -> None:
    typed = form.typed
    template = Template(
        url=typed["url"],
        method=typed["method"],
        kind=Kind(typed["kind"]),
        headers=typed["headers"],
        body=typed["body"],
        path=typed["path"],
        pattern=typed["pattern"],
    )
    with _keeping_faults(form):
        check_template(template)
    with _keeping_faults(form):
        check_target(template.url)
    form.template = template


@contextmanager
def _keeping_faults(form: GatewayForm) -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        form.faults |= {name: _words(code) for name, code in refusal.faults.items()}


def _words(code: str) -> str:
    texts = {
        "no_places": _("Say where the number and the text belong: {digits} or {to}, and {text}."),
        "no_json": _("With the places filled this cannot be read: put {text} between quotation marks."),
        "bad_headers": _("Write one header a line, such as Authorization: Bearer {secret}."),
        "bad_pattern": _("This is no regular expression."),
    }
    return texts.get(code) or failure_words(code)

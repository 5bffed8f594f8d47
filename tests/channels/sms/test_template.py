"""A provider's request: no text breaks out of its place, and the answer is read strictly."""

import json
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.sms.template import (
    Kind,
    Template,
    address_of,
    body_of,
    check_template,
    headers_of,
    is_accepted,
    masked,
    values_of,
)
from app.errors import Invalid

OWN = "s3cret"
JSON = Template(
    "https://sms.example/send",
    "POST",
    Kind.JSON,
    "Authorization: Bearer {secret}",
    '{"id": "{reference}", "to": ["{digits}"], "number": {digits}, "text": "{text}"}',
)
FORM = Template("https://sms.example/send", "POST", Kind.FORM, "", "key={secret}&to={to}&text={text}")
QUERY = Template("https://sms.example/send?v=1", "GET", Kind.QUERY, "", "to={digits}&text={text}")


def values(text: str = "Черга", *, secret: str = OWN) -> dict[str, str]:
    """What is put in."""
    return values_of("+380501112233", text, "notification-1", secret)


def changed(template: Template, **changes: str) -> Template:
    """The template with something different."""
    return Template(**{**{name: getattr(template, name) for name in Template.__slots__}, **changes})


def faults(template: Template) -> dict[str, str]:
    """What is wrong with a template."""
    try:
        check_template(template)
    except Invalid as refusal:
        return refusal.faults
    return {}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    assert json.loads(body_of(JSON, values(text))) == {
        "id": "notification-1",
        "to": ["380501112233"],
        "number": 380501112233,
        "text": text,
    }
    fields = parse_qs(body_of(FORM, values(text)).decode(), keep_blank_values=True, strict_parsing=True)
    assert fields == {"key": ["s3cret"], "to": ["+380501112233"], "text": [text]}
    query = parse_qs(urlsplit(address_of(QUERY, values(text))).query, keep_blank_values=True)
    assert query == {"v": ["1"], "to": ["380501112233"], "text": [text]}


def test_what_is_put_in_is_not_looked_at_again() -> None:
    sent = json.loads(body_of(JSON, values("{secret} {to}")))
    assert sent["text"] == "{secret} {to}"


def test_headers_carry_the_secret_and_the_kind() -> None:
    assert headers_of(JSON, values()) == {
        "Content-Type": "application/json",
        "Authorization": "Bearer s3cret",
    }
    own = changed(JSON, headers="content-type: application/json; charset=utf-8\n\nX-Id: {reference}\n")
    assert headers_of(own, values()) == {
        "content-type": "application/json; charset=utf-8",
        "X-Id": "notification-1",
    }


@pytest.mark.parametrize(
    "headers",
    [
        "Authorization",
        ": value",
        "Bad Name: x",
        "Host: evil.example",
        "content-length: 5",
        "Transfer-Encoding: chunked",
        "X: {text}",
        "X: Ключ",
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(headers: str) -> None:
    assert faults(changed(JSON, headers=headers)) == {"headers": "bad_headers"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('{"text": "{text}"}', "no_places"),
        ('{"to": "{to}"}', "no_places"),
        ('{"to": "{to}", "text": {text}}', "no_json"),
        ('{"to": "{to}", "text": "{text}"', "no_json"),
        ('{"to": {to}, "text": "{text}"}', "no_json"),
    ],
)
def test_a_body_that_could_be_broken_is_refused(body: str, fault: str) -> None:
    assert faults(changed(JSON, body=body)) == {"body": fault}


def test_good_templates_have_no_faults() -> None:
    assert [faults(template) for template in (JSON, FORM, QUERY)] == [{}, {}, {}]
    assert faults(changed(QUERY, body="to={to}&text={text} x")) == {"body": "no_json"}
    assert faults(changed(JSON, pattern="(")) == {"pattern": "bad_pattern"}


@pytest.mark.parametrize(
    ("status", "path", "pattern", "is_taken"),
    [
        (200, "", "", True),
        (202, "", "", True),
        (302, "", "", False),
        (400, "", "", False),
        (500, "", "", False),
        (200, "code", "^0$", True),
        (200, "code", "^(1|2)$", False),
        (200, "result.0.state", "OK", True),
        (200, "result.1.state", "", False),
        (200, "result.state", "", False),
        (200, "result.0.sent", "^true$", True),
        (200, "nowhere", "", False),
        (200, "", '"state": "OK"', True),
        (200, "", "FAILED", False),
        (400, "code", "^0$", False),
    ],
)
def test_the_answer_has_to_say_that_it_worked(status: int, path: str, pattern: str, is_taken: bool) -> None:
    answer = b'{"code": 0, "result": [{"state": "OK", "sent": true}]}'
    assert is_accepted(changed(JSON, path=path, pattern=pattern), status, answer) == is_taken


@pytest.mark.parametrize("body", [b"", b"OK", b"[1", b"\xff\xfe", b"null"])
def test_an_answer_that_is_no_json_has_no_value(body: bytes) -> None:
    assert not is_accepted(changed(JSON, path="code"), 200, body)


def test_a_pattern_that_never_ends_is_ended() -> None:
    began = monotonic()
    hopeless = changed(JSON, pattern="(a|a?)+$")
    assert not is_accepted(hopeless, 200, b"a" * 5_000 + b"b")
    assert monotonic() - began < 5


@pytest.mark.parametrize("secret", ["s3cret/+=", 'quo"te'])
def test_a_secret_is_masked_in_every_spelling(secret: str) -> None:
    for template in (JSON, FORM):
        said = body_of(changed(template, body="{secret} to={to}{text}"), values(secret=secret)).decode()
        assert secret not in masked(said, secret)
        assert "•••" in masked(f"{said} {secret}", secret)
    assert masked("nothing to hide", "") == "nothing to hide"

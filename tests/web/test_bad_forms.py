"""Whatever is sent to whatever form, the answer is clear: never our fault, never a stack trace.

`FORM_CASES=6000` tries more than the usual few hundred.
"""

import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from app.web.access import access_of
from tests.everything import Everything
from tests.invitations.cast import link
from tests.make import SOME_KEY, Chain, make_response, return_token, sign_in

CASES = int(os.environ.get("FORM_CASES", "250"))
TEMPLATES = Path(__file__).parents[2] / "app"
NAMES = re.compile(r"""\bname="(\w+)"|(?:field|select|textarea)\("(\w+)\"""")
# Ends the session with which the others are tried; answers without a form.
LEFT_OUT = {"accounts.sign_out", "accounts.end_others", "accounts.end_one", "accounts.switch"}
NASTY = (
    *("", " ", "\u200b", "0", "-1", "3.5", "1e9", "\uff15", "true", "null", "NaN", "9" * 5_000, "2" * 40),
    *(
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "\u202eevil",
        "a" * 6_000,
        "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50,
    ),
    *("<script>alert(1)</script>", "{{7*7}}", "' or 1=1--", "../../etc/passwd", "a\r\nSet-Cookie: x=1"),
    *(
        "%",
        "_",
        "[",
        "(((",
        "a@b",
        "a@example.com\r\nBcc: x@y",
        "+380671234567",
        "https://127.0.0.1/",
        "javascript:1",
    ),
    *(
        "2026-02-30",
        "0000-00-00",
        "9999-12-31",
        "25:00-26:00",
        "00000000-0000-0000-0000-000000000007",
        "\u0301" * 90,
    ),
)
RAW = (b"%ff", b"%ED%A0%80", b"%C0%AF", b"%00", b"\xff\xfe", b"%", b"%zz", b"&&&===")


@cache
def names() -> tuple[str, ...]:
    """Every name that a field of a page has."""
    found = {
        name
        for path in TEMPLATES.rglob("templates/**/*.html")
        for pair in NAMES.findall(path.read_text(encoding="utf-8"))
        for name in pair
        if name
    }
    return tuple(sorted(found))


VALUES = st.sampled_from(NASTY) | st.text(max_size=40)
PAIRS = st.lists(st.tuples(st.sampled_from(names()), VALUES), max_size=12)


def encoded(pairs: list[tuple[str, str]], tail: bytes) -> bytes:
    """A form as a careless or ill-meaning sender encodes it: lone surrogates and broken escapes too."""
    fields = (f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs)
    return b"&".join([*(field.encode() for field in fields), *([tail] if tail else [])])


def forms(app: Flask, chain: Chain) -> list[tuple[str, bool]]:
    """The address of every form, and whether it is a member's."""
    everything = Everything(app, chain)
    assert everything.values
    members = [everything.path(rule) for rule in _posting(app, {"member", "signed_in"})]
    key = make_response(chain, 3)
    shoppers = [f"/q/{chain.code}", f"/s/{key}", f"/s/{SOME_KEY}", f"/f/{return_token(chain, key)}"]
    doors = [
        "/sign-in",
        "/forgot",
        f"/join/{'A' * 22}",
        f"/reset/{'A' * 22}",
        f"/a/{'A' * 38}",
        link(chain, "R-9"),
    ]
    return [(path, True) for path in members] + [(path, False) for path in (*shoppers, *doors)]


def _posting(app: Flask, kinds: set[str]) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set())
        and (access := access_of(app, rule.endpoint))
        and access.kind in kinds
        and rule.endpoint not in LEFT_OUT
    ]


@pytest.mark.parametrize("session_app", ["sqlite", "postgres"], indirect=True)
def test_no_form_brings_the_product_down(app: Flask, chain: Chain) -> None:
    places = forms(app, chain)
    assert len(places) > 50
    browser, stranger = sign_in(app, chain, "owner"), app.test_client()

    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.sampled_from(places), PAIRS, st.sampled_from((b"",) * 4 + RAW))
    def send(place: tuple[str, bool], pairs: list[tuple[str, str]], tail: bytes) -> None:
        path, is_members = place
        answer = _post(browser if is_members else stranger, path, encoded(pairs, tail))
        assert answer[0] < 500, (path, pairs, tail)
        assert "Traceback" not in answer[1]

    send()


def _post(browser: FlaskClient, path: str, body: bytes) -> tuple[int, str]:
    kind = "application/x-www-form-urlencoded"
    answer = browser.post(path, data=body, content_type=kind)
    return answer.status_code, answer.text if (answer.mimetype or "").startswith("text/") else ""

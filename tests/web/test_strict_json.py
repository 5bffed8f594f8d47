"""JSON has one meaning, or it is refused with the place where it goes wrong."""

import json

import pytest

from app.errors import Unreadable
from app.web.strict_json import read_json, write_json

GOOD: dict[bytes, object] = {
    b"{}": {},
    b" [ ] ": [],
    b"null": None,
    b"true": True,
    b"-0": 0,
    b"1.5e3": 1500.0,
    b"123456789012345678901234567890": 123456789012345678901234567890,
    b'"\\u0000"': "\0",
    b'"\\ud83d\\ude00"': "\U0001f600",
    '"\U0001f600ї\u2028"'.encode(): "\U0001f600ї\u2028",
    b'{"a": {"b": [1, 2, {"c": "]]]}}}[[["}]}}': {"a": {"b": [1, 2, {"c": "]]]}}}[[["}]}},
    b'{"": 1}': {"": 1},
    b"[" * 32 + b"]" * 32: None,
    b"\t\r\n{}": {},
    b'"\\/\\b\\f\\n\\r\\t\\"\\\\"': '/\b\f\n\r\t"\\',
}
BAD: dict[bytes, str] = {
    b"": "syntax",
    b" ": "syntax",
    b"{": "syntax",
    b"}": "syntax",
    b"[1,]": "syntax",
    b"[,1]": "syntax",
    b"[1 2]": "syntax",
    b"[1]]": "syntax",
    b"{}{}": "syntax",
    b"{} x": "syntax",
    b"{},": "syntax",
    b"// {}": "syntax",
    b"{} /* */": "syntax",
    b"# {}": "syntax",
    b"{'a': 1}": "syntax",
    b"{a: 1}": "syntax",
    b'{"a" 1}': "syntax",
    b'{"a": 1,}': "syntax",
    b'{"a"}': "syntax",
    b"{1: 1}": "syntax",
    b'{"a": }': "syntax",
    b'"': "syntax",
    b'"a': "syntax",
    b'"a\\': "syntax",
    b'"\\x41"': "syntax",
    b'"\\u12"': "syntax",
    b'"\\u 123"': "syntax",
    b'"\\u00g0"': "syntax",
    b'"\\U0041"': "syntax",
    b'"a\nb"': "syntax",
    b'"a\tb"': "syntax",
    b'"a\0b"': "syntax",
    b"\0": "syntax",
    b"01": "syntax",
    b"+1": "syntax",
    b"1.": "syntax",
    b".5": "syntax",
    b"1e": "syntax",
    b"1e+": "syntax",
    b"-": "syntax",
    b"--1": "syntax",
    b"0x10": "syntax",
    b"1_000": "syntax",
    "[\u0661]".encode(): "syntax",
    "[\uff11]".encode(): "syntax",
    "\u00a0{}".encode(): "syntax",
    "{}\u2028".encode(): "syntax",
    b"True": "syntax",
    b"nul": "syntax",
    b"undefined": "syntax",
    b"nan": "syntax",
    b"NaN": "not_a_number",
    b"[Infinity]": "not_a_number",
    b'{"a": -Infinity}': "not_a_number",
    b"1e400": "long_number",
    b"-1e400": "long_number",
    b"9" * 101: "long_number",
    b"9" * 5000: "long_number",
    b"0." + b"1" * 200: "long_number",
    b'{"a": 1, "a": 1}': "repeated_name",
    b'{"a": 1, "\\u0061": 2}': "repeated_name",
    b'[{"b": {"a": 1, "c": 2, "a": 3}}]': "repeated_name",
    b'"\\ud800"': "lone_surrogate",
    b'"\\udc00\\ud800"': "lone_surrogate",
    b'{"\\ud800": 1}': "lone_surrogate",
    b"[" * 33: "too_deep",
    b"[" * 33 + b"]" * 33: "too_deep",
    b"[" * 10_000 + b"]" * 10_000: "too_deep",
    b'{"a":' * 33 + b"1" + b"}" * 33: "too_deep",
    b"[{" * 100_000: "too_deep",
    b"\xef\xbb\xbf{}": "encoding",
    b"\xff\xfe{\0}\0": "encoding",
    b'"\xff"': "encoding",
    b'"\xc0\xaf"': "encoding",
    b'"\xed\xa0\x80"': "encoding",
    b'"\xf4\x90\x80\x80"': "encoding",
    '{"ї": 1}'.encode("cp1251"): "encoding",
    "{}".encode("utf-16-le"): "syntax",
    "{}".encode("utf-32-be"): "syntax",
}


@pytest.mark.parametrize("raw", GOOD, ids=lambda raw: ascii(raw[:40]))
def test_what_is_json_is_read(raw: bytes) -> None:
    assert read_json(raw) == (GOOD[raw] or json.loads(raw))


@pytest.mark.parametrize("raw", BAD, ids=lambda raw: ascii(raw[:40]))
def test_what_is_not_json_is_refused_with_its_kind(raw: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_json(raw)
    assert refusal.value.code == "invalid_json"
    assert list(refusal.value.faults.values()) == [BAD[raw]]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"{", "line 1, column 2"),
        (b'{"a": 1,\n "b": }', "line 2, column 7"),
        (b'["\n"]', "line 1, column 3"),
        (b"[\n" * 33, "line 33, column 1"),
        (b'["ok",\n "\xff"]', "line 2, column 3"),
        ('["ї", x]'.encode(), "line 1, column 7"),
    ],
)
def test_the_place_is_told_in_lines_and_columns(raw: bytes, place: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_json(raw)
    assert list(refusal.value.faults) == [place]


def test_an_unclosed_string_of_escapes_is_read_once() -> None:
    from time import perf_counter

    began = perf_counter()
    with pytest.raises(Unreadable):
        read_json(b'"' + b'\\"' * 130_000)
    assert perf_counter() - began < 1


def test_equal_values_have_one_spelling() -> None:
    assert write_json(read_json(b'{"b": [1, 2], "a": "\\u0457"}')) == '{"a":"ї","b":[1,2]}'.encode()

"""The till's link: one text is signed, one spelling is read, anything else is nobody's."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.ids import is_key_id, new_key_id
from app.invitations.rules import number_of
from app.invitations.signing import Receipt, SignedLink, canonical_text, read_link, signature, signed_path
from app.text import clean_line, reference_key

SECRET = "b2ZmaWNpYWwgdGVzdCBzZWNyZXQgb2YgMzIgYnl0ZXM"
KEY_ID = "4CDHTPQ86"
AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
RECEIPT = Receipt("A-12/345", AT, 24990, "07", "uk")


def read(path: str) -> SignedLink:
    """Read a path as it comes from a web server: the number decoded, the query raw."""
    parts = urlsplit(path)
    _, _r, key_id, number = parts.path.split("/", 3)
    return read_link(key_id, unquote_to_bytes(number).decode("utf-8", "replace"), parts.query.encode())


def printed(text: str) -> bool:
    """Whether a till may print the text as a number."""
    try:
        return number_of(text) == text
    except Invalid:
        return False


texts = st.text(min_size=1, max_size=30).map(clean_line)
receipts = st.builds(
    Receipt,
    number=texts.filter(printed).filter(lambda text: "\ufffd" not in text),
    issued_at=st.integers(10**9, 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    total_minor=st.none() | st.integers(0, 10**15 - 1),
    cashier=st.just("") | texts.filter(lambda text: bool(reference_key(text))),
    language=st.sampled_from(["", "uk", "en", "pl"]),
)


@pytest.fixture(scope="module", autouse=True)
def _key_id_is_spelt_well() -> None:
    assert is_key_id(KEY_ID)


@given(receipts)
def test_what_a_till_signs_is_read_as_it_was_meant(receipt: Receipt) -> None:
    path = signed_path(SECRET, KEY_ID, receipt)
    link = read(path)
    assert link.receipt == receipt
    assert link.path == path
    assert link.is_signed_with(SECRET)


@given(receipts, receipts)
def test_two_receipts_never_have_the_same_text(one: Receipt, other: Receipt) -> None:
    same = canonical_text(KEY_ID, one) == canonical_text(KEY_ID, other)
    assert same == (one == other)


@given(st.text(max_size=60), st.text(max_size=60), st.binary(max_size=200))
def test_nonsense_is_refused_and_never_breaks(key_id: str, number: str, query: bytes) -> None:
    try:
        link = read_link(key_id, number, query)
    except Invalid:
        return
    assert not link.is_signed_with(SECRET)


@given(receipts, st.data())
def test_a_changed_sign_anywhere_is_noticed(receipt: Receipt, data: st.DataObject) -> None:
    path = signed_path(SECRET, KEY_ID, receipt)
    place = data.draw(st.integers(len("/r/"), len(path) - 1))
    sign = data.draw(st.sampled_from("0123456789ABCDEFabcdef-_=&?/%."))
    changed = path[:place] + sign + path[place + 1 :]
    try:
        link = read(changed)
    except (Invalid, ValueError):
        return
    # The same text in another percent-encoding is the same link; anything else is not signed.
    assert link.is_signed_with(SECRET) == (link.path == path)


def test_the_text_is_seven_lines() -> None:
    text = canonical_text(KEY_ID, RECEIPT)
    assert text == f"vidhuk-receipt-1\n{KEY_ID}\nA-12/345\n1795608000\n24990\n07\nuk"
    assert canonical_text(KEY_ID, Receipt("1", AT)) == f"vidhuk-receipt-1\n{KEY_ID}\n1\n1795608000\n\n\n"


def test_an_empty_total_is_not_a_total_of_nothing() -> None:
    assert signature(SECRET, KEY_ID, Receipt("1", AT)) != signature(SECRET, KEY_ID, Receipt("1", AT, 0))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("sig=", "sig=x"), "sig"),
        ((r"sig=.*", "sig="), "sig"),
        ((r"&sig=.*", ""), "sig"),
        ((r"(sig=.{21}).", r"\1~"), "sig"),
        ((r"$", "="), "sig"),
        ((r"(&sig=.*)", r"\1\1"), "sig"),
        ((r"t=1795608000&", ""), "t"),
        (("t=1795608000", "t=01795608000"), "t"),
        (("t=1795608000", "t=+1795608000"), "t"),
        (("t=1795608000", "t=1795608000.0"), "t"),
        (("t=1795608000", "t=2026-11-25"), "t"),
        (("t=1795608000", "t=１７９５６０８０００"), "query"),
        (("t=1795608000", "t=99999999999"), None),
        (("t=", "t=1&t="), "t"),
        (("s=24990", "s="), "s"),
        (("s=24990", "s=0024990"), "s"),
        (("s=24990", "s=249.90"), "s"),
        (("s=24990", "s=-1"), "s"),
        (("s=24990", "s=" + "9" * 16), "s"),
        (("c=07", "c="), "code"),
        (("c=07", "c=+07"), "c"),
        (("c=07", "c=" + "7" * 33), "code"),
        (("c=07", "c=%ff"), "query"),
        (("l=uk", "l=UK"), "l"),
        (("l=uk", "l=ukr"), "l"),
        (("l=uk", "l="), "l"),
        (("l=uk", "l=uk&x=1"), "x"),
        (("l=uk", "l=uk&T=1"), "T"),
        (("l=uk", "l=uk&lang=uk&lang=en"), "lang"),
        (("l=uk", "l=uk&" + "a&" * 30), "query"),
        (("A-12%2F345", "%20A-12"), "number"),
        (("A-12%2F345", "A%00"), "number"),
        (("A-12%2F345", "--"), "number"),
        (("A-12%2F345", "A" * 65), "number"),
        (("A-12%2F345", "%ff1"), "number"),
        ((KEY_ID, KEY_ID.lower()), "key_id"),
        ((KEY_ID, KEY_ID[:-1]), "key_id"),
        ((KEY_ID, KEY_ID[:-1] + "0"), "key_id"),
        ((KEY_ID, "x" * 8000), "key_id"),
    ],
)
def test_another_spelling_is_refused_by_its_field(change: tuple[str, str], field: str | None) -> None:
    path = re.sub(change[0], change[1], signed_path(SECRET, KEY_ID, RECEIPT), count=1)
    assert path != signed_path(SECRET, KEY_ID, RECEIPT)
    if field is None:
        assert not read(path).is_signed_with(SECRET)
        return
    with pytest.raises(Invalid) as refusal:
        read(path)
    assert list(refusal.value.faults) == [field]


def test_the_spare_bits_of_a_signature_are_empty() -> None:
    """Three other last signs would decode to the same sixteen bytes."""
    path = signed_path(SECRET, KEY_ID, RECEIPT)
    accepted = 0
    for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        try:
            accepted += read(path[:-1] + sign).is_signed_with(SECRET)
        except Invalid:
            continue
    assert accepted == 1


@pytest.mark.parametrize("field", ["lang=en", "key=x", "rating=3", "score=7"])
def test_what_the_page_remembers_is_not_signed(field: str) -> None:
    assert read(f"{signed_path(SECRET, KEY_ID, RECEIPT)}&{field}").is_signed_with(SECRET)


def test_a_signature_belongs_to_its_key_and_its_secret() -> None:
    sig = signature(SECRET, KEY_ID, RECEIPT)
    assert sig != signature(SECRET, new_key_id(), RECEIPT)
    assert sig != signature(SECRET + "x", KEY_ID, RECEIPT)
    assert len(sig) == 22


def test_fractions_of_a_second_are_dropped() -> None:
    later = Receipt("1", AT + timedelta(milliseconds=900))
    assert signature(SECRET, KEY_ID, later) == signature(SECRET, KEY_ID, Receipt("1", AT))

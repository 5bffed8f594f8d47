"""Links that open nothing: nobody's look alike, ours say why."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.db import db, get_row, reading, transaction
from app.ids import new_key, new_key_id
from app.invitations.actions import NewKey, cancel_receipt, change_life, revoke_till_key, rotate_till_key
from app.invitations.models import TillKey
from app.invitations.rules import CLOCK_AHEAD
from app.responses.models import Response
from app.responses.queries import get_response_by_key
from tests.conftest import make_settings
from tests.fakes import Hands
from tests.invitations.cast import Reader, invitations, link, mint, signed, till
from tests.make import NOON, SECRET, Chain, make_response, return_token, rows_of

DAY = timedelta(days=1)


def refusals_of(chain: Chain, key: NewKey) -> dict[str, str]:
    """Links that are nobody's, each wrong in its own way."""
    good = signed(key)
    other = till(chain)
    return {
        "unknown token": f"/i/{new_key()}",
        "token of another length": f"/i/{new_key()}A",
        "no token": "/i/x",
        "token with spare bits": f"/i/{mint(chain, 'spare').token[:-1]}_",
        "unknown key": signed(NewKey(new_key_id(), key.secret)),
        "another key's secret": signed(NewKey(key.key_id, other.secret)),
        "another key's name": good.replace(key.key_id, other.key_id),
        "flipped": good[:-3] + ("A" if good[-3] != "A" else "B") + good[-2:],
        "truncated": good[:-1],
        "longer": f"{good}A",
        "another number": good.replace("R-0042", "R-0043"),
        "another time": good.replace("t=1795608000", "t=1795608001"),
        "a total that was not signed": good.replace("&sig", "&s=1&sig"),
        "an unknown field": f"{good}&utm=x",
        "a field twice": f"{good}&t=1795608000",
        "no query": good.partition("?")[0],
        "long": good + "A" * 8000,
    }


def test_what_nobody_of_ours_has_signed_looks_alike(chain: Chain, reader: Reader) -> None:
    pages = {name: reader.open(path, "") for name, path in refusals_of(chain, till(chain)).items()}
    assert {name: page.status_code for name, page in pages.items() if page.status_code != 404} == {}
    assert len({len(page.data) for page in pages.values()}) == 1
    for page in pages.values():
        assert "This link is not valid" in page.text
        assert 'lang="uk"' in page.text
    assert all(reader.tap(path).status_code == 404 for path in refusals_of(chain, till(chain)).values())
    assert rows_of(chain, Response) == []


def test_an_unknown_key_costs_what_a_wrong_signature_costs(app: Flask, chain: Chain, reader: Reader) -> None:
    key, asked = till(chain), []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    reader.open(signed(NewKey(key.key_id, "wrong" * 9)))
    known = list(asked)
    asked.clear()
    reader.open(signed(NewKey(new_key_id(), "wrong" * 9)))
    event.remove(db.engine, "before_cursor_execute", note)
    assert known == asked
    assert len(known) == 2


def test_guessing_links_is_slow(chain: Chain, reader: Reader) -> None:
    path = link(chain)
    seen = [reader.client.get(f"/i/{new_key()}").status_code for _ in range(101)]
    assert seen == [404] * 100 + [429]
    assert reader.open(path).status_code == 200  # shoppers of the same network go on


def test_no_key_opens_what_another_is_for(chain: Chain, reader: Reader) -> None:
    """Every kind of link to every kind of page: only its own lets it in."""
    response_key, token = make_response(chain, 3), mint(chain).token
    key = till(chain)
    mac = signed(key).rpartition("=")[2]
    links = {
        "/q/": chain.code,
        "/i/": token,
        "/s/": response_key,
        "/f/": return_token(chain, response_key),
        "/r/": signed(key).removeprefix("/r/"),
    }
    for page in links:
        for kind, own in links.items():
            opened = reader.client.get(page + own).status_code
            assert opened == (200 if kind == page else 404), (page, kind)
        assert reader.client.get(page + mac).status_code == 404


@pytest.mark.parametrize("way", ["minted", "signed"])
def test_a_link_lives_for_thirty_days(chain: Chain, reader: Reader, hands: Hands, way: str) -> None:
    path = link(chain) if way == "minted" else signed(till(chain))
    hands.at = NOON + 30 * DAY - timedelta(seconds=1)
    assert reader.open(path).status_code == 200
    hands.move(seconds=1)
    for page in (reader.open(path), reader.tap(path)):
        assert page.status_code == 410
        assert "This link has expired" in page.text
    assert rows_of(chain, Response) == []


def test_the_organisation_chooses_how_long(chain: Chain, reader: Reader, hands: Hands) -> None:
    kept, key = link(chain, "kept"), till(chain)
    with transaction(chain.organisation_id) as session:
        change_life(session, 7)
    hands.move(days=8)
    assert reader.open(signed(key)).status_code == 410
    assert reader.open(kept).status_code == 200  # what was minted keeps its own end
    assert reader.open(link(chain, "new", issued_at=hands.at, now=hands.at)).status_code == 200


def test_the_clock_of_a_till_may_be_a_little_ahead(chain: Chain, reader: Reader) -> None:
    key = till(chain)
    assert reader.open(signed(key, issued_at=NOON + CLOCK_AHEAD)).status_code == 200
    page = reader.open(signed(key, issued_at=NOON + CLOCK_AHEAD + timedelta(seconds=1)))
    assert page.status_code == 410
    assert "not valid yet" in page.text
    assert reader.tap(signed(key, issued_at=NOON + DAY)).status_code == 410


def test_a_revoked_key_signs_nothing_any_more(chain: Chain, reader: Reader) -> None:
    key, other = till(chain), till(chain)
    with transaction(chain.organisation_id) as session:
        revoke_till_key(session, key.key_id, now=NOON)
    for page in (reader.open(signed(key)), reader.tap(signed(key))):
        assert page.status_code == 410
        assert "This link is no longer valid" in page.text
    assert reader.open(signed(other)).status_code == 200


def test_a_rotated_key_is_good_until_its_end(chain: Chain, reader: Reader, hands: Hands) -> None:
    old, another = till(chain), till(chain)
    with transaction(chain.organisation_id) as session:
        new = rotate_till_key(session, old.key_id, 14 * DAY, SECRET, now=NOON)
    hands.move(days=13, hours=23)
    assert {reader.open(signed(key)).status_code for key in (old, another, new)} == {200}
    hands.move(hours=1)
    assert [reader.open(signed(key)).status_code for key in (old, another, new)] == [410, 410, 200]


def test_a_second_rotation_does_not_prolong_the_first(chain: Chain, reader: Reader, hands: Hands) -> None:
    old = till(chain)
    for overlap in (1, 30):
        with transaction(chain.organisation_id) as session:
            live = next(key for key in rows_of_keys(chain) if key.valid_until is None)
            rotate_till_key(session, live.key_id, overlap * DAY, SECRET, now=NOON)
    hands.move(days=2)
    assert reader.open(signed(old)).status_code == 410


def rows_of_keys(chain: Chain) -> list[TillKey]:
    """The chain's keys, read beside an open transaction."""
    return [key for key in db.session.query(TillKey) if key.organisation_id == chain.organisation_id]


@pytest.mark.parametrize("way", ["minted", "signed"])
def test_a_refund_closes_the_link_of_either_kind(chain: Chain, reader: Reader, way: str) -> None:
    path = link(chain) if way == "minted" else signed(till(chain))
    with transaction(chain.organisation_id) as session:
        cancel_receipt(session, chain.store_id, "r 0042", now=NOON)
    for page in (reader.open(path), reader.tap(path)):
        assert page.status_code == 410
        assert "This purchase was cancelled" in page.text
    assert rows_of(chain, Response) == []
    assert len(invitations(chain)) == 1


def test_a_refund_after_the_answer_keeps_the_answer(chain: Chain, reader: Reader, hands: Hands) -> None:
    path = signed(till(chain))
    key = reader.tapped(path, 9)
    hands.move(minutes=5)
    with transaction(chain.organisation_id) as session:
        cancel_receipt(session, chain.store_id, "R-0042", now=hands.at)
    assert invitations(chain)[0].is_refunded
    assert "already received" in reader.open(path).text
    assert reader.tap(path, 2, key).status_code == 303  # who answered may still correct
    with reading(chain.organisation_id) as session:
        assert get_response_by_key(session, key).rating == 2


def test_another_secret_key_of_the_installation_opens_nothing(
    app: Flask, chain: Chain, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = signed(till(chain))
    own = app.config["VIDHUK"]
    other = make_settings(own.database_url, own.data_dir, secret_key="x" * 40)
    monkeypatch.setitem(app.config, "VIDHUK", other)
    assert reader.open(path).status_code == 404


def test_a_secret_moved_to_another_key_cannot_be_read(chain: Chain, reader: Reader) -> None:
    key, other = till(chain), till(chain)
    with transaction(chain.organisation_id) as session:
        rows = {row.key_id: row.id for row in session.query(TillKey)}
        stolen = get_row(session, TillKey, rows[key.key_id]).secret_sealed
        get_row(session, TillKey, rows[other.key_id]).secret_sealed = stolen
    assert key.secret not in stolen
    assert reader.open(signed(NewKey(other.key_id, key.secret))).status_code == 404

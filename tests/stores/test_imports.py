"""Importing stores on their pages: a report first, then exactly that, all of it or nothing."""

import csv
import random
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import get_row, reading, transaction
from app.stores.imports.reader import FILE_BYTES
from app.stores.models import Region, Store, StoreImport
from tests.fakes import Hands
from tests.make import Chain, rows_of, sign_in, sign_in_again
from tests.stores.tables import TABLE, confirm, deeds_of, points_of, send, stores_of

NINE = [["09:00", "21:00"]]


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The owner's browser."""
    return sign_in(app, chain, "owner")


def test_nothing_is_changed_before_it_is_confirmed(owner: FlaskClient, chain: Chain) -> None:
    answer = send(owner, TABLE)
    assert answer.status_code == 303
    page = owner.get(answer.location).text
    for part in ("Книгарня «Є»", "Новий магазин", "Південь", "Store 1", "UTF-8", "Import 2 stores"):
        assert part in page, part
    assert list(stores_of(chain)) == ["S1", "S2"]
    assert deeds_of(chain) == []


def test_what_was_confirmed_is_applied(owner: FlaskClient, chain: Chain) -> None:
    address = send(owner, TABLE).location
    answer = confirm(owner, address)
    assert (answer.status_code, answer.location) == (303, address)
    assert "Imported" in owner.get(address).text

    found = stores_of(chain)
    assert found["S1"].name == "Книгарня «Є»"
    assert found["S1"].weekly_hours == dict.fromkeys("12345", NINE)
    assert found["S1"].labels == ["франшиза"]
    assert found["S1"].id == chain.store_id
    assert found["К-9"].weekly_hours["7"] == [["00:00", "24:00"]]
    assert {region.name for region in rows_of(chain, Region)} == {"West", "East", "Південь"}
    assert points_of(chain, "S1").keys() == {"Till 1", "Каса 2"}
    assert all(len(codes) == 1 for codes in points_of(chain, "К-9").values())


def test_the_import_is_recorded_with_the_names_of_changed_fields(owner: FlaskClient, chain: Chain) -> None:
    confirm(owner, send(owner, TABLE).location)
    summary = {"new": 1, "changed": 1, "same": 0, "refused": 0, "touchpoints": 2}
    assert deeds_of(chain) == [
        ("store.changed", "Owner", "S1", {"fields": ["name", "weekly_hours", "labels"]}),
        ("stores.imported", "Owner", "s.csv", summary),
    ]


def test_the_same_file_again_changes_nothing(owner: FlaskClient, chain: Chain) -> None:
    confirm(owner, send(owner, TABLE).location)
    before = deeds_of(chain)
    page = owner.get(send(owner, TABLE).location).text
    assert "Nothing would change" in page
    assert 'name="mark"' not in page
    assert deeds_of(chain) == before


def test_a_confirmation_sent_twice_applies_once(owner: FlaskClient, chain: Chain) -> None:
    address = send(owner, TABLE).location
    page = owner.get(address).text
    confirm(owner, address)
    mark = page.partition('name="mark" value="')[2][:64]
    again = owner.post(address, data={"mark": mark, "encoding": "utf-8"})
    assert (again.status_code, again.location) == (303, address)
    assert [deed for deed, *_ in deeds_of(chain)].count("stores.imported") == 1


def test_one_refused_row_refuses_all(owner: FlaskClient, chain: Chain) -> None:
    address = send(owner, TABLE + "bad code!;x;West;;;\n").location
    page = owner.get(address).text
    assert "bad code!" in page
    assert "Leave 1 refused row out" in page
    answer = confirm(owner, address)
    assert answer.status_code == 422
    assert 'href="#good_rows"' in answer.text
    assert list(stores_of(chain)) == ["S1", "S2"]


def test_the_good_rows_are_imported_where_that_was_ticked(owner: FlaskClient, chain: Chain) -> None:
    address = send(owner, TABLE + "bad code!;x;North;;;\n").location
    assert confirm(owner, address, good_rows=True).status_code == 303
    assert stores_of(chain).keys() == {"S1", "S2", "К-9"}
    assert "North" not in [region.name for region in rows_of(chain, Region)]


@pytest.mark.parametrize("other", ["name", "new store", "region"])
def test_a_store_changed_since_the_report_is_shown_anew(owner: FlaskClient, chain: Chain, other: str) -> None:
    address = send(owner, TABLE).location
    page = owner.get(address).text
    mark = page.partition('name="mark" value="')[2][:64]
    with transaction(chain.organisation_id) as session:
        if other == "name":
            get_row(session, Store, chain.store_id).name = "Renamed"
        elif other == "new store":
            get_row(session, Store, chain.other_store_id).code = "К-9"
        else:
            session.add(Region(name="південь"))
    answer = owner.post(address, data={"mark": mark, "encoding": "utf-8"})
    assert answer.status_code == 409
    assert "The stores have changed since you looked" in answer.text
    assert stores_of(chain)["S1"].name != "Книгарня «Є»"
    assert confirm(owner, address).status_code == 303
    assert stores_of(chain)["S1"].name == "Книгарня «Є»"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_files_of_any_encoding_are_imported(owner: FlaskClient, chain: Chain, encoding: str) -> None:
    confirm(owner, send(owner, TABLE.encode(encoding)).location)
    assert stores_of(chain)["S1"].name == "Книгарня «Є»"


def test_a_wrong_guess_is_put_right_on_the_report(owner: FlaskClient, chain: Chain) -> None:
    table = "Kod;Nazwa;Region\nW-1;Żabka Łódź;Łódź\n".encode("cp1250")
    address = send(owner, table).location
    assert "Żabka Łódź" not in owner.get(address).text
    assert "Windows-1251" in owner.get(address).text
    assert "Żabka Łódź" in owner.get(f"{address}?encoding=cp1250").text
    wrong = owner.get(f"{address}?encoding=utf-8")
    assert wrong.status_code == 422
    assert "cannot be read as UTF-8" in wrong.text
    confirm(owner, f"{address}?encoding=cp1250")
    assert stores_of(chain)["W-1"].name == "Żabka Łódź"


def test_a_chosen_encoding_stays_chosen(owner: FlaskClient) -> None:
    table = "Kod;Nazwa;Region\nW-1;Żabka;Łódź\n".encode("cp1250")
    assert "Żabka" in owner.get(send(owner, table, encoding="cp1250").location).text


def test_cells_and_headers_are_text_on_the_report(owner: FlaskClient, chain: Chain) -> None:
    evil = "<script>alert(1)</script>"
    table = f"Code;Name;Region;{evil}\nS1;{evil};West;x\n=cmd|' /C calc'!A0;{evil};West;x\nS3;=1+1;{evil};x\n"
    address = send(owner, table, name=f"{evil}.csv").location
    page = owner.get(address).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    confirm(owner, address, good_rows=True)
    assert stores_of(chain)["S3"].name == "=1+1"
    assert "<script>alert" not in owner.get(address).text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04", "This is a workbook"),
        (b"Code;Name\n", "no store under it"),
        (b"x;y\n1;2\n", "The first row has to name the columns"),
        (b'Code;Name\nS1;"x\n', "Row 2: The quotation marks do not fit"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(owner: FlaskClient, content: bytes, words: str) -> None:
    answer = send(owner, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#file"' in answer.text


def test_the_reader_is_told_in_their_own_language(owner: FlaskClient) -> None:
    owner.set_cookie("lang", "uk")
    assert "Файл порожній" in send(owner, b"").text
    page = owner.get(send(owner, "Code;Kind\nS1;palace\n").location).text
    assert "Напишіть одне з: магазин, інтернет-магазин" in page


def test_a_form_without_a_file_says_so(owner: FlaskClient) -> None:
    answer = owner.post("/stores/import", data={"encoding": ""}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose the file" in answer.text
    assert owner.post("/stores/import", data={"file": "text"}).status_code == 415


def test_a_file_over_the_limit_is_refused_with_the_limit(owner: FlaskClient, chain: Chain) -> None:
    answer = send(owner, b"Code\n" + b"x" * FILE_BYTES)
    assert answer.status_code == 413
    assert "Send a file of at most 5 MB." in answer.text
    assert rows_of(chain, StoreImport) == []


def test_no_other_page_takes_a_file(owner: FlaskClient) -> None:
    data = {"file": (BytesIO(b"x" * 100_000), "s.csv")}
    answer = owner.post("/stores/new", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_an_upload_is_kept_for_a_day_and_the_next_one_takes_its_place(
    owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    first, second = send(owner, TABLE).location, send(owner, TABLE).location
    assert owner.get(first).status_code == 404
    assert owner.get(second).status_code == 200
    hands.move(hours=25)
    sign_in_again(owner, chain)
    assert owner.get(second).status_code == 404
    assert owner.post(second, data={"mark": "x"}).status_code == 404


def test_the_bytes_go_once_they_are_applied(owner: FlaskClient, chain: Chain) -> None:
    confirm(owner, send(owner, TABLE).location)
    with reading(chain.organisation_id) as session:
        assert session.scalar(select(func.length(StoreImport.content))) == 0


@pytest.mark.parametrize("who", ["manager", "regional"])
def test_managers_may_not_import(app: Flask, chain: Chain, owner: FlaskClient, who: str) -> None:
    address = send(owner, TABLE).location
    client = sign_in(app, chain, who)
    assert client.get("/stores/import").status_code == 403
    assert send(client, TABLE).status_code == 403
    assert client.get(address).status_code == 403
    assert client.post(address, data={}).status_code == 403
    assert client.get("/stores/import/template.csv").status_code == 403


def test_an_import_is_its_senders_alone(
    app: Flask, chain: Chain, foreign_chain: Chain, owner: FlaskClient
) -> None:
    address = send(owner, TABLE).location
    stranger = sign_in(app, foreign_chain, "owner")
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data={"mark": "x"}).status_code == 404
    assert owner.get(f"/stores/import/{UUID(int=7)}").status_code == 404
    confirm(owner, address)
    assert list(stores_of(foreign_chain)) == ["S1", "S2"]
    assert stores_of(foreign_chain)["S1"].name == "Store 1"


def test_an_export_imported_again_changes_nothing(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        store = get_row(session, Store, chain.store_id)
        store.name, store.address, store.labels = "=HYPERLINK(1)", "'@home", ["-1", "a"]
        get_row(session, Store, chain.other_store_id).weekly_hours = {}
    for language in ("uk", "en"):
        answer = owner.get(f"/stores/export.csv?lang={language}")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="stores.csv"'
        assert b"'=HYPERLINK(1)" in answer.data
        assert "Nothing would change" in owner.get(send(owner, answer.data).location).text


def test_an_export_holds_what_the_list_is_narrowed_to_in_scope(app: Flask, chain: Chain) -> None:
    def codes(who: str, query: str = "") -> list[str]:
        text = sign_in(app, chain, who).get(f"/stores/export.csv?lang=en{query}").data.decode("utf-8-sig")
        return [row["Code"] for row in csv.DictReader(StringIO(text))]

    assert codes("owner") == ["S1", "S2"]
    assert codes("owner", f"&region={chain.region_id}") == ["S1"]
    assert codes("manager") == ["S1"]
    assert sign_in(app, chain, "manager").get("/stores/export.csv?store=S2").status_code == 422


def test_the_empty_table_is_in_the_readers_language(owner: FlaskClient) -> None:
    owner.set_cookie("lang", "uk")
    text = owner.get("/stores/import/template.csv").data.decode("utf-8-sig")
    assert text.startswith("Код;Назва;Регіон;")
    assert len(text.splitlines()) == 3


def test_two_files_or_a_body_that_is_no_form_are_refused(owner: FlaskClient, chain: Chain) -> None:
    part = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="s.csv"\r\n\r\nCode\nS1\r\n'
    for body, mimetype in (
        (part * 2 + b"--cut--\r\n", "multipart/form-data; boundary=cut"),
        (part, "multipart/form-data"),
        (part, "multipart/form-data; boundary=other"),
        (b"", "multipart/form-data; boundary=cut"),
        (b"\xff" * 500, "multipart/form-data; boundary=\xff"),
    ):
        answer = owner.post("/stores/import", data=body, content_type=mimetype)
        assert answer.status_code == 422, mimetype
        assert "Choose the file" in answer.text
    assert rows_of(chain, StoreImport) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_never_breaks_the_pages(owner: FlaskClient, chain: Chain, seed: int) -> None:
    chance, content = random.Random(seed), bytearray(TABLE.encode(("utf-8", "cp1251")[seed % 2]))
    for _ in range(12):
        content[chance.randrange(len(content))] = chance.randrange(256)
    answer = send(owner, bytes(content))
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        assert owner.get(answer.location).status_code in (200, 422)

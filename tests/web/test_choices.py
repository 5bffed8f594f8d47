"""Language and theme are chosen once, kept in a cookie and rendered by the server."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.make import Chain, sign_in


def test_a_language_is_remembered(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "uk", "next": "/sign-in"})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert '<html lang="uk"' in client.get("/sign-in").text
    client.post("/language", data={"language": "en"})
    assert '<html lang="en"' in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("wishes", "language"),
    [("pl", "pl"), ("pl-PL,pl;q=0.9,en;q=0.8", "pl"), ("de, pl;q=0.5", "pl"), ("ru", "uk"), ("", "uk")],
)
def test_the_browsers_first_wish_that_we_speak_is_spoken(
    client: FlaskClient, wishes: str, language: str
) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": wishes}).text
    assert f'<html lang="{language}"' in page
    assert ("Zaloguj się" in page) == (language == "pl")


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en"})
    answer = client.post("/language", data={"language": "xx"})
    assert answer.status_code == 303
    assert '<html lang="en"' in client.get("/sign-in").text


def test_the_chosen_language_is_pressed(app: Flask, chain: Chain) -> None:
    page = sign_in(app, chain).get("/more").text
    assert 'value="en" lang="en" aria-pressed="true"' in page
    assert 'value="uk" lang="uk" aria-pressed="false"' in page
    assert 'value="pl" lang="pl" aria-pressed="false"' in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_remembered_and_rendered_by_the_server(app: Flask, chain: Chain, theme: str) -> None:
    client = sign_in(app, chain)
    assert "data-theme" not in client.get("/").text
    answer = client.post("/theme", data={"theme": theme, "next": "/stores"})
    assert (answer.status_code, answer.location) == (303, "/stores")
    page = client.get("/").text
    assert f'data-theme="{theme}"' in page
    assert f'name="color-scheme" content="{theme}"' in page
    assert f'data-theme="{theme}"' in client.get("/nowhere").text


def test_auto_follows_the_system_again(client: FlaskClient) -> None:
    client.post("/theme", data={"theme": "dark"})
    client.post("/theme", data={"theme": "auto"})
    assert "data-theme" not in client.get("/sign-in").text


def test_an_unknown_theme_changes_nothing(client: FlaskClient) -> None:
    client.post("/theme", data={"theme": "dark"})
    client.post("/theme", data={"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get("/sign-in").text
    client.set_cookie("theme", "neon")
    assert "neon" not in client.get("/sign-in").text


@pytest.mark.parametrize(
    "wish", ["//evil.example", "/\\evil.example", "https:evil", "/a\tb", "javascript:1", ""]
)
@pytest.mark.parametrize("path", ["/theme", "/language"])
def test_the_way_back_never_leaves_the_site(client: FlaskClient, path: str, wish: str) -> None:
    answer = client.post(path, data={"theme": "dark", "language": "uk", "next": wish})
    assert answer.location == "/"


def test_the_cookies_are_closed_to_scripts(client: FlaskClient) -> None:
    cookie = client.post("/theme", data={"theme": "dark"}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie

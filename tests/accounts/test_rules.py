"""Roles, passwords and pauses, without a database."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts.devices import device_words
from app.accounts.obvious import is_obvious
from app.accounts.rules import (
    PERMISSIONS,
    Role,
    Scope,
    Team,
    idle_lasts,
    password_fault,
    reset_pause_seconds,
)
from app.web.actor import Permission

HERE, THERE, REGION = (UUID(int=number) for number in (1, 2, 3))
ABOUT = ("olena.tkachenko@nova.example", "Олена Ткаченко", "Nova")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "123456789012",
        "qwertyuiop12",
        "qwerty-qwerty",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaa",
        "121212121212",
        "abcdefghijkl",
        "Vidhuk2026!!",
        "йцукен123456",
        "Сонечко2010!!",
        "NovaNovaNova",
        "Tkachenko1985",
        "ОленаТкаченко",
        "            .",
    ],
)
def test_what_everybody_tries_first_is_no_password(password: str) -> None:
    assert password_fault(password, ABOUT) == "too_obvious"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "839204718365",
        "kX9-ve2-Qm7p",
        "дощ парасоля вівторок",
        "three unrelated words",
        "passwordless harbour",
    ],
)
def test_length_is_all_that_a_password_needs(password: str) -> None:
    assert password_fault(password, ABOUT) is None


def test_a_password_has_its_bounds() -> None:
    assert password_fault("kX9-ve2-Qm7") == "too_short"
    assert password_fault("kX9-ve2-Qm7p" * 11) == "too_long"


def test_what_is_obvious_depends_on_who_chooses() -> None:
    assert is_obvious("MaksymHnatiuk", ("Maksym Hnatiuk",))
    assert not is_obvious("MaksymHnatiuk", ("Olena Tkachenko",))


def test_an_owner_manages_everybody() -> None:
    team = Team(Role.OWNER, None)
    assert team.roles == tuple(Role)
    assert team.holds(Role.OWNER, Scope())
    assert team.holds(Role.STORE_MANAGER, Scope(frozenset({REGION}), frozenset({HERE, THERE})))


@pytest.mark.parametrize(
    ("role", "scope", "is_hers"),
    [
        (Role.STORE_MANAGER, Scope(stores=frozenset({HERE})), True),
        (Role.STORE_MANAGER, Scope(stores=frozenset({HERE, THERE})), False),
        (Role.STORE_MANAGER, Scope(stores=frozenset({THERE})), False),
        (Role.STORE_MANAGER, Scope(frozenset({REGION}), frozenset({HERE})), False),
        (Role.STORE_MANAGER, Scope(), False),
        (Role.REGIONAL_MANAGER, Scope(stores=frozenset({HERE})), False),
        (Role.ANALYST, Scope(), False),
        (Role.OWNER, Scope(), False),
    ],
)
def test_a_regional_manager_manages_store_managers_of_own_stores(
    role: Role, scope: Scope, is_hers: bool
) -> None:
    assert Team(Role.REGIONAL_MANAGER, frozenset({HERE})).holds(role, scope) is is_hers


@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.ANALYST])
def test_others_manage_nobody(role: Role) -> None:
    assert Team(role, None).roles == ()
    assert Permission.EDIT_TEAM not in PERMISSIONS[role]


def test_only_owners_see_the_audit_log() -> None:
    assert [role for role in Role if Permission.SEE_AUDIT in PERMISSIONS[role]] == [Role.OWNER]


def test_an_analyst_sees_no_contact() -> None:
    assert Permission.HANDLE_ALERTS not in PERMISSIONS[Role.ANALYST]


def test_a_shift_passes_without_a_second_sign_in() -> None:
    assert idle_lasts(Role.STORE_MANAGER) == timedelta(hours=12)
    assert idle_lasts(Role.REGIONAL_MANAGER) == timedelta(hours=12)
    assert idle_lasts(Role.OWNER) == idle_lasts(Role.ANALYST) == idle_lasts(None) == timedelta(hours=2)


def test_who_asks_again_waits_longer() -> None:
    assert [reset_pause_seconds(number) for number in (1, 2, 3, 7, 50)] == [60, 120, 240, 3600, 3600]


CHROME = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME + "Mobile Safari/537.36", "Chrome, Android"),
        (CHROME + "SamsungBrowser/27.0 Mobile Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Firefox/133.0", "Firefox, macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/130.0 Safari/537.36", "Chrome, ChromeOS"),
        ("curl/8.11 (Linux)", "Linux"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_two_words(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words

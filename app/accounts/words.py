"""The words of accounts as people read them, in their language."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.rules import PASSWORD_LENGTH, PASSWORD_MOST, Role


def role_words() -> dict[str, str]:
    """What a role is called."""
    return {
        Role.OWNER: _("owner"),
        Role.ANALYST: _("analyst"),
        Role.REGIONAL_MANAGER: _("regional manager"),
        Role.STORE_MANAGER: _("store manager"),
    }


def role_meanings() -> dict[str, str]:
    """What a role may do, in a line."""
    return {
        Role.OWNER: _("sees and changes everything"),
        Role.ANALYST: _("sees every store, changes stores and touchpoints, handles no alerts"),
        Role.REGIONAL_MANAGER: _("handles alerts in their regions, invites store managers there"),
        Role.STORE_MANAGER: _("handles alerts of their stores"),
    }


def done_words() -> dict[str, str]:
    """What was just done, for the page that follows."""
    return {
        "invited": _("The letter is on its way. Its link works once, for seven days."),
        "withdrawn": _("The invitation is withdrawn. Its link opens nothing any more."),
        "sent_just_now": _("The letter was sent a moment ago. Wait a minute before you send it again."),
        "saved": _("Saved."),
        "removed": _("Removed from the team. Open alerts went back to their level."),
        "restored": _("Back in the team, with the role and the stores of before."),
        "ended": _("Signed out there."),
        "password": _("The password is changed. Every other device is signed out."),
    }


def too_many_words(seconds: int) -> str:
    """How long to wait."""
    return _("Too many tries. Wait %(seconds)s s and try again.", seconds=seconds)


def in_words(faults: Mapping[str, str]) -> dict[str, str]:
    """The faults of a form, each in words."""
    return {field: words_of_fault(code) for field, code in faults.items()}


def words_of_fault(code: str) -> str:
    """What is wrong with a field, in words."""
    words = {
        "required": _("Fill this in"),
        "bad_email": _("Enter an e-mail address, like name@example.com"),
        "too_long_name": _("Shorten the name to 120 characters"),
        "member": _("Somebody with this address is in the team already"),
        "removed": _("Somebody with this address was removed from the team: let them in again on their page"),
        "invited": _("This address was invited already: send the letter again from the list"),
        "too_many": _("Too many invitations are open: withdraw some first"),
        "not_a_choice": _("Choose one from the list"),
        "not_yours": _("You may give store managers the stores of your own scope only"),
        "no_scope": _("Choose at least one region or store"),
        "no_store": _("Choose at least one store"),
        "many_stores": _("Choose regions instead: single stores may be at most 100"),
        "too_short": ngettext(
            "Use at least %(num)s character", "Use at least %(num)s characters", PASSWORD_LENGTH
        ),
        "too_long": ngettext(
            "Use at most %(num)s character", "Use at most %(num)s characters", PASSWORD_MOST
        ),
        "too_obvious": _("This password is too easy to guess. Three or four unrelated words make a good one"),
        "wrong": _("This is not your current password"),
        "confirm": _("Type the e-mail address exactly to confirm"),
        "last_owner": _("An organisation needs an owner: make somebody else an owner first"),
    }
    return words.get(code, _("This cannot be read. Type it once more"))

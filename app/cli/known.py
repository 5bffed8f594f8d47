"""What commands share: finding what an option names, and telling a database's trouble in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.accounts.queries import find_organisation
from app.accounts.rules import PASSWORD_LENGTH, PASSWORD_MOST
from app.db import OrganisationRow, reading
from app.errors import Invalid
from app.ids import OrganisationId

Row = TypeVar("Row", bound=OrganisationRow)
_REFUSALS = {
    "too_short": f"A password has {PASSWORD_LENGTH} to {PASSWORD_MOST} characters.",
    "too_long": f"A password has {PASSWORD_LENGTH} to {PASSWORD_MOST} characters.",
    "too_obvious": "This password is too easy to guess.",
    "member": "Somebody with this address is in the team already.",
    "removed": "Somebody with this address was removed from the team: let them in again, on the page Team.",
    "too_many": "Too many invitations are open: withdraw some first, on the page Team.",
}


def known_organisation(slug: str) -> OrganisationId:
    """The organisation of that slug; a usage error where there is none."""
    with in_words(), reading(None) as session:
        organisation = find_organisation(session, slug)
    if organisation is None:
        raise click.BadParameter(f"there is no organisation {slug}.", param_hint="--organisation")
    return organisation.id


def known_row(option: str, typed: str, row: Row | None) -> Row:
    """The row that an option named; a usage error where there is none."""
    if row is None:
        raise click.BadParameter(f"there is no {typed}.", param_hint=option)
    return row


@contextmanager
def in_words() -> Iterator[None]:
    """What was refused, and a database that is away or not migrated yet, is told in a sentence."""
    try:
        yield
    except Invalid as refusal:
        code = next(iter(refusal.faults.values()), "")
        raise click.ClickException(_REFUSALS.get(code, f"This is refused: {code}.")) from None
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            f"The database cannot be used ({type(error.orig).__name__}): "
            "check DATABASE_URL, and run `flask migrate` once."
        ) from None

"""What commands share: finding what an option names, and telling a database's trouble in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.accounts.queries import find_organisation
from app.db import OrganisationRow, reading
from app.ids import OrganisationId

Row = TypeVar("Row", bound=OrganisationRow)


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
    """A database that is away or not migrated yet is told in a sentence, not in a traceback."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(
            f"The database cannot be used ({type(error.orig).__name__}): "
            "check DATABASE_URL, and run `flask migrate` once."
        ) from None

"""Making organisations, users and keys from the command line, and bringing the database up to date."""

import re
import secrets
import sys
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import exists, select

from app import clock
from app.accounts.actions import add_member, create_api_key, create_organisation, create_user, normal_email
from app.accounts.models import User
from app.accounts.queries import find_organisation
from app.accounts.rules import PASSWORD_LENGTH, PASSWORD_MOST, SEES_ALL, Role
from app.alerts.policies import create_default_policy
from app.cli.known import in_words, known_organisation, known_row
from app.cli.running import running_address
from app.db import OrganisationSession, migrate, transaction
from app.errors import Invalid
from app.stores.queries import find_region, find_store
from app.surveys.actions import create_survey
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count
from app.web.languages import LANGUAGES
from app.web.settings import settings

FIRST_SURVEY = "NPS"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

organisations = AppGroup("organisation", help="Organisations: the chains that use this installation.")
users = AppGroup("user", help="People who sign in.")
api_keys = AppGroup("api-key", help="Keys of the Open API.")


def _name(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """A name on one line, not empty and not endless."""
    try:
        text = clean_line(value)
    except Invalid:
        raise click.BadParameter("holds bytes that are not UTF-8.") from None
    if not text or grapheme_count(text) > NAME_GRAPHEMES:
        raise click.BadParameter(f"needs 1 to {NAME_GRAPHEMES} characters.")
    return text


@organisations.command("create")
@click.argument("slug")
@click.option("--name", required=True, callback=_name, help="What shoppers and staff call the chain.")
def create_organisation_command(slug: str, name: str) -> None:
    """Make an organisation with a default policy and a default survey.

    SLUG is its short name for commands: small letters, digits and hyphens.
    """
    if not _SLUG.fullmatch(slug):
        raise click.BadParameter("use 1 to 40 small letters, digits and hyphens.", param_hint="SLUG")
    now = clock.now()
    with in_words(), transaction(None) as session:
        if find_organisation(session, slug):
            raise click.ClickException(f"There is an organisation {slug} already.")
        # From here on the session is the new organisation's, so that all of it is stored or nothing.
        session.organisation_id = create_organisation(session, slug, name, now=now)
        create_default_policy(session)
        create_survey(session, FIRST_SURVEY, now=now)
    click.echo(
        f"Organisation {slug} is ready. Next: flask user create --organisation {slug} --role owner ..."
    )


@users.command("create")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option("--email", required=True, help="The address to sign in with; it belongs to one person.")
@click.option("--name", required=True, callback=_name, help="The person's name.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option(
    "--store", "stores", multiple=True, help="Code of a store in a manager's scope; may be repeated."
)
@click.option("--region", "regions", multiple=True, help="Name of a region in scope; may be repeated.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="uk", show_default=True)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def create_user_command(*, slug: str, email: str, name: str, role: str, **others: Any) -> None:
    """Make a person who can sign in; the password is shown once, on the last line."""
    address, password = _address(email), _password(from_stdin=others["password_stdin"])
    organisation_id = known_organisation(slug)
    with in_words(), transaction(organisation_id) as session:
        if session.scalar(select(exists().where(User.email == address))):
            raise click.ClickException(f"Somebody signs in with {address} already.")
        scope = _scope(session, Role(role), stores=others["stores"], regions=others["regions"])
        user_id = create_user(session, address, name, password, language=others["language"], now=clock.now())
        add_member(session, user_id, Role(role), **scope)
    click.echo(f"{name} can sign in as {address} at {running_address(settings())}/sign-in")
    if not others["password_stdin"]:
        click.echo(f"The password is shown only now:\n{password}")


@api_keys.command("create")
@click.option("--organisation", "slug", required=True, help="The organisation's slug.")
@click.option(
    "--name", required=True, callback=_name, help="What the key is for, such as the name of the system."
)
def create_api_key_command(slug: str, name: str) -> None:
    """Make a key of the Open API; it is shown once, alone on the last line."""
    organisation_id = known_organisation(slug)
    with in_words(), transaction(organisation_id) as session:
        key = create_api_key(session, name, now=clock.now())
    click.echo(f"The key “{name}” is shown only now:\n{key}")


@click.command("migrate")
@with_appcontext
def migrate_command() -> None:
    """Bring the database up to date; safe to repeat."""
    with in_words():
        migrate(settings().database_url)
    click.echo("The database is up to date.")


def _address(email: str) -> str:
    try:
        validate_email(email, check_deliverability=False)
        return normal_email(email)
    except (EmailNotValidError, Invalid) as error:
        raise click.BadParameter(str(error), param_hint="--email") from None


def _password(*, from_stdin: bool) -> str:
    if not from_stdin:
        return secrets.token_urlsafe(PASSWORD_LENGTH)
    password = sys.stdin.readline().rstrip("\r\n")
    if not PASSWORD_LENGTH <= len(password) <= PASSWORD_MOST:
        raise click.ClickException(f"A password has {PASSWORD_LENGTH} to {PASSWORD_MOST} characters.")
    return password


def _scope(
    session: OrganisationSession, role: Role, *, stores: Sequence[str], regions: Sequence[str]
) -> dict[str, list[UUID]]:
    """The regions and stores of a membership; managers need one at least, others see everything anyway."""
    if role in SEES_ALL and (stores or regions):
        raise click.UsageError(f"{role} sees every store; --store and --region are for managers.")
    if role not in SEES_ALL and not (stores or regions):
        raise click.UsageError(f"{role} needs --store or --region, or would see nothing.")
    return {
        "regions": [known_row("--region", name, find_region(session, name)).id for name in regions],
        "stores": [known_row("--store", code, find_store(session, code, None)).id for code in stores],
    }

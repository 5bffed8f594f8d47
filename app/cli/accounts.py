"""Making organisations and users from the command line, and bringing the database up to date."""

import re
import secrets
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import exists, select

from app import clock
from app.accounts.actions import add_member, create_organisation, create_user, normal_email
from app.accounts.joining import HANDED_OVER, Invitee, invite, withdraw_invitation_of
from app.accounts.members import Draft
from app.accounts.models import User
from app.accounts.queries import find_organisation
from app.accounts.resets import issue_reset
from app.accounts.rules import PASSWORD_LENGTH, SEES_ALL, Role, Scope, Team
from app.alerts.policies import create_default_policy
from app.audit.actions import record_deed
from app.audit.rules import COMMAND_LINE, AuditDeed
from app.cli.known import in_words, known_organisation, known_row
from app.cli.naming import one_line_name
from app.cli.running import running_address
from app.db import OrganisationSession, migrate, transaction
from app.errors import Invalid
from app.stores.queries import find_region, find_store
from app.surveys.actions import create_survey
from app.web.languages import LANGUAGES
from app.web.settings import settings

FIRST_SURVEY = "NPS"
# Whoever has a shell may give every role.
EVERYBODY = Team(Role.OWNER, None)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

organisations = AppGroup("organisation", help="Organisations: the chains that use this installation.")
users = AppGroup("user", help="People who sign in.")


@organisations.command("create")
@click.argument("slug")
@click.option("--name", required=True, callback=one_line_name, help="What shoppers and staff call the chain.")
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
    click.echo(f"Organisation {slug} is ready. Next, its owner:")
    click.echo(f"flask user invite --organisation {slug} --role owner --email ... --name ...")


def _about_a_person(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say who somebody is, and what they are to do."""
    options = (
        click.option("--organisation", "slug", required=True, help="The organisation's slug."),
        click.option("--email", required=True, help="The address to sign in with; it belongs to one person."),
        click.option("--name", required=True, callback=one_line_name, help="The person's name."),
        click.option("--role", type=click.Choice([role.value for role in Role]), required=True),
        click.option(
            "--store", "stores", multiple=True, help="Code of a store in a manager's scope; may be repeated."
        ),
        click.option(
            "--region", "regions", multiple=True, help="Name of a region in scope; may be repeated."
        ),
        click.option("--language", type=click.Choice(list(LANGUAGES)), default="uk", show_default=True),
    )
    for option in reversed(options):
        command = option(command)
    return command


@users.command("create")
@_about_a_person
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def create_user_command(*, slug: str, email: str, name: str, role: str, **others: Any) -> None:
    """Make a person who can sign in; the password is shown once, on the last line."""
    address, password = _address(email), _password(from_stdin=others["password_stdin"])
    organisation_id, now = known_organisation(slug), clock.now()
    with in_words(), transaction(organisation_id) as session:
        if session.scalar(select(exists().where(User.email == address))):
            raise click.ClickException(f"Somebody signs in with {address} already.")
        scope = _scope(session, Role(role), stores=others["stores"], regions=others["regions"])
        user_id = create_user(session, address, name, password, language=others["language"], now=now)
        member_id = add_member(session, user_id, Role(role), regions=[*scope.regions], stores=[*scope.stores])
        deed = AuditDeed.MEMBER_JOINED
        record_deed(session, deed, COMMAND_LINE, name, subject_id=member_id, now=now, role=role)
    click.echo(f"{name} can sign in as {address} at {running_address(settings())}/sign-in")
    if not others["password_stdin"]:
        click.echo(f"The password is shown only now:\n{password}")


@users.command("invite")
@_about_a_person
def invite_command(*, slug: str, email: str, name: str, role: str, **others: Any) -> None:
    """Make an invitation and print its link, to hand over: it works once, within seven days.

    Nothing is mailed; an earlier invitation of the same address ends. This is how an organisation gets its
    first owner.
    """
    address, organisation_id = _address(email), known_organisation(slug)
    with in_words(), transaction(organisation_id) as session:
        scope = _scope(session, Role(role), stores=others["stores"], regions=others["regions"])
        invitee = Invitee(address, name, others["language"], Draft(Role(role), scope))
        withdraw_invitation_of(session, address, doer=COMMAND_LINE, now=clock.now())
        token = invite(session, EVERYBODY, invitee, doer=COMMAND_LINE, post=HANDED_OVER, now=clock.now())
    click.echo(f"{name} joins with this link, once, within seven days:")
    click.echo(f"{running_address(settings())}/join/{token}")


@users.command("reset-link")
@click.option("--email", required=True, help="The address that the person signs in with.")
def reset_link_command(email: str) -> None:
    """Print a link with which somebody chooses a new password, once, within an hour. Older links end."""
    address = _address(email)
    with in_words(), transaction(None) as session:
        user_id = session.scalar(select(User.id).where(User.email == address, User.is_active))
        if user_id is None:
            raise click.ClickException(f"Nobody signs in with {address}.")
        token = issue_reset(session, user_id, now=clock.now())
    click.echo("Whoever has this link chooses the password, once, within an hour:")
    click.echo(f"{running_address(settings())}/reset/{token}")


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
    return sys.stdin.readline().rstrip("\r\n")


def _scope(
    session: OrganisationSession, role: Role, *, stores: Sequence[str], regions: Sequence[str]
) -> Scope:
    """The regions and stores of a membership; managers need one at least, others see everything anyway."""
    if role in SEES_ALL and (stores or regions):
        raise click.UsageError(f"{role} sees every store; --store and --region are for managers.")
    if role not in SEES_ALL and not (stores or regions):
        raise click.UsageError(f"{role} needs --store or --region, or would see nothing.")
    return Scope(
        regions=frozenset(known_row("--region", name, find_region(session, name)).id for name in regions),
        stores=frozenset(known_row("--store", code, find_store(session, code, None)).id for code in stores),
    )

"""``flask demo``: make the demo once, say how to sign in, and remove it without a trace."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from app import clock
from app.accounts.actions import remove_organisation
from app.accounts.models import Organisation
from app.accounts.queries import find_organisation
from app.classification.rules import Classifier
from app.contacts.actions import Keeping
from app.db import migrate, reading, transaction_across
from app.demo.build import Size, make_demo
from app.demo.chain import SLUG
from app.demo.founding import OWNER
from app.settings import Settings
from app.web.health import readiness_faults
from app.web.settings import settings

Loader = Callable[[], Classifier | None]
_SYMBOLS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when typed on a phone


def demo_command(load: Loader) -> click.Command:
    """The command; `load` gives the model that judges the comments, or ``None`` when there is none."""

    @click.command("demo")
    @click.option("--stores", type=click.IntRange(1, 1000), default=12, show_default=True)
    @click.option("--days", type=click.IntRange(1, 730), default=28, show_default=True)
    @click.option("--responses", type=click.IntRange(0, 200_000), default=1500, show_default=True)
    @click.option("--remove", is_flag=True, help="Remove the demo with everything in it.")
    @click.option("--external", is_flag=True, help="Make it in an external database all the same.")
    @with_appcontext
    def demo(*, stores: int, days: int, responses: int, remove: bool, external: bool) -> None:
        """Make the demo chain: stores, people, a month of feedback. Nobody is notified of its past."""
        own = settings()
        if not own.is_embedded and not external:
            raise click.ClickException(
                "DATABASE_URL names an external database. The demo has a password that is printed on the "
                "screen; add --external to make or remove it there all the same."
            )
        _prepare(own)
        if remove:
            _remove(own)
        else:
            _make(own, Size(stores, days, responses), load)

    return demo


def _prepare(own: Settings) -> None:
    if not readiness_faults():
        return
    if not own.is_embedded:
        raise click.ClickException(f"The database cannot be used: {dict(readiness_faults())}")
    migrate(own.database_url)


def _make(own: Settings, size: Size, load: Loader) -> None:
    if _find():
        click.echo(f"The demo is there already. {_reminder(own)}")
        return
    now, password = clock.now().replace(microsecond=0), new_password()
    keeping = Keeping(own.secret_key, own.contact_retention_days)
    with _Progress(size.days, now) as progress:
        path = make_demo(size, password, load(), keeping, now=now, tell=progress.tell)
    if own.is_embedded:
        write_sign_in(sign_in_file(own), password, path)
    click.echo(f"The demo is ready: {size.stores} stores, {size.responses} responses, {size.days} days.")
    click.echo(f"Sign in as {OWNER} with the password {password}")
    click.echo("(the managers' addresses stand under Stores; all have the same password).")
    click.echo(f"Answer as a shopper at {path}")


def _remove(own: Settings) -> None:
    organisation = _find()
    if organisation:
        with transaction_across() as session:
            remove_organisation(session, organisation.id)
    sign_in_file(own).unlink(missing_ok=True)
    click.echo("The demo is removed." if organisation else "There is no demo.")


def _find() -> Organisation | None:
    """The demo; refuses an organisation of people that happens to have its slug."""
    with reading(None) as session:
        organisation = find_organisation(session, SLUG)
    if organisation and not organisation.is_demo:
        raise click.ClickException(f"The organisation {SLUG} is not a demo: it is left alone.")
    return organisation


def _reminder(own: Settings) -> str:
    if sign_in_file(own).exists():
        return f"How to sign in stands in {sign_in_file(own)}; --remove removes it."
    return "Its password was shown when it was made; --remove removes it."


def new_password() -> str:
    """Sixteen random symbols in fours (79 bits)."""
    return "-".join("".join(secrets.choice(_SYMBOLS) for _ in range(4)) for _ in range(4))


def sign_in_file(own: Settings) -> Path:
    """Where `make run` finds the demo's sign-in."""
    return own.data_dir / "demo-sign-in"


def write_sign_in(path: Path, password: str, survey_path: str) -> None:
    """Leave the sign-in for its owner alone, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    content = {"email": OWNER, "password": password, "survey_path": survey_path}
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)


class _Progress:
    """A bar of simulated days."""

    def __init__(self, days: int, now: datetime) -> None:
        self._bar = tqdm(total=days, desc="Living the demo's days", unit=" days", leave=False)
        self._days, self._now = days, now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def tell(self, at: datetime) -> None:
        """Time has come so far."""
        done = self._days - (self._now - at).days - 1
        if done > self._bar.n:
            self._bar.update(done - self._bar.n)

"""``flask backup`` and ``flask restore``: the whole database in one file, from and into either kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tqdm import tqdm

from app import clock
from app.cli.backup.archive import BackupRefused, Manifest, open_backup
from app.cli.backup.restoring import examine, load, refuse_what_cannot_be
from app.cli.backup.saving import Tell, save
from app.web.settings import settings

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@with_appcontext
def backup_command(file: Path) -> None:
    """Write the whole database, as it is at this instant, into FILE. Everything may go on running.

    FILE can be restored into SQLite or PostgreSQL. It holds people's words and addresses: keep it closed.
    """
    began = perf_counter()
    with _in_words(), _progress("saved") as tell:
        manifest = save(file, settings().secret_key, now=clock.now(), tell=tell)
    _tell_end(f"{file} holds", manifest, file, perf_counter() - began)
    click.echo(
        f"SECRET_KEY is not in it (fingerprint {manifest.key}). Without that very key no contact can be read "
        "and no private link opens: keep a copy of it, somewhere else."
    )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--overdue",
    type=click.Choice(["send", "discard"]),
    help="What becomes of messages that should have left before now; asked for when there are any.",
)
@with_appcontext
def restore_command(file: Path, overdue: str | None) -> None:
    """Fill an empty database from FILE, made by this version or an older one. Stop every process first."""
    began, now = perf_counter(), clock.now()
    with _in_words(), open_backup(file, settings().secret_key) as backup:
        refuse_what_cannot_be(backup.manifest)
        with _progress("checked") as tell:
            late = examine(backup, now=now, tell=tell)
        if late:
            click.echo(f"Overdue in this backup: {late.text()}.")
        if late and overdue is None:
            raise BackupRefused(
                "Say what becomes of them: --overdue send lets them go out as soon as the ticker runs, "
                "--overdue discard marks them as not sent. Nothing was changed."
            )
        with _progress("restored") as tell:
            load(backup, discards=overdue == "discard", now=now, tell=tell)
    _tell_end("Restored", backup.manifest, file, perf_counter() - began)
    if late:
        click.echo("They go out once the ticker runs." if overdue == "send" else "They will not be sent.")
    click.echo("Next: flask doctor, then start the processes.")


def _tell_end(did: str, manifest: Manifest, file: Path, seconds: float) -> None:
    megabytes = file.stat().st_size / 1e6
    click.echo(
        f"{did} {manifest.rows} rows of {len(manifest.tables)} tables as of "
        f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, at {manifest.level}: {megabytes:.1f} MB, {seconds:.1f} s."
    )


@contextmanager
def _progress(word: str) -> Iterator[Tell]:
    """A count of rows on a terminal, nothing elsewhere."""
    with tqdm(desc=word, unit=" rows", disable=None, leave=False, mininterval=0.5) as bar:

        def tell(table: str) -> None:
            if bar.update():
                bar.set_postfix_str(table)

        yield tell


@contextmanager
def _in_words() -> Iterator[None]:
    """Every refusal is a sentence on the screen and the status 1."""
    try:
        yield
    except BackupRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    except (SQLAlchemyError, PoolTimeout) as error:
        raise click.ClickException(
            f"The database cannot be used ({type(error).__name__}): check DATABASE_URL. "
            "One that is to be backed up has to be migrated."
        ) from None

"""A backup holds everything, moves between databases, and is believed only when it is whole and ours."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, func, insert, inspect, select

from app.accounts.models import Organisation, SignInThrottle
from app.alerts.models import Alert, AlertTimer, Message
from app.alerts.rules import Via
from app.audit.models import AuditEntry
from app.classification.models import Classification
from app.cli.backup import archive, backup_command, restore_command
from app.cli.backup.saving import save
from app.contacts.actions import Keeping
from app.contacts.queries import find_address
from app.db import db, known_migrations, looking_across, migrate, missing_migration, newest_migration, reading
from app.demo.build import Size, make_demo
from app.demo.founding import OWNER
from app.factory import create_app
from app.notifications.models import Notification
from app.responses.links import return_path
from app.responses.models import Response
from app.tables import ALL
from tests import servers
from tests.alerts.deeds import Case
from tests.conftest import Browser, make_settings
from tests.fakes import FakeClassifier, Hands
from tests.make import NOON, PASSWORD, SECRET, Chain, make_response

HOUR = timedelta(hours=1)
Change = Callable[[dict[str, Any], dict[str, bytes]], None]
Rows = dict[str, list[str]]


@pytest.fixture(autouse=True)
def noon(hands: Hands) -> None:
    """Everything happens at noon of the cast's Wednesday."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other.sqlite3'}"
        return
    with servers.postgres_server() as server, server.database(f"restore_{worker_id}") as url:
        yield url


@pytest.fixture
def other(empty_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A second installation, on the empty database, with the same key."""
    app = create_app(make_settings(empty_url, tmp_path / "other"))
    app.test_client_class = Browser
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "vidhuk.backup"


def backup(app: Flask, file: Path) -> Result:
    """Back up, as the operator would."""
    return app.test_cli_runner().invoke(backup_command, [str(file)])


def restore(app: Flask, file: Path, *options: str) -> Result:
    """Restore, as the operator would."""
    return app.test_cli_runner().invoke(restore_command, [str(file), *options])


def rows() -> Rows:
    """Every row of every table of the database of this context, told apart by nothing but what is in it."""
    with looking_across() as session:
        return {table.name: sorted(repr(row) for row in session.execute(select(table))) for table in ALL}


def count(kind: type) -> int:
    """How many rows there are of a kind."""
    with looking_across() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def tables_in(url: str) -> set[str]:
    """The names of the tables."""
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def rewrite(file: Path, change: Change, *, sealed: bool = True) -> None:
    """Change manifest and tables of a backup; with the proof of our key, or with the old one."""
    with ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest, seal = json.loads(parts.pop("manifest.json")), parts.pop("manifest.hmac")
    change(manifest, parts)
    with ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
        if sealed:
            archive.seal(new, archive.Manifest.model_validate(manifest), SECRET)
        else:
            new.writestr("manifest.json", json.dumps(manifest))
            new.writestr("manifest.hmac", seal)


def describe(parts: dict[str, bytes], entry: dict[str, Any]) -> None:
    """Make the manifest's entry of a table true again."""
    content = parts[f"tables/{entry['name']}.jsonl"]
    entry |= {"rows": content.count(b"\n"), "bytes": len(content)}
    entry["sha256"] = hashlib.sha256(content).hexdigest()


def entry_of(manifest: dict[str, Any], table: str) -> dict[str, Any]:
    """What the manifest says of a table."""
    found: dict[str, Any] = next(entry for entry in manifest["tables"] if entry["name"] == table)
    return found


def test_a_demo_moves_into_another_database_and_works_there(app: Flask, other: Flask, file: Path) -> None:
    size = Size(stores=6, days=6, responses=80)
    make_demo(size, PASSWORD, FakeClassifier(), Keeping(SECRET, 90), now=NOON, tell=lambda _: None)
    before = rows()
    assert backup(app, file).exit_code == 0
    with other.app_context():
        done = restore(other, file, "--overdue", "send")
        assert done.exit_code == 0, done.output
        after = rows()
        remembered = after.pop("audit_entries")
        assert len(remembered) == len(before.pop("audit_entries")) + 1
        assert "backup.restored" in remembered[-1]
        assert after == before
        _it_works(other)


def _it_works(app: Flask) -> None:
    """People sign in, alerts open, private links are valid, contacts can be read."""
    with looking_across() as session:
        response = session.scalars(
            select(Response)
            .join(Alert, Alert.response_id == Response.id)
            .where(Response.contact_id.is_not(None))
        ).first()
        assert response
        number = session.scalar(select(Alert.number).where(Alert.response_id == response.id))
    client = app.test_client()
    assert client.post("/sign-in", data={"email": OWNER, "password": PASSWORD}).status_code == 303
    assert client.get(f"/alerts/{number}").status_code == 200
    assert client.get(return_path(SECRET, response)).status_code == 200
    with reading(response.organisation_id) as session:
        assert find_address(session, response.contact_id, SECRET)


def test_the_screen_says_what_was_saved_and_what_was_not(app: Flask, chain: Chain, file: Path) -> None:
    done = backup(app, file)
    assert done.exit_code == 0
    assert f"at {newest_migration()}" in done.output
    assert f"rows of {len(ALL)} tables as of 2026-11-25 12:00:00 UTC" in done.output
    assert "SECRET_KEY is not in it" in done.output
    assert SECRET not in done.output
    assert SECRET.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir() if "backup" in path.name) == [file.name]


def test_a_backup_is_of_one_instant(app: Flask, chain: Chain, file: Path) -> None:
    names = [table.name for table in ALL]
    assert names.index("organisations") < names.index("sign_in_throttles")
    writer = create_engine(db.engine.url)

    def disturb(table: str) -> None:
        if table == "organisations":
            with writer.begin() as connection:
                connection.execute(insert(SignInThrottle).values(key="meanwhile", failures=1))

    manifest = save(file, SECRET, now=NOON, tell=disturb)
    writer.dispose()
    assert count(SignInThrottle) == 1
    assert next(table for table in manifest.tables if table.name == "sign_in_throttles").rows == 0


def test_what_exists_is_not_overwritten(app: Flask, chain: Chain, file: Path) -> None:
    file.write_text("precious", encoding="utf-8")
    done = backup(app, file)
    assert done.exit_code == 1
    assert "exists already" in done.output
    assert file.read_text(encoding="utf-8") == "precious"


def test_a_backup_that_breaks_off_leaves_no_file(app: Flask, chain: Chain, file: Path) -> None:
    def fail(_: str) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save(file, SECRET, now=NOON, tell=fail)
    assert list(file.parent.glob(f"{file.name}*")) == []


def test_where_no_file_can_be_it_is_said_in_words(app: Flask, chain: Chain, tmp_path: Path) -> None:
    done = backup(app, tmp_path / "nowhere" / "file")
    assert done.exit_code == 1
    assert "cannot be written: No such file or directory" in done.output


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip(file: Path) -> None:
    """One bit of the first table's compressed content."""
    content = bytearray(file.read_bytes())
    content[90] ^= 1
    file.write_bytes(bytes(content))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def change_a_row(file: Path) -> None:
    def change(_: dict[str, Any], parts: dict[str, bytes]) -> None:
        parts["tables/users.jsonl"] = parts["tables/users.jsonl"].replace(b"owner@nova", b"thief@nova")

    rewrite(file, change)


def drop_a_row(file: Path) -> None:
    def change(_: dict[str, Any], parts: dict[str, bytes]) -> None:
        parts["tables/users.jsonl"] = parts["tables/users.jsonl"].partition(b"\n")[2]

    rewrite(file, change)


def drop_a_table(file: Path) -> None:
    def change(_: dict[str, Any], parts: dict[str, bytes]) -> None:
        del parts["tables/stores.jsonl"]

    rewrite(file, change)


def drop_the_manifest(file: Path) -> None:
    with ZipFile(file, "w") as new:
        new.writestr("something.txt", "else")


def forge(file: Path) -> None:
    """A changed row whose manifest was made to fit, by somebody without the key."""

    def change(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        parts["tables/users.jsonl"] = parts["tables/users.jsonl"].replace(b"owner@nova", b"thief@nova")
        describe(parts, entry_of(manifest, "users"))

    rewrite(file, change, sealed=False)


def from_another_key(file: Path) -> None:
    rewrite(file, lambda manifest, _: manifest.update(key="0123456789abcdef"))


def of_another_format(file: Path) -> None:
    rewrite(file, lambda manifest, _: manifest.update(format=2))


def from_the_future(file: Path) -> None:
    rewrite(file, lambda manifest, _: manifest.update(level="9999_create_marvels"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut, "damaged, cut off or no backup"),
        (flip, "cannot be read"),
        (empty, "damaged, cut off or no backup"),
        (change_a_row, "The table users is not as it was written"),
        (drop_a_row, "The table users is not as it was written"),
        (drop_a_table, "stores cannot be read"),
        (drop_the_manifest, "manifest.json cannot be read"),
        (forge, "The manifest was changed"),
        (from_another_key, "made with another SECRET_KEY (its fingerprint is 0123456789abcdef"),
        (of_another_format, "a format that this version does not know"),
        (from_the_future, "made by a newer version of Vidhuk (its database is at 9999_create_marvels"),
    ],
)
def test_what_is_not_whole_or_not_ours_is_refused_and_changes_nothing(
    app: Flask, chain: Chain, file: Path, tmp_path: Path, *, spoil: Callable[[Path], None], words: str
) -> None:
    assert backup(app, file).exit_code == 0
    spoil(file)
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    target = create_app(make_settings(url, tmp_path / "empty"))
    with target.app_context():
        done = restore(target, file, "--overdue", "send")
        db.engine.dispose()
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output
    assert tables_in(url) == set()


def test_a_database_with_rows_is_left_alone(app: Flask, chain: Chain, file: Path) -> None:
    backup(app, file)
    before = rows()
    done = restore(app, file)
    assert done.exit_code == 1
    assert "The database is not empty" in done.output
    assert rows() == before


def test_all_is_stored_or_nothing(app: Flask, other: Flask, chain: Chain, file: Path) -> None:
    def double(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        name = "tables/touchpoints.jsonl"
        parts[name] += parts[name]
        describe(parts, entry_of(manifest, "touchpoints"))

    backup(app, file)
    rewrite(file, double)
    with other.app_context():
        done = restore(other, file)
        assert done.exit_code == 1
        assert "IntegrityError" in done.output
        assert count(Organisation) == 0


def test_an_older_backup_is_brought_up_to_this_version(
    app: Flask, other: Flask, chain: Chain, *, file: Path, tmp_path: Path
) -> None:
    backup(app, file)
    first = known_migrations()[0]
    old = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    migrate(old, first)
    engine = create_engine(old)
    columns = {column["name"] for column in inspect(engine).get_columns("organisations")}
    engine.dispose()

    def age(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        entry = entry_of(manifest, "organisations")
        kept = [json.loads(line) for line in parts["tables/organisations.jsonl"].splitlines()]
        lines = [json.dumps({name: row[name] for name in columns & set(row)}) + "\n" for row in kept]
        parts["tables/organisations.jsonl"] = "".join(lines).encode()
        entry["columns"] = {name: kind for name, kind in entry["columns"].items() if name in columns}
        describe(parts, entry)
        manifest |= {"level": first, "tables": [entry]}

    rewrite(file, age)
    migrate(other.config["VIDHUK"].database_url)
    with other.app_context():
        done = restore(other, file)
        assert done.exit_code == 0, done.output
        with looking_across() as session:
            assert missing_migration(session) is None
            assert session.scalars(select(Organisation.slug)).all() == ["nova"]


def test_a_database_of_another_version_is_not_backed_up(app: Flask, file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    migrate(url, known_migrations()[0])
    old = create_app(make_settings(url, tmp_path / "old"))
    with old.app_context():
        done = backup(old, file)
        db.engine.dispose()
    assert done.exit_code == 1
    assert f"this version of Vidhuk at {newest_migration()}" in done.output
    assert not file.exists()


def test_a_database_that_was_never_migrated_is_told_so(file: Path, tmp_path: Path) -> None:
    blank = create_app(make_settings(f"sqlite:///{tmp_path / 'blank.sqlite3'}", tmp_path / "blank"))
    with blank.app_context():
        done = backup(blank, file)
        db.engine.dispose()
    assert done.exit_code == 1
    assert "The database cannot be used" in done.output


@pytest.fixture
def late(app: Flask, chain: Chain, hands: Hands, file: Path) -> Path:
    """A backup with a notification, a reply by e-mail and steps of a ladder that were due three hours ago."""
    case = Case(chain, make_response(chain, 2, comment="Черга", contact="ann@example.com"))
    case.acknowledge(now=NOON)
    case.reply(now=NOON, via=Via.EMAIL)
    make_response(chain, 1, comment="Бруд")
    assert backup(app, file).exit_code == 0
    hands.move(minutes=180)
    return file


def test_overdue_messages_are_listed_and_nothing_happens_until_somebody_decides(
    other: Flask, late: Path
) -> None:
    with other.app_context():
        done = restore(other, late)
        assert done.exit_code == 1
        for words in (
            "steps of ladders",
            "1 replies to shoppers",
            "was due 2026-11-25 12:00 UTC",
            "--overdue",
        ):
            assert words in done.output
    assert tables_in(other.config["VIDHUK"].database_url) == set()


@pytest.mark.parametrize("choice", ["send", "discard"])
def test_overdue_messages_leave_only_if_they_are_wanted(
    other: Flask, late: Path, hands: Hands, choice: str
) -> None:
    with other.app_context():
        assert restore(other, late, "--overdue", choice).exit_code == 0
        with looking_across() as session:
            due = {
                kind.__tablename__: session.scalar(
                    select(func.count()).select_from(kind).where(kind.due_at <= hands())
                )
                for kind in (AlertTimer, Message, Notification, Classification)
            }
            reply = session.scalars(select(Message)).one()
            outcomes = set(session.scalars(select(AlertTimer.outcome)))
    assert due["classifications"] == 2
    if choice == "send":
        assert due["messages"] == 1
        assert due["alert_timers"]
        assert reply.failure is None
    else:
        assert due["messages"] == due["alert_timers"] == due["notifications"] == 0
        assert reply.failure == "discarded"
        assert "skipped" in outcomes


def test_a_discarded_notification_is_marked_as_held_back(
    app: Flask, chain: Chain, other: Flask, *, hands: Hands, file: Path
) -> None:
    from tests.alerts.deeds import fire

    make_response(chain, 2, comment="Черга")
    fire(NOON)
    assert count(Notification) == 1
    backup(app, file)
    hands.move(minutes=1)
    with other.app_context():
        assert restore(other, file, "--overdue", "discard").exit_code == 0
        with looking_across() as session:
            (held,) = session.scalars(select(Notification))
            assert (held.state, held.due_at) == ("suppressed", None)


def test_a_resolved_alert_still_closes_after_a_discard(
    app: Flask, chain: Chain, other: Flask, *, hands: Hands, file: Path
) -> None:
    case = Case(chain, make_response(chain, 2, comment="Черга", contact="067 123 45 67"))
    case.call(now=NOON)
    case.resolve(now=NOON)
    backup(app, file)
    hands.move(minutes=8 * 24 * 60)
    with other.app_context():
        assert restore(other, file, "--overdue", "discard").exit_code == 0
        with looking_across() as session:
            closing = select(AlertTimer).where(AlertTimer.action == "close")
            assert session.scalars(closing).one().due_at is not None


def test_the_record_of_each_organisation_says_where_its_rows_come_from(
    app: Flask, chain: Chain, other: Flask, *, foreign_chain: Chain, file: Path
) -> None:
    backup(app, file)
    with other.app_context():
        assert restore(other, file).exit_code == 0
        for organisation_id in (chain.organisation_id, foreign_chain.organisation_id):
            with reading(organisation_id) as session:
                (entry,) = session.scalars(select(AuditEntry))
                assert (entry.deed, entry.doer) == ("backup.restored", "command line")
                assert entry.subject == "2026-11-25 12:00 UTC"

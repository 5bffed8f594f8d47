"""A thousand receipts, twenty phones: no receipt is answered about twice, and this is how long it takes.

``python -m bench.receipts [--postgres]``. Half of the links are minted through the API in one batch, half are
signed as tills do. Each receipt is tried by three phones at about the same moment: over its own link, and
over links that tills have signed with its number in two other spellings. The web process is granian, as in
production, on SQLite or on a PostgreSQL that the run starts for itself; every request goes over a socket.
"""

import argparse
import contextlib
import os
import queue
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic, perf_counter, sleep
from uuid import UUID

import httpx2
from flask import Flask
from sqlalchemy import select

from app import clock
from app.accounts.actions import create_api_key, create_organisation
from app.alerts.policies import create_default_policy
from app.db import db, migrate, reading, transaction
from app.factory import create_app
from app.ids import OrganisationId
from app.invitations.actions import NewKey, create_till_key
from app.invitations.models import Invitation
from app.invitations.signing import Receipt, signed_path
from app.responses.models import Response
from app.settings import load_settings
from app.stores.actions import StoreDraft, create_region, create_store
from app.surveys.actions import create_survey
from app.web.access import Scope

ROOT = Path(__file__).resolve().parents[1]
RECEIPTS, PHONES, BATCH, SEED = 1000, 20, 1000, 7
START_WITHIN_SECONDS = 60
SECRET = "a secret of the benchmark, long enough to be one"  # noqa: S105 - of a database that is thrown away


@dataclass
class Ground:
    """Where the phones run: the product, a store with a till key, an API key."""

    app: Flask
    address: str
    organisation_id: OrganisationId
    store_id: UUID
    till: NewKey
    api_key: str


@dataclass
class Tally:
    """What the phones met; threads only append."""

    statuses: list[int] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    taps: list[float] = field(default_factory=list)


def main() -> None:
    """Measure on one database and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    with _database(on_postgres=parser.parse_args().postgres) as environment, _ground(environment) as ground:
        tally, seconds = _let_phones_run(ground, _links(ground))
        _report(ground, tally, seconds)
        began = perf_counter()
        _minted(ground, [f"M-{n:06}" for n in range(BATCH)], clock.now().isoformat())
        print(f"minting {BATCH} more in one batch: {perf_counter() - began:.2f} s")


@contextlib.contextmanager
def _database(*, on_postgres: bool) -> Iterator[dict[str, str]]:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vidhuk-receipts-"))
        own = {"DATA_DIR": folder, "PORT": str(_free_port()), "SECRET_KEY": SECRET, "HF_HUB_OFFLINE": "1"}
        if on_postgres:
            from tests import servers  # noqa: PLC0415 - only here, and it needs the tools of development

            server = stack.enter_context(servers.postgres_server())
            own["DATABASE_URL"] = stack.enter_context(server.database("receipts"))
        yield own


@contextlib.contextmanager
def _ground(environment: dict[str, str]) -> Iterator[Ground]:
    settings = load_settings(environment)
    migrate(settings.database_url)
    app = create_app(settings)
    command = [sys.executable, "-m", "worker", "web"]
    log = Path(environment["DATA_DIR"]) / "web.log"
    with app.app_context(), log.open("wb") as output:
        address = f"http://127.0.0.1:{environment['PORT']}"
        founded = _found(app, address)
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(address)
            yield founded
        finally:
            process.terminate()
            process.wait()
            db.engine.dispose()


def _found(app: Flask, address: str) -> Ground:
    now = clock.now()
    with transaction(None) as session:
        organisation_id = create_organisation(session, "bench", "Bench", now=now)
    with transaction(organisation_id) as session:
        create_default_policy(session)
        create_survey(session, "NPS", now=now)
        draft = StoreDraft(region_id=create_region(session, "West"), code="S1", name="Store")
        store_id = create_store(session, draft, now=now)
        till = create_till_key(session, store_id, SECRET, now=now)
        api_key = create_api_key(session, "Bench", now=now, scopes=tuple(Scope))
    return Ground(app, address, organisation_id, store_id, till, api_key)


def _links(ground: Ground) -> list[list[str]]:
    """For each receipt the links that lead to it, its own first."""
    numbers = [f"AB-{n:06}" for n in range(RECEIPTS)]
    issued_at = clock.now() - timedelta(minutes=5)
    own = _minted(ground, numbers[: RECEIPTS // 2], issued_at.isoformat())

    def signed(number: str) -> str:
        return signed_path(ground.till.secret, ground.till.key_id, Receipt(number, issued_at))

    return [
        [own.get(number) or signed(number), signed(number.lower().replace("-", " ")), signed(f"№{number}")]
        for number in numbers
    ]


def _minted(ground: Ground, numbers: list[str], issued_at: str) -> dict[str, str]:
    items = [{"store": "S1", "receipt": {"number": number, "issued_at": issued_at}} for number in numbers]
    headers = {"Authorization": f"Bearer {ground.api_key}"}
    with httpx2.Client(base_url=ground.address, timeout=60, trust_env=False) as client:
        answer = client.post("/api/v1/invitations/batch", json={"items": items}, headers=headers).json()
    urls = [row["invitation"]["url"] for row in answer["items"]]
    return {number: url[url.index("/i/") :] for number, url in zip(numbers, urls, strict=True)}


def _let_phones_run(ground: Ground, links: list[list[str]]) -> tuple[Tally, float]:
    """The links of a receipt stand side by side in the queue, so that phones meet at it."""
    chance, waiting = random.Random(SEED), queue.SimpleQueue[str]()
    for of_receipt in chance.sample(links, len(links)):
        for link in chance.sample(of_receipt, len(of_receipt)):
            waiting.put(link)
    tally, began = Tally(), perf_counter()
    phones = [threading.Thread(target=_phone, args=(ground.address, waiting, tally)) for _ in range(PHONES)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    return tally, perf_counter() - began


def _phone(address: str, waiting: "queue.SimpleQueue[str]", tally: Tally) -> None:
    with httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
        while True:
            try:
                link = waiting.get_nowait()
            except queue.Empty:
                return
            _answer(client, link, tally)


def _answer(client: httpx2.Client, link: str, tally: Tally) -> None:
    began = perf_counter()
    page = client.get(link)
    tally.looks.append(perf_counter() - began)
    found = re.search(r'name="key" value="([^"]+)"', page.text)
    if found is None:
        tally.statuses.append(page.status_code)
        return
    began = perf_counter()
    answer = client.post(link, data={"key": found[1], "rating": "9"})
    tally.taps.append(perf_counter() - began)
    tally.statuses.append(answer.status_code)


def _report(ground: Ground, tally: Tally, seconds: float) -> None:
    with reading(ground.organisation_id) as session:
        answered = Counter(session.scalars(select(Response.invitation_id)))
        receipts = set(session.scalars(select(Invitation.number_key)))
    statuses = Counter(tally.statuses)
    print(f"{db.engine.dialect.name}: {RECEIPTS} receipts, {PHONES} phones, {len(tally.statuses)} attempts")
    print(f"answers stored {sum(answered.values())}, receipts known {len(receipts)}")
    print(f"double answers {sum(count - 1 for count in answered.values())}")
    print(f"statuses {dict(sorted(statuses.items()))} in {seconds:.1f} s")
    for name, times in (("look", tally.looks), ("tap", tally.taps)):
        cut = statistics.quantiles(times, n=100)
        print(f"{name}: n {len(times)}, p50 {cut[49] * 1000:.0f} ms, p95 {cut[94] * 1000:.0f} ms")


def _wait_until_ready(address: str) -> None:
    until = monotonic() + START_WITHIN_SECONDS
    while monotonic() < until:
        with contextlib.suppress(httpx2.HTTPError):
            if httpx2.get(f"{address}/readyz", trust_env=False).status_code == 200:
                return
        sleep(0.1)
    raise SystemExit("the web process does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

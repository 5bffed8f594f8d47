"""``flask responses replay``: sends a file of answers as shoppers would, and reports what became of them."""

import time  # only its monotonic side: durations
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

import click
import httpx2
from flask.cli import AppGroup
from tqdm import tqdm

from app.accounts.queries import find_organisation
from app.cli.replay.records import Record, read_records
from app.cli.replay.report import Replay, write_report
from app.cli.replay.shopper import Sent, Shopper
from app.cli.replay.stored import live_codes, stored_answers, wait_until_done
from app.cli.running import running_address
from app.db import reading
from app.ids import OrganisationId
from app.web.settings import settings

commands = AppGroup("responses", help="Work with stored responses.")


@commands.command("replay")
@click.argument("file", type=click.File("rb"))
@click.option("--base-url", help="Where Vidhuk answers; by default where it runs now.")
@click.option("--organisation", "slug", default="demo", show_default=True, help="Whose codes are answered.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Send no more than so many records.")
@click.option("--wait", type=click.IntRange(0), default=180, show_default=True, help="Seconds to wait.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here too.")
def replay(
    file: BinaryIO,
    *,
    base_url: str | None,
    slug: str,
    concurrency: int,
    limit: int | None,
    wait: int,
    report: Path | None,
) -> None:
    """Send each record of FILE (JSON lines: text, rating 0-10, optional label) as a shopper would.

    Run it on the machine whose database the service uses: times and alerts are read there.
    """
    address = (base_url or running_address(settings())).rstrip("/")
    organisation_id, codes = _codes(slug)
    _check(address)
    records, malformed = read_records(file, limit)
    began = time.perf_counter()
    sent = send_all(records, codes, address, concurrency)
    seconds = time.perf_counter() - began
    keys = [one.key for one in sent if one.key]
    unfinished = _wait(organisation_id, keys, wait)
    with reading(organisation_id) as session:
        stored = stored_answers(session, keys)
    title = f"Replay of {Path(file.name).name}"
    text = write_report(Replay(title, malformed, sent, stored, unfinished, seconds))
    click.echo(text)
    if report:
        report.write_text(text, encoding="utf-8")


def send_all(records: Sequence[Record], codes: Sequence[str], address: str, concurrency: int) -> list[Sent]:
    """Every record over one of the codes in turn, so many shoppers at a time, in the order of the file."""
    shoppers: SimpleQueue[Shopper] = SimpleQueue()
    for _ in range(concurrency):
        shoppers.put(Shopper(address))

    def send(place: int) -> Sent:
        shopper = shoppers.get()
        try:
            return shopper.answer(codes[place % len(codes)], records[place])
        finally:
            shoppers.put(shopper)

    with ThreadPoolExecutor(concurrency) as pool:
        coming = pool.map(send, range(len(records)))
        sent = list(tqdm(coming, total=len(records), desc="sending", unit=" responses"))
    while not shoppers.empty():
        shoppers.get().close()
    return sent


def _codes(slug: str) -> tuple[OrganisationId, list[str]]:
    with reading(None) as session:
        organisation = find_organisation(session, slug)
    if organisation is None:
        raise click.ClickException(f"There is no organisation {slug}.")
    with reading(organisation.id) as session:
        codes = live_codes(session)
    if not codes:
        raise click.ClickException(f"The organisation {slug} has no code that takes answers.")
    return organisation.id, codes


def _check(address: str) -> None:
    try:
        httpx2.get(f"{address}/healthz", timeout=5, trust_env=False).raise_for_status()
    except httpx2.HTTPError as error:
        raise click.ClickException(
            f"Vidhuk does not answer at {address} ({type(error).__name__}). Start it with `make run`, "
            "or say where it runs with --base-url."
        ) from None


def _wait(organisation_id: OrganisationId, keys: Sequence[str], seconds: int) -> int:
    with tqdm(desc="waiting", bar_format="{desc} ({elapsed})") as bar:

        def tell(left: int) -> None:
            bar.set_description_str(f"left to classify and to tell: {left}")

        return wait_until_done(organisation_id, keys, seconds, tell)

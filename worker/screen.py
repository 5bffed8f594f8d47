"""What a newcomer reads on the screen of `make run`: few lines, in words."""

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic

from worker.address import Address
from worker.children import Child


def say(text: str) -> None:
    """Print a line; a terminal that went away must not stop anything."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def complain(text: str) -> None:
    """Print a line to the error stream."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Name a step before it begins and its seconds once it is done."""
    with contextlib.suppress(OSError):
        print(f"{text} ...", end="", flush=True)
    began = monotonic()
    done = "not finished"
    try:
        yield
        done = f"{monotonic() - began:.1f} s"
    finally:
        say(f" {done}")


def tell_address(address: Address, wanted_port: int) -> None:
    """Say what differs from the quiet default: another port, or an address that others can reach."""
    if address.port != wanted_port:
        say(f"Port {wanted_port} is taken by another program: using {address.port}.")
    if not address.is_private:
        say(
            f"Warning: HOST={address.host} lets everybody on this network reach Vidhuk, over plain HTTP. "
            f"Links and codes begin with {address.url}"
        )


def tell_death(child: Child, code: int, delay_seconds: float) -> None:
    """Say that a child died, with its last words unless it was killed."""
    how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    say(f"{child.name} | {how}; starting it again in {delay_seconds:g} s")
    for line in child.last_words(3) if code > 0 else []:
        say(f"{child.name} | {line[:160]}")


def tell_ready(address: Address, sign_in: Mapping[str, object], logs: str) -> None:
    """The banner: where it answers, how to sign in, what to try first."""
    rows: list[tuple[str, object]] = [("Vidhuk is ready at", address.url)]
    if address.local_url != address.url:
        rows += [("on this machine", address.local_url)]
    if sign_in:
        rows += [("sign in as", sign_in.get("email")), ("password", sign_in.get("password"))]
        rows += [("answer as a shopper", f"{address.url}{sign_in.get('survey_path', '')}")]
    rows += [("logs", logs)]
    say(_table(rows))
    say("Ctrl-C stops it.")


def _table(rows: Sequence[tuple[str, object]]) -> str:
    return "\n" + "".join(f"  {name:<22}{value}\n" for name, value in rows)

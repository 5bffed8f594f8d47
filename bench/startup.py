"""Seconds from ``make run`` in an empty clone to the first good answer, and again on the second start.

``python bench/startup.py [--python python3.12] [--with-caches]``. The clone is a copy of the working tree in
a temporary folder, under an empty home, so that neither pip nor uv finds what it downloaded before.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).resolve().parents[1]
GIVE_UP_AFTER_SECONDS = 600
POLLED_EVERY_SECONDS = 0.05
Process = subprocess.Popen[bytes]


def main() -> None:
    """Measure both starts and print them."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vidhuk-startup-") as folder:
        clone = Path(folder, "vidhuk")
        copy_tree(clone)
        environment = _environment(Path(folder), with_caches=options.with_caches)
        for name in ("first start", "second start"):
            with started(clone, options.python, environment) as process:
                seconds = seconds_until_ready(process, int(environment["PORT"]))
            print(f"{name}: ready after {seconds:.1f} s", flush=True)


def copy_tree(target: Path) -> None:
    """Copy what git knows or would take, so neither environment nor data."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


@contextlib.contextmanager
def started(
    clone: Path, python: str | None, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """``make run`` in the clone, ended as a terminal does it: its whole foreground group is told."""
    command = ["make", "--no-print-directory", "run", *([f"PYTHON={python}"] if python else [])]
    process = subprocess.Popen(command, cwd=clone, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def seconds_until_ready(process: Process, port: int) -> float:
    """Poll ``/readyz`` until it answers 200; raises when the process ends first."""
    began = monotonic()
    while monotonic() - began < GIVE_UP_AFTER_SECONDS:
        if is_ready(port):
            return monotonic() - began
        if process.poll() is not None:
            raise SystemExit(f"make run ended with status {process.returncode}")
        sleep(POLLED_EVERY_SECONDS)
    raise SystemExit(f"not ready after {GIVE_UP_AFTER_SECONDS} s")


def is_ready(port: int) -> bool:
    """Whether the web process answers that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path, *, with_caches: bool) -> dict[str, str]:
    home = os.environ.get("HOME", "/") if with_caches else str(folder / "home")
    Path(home).mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": home, "PORT": str(free_port())}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="the Python to start with, as for make PYTHON=...")
    parser.add_argument("--with-caches", action="store_true", help="let pip and uv use what they downloaded")
    return parser.parse_args()


if __name__ == "__main__":
    main()

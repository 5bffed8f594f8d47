"""Makes ``.venv`` and installs the locked libraries: ``bootstrap.py run|dev [ARGUMENTS...]``.

Called by the Makefile with any Python 3; the standard library alone. When everything is in place it costs
a few milliseconds and becomes ``.venv/bin/python ARGUMENTS``. NO_UV=1 installs with pip only.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TRIED = ((3, 13), (3, 12), (3, 11))
NEWEST = (3, 14)  # allowed by the locks, not tried with every library
IS_FITTING = "import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))"


def python_version() -> str:
    """The version of the Python that runs this file."""
    return sys.version.split()[0]


def use_a_fitting_python() -> None:
    """Become a Python that Vidhuk was tried with, if this is another: older ones have to parse this file."""
    if sys.version_info[:2] in TRIED:
        return
    for major, minor in TRIED:
        path = shutil.which(f"python{major}.{minor}")
        # it has to be run: the shims of version managers exist for versions that are not there
        if path and subprocess.call([path, "-c", IS_FITTING], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, *sys.argv])
    if sys.version_info[:2] != NEWEST:
        sys.exit(
            f"Vidhuk needs Python 3.11, 3.12 or 3.13; this is {python_version()}, and PATH has no other."
        )


if __name__ == "__main__":
    use_a_fitting_python()

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
# The locks of development hold those of running, so one installation serves both.
LOCKS = {"run": ["requirements.txt"], "dev": ["requirements-dev.txt", "requirements.txt"]}
UV_RANGE = "uv>=0.8,<1"


class Failed(Exception):
    """A step did not work; the message says in one line what to do."""


def main() -> None:
    """Install what the first argument names, then become Python with the rest of the arguments."""
    kind, arguments = sys.argv[1], sys.argv[2:]
    wanted = stamp_of(kind)
    try:
        if not is_installed(wanted):
            install(kind, wanted)
    except Failed as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next start goes on from here.")
    if arguments:
        os.execv(PYTHON, [str(PYTHON), *arguments])


def stamp_of(kind: str) -> dict[str, str]:
    """What an installation for `kind` is made from: this Python's version and the locks' hashes."""
    digests = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in LOCKS[kind]}
    return {"python": python_version(), **digests}


def is_installed(wanted: dict[str, str]) -> bool:
    """Whether `.venv` was completely installed from the same Python and locks."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and wanted.items() <= found.items()


def install(kind: str, wanted: dict[str, str]) -> None:
    """Make the environment and fill it, visibly; a second start at the same time waits for the first."""
    print(f"Installing Vidhuk's libraries into {VENV} (only the first time, or when they change)")
    with only_one():
        if is_installed(wanted):
            return
        STAMP.unlink(missing_ok=True)
        make_environment()
        install_libraries(LOCKS[kind][0])
        STAMP.write_text(json.dumps(wanted), encoding="utf-8")


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let one installation into this clone go on at a time; a lock file in `.venv` would be uv's own."""
    folder = os.open(ROOT / "ops", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make_environment() -> None:
    """Make `.venv`, unless a working one of this Python's version is there."""
    if version_inside() == python_version():
        return
    uv = uv_on_path()
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)]
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    else:
        raise Failed("This Python lacks its venv module; on Debian and Ubuntu: apt install python3-venv")
    with step(f"Environment for Python {python_version()}"):
        if not succeeds(command):
            raise Failed(f"No Python environment could be made in {VENV}; the message above says why.")


def install_libraries(lock: str) -> None:
    """Install the locked libraries with uv, which is five times as fast; with pip where uv cannot do it."""
    uv = find_uv()
    with step(f"Libraries of {lock}", is_long=True):
        if uv:
            if succeeds([uv, "pip", "install", "--python", str(PYTHON), "-r", lock], uv_environment(uv)):
                return
            print("uv could not do it; trying again with pip")
        ensure_pip()
        if not succeeds(pip("install", "--retries", "2", "-r", lock)):
            raise Failed(
                "The libraries could not be installed: is the network, or your package index, out of reach?"
            )


def find_uv() -> str | None:
    """The uv to install with: one on PATH, one installed here earlier, or a new one; `None` without."""
    if os.environ.get("NO_UV"):
        return None
    own = VENV / "bin" / "uv"
    found = uv_on_path() or shutil.which(own)
    if not found:
        ensure_pip()
        with step("Installer (uv)"):
            output_of(pip("install", "--retries", "1", "--only-binary", ":all:", UV_RANGE))
    return found or shutil.which(own)


def uv_on_path() -> str | None:
    """A uv that the user has, if it runs."""
    path = None if os.environ.get("NO_UV") else shutil.which("uv")
    return path if path and output_of([path, "--version"]) else None


def uv_environment(uv: str) -> dict[str, str]:
    """What uv would not find out: certificates and mirror of this machine, and when links cannot work."""
    settings = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    if sys.dont_write_bytecode:
        settings["UV_COMPILE_BYTECODE"] = "1"  # or each process would compile every library for itself
    index = os.environ.get("PIP_INDEX_URL") or output_of(pip("config", "get", "global.index-url"))
    if index:
        settings["UV_DEFAULT_INDEX"] = index
    cache = output_of([uv, "cache", "dir"])
    if cache and device_of(Path(cache)) != VENV.stat().st_dev:
        settings["UV_LINK_MODE"] = "copy"
    return {**settings, **os.environ}


def device_of(path: Path) -> int:
    """The file system on which `path` is, or will be made."""
    return next(folder for folder in (path, *path.parents) if folder.exists()).stat().st_dev


def ensure_pip() -> None:
    """Put pip into `.venv`; an environment made by uv has none."""
    if not output_of(pip("--version")):
        output_of([str(PYTHON), "-m", "ensurepip"])


def pip(*arguments: str) -> list[str]:
    """The command line of the pip inside `.venv`."""
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]


def version_inside() -> str:
    """The version of the Python in `.venv`; empty when there is none that works."""
    return output_of([str(PYTHON), "-c", "import platform; print(platform.python_version())"])


def output_of(command: list[str]) -> str:
    """What a command prints; empty when it fails or is not there."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def succeeds(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Run a command with its own progress on the screen; whether it went well."""
    return subprocess.run(command, env=environment, check=False, cwd=ROOT).returncode == 0


@contextlib.contextmanager
def step(name: str, *, is_long: bool = False) -> Iterator[None]:
    """Name a step before it begins, and its seconds once it is done; a long one prints lines between."""
    began = time.monotonic()
    print(f"  {name} ...", end="\n" if is_long else "", flush=True)
    yield
    print(
        f"  {name}: {time.monotonic() - began:.1f} s" if is_long else f" {time.monotonic() - began:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()

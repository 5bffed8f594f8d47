"""What `make run` leaves in DATA_DIR for others to see: its lock, its address and its process ids."""

import contextlib
import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path


class FolderRefused(Exception):
    """The folder cannot be used, or another supervisor uses it: the message says which, in words."""


class RunFolder:
    """DATA_DIR as the supervisor uses it."""

    def __init__(self, data_dir: Path) -> None:
        """Make the folder; nobody else needs to read what is in it."""
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise FolderRefused(f"DATA_DIR cannot be used: {error.strerror}: {data_dir}") from None
        self.path = data_dir
        self.run_file = data_dir / "run.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one supervisor; the kernel lets go of the lock however this process ends."""
        with (self.path / "run.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderRefused(self._where()) from None
            try:
                yield
            finally:
                self.run_file.unlink(missing_ok=True)

    def write(self, address: str, redis_url: str | None, pids: Mapping[str, int]) -> None:
        """Publish address, Redis and process ids, whole or not at all."""
        draft = self.run_file.with_suffix(".draft")
        draft.touch(mode=0o600)
        content = {"address": address, "redis_url": redis_url, "pids": dict(pids)}
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(self.run_file)

    def read(self) -> dict[str, object]:
        """What the running, or a killed, supervisor published; empty when there is nothing."""
        return _read_json(self.run_file)

    def sign_in(self) -> dict[str, object]:
        """E-mail, password and survey path of the demo; empty when there is no demo."""
        return _read_json(self.path / "demo-sign-in")

    def _where(self) -> str:
        address = self.read().get("address")
        at = f" and answers at {address}" if address else ""
        return (
            f"Vidhuk already runs on {self.path}{at}.\n"
            "Stop it with Ctrl-C where it runs, or set DATA_DIR (and PORT) to start a second one."
        )


def _read_json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}

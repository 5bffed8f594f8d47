"""Makes the secrets that compose.yaml hands to its containers: ``python3 ops/make_secrets.py [FOLDER]``.

What is there already is kept, so that it can be run again. The folder is closed to everybody else; the files
in it are not, because the containers that they are shown to run as other users.
"""

import os
import secrets
import sys
from pathlib import Path

NAMES = ("secret-key", "postgres-password", "redis-password", "database-url", "redis-url", "mail-url")


def main() -> None:
    """Make what is missing, and say what was made."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "secrets")
    folder.mkdir(mode=0o700, exist_ok=True)
    made = make(folder)
    print(f"{folder}: made {', '.join(made)}" if made else f"{folder}: everything is there already")
    print("Keep a copy of secret-key apart from the backups: without it they are of little use.")


def make(folder: Path) -> list[str]:
    """Write each secret that is not there; the names of those written."""
    made = []
    for name in NAMES:
        path = folder / name
        if not path.exists():
            write(path, value_of(name, folder))
            made.append(name)
    return made


def value_of(name: str, folder: Path) -> str:
    """A new secret; an address has the password that was made before it. No mail server to begin with."""
    match name:
        case "database-url":
            return f"postgresql://vidhuk:{read(folder / 'postgres-password')}@postgres/vidhuk"
        case "redis-url":
            return f"redis://:{read(folder / 'redis-password')}@redis:6379/0"
        case "mail-url":
            return ""
        case _:
            return secrets.token_urlsafe(36)


def read(path: Path) -> str:
    """A secret without the line's end."""
    return path.read_text(encoding="utf-8").strip()


def write(path: Path, value: str) -> None:
    """A new file, whatever the umask: containers have to read it."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    os.fchmod(descriptor, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{value}\n")


if __name__ == "__main__":
    main()

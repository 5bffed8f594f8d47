"""Passwords: Argon2id, at the library's recommended cost."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashing and checking. A check takes as long for somebody who does not exist."""

    def __init__(self, hasher: PasswordHasher) -> None:
        """The hasher carries the cost."""
        self.use(hasher)

    def use(self, hasher: PasswordHasher) -> None:
        """Take another cost; tests take a low one."""
        self._hasher = hasher
        self._nobodys = ""

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self._hasher.hash(_spelling(password))

    def check(self, kept: str | None, password: str) -> bool:
        """Whether it is the password of that hash; ``None`` stands for nobody."""
        try:
            return self._hasher.verify(kept or self._nobody(), _spelling(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def _nobody(self) -> str:
        """Made when first needed: most processes check no password."""
        self._nobodys = self._nobodys or self.hash("nobody has this password")
        return self._nobodys


def _spelling(password: str) -> str:
    """One spelling for what looks the same, whatever the keyboard makes of a letter with its mark."""
    return unicodedata.normalize("NFKC", password)


passwords = Passwords(PasswordHasher())

"""The small closed set of what can go wrong. Skins translate it: a page, a problem document, a retry."""

from dataclasses import dataclass, field


@dataclass
class VidhukError(Exception):
    """Anything that the product refuses, with a stable `code` for machines."""

    code: str = "error"
    status = 500

    def __str__(self) -> str:
        """The code is the message: texts for people are translated at the edge."""
        return self.code


@dataclass
class Unreadable(VidhukError):
    """The request itself is malformed; nothing in it was looked at. `faults` says where, if that is known."""

    code: str = "unreadable"
    faults: dict[str, str] = field(default_factory=dict)
    status = 400


@dataclass
class NotFound(VidhukError):
    """Missing, or somebody else's: both look alike."""

    code: str = "not_found"
    status = 404


@dataclass
class Gone(VidhukError):
    """It was there and is closed for good, or for now."""

    code: str = "gone"
    status = 410


@dataclass
class Forbidden(VidhukError):
    """The actor may see this, but may not do it."""

    code: str = "forbidden"
    status = 403


@dataclass
class Unauthenticated(VidhukError):
    """Nobody is signed in, or the key is not valid."""

    code: str = "unauthenticated"
    status = 401


@dataclass
class Conflict(VidhukError):
    """The state has moved on; `detail` holds what the reader needs to see of it."""

    code: str = "conflict"
    detail: dict[str, str] = field(default_factory=dict)
    status = 409


@dataclass
class TooMany(VidhukError):
    """Slow down; `retry_after_seconds` says how long."""

    code: str = "too_many"
    retry_after_seconds: int = 60
    status = 429


@dataclass
class Unavailable(VidhukError):
    """Our trouble, not the caller's; the same request may be sent again."""

    code: str = "unavailable"
    retry_after_seconds: int = 5
    status = 503


@dataclass
class Invalid(VidhukError):
    """Input that was refused: for each field the code of its fault."""

    code: str = "invalid"
    faults: dict[str, str] = field(default_factory=dict)
    status = 422


@dataclass
class UnscopedQuery(VidhukError):
    """A programming fault: a query on an organisation's rows without an organisation."""

    code: str = "unscoped_query"

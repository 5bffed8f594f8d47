"""How often codes are opened: counted in memory, since the survey page writes nothing, and stored later."""

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from multiprocessing.util import Finalize
from uuid import UUID

import structlog
from flask import current_app
from flask.ctx import AppContext
from sqlalchemy.exc import SQLAlchemyError

from app.db import transaction
from app.ids import OrganisationId
from app.touchpoints.actions import Scans, add_scans

FLUSH_SECONDS = 10.0
_EXTENSION = "vidhuk_scans"
log = structlog.get_logger()


class ScanCounter:
    """The scans of one process that are not stored yet. A flush that fails keeps them for the next one.

    The first scan starts a clock of ten seconds, so the last one of the day is stored too, without another
    having to come; and so is what an orderly end finds. A killed process loses ten seconds of scans.
    """

    def __init__(self, context: Callable[[], AppContext]) -> None:
        """A counter that stores inside this context, of the application that it belongs to."""
        self._context = context
        self._counting = threading.Lock()
        self._flushing = threading.Lock()
        self._waiting: dict[OrganisationId, Scans] = defaultdict(dict)
        self._timer: threading.Timer | None = None
        # Not atexit, which the processes that a web server starts through multiprocessing never come to.
        Finalize(None, self.flush, exitpriority=0)

    def count(self, organisation_id: OrganisationId, qr_code_id: UUID, *, now: datetime) -> None:
        """Count one look at a code; it is stored within ten seconds, by a thread of its own."""
        with self._counting:
            _merge(self._waiting[organisation_id], {(qr_code_id, now.date()): (1, now)})
            self._wind()

    def flush(self) -> None:
        """Store everything that was counted until now."""
        with self._flushing, self._context():
            with self._counting:
                taken, self._waiting = self._waiting, defaultdict(dict)
                self._timer = None
            for organisation_id, scans in taken.items():
                self._store(organisation_id, scans)

    def _store(self, organisation_id: OrganisationId, scans: Scans) -> None:
        try:
            with transaction(organisation_id) as session:
                add_scans(session, scans)
        except SQLAlchemyError as error:
            log.warning("scans_not_stored", error=type(error).__name__, organisation=str(organisation_id))
            with self._counting:
                _merge(self._waiting[organisation_id], scans)
                self._wind()

    def _wind(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(FLUSH_SECONDS, self.flush)
            self._timer.daemon = True
            self._timer.start()


def count_scan(organisation_id: OrganisationId, qr_code_id: UUID, *, now: datetime) -> None:
    """Count one look at a code, without touching the database."""
    _counter().count(organisation_id, qr_code_id, now=now)


def flush_scans() -> None:
    """Store the counts of this process now."""
    _counter().flush()


def _counter() -> ScanCounter:
    extensions = current_app.extensions
    if _EXTENSION not in extensions:
        # Two threads may both get here; one counter is kept, and the other stays empty.
        extensions.setdefault(_EXTENSION, ScanCounter(current_app.app_context))
    counter: ScanCounter = extensions[_EXTENSION]
    return counter


def _merge(scans: Scans, more: Scans) -> None:
    for key, (count, last_at) in more.items():
        known, known_at = scans.get(key, (0, last_at))
        scans[key] = (known + count, max(known_at, last_at))

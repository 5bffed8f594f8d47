"""Redis only hurries: it is told which jobs have work. Without it, the jobs run here, in this process."""

import contextlib
from collections.abc import Iterable

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from worker.jobs import JOBS
from worker.queues import JOB_SECONDS, PATIENT, QUEUE_OF, QUEUES

log = structlog.get_logger()
_TIMEOUT_SECONDS = 1.0
_FAILURE_KEPT_SECONDS = 24 * 3600
_MOST_WAITING = 100


def connect(url: str) -> Redis:
    """A client that gives up at once: whoever asks again later loses nothing."""
    return Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class Hurry:
    """Tells workers, through RQ, that there is work; does it itself when they cannot be told."""

    def __init__(self, redis_url: str | None) -> None:
        """Without an address there are no workers, and every job runs here."""
        self._queues: dict[str, Queue] = {}
        if redis_url:
            client = connect(redis_url)
            self._queues = {
                name: Queue(name, connection=client, serializer=JSONSerializer) for name in QUEUES
            }

    def tell(self, jobs: Iterable[str], mark: str) -> None:
        """Have each job run soon. The same `mark` queues a job once, so a repeat costs nothing.

        Patient jobs are left to the ticker's own loop for them when workers cannot be told.
        """
        for job in jobs:
            is_told = bool(self._queues) and self._enqueue(job, mark)
            if not is_told and job not in PATIENT:
                run_here(job)

    def _enqueue(self, job: str, mark: str) -> bool:
        queue = self._queues[QUEUE_OF[job]]
        try:
            # Each job does all that is due, so behind a hundred that wait another one would find nothing.
            if queue.count < _MOST_WAITING:
                _put(queue, job, f"{job}-{mark}")
        except RedisError as error:
            log.warning("redis_unavailable", job=job, error=type(error).__name__)
            return False
        return True


def _put(queue: Queue, job: str, job_id: str) -> None:
    with contextlib.suppress(DuplicateJobError):
        queue.enqueue(
            f"worker.jobs.{job}",
            job_id=job_id,
            unique=True,
            job_timeout=JOB_SECONDS[queue.name],
            result_ttl=0,
            failure_ttl=_FAILURE_KEPT_SECONDS,
        )


def run_here(job: str) -> None:
    """Run a job in this process; its rows stay due when it fails."""
    try:
        JOBS[job]()
    except Exception as error:  # noqa: BLE001 - one kind of work must not stop the others
        log.error("job_failed", job=job, error=type(error).__name__)

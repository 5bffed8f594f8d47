"""How a worker or ticker process begins and ends."""

import signal

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app.factory import create_app
from app.settings import SettingsError, load_settings
from worker.classifying import current_classifier
from worker.queues import CLASSIFY, QUEUES
from worker.ticker import Ticker

WORKER_TTL_SECONDS = 60
MAINTENANCE_SECONDS = 30


def run_ticker() -> None:
    """Be a ticker until told to stop."""
    settings = load_settings()
    ticker = Ticker(create_app(settings), settings.redis_url)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ticker.stop)
    ticker.run()


def run_worker(queue: str) -> None:
    """Be a worker of one queue until told to stop; raises `SettingsError` without Redis or for no queue."""
    settings = load_settings()
    if settings.redis_url is None or queue not in QUEUES:
        raise SettingsError(f"A worker needs REDIS_URL and one of the queues {', '.join(QUEUES)}.")
    app = create_app(settings)
    app.app_context().push()
    if queue == CLASSIFY:
        current_classifier()
    _work(settings.redis_url, queue)


def _work(redis_url: str, queue: str) -> None:
    # Jobs are short, idempotent and their rows are leased: a process of its own for each would only cost.
    client = Redis.from_url(redis_url)  # RQ sets the timeouts that its blocking reads need
    worker = SimpleWorker(
        [Queue(queue, connection=client, serializer=JSONSerializer)],
        connection=client,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    worker.work(logging_level="WARNING")

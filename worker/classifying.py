"""The classifier of this process: loaded once, when first needed; looked for again when it was missing."""

from threading import Lock
from time import monotonic

import structlog

from app.classification.rules import Classifier
from app.web.settings import settings
from worker.classifier import SHIPPED_MODEL, load_classifier
from worker.heads import ModelUnavailable

log = structlog.get_logger()
RETRY_SECONDS = 60.0


class _Holder:
    """The loaded model, or when to look for it again."""

    def __init__(self) -> None:
        self.classifier: Classifier | None = None
        self.try_at = 0.0
        self._loading = Lock()

    def get(self) -> Classifier | None:
        """The model, or ``None`` while it cannot be loaded: the word list then decides in time.

        Threads that come while it is being loaded wait for it.
        """
        with self._loading:
            if self.classifier is None and monotonic() >= self.try_at:
                self._load()
                self.try_at = monotonic() + RETRY_SECONDS
            return self.classifier

    def _load(self) -> None:
        try:
            self.classifier = load_classifier(settings().sentiment_model or SHIPPED_MODEL)
        except ModelUnavailable as error:
            log.error("model_unavailable", reason=str(error))


current_classifier = _Holder().get

"""Verdicts of a former model, and of the word list, are given anew once nothing else waits."""

from datetime import datetime, timedelta

from app.classification.actions import promise_renewals
from app.classification.rules import Classifier

AT_ONCE = 64
AGAIN_AFTER = timedelta(minutes=10)


class _Renewals:
    """When to look again for verdicts that this model was not asked for: the search reads the whole table."""

    def __init__(self) -> None:
        self._not_before: dict[str, datetime] = {}

    def renew(self, classifier: Classifier | None, *, now: datetime) -> int:
        """Promise some, and say how many; none without a model."""
        if classifier is None or now < self._not_before.get(classifier.version, now):
            return 0
        promised = promise_renewals(classifier.version, now=now, limit=AT_ONCE)
        if promised < AT_ONCE:
            self._not_before[classifier.version] = now + AGAIN_AFTER
        return promised


renew = _Renewals().renew

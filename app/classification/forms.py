"""What a tap on a correction says; anything else is refused."""

import re
from collections.abc import Mapping

from app.classification.rules import Polarity, Sentiment, Topic
from app.errors import Unreadable

_OWN_PAGE = re.compile(r"/(alerts/\d{1,9}|responses/[0-9a-f-]{36})")


def read_sentiment(form: Mapping[str, str]) -> Sentiment:
    """The sentiment that was tapped; raises `Unreadable`."""
    try:
        return Sentiment(form.get("sentiment", ""))
    except ValueError:
        raise Unreadable() from None


def read_topics(form: Mapping[str, str], known: Mapping[Topic, Polarity]) -> dict[Topic, Polarity]:
    """The known topics without the one that was taken away, or with the one that was added.

    Raises `Unreadable`.
    """
    try:
        if form.get("remove"):
            gone = Topic(form["remove"])
            return {topic: polarity for topic, polarity in known.items() if topic is not gone}
        return {**known, Topic(form.get("topic", "")): Polarity(int(form.get("polarity", "")))}
    except ValueError:
        raise Unreadable() from None


def read_back(form: Mapping[str, str], otherwise: str) -> str:
    """The page to go back to: one of our own, never another address."""
    found = form.get("back", "")
    return found if _OWN_PAGE.fullmatch(found) else otherwise

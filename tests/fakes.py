"""Fakes that keep the product's own protocols."""

from collections.abc import Sequence

from app.classification.rules import Judgement, Sentiment

_SIGNS = {"bad": Sentiment.NEGATIVE, "good": Sentiment.POSITIVE}


class FakeClassifier:
    """Negative when the text says "bad", positive when it says "good", neutral otherwise."""

    version = "fake-1"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Judge by one word."""
        self.calls.append(list(texts))
        return [self._judge(text) for text in texts]

    def _judge(self, text: str) -> Judgement | None:
        if not any(sign.isalpha() for sign in text):
            return None
        found = next((sentiment for word, sentiment in _SIGNS.items() if word in text), Sentiment.NEUTRAL)
        return Judgement(found, {word: 0.9 if word is found else 0.05 for word in Sentiment})


class BrokenClassifier:
    """A model that fails on every text."""

    version = "broken-1"

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Fail."""
        raise RuntimeError("out of memory")

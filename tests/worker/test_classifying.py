"""The model of a process is loaded once, and looked for again when it was missing."""

from threading import Event

import pytest
from flask import Flask

from app.classification.rules import Classifier
from tests.fakes import FakeClassifier
from tests.together import together
from worker import classifying
from worker.heads import ModelUnavailable


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the stopwatch says; a test changes the one number."""
    seconds = [100.0]
    monkeypatch.setattr(classifying, "monotonic", lambda: seconds[0])
    return seconds


@pytest.mark.parametrize("session_app", ["sqlite"], indirect=True)
def test_threads_that_come_while_it_is_loaded_wait_for_it(
    app: Flask, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise they would believe that there is none, and comments would wait for another attempt."""
    loaded: list[str] = []

    def load(source: str) -> Classifier:
        Event().wait(0.05)
        loaded.append(str(source))
        return FakeClassifier()

    monkeypatch.setattr(classifying, "load_classifier", load)
    found = together(app, [classifying._Holder().get] * 4)
    assert len(loaded) == 1
    assert all(isinstance(one, FakeClassifier) for one in found)


@pytest.mark.parametrize("session_app", ["sqlite"], indirect=True)
def test_a_missing_model_is_looked_for_once_a_minute(
    app: Flask, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def fail(_source: str) -> Classifier:
        tries.append(seconds[0])
        raise ModelUnavailable("no such model folder")

    monkeypatch.setattr(classifying, "load_classifier", fail)
    get = classifying._Holder().get
    for later in (0, 1, 59, 60, 61):
        seconds[0] = 100.0 + later
        assert get() is None
    assert tries == [100.0, 160.0]

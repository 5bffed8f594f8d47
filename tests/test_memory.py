"""What a process remembers for a few seconds."""

import pytest

from app import memory
from app.memory import LIFE_SECONDS, Memory


class Source:
    """Counts how often it was read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self) -> int:
        """The number of this reading."""
        self.reads += 1
        return self.reads


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock shows; a test moves it."""
    shown = [1000.0]
    monkeypatch.setattr(memory, "monotonic", lambda: shown[0])
    return shown


def test_a_value_is_read_once_within_its_life_and_anew_after_it(hands: list[float]) -> None:
    source, kept = Source(), Memory[str, int](10)
    assert [kept.find("a", source.read) for _ in range(3)] == [1, 1, 1]

    hands[0] += LIFE_SECONDS - 0.1
    assert kept.find("a", source.read) == 1
    hands[0] += 0.2
    assert "a" not in kept
    assert kept.find("a", source.read) == 2


def test_what_was_forgotten_is_read_anew(hands: list[float]) -> None:
    source, kept = Source(), Memory[str, int](10)
    kept.find("a", source.read)
    kept.find("b", source.read)
    kept.forget("a")
    kept.forget("never seen")
    assert (kept.find("a", source.read), kept.find("b", source.read)) == (3, 2)

    kept.clear()
    assert "b" not in kept


def test_the_oldest_makes_room(hands: list[float]) -> None:
    kept = Memory[int, str](3)
    for key in range(5):
        kept.keep(key, "x")
    assert [key in kept for key in range(5)] == [False, False, True, True, True]


def test_what_is_missing_is_looked_for_again(hands: list[float]) -> None:
    kept = Memory[str, int | None](3)
    assert kept.find("late", lambda: None) is None
    assert kept.find("late", lambda: 7) == 7


def test_that_something_is_missing_can_be_remembered_on_purpose(hands: list[float]) -> None:
    kept = Memory[str, None](3)
    kept.keep("nobody", None)
    assert "nobody" in kept

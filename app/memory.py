"""What a process remembers for a few seconds of things that seldom change, so that nobody waits for them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic  # how long something has been kept is no time of day
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

LIFE_SECONDS = 5.0


class Memory(Generic[Key, Value]):
    """Values by key, each for `LIFE_SECONDS`; past `most` the oldest makes room. Threads may share it."""

    def __init__(self, most: int) -> None:
        """Empty."""
        self._most = most
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Key) -> bool:
        """Whether there is a value of that key that is still fresh."""
        with self._lock:
            return self._is_fresh(key)

    def find(self, key: Key, read: Callable[[], Value]) -> Value:
        """The value of the key: as it is remembered, or else as it is read now.

        What was read is remembered, unless it is ``None``: what is missing may be there a moment later.
        """
        with self._lock:
            if self._is_fresh(key):
                return self._kept[key][1]
        value = read()
        if value is not None:
            self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        """Remember a value, as the youngest."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (monotonic(), value)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Let the key be read anew when it is next wanted."""
        with self._lock:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def _is_fresh(self, key: Key) -> bool:
        return key in self._kept and monotonic() - self._kept[key][0] < LIFE_SECONDS

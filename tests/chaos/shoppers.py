"""Shoppers who do not give up: each repeats the same answer under the same key until it is acknowledged."""

import random
import threading
from dataclasses import dataclass, field
from time import monotonic, sleep

import httpx2

from app.ids import new_key

PATIENCE_SECONDS = 120.0
THREADS = 6


@dataclass
class Answer:
    """What one shopper sends, and whether the product has said that it is stored."""

    key: str
    rating: int
    comment: str | None
    is_tapped: bool = False
    is_completed: bool = False


@dataclass
class Crowd:
    """A bounded number of answers, sent by a few threads at a steady pace."""

    address: str
    code: str
    count: int
    pace_seconds: float
    answers: list[Answer] = field(default_factory=list)
    failures: int = 0

    def start(self, seed: int = 1) -> list[threading.Thread]:
        """Begin; the threads end when every answer is acknowledged or patience is over."""
        chance = random.Random(seed)
        self.answers = [_answer(number, chance) for number in range(self.count)]
        shares = [self.answers[n::THREADS] for n in range(THREADS)]
        threads = [threading.Thread(target=self._send_all, args=(share,), daemon=True) for share in shares]
        for thread in threads:
            thread.start()
        return threads

    def _send_all(self, share: list[Answer]) -> None:
        with httpx2.Client(timeout=10, trust_env=False) as client:
            for answer in share:
                self._send(client, answer)
                sleep(self.pace_seconds)

    def _send(self, client: httpx2.Client, answer: Answer) -> None:
        tap = {"key": answer.key, "rating": str(answer.rating)}
        answer.is_tapped = self._insist(client, f"/q/{self.code}", tap)
        if answer.comment and answer.is_tapped:
            said = {"comment": answer.comment}
            answer.is_completed = self._insist(client, f"/s/{answer.key}", said)

    def _insist(self, client: httpx2.Client, path: str, form: dict[str, str]) -> bool:
        until = monotonic() + PATIENCE_SECONDS
        while monotonic() < until:
            try:
                if client.post(self.address + path, data=form).status_code == 303:
                    return True
            except httpx2.HTTPError:
                pass
            self.failures += 1
            sleep(0.2)
        return False


def _answer(number: int, chance: random.Random) -> Answer:
    rating = chance.choice(range(11))
    comment = chance.choice([None, f"Довга черга, номер {number}", f"Все добре, дякую, номер {number}"])
    return Answer(new_key(), rating, comment)

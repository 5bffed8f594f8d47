"""What the network's outputs mean, in order.

Three of sentiment as of goods, then topics, their polarities, flags, and three of sentiment as of a shop. A
topic's three polarities compete with each other alone, and only where the topic is said.
"""

from dataclasses import dataclass
from typing import Any

from app.classification.rules import Flag, Polarity, Sentiment, Topic
from worker.shop_reader import OUTPUTS as SHOP_OUTPUTS

SENTIMENTS = tuple(Sentiment)
TOPICS = tuple(Topic)
FLAGS = tuple(Flag)
POLARITIES = tuple(Polarity)

AT_TOPICS = len(SENTIMENTS)
AT_POLARITIES = AT_TOPICS + len(TOPICS)
AT_FLAGS = AT_POLARITIES + len(TOPICS) * len(POLARITIES)
AT_SHOP = AT_FLAGS + len(FLAGS)
OUTPUTS = AT_SHOP + len(SHOP_OUTPUTS)


def names() -> list[str]:
    """A name for each output, as `config.json` carries it and the worker reads it."""
    return [
        *(f"sentiment:{it}" for it in SENTIMENTS),
        *(f"topic:{it}" for it in TOPICS),
        *(f"polarity:{topic}:{it.name.lower()}" for topic in TOPICS for it in POLARITIES),
        *(f"flag:{it}" for it in FLAGS),
        *SHOP_OUTPUTS,
    ]


@dataclass(frozen=True, slots=True)
class Parts:
    """Logits by meaning: (rows, 3), (rows, topics), (rows, topics, 3), (rows, flags) and (rows, 3)."""

    sentiment: Any
    topics: Any
    polarities: Any
    flags: Any
    shop: Any


def split(logits: Any) -> Parts:
    """The parts of the network's output, an array or a tensor of (rows, `OUTPUTS`)."""
    return Parts(
        logits[:, :AT_TOPICS],
        logits[:, AT_TOPICS:AT_POLARITIES],
        logits[:, AT_POLARITIES:AT_FLAGS].reshape(-1, len(TOPICS), len(POLARITIES)),
        logits[:, AT_FLAGS:AT_SHOP],
        logits[:, AT_SHOP:],
    )

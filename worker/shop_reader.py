"""How sentiment is read when nobody says what a text is about: as of goods and as of a shop.

"Замовлення чекав годину" is bad news of a shop and hardly a word on a kettle. Reviews of goods are many and
comments about shops few, so that one machine for both reads either worse than a machine of its own would: a
mixture of two readers (Jacobs et al. 1991), with a third machine that tells which of them is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.classification.rules import Sentiment
from worker.heads import sigmoid, softmax
from worker.ngrams import Hashed, Table

SHOP, ABOUT = "shop", "about"
OUTPUTS, ABOUT_OUTPUT = tuple(f"{SHOP}:{it}" for it in Sentiment), f"{ABOUT}:{SHOP}"
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class ShopReader:
    """The reading as of a shop, and how likely that one is right.

    The network reads as of a shop at its outputs `places`, `table` by words; they count `network` and
    `tables` times, and `added` of (sentiments) comes on top. `about` scores whether a text is about a shop
    at all; that score counts `sure` times, and `leaning` comes on top.
    """

    places: Any
    table: Table
    about: Table
    network: float
    tables: float
    added: Any
    sure: float
    leaning: float

    def mixed(self, goods: Any, network: Any, comments: Hashed) -> Any:
        """The logits of sentiments, of (comments, 3), from those as of goods and the network's outputs.

        P(sentiment) = P(goods) P(sentiment | goods) + P(shop) P(sentiment | shop).
        """
        import numpy as np

        words = self.table.score(comments) * self.tables
        shop = network[:, self.places] * self.network + words + self.added
        likely = self.likely(comments)
        return np.log(np.maximum((1 - likely) * softmax(goods) + likely * softmax(shop), _LEAST))

    def likely(self, comments: Hashed) -> Any:
        """How likely each comment is about a shop, 0 to 1: of (comments, 1)."""
        return sigmoid(self.about.score(comments) * self.sure + self.leaning)


def places_in(outputs: Sequence[str]) -> list[int]:
    """Where a network with these outputs reads sentiment as of a shop.

    One that has learnt a single reading is asked for that. Raises `ValueError` for one without sentiments.
    """
    known = outputs if OUTPUTS[0] in outputs else [it.replace("sentiment:", f"{SHOP}:") for it in outputs]
    return [known.index(name) for name in OUTPUTS]


def shop_reader(
    outputs: Sequence[str],
    tables: Mapping[str, Table],
    *,
    network: Mapping[str, float],
    counts: Mapping[str, float],
    added: Mapping[str, float],
) -> ShopReader | None:
    """The reader, from the network's outputs, tables by head and what network, tables and additions count.

    ``None`` without its tables. Raises `KeyError` where a weight is missing and `ValueError` for tables or
    a network of something else.
    """
    import numpy as np

    if SHOP not in tables or ABOUT not in tables:
        return None
    table, about = tables[SHOP], tables[ABOUT]
    if (table.outputs, about.outputs) != (OUTPUTS, (ABOUT_OUTPUT,)):
        raise ValueError("the tables that read as of a shop have unknown outputs")
    return ShopReader(
        np.array(places_in(outputs)),
        table,
        about,
        network[SHOP],
        counts[SHOP],
        np.array([added[output] for output in OUTPUTS]),
        counts[ABOUT],
        added[ABOUT_OUTPUT],
    )

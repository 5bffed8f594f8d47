"""The linear part: support vector machines over hashed letter and word sequences, kept as small tables."""

import random
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from training import labels
from training.batches import ABSENT, flag_numbers, topic_numbers
from training.data import UNKNOWN, Example, weights_within
from worker.blend import TONE
from worker.ngrams import Table, buckets_of, hashes_of, known_in, marks_of, quantised
from worker.shop_reader import ABOUT_OUTPUT, OUTPUTS

SENTIMENT_BUCKETS = 1 << 21
LABEL_BUCKETS = 1 << 17
SHOP_BUCKETS = 1 << 18
ABOUT_BUCKETS = 1 << 17
LANGUAGE_BUCKETS = POLARITY_BUCKETS = 1 << 15
_WRITTEN_WEIGHT, _STORY_WEIGHT = 1.5, 0.3
_LANGUAGES = ("uk", "ru", "mixed", "en", "pl")
_LANGUAGE_OF = {"translit": "mixed"}
_LANGUAGE_ROWS = 20_000
# Few comments know topics and many know a sentiment: the more there are, the less each may pull.
_LABEL_COST, _TONE_COST, _SENTIMENT_COST, _SHOP_COST = 1.5, 1.0, 0.1, 0.6
_ABOUT_COST = _LANGUAGE_COST = 0.5
# Rare sequences count more, up to four times as much as one that is in every comment.
_RARE = 4.0
_FAINT, _LEAST = 0.1, 1e-9  # what a bucket holds before the first text; what may be divided by
_FEWEST = 2


def fit_tables(
    reviews: Sequence[Example],
    public: Sequence[Example],
    stories: Sequence[Example],
    written: Sequence[Example],
) -> dict[str, Table]:
    """Those that comments about shops teach, and those for which it takes reviews of goods.

    Public texts and made examples, which widen a network, only blur a linear machine's view of sentiment.
    """
    return fit_written_tables(stories, written) | {
        "sentiment": sentiment_table([*reviews, *stories]),
        "abouts": about_table(reviews, [*stories, *written]),
        "languages": language_table([*reviews, *stories, *public], written),
    }


def fit_written_tables(stories: Sequence[Example], written: Sequence[Example]) -> dict[str, Table]:
    """Tables of sentiment as of a shop, of topics and flags, and of how they are spoken of."""
    return {
        "shops": shop_table(stories, written),
        "labels": label_table(written),
        "tones": tone_table(written),
        "polarities": polarity_table(written),
    }


def sentiment_table(reviews: Sequence[Example]) -> Table:
    """One machine for each sentiment against the others, by reviews of goods and stories about service."""
    known = [row for row in reviews if row.label != UNKNOWN]
    wanted, weights = moods(known, [row.weight for row in known])
    rows, outputs = ([row.text for row in known], wanted), labels.names()[: labels.AT_TOPICS]
    return _table(outputs, rows, SENTIMENT_BUCKETS, _SENTIMENT_COST, weights=weights)


def shop_table(stories: Sequence[Example], written: Sequence[Example]) -> Table:
    """The same as of a shop: by written comments, and by stories, whose labels are only of two kinds."""
    every = [*written, *stories]
    wanted, weights = moods(every, [1.0] * len(written) + [_STORY_WEIGHT] * len(stories))
    rows = [row.text for row in every], wanted
    return _table(OUTPUTS, rows, SHOP_BUCKETS, _SHOP_COST, weights=weights)


def moods(rows: Sequence[Example], counts: Sequence[float]) -> tuple[Any, Any]:
    """Which sentiment is true, of (rows, sentiments), and what a row counts.

    The more, the rarer its sentiment is in its language: else the language itself would tell of a sentiment.
    """
    import numpy as np

    truth = np.array([row.label for row in rows])
    wanted = np.stack([truth == place for place in range(len(labels.SENTIMENTS))], axis=1)
    return wanted, np.array(counts) * weights_within(rows, attrgetter("lang"))


def about_table(goods: Sequence[Example], shops: Sequence[Example]) -> Table:
    """One machine that tells comments about shops from everything else."""
    import numpy as np

    texts = [row.text for row in (*goods, *shops)]
    wanted = np.array([[False]] * len(goods) + [[True]] * len(shops))
    return _table([ABOUT_OUTPUT], (texts, wanted), ABOUT_BUCKETS, _ABOUT_COST)


def label_table(written: Sequence[Example]) -> Table:
    """One machine for each topic and each flag."""
    import numpy as np

    wanted = np.array([[*topic_numbers(row), *flag_numbers(row)] for row in written]) > 0
    names = labels.names()
    outputs = names[labels.AT_TOPICS : labels.AT_POLARITIES] + names[labels.AT_FLAGS : labels.AT_SHOP]
    return _table(outputs, ([row.text for row in written], wanted), LABEL_BUCKETS, _LABEL_COST)


def tone_table(written: Sequence[Example]) -> Table:
    """One machine for each of blaming, mentioning and praising anything: how people speak of shops."""
    import numpy as np

    wanted = np.array([[it in (row.topics or {}).values() for it in labels.POLARITIES] for row in written])
    names = [f"{TONE}:{it.name.lower()}" for it in labels.POLARITIES]
    return _table(names, ([row.text for row in written], wanted), LABEL_BUCKETS, _TONE_COST)


def polarity_table(written: Sequence[Example]) -> Table:
    """One machine for each polarity of each topic, learnt from the comments that talk of the topic."""
    import numpy as np

    numbers = np.array([topic_numbers(row) for row in written])
    places = range(1, 1 + len(labels.POLARITIES))
    wanted = np.concatenate([numbers[:, [topic]] == places for topic in range(len(labels.TOPICS))], axis=1)
    known = np.repeat(numbers != ABSENT, len(labels.POLARITIES), axis=1)
    names = labels.names()[labels.AT_POLARITIES : labels.AT_FLAGS]
    rows = [row.text for row in written], wanted
    return _table(names, rows, POLARITY_BUCKETS, _TONE_COST, known=known)


def language_table(others: Sequence[Example], written: Sequence[Example]) -> Table:
    """One machine for each language; what is typed in Latin letters is mixed speech."""
    import numpy as np

    some = random.Random(0).sample(list(others), min(_LANGUAGE_ROWS, len(others)))
    rows = [*some, *written]
    truth = [_LANGUAGE_OF.get(row.lang, row.lang) for row in rows]
    wanted = np.array([[it == name for name in _LANGUAGES] for it in truth])
    weights = np.array([1.0] * len(some) + [_WRITTEN_WEIGHT] * len(written))
    names, texts = [f"language:{name}" for name in _LANGUAGES], [row.text for row in rows]
    return _table(names, (texts, wanted), LANGUAGE_BUCKETS, _LANGUAGE_COST, weights=weights)


def marks_for(hashed: Sequence[Any], buckets: int) -> Any:
    """Each bucket's mark: that of the sequence which most texts share among those that land in it.

    A sequence of fewer than `_FEWEST` texts is none of them.
    """
    import numpy as np

    own = [np.unique(buckets_of(one, buckets) << 8 | marks_of(one)) for one in hashed]
    keys, holders = np.unique(np.concatenate(own), return_counts=True)
    often = holders >= _FEWEST
    keys, holders = keys[often], holders[often]
    order = np.argsort(holders, kind="stable")
    found = np.zeros(buckets, dtype=np.uint8)
    found[keys[order] >> 8] = (keys[order] & 255).astype(np.uint8)  # the last one stays: the most frequent
    return found


def matrix(hashed: Sequence[Any], marks: Any) -> Any:
    """A sparse row for each text: each sequence that is known adds one over the square root of their number.

    To its bucket, which two may share; so does `worker.ngrams.Table` add.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    found = [known_in(one, marks)[1].astype(np.int32) for one in hashed]
    sizes = np.array([len(row) for row in found])
    values = np.repeat(1 / np.sqrt(np.maximum(1, sizes)), sizes).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return csr_matrix((values, np.concatenate(found), ends), shape=(len(hashed), len(marks)))


def rarity(rows: Any) -> Any:
    """The inverse document frequency of each bucket, smoothed, as a share of `_RARE` steps."""
    import numpy as np

    holders = np.bincount(rows.indices, minlength=rows.shape[1])
    return (1 + np.log((1 + rows.shape[0]) / (1 + holders))) / _RARE


def telling(rows: Any, truth: Any, counts: Any) -> Any:
    """How much each bucket may count: the more unevenly it falls on texts where an output is true and others.

    Half of it follows the log of the ratio of shares (Wang and Manning 2012), over the root of its mean
    square, and half is 1, so that what seems to tell little may count as well. `counts` is what each text
    counts.
    """
    import numpy as np

    masses = [_FAINT + rows[chosen].T @ counts[chosen] for chosen in (truth, ~truth)]
    ratio = np.log(masses[0] / masses[0].sum()) - np.log(masses[1] / masses[1].sum())
    return (1 + np.abs(ratio) / max(_LEAST, np.sqrt(np.square(ratio).mean()))) / 2


def _table(
    outputs: Sequence[str],
    rows: tuple[Sequence[str], Any],
    buckets: int,
    cost: float,
    *,
    weights: Any = None,
    known: Any = None,
) -> Table:
    """Fit one machine for each output on texts and, for each of them, which outputs are true.

    `known`, of (texts, outputs), says from which texts an output is learnt; without it, from all. An output
    that is true of all or of none is silent.
    """
    import numpy as np
    from scipy.sparse import diags_array
    from sklearn.svm import LinearSVC

    texts, wanted = rows
    hashed = [hashes_of(text) for text in texts]
    marks = marks_for(hashed, buckets)
    plain = matrix(hashed, marks)
    rare = rarity(plain)
    scaled = (plain @ diags_array(rare)).tocsr()
    found, added = np.zeros((buckets, len(outputs)), dtype=np.float32), np.zeros(len(outputs))
    balance = "balanced" if weights is None and known is None else None
    for place in range(len(outputs)):
        taught = np.arange(len(texts)) if known is None else np.flatnonzero(known[:, place])
        truth = wanted[taught, place]
        if truth.all() or not truth.any():
            continue
        some = scaled[taught]
        tells = telling(some, truth, np.ones(len(taught)) if weights is None else weights)
        machine = LinearSVC(C=cost, class_weight=balance, random_state=0, tol=1e-2, max_iter=200)
        machine.fit((some @ diags_array(tells)).tocsr(), truth, sample_weight=weights)
        found[:, place], added[place] = machine.coef_[0] * tells * rare, machine.intercept_[0]
    return quantised(outputs, marks, found, added)

"""Figures of a finished model, taken through the worker's own classifier: what is measured is what runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.classification.model_card import WHOLE, Measure, Score
from app.classification.rules import CRITICAL_FLAGS, Classifier, Judgement, Sentiment, said_flags, said_topics
from training.data import LABELS, Example, find_split, read_examples, read_gold
from training.labels import FLAGS, TOPICS
from training.measure import binary_f1, calibration_error, f1, macro_f1, said_f1, wilson
from worker.classifier import load_classifier

GOLD, HELD = "store_comments_dev", "written, held back"
_SPLITS = ("test", "validation")
_FEWEST = 40
# By whether only what is certain enough to wake somebody counts.
_OF_CRITICAL = {
    False: (Measure.SHOWN_RECALL, Measure.SHOWN_PRECISION),
    True: (Measure.PAGING_RECALL, Measure.PAGING_PRECISION),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Examples of a part of texts, each with what the classifier says; ``None`` without a letter."""

    texts: str
    examples: Sequence[Example]
    judgements: Sequence[Judgement | None]
    part: str = WHOLE

    def of(self, name: str, holds: Callable[[Example], bool]) -> "Judged":
        """The part for whose examples this holds."""
        kept = [at for at, example in enumerate(self.examples) if holds(example)]
        part = name if self.part == WHOLE else f"{self.part}, {name}"
        return Judged(
            self.texts, [self.examples[at] for at in kept], [self.judgements[at] for at in kept], part
        )

    def score(self, measure: Measure, value: float, count: int, label: str = "") -> Score:
        """A figure of this part."""
        return Score(self.texts, self.part, measure, value, count, label)


def scores_of(judgement: Judgement | None) -> list[float]:
    """Scores in label order; a text without a letter counts as neutral."""
    if judgement is None:
        return [0.0, 1.0, 0.0]
    return [judgement.scores[Sentiment(label)] for label in LABELS]


def judge(classifier: Classifier, texts: str, examples: Sequence[Example]) -> Judged:
    """Have the examples judged."""
    return Judged(texts, examples, classifier.classify([example.text for example in examples]))


def sentiment_scores(judged: Judged) -> Iterator[Score]:
    """Macro-F1 of three classes, of two, and F1 of the negative class."""
    truth = [example.label for example in judged.examples]
    scores = [scores_of(one) for one in judged.judgements]
    said = leading(scores)
    count = len(truth)
    yield judged.score(Measure.SENTIMENT, macro_f1(truth, said), count)
    yield judged.score(Measure.BINARY, binary_f1(truth, scores), count)
    yield judged.score(Measure.NEGATIVE, f1(truth, said, LABELS.index("negative")), count)


def leading(scores: Sequence[Sequence[float]]) -> list[int]:
    """The place of the largest score of each row."""
    return [max(range(len(LABELS)), key=given.__getitem__) for given in scores]


def slices(judged: Judged) -> Iterator[Judged]:
    """The whole, each language, and real reviews apart from weakly labelled pros and cons; none too small."""
    yield judged
    for lang in sorted({example.lang for example in judged.examples}):
        yield judged.of(lang, _in(lang))
    if not all(map(_is_review, judged.examples)):
        yield judged.of("reviews", _is_review)
        for lang in ("uk", "ru"):
            yield judged.of("reviews", _is_review).of(lang, _in(lang))


def _in(lang: str) -> Callable[[Example], bool]:
    return lambda example: example.lang == lang


def _is_review(example: Example) -> bool:
    return example.kind == "review"


def calibration(judged: Judged) -> Score:
    """How far the leading sentiment's probability is from how often it is right (10 bins)."""
    pairs = [
        (one.scores[one.sentiment], LABELS[example.label] == one.sentiment)
        for example, one in zip(judged.examples, judged.judgements, strict=True)
        if one
    ]
    return judged.score(Measure.CALIBRATION, calibration_error(pairs), len(pairs))


def topic_scores(judged: Judged, classifier: Classifier) -> Iterator[Score]:
    """Topics at their thresholds, micro, macro and one by one; polarity where a topic is found and true."""
    found = [
        {one.topic: one.polarity for one in said_topics(judgement, classifier.thresholds)}
        if judgement
        else {}
        for judgement in judged.judgements
    ]
    true = [example.topics or {} for example in judged.examples]
    pairs = list(zip(true, found, strict=True))
    each = {topic: said_f1([(topic in wanted, topic in said) for wanted, said in pairs]) for topic in TOPICS}
    count = sum(map(len, true))
    micro = said_f1([(topic in wanted, topic in said) for wanted, said in pairs for topic in TOPICS])
    yield judged.score(Measure.TOPICS_MICRO, micro, count)
    yield judged.score(Measure.TOPICS_MACRO, sum(each.values()) / len(each), count)
    right = [said[topic] == wanted[topic] for wanted, said in pairs for topic in wanted if topic in said]
    yield judged.score(Measure.POLARITY, sum(right) / max(1, len(right)), len(right))
    for topic, value in each.items():
        yield judged.score(Measure.LABEL, value, sum(topic in wanted for wanted in true), f"topic:{topic}")


def flag_scores(judged: Judged, classifier: Classifier) -> Iterator[Score]:
    """Critical flags together, as shown and as paging, with the interval of their count; flags one by one."""
    said = [
        said_flags(judgement, classifier.thresholds) if judgement else () for judgement in judged.judgements
    ]
    true = [example.flags or frozenset() for example in judged.examples]
    for needs_certainty, measures in _OF_CRITICAL.items():
        pairs = [
            (
                bool(wanted & CRITICAL_FLAGS),
                any(one.flag in CRITICAL_FLAGS and (one.is_certain or not needs_certainty) for one in found),
            )
            for wanted, found in zip(true, said, strict=True)
        ]
        yield from _recall_and_precision(judged, measures, pairs)
    for flag in FLAGS:
        named = [{one.flag for one in found} for found in said]
        value = said_f1([(flag in wanted, flag in found) for wanted, found in zip(true, named, strict=True)])
        yield judged.score(Measure.LABEL, value, sum(flag in wanted for wanted in true), f"flag:{flag}")


def _recall_and_precision(
    judged: Judged, measures: tuple[Measure, Measure], pairs: Sequence[tuple[bool, bool]]
) -> Iterator[Score]:
    both = sum(wanted and said for wanted, said in pairs)
    counts = (sum(wanted for wanted, _ in pairs), sum(said for _, said in pairs))
    for measure, of in zip(measures, counts, strict=True):
        share = both / of if of else 0.0
        yield replace(judged.score(measure, share, of), interval=wilson(both, of))


def cost_of_int8(model: Path, full: Path, name: str, examples: Sequence[Example]) -> list[Score]:
    """How far the model of 8-bit weights is from the same one in full precision."""
    small, exact = (
        leading([scores_of(one) for one in judge(load_classifier(path), name, examples).judgements])
        for path in (model, full)
    )
    truth, count = [example.label for example in examples], len(examples)
    same = sum(one == two for one, two in zip(small, exact, strict=True)) / count
    lost = macro_f1(truth, exact) - macro_f1(truth, small)
    return [
        Score(name, WHOLE, Measure.INT8_SAME, same, count),
        Score(name, WHOLE, Measure.INT8_LOST, lost, count),
    ]


def measure_folder(model: Path, data: Path) -> list[Score]:
    """Figures on every evaluation split that the data folder has."""
    classifier, made = load_classifier(model), list[Score]()
    for split in _SPLITS:
        path = find_split(data, split)
        if path:
            judged = judge(classifier, split, read_examples(path))
            made += [*_sentiments(judged), calibration(judged)]
    gold = read_gold(data, GOLD)
    return made + (_all_heads(classifier, GOLD, gold) if gold else [])


def measure_examples(model: Path, held: Sequence[Example]) -> list[Score]:
    """Figures on comments that were held back from training."""
    return _all_heads(load_classifier(model), HELD, held)


def _sentiments(judged: Judged) -> list[Score]:
    """Of every part that is not too small."""
    parts = [part for part in slices(judged) if len(part.examples) >= _FEWEST]
    return [score for part in parts for score in sentiment_scores(part)]


def _all_heads(classifier: Classifier, texts: str, examples: Sequence[Example]) -> list[Score]:
    judged = judge(classifier, texts, examples)
    return [*_sentiments(judged), *topic_scores(judged, classifier), *flag_scores(judged, classifier)]

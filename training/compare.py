"""Is another model better on an organisation's own corrected comments? `python -m training.compare`.

Judged by every eighth of them, which `python -m training --own` does not learn from. Ends with status 0 only
where the other model is better: let a script switch on that.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from app.classification.rules import said_topics
from training.data import UNKNOWN, Example, read_labelled
from training.evaluate import judge, leading, scores_of
from training.labels import TOPICS
from training.measure import macro_f1, said_f1
from training.service import is_held
from worker.classifier import SHIPPED_MODEL, load_classifier

FEWEST = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of both; 0 where the other one is better, 1 where it is not, 2 without enough."""
    made = argparse.ArgumentParser(prog="python -m training.compare", description=__doc__)
    made.add_argument("--own", type=Path, required=True, help="what `flask corrections export` wrote")
    made.add_argument("--model", type=Path, default=SHIPPED_MODEL, help="the model in use")
    made.add_argument("--other", type=Path, required=True, help="the model that may take its place")
    given = made.parse_args(arguments)
    kept = [row for row in read_labelled(given.own) if is_held(row.text)]
    if len(kept) < FEWEST:
        print(f"{len(kept)} comments to judge by, of at least {FEWEST}: correct more before you switch.")
        return 2
    found = {path: score(path, kept) for path in (given.model, given.other)}
    for path, (sentiment, topics) in found.items():
        print(f"{path}: sentiment macro-F1 {sentiment:.3f}, topics micro-F1 {topics:.3f}, n {len(kept)}")
    return 0 if sum(found[given.other]) > sum(found[given.model]) else 1


def score(model: Path, examples: Sequence[Example]) -> tuple[float, float]:
    """Macro-F1 of sentiment and micro-F1 of topics of a model on examples."""
    classifier = load_classifier(model)
    judged = judge(classifier, "own", examples)
    known = [at for at, example in enumerate(examples) if example.label != UNKNOWN]
    said = leading([scores_of(judged.judgements[at]) for at in known])
    pairs: list[tuple[bool, bool]] = []
    for example, judgement in zip(examples, judged.judgements, strict=True):
        topics = {one.topic for one in said_topics(judgement, classifier.thresholds)} if judgement else set()
        pairs += [(topic in (example.topics or {}), topic in topics) for topic in TOPICS]
    return macro_f1([examples[at].label for at in known], said), said_f1(pairs)


if __name__ == "__main__":
    raise SystemExit(main())

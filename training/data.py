"""Reading and cleaning of labelled comments: the first step of the pipeline."""

import json
import lzma
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.classification.rules import Flag, Polarity, Topic

LABELS = ("negative", "neutral", "positive")
UNKNOWN = -1
STORIES = "service_shops_mt"
_UNLABELLED = (STORIES, "extra_pl_xed", "topics_labelled", "unlabelled")
_MASKS = re.compile(r"<(?:phone|email|url)>|\[(?:phone|email|url)\]", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Example:
    """One comment and what is known of it.

    `label` is an index into `LABELS`, or `UNKNOWN`; `topics` and `flags` are ``None`` where nobody looked for
    them. `unsaid` names flags that are known to be absent even so. `weight` counts in the loss. `of_shop`
    says which reading of sentiment it teaches: as of a shop, or as of goods.
    """

    text: str
    label: int
    lang: str = "uk"
    kind: str = "review"
    weight: float = 1.0
    topics: Mapping[Topic, Polarity] | None = None
    flags: frozenset[Flag] | None = None
    unsaid: frozenset[Flag] = frozenset()
    of_shop: bool = False


def clean(text: str) -> str:
    """A comment on one line, without the masks of phones and addresses; case is the tokenizer's job."""
    return _SPACES.sub(" ", _MASKS.sub(" ", text)).strip()


def read_rows(path: Path) -> Iterator[dict[str, object]]:
    """The JSON objects of a ``.jsonl`` or ``.jsonl.xz`` file."""
    packed = path.suffix == ".xz"
    with lzma.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def label_of(row: dict[str, object]) -> str | None:
    """The sentiment of a row: its `label`, or what the polarities of its aspects add up to.

    Praise and blame in one comment make it neutral (mixed), as three stars do elsewhere in the data.
    """
    if row.get("label") in LABELS:
        return str(row["label"])
    aspects = row.get("aspects")
    if not isinstance(aspects, list) or not aspects:
        return None
    said = {str(polarity) for _, polarity in aspects} - {"neutral"}
    return said.pop() if len(said) == 1 and said <= set(LABELS) else "neutral"


def example_of(row: dict[str, object], weight: float = 1.0) -> Example | None:
    """A row as an example, or nothing when it holds no words or no label."""
    text, label = clean(str(row.get("text") or "")), label_of(row)
    if label is None or not any(sign.isalpha() for sign in text):
        return None
    kind, lang = str(row.get("kind") or "review"), str(row.get("lang") or "uk")
    return Example(text, LABELS.index(label), lang, kind, weight)


def read_examples(path: Path, weight: float = 1.0) -> list[Example]:
    """All usable rows of one file, in its order."""
    found = (example_of(row, weight) for row in read_rows(path))
    return [example for example in found if example is not None]


def read_gold(folder: Path, name: str) -> list[Example]:
    """Comments labelled with topics (key to polarity) and flags as well; none without the file.

    An organisation's own corrected comments, as `flask corrections export` writes them, are such.
    """
    path = find_split(folder, name)
    return read_labelled(path) if path else []


def read_labelled(path: Path) -> list[Example]:
    """All usable rows of one such file, in its order."""
    rows = ((row, example_of(row)) for row in read_rows(path))
    return [_labelled(row, example) for row, example in rows if example is not None]


def _labelled(row: dict[str, Any], example: Example) -> Example:
    topics = {Topic(key): Polarity(sign) for key, sign in (row.get("topics") or {}).items()}
    flags = frozenset(Flag(flag) for flag in row.get("flags") or ())
    return replace(example, topics=topics, flags=flags, of_shop=True)


def find_split(folder: Path, name: str) -> Path | None:
    """The file of a split, packed or plain, if the folder has it."""
    candidates = (folder / f"{name}.jsonl.xz", folder / f"{name}.jsonl")
    return next((path for path in candidates if path.is_file()), None)


def read_split(folder: Path, name: str) -> list[Example]:
    """The examples of a split that must be there; raises `FileNotFoundError`."""
    path = find_split(folder, name)
    if path is None:
        raise FileNotFoundError(f"{folder} has neither {name}.jsonl.xz nor {name}.jsonl")
    return read_examples(path)


def read_optional(folder: Path, name: str, weight: float = 1.0) -> list[Example]:
    """The examples of a split that an organisation's own data need not have."""
    path = find_split(folder, name)
    return read_examples(path, weight) if path else []


def as_of_shop(examples: Iterable[Example]) -> list[Example]:
    """The same, to teach how sentiment is read as of a shop."""
    return [replace(example, of_shop=True) for example in examples]


def without_held_out(examples: Iterable[Example], judging: Iterable[Example]) -> list[Example]:
    """Examples whose text, letter case aside, is in no evaluation split."""
    seen = {example.text.casefold() for example in judging}
    return [example for example in examples if example.text.casefold() not in seen]


def every_text(folder: Path) -> list[str]:
    """The texts of every file, labelled or not, but those by which models are judged."""
    judging = {row.text.casefold() for row in held_out(folder)}
    paths = (find_split(folder, name) for name in ("train", *_UNLABELLED))
    texts = (clean(str(row.get("text") or "")) for path in paths if path for row in read_rows(path))
    return [text for text in texts if text and text.casefold() not in judging]


def russian_aspects(folder: Path) -> list[Example]:
    """Russian restaurant sentences with aspect polarities: staff and service, which goods reviews lack."""
    return [row for row in read_optional(folder, "topics_labelled") if row.lang == "ru"]


def stories(folder: Path) -> list[Example]:
    """Complaints about service and praise of it."""
    return as_of_shop(read_optional(folder, STORIES))


def public_texts(folder: Path) -> list[Example]:
    """Labelled texts that are no reviews of goods: they widen what a network has read."""
    return as_of_shop(russian_aspects(folder) + read_optional(folder, "extra_pl_xed", weight=0.5))


def held_out(folder: Path) -> list[Example]:
    """The texts of the splits by which models are judged and weighed."""
    return read_split(folder, "test") + read_split(folder, "validation")


def class_weights(examples: Iterable[Example], power: float = 0.5) -> list[float]:
    """Loss weight of each label: one over the root of its share, averaging 1 over the examples."""
    counts = Counter(example.label for example in examples)
    total = sum(counts.values())
    raw = [(total / max(1, counts[label])) ** power for label in range(len(LABELS))]
    mean = sum(raw[label] * counts[label] for label in range(len(LABELS))) / total
    return [weight / mean for weight in raw]


def weights_within(
    examples: Sequence[Example], group: Callable[[Example], Hashable], power: float = 0.5
) -> list[float]:
    """The weight of each example by its label, among those of its group: averaging 1 in every group."""
    groups: dict[Hashable, list[Example]] = {}
    for row in examples:
        groups.setdefault(group(row), []).append(row)
    shares = {key: class_weights(some, power) for key, some in groups.items()}
    return [shares[group(row)][row.label] for row in examples]

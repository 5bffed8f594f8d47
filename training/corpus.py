"""The comments written for this project: read, checked, counted. `python -m training.corpus [--data DIR]`.

One comment a line, its columns parted by tabs: language, setting, kind, sentiment, topics with their signs,
flags, text.
"""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from app.classification.rules import CRITICAL_FLAGS, Flag, Polarity, Sentiment, Topic
from training.data import find_split, read_rows

FOLDER = Path(__file__).with_name("corpus")
LANGUAGES = ("uk", "ru", "mixed", "translit", "en", "pl")
SETTINGS = (
    "jewellery",
    "grocery",
    "electronics",
    "clothes",
    "cosmetics",
    "pharmacy",
    "fuel",
    "call",
    "delivery",
    "general",
)
KINDS = ("plain", "story", "word")
SIMILAR = 0.7
GRAM = 5
LEAST = 3_000
_SENTIMENTS = {"n": Sentiment.NEGATIVE, "0": Sentiment.NEUTRAL, "p": Sentiment.POSITIVE}
_SIGNS = {"-": Polarity.BLAME, "0": Polarity.MENTION, "+": Polarity.PRAISE}
_COLUMNS = 7
_NOT_WORDS = re.compile(r"\W+")
_EVALUATION = ("test", "validation", "store_comments_dev")


@dataclass(frozen=True, slots=True)
class Comment:
    """One written comment and what it says."""

    lang: str
    setting: str
    kind: str
    sentiment: Sentiment
    topics: dict[Topic, Polarity]
    flags: frozenset[Flag]
    text: str

    @property
    def is_mixed(self) -> bool:
        """Whether it praises one thing and blames another."""
        return {Polarity.BLAME, Polarity.PRAISE} <= set(self.topics.values())


def read_corpus(folder: Path = FOLDER) -> list[Comment]:
    """Every comment of the folder's files, by file name; raises `ValueError` with file, line and fault."""
    return [comment for path in sorted(folder.glob("*.tsv")) for comment in _read_file(path)]


def _read_file(path: Path) -> Iterator[Comment]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield comment_of(line)
        except (KeyError, ValueError) as fault:
            raise ValueError(f"{path.name}, line {number}: {fault}") from None


def comment_of(line: str) -> Comment:
    """The comment of a line; raises `ValueError` or `KeyError` for what the columns cannot hold."""
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise ValueError(f"{len(columns)} columns, not {_COLUMNS}")
    lang, setting, kind, sentiment, topics, flags, text = columns
    for value, known in ((lang, LANGUAGES), (setting, SETTINGS), (kind, KINDS)):
        if value not in known:
            raise ValueError(f"{value!r} is none of {', '.join(known)}")
    comment = Comment(
        lang,
        setting,
        kind,
        _SENTIMENTS[sentiment],
        {Topic(item[:-1]): _SIGNS[item[-1]] for item in topics.split(",")},
        frozenset(Flag(item) for item in flags.split(",") if item != "-"),
        text.strip(),
    )
    _require_sense(comment)
    return comment


def _require_sense(comment: Comment) -> None:
    """Sentiment and polarities have to agree: the rules of labelling, as far as a machine can hold them."""
    signs = set(comment.topics.values())
    needed = {Sentiment.NEGATIVE: Polarity.BLAME, Sentiment.POSITIVE: Polarity.PRAISE}.get(comment.sentiment)
    if comment.is_mixed and comment.sentiment is not Sentiment.NEUTRAL:
        raise ValueError("praise and blame together are neutral")
    if needed and needed not in signs:
        raise ValueError(f"{comment.sentiment} without a topic of that sign")
    if not needed and not comment.is_mixed and signs != {Polarity.MENTION} and len(signs) == 1:
        raise ValueError("neutral, though every topic has the same sign")


def grams(text: str) -> frozenset[str]:
    """The five-letter sequences of a text without case and punctuation; a shorter text is one of its own."""
    plain = _NOT_WORDS.sub(" ", text.casefold()).strip()
    return frozenset(plain[at : at + GRAM] for at in range(max(1, len(plain) - GRAM + 1)))


class Likeness:
    """Finds texts of which more than `SIMILAR` of the five-letter sequences are shared (Jaccard index).

    Two such texts share one of the rarest few of their sequences (prefix filtering, Bayardo et al. 2007), so
    that only those are looked up.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Holding none yet; `texts` are all that it will be asked of, to know what is rare."""
        found = {text: grams(text) for text in texts}
        often = Counter(gram for own in found.values() for gram in own)
        rank = {gram: place for place, gram in enumerate(sorted(often, key=lambda gram: (often[gram], gram)))}
        self._rarest_first = {text: sorted(map(rank.__getitem__, own)) for text, own in found.items()}
        self._kept: list[tuple[str, frozenset[int]]] = []
        self._holders: dict[int, list[int]] = defaultdict(list)

    def nearest(self, text: str) -> tuple[float, str]:
        """How like the likest text is (above `SIMILAR`, to 1), and its name; nought where none is so like."""
        own = self._rarest_first[text]
        holders = {holder for gram in _rarest(own) for holder in self._holders.get(gram, ())}
        near = [self._kept[holder] for holder in holders]
        likest = max((_like(own, name, others) for name, others in near), default=(0.0, ""))
        return likest if likest[0] > SIMILAR else (0.0, "")

    def keep(self, name: str, text: str) -> None:
        """Remember a text under a name."""
        own = self._rarest_first[text]
        for gram in _rarest(own):
            self._holders[gram].append(len(self._kept))
        self._kept.append((name, frozenset(own)))


def _rarest(own: Sequence[int]) -> Sequence[int]:
    return own[: len(own) - ceil(SIMILAR * len(own)) + 1]


def _like(own: Sequence[int], name: str, others: frozenset[int]) -> tuple[float, str]:
    # Of two sets of unlike sizes no more can be shared than the smaller one holds.
    if min(len(own), len(others)) <= SIMILAR * max(len(own), len(others)):
        return 0.0, name
    shared = len(others.intersection(own))
    return shared / (len(own) + len(others) - shared), name


def without_likes(comments: Sequence[Comment], held_out: Iterable[str]) -> tuple[list[Comment], list[str]]:
    """The comments that resemble neither an earlier one nor a text held out, and what was left out."""
    judging = list(held_out)
    found = Likeness([*judging, *(comment.text for comment in comments)])
    out, kept = list[str](), list[Comment]()
    for number, text in enumerate(judging):
        found.keep(f"evaluation text {number}", text)
    for comment in comments:
        like, name = found.nearest(comment.text)
        if like > SIMILAR:
            out.append(f"{like:.2f} like {name}: {comment.text[:80]}")
            continue
        found.keep(comment.text[:60], comment.text)
        kept.append(comment)
    return kept, out


def evaluation_texts(data: Path) -> Iterator[str]:
    """Every text by which models are judged."""
    for name in _EVALUATION:
        path = find_split(data, name)
        if path:
            yield from (str(row["text"]) for row in read_rows(path))


def counts(comments: Sequence[Comment]) -> dict[str, Counter[str]]:
    """How many comments there are of each language, setting, kind, sentiment, topic and flag."""
    return {
        "language": Counter(comment.lang for comment in comments),
        "setting": Counter(comment.setting for comment in comments),
        "kind": Counter(comment.kind for comment in comments)
        + Counter({"mixed": sum(comment.is_mixed for comment in comments)}),
        "sentiment": Counter(str(comment.sentiment) for comment in comments),
        "topic": Counter(str(topic) for comment in comments for topic in comment.topics),
        "flag": Counter(str(flag) for comment in comments for flag in comment.flags),
    }


def wanting(comments: Sequence[Comment]) -> list[str]:
    """What there is too little of."""
    found = counts(comments)
    least = {
        "kind": {"story": 400, "word": 100, "mixed": 350},
        "topic": dict.fromkeys(map(str, Topic), 120),
        "flag": {str(flag): 120 if flag in CRITICAL_FLAGS else 80 for flag in Flag}
        | {"suggestion": 150, "question": 150},
    }
    few = [
        f"{name}: {found[group][name]} of {enough}"
        for group, wanted in least.items()
        for name, enough in wanted.items()
        if found[group][name] < enough
    ]
    return few + ([f"comments: {len(comments)} of {LEAST}"] if len(comments) < LEAST else [])


def main() -> None:
    """Print the counts, what is wanting, and what resembles something else too much."""
    parser = argparse.ArgumentParser(prog="python -m training.corpus", description=__doc__)
    parser.add_argument("--data", type=Path, help="has the evaluation files, to compare with")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    held_out = evaluation_texts(options.data) if options.data else ()
    kept, out = without_likes(read_corpus(options.folder), held_out)
    for group, found in counts(kept).items():
        print(f"{group}: {', '.join(f'{name} {count}' for name, count in found.most_common())}")
    print(*(f"too like: {line}" for line in out), *(f"too few: {line}" for line in wanting(kept)), sep="\n")


if __name__ == "__main__":
    main()

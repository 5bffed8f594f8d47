"""The transformers model behind `app.classification.rules.Classifier`; only here are its libraries imported.

Importing this module is cheap: transformers, onnxruntime and numpy are loaded by `load_classifier` alone.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.classification.language import language_of
from app.classification.rules import Judgement, Language, Thresholds
from worker.blend import Blend, read_blend
from worker.explaining import decisive
from worker.heads import Heads, ModelUnavailable, heads_of, outputs_of
from worker.ngrams import hashed
from worker.thresholds import read_thresholds

SHIPPED_MODEL = Path(__file__).with_name("model")
BATCH = 32

_LONGEST_WINDOW = 512
_RUN_COSTS = 20  # tokens: what a run of the shipped model costs on one thread, however short its texts
_AT_ONCE = 8  # texts or windows: more gain little, and long ones take memory
_SMALL_FILES = ("*.json", "*.txt", "*.model")
_ONNX_NAMES = ("model_quantized.onnx", "model_int8.onnx", "model.onnx")
_TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
)
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_Engine = Callable[[Mapping[str, Any]], Any]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of one text that fits the model: the text's place, the tokens, how many of them are words."""

    text: int
    ids: Sequence[int]
    words: int


@dataclass(frozen=True, slots=True)
class ModelClassifier:
    """A loaded model. Long texts are judged window by window."""

    version: str
    tokenizer: Any
    engine: _Engine
    heads: Heads
    longest: int
    thresholds: Thresholds = field(default_factory=Thresholds)
    blend: Blend | None = None

    def classify(self, texts: Sequence[str]) -> list[Judgement | None]:
        """Judge each text, in order; ``None`` without letters, for mark-up alone, or a script not learnt."""
        return [judgement for batch in batches_of(texts) for judgement in self._judge_batch(batch)]

    def explain(self, text: str, labels: Sequence[str]) -> Mapping[str, Sequence[tuple[int, int]]]:
        """The stretches of a text that decided, by label; see `worker.explaining`."""
        return decisive(self.classify, text, labels)

    def _judge_batch(self, texts: Sequence[str]) -> list[Judgement | None]:
        found = self.logits(texts)
        known = [at for at, row in enumerate(found) if row is not None and self._can_read(texts[at])]
        judged: list[Judgement | None] = [None] * len(texts)
        for some in batches_of(known, _AT_ONCE):
            said = self._judge([found[at] for at in some], [texts[at] for at in some])
            for at, judgement in zip(some, said, strict=True):
                judged[at] = judgement
        return judged

    def _can_read(self, text: str) -> bool:
        """Whether the text is in a script that the model has learnt; one of another maker may know any."""
        return self.blend is None or language_of(text) is not Language.OTHER

    def _judge(self, rows: Sequence[Any], texts: Sequence[str]) -> list[Judgement]:
        import numpy as np

        logits = np.stack(rows)
        if self.blend is None:
            return self.heads.read(logits, [None] * len(texts))
        comments = hashed(texts)
        return self.heads.read(self.blend.blended(logits, comments), self.blend.spoken(comments))

    def logits(self, texts: Sequence[str]) -> list[Any]:
        """What the network alone says of each text: a row of outputs, ``None`` where nothing is to be judged.

        Windows run in order of length, so that little is computed for padding.
        """
        found: list[list[tuple[Any, int]]] = [[] for _ in texts]
        windows = sorted(self._windows(texts), key=lambda window: len(window.ids))
        for group in _groups(windows):
            for window, row in zip(group, self._logits(group), strict=True):
                found[window.text].append((row, window.words))
        return [self._joined(rows) for rows in found]

    def _joined(self, windows: Sequence[tuple[Any, int]]) -> Any:
        if not windows:
            return None
        return self.heads.joined([row for row, _ in windows], [words for _, words in windows])

    def _windows(self, texts: Sequence[str]) -> Iterator[_Window]:
        """The windows of every text with letters; lone surrogates, which no tokenizer takes, become "?"."""
        places = [place for place, text in enumerate(texts) if any(sign.isalpha() for sign in text)]
        if not places:
            return
        found = self.tokenizer(
            [texts[place].encode("utf-8", "replace").decode("utf-8") for place in places],
            truncation=True,
            max_length=self.longest,
            return_overflowing_tokens=True,
            return_special_tokens_mask=True,
        )
        marks, origins = found["special_tokens_mask"], found["overflow_to_sample_mapping"]
        for ids, mark, origin in zip(found["input_ids"], marks, origins, strict=True):
            words = len(ids) - sum(mark)
            if words:
                yield _Window(places[origin], ids, words)

    def _logits(self, group: Sequence[_Window]) -> Any:
        """The model's outputs for each window of a group: an array of (windows, outputs)."""
        import numpy as np

        width = max(len(window.ids) for window in group)
        ids = np.full((len(group), width), self.tokenizer.pad_token_id or 0, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, window in enumerate(group):
            ids[row, : len(window.ids)] = window.ids
            mask[row, : len(window.ids)] = 1
        return self.heads.checked(self.engine({"input_ids": ids, "attention_mask": mask}))


def batches_of(rows: Sequence[Row], size: int = BATCH) -> Iterator[Sequence[Row]]:
    """Texts, or rows of an array, so many at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def load_classifier(source: str | Path = SHIPPED_MODEL) -> ModelClassifier:
    """Load a model from a folder or by its hub id; raises `ModelUnavailable`.

    A folder is never looked up on the network. Without torch, a model must bring an ONNX file.
    """
    _quieten()
    folder, name = _located(source)
    config = _config(folder)
    heads = heads_of(config.id2label, name)
    blend = read_blend(folder, outputs_of(config.id2label))
    tokenizer, engine = _tokenizer(folder), _engine(folder, name)
    version = str(getattr(config, "version", None) or name)
    longest = _longest(tokenizer, config)
    classifier = ModelClassifier(version, tokenizer, engine, heads, longest, read_thresholds(folder), blend)
    _probe(classifier, name)
    return classifier


def _groups(windows: Sequence[_Window]) -> Iterator[Sequence[_Window]]:
    """Windows, sorted by length, in groups that are padded by no more than another run of the model costs."""
    start = padded = 0
    for at in range(1, len(windows)):
        padded += (at - start) * (len(windows[at].ids) - len(windows[at - 1].ids))
        if padded > _RUN_COSTS or at - start == _AT_ONCE:
            yield windows[start:at]
            start, padded = at, 0
    if windows:
        yield windows[start:]


def _quieten() -> None:
    """Keep transformers from announcing at each start that torch is absent, which here is the plan."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _located(source: str | Path) -> tuple[Path, str]:
    """The model's folder and its name for messages; what is no folder and reads like a hub id is fetched."""
    path = Path(source).expanduser()
    if path.is_dir():
        return path, path.resolve().name
    if isinstance(source, Path) or path.exists() or not _HUB_ID.fullmatch(source):
        raise ModelUnavailable(f"{source}: no such model folder")
    return _fetched(source)


def _fetched(hub_id: str) -> tuple[Path, str]:
    """A hub model's folder and its id with the commit; weights of torch only where there is no ONNX file."""
    from huggingface_hub import snapshot_download

    wanted = [*_SMALL_FILES, *_ONNX_NAMES, *(f"onnx/{name}" for name in _ONNX_NAMES), "*.onnx_data"]
    try:
        folder = Path(snapshot_download(hub_id, allow_patterns=wanted))
        if _onnx_file(folder) is None and _has_torch():
            folder = Path(snapshot_download(hub_id, allow_patterns=[*_SMALL_FILES, "*.safetensors", "*.bin"]))
    except Exception as fault:
        said = f"{hub_id}: no such folder, and fetching it from the hub failed: {fault}"
        raise ModelUnavailable(said) from fault
    return folder, f"{hub_id}@{folder.name[:8]}"


def _has_torch() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None


def _onnx_file(folder: Path) -> Path | None:
    """The ONNX file to run: the quantised one first, then the plain one, then any."""
    found = [*sorted(folder.glob("*.onnx")), *sorted(folder.glob("onnx/*.onnx"))]
    rank = {name: place for place, name in enumerate(_ONNX_NAMES)}
    return min(found, key=lambda path: rank.get(path.name, len(rank)), default=None)


def _config(folder: Path) -> Any:
    """The model's config; raises `ModelUnavailable`."""
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(f"{folder}: has no config.json")
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True)
    except Exception as fault:
        raise ModelUnavailable(f"{folder}: config.json cannot be used: {fault}") from fault


def _tokenizer(folder: Path) -> Any:
    """The model's fast tokenizer; raises `ModelUnavailable`."""
    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        raise ModelUnavailable(f"{folder}: has no tokenizer (tokenizer.json)")
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as fault:
        raise ModelUnavailable(f"{folder}: the tokenizer cannot be used: {fault}") from fault
    if not tokenizer.is_fast:
        raise ModelUnavailable(f"{folder}: the tokenizer has no fast form (tokenizer.json)")
    return tokenizer


def _engine(folder: Path, name: str) -> _Engine:
    """What turns token numbers into logits: onnxruntime where there is an ONNX file, else torch."""
    onnx = _onnx_file(folder)
    if onnx is not None:
        return _onnx_engine(onnx)
    if not _has_torch():
        advice = "has no ONNX file, and torch is not installed (pip install -r requirements-train.txt)"
        raise ModelUnavailable(f"{name}: {advice}")
    return _torch_engine(folder)


def _onnx_engine(path: Path) -> _Engine:
    """One thread per session: the service scales by processes."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as fault:
        raise ModelUnavailable(f"{path}: the ONNX file cannot be loaded: {fault}") from fault
    taken = [given.name for given in session.get_inputs()]

    def run(given: Mapping[str, Any]) -> Any:
        zeros = np.zeros_like(given["input_ids"])
        return session.run(None, {name: given.get(name, zeros) for name in taken})[0]

    return run


def _torch_engine(folder: Path) -> _Engine:
    """A model without an ONNX file, on torch."""
    import torch
    from transformers import AutoModelForSequenceClassification

    try:
        model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    except Exception as fault:
        raise ModelUnavailable(f"{folder}: the torch model cannot be loaded: {fault}") from fault
    model.eval()

    def run(given: Mapping[str, Any]) -> Any:
        with torch.no_grad():
            tensors = {name: torch.from_numpy(value) for name, value in given.items()}
            return model(**tensors).logits.float().numpy()

    return run


def _longest(tokenizer: Any, config: Any) -> int:
    """Tokens in a window: what the tokenizer says, within what the model has positions for."""
    positions = int(getattr(config, "max_position_embeddings", None) or _LONGEST_WINDOW)
    return max(8, min(int(tokenizer.model_max_length), positions, _LONGEST_WINDOW))


def _probe(classifier: ModelClassifier, name: str) -> None:
    """Judge one word: a model that loads but cannot run is refused at once, with `ModelUnavailable`."""
    try:
        classifier.classify(["ok"])
    except Exception as fault:
        raise ModelUnavailable(f"{name}: the model loads but cannot judge a text: {fault}") from fault

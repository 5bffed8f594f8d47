"""From the trained network to the folder the worker loads: ONNX, 8-bit weights, tokenizer, config."""

import contextlib
import json
import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from training import labels
from training.graph import INPUTS, graph_of
from training.model import VERSION

Tokens = Sequence[int]

MODEL_FILE = "model.onnx"
# One in five thousand lies beyond the range, half of it on either side: a few large numbers would take the
# digits of all others. One group of texts at a time, since they differ in length.
_RANGES = {
    "CalibPercentile": 99.98,
    "CalibTensorRangeSymmetric": False,
    "CalibStridedMinMax": 1,
    "OpTypesToExcludeOutputQuantization": ["MatMul"],
}


def export_model(model: Any, work: Path, out: Path, typical: Sequence[Tokens]) -> None:
    """Write model, tokenizer and config to `out`; the tokenizer is taken from `work`. See `to_int8`."""
    full = full_folder(work)
    for folder in (full, out):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(work / name, folder / name)
        write_config(model.config, folder / "config.json")
    to_onnx(model, full / MODEL_FILE)
    to_int8(full / MODEL_FILE, out / MODEL_FILE, typical)


def full_folder(work: Path) -> Path:
    """Where the same model stays in full precision, to compare with."""
    return work / "full"


def to_onnx(model: Any, path: Path) -> None:
    """Export in full precision with free batch and length."""
    import onnx

    made = graph_of(model)
    # It is as the quantiser's own preparation would leave it, which else is called for in the log.
    onnx.helper.set_model_props(made, {"onnx.quant.pre_process": "onnxruntime.quant"})
    onnx.save(made, path)


def to_int8(full: Path, path: Path, typical: Sequence[Tokens]) -> None:
    """Quantise weights per channel, and what they multiply within the range that it has in typical texts.

    Ranges that are taken anew from each batch, the usual way, let a verdict depend on what else is in it.
    Weights get 7 of 8 bits: with all 8, processors without VNNI overflow silently.
    """
    from onnxruntime import quantization

    weights = {"reduce_range": True, "weight_type": quantization.QuantType.QInt8}
    words = full.with_suffix(".words")
    quantization.quantize_dynamic(full, words, op_types_to_quantize=["Gather"], **weights)
    with contextlib.redirect_stdout(None):  # a line for each group of texts
        quantization.quantize_static(
            words,
            path,
            _Typical(typical),
            op_types_to_quantize=["MatMul"],
            calibrate_method=quantization.CalibrationMethod.Percentile,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            extra_options=_RANGES,
            **weights,
        )
    words.unlink()


class _Typical:
    """Rows of tokens as onnxruntime's calibration asks for them: those of one length at once, none padded."""

    def __init__(self, rows: Sequence[Tokens]) -> None:
        self._groups = [list(same) for _, same in groupby(sorted(rows, key=len), key=len)]
        self._left: Iterator[list[Tokens]] = iter(())

    def __len__(self) -> int:
        return len(self._groups)

    def set_range(self, start_index: int, end_index: int) -> None:
        self._left = iter(self._groups[start_index:end_index])

    def get_next(self) -> dict[str, Any] | None:
        import numpy as np

        same = next(self._left, None)
        if same is None:
            return None
        ids = np.array(same, dtype=np.int64)
        return dict(zip(INPUTS, (ids, np.ones_like(ids)), strict=True))


def write_config(config: Any, path: Path) -> None:
    """The network's shape with readable labels and the model's version."""
    found = config.to_dict()
    found |= {
        "id2label": {str(place): name for place, name in enumerate(labels.names())},
        "label2id": {name: place for place, name in enumerate(labels.names())},
        "version": VERSION,
    }
    found.pop("_name_or_path", None)
    path.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")

"""From the trained network to the folder the worker loads: ONNX, 8-bit weights, tokenizer, config."""

import json
import shutil
from pathlib import Path
from typing import Any

from training import labels
from training.graph import graph_of
from training.model import VERSION

MODEL_FILE = "model.onnx"


def export_model(model: Any, work: Path, out: Path) -> None:
    """Write model, tokenizer and config to `out`; the tokenizer is taken from `work`."""
    full = full_folder(work)
    for folder in (full, out):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(work / name, folder / name)
        write_config(model.config, folder / "config.json")
    to_onnx(model, full / MODEL_FILE)
    to_int8(full / MODEL_FILE, out / MODEL_FILE)


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


def to_int8(full: Path, path: Path) -> None:
    """Quantise weights per channel, to 7 of 8 bits: with all 8, processors without VNNI overflow silently."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        full,
        path,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},  # of what fused operators give
    )


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

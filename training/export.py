"""From the trained network to the folder the worker loads: ONNX, 8-bit weights, tokenizer, config."""

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

from training import labels
from training.model import VERSION

MODEL_FILE = "model.onnx"
_OPSET = 18


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
    """Export in full precision with free batch and length; the network must be in evaluation mode."""
    import torch

    model.float().eval()
    ids, mask = torch.ones((2, 16), dtype=torch.int64) * 5, torch.ones((2, 16), dtype=torch.int64)
    mask[1, 9:] = 0
    free = {0: "batch", 1: "length"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "logits": {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )


def to_int8(full: Path, path: Path) -> None:
    """Quantise weights per channel, to 7 of 8 bits: with all 8, processors without VNNI overflow silently."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = full.with_suffix(".prepared")
    quant_pre_process(str(full), str(prepared), skip_symbolic_shape=True)
    kind = QuantType.QInt8
    quantize_dynamic(str(prepared), str(path), per_channel=True, reduce_range=True, weight_type=kind)


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

"""The network of a model folder, taken back from its 8-bit ONNX file to go on training from."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training import labels
from training.export import MODEL_FILE
from training.model import new_model
from worker.heads import outputs_of
from worker.shop_reader import places_in

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
_LAST = ("classifier.weight", "classifier.bias")
_EMBEDDINGS = "model.embeddings.tok_embeddings.weight"


def network_of(folder: Path) -> Any:
    """A network in full precision with the weights of the folder; raises `ValueError` for another shape.

    Of a network that reads sentiment in one way, both readings begin as that one.
    """
    import onnx
    import torch
    from onnx.numpy_helper import to_array

    graph = onnx.load(folder / MODEL_FILE).graph
    kept = {it.name: to_array(it) for it in graph.initializer}
    matrices = list(_matrices(graph, kept))
    if f"{_EMBEDDINGS}_quantized" not in kept or not matrices:
        raise ValueError(f"{folder}: {MODEL_FILE} is not a network that this pipeline made")
    model = new_model(len(kept[f"{_EMBEDDINGS}_quantized"]))
    state = model.state_dict()
    found = {name: kept[name] for name in state if name in kept} | {_EMBEDDINGS: _exact(kept, _EMBEDDINGS)}
    wanting = [name for name in state if name not in found]
    found |= dict(zip(wanting, matrices, strict=True))
    rows = _rows(outputs_of(json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]))
    found |= {name: found[name][rows] for name in _LAST}
    if any(found[name].shape != state[name].shape for name in state):
        raise ValueError(f"{folder}: {MODEL_FILE} has another shape than this pipeline makes")
    model.load_state_dict({name: torch.from_numpy(found[name].copy()) for name in state})
    return model


def _rows(outputs: Sequence[str]) -> list[int]:
    """The row of the last layer for each output that a network has today."""
    return [*map(outputs.index, labels.names()[: labels.AT_SHOP]), *places_in(outputs)]


def take_tokenizer(folder: Path, work: Path) -> None:
    """Put the folder's tokenizer where the pipeline looks for its own."""
    for name in TOKENIZER_FILES:
        shutil.copyfile(folder / name, work / name)


def _matrices(graph: Any, kept: dict[str, Any]) -> Iterator[Any]:
    """The matrices of the linear layers: the graph multiplies by them in the network's own order."""
    whole = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "DequantizeLinear"}
    for node in graph.node:
        name = node.input[1] if node.op_type == "MatMulInteger" else ""  # as up to vidhuk-comments-6
        if node.op_type == "MatMul":
            name = whole.get(node.input[1], "")
        if name:
            yield _exact(kept, name.removesuffix("_quantized")).T


def _exact(kept: dict[str, Any], name: str) -> Any:
    """Whole numbers, their scale and their nought as the numbers that they stand for."""
    import numpy as np

    whole = kept[f"{name}_quantized"].astype(np.float32)
    return (whole - kept[f"{name}_zero_point"].astype(np.float32)) * kept[f"{name}_scale"]

"""The exported graph computes what the network does."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx", reason="onnx is needed only for training")


def network(**different: object) -> Any:
    """A small network with random weights."""
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    from training.model import new_model

    torch.manual_seed(1)
    made = new_model(64, layers=2, hidden=128)
    for name, value in different.items():
        setattr(made.config, name, value)
    for weight in made.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    return made.eval()


def test_the_graph_computes_what_the_network_does_whatever_is_padded(tmp_path: Path) -> None:
    made = network()
    import numpy as np
    import onnxruntime
    import torch

    from training.export import to_int8, to_onnx

    full, small = tmp_path / "full.onnx", tmp_path / "small.onnx"
    to_onnx(made, full)
    to_int8(full, small)
    ids = torch.randint(4, 64, (3, 150))
    mask = torch.ones_like(ids)
    for row, words in enumerate((150, 40, 1)):
        mask[row, words:] = ids[row, words:] = 0
    with torch.no_grad():
        wanted = made(input_ids=ids, attention_mask=mask).logits.numpy()
    given = {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}
    exact, rounded = (onnxruntime.InferenceSession(it).run(["logits"], given)[0] for it in (full, small))
    assert exact == pytest.approx(wanted, abs=1e-4)
    assert np.corrcoef(rounded.ravel(), wanted.ravel())[0, 1] > 0.99
    assert small.stat().st_size < full.stat().st_size / 3


def test_a_network_of_another_kind_is_refused() -> None:
    odd = network()
    import torch

    from training.graph import graph_of

    others: list[dict[str, object]] = [
        {"layer_types": ["full_attention", "sliding_attention"]},
        {"classifier_pooling": "cls"},
        {"hidden_activation": "relu"},
        {"classifier_activation": "relu"},
    ]
    for different in others:
        with pytest.raises(ValueError, match="only full attention, mean and gelu"):
            graph_of(network(**different))
    odd.head.dense.bias = torch.nn.Parameter(torch.zeros(128))
    with pytest.raises(ValueError, match=r"nothing is known of: head\.dense\.bias"):
        graph_of(odd)

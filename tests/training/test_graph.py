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


class Exported:
    """A network of random weights, its graph in full precision and in 8 bits, and texts of unlike lengths."""

    def __init__(self, folder: Path) -> None:
        import torch

        from training.export import to_int8, to_onnx

        self.network, self.full, self.small = network(), folder / "full.onnx", folder / "small.onnx"
        self.ids = torch.randint(4, 64, (3, 150))
        self.mask = torch.ones_like(self.ids)
        for row, words in enumerate((150, 40, 1)):
            self.mask[row, words:] = self.ids[row, words:] = 0
        to_onnx(self.network, self.full)
        others = torch.randint(4, 64, (40, 60)).tolist()
        to_int8(self.full, self.small, [row[: 1 + at] for at, row in enumerate(others)])

    def wanted(self) -> Any:
        """What the network itself says."""
        import torch

        with torch.no_grad():
            return self.network(input_ids=self.ids, attention_mask=self.mask).logits.numpy()

    def said(self, graph: Path, row: int | None = None) -> Any:
        """What a graph says of all texts, or of one alone and unpadded."""
        import onnxruntime

        ids, mask = self.ids, self.mask
        if row is not None:
            words = int(mask[row].sum())
            ids, mask = ids[row : row + 1, :words], mask[row : row + 1, :words]
        given = {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}
        return onnxruntime.InferenceSession(graph).run(["logits"], given)[0]


@pytest.fixture
def exported(tmp_path: Path) -> Exported:
    """Just exported."""
    pytest.importorskip("torch", reason="torch is needed only for training")
    return Exported(tmp_path)


def test_the_graph_computes_what_the_network_does_whatever_is_padded(exported: Exported) -> None:
    assert exported.said(exported.full) == pytest.approx(exported.wanted(), abs=1e-4)


def test_eight_bits_say_nearly_the_same_in_a_third_of_the_room(exported: Exported) -> None:
    import numpy as np

    rounded = exported.said(exported.small)
    assert np.corrcoef(rounded.ravel(), exported.wanted().ravel())[0, 1] > 0.99
    assert exported.small.stat().st_size < exported.full.stat().st_size / 3
    assert [it.name for it in exported.small.parent.iterdir() if it.suffix == ".words"] == []


def test_what_is_said_of_a_text_does_not_depend_on_its_batch(exported: Exported) -> None:
    together = exported.said(exported.small)
    for row in range(3):
        assert exported.said(exported.small, row)[0] == pytest.approx(together[row], abs=1e-4)


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

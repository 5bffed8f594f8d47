"""The network as an ONNX graph of a few operators that onnxruntime has in one piece.

What torch traces of the same network has many times as many nodes, most of them about shapes and masks.
ModernBERT: Warner et al. 2024; rotary positions: Su et al. 2021.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INPUTS, OUTPUT = ("input_ids", "attention_mask"), "logits"
_OPSET, _FORMAT = 20, 9
_FUSED = "com.microsoft"  # operators of onnxruntime's own
_WORDS, _MASK, _TURNS = "model.embeddings.tok_embeddings.weight", "mask", ("start", "cosines", "sines")


def graph_of(model: Any) -> Any:
    """The ONNX model of a network, in full precision.

    Takes token numbers and a mask of (batch, length), int64; gives logits of (batch, outputs). Raises
    `ValueError` for a network of another kind than `training.model` makes.
    """
    from onnx import TensorProto, helper

    config = model.config
    kinds = {*config.layer_types, config.classifier_pooling}
    kinds |= {config.hidden_activation, config.classifier_activation}
    if kinds != {"full_attention", "mean", "gelu"}:
        raise ValueError(
            f"only full attention, mean and gelu can be exported, not {', '.join(sorted(kinds))}"
        )
    weights = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    made = _Graph(weights, config.norm_eps, config.num_attention_heads)
    _head(made, _encoder(made, config))
    if unused := weights.keys() - made.constants.keys():
        raise ValueError(f"weights that nothing is known of: {', '.join(sorted(unused))}")
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in INPUTS]
    said = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", config.num_labels])
    # What onnxruntime's own operators give is no part of the standard, and else unknown to its quantiser.
    own = [it.output[0] for it in made.nodes if it.domain == _FUSED]
    types = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in own]
    constants = list(made.constants.values())
    graph = helper.make_graph(made.nodes, "classifier", given, [said], constants, value_info=types)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_FORMAT)


@dataclass(slots=True)
class _Graph:
    """The nodes and constants so far. Values go by their names."""

    weights: Mapping[str, Any]
    epsilon: float
    heads: int
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    def constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.constants[name] = numpy_helper.from_array(value.copy(order="C"), name)
        return name

    def node(self, kind: str, *taken: str, name: str = "", domain: str = "", **how: Any) -> str:
        """Add an operator with one output."""
        return self.split(kind, *taken, names=[name or f"{kind}_{len(self.nodes)}"], domain=domain, **how)[0]

    def split(self, kind: str, *taken: str, names: list[str], domain: str = "", **how: Any) -> list[str]:
        """Add an operator with outputs of these names."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(taken), names, name=names[0], domain=domain, **how))
        return names

    def fused(self, kind: str, *taken: str) -> str:
        """Add one of the operators that know of heads."""
        return self.node(kind, *taken, domain=_FUSED, num_heads=self.heads)

    def times(self, value: str, name: str) -> str:
        """Multiply by a matrix of the network's."""
        return self.node("MatMul", value, self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T))

    def normed(self, value: str, name: str) -> str:
        scale = self.constant(f"{name}.weight", self.weights[f"{name}.weight"])
        return self.node("LayerNormalization", value, scale, axis=-1, epsilon=self.epsilon)

    def parts(self, value: str, count: int) -> list[str]:
        """Equal parts of the last axis."""
        names = [f"Part_{len(self.nodes)}_{part}" for part in range(count)]
        return self.split("Split", value, names=names, axis=-1, num_outputs=count)


def _encoder(made: _Graph, config: Any) -> str:
    """What the layers make of each word, of (batch, length, hidden)."""
    import numpy as np
    from onnx import TensorProto

    for name, table in zip(_TURNS, (np.array([0]), *_turns(config)), strict=True):
        made.constant(name, table)
    made.node("Cast", INPUTS[1], to=TensorProto.INT32, name=_MASK)
    value = made.node("Gather", made.constant(_WORDS, made.weights[_WORDS]), INPUTS[0])
    value = normed = made.normed(value, "model.embeddings.norm")
    for number in range(config.num_hidden_layers):
        layer = f"model.layers.{number}"
        if number:
            normed = made.normed(value, f"{layer}.attn_norm")
        value = made.node("Add", value, _attention(made, normed, f"{layer}.attn"))
        value = made.node("Add", value, _gated(made, made.normed(value, f"{layer}.mlp_norm"), f"{layer}.mlp"))
    return made.normed(value, "model.final_norm")


def _attention(made: _Graph, value: str, name: str) -> str:
    query, key, content = made.parts(made.times(value, f"{name}.Wqkv"), 3)
    query, key = (made.fused("RotaryEmbedding", it, *_TURNS) for it in (query, key))
    return made.times(made.fused("MultiHeadAttention", query, key, content, "", _MASK), f"{name}.Wo")


def _gated(made: _Graph, value: str, name: str) -> str:
    value, gate = made.parts(made.times(value, f"{name}.Wi"), 2)
    return made.times(made.node("Mul", made.node("Gelu", value), gate), f"{name}.Wo")


def _head(made: _Graph, words: str) -> str:
    """The logits, from the mean of the words that the mask counts."""
    import numpy as np
    from onnx import TensorProto

    mask = made.node("Cast", INPUTS[1], to=TensorProto.FLOAT)
    column = made.node("Unsqueeze", mask, made.constant("last", np.array([-1])))
    along = made.constant("along", np.array([1]))
    total = made.node("ReduceSum", made.node("Mul", words, column), along, keepdims=0)
    mean = made.node("Div", total, made.node("ReduceSum", mask, along, keepdims=1))
    read = made.normed(made.node("Gelu", made.times(mean, "head.dense")), "head.norm")
    bias = made.constant("classifier.bias", made.weights["classifier.bias"])
    return made.node("Add", made.times(read, "classifier"), bias, name=OUTPUT)


def _turns(config: Any) -> list[Any]:
    """Cosines and sines of the angle by which each position turns each pair of a head's numbers."""
    import numpy as np

    wide = config.hidden_size // config.num_attention_heads
    base = config.rope_parameters["full_attention"]["rope_theta"]
    pace = 1 / base ** (np.arange(0, wide, 2) / wide)
    angles = np.arange(config.max_position_embeddings)[:, np.newaxis] * pace
    return [np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)]

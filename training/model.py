"""The network: a stock ModernBERT, made small enough to train and to run on two processor cores."""

from typing import Any

from training import labels

VERSION = "vidhuk-comments-7"
MAX_LENGTH = 96
POSITIONS = 512


def new_config(vocabulary: int, layers: int = 4, hidden: int = 256) -> Any:
    """The shape of the network; full attention in every layer, since comments are short."""
    from transformers import ModernBertConfig

    return ModernBertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        intermediate_size=hidden * 2,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        max_position_embeddings=POSITIONS,
        layer_types=["full_attention"] * layers,
        pad_token_id=0,
        bos_token_id=2,
        cls_token_id=2,
        eos_token_id=3,
        sep_token_id=3,
        classifier_pooling="mean",
        classifier_dropout=0.1,
        embedding_dropout=0.1,
        mlp_dropout=0.1,
        id2label=dict(enumerate(labels.names())),
        label2id={name: place for place, name in enumerate(labels.names())},
    )


def new_model(vocabulary: int, layers: int = 4, hidden: int = 256) -> Any:
    """A network with random weights, in full precision."""
    from transformers import ModernBertForSequenceClassification

    return ModernBertForSequenceClassification(new_config(vocabulary, layers, hidden))

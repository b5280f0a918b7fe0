"""A real sentence-transformers model with few and random weights, and texts that it tells apart."""

from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizer

from labeling.mathtypes import Indices

TOPICS = {
    "sport": ("match", "team", "goal", "coach", "league"),
    "money": ("bank", "share", "price", "profit", "trade"),
    "space": ("moon", "orbit", "rocket", "star", "planet"),
}
"""Words by the label that they speak for."""

PLAIN = ("the", "a", "of", "was", "today", "again", "said", "new", "old", "there")
"""Words that speak for nothing."""

LABELS = tuple(TOPICS)


def write_encoder(folder: Path) -> Path:
    """Write a model whose vocabulary are the words above, and return its folder."""
    words = [word for topic in TOPICS.values() for word in topic]
    base = folder / "bert"
    base.mkdir(parents=True)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (base / "vocab.txt").write_text("\n".join([*special, *PLAIN, *words]), "utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(special) + len(PLAIN) + len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    BertModel(config).save_pretrained(base)
    BertTokenizer(str(base / "vocab.txt")).save_pretrained(base)
    transformer = Transformer(str(base))
    model = SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


def draw_texts(number: int, seed: int) -> tuple[list[str], Indices]:
    """Draw texts of eight words, three of their own topic, and the label of each.

    Args:
        number: How many.
        seed: Of the draw.

    Returns:
        The texts, and their labels as places in `LABELS`, shape (number,).
    """
    random = np.random.default_rng(seed)
    labels = random.integers(len(LABELS), size=number).astype(np.intp)
    texts = []
    for label in labels:
        own = random.choice(TOPICS[LABELS[label]], 3)
        words = [*own, *random.choice(PLAIN, 5)]
        texts.append(" ".join(random.permutation(words).tolist()))
    return texts, labels

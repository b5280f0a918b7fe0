"""A real sentence-transformers model with few and random weights, which knows given words."""

from collections.abc import Sequence
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

DIMS = 32


def make_sentence_model(folder: Path, words: Sequence[str]) -> Path:
    """Write a model into a folder, always the same one for the same words.

    Args:
        folder: An empty folder.
        words: All that it can tell apart.

    Returns:
        The folder, which `SentenceTransformer` reads.
    """
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(words)]
    raw = folder / "raw"
    raw.mkdir()
    (raw / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(vocab=str(raw / "vocab.txt")).save_pretrained(raw)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIMS,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(config).save_pretrained(raw)
    whole = folder / "model"
    SentenceTransformer(
        modules=[Transformer(str(raw)), Pooling(DIMS)], device="cpu"
    ).save_pretrained(str(whole))
    return whole

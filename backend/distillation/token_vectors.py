"""Token vectors: each token of a sentence-transformers model, read by it alone, as model2vec does.

Tulkens and van Dongen, "Model2Vec: Fast State-of-the-Art Static Embeddings" (2024): every token of
the vocabulary is passed through the model by itself, the vectors are reduced by principal
components, and weighed by how rare the token is (smooth inverse frequency: Arora et al., "A Simple
but Tough-to-Beat Baseline for Sentence Embeddings", ICLR 2017). A vocabulary stands in the order of
frequency, so that Zipf's law tells how frequent a token is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from backend.embedding import identify
from labeling.atomic_files import replacing
from labeling.errors import EngineError, SettingsError
from labeling.private_files import make_private_folder
from labeling.settings.settings import Settings

DIMS = 256
"""Principal components that are kept."""

SIF = 1e-4
"""Frequency at which a token weighs half as much as one that is never seen."""

_TOGETHER = 1024
"""Tokens of one forward pass."""


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """What a vocabulary means, each token by itself.

    Attributes:
        tokenizer: The tokenizer, as JSON of the library `tokenizers`; adds no tokens, cuts nothing.
        vectors: Shape (tokens, dims), by the tokens' ids; weighed, so that the sum over a text is
            its embedding.
        source: The short name of the model that they come from.
    """

    tokenizer: str
    vectors: NDArray[np.float32]
    source: str


def token_vectors(settings: Settings) -> TokenVectors:
    """Return the token vectors of the settings' embedding model, made once and kept on disk.

    Raises:
        SettingsError: The settings name no embedding model.
        EngineError: It cannot be loaded, or has no tokens to read one by one.
    """
    name = settings.learning.embedding
    if name is None:
        raise SettingsError(
            "A student needs an embedding model to take its token vectors from",
            where="learning.embedding",
            hint="Set it to bundled, a folder, or a sentence-transformers model.",
        )

    identity = identify(name)

    def make() -> TokenVectors:
        from backend.embedding import encoder  # imports torch, which reading a file need not

        return vectors_of(identity.name, encoder.load(name, settings.model).model)

    file = f"{identity.digest[:16]}.safetensors"
    return read_vectors(settings.data_dir / "token-vectors" / file, make)


def read_vectors(file: Path, make: Callable[[], TokenVectors]) -> TokenVectors:
    """Return the token vectors that a file keeps; make and keep them where it keeps none.

    Args:
        file: The file, safetensors.
        make: Makes them, which takes about a minute on a CPU.

    Returns:
        The token vectors.

    Raises:
        OSError: The file cannot be written.
    """
    kept = _kept(file)
    if kept:
        return kept
    made = make()
    make_private_folder(file.parent)
    letters = np.frombuffer(made.tokenizer.encode(), dtype=np.uint8)
    name = np.frombuffer(made.source.encode(), dtype=np.uint8)
    with replacing(file) as draft:
        save_file({"vectors": made.vectors, "tokenizer": letters, "source": name}, draft)
    return made


def _kept(file: Path) -> TokenVectors | None:
    """Return what a file keeps; None: there is none, or it is damaged."""
    try:
        found = load_file(file)
        texts = (found[name].tobytes().decode() for name in ("tokenizer", "source"))
        tokenizer, source = texts
        return TokenVectors(tokenizer, found["vectors"], source)
    except (OSError, KeyError, ValueError, SafetensorError):
        return None


def vectors_of(name: str, model: Any) -> TokenVectors:
    """Pass every token of a model's vocabulary through the model. Imports torch.

    Args:
        name: The model's short name.
        model: A `SentenceTransformer` whose first module is a transformer.

    Returns:
        The token vectors.

    Raises:
        EngineError: The model is of another kind, or has no tokenizer of the library `tokenizers`.
    """
    import torch

    transformer = getattr(model[0], "auto_model", None)
    fast = getattr(model.tokenizer, "backend_tokenizer", None)
    if transformer is None or fast is None:
        raise EngineError(
            f"The embedding model {name} is no transformer with a fast tokenizer",
            hint="Set learning.embedding to one that is, such as bundled.",
        )
    ids = np.arange(fast.get_vocab_size(with_added_tokens=True))
    before, after = _frame(fast)
    read = []
    with torch.inference_mode():
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            rows = torch.tensor([[*before, token, *after] for token in some.tolist()])
            asked = {
                "input_ids": rows.to(transformer.device),
                "attention_mask": torch.ones_like(rows).to(transformer.device),
            }
            hidden = transformer(**asked).last_hidden_state
            read.append(hidden.mean(dim=1).float().cpu().numpy())
    return TokenVectors(_plain(fast), _weighed(np.concatenate(read)), name)


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Return the ids that the model's tokenizer sets before and behind a text."""
    inner = tokenizer.encode("a", add_special_tokens=False).ids
    framed = tokenizer.encode("a").ids
    start = next(at for at in range(len(framed)) if framed[at : at + len(inner)] == inner)
    return framed[:start], framed[start + len(inner) :]


def _plain(tokenizer: Any) -> str:
    """Return a tokenizer without padding and without a longest text, as JSON."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_padding()
    copy.no_truncation()
    return copy.to_str()


def _weighed(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reduce vectors by principal components, and weigh them by how rare their tokens are."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    reduced = centred @ directions[:, ::-1][:, :DIMS]
    frequency = 1 / np.arange(2, len(vectors) + 2)
    frequency /= frequency.sum()
    weighed: NDArray[np.float32] = (reduced * (SIF / (SIF + frequency))[:, None]).astype(np.float32)
    return weighed

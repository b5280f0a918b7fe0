"""A tuned sentence embedding that labels by how near a text is to each label's prototype."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from scipy.special import softmax
from torch import Tensor

from backend.classifiers.base import TextClassifier
from backend.classifiers.tuned_encoder import TunedEncoder
from backend.embedding import encoder, identify
from labeling import json_values
from labeling.json_values import count, record, text
from labeling.mathtypes import Floats
from labeling.settings.model_sections import ModelSettings

_CONTENT = "tuned_embedding.json"
_ADAPTER = "adapter.safetensors"
_HEAD = "head.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class TunedEmbedding(TextClassifier):
    """A tuned embedding, and its labels' prototypes.

    Attributes:
        labels: See `TextClassifier`.
        model: The embedding model that was tuned, as the settings name it.
        encoder: That model beside the adapters.
        directions: From an embedding to nats, each label's prototype times the sharpness, shape
            (labels, dims).
        bias: Nats, shape (labels,).
    """

    kind: ClassVar[str] = "tuned embedding"

    labels: tuple[str, ...]
    model: str
    encoder: TunedEncoder
    directions: Tensor
    bias: Tensor

    def probabilities(self, texts: Sequence[str], embeddings: Floats | None = None) -> Floats:
        """Label texts by its own embeddings; those of the untuned model are not read."""
        del embeddings
        if not texts:
            return np.empty((0, len(self.labels)))
        nats = self.encoder.encode(texts) @ self.directions.double().numpy().T
        found: Floats = softmax(nats + self.bias.double().numpy(), axis=1)
        return found

    def save(self, folder: Path) -> None:
        """Write adapters, prototypes, and of which model they are; see `TextClassifier`."""
        content = {
            "labels": [*self.labels],
            "model": self.model,
            "digest": identify(self.model).digest,
            "rank": self.encoder.rank,
        }
        (folder / _CONTENT).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        adapter = {name: one.detach().cpu() for name, one in self.encoder.adapter.items()}
        save_file(adapter, folder / _ADAPTER)
        save_file({"directions": self.directions, "bias": self.bias}, folder / _HEAD)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, and the embedding model beside it; see `TextClassifier`."""
        content = record(
            json.loads((folder / _CONTENT).read_text("utf-8")), "labels", "model", "digest", "rank"
        )
        labels, model = json_values.texts(content["labels"]), text(content["model"])
        if identify(model).digest != content["digest"]:
            raise ValueError(f"the embedding model {model} is not the one that was tuned")
        try:
            adapter, head = load_file(folder / _ADAPTER), load_file(folder / _HEAD)
        except SafetensorError as error:
            raise ValueError(f"the weights in {folder} are damaged") from error
        tuned = TunedEncoder(encoder.load_model(model, ModelSettings()), count(content["rank"]))
        tuned.load_adapter(adapter)
        _require_fit(head, len(labels))
        return cls(labels, model, tuned, head["directions"], head["bias"])


def _require_fit(head: dict[str, Tensor], labels: int) -> None:
    """Check that a head is of so many labels.

    Raises:
        ValueError: It is not.
    """
    shapes = {name: tuple(one.shape[:1]) for name, one in head.items()}
    if shapes != {"directions": (labels,), "bias": (labels,)} or not all(
        bool(torch.isfinite(one).all()) for one in head.values()
    ):
        raise ValueError("the labels' prototypes are of another version")

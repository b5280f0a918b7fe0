"""Prototypes: a text is labelled by how near its embedding is to each label's."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.special import softmax

from backend.classifiers.base import TextClassifier
from labeling import json_values
from labeling.json_values import record
from labeling.mathtypes import Floats

_CONTENT = "prototypes.json"
_WEIGHTS = "prototypes.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Prototypes(TextClassifier):
    """One direction a label.

    Attributes:
        labels: See `TextClassifier`.
        directions: From an embedding to nats, each label's prototype times the sharpness, shape
            (labels, dims).
        bias: Nats, shape (labels,).
    """

    kind: ClassVar[str] = "prototypes"
    needs_embeddings: ClassVar[bool] = True

    labels: tuple[str, ...]
    directions: Floats
    bias: Floats

    def probabilities(self, texts: Sequence[str], embeddings: Floats | None = None) -> Floats:
        """Label texts by their embeddings alone; see `TextClassifier`.

        Raises:
            ValueError: It was fitted to embeddings of another length, or there are none.
        """
        del texts
        if embeddings is None or embeddings.shape[1] != self.directions.shape[1]:
            raise ValueError("the prototypes are of embeddings of another model")
        found: Floats = softmax(embeddings @ self.directions.T + self.bias, axis=1)
        return found

    def save(self, folder: Path) -> None:
        """Write labels as JSON and weights as safetensors; see `TextClassifier`."""
        content = {"labels": [*self.labels]}
        (folder / _CONTENT).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        directions = np.ascontiguousarray(self.directions)
        save_file({"directions": directions, "bias": self.bias}, folder / _WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; see `TextClassifier`."""
        content = record(json.loads((folder / _CONTENT).read_text("utf-8")), "labels")
        labels = json_values.texts(content["labels"])
        try:
            arrays = load_file(folder / _WEIGHTS)
        except SafetensorError as error:
            raise ValueError(f"{folder / _WEIGHTS} is damaged") from error
        _require_fit(arrays, len(labels))
        return cls(labels, arrays["directions"], arrays["bias"])


def _require_fit(arrays: Mapping[str, NDArray[Any]], labels: int) -> None:
    """Check that arrays are of so many labels.

    Raises:
        ValueError: They are not.
    """
    shapes = {name: (array.ndim, len(array)) for name, array in arrays.items()}
    if shapes != {"directions": (2, labels), "bias": (1, labels)}:
        raise ValueError("the prototypes' weights do not fit their labels")

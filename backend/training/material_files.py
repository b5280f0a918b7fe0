"""What a learner is given, in a folder: texts and requests as JSON, all numbers as npz."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.calibration.noisy_labels import NoisyLabels
from backend.engines import Prompt, Request
from backend.learning.material import Material, Texts
from backend.training.arrays import Arrays, floats, read_arrays, whole_numbers, write_arrays
from labeling.atomic_files import replacing
from labeling.json_values import optional, record, text, truth
from labeling.mathtypes import Floats

_WORDS = "material.json"
_NUMBERS = "material.npz"
_ROUNDING = 1e-6
"""How far from 1 what sums to 1 may be on disk."""


def write_material(folder: Path, material: Material) -> None:
    """Write what a learner is given into a folder that is there.

    Raises:
        OSError: It cannot be written.
    """
    open_, answers = material.open_, material.answers
    words = {
        "values": list(material.values),
        "known": _words(material.known),
        "open": open_ and _words(open_),
    }
    numbers: dict[str, NDArray[np.generic]] = {
        **_numbers("known", material.known),
        **(_numbers("open", open_) if open_ else {}),
        "beliefs": answers.log_probabilities.astype(np.float64),
        "answers": answers.answers.astype(np.int64),
        "reliability": answers.reliability.astype(np.float64),
    }
    if answers.shares is not None:
        numbers["shares"] = answers.shares.astype(np.float64)
    write_arrays(folder / _NUMBERS, numbers)
    with replacing(folder / _WORDS) as draft:
        draft.write_text(json.dumps(words), "utf-8")


def read_material(folder: Path) -> Material:
    """Read what `write_material` wrote.

    Raises:
        ValueError: It did not, or it is damaged.
        OSError: It cannot be read.
    """
    content = json.loads((folder / _WORDS).read_text("utf-8"))
    words = record(content, "values", "known", "open")
    numbers = read_arrays(folder / _NUMBERS)
    values = tuple(map(text, _list(words["values"])))
    known = _texts("known", words["known"], numbers, len(values))
    return Material(
        values,
        known,
        _answers(numbers, len(known), len(values)),
        optional(words["open"], lambda one: _texts("open", one, numbers, len(values))),
    )


def _words(texts: Texts) -> dict[str, Any]:
    return {
        "texts": list(texts.texts),
        "requests": [_request_json(one) for one in texts.requests],
        "keys": list(texts.keys),
        "embedded": texts.embeddings is not None,
    }


def _numbers(name: str, texts: Texts) -> dict[str, NDArray[np.generic]]:
    found: dict[str, NDArray[np.generic]] = {
        f"{name}_log_probabilities": texts.log_probabilities.astype(np.float64)
    }
    if texts.embeddings is not None:
        found[f"{name}_embeddings"] = texts.embeddings.astype(np.float64)
    return found


def _texts(name: str, content: object, numbers: Arrays, labels: int) -> Texts:
    words = record(content, "texts", "requests", "keys", "embedded")
    texts = tuple(map(text, _list(words["texts"])))
    requests = tuple(map(_request, _list(words["requests"])))
    if requests and len(requests) != len(texts):
        raise ValueError("there are not as many requests as texts")
    keys = tuple(map(text, _list(words["keys"])))
    if keys and len(keys) != len(texts):
        raise ValueError("there are not as many keys as texts")
    embeddings = None
    if truth(words["embedded"]):
        embeddings = floats(numbers, f"{name}_embeddings", len(texts), None)
        _require(bool(np.isfinite(embeddings).all()), "embeddings")
    beliefs = _log_probabilities(numbers, f"{name}_log_probabilities", len(texts), labels)
    return Texts(texts, beliefs, embeddings, requests, keys)


def _answers(numbers: Arrays, answers: int, labels: int) -> NoisyLabels:
    given = whole_numbers(numbers, "answers", answers)
    reliability = floats(numbers, "reliability", answers)
    shares = floats(numbers, "shares", answers, labels) if "shares" in numbers else None
    _require(bool(((given >= 0) & (given < labels)).all()), "answers")
    _require(bool(((reliability >= 0) & (reliability <= 1)).all()), "reliability")
    if shares is not None:
        are_shares = (shares >= 0).all() and (np.abs(shares.sum(axis=1) - 1) < _ROUNDING).all()
        _require(bool(are_shares), "shares")
    return NoisyLabels(
        _log_probabilities(numbers, "beliefs", answers, labels),
        given.astype(np.intp),
        reliability,
        shares,
    )


def _log_probabilities(numbers: Arrays, name: str, texts: int, labels: int) -> Floats:
    """Return natural logs of probabilities, which may be of 0, and of no more than 1."""
    found = floats(numbers, name, texts, labels)
    _require(bool((found <= _ROUNDING).all()), name)
    return found


def _request_json(request: Request) -> dict[str, Any]:
    context = request.context
    return {
        "before": context.before,
        "text": context.text,
        "after": context.after,
        "chat": context.chat,
        "continuations": list(request.continuations),
    }


def _request(content: object) -> Request:
    found = record(content, "before", "text", "after", "chat", "continuations")
    return Request(
        Prompt(
            text(found["before"]), text(found["text"]), text(found["after"]), truth(found["chat"])
        ),
        tuple(map(text, _list(found["continuations"]))),
    )


def _list(content: object) -> Sequence[object]:
    if not isinstance(content, list):
        raise ValueError("a list was expected")
    return content


def _require(condition: bool, name: str) -> None:
    if not condition:
        raise ValueError(f"the array {name!r} holds what cannot be")

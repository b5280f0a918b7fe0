"""Folders of labelled items as calibration sees them: what a model believes of each, and the truth.

A folder holds `gold.csv` (task, label), `items.csv` (item_id, text), and where a model labelled it
already `llm.csv` (task, model, label, and where the model stated one, confidence).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.confidence.priors import log_prior, without_prior
from backend.embedding import new_embedder
from backend.engines import Answer, Asked, Engine, Request, Scored
from backend.engines.answer_cache import AnswerCache
from backend.pipeline.model_spec import build_model_spec
from bench.classification import builder_of
from bench.classification_work import ClassificationWork, read_work
from labeling.form.form import parse
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings

LEAST_DOUBT = 0.01
"""A stated confidence is kept so far from certainty, and above chance."""

_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Items with gold labels, and what a model believes of each.

    Attributes:
        name: The folder's name.
        model: The model's name.
        source: Where its confidence comes from.
        log_probabilities: Its natural-log probabilities, shape (items, labels).
        gold: The true label of each, as an index, shape (items,).
        embeddings: Of the texts, shape (items, dims); None: there are no texts, or no model.
    """

    name: str
    model: str
    source: str
    log_probabilities: Floats
    gold: Indices
    embeddings: Floats | None


def read_beliefs(folder: Path, settings: Settings, cache: Path, first: int) -> Beliefs:
    """Read a folder; where no model labelled it, the settings' model does.

    Args:
        folder: The folder.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.
        first: Items at most that the settings' model labels.

    Returns:
        Each item's label probabilities, its gold label, and its embedding where there is one.
    """
    if (folder / "llm.csv").exists():
        return _of_file(folder, settings, cache)
    return _of_model(folder, settings, cache, first)


def _of_file(folder: Path, settings: Settings, cache: Path) -> Beliefs:
    """Take a model's labels: its stated confidence, or else how far the other models agree.

    Of several models, it is the one that the others agree with most. Its confidence, where it
    stated none, is the share of the others that say the same, with one made-up vote for and one
    against. What it leaves of 1 is spread evenly over the other labels.
    """
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"].dropna()
    table = pd.read_csv(folder / "llm.csv", dtype={"task": "str", "label": "str"})
    votes = table[table["task"].isin(gold.index)].dropna(subset=["label"])
    same = votes.groupby(["task", "label"])["model"].transform("size") - 1
    others = votes.groupby("task")["model"].transform("size") - 1
    votes = votes.assign(agreement=(same + 1) / (others + 2))
    model = votes.groupby("model")["agreement"].mean().idxmax()
    own = votes[votes["model"] == model].drop_duplicates("task")
    is_stated = "confidence" in own and bool(own["confidence"].notna().all())
    stated = own["confidence" if is_stated else "agreement"].to_numpy(dtype=np.float64)
    labels = sorted({*gold, *own["label"]})
    places = {label: place for place, label in enumerate(labels)}
    return Beliefs(
        folder.name,
        str(model),
        "its stated confidence" if is_stated else "agreement of other models",
        _spread(np.array([places[label] for label in own["label"]]), stated, len(labels)),
        np.array([places[gold[task]] for task in own["task"]], dtype=np.intp),
        _embedded(_texts(folder, own["task"].tolist()), settings, cache),
    )


def _spread(answers: Indices, confidence: Floats, labels: int) -> Floats:
    inside = np.clip(confidence, 1 / labels + LEAST_DOUBT, 1 - LEAST_DOUBT)
    believed = np.repeat(((1 - inside) / (labels - 1))[:, None], labels, axis=1)
    believed[np.arange(len(answers)), answers] = inside
    logs: Floats = np.log(believed)
    return logs


def _texts(folder: Path, tasks: Sequence[str]) -> list[str] | None:
    if not (folder / "items.csv").exists():
        return None
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    if "text" not in items:
        return None
    texts = dict(zip(items["item_id"], items["text"], strict=True))
    return [texts[task] for task in tasks]


def _of_model(folder: Path, settings: Settings, cache: Path, first: int) -> Beliefs:
    return label_work(read_work(folder, {}, first), settings, cache)


def label_work(work: ClassificationWork, settings: Settings, cache: Path) -> Beliefs:
    """Label with the settings' model, through the service's own prompts and its batch prior.

    Args:
        work: Items with gold labels.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.

    Returns:
        Each item's label probabilities, its gold label, and its embedding where there is one.
    """
    form, identity = parse(work.label_config), engines.identify(settings)
    model_spec = build_model_spec(settings, identity, form, LearnedState(work.instruction))
    kept = AnswerCache(cache / "answers.sqlite3", identity.digest, settings.backend.cache_bytes)
    scores = _scored([builder_of(model_spec).request(text) for text in work.texts], settings, kept)
    kept.close()
    loglikelihoods = np.array([scored.loglikelihoods for scored in scores])
    labels = [candidate.value for candidate in form.controls[0].candidates]
    return Beliefs(
        work.name,
        identity.name,
        "log-probabilities, batch prior",
        without_prior(loglikelihoods, log_prior(loglikelihoods)),
        np.array([labels.index(label) for label in work.gold], dtype=np.intp),
        _embedded(work.texts, settings, cache),
    )


def _scored(requests: Sequence[Request], settings: Settings, kept: AnswerCache) -> list[Scored]:
    known = kept.get(requests)
    new = [request for request in dict.fromkeys(requests) if request not in known]
    engine: Engine | None = None
    for start in range(0, len(new), _TOGETHER):
        engine = engine or engines.load(settings)
        some = new[start : start + _TOGETHER]
        found: dict[Asked, Answer] = {
            request: scored
            for request, scored in zip(some, engine.loglikelihood(some), strict=True)
            if isinstance(scored, Scored)
        }
        kept.put(found)
        known |= found
    return [scored for request in requests if isinstance(scored := known[request], Scored)]


def _embedded(texts: Sequence[str] | None, settings: Settings, cache: Path) -> Floats | None:
    embedder = new_embedder(settings, cache / "embeddings.sqlite3")
    if texts is None or embedder is None:
        return None
    vectors = embedder.embed(texts, deadline=time.monotonic() + 3600)
    embedder.close()
    arrays = [vector for vector in vectors if isinstance(vector, np.ndarray)]
    matrix: Floats = np.array(arrays, dtype=np.float64)
    return matrix if len(arrays) == len(texts) else None

"""What a model believes of recorded texts: by the settings' model, or as a file says."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.confidence.priors import log_prior, without_prior
from backend.embedding import new_embedder
from backend.engines import Answer, Asked, Engine, Request, Scored
from backend.engines.answer_cache import AnswerCache
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from backend.prompts import PromptBuilder
from backend.questions.choice import ChoiceQuestion
from labeling.errors import LabelConfigError
from labeling.form.form import Form, parse
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings
from tandem.replay.beliefs import Beliefs
from tandem.replay.folder import RecordedWork

_TOGETHER = 256
_LONGEST_WAIT = 3600.0


def beliefs_of(work: RecordedWork, settings: Settings, cache: Path) -> Beliefs:
    """Return what a model believes of recorded work before it learns.

    Args:
        work: The recorded work; where a model labelled it, that one is taken.
        settings: Name language model, prompt and embedding model.
        cache: Where scores and embeddings are kept.

    Returns:
        Each task's label probabilities and right label, and its embedding where there is one.

    Raises:
        LabelConfigError: It asks for anything but one choice of the labels that occur.
    """
    if work.model_labels is not None:
        model, source = work.model_labels.model, work.model_labels.source
        logs = work.model_labels.log_probabilities(work.labels)
        logs = logs[work.model_labels.labels.index.get_indexer(pd.Index(work.tasks))]
    else:
        form = parse(work.label_config)
        offered = [one.value for one in form.controls[0].candidates]
        lacking = [label for label in work.labels if label not in offered]
        if lacking:
            raise LabelConfigError(
                f"The label {lacking[0]} is not offered",
                where=f"{work.name}/label_config.xml",
                hint="Offer every label that people and the right labels name.",
            )
        scored = score(work.texts or (), form, work.instruction, settings, cache)
        columns = [offered.index(label) for label in work.labels]
        model, source = scored.model, scored.source
        logs = scored.log_probabilities[:, columns]
    embeddings = embedded(work.texts, settings, cache)
    return Beliefs(work.name, model, source, logs, work.gold, embeddings)


def score(
    texts: Sequence[str], form: Form, instruction: str, settings: Settings, cache: Path
) -> Beliefs:
    """Label with the settings' model, through the service's own prompts and its batch prior.

    Args:
        texts: What is labelled.
        form: Asks for one choice.
        instruction: What annotators are told.
        settings: Name language model and prompt.
        cache: Where scores are kept.

    Returns:
        Log-probabilities of the form's labels, without right labels and embeddings.
    """
    identity = engines.identify(settings)
    model_spec = build_model_spec(settings, identity, form, LearnedState(instruction))
    kept = AnswerCache(cache / "answers.sqlite3", identity.digest, settings.backend.cache_bytes)
    builder = builder_of(model_spec)
    scores = _scored([builder.request(text) for text in texts], settings, kept)
    kept.close()
    loglikelihoods = np.array([scored.loglikelihoods for scored in scores])
    return Beliefs(
        name="",
        model=identity.name,
        source="log-probabilities, batch prior",
        log_probabilities=without_prior(loglikelihoods, log_prior(loglikelihoods)),
        gold=np.full(len(texts), -1, dtype=np.intp),
        embeddings=None,
    )


def builder_of(model_spec: ModelSpec) -> PromptBuilder:
    """Return the builder of the prompts of a form that asks for one label.

    Raises:
        LabelConfigError: It asks for anything else.
    """
    [question, *others] = model_spec.questions
    if others or not isinstance(question, ChoiceQuestion):
        raise LabelConfigError(
            "Only a single choice can be replayed",
            where=model_spec.form.config,
            hint="Ask for one choice of labels.",
        )
    return question.methods[0].builder


def embedded(texts: Sequence[str] | None, settings: Settings, cache: Path) -> Floats | None:
    """Embed texts.

    Args:
        texts: The texts; None: there are none.
        settings: Name the embedding model.
        cache: Where vectors are kept.

    Returns:
        Shape (texts, dims); None: there are no texts or no model, or not all could be embedded.
    """
    embedder = new_embedder(settings, cache / "embeddings.sqlite3")
    if texts is None or embedder is None:
        return None
    vectors = embedder.embed(texts, deadline=time.monotonic() + _LONGEST_WAIT)
    embedder.close()
    arrays = [vector for vector in vectors if isinstance(vector, np.ndarray)]
    matrix: Floats = np.array(arrays, dtype=np.float64)
    return matrix if len(arrays) == len(texts) else None


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

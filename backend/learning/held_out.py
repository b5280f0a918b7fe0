"""What the model believes of the texts that it learned from, as if it had not: out of fold.

The answered texts are cut into parts. For each part everything is learned anew from the other
parts' answers, with every choice that this takes: how methods are pooled, which calibrator, whether
the second opinion is asked, how whole forms are calibrated. What was learned so predicts the part,
by the very steps that predict open texts. So nothing in a belief knows the answer to its own text,
nor that to another task with the same text, and it may stand beside that answer as evidence of its
own. It is by four fifths of the answers, and as sure as these allow.

The last step of `backend.calibration.covariate_shift` is left out: it has the answered texts count
as often as their like is among the open ones, so that confidence comes true there. What is held out
are answered texts, for which a fit to answered texts is the right one.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from backend.calibration.noisy_labels import folds
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.learning.fit import learn
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.samples import Samples
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec
from backend.pipeline.predictor import predict_items
from backend.runtime.retry_later import RetryLater
from labeling.predictions.prediction import Prediction


def held_out(
    model_spec: ModelSpec, training_set: TrainingSet, model: ModelClient, embed: Embed | None = None
) -> Mapping[str, Prediction]:
    """Predict each answered text by what the others teach.

    Args:
        model_spec: How tasks are answered under the training set's instruction, nothing fitted yet.
        training_set: What is learned from.
        model: Scores and writes; it is asked the same for each part.
        embed: Encodes texts; None: there is no embedding.

    Returns:
        Predictions, by text; what cannot be read or predicted is left out, and all where so few
        answers teach nothing.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    answers = Samples.read(model_spec.form, training_set).answers
    if len(answers) < FEWEST_ANSWERS:
        return {}
    items = {one.item.key: one.item for one in answers}
    texts = np.array([*items], dtype=np.object_)
    part = folds(len(texts))
    predictions: dict[str, Prediction] = {}
    for number in np.unique(part):
        held = texts[part == number].tolist()
        learned, _ = learn(model_spec, _without(training_set, {*held}), model, embed)
        fitted = replace(model_spec, learned=learned)
        outcomes = predict_items(fitted, model, [items[text] for text in held], embed)
        for text, outcome in zip(held, outcomes, strict=True):
            if isinstance(outcome, Prediction):
                predictions[text] = outcome
            elif outcome.is_passing:
                raise RetryLater(outcome.error.removesuffix("."))
    return predictions


def _without(training_set: TrainingSet, texts: set[str]) -> TrainingSet:
    """Return what is learned from without the answers to some texts, and without open texts."""
    rest = [one for one in training_set.answers if one.text not in texts]
    return replace(training_set, answers=rest, open_texts=())

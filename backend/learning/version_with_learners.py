"""A version with learners: what was learned in a lesson, and what a training fitted since.

A learner has a place only where it earns it, on answers that it did not see. What the version
believes of the texts that it learned from is put together of what each of its learners believes of
them out of fold, so that it stands beside the answers as evidence of its own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration import covariate_shift
from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.control_model import LORA, ControlModel
from backend.calibration.learned_state import LearnedState
from backend.learning.fit import Lesson
from backend.learning.fit_ensemble import EnsembleChoice, choose_ensemble
from backend.learning.fit_open import Verdict, calibrator_of
from backend.learning.material import Material
from backend.pipeline.model_spec import ModelSpec
from backend.pipeline.predictor import prediction_of
from labeling.mathtypes import Floats
from labeling.predictions.prediction import Part, Prediction


@dataclass(frozen=True, slots=True)
class TrainedLearner:
    """One learner of one control, after a training.

    Attributes:
        held_out: What it believes of each answered text by the other answers, probabilities of
            shape (answers, labels); rows of NaN where it was not judged.
        open_: What it believes of each text of `Material.open_`, shape (texts, labels); None: it
            was not asked.
        artefact: The digest that it is kept under.
        prior: Of an adapter: what is taken off the labels' scores under it, natural logs, shape
            (labels,); else empty.
    """

    held_out: Floats
    open_: Floats | None
    artefact: str
    prior: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionWithLearners:
    """What a lesson and a training came to together.

    Attributes:
        learned: The state.
        report: The lesson's report, and in each control's what its learners brought.
        held_out: What it believes of the answered texts, out of fold, by the form's item.
        artefacts: The digests that its learners are kept under.
    """

    learned: LearnedState
    report: Mapping[str, Any]
    held_out: Mapping[str, Prediction]
    artefacts: Sequence[str]


def version_with_learners(
    model_spec: ModelSpec,
    lesson: Lesson,
    held_out: Mapping[str, Prediction],
    trained: Mapping[str, Mapping[str, TrainedLearner]],
) -> VersionWithLearners:
    """Give learners the place that they earn.

    Args:
        model_spec: How tasks are answered under the lesson's instruction, nothing fitted yet.
        lesson: What was learned before the training.
        held_out: What that believes of the answered texts, out of fold, by the form's item.
        trained: What the training made, by control and by the learner's name, the cheapest first.

    Returns:
        The version; as the lesson has it where no learner earns a place.
    """
    report: Mapping[str, Any] = lesson.report
    controls, believed = {**lesson.learned.controls}, held_out
    for name, material in lesson.materials.items():
        calibration = controls[name].calibration if name in controls else None
        learners = trained.get(name, {})
        if calibration is None or not learners:
            continue
        said = {learner: one.held_out for learner, one in learners.items()}
        choice = choose_ensemble(material.answers, beliefs_of(name, material, held_out), said)
        report = _with_report(report, name, choice)
        if choice.ensemble:
            controls[name] = _control_model(controls[name], calibration, material, choice, learners)
            believed = with_beliefs(name, material, believed, choice.out_of_fold)
    digests = sorted({digest for one in controls.values() for digest in one.artefacts.values()})
    if not digests:
        return VersionWithLearners(lesson.learned, report, held_out, [])
    learned = replace(lesson.learned, controls=controls)
    if not model_spec.form.only:
        learned = replace(learned, whole=calibrator_of(_verdicts(model_spec, lesson, believed))[0])
    spec = replace(model_spec, learned=learned)
    return VersionWithLearners(learned, report, renewed(spec, held_out, believed), digests)


def beliefs_of(control: str, material: Material, held_out: Mapping[str, Prediction]) -> Floats:
    """Return what is believed of a control, shape (answers, labels); NaN where nothing is."""
    rows = np.full(material.answers.log_probabilities.shape, np.nan)
    for row, key in zip(rows, material.known.keys, strict=True):
        if key in held_out and control in held_out[key].parts:
            distribution = held_out[key].parts[control].distribution
            row[:] = [distribution[value] for value in material.values]
    return rows


def _control_model(
    control_model: ControlModel,
    calibration: CalibrationPipeline,
    material: Material,
    choice: EnsembleChoice,
    learners: Mapping[str, TrainedLearner],
) -> ControlModel:
    calibration = replace(calibration, ensemble=choice.ensemble, shift=None)
    artefacts = {name: learners[name].artefact for name in calibration.learners}
    believed = _of_open(calibration, material, learners)
    if believed is not None:
        known = np.asarray(np.isfinite(choice.out_of_fold).all(axis=1), dtype=np.bool_)
        labels = material.answers.part(known).with_beliefs(choice.out_of_fold[known])
        calibration = replace(calibration, shift=covariate_shift.fit(labels, believed.max(axis=1)))
    prior = learners[LORA].prior if LORA in artefacts else ()
    return replace(control_model, calibration=calibration, artefacts=artefacts, adapter_prior=prior)


def _of_open(
    calibration: CalibrationPipeline, material: Material, learners: Mapping[str, TrainedLearner]
) -> Floats | None:
    """Return what is believed of open texts, shape (texts, labels); None: not all were asked."""
    texts = material.open_
    found = {name: learners[name].open_ for name in calibration.learners}
    said = {name: one for name, one in found.items() if one is not None}
    if texts is None or len(said) < len(found):
        return None
    return calibration(texts.log_probabilities, texts.embeddings, said)


def with_beliefs(
    control: str, material: Material, held_out: Mapping[str, Prediction], beliefs: Floats
) -> Mapping[str, Prediction]:
    """Put a control's beliefs in the place of those that were there."""
    renewed = {**held_out}
    for key, row in zip(material.known.keys, beliefs, strict=True):
        if key in held_out and control in held_out[key].parts:
            parts = held_out[key].parts
            part = _part(parts[control], material.values, row)
            renewed[key] = replace(held_out[key], parts={**parts, control: part})
    return renewed


def _part(part: Part, values: Sequence[str], row: Floats) -> Part:
    best = int(row.argmax())
    shares = np.minimum(row, 1.0).tolist()
    return replace(
        part,
        answer=values[best],
        confidence=shares[best],
        distribution=dict(zip(values, shares, strict=True)),
    )


def _verdicts(
    model_spec: ModelSpec, lesson: Lesson, held_out: Mapping[str, Prediction]
) -> list[Verdict]:
    """Hold what is believed of whole forms against people's answers."""
    counted = {
        one.from_name for one in model_spec.form.controls if model_spec.equivalence.counts(one)
    }
    verdicts = []
    for answered in lesson.answers:
        prediction = held_out.get(answered.item.key)
        if prediction is None:
            continue
        parts = prediction.parts
        answer = model_spec.form.answer({name: part.answer for name, part in parts.items()})
        if answer is not None:
            said = math.prod(part.confidence for name, part in parts.items() if name in counted)
            is_right = model_spec.equivalence.is_same_answer(answer, answered.answer)
            verdicts.append(Verdict(said, is_right, answered.probability))
    return verdicts


def renewed(
    spec: ModelSpec, before: Mapping[str, Prediction], held_out: Mapping[str, Prediction]
) -> Mapping[str, Prediction]:
    """Put parts together anew.

    A text is left out where another answer may show a control that nothing was said to.
    """
    found: dict[str, Prediction] = {}
    for key, changed in held_out.items():
        answers = [
            {name: part.answer for name, part in one.parts.items()}
            for one in (before[key], changed)
        ]
        is_whole = len(changed.parts) == len(spec.questions)
        if is_whole or answers[0] == answers[1]:
            prediction = prediction_of(spec, changed.parts)
            found |= {key: prediction} if prediction else {}
    return found


def _with_report(
    report: Mapping[str, Any], control: str, choice: EnsembleChoice
) -> Mapping[str, Any]:
    """Say what a control's learners brought: in its own report, where several have one."""
    if "controls" not in report:
        return {**report, "learners": choice.report}
    own = {**report["controls"][control], "learners": choice.report}
    return {**report, "controls": {**report["controls"], control: own}}

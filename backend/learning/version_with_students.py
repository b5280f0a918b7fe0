"""A version whose student answers what it is sure of, at a stated loss of accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from backend.calibration.cascade_student import CascadeStudent
from backend.calibration.learned_state import LearnedState
from backend.classifiers.cascade import CascadeRule, HeldOutAnswers, choose_rule
from backend.learning.fit import Lesson
from backend.learning.material import Material
from backend.learning.version_with_learners import TrainedLearner, beliefs_of, renewed, with_beliefs
from backend.pipeline.model_spec import ModelSpec
from labeling.mathtypes import Floats
from labeling.predictions.prediction import Prediction


@dataclass(frozen=True, slots=True)
class VersionWithStudents:
    """A version with students.

    Attributes:
        learned: The state.
        held_out: What it believes of the answered texts, out of fold, by the form's item.
    """

    learned: LearnedState
    held_out: Mapping[str, Prediction]


def version_with_students(
    model_spec: ModelSpec,
    lesson: Lesson,
    held_out: Mapping[str, Prediction],
    students: Mapping[str, TrainedLearner],
    loss: float,
) -> VersionWithStudents | None:
    """Have students answer what they are sure of, where that keeps a stated loss.

    Args:
        model_spec: How tasks are answered now, by what the students were taught by.
        lesson: What was learned from.
        held_out: What is believed now of the answered texts, out of fold, by the form's item.
        students: By control.
        loss: The accuracy that may be lost, a share.

    Returns:
        The version; None where no student may answer anything.
    """
    if model_spec.learned is None:
        return None
    controls, believed = {**model_spec.learned.controls}, held_out
    for name, student in students.items():
        material = lesson.materials[name]
        teacher = beliefs_of(name, material, held_out)
        rule = _rule(material, teacher, student.held_out, loss)
        if rule.threshold is not None and name in controls:
            answering = CascadeStudent(
                student.artefact, rule.threshold, loss, rule.risk, rule.share, len(material)
            )
            controls[name] = replace(controls[name], student=answering)
            is_sure = rule.is_sure(np.nan_to_num(student.held_out))
            both = np.where(is_sure[:, None], student.held_out, teacher)
            believed = with_beliefs(name, material, believed, both)
    learned = replace(model_spec.learned, controls=controls)
    if learned == model_spec.learned:
        return None
    return VersionWithStudents(
        learned, renewed(replace(model_spec, learned=learned), held_out, believed)
    )


def _rule(material: Material, teacher: Floats, student: Floats, loss: float) -> CascadeRule:
    """Find the rule by the answers that neither saw; both were judged on these."""
    judged = np.isfinite(teacher).all(axis=1) & np.isfinite(student).all(axis=1)
    answers = material.answers.answers[judged]
    trust = float((material.answers.trust - material.answers.by_mistake).mean())
    return choose_rule(
        HeldOutAnswers(
            student[judged].max(axis=1),
            student[judged].argmax(axis=1) == answers,
            teacher[judged].argmax(axis=1) == answers,
        ),
        loss,
        informative=min(1.0, trust),
    )

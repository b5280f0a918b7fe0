"""What of a form's answers counts: what shows, what is marked, and what is required."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from labeling.answers.types import AnswerType, paths_of, spans_of, strings_of
from labeling.controls import Control, OfRegions
from labeling.form.config import Condition

Conditions: TypeAlias = Mapping[str, tuple[Condition, ...]]
"""All that must hold for a control to show, by its name; it always does, where it has none."""


def is_shown(
    control: Control,
    conditions: Conditions,
    controls: Sequence[Control],
    answers: Mapping[str, str],
) -> bool:
    """Return whether a control shows under the other controls' answers.

    Args:
        control: The control.
        conditions: The form's.
        controls: All controls of the form that are answered.
        answers: Their answers, by name.

    Returns:
        Whether all of its conditions hold.
    """
    by_name = {one.from_name: one for one in controls}
    return all(
        _is_met(condition, by_name, answers) for condition in conditions.get(control.from_name, ())
    )


def visible(
    conditions: Conditions, controls: Sequence[Control], answers: Mapping[str, str]
) -> Mapping[str, str]:
    """Leave out answers of what does not show, and of what shows only beside that.

    Args:
        conditions: The form's.
        controls: All controls of the form that are answered.
        answers: Their answers, by name.

    Returns:
        The answers that show beside each other.
    """
    kept = dict(answers)
    while True:
        names = {one.from_name for one in controls if is_shown(one, conditions, controls, kept)}
        fewer = {name: answer for name, answer in kept.items() if name in names}
        if fewer == kept:
            return kept
        kept = fewer


def marked_only(controls: Sequence[Control], answers: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is said of regions that are not marked.

    Args:
        controls: All controls of the form that are answered.
        answers: Their answers, by name.

    Returns:
        The answers, of controls of regions those of marked ones alone.

    Raises:
        AnswerError: An answer is none of its control.
    """
    kept = dict(answers)
    for control in controls:
        if isinstance(control, OfRegions) and control.from_name in answers:
            marked = answers.get(control.marks.from_name, "[]")
            kept[control.from_name] = control.within(answers[control.from_name], marked)
    return kept


def lacks_required(
    conditions: Conditions, controls: Sequence[Control], answers: Mapping[str, str]
) -> bool:
    """Return whether a control that must be answered shows and is not.

    Args:
        conditions: The form's.
        controls: All controls of the form that are answered.
        answers: Their answers, by name.

    Returns:
        Whether there is one.
    """
    return any(
        control.required
        and control.from_name not in answers
        and is_shown(control, conditions, controls, answers)
        for control in controls
    )


def _is_met(
    condition: Condition, by_name: Mapping[str, Control], answers: Mapping[str, str]
) -> bool:
    if condition.control not in by_name:
        # What only people answer is unknown here, so nothing may depend on it.
        return True
    answer = answers.get(condition.control)
    picked = set() if answer is None else _picked(by_name[condition.control], answer)
    is_picked = bool(picked & condition.values if condition.values else picked)
    return is_picked != condition.is_met_without


def _picked(control: Control, answer: str) -> set[str]:
    """Return what conditions may name of an answer: what people see, and what is stored."""
    match control.answer_type:
        case AnswerType.SET:
            values = set(strings_of(answer))
        case AnswerType.PATHS:
            values = {value for path in paths_of(answer) for value in path}
        case AnswerType.SPANS:
            values = {label for _, _, label in spans_of(answer)}
        case _:
            values = {answer}
    shown = {one.text for one in control.candidates if one.value in values}
    return values | shown

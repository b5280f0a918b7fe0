"""A form: what a label config asks, and how a task's texts and answers are read as its strings.

A task is one *item*, whatever it shows, and one *answer*, however much was asked, so that all that
routes, counts and compares need not know the form. With a single text, the item is that text; with
several it is JSON, each text by its object's name. With a single control, the answer is the
control's; with several it is JSON, each control's answer by its name.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.answerable import answerable
from labeling.answers import CHOICES, Kind, content_of, paths_of, spans_of, strings_of, written
from labeling.config import Condition, interface_of, places_of
from labeling.controls import CONTROLS, Control, OfRegions, Region
from labeling.errors import AnswerError, LabelConfigError, TaskError

TEXT_TAGS = ("Text",)
"""Object tags whose content is plain text."""

LONGEST_TEXT = 1_000_000
"""Characters of one text beyond which a task is refused rather than read."""


@dataclass(frozen=True)
class Form:
    """What a label config asks.

    Attributes:
        config: The label config itself, XML.
        controls: The controls that Tandem answers, in the config's order, but those that are asked
            of regions behind all others; at least one.
        left_to_people: `Tag 'name'`, with its line, of each control that only people can answer.
        texts: For each object tag of plain text, in the config's order, its name and the task field
            that it shows. What a control is about must be there; what is only shown beside, may.
        titles: What stands over each control, by its name.
        conditions: When a control shows, by its name; always, where it has none.
    """

    config: str
    controls: tuple[Control, ...]
    left_to_people: tuple[str, ...]
    texts: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)

    @property
    def only(self) -> Control | None:
        """The control, where there is but one."""
        return self.controls[0] if len(self.controls) == 1 else None

    @property
    def is_one_choice(self) -> bool:
        """Whether all that is asked is one control whose every answer is a candidate."""
        return self.only is not None and self.only.kind in CHOICES

    @property
    def digest(self) -> str:
        """SHA-256 of the label config, in hex: equal configs ask the same."""
        return hashlib.sha256(self.config.encode()).hexdigest()

    def item_of(self, task: Any) -> str:
        """Read the item out of a task as Label Studio sends it.

        Raises:
            TaskError: It is no task, or has not the texts that are asked about.
        """
        data = task.get("data") if isinstance(task, Mapping) else None
        if not isinstance(data, Mapping):
            raise TaskError("The task holds no data")
        return self.text_of(data)

    def text_of(self, data: Mapping[str, Any]) -> str:
        """Read the item out of a task's data.

        Numbers are read as their digits, since Label Studio shows them so.

        Raises:
            TaskError: A field is missing, null, empty, not a text, or too long.
        """
        if len(self.texts) == 1:
            [field] = self.texts.values()
            return _text_in(data, field)
        asked = {name for control in self.controls for name in control.to_names}
        return written(
            {
                name: _text_in(data, field)
                for name, field in self.texts.items()
                if name in asked or data.get(field)
            }
        )

    def shown(self, item: str) -> dict[str, str]:
        """Give the texts of an item, by the object that shows them.

        Raises:
            TaskError: It is no item of this form.
        """
        if len(self.texts) == 1:
            return dict.fromkeys(self.texts, item)
        try:
            texts = content_of(item)
            asked = {name for control in self.controls for name in control.to_names}
            return {n: str(texts[n]) for n in self.texts if n in asked or n in texts}
        except (AnswerError, KeyError, TypeError) as error:
            raise TaskError("This is no item of the label config") from error

    def data_of(self, item: str) -> dict[str, str]:
        """Write an item as the fields of a task's data, such as `text_of` reads.

        Raises:
            TaskError: It is no item of this form.
        """
        return {self.texts[name]: text for name, text in self.shown(item).items()}

    def answer(self, answers: Mapping[str, str]) -> str | None:
        """Join the controls' answers, by their names; None where nothing is answered.

        What does not show under the other answers is left out, as it would be by a person, and so
        is what is said of regions that are not marked.
        """
        if self.only:
            return answers.get(self.only.from_name)
        return written(self._of_marked(self._visible(answers))) if answers else None

    def answers(self, answer: str) -> dict[str, str]:
        """Take an answer apart: each control's, by its name.

        Raises:
            AnswerError: It is no answer of this form.
        """
        if self.only:
            return {self.only.from_name: answer}
        content = content_of(answer)
        names = {control.from_name for control in self.controls}
        if not isinstance(content, dict) or not content.keys() <= names:
            raise AnswerError(f"{answer[:100]!r} is not an answer of this form")
        return {str(name): str(one) for name, one in content.items()}

    def encode(self, answer: str, item: str = "") -> list[Region]:
        """Write an answer as the regions that Label Studio stores.

        Args:
            answer: The form's.
            item: What the task shows, which spans are cut from.

        Raises:
            AnswerError: It is no answer of this form.
            TaskError: The item is none of this form.
        """
        answers, shown = self.answers(answer), self.shown(item)
        if self._of_marked(answers) != answers:
            raise AnswerError(f"{answer[:100]!r} speaks of regions that it does not mark")
        return [
            region
            for control in self.controls
            if control.from_name in answers
            for region in control.encode(answers[control.from_name], shown[control.to_name])
        ]

    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the answer out of a result; None where it answers nothing, or not what is required.

        Raises:
            AnswerError: The regions cannot be understood.
        """
        found = {control.from_name: control.decode(regions) for control in self.controls}
        answers = {name: answer for name, answer in found.items() if answer is not None}
        if not answers or self._lacks(answers):
            return None
        return self.answer(answers)

    def accepts(self, answer: str, item: str) -> bool:
        """Tell whether a string is an answer of this form, to that item."""
        try:
            self.encode(answer, item)
        except (AnswerError, TaskError):
            return False
        return True

    def shows(self, control: Control, answers: Mapping[str, str]) -> bool:
        """Tell whether a control shows under the other controls' answers."""
        conditions = self.conditions.get(control.from_name, ())
        return all(self._is_met(condition, answers) for condition in conditions)

    def _visible(self, answers: Mapping[str, str]) -> Mapping[str, str]:
        """Leave out what does not show, and what shows only beside that."""
        kept = dict(answers)
        while True:
            names = {one.from_name for one in self.controls if self.shows(one, kept)}
            fewer = {name: answer for name, answer in kept.items() if name in names}
            if fewer == kept:
                return kept
            kept = fewer

    def _of_marked(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Leave out what is said of regions that are not marked.

        Raises:
            AnswerError: An answer is none of its control.
        """
        of_marked = dict(answers)
        for control in self.controls:
            if isinstance(control, OfRegions) and control.from_name in answers:
                marked = answers.get(control.marks.from_name, "[]")
                of_marked[control.from_name] = control.within(answers[control.from_name], marked)
        return of_marked

    def _lacks(self, answers: Mapping[str, str]) -> bool:
        return any(
            control.required and control.from_name not in answers and self.shows(control, answers)
            for control in self.controls
        )

    def _is_met(self, condition: Condition, answers: Mapping[str, str]) -> bool:
        by_name = {control.from_name: control for control in self.controls}
        if condition.control not in by_name:
            # What only people answer is unknown here, so nothing may hang on it.
            return True
        answer = answers.get(condition.control)
        picked = set() if answer is None else _picked(by_name[condition.control], answer)
        is_picked = bool(picked & condition.values if condition.values else picked)
        return is_picked != condition.is_met_without


def parse(config: str) -> Form:
    """Read a label config.

    Raises:
        LabelConfigError: The XML is broken, a tag unknown, or no control can be answered from a
            text.
    """
    interface = interface_of(config)
    texts = {
        tag.name: tag.value_name
        for tag in interface.objects
        if tag.tag in TEXT_TAGS and (tag.value or "").startswith("$")
    }
    places = places_of(config)
    asked = answerable(places, texts)
    if not asked.controls:
        found = ", ".join(asked.left_to_people) or "no control at all"
        raise LabelConfigError(
            f"The label config holds no control that Tandem can answer, only {found}",
            where="label config",
            mend=f"Add a {' or '.join(CONTROLS)} tag on a Text tag.",
        )
    return Form(
        config,
        asked.controls,
        asked.left_to_people,
        texts,
        titles={control.from_name: places[control.from_name].title for control in asked.controls},
        conditions=asked.conditions,
    )


def _picked(control: Control, answer: str) -> set[str]:
    """Give what conditions may name of an answer: what people see, and what is stored."""
    match control.kind:
        case Kind.SET:
            values = set(strings_of(answer))
        case Kind.PATHS:
            values = {value for path in paths_of(answer) for value in path}
        case Kind.SPANS:
            values = {label for _, _, label in spans_of(answer)}
        case _:
            values = {answer}
    shown = {one.text for one in control.candidates if one.value in values}
    return values | shown


def _text_in(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        raise TaskError(f"The task has no field {field!r}", mend="Add it to the task's data.")
    if not isinstance(value, str):
        raise TaskError(f"The task's field {field!r} is not a text")
    if not value.strip():
        raise TaskError(f"The task's field {field!r} is empty")
    if len(value) > LONGEST_TEXT:
        raise TaskError(f"The task's field {field!r} is longer than {LONGEST_TEXT} characters")
    return value

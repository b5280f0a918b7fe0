"""A form: what a label config asks, and how a task's texts and answers are read as its strings.

A task is one *item*, whatever it shows, and one *answer*, however much was asked, so that all that
routes, counts and compares need not know the form. With a single object, the item is its content
(see `labeling.objects`); with several it is JSON, each content by its object's name. With a single
control, the answer is the control's; with several it is JSON, each control's answer by its name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from labeling.answers.types import CHOICES, AnswerType, canonical_json, content_of
from labeling.controls import CONTROLS, Control, Region
from labeling.errors import AnswerError, LabelConfigError, TaskError
from labeling.form.conditions import Conditions, lacks_required, marked_only, visible
from labeling.form.config import names_in, places_of, require_valid
from labeling.form.foreign import own_regions, pattern_of
from labeling.form.items import contents_of, joined
from labeling.form.offsets import from_stored_offsets, to_stored_offsets
from labeling.form.people_only import PeopleOnly
from labeling.form.shown import shown_in
from labeling.form.supported import answerable
from labeling.hashing import digest_of
from labeling.objects import OBJECTS, ObjectTag


@dataclass(frozen=True)
class Form:
    """What a label config asks.

    Attributes:
        config: The label config itself, XML.
        controls: The controls that Tandem answers, in the config's order, but those that are asked
            of regions behind all others; at least one.
        left_to_people: The controls that only people can answer, in the config's order.
        unread: What people see and the model does not, in the config's order.
        objects: All that shows a task's data and can be read, in the config's order, by its name.
            What a control is about must be there in a task; what is only shown beside, may.
        titles: What stands over each control, by its name.
        conditions: When a control shows, by its name; always, where it has none.
        names: Every name that the label config gives, whoever answers it.
        old_names: The names that controls had before, and have today.
    """

    config: str
    controls: tuple[Control, ...]
    left_to_people: tuple[PeopleOnly, ...]
    unread: tuple[PeopleOnly, ...]
    objects: Mapping[str, ObjectTag]
    titles: Mapping[str, str] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    old_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def only(self) -> Control | None:
        """The control, where there is but one."""
        return self.controls[0] if len(self.controls) == 1 else None

    @property
    def is_one_choice(self) -> bool:
        """Whether all that is asked is one control whose every answer is a candidate."""
        return self.only is not None and self.only.answer_type in CHOICES

    @property
    def digest(self) -> str:
        """SHA-256 of the label config, in hex: equal configs ask the same."""
        return digest_of(self.config)

    def item_of(self, task: Any) -> str:
        """Read the item out of a task as Label Studio sends it.

        Raises:
            TaskError: It is no task, or has not what is asked about.
        """
        data = task.get("data") if isinstance(task, Mapping) else None
        if not isinstance(data, Mapping):
            raise TaskError("The task holds no data")
        return self.text_of(data)

    def text_of(self, data: Mapping[str, Any]) -> str:
        """Read the item out of a task's data.

        Raises:
            TaskError: A field is missing, null, empty, not what its object shows, or too long, or
                where spans stand in it cannot be told though they are asked for.
        """
        contents = {
            name: one.content_in(data)
            for name, one in self.objects.items()
            if len(self.objects) == 1 or name in self._asked or one.value.is_in(data)
        }
        for control in self.controls:
            if control.answer_type is AnswerType.SPANS:
                self.objects[control.to_name].markable(contents[control.to_name])
        return joined(self.objects, contents)

    def shown(self, item: str) -> dict[str, str]:
        """Return the texts that people read of an item, by the object that shows them.

        Raises:
            TaskError: It is no item of this form.
        """
        contents = self._contents(item)
        return {name: self.objects[name].text_of(one) for name, one in contents.items()}

    def markable(self, item: str) -> dict[str, str]:
        """Return the same texts, with a blank for each character that nobody can mark.

        Raises:
            TaskError: It is no item of this form.
        """
        marked = {
            control.to_name for control in self.controls if control.answer_type is AnswerType.SPANS
        }
        contents = self._contents(item)
        return {name: self.objects[name].markable(contents[name]) for name in marked}

    def read(self, item: str) -> str:
        """Return an item as people read it, in which spans are counted.

        A single object's text, or JSON with each text by its object's name; an item that cannot be
        read is given as it is.
        """
        try:
            return joined(self.objects, self.shown(item))
        except TaskError:
            return item

    def data_of(self, item: str) -> dict[str, Any]:
        """Write an item as the fields of a task's data, such as `text_of` reads.

        Raises:
            TaskError: It is no item of this form.
        """
        parts = [self.objects[name].data_of(one) for name, one in self._contents(item).items()]
        return {field: value for part in parts for field, value in part.items()}

    @cached_property
    def named(self) -> re.Pattern[str]:
        """What matches every name that the label config gives."""
        return pattern_of(self.names)

    @property
    def _asked(self) -> set[str]:
        """The objects that controls are about."""
        return {name for control in self.controls for name in control.to_names}

    def _contents(self, item: str) -> dict[str, str]:
        return contents_of(self.objects, self._asked, item)

    def answer(self, answers: Mapping[str, str]) -> str | None:
        """Join the controls' answers, by their names; None where nothing is answered.

        What does not show under the other answers is left out, as it would be by a person, and so
        is what is said of regions that are not marked.
        """
        if self.only:
            return answers.get(self.only.from_name)
        if not answers:
            return None
        return canonical_json(
            marked_only(self.controls, visible(self.conditions, self.controls, answers))
        )

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

        Returns:
            The regions of all controls, in their order.

        Raises:
            AnswerError: It is no answer of this form.
            TaskError: The item is none of this form.
        """
        answers, shown = self.answers(answer), self.shown(item)
        if marked_only(self.controls, answers) != answers:
            raise AnswerError(f"{answer[:100]!r} speaks of regions that it does not mark")
        regions = [
            region
            for control in self.controls
            if control.from_name in answers
            for region in control.encode(answers[control.from_name], shown[control.to_name])
        ]
        return self.to_stored_offsets(regions, item)

    def to_stored_offsets(self, regions: Sequence[Region], item: str) -> list[Region]:
        """Write where controls' own regions stand in an item's texts as Label Studio stores it.

        Args:
            regions: Controls' own, with `start` and `end` in the texts.
            item: What the task shows.

        Returns:
            The same regions, placed.

        Raises:
            AnswerError: Nothing can be marked where one begins or ends.
            TaskError: The item is none of this form.
        """
        return to_stored_offsets(regions, self.objects, self._contents(item))

    def decode(self, regions: Sequence[Region], item: str = "") -> str | None:
        """Read the answer out of a result; None where it answers nothing, or not what is required.

        Args:
            regions: The result's.
            item: What the task shows, in whose texts spans are counted.

        Returns:
            The answer; None where nothing is answered, or something required is not.

        Raises:
            AnswerError: The regions cannot be understood, or not without the item, or answer
                another form.
        """
        own = own_regions(regions, self.controls, self.named, self.old_names)
        try:
            own = from_stored_offsets(own, self.objects, self._contents(item) if item else {})
        except TaskError as error:
            raise AnswerError(f"Where a region stands cannot be told: {error}") from error
        decoded = {control.from_name: control.decode(own) for control in self.controls}
        answers = {name: answer for name, answer in decoded.items() if answer is not None}
        if not answers or lacks_required(self.conditions, self.controls, answers):
            return None
        return self.answer(answers)

    def accepts(self, answer: str, item: str) -> bool:
        """Return whether a string is an answer of this form, to that item.

        Args:
            answer: Any string.
            item: What the task shows.

        Returns:
            Whether it can be stored as an answer.
        """
        try:
            self.encode(answer, item)
        except (AnswerError, TaskError):
            return False
        return True


def parse(config: str, old_names: Mapping[str, str] | None = None) -> Form:
    """Read a label config.

    Args:
        config: The label config, XML.
        old_names: The names that controls had before, and have today.

    Returns:
        The form.

    Raises:
        LabelConfigError: The XML is broken, a tag unknown, or no control can be answered from a
            text.
    """
    require_valid(config)
    shown, places = shown_in(config), places_of(config)
    asked = answerable(places, shown)
    if not asked.controls:
        found = "; ".join(one.reason for one in asked.left_to_people) or "no control at all"
        raise LabelConfigError(
            f"The label config holds no control that Tandem can answer, only {found}",
            where="label config",
            hint=f"Add a {' or '.join(CONTROLS)} tag on a {' or '.join(OBJECTS)} tag.",
        )
    return Form(
        config,
        asked.controls,
        asked.left_to_people,
        tuple(shown.unread.values()),
        shown.objects,
        titles={one.from_name: places[one.from_name].title for one in asked.controls},
        conditions=asked.conditions,
        names=names_in(config),
        old_names=old_names or {},
    )

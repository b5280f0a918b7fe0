"""A training set, read: the items that the model is asked about, and what people answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.questions.item import PromptItem, item_of
from labeling.errors import AnswerError, TaskError
from labeling.form.form import Form
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """What people answered about a whole item.

    Attributes:
        item: The item.
        answer: The form's answer.
        by_control: Each control's answer, by its name.
        probability: Probability that it is right, by the people who gave it.
        shares: Of controls that ask for an opinion, the share of people who gave each label.
    """

    item: PromptItem
    answer: str
    by_control: Mapping[str, str]
    probability: float
    shares: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class LabeledItem:
    """What people answered about one control of an item.

    Attributes:
        item: The item.
        answer: The control's answer.
        probability: Probability that it is right, by the people who gave it.
        shares: Where their opinion is asked, the share of people who gave each label; else empty.
    """

    item: PromptItem
    answer: str
    probability: float
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ControlSamples:
    """What is learned from, of one control.

    Attributes:
        texts: Items of the project, whatever their answers.
        answers: People's answers.
        open_items: Items that nobody answered yet.
    """

    texts: Sequence[PromptItem]
    answers: Sequence[LabeledItem]
    open_items: Sequence[PromptItem]

    def with_embeddings(self, vectors: Mapping[str, Floats]) -> "ControlSamples":
        """Return the same items with their embeddings, for prompts that show what is like them.

        Args:
            vectors: Of all items, shape (dims,) each, by key.
        """

        def embedded(item: PromptItem) -> PromptItem:
            return replace(item, embedding=vectors[item.key].astype(np.float32))

        return ControlSamples(
            [embedded(one) for one in self.texts],
            [replace(one, item=embedded(one.item)) for one in self.answers],
            [embedded(one) for one in self.open_items],
        )


@dataclass(frozen=True, slots=True)
class Samples:
    """What is learned from, sorted, so that the order in a training set does not matter.

    Attributes:
        texts: Items of the project, whatever their answers, each once.
        answers: People's answers; those that the label config has no place for are left out.
        open_items: Items that nobody answered yet, each once.
    """

    texts: Sequence[PromptItem]
    answers: Sequence[AnsweredItem]
    open_items: Sequence[PromptItem]

    @classmethod
    def read(cls, form: Form, training_set: TrainingSet) -> Self:
        """Read a training set.

        Args:
            form: What the label config asks.
            training_set: What is learned from.

        Returns:
            What can be read of it.
        """
        return cls(
            _items(form, training_set.texts),
            _answers(form, training_set.answers),
            _items(form, training_set.open_texts),
        )

    def of_control(self, name: str) -> ControlSamples:
        """Return what is learned from, of one control, given by its name."""
        answers = [
            LabeledItem(one.item, one.by_control[name], one.probability, one.shares.get(name, {}))
            for one in self.answers
            if name in one.by_control
        ]
        return ControlSamples(self.texts, answers, self.open_items)


def _answers(form: Form, answers: Iterable[HumanAnswer]) -> list[AnsweredItem]:
    read = []
    for one in sorted(set(answers)):
        try:
            by_control = form.answers(one.label)
            form.encode(one.label, one.text)
            item = item_of(form, one.text)
        except (AnswerError, TaskError):
            continue
        if one.text.strip():
            shares = {name: dict(own) for name, own in one.shares}
            read.append(AnsweredItem(item, one.label, by_control, one.probability, shares))
    return read


def _items(form: Form, texts: Iterable[str]) -> list[PromptItem]:
    items = []
    for text in sorted({text for text in texts if text.strip()}):
        try:
            items.append(item_of(form, text))
        except TaskError:
            continue
    return items

"""Solved items before what is asked: which a question can show, and how it writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from backend.prompts.examples import ExamplePlan, SolvedItem
from backend.prompts.frame import OWN, SHARED
from backend.questions.item import PromptItem, item_of
from labeling.answers.types import AnswerType, canonical_json, spans_of
from labeling.controls import Control, OfRegions
from labeling.errors import AnswerError, TandemError, TaskError
from labeling.form.form import Form
from labeling.hashing import digest_of
from labeling.mathtypes import Floats

Write = Callable[[PromptItem, str], str]
"""Writes a solved item, up to where the next item stands, of the item and its answer."""

_SHOWN = frozenset(
    {AnswerType.CLASS, AnswerType.SCALE, AnswerType.PATHS, AnswerType.SET, AnswerType.SPANS}
)


def takes_examples(control: Control) -> bool:
    """Return whether a control's question can show solved items.

    A comparison of two cannot, since an example would prefer a side; nor can what is asked of
    spans, nor what is written.
    """
    return not isinstance(control, OfRegions) and control.answer_type in _SHOWN


def label_of(control: Control, answer: str) -> str:
    """Return what examples are balanced by.

    Args:
        control: The control.
        answer: Its answer.

    Returns:
        The answer; of spans the labels that occur.

    Raises:
        AnswerError: It is no answer of the control.
    """
    if control.answer_type is not AnswerType.SPANS:
        return answer
    return canonical_json(sorted({label for _, _, label in spans_of(answer)}))


def with_examples(prompt: str, examples: "ShownExamples | None") -> str:
    """Return a prompt's digest, that of its examples included, in hex."""
    return digest_of(prompt, examples.plan.digest) if examples else prompt


@dataclass(frozen=True)
class ShownExamples:
    """Puts a plan's solved items before what prompts show.

    Attributes:
        plan: Says which.
        form: What the label config asks; items that it cannot show are left out.
        control: Whose answers are shown; those that it has no place for are left out.
        silent: Items that say nothing, by key: they have no embedding.
    """

    plan: ExamplePlan
    form: Form
    control: Control
    silent: frozenset[str] = frozenset()

    def prompts(self, items: Sequence[PromptItem], *writes: Write) -> list[list[str]]:
        """Return what prompts show of items, examples before each.

        Args:
            items: What is asked about.
            writes: Each writes solved items for one of the prompts about an item.

        Returns:
            For each item, in order, one prompt for each way to write.

        Raises:
            TaskError: The embedding of an item is not at hand, and the plan needs it.
        """
        mark = SHARED if self.plan.is_shared else OWN
        written = lru_cache(maxsize=None)(self._written)
        picked = [self.plan.examples(item.key, self._vector(item)) for item in items]
        return [
            ["".join(written(one, write) for one in own) + mark + item.prompt for write in writes]
            for item, own in zip(items, picked, strict=True)
        ]

    def error(self, item: PromptItem) -> TandemError | None:
        """Return why no examples could be picked for an item, if so."""
        found = item.embedding
        return found if self.plan.needs_embedding and isinstance(found, TandemError) else None

    def _vector(self, item: PromptItem) -> Floats | None:
        """Return the vector that decides; of what says nothing, and of what failed, none."""
        if not self.plan.needs_embedding or isinstance(item.embedding, TandemError):
            return None
        if item.embedding is None:
            if item.key in self.silent:
                return None
            raise TaskError("Its embedding is not at hand")
        return item.embedding.astype(np.float64)

    def _written(self, one: SolvedItem, write: Write) -> str:
        item = self._readable.get(one.key)
        return write(item, one.answer) if item else ""

    @cached_property
    def _readable(self) -> dict[str, PromptItem]:
        """The items that the form can show with their answers, by key."""
        readable = {}
        for one in self.plan.items:
            try:
                item = item_of(self.form, one.key)
                self.control.encode(one.answer, item.texts[self.control.to_name])
            except (AnswerError, TaskError):
                continue
            readable[one.key] = item
        return readable

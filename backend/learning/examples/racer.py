"""One plan of examples on trial: what the model said under it, and what that cost."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backend.engines import Asked
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps
from backend.engines.token_estimate import tokens_in, tokens_of
from backend.learning.examples.losses import Said, say
from backend.learning.selection import LossComparison
from backend.prompts.examples import ExamplePlan
from backend.questions.base import Question
from backend.questions.item import PromptItem
from labeling.mathtypes import Floats

READ_ALL = 0.95
"""The share of items that must be readable under a plan, of those that are without."""


class Racer:
    """Asks a control's question under one plan, and counts.

    Args:
        name: How it is called in reports.
        plan: The plan; None: no examples.
        question: The question under it.

    Attributes:
        said: What was said of each item so far, in order; None: it cannot be read.
        tokens: Tokens that were read and written, as estimated, those that all prompts begin with
            left out.
        shared_tokens: Tokens that stand before all items, as estimated.
        losses: Log losses when it was last judged, in nats, shape (answers,); empty: it never was.
        verdict: Then, how it compared with the prompt without examples.
    """

    def __init__(self, name: str, plan: ExamplePlan | None, question: Question) -> None:
        self.name = name
        self.plan = plan
        self.question = question
        self.said: list[Said | None] = []
        self.tokens = 0
        self.shared_tokens = 0
        self.losses: Floats = np.zeros(0)
        self.verdict: LossComparison | None = None
        self._requests = 0

    @property
    def tokens_an_item(self) -> float:
        """Tokens that are read and written of each item, as estimated."""
        return self.tokens / max(len(self.said), 1)

    @property
    def requests_an_item(self) -> float:
        """Requests that are made of each item."""
        return self._requests / max(len(self.said), 1)

    def reads_as_much_as(self, base: "Racer") -> bool:
        """Return whether nearly all items that another one could read can be read here, too.

        Args:
            base: The other one, asked about the same items. A prompt that is too long with
                examples cannot be read.
        """
        pairs = zip(base.said, self.said, strict=True)
        read = [own is not None for of_base, own in pairs if of_base is not None]
        return sum(read) >= READ_ALL * len(read)

    def said_of(self, places: Sequence[int]) -> list[Said]:
        """Return what was said of some items, given by their place; of the unread, nothing."""
        found = (self.said[place] for place in places)
        return [one for one in found if one is not None]

    def ask(self, items: Sequence[PromptItem], abilities: Abilities) -> Steps[None]:
        """Ask about further items.

        Args:
            items: The items.
            abilities: What the engine can do.

        Returns:
            A conversation, whose findings are kept here.

        Raises:
            RetryLater: The time budget ran out; asking again gets further.
        """
        conversation = say(self.question, items, abilities)
        answers: Sequence[Any] | None = None
        while True:
            try:
                asked = next(conversation) if answers is None else conversation.send(answers)
            except StopIteration as end:
                self.said += end.value
                return
            self._count(asked)
            answers = yield asked

    def _count(self, asked: Sequence[Asked]) -> None:
        self._requests += len(asked)
        self.tokens += sum(map(tokens_of, asked))
        before = {one.context.before for one in asked}
        self.shared_tokens = max([self.shared_tokens, *map(tokens_in, before)])

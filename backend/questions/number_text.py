"""Answers in the model's own words: a text, or a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import numpy as np

from backend.confidence.methods.written_label import json_in, unreadable
from backend.engines import Ability, GenerateRequest, Generation
from backend.prompts.frame import PromptFrame
from backend.questions.item import PromptItem
from backend.questions.open import OpenQuestion, RawAnswer
from labeling.answers.types import canonical_json
from labeling.controls import Control
from labeling.errors import AnswerError, TandemError
from labeling.form.equivalence import Equivalence
from labeling.hashing import digest_of

TEMPERATURE = 0.7
"""At which more texts are sampled, to see whether they say the same."""


@dataclass(frozen=True)
class NumberTextQuestion(OpenQuestion):
    """A control whose answer the model writes, greedily, on one line.

    Its probability is the geometric mean of its tokens' probabilities; of a number, their product,
    since a number with one wrong digit is wrong. Where more texts are sampled, it is the mean
    similarity of those to the first instead (after Kuhn et al., "Semantic Uncertainty", ICLR 2023).

    Attributes:
        control: The control.
        engine: See `Question`.
        frame: The prompt.
        tokens: The most that is written.
        schema: The JSON schema that it obeys; None: it is free text.
        samples: Texts that are sampled besides.
        equivalence: Measures how similar two texts are.
    """

    control: Control
    engine: str
    frame: PromptFrame
    tokens: int
    schema: str | None
    samples: int
    equivalence: Equivalence

    @cached_property
    def prompt(self) -> str:
        """See `Question`."""
        more = (str(self.tokens), self.schema or "", str(self.samples))
        return digest_of(self.frame.digest_with(), *more)

    @property
    def needs(self) -> dict[str, frozenset[Ability]]:
        """Text, and its tokens' probabilities or several of it."""
        needed = {Ability.GENERATION, Ability.TOKEN_LOGPROBS}
        needed |= {Ability.SCHEMAS} if self.schema else set()
        needed |= {Ability.SAMPLING} if self.samples else set()
        return {f"{self.control.tag} {self.control.from_name!r}": frozenset(needed)}

    def plan(self, items: Sequence[PromptItem]) -> list[GenerateRequest]:
        """Ask for the answer, and for samples besides; see `OpenQuestion`."""
        contexts = [self.frame.around(item.prompt) for item in items]
        return [
            GenerateRequest(
                context, self.tokens, ("\n",), TEMPERATURE if seed else 0.0, seed, self.schema
            )
            for context in contexts
            for seed in range(1 + self.samples)
        ]

    def read(
        self,
        items: Sequence[PromptItem],  # noqa: ARG002 - the answers say all
        answers: Sequence[Generation | TandemError],
    ) -> list[RawAnswer | TandemError]:
        """Read the answer, and how far the samples agree; see `OpenQuestion`."""
        each = 1 + self.samples
        return [self._found(answers[at : at + each]) for at in range(0, len(answers), each)]

    def _found(self, texts: Sequence[Generation | TandemError]) -> RawAnswer | TandemError:
        first, *others = texts
        if isinstance(first, TandemError):
            return first
        try:
            answer = self._answer(first)
        except AnswerError:
            return unreadable(first.text, "a number" if self.schema else "a text")
        if others:
            return RawAnswer(answer, fmean(self._similarity(answer, other) for other in others))
        logprobs = first.token_logprobs
        total = logprobs.sum() if self.schema else logprobs.mean()
        return RawAnswer(answer, float(np.exp(min(total, 0.0))) if len(logprobs) else 0.0)

    def _similarity(self, answer: str, other: Generation | TandemError) -> float:
        if isinstance(other, TandemError):
            return 0.0
        try:
            return self.equivalence.similarity(self.control, answer, self._answer(other))
        except AnswerError:
            return 0.0

    def _answer(self, one: Generation) -> str:
        """Read what was written as an answer of the control.

        Raises:
            AnswerError: It is none.
        """
        value: dict[str, object] = (
            {"number": json_in(one.text)} if self.schema else {"text": [ended(one)]}
        )
        region = {
            "from_name": self.control.from_name,
            "type": self.control.tag.lower(),
            "value": value,
        }
        answer = self.control.decode([region])
        if answer is None:
            raise AnswerError(f"{canonical_json(value)[:100]} is no answer")
        return answer


def ended(one: Generation) -> str:
    """Return a text; one beyond its budget ends at its last whole sentence, else its last word."""
    text = " ".join(one.text.split())
    if one.is_whole:
        return text
    sentences = re.match(r"(.*[.!?…])(?=\s)", text)
    return sentences.group(1) if sentences else text.rpartition(" ")[0] or text

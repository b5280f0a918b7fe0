"""Any of several labels: of each, whether it applies, asked on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from scipy.special import expit

from backend.engines import Ability, Request, Scored
from backend.prompts import PromptBuilder
from backend.questions.item import PromptItem
from backend.questions.open import LIKELY, OpenQuestion, RawAnswer
from backend.questions.solved_items import ShownExamples, with_examples
from labeling.answers.types import canonical_json, strings_of
from labeling.controls import Candidate, Control
from labeling.errors import TandemError
from labeling.hashing import digest_of
from labeling.mathtypes import Floats

YES_NO = (Candidate("yes", "Yes"), Candidate("no", "No"))


@dataclass(frozen=True)
class MultiChoiceQuestion(OpenQuestion):
    """A control of which any candidates make the answer.

    Each label is judged by itself: no prompt names the others, so the answer about one does not
    depend on what else can be picked. Its log-odds are what the item adds to what the model says
    where it shows nothing (Zhao et al., "Calibrate Before Use", ICML 2021), in one of two ways:

    - by name: the log-probability of the label's name, which small models tell labels apart by;
    - yes or no: the log-odds of `Yes` against `No`, where the model is asked about the label.

    Attributes:
        control: The control.
        engine: See `Question`.
        builders: By name: one, whose candidates are the labels. Yes or no: one per label.
        nothing: Items that say nothing.
        is_yes_or_no: Whether the model is asked about each label.
        examples: Solved items that prompts show, each with the answer about the very label, or by
            name with the labels that it has; None: none.
    """

    control: Control
    engine: str
    builders: tuple[PromptBuilder, ...]
    nothing: tuple[PromptItem, ...]
    is_yes_or_no: bool
    examples: ShownExamples | None = None

    prior = "contextual"

    @cached_property
    def prompt(self) -> str:
        """See `Question`."""
        prompt = digest_of(*(builder.digest for builder in self.builders))
        return with_examples(prompt, self.examples)

    @property
    def needs(self) -> dict[str, frozenset[Ability]]:
        """The probabilities of given words."""
        name = f"{self.control.tag} {self.control.from_name!r}"
        return {name: frozenset({Ability.LABEL_LOGPROBS})}

    def plan(self, items: Sequence[PromptItem]) -> list[Request]:
        """Ask about nothing first, then about each item; see `OpenQuestion`."""
        return [
            builder.request(prompt)
            for prompts in self._prompts([*self.nothing, *items])
            for builder, prompt in zip(self.builders, prompts, strict=True)
        ]

    def read(
        self,
        items: Sequence[PromptItem],  # noqa: ARG002 - the answers say all
        answers: Sequence[Scored | TandemError],
    ) -> list[RawAnswer | TandemError]:
        """Compare each label's score with that where nothing is shown; see `OpenQuestion`."""
        each = len(self.builders)
        rows = [_all_scored(answers[at : at + each]) for at in range(0, len(answers), each)]
        nothing, shown = rows[: len(self.nothing)], rows[len(self.nothing) :]
        neutral = np.mean([self._label_scores(row) for row in nothing], axis=0)
        return [row if isinstance(row, TandemError) else self._found(row, neutral) for row in shown]

    def assemble(self, entries: Mapping[str, float]) -> str:
        """Pick the likely labels, and the likeliest where one is required."""
        picked = {name for name, p in entries.items() if p > LIKELY}
        if self.control.required and not picked:
            picked = {max(entries, key=lambda name: entries[name])}
        values = [one.value for one in self.control.candidates]
        return canonical_json([value for value in values if value in picked])

    def entries_of(self, answer: str) -> frozenset[str]:
        """Return the labels that were picked."""
        return frozenset(strings_of(answer))

    def _prompts(self, items: Sequence[PromptItem]) -> list[list[str]]:
        """Return what prompts show of items, for each builder."""
        if self.examples is None:
            return [[item.prompt] * len(self.builders) for item in items]
        places = range(len(self.builders))
        return self.examples.prompts(items, *(partial(self._solved, place) for place in places))

    def _solved(self, builder: int, item: PromptItem, answer: str) -> str:
        """Write a solved item for a builder; by name, one that has no label is not shown."""
        values = [candidate.value for candidate in self.control.candidates]
        picked = [values.index(value) for value in strings_of(answer)]
        asks = self.builders[builder]
        if self.is_yes_or_no:
            return asks.solved(item.prompt, asks.labels[0 if builder in picked else 1])
        named = ", ".join(asks.labels[place] for place in picked)
        return asks.solved(item.prompt, named) if named else ""

    def _label_scores(self, row: Sequence[Scored] | TandemError) -> Floats:
        """Return the scores of every label of one item, in nats, shape (labels,).

        Raises:
            TandemError: It stands in the place of the scores.
        """
        if isinstance(row, TandemError):
            raise row
        if self.is_yes_or_no:
            return np.array([one.loglikelihoods[0] - one.loglikelihoods[1] for one in row])
        return row[0].loglikelihoods

    def _found(self, row: Sequence[Scored], neutral: Floats) -> RawAnswer:
        probabilities = expit(self._label_scores(row) - neutral)
        values = [candidate.value for candidate in self.control.candidates]
        entries = dict(zip(values, map(float, probabilities), strict=True))
        return RawAnswer(
            self.assemble(entries),
            1.0,
            entries,
            truncated=any(one.truncated for one in row),
            missing=max(one.missing for one in row),
        )


def _all_scored(row: Sequence[Scored | TandemError]) -> list[Scored] | TandemError:
    """Return the scores of one item, or the error that stands in the place of one."""
    error = next((one for one in row if isinstance(one, TandemError)), None)
    return error or [one for one in row if isinstance(one, Scored)]

"""Which of two is better: both orders are scored, so that no place has an advantage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from backend.confidence.methods import LabelBelief, OneStepMethod
from backend.engines import Ability, Request, Scored
from backend.engines.model_client import Abilities
from backend.prompts.frame import LINE, one_line
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import PromptItem
from labeling.errors import TandemError
from labeling.form.config import readable_name
from labeling.settings.model_sections import MethodName

FIRST, SECOND = "First", "Second"


class PairLogprob(OneStepMethod[Request, Scored]):
    """Scores which is better in either order, and averages the log-probabilities; two calls.

    Models prefer a place whatever stands in it (Zheng et al., "Judging LLM-as-a-Judge", NeurIPS
    2023; Wang et al., "Large Language Models are not Fair Evaluators", 2023). The mean over both
    orders is the same for a pair and for the pair swapped, but for the sides.

    A text holds what is shown beside the two, then the left one and the right one, with `LINE`
    between them.
    """

    name: ClassVar[MethodName] = "label-logprob"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = False

    def plan(self, texts: Sequence[str], abilities: Abilities) -> list[Request]:  # noqa: ARG002
        """Ask about each pair in both orders; see `OneStepMethod`."""
        return [request for text in texts for request in self._both_orders(text)]

    def read(
        self,
        requests: Sequence[Request],  # noqa: ARG002 - the answers say all
        answers: Sequence[Scored | TandemError],
    ) -> list[LabelBelief | TandemError]:
        """Average both orders; see `OneStepMethod`."""
        return [_mean(*answers[at : at + 2]) for at in range(0, len(answers), 2)]

    def _both_orders(self, text: str) -> tuple[Request, Request]:
        *beside, left, right = text.split(LINE)
        return self._request(beside, left, right), self._request(beside, right, left)

    def _request(self, beside: Sequence[str], first: str, second: str) -> Request:
        return self.builder.request(
            LINE.join([*beside, f"{FIRST}: {first}", f"{SECOND}: {second}"])
        )


def _mean(one: Scored | TandemError, swapped: Scored | TandemError) -> LabelBelief | TandemError:
    if isinstance(one, TandemError):
        return one
    if isinstance(swapped, TandemError):
        return swapped
    # Halves are added, so that a swapped pair gives the very same numbers, swapped.
    return LabelBelief(
        one.loglikelihoods / 2 + swapped.loglikelihoods[::-1] / 2,
        one.truncated or swapped.truncated,
        max(one.missing, swapped.missing),
    )


@dataclass(frozen=True)
class PairQuestion(ChoiceQuestion):
    """A control that compares two objects."""

    def prompts(self, items: Sequence[PromptItem]) -> list[str]:
        """Return what stands beside the sides of each item, and both sides."""
        return [LINE.join([*self._beside(item), *self._sides(item)]) for item in items]

    def _sides(self, item: PromptItem) -> list[str]:
        return [one_line(item.texts[name]) for name in self.control.to_names]

    def _beside(self, item: PromptItem) -> list[str]:
        beside = {n: text for n, text in item.texts.items() if n not in self.control.to_names}
        return [f"{readable_name(name)}: {one_line(text)}" for name, text in beside.items()]

"""Which of two is better: both orders are scored, so that no place has an advantage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from backend.confidence.methods import ConfidenceMethod, LabelBelief
from backend.engines import Ability, Asked, Request
from backend.engines.model_client import ModelClient
from backend.prompts.frame import LINE, one_line
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import PromptItem
from labeling.errors import TandemError
from labeling.form.config import readable_name
from labeling.settings.sections import MethodName

FIRST, SECOND = "First", "Second"


class PairLogprob(ConfidenceMethod):
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

    def asked(self, texts: Sequence[str]) -> Sequence[Asked]:
        """List the requests of `ask`; see `ConfidenceMethod`."""
        return self._requests(texts)

    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Score both orders; see `ConfidenceMethod`."""
        scored = iter(model.score(self._requests(texts)))
        beliefs: list[LabelBelief | TandemError] = []
        for _ in texts:
            one, other = next(scored), next(scored)
            if isinstance(one, TandemError):
                beliefs.append(one)
            elif isinstance(other, TandemError):
                beliefs.append(other)
            else:
                # Halves are added, so that a swapped pair gives the very same numbers, swapped.
                both = one.loglikelihoods / 2 + other.loglikelihoods[::-1] / 2
                beliefs.append(
                    LabelBelief(
                        both,
                        one.truncated or other.truncated,
                        max(one.missing, other.missing),
                    )
                )
        return beliefs

    def _requests(self, texts: Sequence[str]) -> list[Request]:
        requests = []
        for text in texts:
            *beside, left, right = text.split(LINE)
            requests += [
                self._request(beside, left, right),
                self._request(beside, right, left),
            ]
        return requests

    def _request(self, beside: Sequence[str], first: str, second: str) -> Request:
        return self.builder.request(
            LINE.join([*beside, f"{FIRST}: {first}", f"{SECOND}: {second}"])
        )


@dataclass(frozen=True)
class PairQuestion(ChoiceQuestion):
    """A control that compares two objects."""

    def prompts(self, items: Sequence[PromptItem]) -> list[str]:
        """Give what stands beside the sides of each item, and both sides."""
        return [LINE.join([*self._beside(item), *self._sides(item)]) for item in items]

    def _sides(self, item: PromptItem) -> list[str]:
        return [one_line(item.texts[name]) for name in self.control.to_names]

    def _beside(self, item: PromptItem) -> list[str]:
        beside = {n: text for n, text in item.texts.items() if n not in self.control.to_names}
        return [f"{readable_name(name)}: {one_line(text)}" for name, text in beside.items()]

"""The probability of every label as the prompt's continuation, as the model scores it."""

from collections.abc import Sequence
from typing import ClassVar

from backend.confidence.methods.base import Belief, Method
from backend.engines import Ability, Asked
from backend.pipeline.model_client import Model
from labeling.errors import TandemError
from labeling.settings.sections import MethodName


class LabelLogprob(Method):
    """Sums the log-probabilities of each label's tokens; one call a text."""

    name: ClassVar[MethodName] = "label-logprob"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = True

    def asked(self, texts: Sequence[str]) -> Sequence[Asked]:
        """List the requests of `ask`; see `Method`."""
        return [self.builder.request(text) for text in texts]

    def ask(self, texts: Sequence[str], model: Model) -> list[Belief | TandemError]:
        """Score the labels; see `Method`."""
        return [
            scored
            if isinstance(scored, TandemError)
            else Belief(scored.loglikelihoods, scored.truncated, scored.missing)
            for scored in model.score([self.builder.request(text) for text in texts])
        ]

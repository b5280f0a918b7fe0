"""The probability of every label as the prompt's continuation, as the model scores it."""

from collections.abc import Sequence
from typing import ClassVar

from backend.confidence.methods.base import ConfidenceMethod, LabelBelief
from backend.engines import Ability, Asked
from backend.engines.model_client import ModelClient
from labeling.errors import TandemError
from labeling.settings.sections import MethodName


class LabelLogprob(ConfidenceMethod):
    """Sums the log-probabilities of each label's tokens; one call a text."""

    name: ClassVar[MethodName] = "label-logprob"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = True

    def asked(self, texts: Sequence[str]) -> Sequence[Asked]:
        """List the requests of `ask`; see `ConfidenceMethod`."""
        return [self.builder.request(text) for text in texts]

    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Score the labels; see `ConfidenceMethod`."""
        return [
            scored
            if isinstance(scored, TandemError)
            else LabelBelief(scored.loglikelihoods, scored.truncated, scored.missing)
            for scored in model.score([self.builder.request(text) for text in texts])
        ]

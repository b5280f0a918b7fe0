"""The probability of every label as the prompt's continuation, as the model scores it."""

from collections.abc import Sequence
from typing import ClassVar

from backend.confidence.methods.base import LabelBelief, OneStepMethod
from backend.engines import Ability, Request, Scored
from backend.engines.model_client import Abilities
from labeling.errors import TandemError
from labeling.settings.model_sections import MethodName


class LabelLogprob(OneStepMethod[Request, Scored]):
    """Sums the log-probabilities of each label's tokens; one call per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from labeling.settings.model_sections import ConfidenceSettings
        >>> from backend.prompts import PromptBuilder
        >>> import numpy as np
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = LabelLogprob(builder, ConfidenceSettings())
        >>> [request] = method.plan(["A fine film."], frozenset)
        >>> request.continuations
        (' good', ' bad')
        >>> [belief] = method.read([request], [Scored(np.log([0.3, 0.1]))])
        >>> np.exp(belief.loglikelihoods).round(2).tolist()
        [0.3, 0.1]
    """

    name: ClassVar[MethodName] = "label-logprob"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = True

    def plan(self, texts: Sequence[str], abilities: Abilities) -> list[Request]:  # noqa: ARG002
        """Ask for the labels' scores; see `OneStepMethod`."""
        return [self.builder.request(text) for text in texts]

    def read(
        self,
        requests: Sequence[Request],  # noqa: ARG002 - the answers say all
        answers: Sequence[Scored | TandemError],
    ) -> list[LabelBelief | TandemError]:
        """Take the scores as they are; see `OneStepMethod`."""
        return [
            scored
            if isinstance(scored, TandemError)
            else LabelBelief(scored.loglikelihoods, scored.truncated, scored.missing)
            for scored in answers
        ]

"""The probability of the label that the model writes, from the tokens that it writes.

The model answers the same prompt that labels are scored under, greedily, with one line. The product
of its tokens' probabilities is the probability that the label is right, and the others share the
rest evenly.
"""

from collections.abc import Sequence

import numpy as np

from backend.confidence.as_distribution import label_as_distribution
from backend.confidence.methods.base import LabelBelief, OneStepMethod
from backend.confidence.methods.written_label import STOP, label_of, room_for
from backend.engines import Ability, GenerateRequest, Generation
from backend.engines.model_client import Abilities
from labeling.errors import TandemError, TaskError


class SequenceLogprob(OneStepMethod[GenerateRequest, Generation]):
    """Lets the model write a label; one written answer per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from labeling.settings.model_sections import ConfidenceSettings
        >>> from backend.prompts import PromptBuilder
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = SequenceLogprob(builder, ConfidenceSettings())
        >>> [belief] = method.read([], [Generation(" good", np.log([0.8, 0.9]))])
        >>> np.exp(belief.loglikelihoods).round(2).tolist()
        [0.72, 0.28]
    """

    name = "sequence-logprob"
    needs = frozenset({Ability.GENERATION, Ability.TOKEN_LOGPROBS})
    takes_prior = False

    def plan(self, texts: Sequence[str], abilities: Abilities) -> list[GenerateRequest]:  # noqa: ARG002
        """Ask for a label in writing; see `OneStepMethod`."""
        room = room_for(*self.labels)
        return [GenerateRequest(self.builder.request(text).context, room, STOP) for text in texts]

    def read(
        self,
        requests: Sequence[GenerateRequest],  # noqa: ARG002 - the answers say all
        answers: Sequence[Generation | TandemError],
    ) -> list[LabelBelief | TandemError]:
        """Read the labels; what is none is an error. See `OneStepMethod`."""
        return [self._belief(written) for written in answers]

    def _belief(self, written: Generation | TandemError) -> LabelBelief | TandemError:
        if isinstance(written, TandemError):
            return written
        if not len(written.token_logprobs):
            return TaskError("The engine gave no log-probabilities of what the model wrote")
        try:
            answer = label_of(written.text, self.labels)
        except TaskError as error:
            return error
        probability = float(np.exp(written.token_logprobs.sum()))
        return LabelBelief(label_as_distribution(answer, probability, len(self.labels)))

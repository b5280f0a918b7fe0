"""The probability of the label that the model writes, from the tokens that it writes.

The model answers the same prompt that labels are scored under, greedily, with one line. The product
of its tokens' probabilities is the probability that the label is right, and the others share the
rest evenly.
"""

from collections.abc import Sequence

import numpy as np

from backend.confidence.as_distribution import stated_of
from backend.confidence.methods.base import ConfidenceMethod, LabelBelief
from backend.confidence.methods.written_label import STOP, label_of, room_for
from backend.engines import Ability, GenerateRequest, Generation
from backend.engines.model_client import ModelClient
from labeling.errors import TandemError, TaskError


class SequenceLogprob(ConfidenceMethod):
    """Lets the model write a label; one written answer a text."""

    name = "sequence-logprob"
    needs = frozenset({Ability.GENERATION, Ability.TOKEN_LOGPROBS})
    takes_prior = False

    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Let it write; what is no label is an error. See `ConfidenceMethod`."""
        room = room_for(*self.labels)
        requests = [
            GenerateRequest(self.builder.request(text).context, room, STOP) for text in texts
        ]
        return [self._read(written) for written in model.generate(requests)]

    def _read(self, written: Generation | TandemError) -> LabelBelief | TandemError:
        if isinstance(written, TandemError):
            return written
        if not len(written.token_logprobs):
            return TaskError("The engine told no log-probabilities of what the model wrote")
        try:
            answer = label_of(written.text, self.labels)
        except TaskError as error:
            return error
        probability = float(np.exp(written.token_logprobs.sum()))
        return LabelBelief(stated_of(answer, probability, len(self.labels)))

"""How often the model writes the same label when it is asked several times.

Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models" (ICLR 2023).
A label's probability is its share of the samples, one more sample being split evenly among all
labels, so that none is impossible: of 5 samples that agree on one of 4 labels, (5 + 1/4) / 6.
"""

import json
from collections.abc import Callable, Sequence

import numpy as np

from backend.confidence.methods.base import ConfidenceMethod, LabelBelief
from backend.confidence.methods.written_label import STOP, label_in, label_of, room_for, schema_of
from backend.engines import Ability, GenerateRequest, Generation
from backend.engines.model_client import ModelClient
from labeling.errors import TandemError, TaskError


class SelfConsistency(ConfidenceMethod):
    """Samples written labels; `confidence.samples` written answers a text.

    Where the engine can, the answers obey a JSON schema; else they are free, and what is no label
    does not count.
    """

    name = "self-consistency"
    needs = frozenset({Ability.GENERATION, Ability.SAMPLING})
    takes_prior = False

    def _moved_by(self) -> Sequence[str]:
        return str(self.settings.samples), str(self.settings.temperature)

    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Sample answers, and count them; see `ConfidenceMethod`."""
        if not texts:
            return []
        if Ability.SCHEMAS in model.abilities():
            schema, read = schema_of(self.labels), label_in
            room = room_for(*(json.dumps({"label": label}) for label in self.labels))
        else:
            schema, read, room = None, label_of, room_for(*self.labels)
        samples, heat = self.settings.samples, self.settings.temperature
        contexts = [self.builder.request(text).context for text in texts]
        written = model.generate(
            [
                GenerateRequest(context, room, STOP, heat, seed, schema)
                for context in contexts
                for seed in range(samples)
            ]
        )
        starts = range(0, len(written), samples)
        return [self._count(written[start : start + samples], read) for start in starts]

    def _count(
        self,
        written: Sequence[Generation | TandemError],
        read: Callable[[str, Sequence[str]], int],
    ) -> LabelBelief | TandemError:
        votes = np.zeros(len(self.labels))
        error: TandemError = TaskError("The model wrote nothing")
        for one in written:
            if isinstance(one, TandemError):
                return one
            try:
                votes[read(one.text, self.labels)] += 1
            except TaskError as unread:
                error = unread
        if not votes.any():
            return error
        return LabelBelief(np.log((votes + 1 / len(votes)) / (votes.sum() + 1)))

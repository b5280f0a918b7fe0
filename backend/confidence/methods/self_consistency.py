"""How often the model writes the same label when it is asked several times.

Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models" (ICLR 2023).
A label's probability is its share of the samples, one more sample being split evenly among all
labels, so that none is impossible: of 5 samples that agree on one of 4 labels, (5 + 1/4) / 6.
"""

import json
from collections.abc import Sequence

import numpy as np

from backend.confidence.methods.base import LabelBelief, OneStepMethod
from backend.confidence.methods.written_label import STOP, label_in, label_of, room_for, schema_of
from backend.engines import Ability, GenerateRequest, Generation
from backend.engines.model_client import Abilities
from labeling.errors import TandemError, TaskError


class SelfConsistency(OneStepMethod[GenerateRequest, Generation]):
    """Samples written labels; `confidence.samples` written answers per text.

    Where the engine can, the answers obey a JSON schema; else they are free, and what is no label
    does not count.

    Example:
        >>> from labeling.controls import Candidate
        >>> from labeling.settings.model_sections import ConfidenceSettings
        >>> from backend.prompts import PromptBuilder
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = SelfConsistency(builder, ConfidenceSettings(samples=3))
        >>> requests = method.plan(["A fine film."], frozenset)
        >>> [request.seed for request in requests]
        [0, 1, 2]
        >>> said = [Generation(label, np.array([])) for label in ("good", "bad", "good")]
        >>> [belief] = method.read(requests, said)
        >>> np.exp(belief.loglikelihoods).round(3).tolist()
        [0.625, 0.375]
    """

    name = "self-consistency"
    needs = frozenset({Ability.GENERATION, Ability.SAMPLING})
    takes_prior = False

    def _moved_by(self) -> Sequence[str]:
        return str(self.settings.samples), str(self.settings.temperature)

    def plan(self, texts: Sequence[str], abilities: Abilities) -> list[GenerateRequest]:
        """Ask for samples, a seed each; see `OneStepMethod`."""
        if not texts:
            return []
        if Ability.SCHEMAS in abilities():
            schema = schema_of(self.labels)
            room = room_for(*(json.dumps({"label": label}) for label in self.labels))
        else:
            schema, room = None, room_for(*self.labels)
        temperature = self.settings.temperature
        contexts = [self.builder.request(text).context for text in texts]
        return [
            GenerateRequest(context, room, STOP, temperature, seed, schema)
            for context in contexts
            for seed in range(self.settings.samples)
        ]

    def read(
        self,
        requests: Sequence[GenerateRequest],
        answers: Sequence[Generation | TandemError],
    ) -> list[LabelBelief | TandemError]:
        """Count the samples of each text; see `OneStepMethod`."""
        samples = self.settings.samples
        return [
            self._count(requests[at].schema is not None, answers[at : at + samples])
            for at in range(0, len(answers), samples)
        ]

    def _count(
        self, is_json: bool, samples: Sequence[Generation | TandemError]
    ) -> LabelBelief | TandemError:
        read = label_in if is_json else label_of
        votes = np.zeros(len(self.labels))
        error: TandemError = TaskError("The model wrote nothing")
        for one in samples:
            if isinstance(one, TandemError):
                return one
            try:
                votes[read(one.text, self.labels)] += 1
            except TaskError as unread:
                error = unread
        if not votes.any():
            return error
        return LabelBelief(np.log((votes + 1 / len(votes)) / (votes.sum() + 1)))

"""The label and the confidence that the model states in words.

Tian et al., "Just Ask for Calibration" (EMNLP 2023); Xiong et al., "Can LLMs Express Their
Uncertainty?" (ICLR 2024). The model writes one line of JSON with a label and a confidence, a whole
number of per cent or one of `WORDS`; anything else is an error. The other labels share the rest
evenly. What models say of themselves is mostly too sure, so nothing counts as more than `SUREST`.
"""

import json
from collections.abc import Sequence

from backend.confidence.as_distribution import label_as_distribution
from backend.confidence.methods.base import LabelBelief, OneStepMethod
from backend.confidence.methods.written_label import STOP, json_in, label_of, room_for, unreadable
from backend.engines import Ability, GenerateRequest, Generation
from backend.engines.model_client import Abilities
from backend.prompts import PromptBuilder
from labeling.errors import TandemError, TaskError
from labeling.settings.model_sections import ConfidenceSettings

WORDS = {
    "almost certain": 0.97,
    "very likely": 0.875,
    "likely": 0.675,
    "roughly even chance": 0.5,
    "unlikely": 0.325,
    "very unlikely": 0.125,
    "almost no chance": 0.03,
}
"""What each expression means: the middle of its range in the US Intelligence Community Directive
203, "Analytic Standards" (2015)."""

SUREST = 0.99
"""The most that a stated confidence counts for."""


class Verbalised(OneStepMethod[GenerateRequest, Generation]):
    """Lets the model state label and confidence; one written answer per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from backend.prompts import PromptBuilder
        >>> import numpy as np
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = Verbalised(builder, ConfidenceSettings())
        >>> said = Generation('{"label": "good", "confidence": 80}', np.array([]))
        >>> [belief] = method.read([], [said])
        >>> np.exp(belief.loglikelihoods).round(2).tolist()
        [0.8, 0.2]
    """

    name = "verbalised"
    needs = frozenset({Ability.GENERATION})
    takes_prior = False

    def __init__(self, builder: PromptBuilder, settings: ConfidenceSettings) -> None:
        super().__init__(builder, settings)
        self._frame = builder.frame("verbalised", words=[*WORDS])

    def _moved_by(self) -> Sequence[str]:
        return [self._frame.digest_with(*(f"{word} {p}" for word, p in WORDS.items()))]

    def plan(self, texts: Sequence[str], abilities: Abilities) -> list[GenerateRequest]:
        """Ask for both, under a schema where the engine can; see `OneStepMethod`."""
        if not texts:
            return []
        schema = _schema(self.labels) if Ability.SCHEMAS in abilities() else None
        room = room_for(
            *(
                json.dumps({"label": label, "confidence": max(WORDS, key=len)})
                for label in self.labels
            )
        )
        return [
            GenerateRequest(self._frame.around(text), room, STOP, schema=schema) for text in texts
        ]

    def read(
        self,
        requests: Sequence[GenerateRequest],  # noqa: ARG002 - the answers say all
        answers: Sequence[Generation | TandemError],
    ) -> list[LabelBelief | TandemError]:
        """Read both; what is not in the form asked for is an error. See `OneStepMethod`."""
        return [self._belief(written) for written in answers]

    def _belief(self, written: Generation | TandemError) -> LabelBelief | TandemError:
        if isinstance(written, TandemError):
            return written
        try:
            answer, confidence = _label_and_confidence(written.text, self.labels)
        except TaskError as error:
            return error
        return LabelBelief(label_as_distribution(answer, min(confidence, SUREST), len(self.labels)))


def _label_and_confidence(text: str, labels: Sequence[str]) -> tuple[int, float]:
    """Read what the model wrote: the label's index, and the probability that it states.

    Raises:
        TaskError: It is not exactly what was asked for.
    """
    match json_in(text):
        case {"label": str(label), "confidence": stated, **more} if not more:
            if isinstance(stated, str) and stated in WORDS:
                return label_of(label, labels), WORDS[stated]
            if type(stated) is int and 0 <= stated <= 100:
                return label_of(label, labels), stated / 100
    raise unreadable(text)


def _schema(labels: Sequence[str]) -> str:
    percent = {"type": "integer", "minimum": 0, "maximum": 100}
    return json.dumps(
        {
            "type": "object",
            "properties": {
                "label": {"enum": [*labels]},
                "confidence": {"anyOf": [percent, {"enum": [*WORDS]}]},
            },
            "required": ["label", "confidence"],
            "additionalProperties": False,
        }
    )

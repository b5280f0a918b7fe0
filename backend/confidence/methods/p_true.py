"""The probability of True where the model is shown its own answer and asked whether it is right.

Kadavath et al., "Language Models (Mostly) Know What They Know" (2022). The answer is the label with
the highest log-probability; ` True` and ` False` are scored behind it, and the other labels share
the rest in the proportion that they had.
"""

from collections.abc import Sequence

from scipy.special import softmax

from backend.confidence.as_distribution import stated
from backend.confidence.methods.base import ConfidenceMethod, LabelBelief
from backend.engines import Ability, Request, Scored
from backend.engines.model_client import ModelClient
from backend.prompts import PromptBuilder
from labeling.errors import TandemError
from labeling.settings.sections import ConfidenceSettings


class PTrue(ConfidenceMethod):
    """Asks the model about its own answer; two calls a text."""

    name = "p-true"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = False

    def __init__(self, builder: PromptBuilder, settings: ConfidenceSettings) -> None:
        super().__init__(builder, settings)
        self._frames = [builder.frame("p-true", answer=label) for label in self.labels]

    def _moved_by(self) -> Sequence[str]:
        return [frame.digest_with() for frame in self._frames]

    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Score the labels, then whether the best of them is right; see `ConfidenceMethod`."""
        proposed = model.score([self.builder.request(text) for text in texts])
        asked = [
            (scored, self._request(text, int(scored.loglikelihoods.argmax())))
            for text, scored in zip(texts, proposed, strict=True)
            if isinstance(scored, Scored)
        ]
        verdicts = iter(model.score([request for _, request in asked]) if asked else [])
        return [
            _belief(scored, next(verdicts)) if isinstance(scored, Scored) else scored
            for scored in proposed
        ]

    def _request(self, text: str, answer: int) -> Request:
        frame = self._frames[answer]
        return Request(frame.around(text), (f"{frame.lead}True", f"{frame.lead}False"))


def _belief(proposed: Scored, verdict: Scored | TandemError) -> LabelBelief | TandemError:
    if isinstance(verdict, TandemError):
        return verdict
    shares = softmax(proposed.loglikelihoods)[None]
    is_true = softmax(verdict.loglikelihoods)[:1]
    return LabelBelief(
        stated(shares, is_true)[0],
        proposed.truncated or verdict.truncated,
        max(proposed.missing, verdict.missing),
    )

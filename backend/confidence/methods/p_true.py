"""The probability of True where the model is shown its own answer and asked whether it is right.

Kadavath et al., "Language Models (Mostly) Know What They Know" (2022). The answer is the label with
the highest log-probability; ` True` and ` False` are scored behind it, and the other labels share
the rest in the proportion that they had.
"""

from collections.abc import Sequence

from scipy.special import softmax

from backend.confidence.as_distribution import as_distribution
from backend.confidence.methods.base import ConfidenceMethod, LabelBelief
from backend.engines import Ability, Request, Scored
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, score
from backend.prompts import PromptBuilder
from labeling.errors import TandemError
from labeling.settings.model_sections import ConfidenceSettings


class PTrue(ConfidenceMethod):
    """Asks the model about its own answer; two calls per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from backend.engines.model_client import ModelClient
        >>> from backend.engines.steps import run
        >>> import numpy as np
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = PTrue(builder, ConfidenceSettings())
        >>> def ask(requests):
        ...     is_first = requests[0].continuations == (" good", " bad")
        ...     return [Scored(np.log([0.9, 0.1] if is_first else [0.8, 0.2]))]
        >>> model = ModelClient(ask, frozenset)
        >>> [belief] = run(method.steps(["A fine film."], frozenset), model)
        >>> np.exp(belief.loglikelihoods).round(2).tolist()
        [0.8, 0.2]
    """

    name = "p-true"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = False

    def __init__(self, builder: PromptBuilder, settings: ConfidenceSettings) -> None:
        super().__init__(builder, settings)
        self._frames = [builder.frame("p-true", answer=label) for label in self.labels]

    def _moved_by(self) -> Sequence[str]:
        return [frame.digest_with() for frame in self._frames]

    def steps(
        self,
        texts: Sequence[str],
        abilities: Abilities,  # noqa: ARG002 - scores are all that it needs
    ) -> Steps[list[LabelBelief | TandemError]]:
        """Score the labels, then whether the best is right; see `ConfidenceMethod`."""
        proposed = yield from score([self.builder.request(text) for text in texts])
        verdicts = iter(
            (
                yield from score(
                    [
                        self._is_it_true(text, int(scored.loglikelihoods.argmax()))
                        for text, scored in zip(texts, proposed, strict=True)
                        if isinstance(scored, Scored)
                    ]
                )
            )
        )
        return [
            _belief(scored, next(verdicts)) if isinstance(scored, Scored) else scored
            for scored in proposed
        ]

    def _is_it_true(self, text: str, answer: int) -> Request:
        frame = self._frames[answer]
        return Request(frame.around(text), (f"{frame.lead}True", f"{frame.lead}False"))


def _belief(proposed: Scored, verdict: Scored | TandemError) -> LabelBelief | TandemError:
    if isinstance(verdict, TandemError):
        return verdict
    shares = softmax(proposed.loglikelihoods)[None]
    is_true = softmax(verdict.loglikelihoods)[:1]
    return LabelBelief(
        as_distribution(shares, is_true)[0],
        proposed.truncated or verdict.truncated,
        max(proposed.missing, verdict.missing),
    )

"""An engine that is there at once and finds all labels equally probable."""

from collections.abc import Sequence

import numpy as np

from backend.engines import Ability, Engine, GenerateRequest, Generation, Request, Scored
from labeling.errors import EngineError

LONGEST = 512
"""Characters of a text beyond which it counts as cut."""


class EvenEngine(Engine):
    """Answers without a model, for tests of what stands around it."""

    name = "even"
    digest = "0" * 64
    abilities = frozenset({Ability.LABEL_LOGPROBS})

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        return [
            Scored(np.full(len(request.continuations), -1.0), len(request.context.text) > LONGEST)
            for request in requests
        ]

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        raise NotImplementedError

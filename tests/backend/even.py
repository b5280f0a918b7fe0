"""An engine that is there at once and finds all labels equally probable."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backend.engines import Engine, GenerateRequest, Generation, Request


class EvenEngine(Engine):
    """Answers without a model, for tests of what stands around it."""

    name = "even"
    digest = "0" * 64
    context_tokens = 512

    def loglikelihood(self, requests: Sequence[Request]) -> list[NDArray[np.float64]]:
        return [np.full(len(request.continuations), -1.0) for request in requests]

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation]:
        raise NotImplementedError

    def truncates(self, request: Request) -> bool:
        return len(request.context.text) > self.context_tokens

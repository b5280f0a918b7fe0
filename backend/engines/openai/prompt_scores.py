"""Labels scored by their own tokens, off prompts that end in them and that the server echoes."""

from itertools import takewhile

import numpy as np

from backend.engines.base import Request, Scored
from backend.engines.openai import request_body
from backend.engines.openai.client import ServerClient
from backend.engines.openai.responses import TokenLogprob, choice_of, tokens_of
from backend.engines.openai.tokenizer import ServerTokenizer
from labeling.errors import EngineError


class PromptScorer:
    """Scores continuations by the tokens of echoed prompts, one call per continuation.

    Args:
        client: Calls the server.
        tokenizer: Tokenizes texts as the server does; None: it does not say how.
    """

    def __init__(self, client: ServerClient, tokenizer: ServerTokenizer | None) -> None:
        self._client = client
        self._tokenizer = tokenizer

    def score(self, request: Request) -> Scored:
        """Score every continuation of a plain prompt.

        Raises:
            EngineError: The server does not score all tokens of a prompt.
        """
        sums = self._by_ids(request, self._tokenizer) if self._tokenizer else self._by_text(request)
        return Scored(np.array(sums, dtype=np.float64))

    def _by_ids(self, request: Request, tokenizer: ServerTokenizer) -> list[float]:
        """Score continuations of prompts that are sent as token ids."""
        known = list(tokenizer.prompt_ids(request_body.text_of(request.context)))
        sums = []
        for label in request.continuations:
            added = [number for number, _ in tokenizer.pieces(label)] if label else []
            own = self._own_tokens(known + added)[len(known) :]
            if len(own) != len(added):
                raise EngineError("The server did not tell all of the prompt's tokens")
            sums.append(sum(token.logprob for token in own))
        return sums

    def _by_text(self, request: Request) -> list[float]:
        """Score continuations of prompts whose tokens are found by asking once more, without one.

        Tokens are counted, since a server writes those that end within a character as best it can.
        """
        prompt = request_body.text_of(request.context)
        bare = self._own_tokens(prompt)
        sums = []
        for label in request.continuations:
            whole = self._own_tokens(prompt + label)
            pairs = zip(bare, whole, strict=False)
            shared = sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text, pairs))
            sums.append(sum(token.logprob for token in whole[shared:]))
        return sums

    def _own_tokens(self, prompt: str | list[int]) -> list[TokenLogprob]:
        """Return a prompt's own tokens, without the one that the server writes behind them."""
        tokens = tokens_of(choice_of(self._client.call(*request_body.echoed(prompt))))
        if len(tokens) < 2:
            raise EngineError("The server told no probabilities for this text")
        return tokens[:-1]

"""Texts that obey a JSON schema: at every token, what the schema forbids is impossible."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import llguidance.hf
import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from torch import Tensor
from transformers import LogitsProcessor, PreTrainedTokenizerBase

from labeling.errors import EngineError

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

ON_ONE_LINE: "JsonCompileOptions" = {
    "whitespace_flexible": False,
    "item_separator": ", ?",
    "key_separator": ": ?",
}
"""Space where JSON is written on one line, and nowhere else: a line's end would end the text."""


class Grammars:
    """Makes matchers of schemas, by llguidance.

    Args:
        tokenizer: The model's tokenizer.
        vocabulary: Tokens that the model has a logit for.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, vocabulary: int) -> None:
        self._tokenizer = tokenizer
        self.vocabulary = vocabulary
        self._compiled = lru_cache(maxsize=64)(self._compile)
        self._tokens: LLTokenizer | None = None

    def check(self, schema: str) -> None:
        """Refuse a schema that cannot be obeyed.

        Raises:
            EngineError: It is no JSON schema, or uses what llguidance does not know.
        """
        self._compiled(schema)

    def matcher(self, schema: str) -> LLMatcher:
        """Give a matcher that stands at the beginning of a text."""
        return LLMatcher(self._ll_tokenizer(), self._compiled(schema))

    def _compile(self, schema: str) -> str:
        try:
            grammar = str(LLMatcher.grammar_from_json_schema(schema, overrides=ON_ONE_LINE))
        except ValueError as error:
            raise _refusal(str(error)) from error
        complaint = LLMatcher.validate_grammar(grammar, self._ll_tokenizer())
        if complaint:
            raise _refusal(complaint)
        return grammar

    def _ll_tokenizer(self) -> LLTokenizer:
        if self._tokens is None:
            tokenizer: Any = self._tokenizer
            self._tokens = llguidance.hf.from_tokenizer(tokenizer, n_vocab=self.vocabulary)
        return self._tokens


def _refusal(reason: str) -> EngineError:
    return EngineError(
        f"The schema cannot be obeyed: {' '.join(reason.split())[:200]}",
        mend="Give a JSON schema that llguidance knows.",
    )


class Obedience(LogitsProcessor):
    """Makes impossible what a row's schema forbids.

    Args:
        grammars: Makes the matchers.
        schemas: One a row; None: the row is free.
        width: Tokens of the prompts.
        ends: Tokens that end a text.
        stops: Tokens before which each row's text ends; allowed where it obeys as it stands, since
            many models end a line rather than a text.
    """

    def __init__(
        self,
        grammars: Grammars,
        schemas: Sequence[str | None],
        width: int,
        ends: Sequence[int],
        stops: Sequence[Sequence[int]],
    ) -> None:
        self._width = width
        self._ends = list(ends)
        self._stops = [list(one) for one in stops]
        self._matchers = {
            row: grammars.matcher(schema)
            for row, schema in enumerate(schemas)
            if schema is not None
        }

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Give scores in which the forbidden is -inf, shape (rows, vocabulary)."""
        if not self._matchers:
            return scores
        allowed = scores.clone()
        for row, matcher in list(self._matchers.items()):
            if input_ids.shape[1] > self._width and not matcher.is_stopped():
                token = int(input_ids[row, -1])
                if not matcher.validate_tokens([token]):
                    # No such token is ever chosen: it fills up a row that has ended.
                    del self._matchers[row]
                    continue
                matcher.consume_token(token)
            if matcher.is_stopped():
                allowed[row] = -torch.inf
                allowed[row, self._ends or [0]] = 0.0
                continue
            forbidden = _forbidden(matcher, scores)
            if matcher.is_accepting():
                forbidden[self._stops[row]] = False
            allowed[row, forbidden] = -torch.inf
        return allowed


def _forbidden(matcher: LLMatcher, scores: Tensor) -> Tensor:
    """Tell which tokens may not come next, shape (vocabulary,)."""
    bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
    allowed = torch.from_numpy(np.unpackbits(bits, bitorder="little")).to(scores.device)
    return allowed[: scores.shape[1]] == 0

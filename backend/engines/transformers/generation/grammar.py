"""JSON schemas as grammars, which say at every token of a text what may come next."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import llguidance.hf
from llguidance import LLMatcher, LLTokenizer
from transformers import PreTrainedTokenizerBase

from labeling.errors import EngineError

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

ON_ONE_LINE: "JsonCompileOptions" = {
    "whitespace_flexible": False,
    "item_separator": ", ?",
    "key_separator": ": ?",
}
"""Space where JSON is written on one line, and nowhere else: a line's end would end the text."""


class SchemaGrammars:
    """Makes matchers of schemas, by llguidance.

    Args:
        tokenizer: The model's tokenizer.
        vocabulary: Tokens that the model has a logit for.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, vocabulary: int) -> None:
        self._tokenizer = tokenizer
        self.vocabulary = vocabulary
        self._compiled = lru_cache(maxsize=64)(self._compile)

    def check(self, schema: str) -> None:
        """Refuse a schema that cannot be followed.

        Raises:
            EngineError: It is no JSON schema, or uses what llguidance does not know.
        """
        self._compiled(schema)

    def matcher(self, schema: str) -> LLMatcher:
        """Make a matcher that stands at the start of a text."""
        return LLMatcher(_ll_tokenizer(self._tokenizer, self.vocabulary), self._compiled(schema))

    def _compile(self, schema: str) -> str:
        try:
            grammar = str(LLMatcher.grammar_from_json_schema(schema, overrides=ON_ONE_LINE))
        except ValueError as error:
            raise _refusal(str(error)) from error
        complaint = LLMatcher.validate_grammar(
            grammar, _ll_tokenizer(self._tokenizer, self.vocabulary)
        )
        if complaint:
            raise _refusal(complaint)
        return grammar


@lru_cache(maxsize=1)
def _ll_tokenizer(tokenizer: Any, vocabulary: int) -> LLTokenizer:
    """Make llguidance's own form of a tokenizer, which takes a second, once for all schemas."""
    return llguidance.hf.from_tokenizer(tokenizer, n_vocab=vocabulary)


def _refusal(reason: str) -> EngineError:
    return EngineError(
        f"The schema cannot be obeyed: {' '.join(reason.split())[:200]}",
        hint="Give a JSON schema that llguidance knows.",
    )

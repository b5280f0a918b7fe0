"""The log-probabilities of next tokens, asked for in whichever way a server answers best."""

from collections.abc import Mapping, Sequence

from backend.engines.base import Prompt
from backend.engines.openai import request_body
from backend.engines.openai.capabilities import Capabilities
from backend.engines.openai.client import ServerClient
from backend.engines.openai.label_scores import LabelPrefix, Piece
from backend.engines.openai.responses import choice_of, tokens_of
from backend.engines.openai.tokenizer import ServerTokenizer
from labeling.errors import EngineError

_ALL = 300_000
"""More tokens than any vocabulary has."""

_NAMED_PER_CALL = 128
"""Tokens that vLLM lets one call name."""


class NextTokenScorer:
    """Asks a server which tokens follow a prompt, and how probable they are.

    Args:
        client: Calls the server.
        capabilities: What the server can do.
    """

    def __init__(self, client: ServerClient, capabilities: Capabilities) -> None:
        self._client = client
        self._capabilities = capabilities

    def scores(
        self, prompt: Prompt, prefix: LabelPrefix, wanted: Sequence[Piece]
    ) -> Mapping[bytes, float]:
        """Score the tokens behind a prompt and a prefix.

        Args:
            prompt: The prompt.
            prefix: What stands between it and the token.
            wanted: Tokens that are to be scored where the server can be asked for them.

        Returns:
            The log-probability, in nats, of the most probable tokens and of those wanted.

        Raises:
            EngineError: The server scores none, or a chat would have to be continued.
        """
        tokenizer, top = self._capabilities.tokenizer, self._capabilities.top_logprobs
        if tokenizer is None or prompt.chat:
            return self._top(prompt, prefix, top)
        if self._capabilities.scores_named_tokens:
            return self._named(prompt, prefix, wanted, tokenizer)
        if self._capabilities.scores_forced_tokens:
            return self._forced(prompt, prefix, wanted, tokenizer)
        return self._top(prompt, prefix, top)

    def joined(self, prompt: Prompt, prefix: LabelPrefix) -> str | list[int]:
        """Put a prefix behind a prompt.

        Args:
            prompt: The prompt.
            prefix: What stands behind it.

        Returns:
            Token ids where the server tokenizes texts, so that no text is taken for a special
            token; else the text.

        Raises:
            EngineError: The prefix ends within a character, and the server takes texts alone.
        """
        text = request_body.text_of(prompt)
        if self._capabilities.tokenizer and prefix.tokens is not None:
            return [*self._capabilities.tokenizer.prompt_ids(text), *prefix.tokens]
        try:
            return text + prefix.text.decode()
        except UnicodeDecodeError as error:
            raise EngineError(
                "Labels differ within one character, which the server cannot be asked about",
                hint="Give labels that differ in their letters.",
            ) from error

    def _named(
        self,
        prompt: Prompt,
        prefix: LabelPrefix,
        wanted: Sequence[Piece],
        tokenizer: ServerTokenizer,
    ) -> Mapping[bytes, float]:
        """Ask for all wanted tokens by their ids."""
        found: dict[bytes, float] = {}
        ids = [*tokenizer.prompt_ids(request_body.text_of(prompt)), *(prefix.tokens or ())]
        for start in range(0, len(wanted), _NAMED_PER_CALL):
            named = [number for number, _ in wanted[start : start + _NAMED_PER_CALL]]
            found |= self._ask(request_body.named_tokens(ids, named))
        return found

    def _forced(
        self,
        prompt: Prompt,
        prefix: LabelPrefix,
        wanted: Sequence[Piece],
        tokenizer: ServerTokenizer,
    ) -> Mapping[bytes, float]:
        """Ask for the most probable tokens and, one by one, for all wanted ones.

        llama.cpp does not score a token that is forced and ends within a character; such ones are
        found among all tokens, behind another that is forced.
        """
        readable = [piece for piece in wanted if _is_readable(piece)]
        anchor, *others = readable or tokenizer.pieces(" a")[:1]
        found = dict(self._top(prompt, prefix, self._capabilities.top_logprobs, anchor[0]))
        for number, text in others:
            if text not in found:
                found |= self._top(prompt, prefix, 1, number)
        if any(text not in found for _, text in wanted):
            found |= self._top(prompt, prefix, _ALL, anchor[0])
        return found

    def _top(
        self, prompt: Prompt, prefix: LabelPrefix, count: int, forced: int | None = None
    ) -> Mapping[bytes, float]:
        """Ask for the most probable tokens behind a prompt and a prefix, and for a forced one."""
        if prompt.chat and prefix.text:
            raise EngineError(
                "Labels begin with the same token, and a chat cannot be continued behind it",
                hint="Set prompt.chat: never, or use a server that completes plain prompts.",
            )
        if prompt.chat:
            return self._ask(request_body.first_token(prompt, count))
        path, body = request_body.next_token(self.joined(prompt, prefix), count, forced)
        tokenizer = self._capabilities.tokenizer
        if tokenizer is not None and tokenizer.names_token_ids:
            body = {**body, **request_body.NUMBERED}
        return self._ask((path, body))

    def _ask(self, call: request_body.Call) -> Mapping[bytes, float]:
        tokens = tokens_of(choice_of(self._client.call(*call)))
        if not tokens or not tokens[0].top:
            raise EngineError("The server told no probabilities for this text")
        return {**tokens[0].top, tokens[0].text: tokens[0].logprob}


def _is_readable(piece: Piece) -> bool:
    try:
        piece[1].decode()
    except UnicodeDecodeError:
        return False
    return True

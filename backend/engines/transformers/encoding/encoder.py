"""The encoder: context and continuation encoded jointly, then split; too long texts cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from transformers import PreTrainedTokenizerBase

from backend.engines.base import Prompt
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.encoding.plain_text import encode_plain
from backend.engines.transformers.encoding.template import (
    ModelTemplate,
    chat_template,
    plain_template,
)
from backend.engines.transformers.tokens import Tokens, common_prefix
from labeling.errors import EngineError

_LONGEST_TOKEN = 16
"""Characters of a token, generously: a text beyond this times the context is cut unread."""


@dataclass(frozen=True, slots=True)
class PromptParts:
    """A prompt, cut where special tokens stand as ids.

    Attributes:
        opening: Special tokens before everything.
        body: Plain text behind them.
        turn: Special tokens behind the body; empty where there are none.
        suffix: Plain text that the answer follows: behind `turn`, else the end of `body`.
    """

    opening: Tokens
    body: str
    turn: Tokens
    suffix: str


@dataclass(frozen=True, slots=True)
class EncodedSuffix:
    """What stands behind a text, encoded by itself.

    Attributes:
        alone: Its tokens.
        stable: How many of them stay the same whatever continuation follows.
        continuations: For each continuation, the tokens behind the stable ones.
    """

    alone: Tokens
    stable: int
    continuations: tuple[Tokens, ...]


class PromptEncoder:
    """Encodes prompts for one model.

    Args:
        tokenizer: The model's tokenizer.
        context_tokens: The longest sequence, in tokens.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, context_tokens: int) -> None:
        self.tokenizer = tokenizer
        self.context_tokens = context_tokens
        self._plain_once = lru_cache(maxsize=256)(self._plain)
        self._suffix = lru_cache(maxsize=256)(self._encode_suffix)

    def encode(self, prompt: Prompt, continuations: Sequence[str]) -> EncodedPrompt:
        """Encode one prompt; see `encode_all`.

        Args:
            prompt: The prompt.
            continuations: What may follow it.

        Returns:
            Its tokens.

        Raises:
            EngineError: The prompt does not fit even without the text.
        """
        [encoded] = self.encode_all([(prompt, continuations)])
        if isinstance(encoded, EngineError):
            raise encoded
        return encoded

    def encode_all(
        self, prompts: Sequence[tuple[Prompt, Sequence[str]]]
    ) -> list[EncodedPrompt | EngineError]:
        """Encode each prompt jointly with each continuation, and split at what all share.

        Args:
            prompts: The prompts, each with what may follow it.

        Returns:
            For each prompt, in order, its tokens, or why it does not fit.
        """
        texts = [self._cut_unread(prompt.text) for prompt, _ in prompts]
        bodies = [
            self._parts(prompt, text).body
            for (prompt, _), (text, _) in zip(prompts, texts, strict=True)
        ]
        encoded: list[EncodedPrompt | EngineError] = []
        for (prompt, continuations), (text, was_cut), body in zip(
            prompts, texts, self._plain_all(bodies), strict=True
        ):
            parts = self._parts(prompt, text)
            context, behind = self._split(parts, body, tuple(continuations))
            try:
                encoded.append(self._fitted(prompt, context, behind, was_cut=was_cut))
            except EngineError as error:
                encoded.append(error)
        return encoded

    def _parts(self, prompt: Prompt, text: str) -> PromptParts:
        """Return what of a prompt is encoded together."""
        template = self._template(prompt)
        body = template.before + prompt.before + text + prompt.after + template.behind
        if template.turn:
            return PromptParts(template.opening, body, template.turn, template.after)
        return PromptParts(
            template.opening,
            body + template.after,
            (),
            prompt.after + template.behind + template.after,
        )

    def _split(
        self, parts: PromptParts, body: Tokens, continuations: tuple[str, ...]
    ) -> tuple[Tokens, tuple[Tokens, ...]]:
        """Return the tokens that context and joint encodings begin with, and what follows them.

        Where the suffix's own tokens end the body's, and its first ones do not depend on what
        follows, nothing but the suffix has to be encoded with each continuation; and that once for
        all texts. Else everything is.
        """
        suffix = self._suffix(parts.suffix, continuations)
        if parts.turn:
            lead, alone = (*parts.opening, *body, *parts.turn), suffix.alone
        elif suffix.stable and body[len(body) - len(suffix.alone) :] == suffix.alone:
            lead, alone = (*parts.opening, *body[: len(body) - len(suffix.alone)]), suffix.alone
        else:
            return self._split_jointly(parts, body, continuations)
        shared = (*lead, *alone[: suffix.stable])
        if not shared:
            return self._start, suffix.continuations
        return shared, suffix.continuations

    def _split_jointly(
        self, parts: PromptParts, body: Tokens, continuations: tuple[str, ...]
    ) -> tuple[Tokens, tuple[Tokens, ...]]:
        alone = (*parts.opening, *body)
        joint = [(*parts.opening, *self._plain(parts.body + c)) for c in continuations]
        shared = common_prefix([alone, *joint])
        if shared == 0:
            return (alone or self._start)[:1], tuple(joint)
        return alone[:shared], tuple(ids[shared:] for ids in joint)

    def _encode_suffix(self, suffix: str, continuations: tuple[str, ...]) -> EncodedSuffix:
        alone, *joint = self._plain_all([suffix, *(suffix + c for c in continuations)])
        stable = common_prefix([alone, *joint])
        return EncodedSuffix(alone, stable, tuple(ids[stable:] for ids in joint))

    def _fitted(
        self, prompt: Prompt, context: Tokens, continuations: tuple[Tokens, ...], *, was_cut: bool
    ) -> EncodedPrompt:
        """Cut the text's tokens where all is too long."""
        template = self._template(prompt)
        head = common_prefix([context, self._head(template, prompt)])
        longest = max(map(len, continuations), default=0)
        overflow = len(context) + longest - self.context_tokens
        if overflow > 0:
            behind_text = len(self._plain_once(prompt.after + template.behind + template.after))
            room = len(context) - head - behind_text - len(template.turn)
            context = _cut_middle(context, head, room, overflow)
        return EncodedPrompt(context, continuations, head, truncated=was_cut or overflow > 0)

    def _template(self, prompt: Prompt) -> ModelTemplate:
        is_chat = prompt.chat and self.has_chat_template
        return self._chat_template if is_chat else self._plain_template

    @property
    def has_chat_template(self) -> bool:
        """Whether the model comes with a chat template."""
        return bool(self.tokenizer.chat_template)

    @cached_property
    def _plain_template(self) -> ModelTemplate:
        return plain_template(self.tokenizer)

    @cached_property
    def _chat_template(self) -> ModelTemplate:
        return chat_template(self.tokenizer)

    @property
    def _start(self) -> Tokens:
        """A token to begin an otherwise empty context with."""
        tokenizer = self.tokenizer
        ids = (tokenizer.bos_token_id, tokenizer.eos_token_id, 0)
        return (next(int(token) for token in ids if token is not None),)

    def _head(self, template: ModelTemplate, prompt: Prompt) -> Tokens:
        return (*template.opening, *self._plain_once(template.before + prompt.before))

    def _cut_unread(self, text: str) -> tuple[str, bool]:
        """Cut what cannot fit before it is tokenized, since that takes time and memory."""
        limit = self.context_tokens * _LONGEST_TOKEN
        if len(text) <= limit:
            return text, False
        return text[: limit // 2] + text[-(limit // 2) :], True

    def _plain(self, text: str) -> Tokens:
        [ids] = self._plain_all([text])
        return ids

    def _plain_all(self, texts: Sequence[str]) -> list[Tokens]:
        return encode_plain(self.tokenizer, texts)


def _cut_middle(tokens: Tokens, start: int, count: int, overflow: int) -> Tokens:
    """Take `overflow` tokens out of the middle of the `count` tokens from `start` on."""
    kept = count - overflow
    if kept < 1:
        raise EngineError(
            "The prompt does not fit the model's context even without the text",
            where=f"{overflow - count} tokens too many",
            hint="Shorten the instruction, give fewer examples, or set model.context_tokens.",
        )
    left = start + (kept + 1) // 2
    return tokens[:left] + tokens[left + overflow :]

"""Prompts as tokens: context and continuation encoded jointly, then split; too long texts cut."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from transformers import PreTrainedTokenizerBase

from backend.engines.base import Prompt
from backend.engines.transformers.tokens import Tokens, common_prefix
from labeling.errors import EngineError

_LONGEST_TOKEN = 16
"""Characters of a token, generously: a text beyond this times the context is cut unread."""

_SHORTEST_PREFIX = 16
"""Tokens below which a shared beginning is not worth a pass of its own."""

_SLOT = "\ue000"
"""Stands for the message while the chat template is rendered: a private-use character."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A prompt and its continuations, as token ids.

    Attributes:
        context: Tokens that the context and every joint encoding begin with; at least one.
        continuations: For each continuation, the tokens that follow `context`.
        head: How many of the first `context` tokens come from what stands before the item.
        truncated: Whether the text was cut in its middle.
    """

    context: Tokens
    continuations: tuple[Tokens, ...]
    head: int
    truncated: bool

    @property
    def length(self) -> int:
        """Tokens of the longest sequence that the model will see."""
        return len(self.context) + max(map(len, self.continuations), default=0)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a model puts around a prompt: special tokens as ids, everything else as plain text.

    Attributes:
        opening: Special tokens before everything.
        before: Plain text between them and the prompt.
        behind: Plain text between the prompt and `turn`.
        turn: Special tokens that hand over to the model; empty where there are none.
        after: Plain text that the answer follows.
    """

    opening: Tokens = ()
    before: str = ""
    behind: str = ""
    turn: Tokens = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """A prompt, cut where special tokens stand as ids.

    Attributes:
        opening: Special tokens before everything.
        body: Plain text behind them.
        turn: Special tokens behind the body; empty where there are none.
        tail: Plain text that the answer follows: behind `turn`, else the end of `body`.
    """

    opening: Tokens
    body: str
    turn: Tokens
    tail: str


@dataclass(frozen=True, slots=True)
class Tail:
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
        self._tail = lru_cache(maxsize=256)(self._new_tail)

    def encode(self, prompt: Prompt, continuations: Sequence[str]) -> Encoded:
        """Encode one prompt; see `encode_all`.

        Raises:
            EngineError: The prompt does not fit even without the text.
        """
        [encoded] = self.encode_all([(prompt, continuations)])
        if isinstance(encoded, EngineError):
            raise encoded
        return encoded

    def encode_all(
        self, prompts: Sequence[tuple[Prompt, Sequence[str]]]
    ) -> list[Encoded | EngineError]:
        """Encode each prompt jointly with each continuation, and split at what all share.

        Returns:
            For each prompt, in order, its tokens, or why it does not fit.
        """
        texts = [self._cut_unread(prompt.text) for prompt, _ in prompts]
        bodies = [
            self._parts(prompt, text).body
            for (prompt, _), (text, _) in zip(prompts, texts, strict=True)
        ]
        encoded: list[Encoded | EngineError] = []
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

    def _parts(self, prompt: Prompt, text: str) -> Parts:
        """Say what of a prompt is encoded together."""
        frame = self._frame(prompt)
        body = frame.before + prompt.before + text + prompt.after + frame.behind
        if frame.turn:
            return Parts(frame.opening, body, frame.turn, frame.after)
        return Parts(
            frame.opening, body + frame.after, (), prompt.after + frame.behind + frame.after
        )

    def _split(
        self, parts: Parts, body: Tokens, continuations: tuple[str, ...]
    ) -> tuple[Tokens, tuple[Tokens, ...]]:
        """Give the tokens that context and joint encodings begin with, and what follows them.

        Where the tail's own tokens end the body's, and its first ones do not depend on what
        follows, nothing but the tail has to be encoded with each continuation; and that once for
        all texts. Else everything is.
        """
        tail = self._tail(parts.tail, continuations)
        if parts.turn:
            lead, alone = (*parts.opening, *body, *parts.turn), tail.alone
        elif tail.stable and body[len(body) - len(tail.alone) :] == tail.alone:
            lead, alone = (*parts.opening, *body[: len(body) - len(tail.alone)]), tail.alone
        else:
            return self._split_jointly(parts, body, continuations)
        shared = (*lead, *alone[: tail.stable])
        if not shared:
            return self._start, tail.continuations
        return shared, tail.continuations

    def _split_jointly(
        self, parts: Parts, body: Tokens, continuations: tuple[str, ...]
    ) -> tuple[Tokens, tuple[Tokens, ...]]:
        alone = (*parts.opening, *body)
        joint = [(*parts.opening, *self._plain(parts.body + c)) for c in continuations]
        shared = common_prefix([alone, *joint])
        if shared == 0:
            return (alone or self._start)[:1], tuple(joint)
        return alone[:shared], tuple(ids[shared:] for ids in joint)

    def _new_tail(self, tail: str, continuations: tuple[str, ...]) -> Tail:
        alone, *joint = self._plain_all([tail, *(tail + c for c in continuations)])
        stable = common_prefix([alone, *joint])
        return Tail(alone, stable, tuple(ids[stable:] for ids in joint))

    def _fitted(
        self, prompt: Prompt, context: Tokens, continuations: tuple[Tokens, ...], *, was_cut: bool
    ) -> Encoded:
        """Cut the text's tokens where all is too long."""
        frame = self._frame(prompt)
        head = common_prefix([context, self._head(frame, prompt)])
        longest = max(map(len, continuations), default=0)
        overflow = len(context) + longest - self.context_tokens
        if overflow > 0:
            behind_text = len(self._plain_once(prompt.after + frame.behind + frame.after))
            room = len(context) - head - behind_text - len(frame.turn)
            context = _cut_middle(context, head, room, overflow)
        return Encoded(context, continuations, head, truncated=was_cut or overflow > 0)

    def _frame(self, prompt: Prompt) -> Frame:
        return self._chat if prompt.chat and self.has_chat_template else self._bare

    @property
    def has_chat_template(self) -> bool:
        """Whether the model comes with a chat template."""
        return bool(self.tokenizer.chat_template)

    @cached_property
    def _bare(self) -> Frame:
        """The frame of a plain prompt: the token that sequences begin with, where there is one."""
        begin = self.tokenizer.bos_token_id
        begins = self.tokenizer("").input_ids[:1]
        return Frame(opening=(begin,) if begins == [begin] else ())

    @cached_property
    def _chat(self) -> Frame:
        """The frame of a chat: the template around one message of the user."""
        rendered = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": _SLOT}], tokenize=False, add_generation_prompt=True
        )
        opening, _, closing = str(rendered).partition(_SLOT)
        special = "|".join(map(re.escape, self.tokenizer.all_special_tokens)) or r"(?!)"
        in_opening = list(re.finditer(special, opening))
        in_closing = list(re.finditer(special, closing))
        opened = in_opening[-1].end() if in_opening else 0
        behind, after = closing, ""
        turn: Tokens = ()
        if in_closing:
            first, last = in_closing[0].start(), in_closing[-1].end()
            behind, after = closing[:first], closing[last:]
            turn = self._with_specials(closing[first:last])
        return Frame(
            opening=self._with_specials(opening[:opened]),
            before=opening[opened:],
            behind=behind,
            turn=turn,
            after=after,
        )

    @property
    def _start(self) -> Tokens:
        """A token to begin an otherwise empty context with."""
        tokenizer = self.tokenizer
        ids = (tokenizer.bos_token_id, tokenizer.eos_token_id, 0)
        return (next(int(token) for token in ids if token is not None),)

    def _head(self, frame: Frame, prompt: Prompt) -> Tokens:
        return (*frame.opening, *self._plain_once(frame.before + prompt.before))

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
        """Encode texts as data: `<|im_end|>` in one is ten ordinary characters."""
        if not texts:
            return []
        ids = self.tokenizer(
            list(texts), add_special_tokens=False, split_special_tokens=True
        ).input_ids
        return [tuple(one) for one in ids]

    def _with_specials(self, text: str) -> Tokens:
        return tuple(self.tokenizer(text, add_special_tokens=False).input_ids)


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


def shared_prefix(group: Sequence[Encoded]) -> Tokens:
    """Find the tokens before the items that all of a group begin with; empty where too few."""
    length = min(min(one.head, len(one.context) - 1) for one in group)
    prefix = group[0].context[:length]
    if length < _SHORTEST_PREFIX or any(one.context[:length] != prefix for one in group):
        return ()
    return prefix


def by_prefix(
    prompts: Sequence[Prompt], encoded: Sequence[Encoded | EngineError]
) -> Iterator[tuple[Tokens, dict[int, Encoded]]]:
    """Put together the prompts that begin alike: the tokens that they share, and each by its place.

    Args:
        prompts: The prompts.
        encoded: Their tokens; what could not be encoded is in no group.
    """
    groups: dict[tuple[str, bool], dict[int, Encoded]] = {}
    for place, (prompt, one) in enumerate(zip(prompts, encoded, strict=True)):
        if isinstance(one, Encoded):
            groups.setdefault((prompt.before, prompt.chat), {})[place] = one
    for group in groups.values():
        yield shared_prefix(list(group.values())), group

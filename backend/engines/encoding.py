"""Prompts as tokens: context and continuation encoded jointly, then split; too long texts cut."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from transformers import PreTrainedTokenizerBase

from backend.engines.base import Prompt
from labeling.errors import EngineError

_LONGEST_TOKEN = 16
"""Characters of a token, generously: a text beyond this times the context is cut unread."""

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

    context: tuple[int, ...]
    continuations: tuple[tuple[int, ...], ...]
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

    opening: tuple[int, ...] = ()
    before: str = ""
    behind: str = ""
    turn: tuple[int, ...] = ()
    after: str = ""


class PromptEncoder:
    """Encodes prompts for one model.

    Args:
        tokenizer: The model's tokenizer.
        context_tokens: The longest sequence, in tokens.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, context_tokens: int) -> None:
        self.tokenizer = tokenizer
        self.context_tokens = context_tokens

    def encode(self, prompt: Prompt, continuations: Sequence[str]) -> Encoded:
        """Encode the prompt jointly with each continuation, and split at what all share.

        Raises:
            EngineError: The prompt does not fit even without the text.
        """
        frame = self._frame(prompt)
        text, was_cut = self._cut_unread(prompt.text)
        body = frame.before + prompt.before + text + prompt.after + frame.behind
        if frame.turn:
            lead = (*frame.opening, *self._plain(body), *frame.turn)
            last = frame.after
        else:
            lead, last = frame.opening, body + frame.after
        alone = (*lead, *self._plain(last))
        joint = [(*lead, *self._plain(last + continuation)) for continuation in continuations]
        shared = _common_prefix([alone, *joint])
        start = (alone or self._start)[:1] if shared == 0 else alone[:shared]
        split = len(start) if shared else 0
        head = _common_prefix([start, self._head(frame, prompt)])
        overflow = max(map(len, [alone, *joint])) - self.context_tokens
        if overflow > 0:
            behind_text = len(self._plain(prompt.after + frame.behind + frame.after))
            room = len(start) - head - behind_text - len(frame.turn)
            start = _cut_middle(start, head, room, overflow)
        return Encoded(
            context=start,
            continuations=tuple(ids[split:] for ids in joint),
            head=head,
            truncated=was_cut or overflow > 0,
        )

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
        turn: tuple[int, ...] = ()
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
    def _start(self) -> tuple[int, ...]:
        """A token to begin an otherwise empty context with."""
        tokenizer = self.tokenizer
        ids = (tokenizer.bos_token_id, tokenizer.eos_token_id, 0)
        return (next(int(token) for token in ids if token is not None),)

    def _head(self, frame: Frame, prompt: Prompt) -> tuple[int, ...]:
        return (*frame.opening, *self._plain(frame.before + prompt.before))

    def _cut_unread(self, text: str) -> tuple[str, bool]:
        """Cut what cannot fit before it is tokenized, since that takes time and memory."""
        limit = self.context_tokens * _LONGEST_TOKEN
        if len(text) <= limit:
            return text, False
        return text[: limit // 2] + text[-(limit // 2) :], True

    def _plain(self, text: str) -> tuple[int, ...]:
        """Encode text as data: `<|im_end|>` in it is eight ordinary characters."""
        ids = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids
        return tuple(ids)

    def _with_specials(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer(text, add_special_tokens=False).input_ids)


def _common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """Count the tokens that all sequences begin with."""
    columns = zip(*sequences, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _cut_middle(tokens: tuple[int, ...], start: int, count: int, overflow: int) -> tuple[int, ...]:
    """Take `overflow` tokens out of the middle of the `count` tokens from `start` on."""
    kept = count - overflow
    if kept < 1:
        raise EngineError(
            "The prompt does not fit the model's context even without the text",
            where=f"{overflow - count} tokens too many",
            mend="Shorten the instruction, give fewer examples, or set model.context_tokens.",
        )
    left = start + (kept + 1) // 2
    return tokens[:left] + tokens[left + overflow :]

"""What a model puts around a prompt: its chat template around a message, or a token to begin with.

A template is cut where its special tokens stand, so that these are ids and all else is plain text.
"""

import re
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from backend.engines.transformers.encoding.plain_text import encode_template
from backend.engines.transformers.tokens import Tokens

_SLOT = "\ue000"
"""Stands for the message while the chat template is rendered: a private-use character."""


@dataclass(frozen=True, slots=True)
class ModelTemplate:
    """What stands around a prompt: special tokens as ids, everything else as plain text.

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


def plain_template(tokenizer: PreTrainedTokenizerBase) -> ModelTemplate:
    """Return what stands around a plain prompt: the token that sequences begin with, if any."""
    begin = tokenizer.bos_token_id
    begins = tokenizer("").input_ids[:1]
    return ModelTemplate(opening=(begin,) if begins == [begin] else ())


def chat_template(tokenizer: PreTrainedTokenizerBase) -> ModelTemplate:
    """Return what stands around a chat: the tokenizer's template around one message of the user."""
    rendered = tokenizer.apply_chat_template(
        [{"role": "user", "content": _SLOT}], tokenize=False, add_generation_prompt=True
    )
    opening, _, closing = str(rendered).partition(_SLOT)
    special = "|".join(map(re.escape, tokenizer.all_special_tokens)) or r"(?!)"
    in_opening = list(re.finditer(special, opening))
    in_closing = list(re.finditer(special, closing))
    opened = in_opening[-1].end() if in_opening else 0
    behind, after = closing, ""
    turn: Tokens = ()
    if in_closing:
        first, last = in_closing[0].start(), in_closing[-1].end()
        behind, after = closing[:first], closing[last:]
        turn = encode_template(tokenizer, closing[first:last])
    return ModelTemplate(
        opening=encode_template(tokenizer, opening[:opened]),
        before=opening[opened:],
        behind=behind,
        turn=turn,
        after=after,
    )

"""Texts as tokens: data, in which nothing is a special token, or a template, in which they are."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from backend.engines.transformers.tokens import Tokens


def encode_plain(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[Tokens]:
    """Encode texts as data: `<|im_end|>` in one is ten ordinary characters.

    Args:
        tokenizer: The model's tokenizer.
        texts: The texts.

    Returns:
        The token ids of each text, in order, without special tokens.
    """
    if not texts:
        return []
    encoded = tokenizer(list(texts), add_special_tokens=False, split_special_tokens=True)
    return [tuple(ids) for ids in encoded.input_ids]


def encode_template(tokenizer: PreTrainedTokenizerBase, text: str) -> Tokens:
    """Encode a part of a template, in which special tokens count as such.

    Args:
        tokenizer: The model's tokenizer.
        text: The part.

    Returns:
        Its token ids; nothing is added to them.
    """
    return tuple(tokenizer(text, add_special_tokens=False).input_ids)

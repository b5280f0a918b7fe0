"""How many tokens a request is likely to be, estimated from its bytes before it is tokenized."""

from backend.engines import Asked, Request

BYTES_A_TOKEN = 3
"""Between those of English words, about 4, and of scripts whose letters take several bytes."""


def tokens_of(asked: Asked) -> int:
    """Estimate the tokens that the model computes for a request, at least 1.

    What stands before the item is shared by all items of a project, and computed once.
    """
    text = tokens_in(asked.context.text) + tokens_in(asked.context.after)
    if isinstance(asked, Request):
        return text + sum(map(tokens_in, asked.continuations))
    return text + asked.max_tokens


def tokens_in(text: str) -> int:
    """Estimate the tokens of a text, at least 1."""
    return 1 + len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN

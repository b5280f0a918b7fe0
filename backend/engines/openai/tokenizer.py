"""How a server tokenizes texts, asked of its own `/tokenize`; special tokens stay texts.

llama.cpp returns the bytes of its tokens, and leaves special tokens alone where it is asked to.
vLLM returns ids, by which it also names tokens in its answers, and reads `<|im_end|>` as the
special token: such a text is cut in two behind its first character, so that it stays a text.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from backend.engines.openai.client import FatalError, NotFoundError, ServerClient
from backend.engines.openai.label_scores import Piece
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError

Dialect = Literal["llama.cpp", "vllm"]
"""Whose form of `/tokenize` a server speaks."""

_SPECIAL = re.compile(r"<[^<>\s]+>|\[[^\[\]\s]+\]")
"""What special tokens look like."""


class ServerTokenizer:
    """Tokenizes texts as a server does.

    Args:
        client: Calls the server.
        dialect: How the server is asked.
    """

    def __init__(self, client: ServerClient, dialect: Dialect) -> None:
        self.dialect = dialect
        self._tokenize = _TOKENIZE[dialect]
        self._client = client
        self.pieces = lru_cache(maxsize=4096)(self._pieces)
        self.prompt_ids = lru_cache(maxsize=256)(self._prompt_ids)

    @property
    def names_token_ids(self) -> bool:
        """Whether the server can name tokens by their ids in its answers."""
        return self.dialect == "vllm"

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        """Tokenize a text that stands behind others.

        Raises:
            EngineError: The server does not answer, or refuses the text.
        """
        return tuple(self._tokenize(self._client, text, False))

    def _prompt_ids(self, text: str) -> tuple[int, ...]:
        """Tokenize a whole prompt, before which special tokens may stand, into token ids.

        Raises:
            EngineError: The server does not answer, or refuses the text.
        """
        return tuple(number for number, _ in self._tokenize(self._client, text, True))


def find_tokenizer(client: ServerClient) -> ServerTokenizer | None:
    """Find the dialect that a server speaks.

    Returns:
        A tokenizer that speaks it; None: the server does not say how it tokenizes.

    Raises:
        EngineError: The server does not answer now, or refuses the key.
    """
    for dialect in _TOKENIZE:
        tokenizer = ServerTokenizer(client, dialect)
        try:
            if tokenizer.pieces(" Rome"):
                return tokenizer
        except NotFoundError:
            continue
        except (RetryLater, FatalError):
            raise
        except (EngineError, KeyError, TypeError):
            continue
    return None


def _tokenize_by_llama(client: ServerClient, text: str, is_whole: bool) -> list[Piece]:
    body = {"content": text, "with_pieces": True, "add_special": is_whole, "parse_special": False}
    tokens = client.tool("/tokenize", body)["tokens"]
    return [(int(token["id"]), _bytes(token["piece"])) for token in tokens]


def _tokenize_by_vllm(client: ServerClient, text: str, is_whole: bool) -> list[Piece]:
    reply = _reply_of_vllm(client, text, is_whole)
    read = {one for one in reply["token_strs"] if _SPECIAL.fullmatch(one) and one in text}
    if not read:
        return _numbered(reply)
    first, *others = _halved(text, read)
    return [
        *_numbered(_reply_of_vllm(client, first, is_whole)),
        *(piece for one in others for piece in _numbered(_reply_of_vllm(client, one, False))),
    ]


def _reply_of_vllm(client: ServerClient, text: str, is_whole: bool) -> Mapping[str, Any]:
    body = {"model": client.model, "prompt": text, "return_token_strs": True}
    reply: Mapping[str, Any] = client.tool("/tokenize", {**body, "add_special_tokens": is_whole})
    return reply


def _numbered(reply: Mapping[str, Any]) -> list[Piece]:
    return [(int(number), b"token_id:%d" % number) for number in reply["tokens"]]


def _halved(text: str, read: set[str]) -> list[str]:
    """Cut a text behind the first character of everything that is read as a special token."""
    inside = "|".join(f"(?<={re.escape(one[0])})(?={re.escape(one[1:])})" for one in sorted(read))
    return re.split(inside, text)


def _bytes(piece: str | list[int]) -> bytes:
    return piece.encode() if isinstance(piece, str) else bytes(piece)


_TOKENIZE: Mapping[Dialect, Callable[[ServerClient, str, bool], list[Piece]]] = {
    "llama.cpp": _tokenize_by_llama,
    "vllm": _tokenize_by_vllm,
}

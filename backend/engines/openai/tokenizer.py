"""How a server cuts texts into tokens, asked of its own `/tokenize`; special tokens stay texts.

llama.cpp tells the bytes of its tokens, and leaves special tokens alone where it is told to. vLLM
tells numbers, by which it also names tokens in its answers, and reads `<|im_end|>` as the special
token: such a text is cut in two behind its first character, so that it stays a text.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from backend.engines.openai.client import Client, FatalError, UnknownError
from backend.engines.openai.label_scores import Piece
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError

Dialect = Literal["llama.cpp", "vllm"]
"""Whose form of `/tokenize` a server speaks."""

_SPECIAL = re.compile(r"<[^<>\s]+>|\[[^\[\]\s]+\]")
"""What special tokens look like."""


class Cutter:
    """Cuts texts as a server does.

    Args:
        client: Calls the server.
        dialect: How the server is asked.
    """

    def __init__(self, client: Client, dialect: Dialect) -> None:
        self.dialect = dialect
        self._cut = _CUTS[dialect]
        self._client = client
        self.pieces = lru_cache(maxsize=4096)(self._pieces)
        self.whole = lru_cache(maxsize=256)(self._whole)

    @property
    def names_numbers(self) -> bool:
        """Whether the server can name tokens by their numbers in its answers."""
        return self.dialect == "vllm"

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        """Cut a text that stands behind others.

        Raises:
            EngineError: The server does not answer, or refuses the text.
        """
        return tuple(self._cut(self._client, text, False))

    def _whole(self, text: str) -> tuple[int, ...]:
        """Cut a whole prompt, before which special tokens may stand, into the tokens' numbers.

        Raises:
            EngineError: The server does not answer, or refuses the text.
        """
        return tuple(number for number, _ in self._cut(self._client, text, True))


def find_cutter(client: Client) -> Cutter | None:
    """Find out how the server is asked; None: it does not tell how it cuts.

    Raises:
        EngineError: The server does not answer now, or refuses the key.
    """
    for dialect in _CUTS:
        cutter = Cutter(client, dialect)
        try:
            if cutter.pieces(" Rome"):
                return cutter
        except UnknownError:
            continue
        except (RetryLater, FatalError):
            raise
        except (EngineError, KeyError, TypeError):
            continue
    return None


def _cut_by_llama(client: Client, text: str, is_whole: bool) -> list[Piece]:
    body = {"content": text, "with_pieces": True, "add_special": is_whole, "parse_special": False}
    tokens = client.tool("/tokenize", body)["tokens"]
    return [(int(token["id"]), _bytes(token["piece"])) for token in tokens]


def _cut_by_vllm(client: Client, text: str, is_whole: bool) -> list[Piece]:
    told = _told_by_vllm(client, text, is_whole)
    read = {one for one in told["token_strs"] if _SPECIAL.fullmatch(one) and one in text}
    if not read:
        return _numbered(told)
    first, *others = _halved(text, read)
    return [
        *_numbered(_told_by_vllm(client, first, is_whole)),
        *(piece for one in others for piece in _numbered(_told_by_vllm(client, one, False))),
    ]


def _told_by_vllm(client: Client, text: str, is_whole: bool) -> Mapping[str, Any]:
    body = {"model": client.model, "prompt": text, "return_token_strs": True}
    told: Mapping[str, Any] = client.tool("/tokenize", {**body, "add_special_tokens": is_whole})
    return told


def _numbered(told: Mapping[str, Any]) -> list[Piece]:
    return [(int(number), b"token_id:%d" % number) for number in told["tokens"]]


def _halved(text: str, read: set[str]) -> list[str]:
    """Cut a text behind the first character of everything that is read as a special token."""
    inside = "|".join(f"(?<={re.escape(one[0])})(?={re.escape(one[1:])})" for one in sorted(read))
    return re.split(inside, text)


def _bytes(piece: str | list[int]) -> bytes:
    return piece.encode() if isinstance(piece, str) else bytes(piece)


_CUTS: Mapping[Dialect, Callable[[Client, str, bool], list[Piece]]] = {
    "llama.cpp": _cut_by_llama,
    "vllm": _cut_by_vllm,
}

"""What a server can, asked once at the start: servers do not say, and ignore the unknown."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from backend.engines.base import Ability, GenerateRequest, Prompt
from backend.engines.openai import request_body
from backend.engines.openai.client import Client, FatalError, UnknownError
from backend.engines.openai.response_store import Answer
from backend.engines.openai.responses import choice_of, generation_of, tokens_of
from backend.engines.openai.tokenizer import Cutter, find_cutter
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError

_PROMPT = Prompt("The capital of Italy is", "", "")
_CHAT = Prompt("The capital of Italy is", "", "", chat=True)
_SCHEMA = '{"type": "object", "properties": {"a": {"enum": ["b"]}}, "required": ["a"]}'

_TOPS = (200, 20, 5)
"""Most probable tokens that are asked for; servers refuse what is too many for them."""

_SAME = 0.05
"""Nats within which two answers tell the same: batches of another size round otherwise."""


@dataclass(frozen=True, slots=True)
class Skills:
    """What a server can.

    Attributes:
        completes: Whether it continues plain prompts.
        chats: Whether it answers chats.
        top: How many of the most probable next tokens it tells.
        names: Whether it tells the log-probabilities of tokens that are named by their numbers.
        forces: Whether a token that is forced upon it is told with its own, free probability.
        echoes: Whether it tells the log-probabilities of a prompt's own tokens.
        cutter: Cuts texts into tokens as it does; None: it does not tell how.
        schema_field: Where it takes JSON schemas that its texts obey; None: nowhere.
    """

    completes: bool
    chats: bool
    top: int
    names: bool
    forces: bool
    echoes: bool
    cutter: Cutter | None
    schema_field: str | None

    @property
    def abilities(self) -> frozenset[Ability]:
        """The same in the words of the engines' contract."""
        told = {
            Ability.LABEL_LOGPROBS: self.top > 0 or self.names or self.echoes,
            Ability.TOKEN_LOGPROBS: self.top > 0 or self.names,
            Ability.GENERATION: True,
            Ability.SAMPLING: True,
            Ability.SCHEMAS: self.schema_field is not None,
        }
        return frozenset(ability for ability, is_there in told.items() if is_there)


def probe(client: Client) -> Skills:
    """Find out what the server can.

    Raises:
        EngineError: It is not there, refuses the key, or does not know the model.
    """
    _check_name(client)
    completes = _works(
        client, request_body.next_token(request_body.text_of(_PROMPT), 1), lambda _: True
    )
    chats = _works(client, request_body.written(GenerateRequest(_CHAT, 1)), lambda _: True)
    if not (completes or chats):
        raise FatalError(
            "The server neither completes nor chats",
            where=client.settings.url,
            hint="Set server.url to an OpenAI-compatible address (it mostly ends in /v1).",
        )
    asked = _PROMPT if completes else _CHAT
    bound = GenerateRequest(asked, 32, schema=_SCHEMA)
    cutter = find_cutter(client)
    return Skills(
        completes=completes,
        chats=chats,
        top=_top(client, asked),
        names=completes and cutter is not None and _names(client, cutter),
        forces=completes and cutter is not None and _forces(client, cutter),
        echoes=completes
        and _works(client, request_body.echoed(f"{_PROMPT.before} Rome"), _is_echoed),
        cutter=cutter,
        schema_field=next(
            (
                name
                for name in (request_body.RESPONSE_FORMAT, request_body.JSON_SCHEMA)
                if _works(client, request_body.written(bound, schema_field=name), _is_obeyed)
            ),
            None,
        ),
    )


def _check_name(client: Client) -> None:
    told = client.get("/models")
    names = [str(one["id"]) for one in (told or {}).get("data") or [] if "id" in one]
    if names and client.model not in names:
        raise FatalError(
            f"The server has no model {client.model!r}",
            where=client.settings.url,
            hint=f"Set model.name to one of: {', '.join(names[:10])}.",
        )


def _top(client: Client, prompt: Prompt) -> int:
    asked = client.settings.top_tokens
    counts = _TOPS if asked is None else (asked,)
    return next((n for n in counts if len(_told(client, prompt, n)) >= min(n, 2)), 0)


def _names(client: Client, cutter: Cutter) -> bool:
    """Name an improbable token, and see whether it is told."""
    if not cutter.names_numbers:
        return False
    number, name = cutter.pieces(" Florence")[0]
    call = request_body.named_tokens(list(cutter.whole(_PROMPT.before)), [number])
    return _works(client, call, lambda answer: name in tokens_of(choice_of(answer))[0].top)


def _forces(client: Client, cutter: Cutter) -> bool:
    """Force an improbable token, and see whether it is told as it is told freely."""
    if cutter.names_numbers:
        return False
    pieces, others = cutter.pieces(" Rome"), cutter.pieces(" Florence")
    told: dict[bytes, float] = {}

    def collect(answer: Answer) -> bool:
        [token] = tokens_of(choice_of(answer))[:1]
        told[token.text] = token.logprob
        told.update({text: value for text, value in token.top.items() if text not in told})
        return True

    freely = _told(client, _PROMPT, 20)
    for number, text in [*pieces[:1], *others[:1]]:
        told.clear()
        call = request_body.next_token(request_body.text_of(_PROMPT), 1, number)
        if not _works(client, call, collect) or text not in freely:
            return False
        if abs(told.get(text, 0.0) - freely[text]) > _SAME:
            return False
    return True


def _told(client: Client, prompt: Prompt, top: int) -> dict[bytes, float]:
    """Give the tokens that the server tells where so many are asked for."""
    told: dict[bytes, float] = {}

    def collect(answer: Answer) -> bool:
        for token in tokens_of(choice_of(answer))[:1]:
            told.update(token.top)
        return True

    text = request_body.text_of(prompt)
    call = (
        request_body.first_token(prompt, top) if prompt.chat else request_body.next_token(text, top)
    )
    _works(client, call, collect)
    return told


def _is_echoed(answer: Answer) -> bool:
    tokens = tokens_of(choice_of(answer))
    return len(tokens) > 3 and b"Rome" in b"".join(token.text for token in tokens[1:])


def _is_obeyed(answer: Answer) -> bool:
    text = generation_of(choice_of(answer), must_be_whole=True).text
    content = json.loads(text)
    return isinstance(content, dict) and content.get("a") == "b"


def _works(client: Client, call: request_body.Call, is_right: Callable[[Answer], bool]) -> bool:
    """Tell whether a call is understood; what fails for every call is raised."""
    try:
        return is_right(client.ask(*call))
    except UnknownError:
        return False
    except (RetryLater, FatalError):
        raise
    except (EngineError, ValueError):
        return False

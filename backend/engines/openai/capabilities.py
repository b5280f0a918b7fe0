"""What a server can do, tried once at the start: servers do not say, and ignore the unknown."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from backend.engines.base import Ability, GenerateRequest, Prompt
from backend.engines.openai import request_body
from backend.engines.openai.client import FatalError, NotFoundError, ServerClient
from backend.engines.openai.response_store import ResponseBody
from backend.engines.openai.responses import choice_of, generation_of, tokens_of
from backend.engines.openai.tokenizer import ServerTokenizer, find_tokenizer
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
class Capabilities:
    """What a server can do.

    Attributes:
        completes: Whether it continues plain prompts.
        chats: Whether it answers chats.
        top_logprobs: How many of the most probable next tokens it returns.
        scores_named_tokens: Whether it scores tokens that are named by their ids.
        scores_forced_tokens: Whether a token that is forced upon it is returned with its own, free
            log-probability.
        echoes_prompts: Whether it scores a prompt's own tokens.
        tokenizer: Tokenizes texts as it does; None: it does not say how.
        schema_field: Where it takes JSON schemas that its texts conform to; None: nowhere.
    """

    completes: bool
    chats: bool
    top_logprobs: int
    scores_named_tokens: bool
    scores_forced_tokens: bool
    echoes_prompts: bool
    tokenizer: ServerTokenizer | None
    schema_field: str | None

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can do, in the words of the engines' contract."""
        found = {
            Ability.LABEL_LOGPROBS: self.top_logprobs > 0
            or self.scores_named_tokens
            or self.echoes_prompts,
            Ability.TOKEN_LOGPROBS: self.top_logprobs > 0 or self.scores_named_tokens,
            Ability.GENERATION: True,
            Ability.SAMPLING: True,
            Ability.SCHEMAS: self.schema_field is not None,
        }
        return frozenset(ability for ability, is_there in found.items() if is_there)


def probe(client: ServerClient) -> Capabilities:
    """Try out what the server can do.

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
    tokenizer = find_tokenizer(client)
    return Capabilities(
        completes=completes,
        chats=chats,
        top_logprobs=_top(client, asked),
        scores_named_tokens=completes and tokenizer is not None and _names(client, tokenizer),
        scores_forced_tokens=completes and tokenizer is not None and _forces(client, tokenizer),
        echoes_prompts=completes
        and _works(client, request_body.echoed(f"{_PROMPT.before} Rome"), _is_echoed),
        tokenizer=tokenizer,
        schema_field=next(
            (
                name
                for name in (request_body.RESPONSE_FORMAT, request_body.JSON_SCHEMA)
                if _works(client, request_body.written(bound, schema_field=name), _conforms)
            ),
            None,
        ),
    )


def _check_name(client: ServerClient) -> None:
    listed = client.get("/models")
    names = [str(one["id"]) for one in (listed or {}).get("data") or [] if "id" in one]
    if names and client.model not in names:
        raise FatalError(
            f"The server has no model {client.model!r}",
            where=client.settings.url,
            hint=f"Set model.name to one of: {', '.join(names[:10])}.",
        )


def _top(client: ServerClient, prompt: Prompt) -> int:
    asked = client.settings.top_tokens
    counts = _TOPS if asked is None else (asked,)
    return next((n for n in counts if len(_top_tokens(client, prompt, n)) >= min(n, 2)), 0)


def _names(client: ServerClient, tokenizer: ServerTokenizer) -> bool:
    """Name an improbable token, and see whether it is scored."""
    if not tokenizer.names_token_ids:
        return False
    number, name = tokenizer.pieces(" Florence")[0]
    call = request_body.named_tokens(list(tokenizer.prompt_ids(_PROMPT.before)), [number])
    return _works(client, call, lambda answer: name in tokens_of(choice_of(answer))[0].top)


def _forces(client: ServerClient, tokenizer: ServerTokenizer) -> bool:
    """Force an improbable token, and see whether it is scored as it is freely."""
    if tokenizer.names_token_ids:
        return False
    pieces, others = tokenizer.pieces(" Rome"), tokenizer.pieces(" Florence")
    found: dict[bytes, float] = {}

    def collect(answer: ResponseBody) -> bool:
        [token] = tokens_of(choice_of(answer))[:1]
        found[token.text] = token.logprob
        found.update({text: value for text, value in token.top.items() if text not in found})
        return True

    freely = _top_tokens(client, _PROMPT, 20)
    for number, text in [*pieces[:1], *others[:1]]:
        found.clear()
        call = request_body.next_token(request_body.text_of(_PROMPT), 1, number)
        if not _works(client, call, collect) or text not in freely:
            return False
        if abs(found.get(text, 0.0) - freely[text]) > _SAME:
            return False
    return True


def _top_tokens(client: ServerClient, prompt: Prompt, top: int) -> dict[bytes, float]:
    """Return the tokens that the server scores where so many are asked for."""
    found: dict[bytes, float] = {}

    def collect(answer: ResponseBody) -> bool:
        for token in tokens_of(choice_of(answer))[:1]:
            found.update(token.top)
        return True

    text = request_body.text_of(prompt)
    call = (
        request_body.first_token(prompt, top) if prompt.chat else request_body.next_token(text, top)
    )
    _works(client, call, collect)
    return found


def _is_echoed(answer: ResponseBody) -> bool:
    tokens = tokens_of(choice_of(answer))
    return len(tokens) > 3 and b"Rome" in b"".join(token.text for token in tokens[1:])


def _conforms(answer: ResponseBody) -> bool:
    text = generation_of(choice_of(answer), must_be_whole=True).text
    content = json.loads(text)
    return isinstance(content, dict) and content.get("a") == "b"


def _works(
    client: ServerClient, call: request_body.Call, is_right: Callable[[ResponseBody], bool]
) -> bool:
    """Return whether a call is understood; what fails for every call is raised."""
    try:
        return is_right(client.ask(*call))
    except NotFoundError:
        return False
    except (RetryLater, FatalError):
        raise
    except (EngineError, ValueError):
        return False

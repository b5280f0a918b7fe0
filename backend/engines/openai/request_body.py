"""What is asked, as bodies of calls: completions for plain prompts, chat completions for chats."""

import json
from collections.abc import Sequence
from typing import Any

from backend.engines.base import GenerateRequest, Prompt

Call = tuple[str, dict[str, Any]]
"""The path below the server's address, and what is sent."""

COMPLETIONS = "/completions"
CHAT = "/chat/completions"

RESPONSE_FORMAT = "response_format"
"""Where OpenAI and vLLM take a schema."""

JSON_SCHEMA = "json_schema"
"""Where llama.cpp takes the schema of a completion."""


NUMBERED = {"return_tokens_as_token_ids": True}
"""Makes vLLM name tokens by their numbers, `token_id:7`."""


def next_token(prompt: str | list[int], top: int, forced: int | None = None) -> Call:
    """Ask which tokens may follow a prompt.

    Args:
        prompt: Its text, or the ids of its tokens.
        top: How many of the most probable are returned.
        forced: The id of a token that is made to follow, so that it is returned, too.

    Returns:
        The call.
    """
    bias = {} if forced is None else {"logit_bias": {str(forced): 100}}
    return COMPLETIONS, {
        "max_tokens": 1,
        "temperature": 0,
        "prompt": prompt,
        "logprobs": top,
        **bias,
    }


def named_tokens(prompt: list[int], numbers: Sequence[int]) -> Call:
    """Ask vLLM how probable given tokens are behind a prompt; the answer names them by number.

    Args:
        prompt: The ids of its tokens.
        numbers: The tokens' ids, at most 128.

    Returns:
        The call.
    """
    path, body = next_token(prompt, 1)
    return path, {**body, **NUMBERED, "logprob_token_ids": list(numbers)}


def first_token(prompt: Prompt, top: int) -> Call:
    """Ask which tokens a chat's answer may begin with.

    Args:
        prompt: What the user says.
        top: How many of the most probable are returned.

    Returns:
        The call.
    """
    body = {"max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": top}
    return CHAT, {**body, "messages": _messages(prompt)}


def echoed(prompt: str | list[int]) -> Call:
    """Ask for the log-probabilities of a prompt's own tokens, and for one more behind them.

    Args:
        prompt: Its text, or the ids of its tokens.
    """
    return COMPLETIONS, {
        "prompt": prompt,
        "echo": True,
        "logprobs": 1,
        "max_tokens": 1,
        "temperature": 0,
    }


def written(
    request: GenerateRequest,
    prompt: str | list[int] | None = None,
    schema_field: str = RESPONSE_FORMAT,
) -> Call:
    """Ask for a text.

    Args:
        request: How the prompt is to be continued.
        prompt: A plain prompt's text or tokens; None: as the request has it.
        schema_field: In which field the server takes the schema of a plain prompt.

    Returns:
        The call.
    """
    body: dict[str, Any] = {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.schema is not None:
        schema = json.loads(request.schema)
        named = {"name": "answer", "strict": True, "schema": schema}
        formatted = {"type": "json_schema", "json_schema": named}
        is_own = schema_field == JSON_SCHEMA and not request.context.chat
        body |= {JSON_SCHEMA: schema} if is_own else {RESPONSE_FORMAT: formatted}
    if request.context.chat:
        return CHAT, {**body, "messages": _messages(request.context), "logprobs": True}
    if prompt is None:
        prompt = text_of(request.context)
    return COMPLETIONS, {**body, "prompt": prompt, "logprobs": 1}


def text_of(prompt: Prompt) -> str:
    """Return a plain prompt's whole text."""
    return prompt.before + prompt.text + prompt.after


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    return [{"role": "user", "content": text_of(prompt)}]

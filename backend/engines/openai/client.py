"""Calls to the server: retried by the `openai` client, within budget, each paid for once."""

import json
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

import openai

from backend.engines.openai.budget import Budget, TokenUsage
from backend.engines.openai.response_store import ResponseBody, ResponseStore
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError
from labeling.settings.model_sections import ServerSettings

_KEYLESS = "none"
"""What stands in a key's place where the server asks for none."""


class FatalError(EngineError):
    """What fails for every request alike: the address, the key, or the model's name."""


class NotFoundError(FatalError):
    """The server has no such route, or no such model."""


class ServerClient:
    """Calls one model of one server.

    Retries, their jitter, and waiting as long as `Retry-After` says are the client library's own.

    Args:
        settings: Where the server is, its key, limits and prices.
        model: The model's name on the server.
        file: Where paid answers are kept.
    """

    def __init__(self, settings: ServerSettings, model: str, file: Path) -> None:
        self.settings = settings
        self.model = model
        self.budget = Budget(settings)
        self._responses = ResponseStore(file)
        self._openai = openai.OpenAI(
            api_key=settings.api_key.get_secret_value() if settings.api_key else _KEYLESS,
            base_url=settings.url,
            timeout=settings.timeout,
            max_retries=settings.retries,
        )

    def call(self, path: str, body: Mapping[str, Any]) -> ResponseBody:
        """Return the answer to a call, from disk where it was paid for before.

        Args:
            path: `/completions` or `/chat/completions`.
            body: What is sent, without the model's name.

        Returns:
            The JSON object that the server answered with.

        Raises:
            FatalError: The address, the key or the model's name is wrong.
            RetryLater: The server does not answer now, in spite of all retries.
            EngineError: The server refuses this body, or the budget might be passed.
        """
        whole = {"model": self.model, **body}
        return self._responses.answer(path, whole, lambda: self._pay(path, whole))

    def ask(self, path: str, body: Mapping[str, Any]) -> ResponseBody:
        """Return the answer to a call, always from the server.

        Args:
            path: See `call`.
            body: See `call`.

        Returns:
            See `call`.

        Raises:
            EngineError: See `call`.
        """
        return self._pay(path, {"model": self.model, **body})

    def _pay(self, path: str, body: Mapping[str, Any]) -> ResponseBody:
        """Ask until the answer is whole."""
        most = TokenUsage(len(json.dumps(body).encode()), int(body.get("max_tokens", 0)))
        for _ in range(self.settings.retries + 1):
            self.budget.reserve(most)
            used = TokenUsage(0, 0)
            try:
                answer = self._post(path, body)
                used = _usage(answer, most)
                if answer is not None and answer.get("choices"):
                    self._check_model(answer)
                    return answer
            finally:
                self.budget.settle(most, used)
        raise RetryLater(
            f"The server's answers break off, {self.settings.retries + 1} times in a row"
        )

    def _post(self, path: str, body: Mapping[str, Any]) -> ResponseBody | None:
        """Send something; None where what comes back is no JSON object."""
        try:
            answer: Any = self._openai.post(path, cast_to=object, body=dict(body))
        except (json.JSONDecodeError, openai.APIResponseValidationError):
            return None
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise FatalError(
                "The server refuses the key",
                where=self.settings.url,
                hint="Set TANDEM_SERVER__API_KEY or OPENAI_API_KEY.",
            ) from error
        except openai.NotFoundError as error:
            raise NotFoundError(
                f"The server knows no {path} or no model {self.model!r}",
                where=self.settings.url,
                hint="Set server.url (it mostly ends in /v1) and model.name.",
            ) from error
        except (openai.RateLimitError, openai.InternalServerError) as error:
            times = self.settings.retries + 1
            raise RetryLater(
                f"The server answers {error.status_code}, {times} times in a row",
                hint="Ask again later, or lower server.concurrency.",
            ) from error
        except openai.APITimeoutError as error:
            raise RetryLater(
                f"The server does not answer within {self.settings.timeout:g} s",
                hint="Raise server.timeout, or lower server.concurrency.",
            ) from error
        except openai.APIConnectionError as error:
            raise _unreachable(self.settings) from error
        except openai.APIStatusError as error:
            reason = " ".join(str(error.message).split())[:200]
            raise EngineError(f"The server refuses this text: {reason}") from error
        return answer if isinstance(answer, dict) else None

    def _check_model(self, content: ResponseBody) -> None:
        """Refuse an answer of another model; vendors add a date to the name that was asked for."""
        answered = str(content.get("model") or self.model)
        names = (answered.rsplit("/", 1)[-1], self.model.rsplit("/", 1)[-1])
        if not (names[0].startswith(names[1]) or names[1].startswith(names[0])):
            raise EngineError(
                f"The server answered with the model {answered!r} in place of {self.model!r}",
                where=self.settings.url,
                hint="Set model.name to the model that it serves.",
            )

    def named(self, model: str) -> "ServerClient":
        """Return the same client for another of the server's models, on the same budget."""
        other = copy(self)
        other.model = model
        return other

    def command(self, path: str, body: Mapping[str, Any]) -> None:
        """Have the server do something that costs nothing; what it says of it does not matter.

        Args:
            path: Its path below the server's address.
            body: What is sent.

        Raises:
            NotFoundError: It knows no such path, or not what the body names.
            EngineError: It refuses, or does not answer.
        """
        self._post(path, body)

    def lists(self, model: str) -> bool:
        """Return whether the server says that it has a model."""
        listed = self.get("/models")
        return model in {one.get("id") for one in (listed or {}).get("data") or []}

    def get(self, path: str) -> Any:
        """Read something that costs nothing; None where the server does not have it."""
        try:
            return self._openai.get(path, cast_to=object)
        except openai.APIConnectionError as error:
            raise _unreachable(self.settings) from error
        except (openai.APIStatusError, openai.APIResponseValidationError, ValueError):
            return None

    def tool(self, path: str, body: Mapping[str, Any]) -> ResponseBody:
        """Ask for what the server does beside its API, at no cost.

        Args:
            path: Its path below the server's address without `/v1`, such as `/tokenize`.
            body: What is sent.

        Returns:
            The JSON object that the server answered with.

        Raises:
            FatalError: There is no such path, or the key is refused.
            RetryLater: The server does not answer now, in spite of all retries.
            EngineError: The server refuses this body.
        """
        answer = self._post(self.settings.url.rstrip("/").removesuffix("/v1") + path, body)
        if answer is None:
            raise RetryLater(f"The server's answer to {path} breaks off")
        return answer

    def close(self) -> None:
        """Close connections and files."""
        self._openai.close()
        self._responses.close()


def _unreachable(settings: ServerSettings) -> RetryLater:
    return RetryLater(
        "The server cannot be reached", where=settings.url, hint="Start it, or set server.url."
    )


def _usage(answer: ResponseBody | None, most: TokenUsage) -> TokenUsage:
    """Read what a call used; where its answer does not say, it may be the most."""
    usage = (answer or {}).get("usage") or {}
    return TokenUsage(
        int(usage.get("prompt_tokens") or most.read),
        int(usage.get("completion_tokens") or most.written),
    )

"""A model behind an OpenAI-compatible server as an engine: requests to calls, answers to scores."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from backend.engines.base import (
    Answer,
    Asked,
    Engine,
    GenerateRequest,
    Generation,
    Identity,
    Prompt,
    Request,
    Scored,
)
from backend.engines.openai import request_body
from backend.engines.openai.adapters import ServerAdapters
from backend.engines.openai.capabilities import Capabilities, probe
from backend.engines.openai.client import FatalError, NotFoundError, ServerClient
from backend.engines.openai.label_scores import LabelPrefix, score_labels
from backend.engines.openai.next_tokens import NextTokenScorer
from backend.engines.openai.prompt_scores import PromptScorer
from backend.engines.openai.responses import choice_of, generation_of
from labeling.errors import EngineError
from labeling.hashing import digest_of
from labeling.protocol.health import PaidUsage
from labeling.settings.settings import Settings

RequestT = TypeVar("RequestT")
AskedT = TypeVar("AskedT", bound=Asked)
AnswerT = TypeVar("AnswerT")


def identify(settings: Settings) -> Identity:
    """Name the model, and digest its name with all settings that move a score; not the address.

    Raises:
        EngineError: No model is named.
    """
    name, server = settings.model.name, settings.server
    if name == "bundled":
        raise EngineError(
            "No model of the server is named",
            where="model.name",
            hint="Set it to what the server calls its model.",
        )
    moves_scores = ("openai", name, server.labels, server.top_tokens, server.whole_labels)
    content = "\n".join(map(str, moves_scores))
    return Identity(name.rsplit("/", 1)[-1], digest_of(content))


def load(settings: Settings) -> "OpenAIEngine":
    """Connect to the server, and try out what it can do.

    Raises:
        EngineError: The server is not there, refuses the key, or does not know the model.
    """
    identity = identify(settings)
    client = ServerClient(settings.server, settings.model.name, settings.data_dir / "paid.sqlite3")
    try:
        adapters = ServerAdapters(client, identity.digest, settings.data_dir / "artefacts")
        return OpenAIEngine(client, probe(client), identity, adapters)
    except BaseException:
        client.close()
        raise


class OpenAIEngine(Engine):
    """Scores and writes with a model behind a server.

    Args:
        client: Calls the server.
        capabilities: What the server can do.
        identity: Its name and digest.
        adapters: The adapters that it can be asked to hold.
    """

    def __init__(
        self,
        client: ServerClient,
        capabilities: Capabilities,
        identity: Identity,
        adapters: ServerAdapters,
    ) -> None:
        self.name = identity.name
        self.digest = identity.digest
        self.abilities = capabilities.abilities
        self.client = client
        self.capabilities = capabilities
        self._adapters = adapters
        self._pool = ThreadPoolExecutor(client.settings.concurrency, thread_name_prefix="server")
        self._reads_prompts = _reads_prompts(client.settings.labels, capabilities)
        whole = client.settings.whole_labels
        self._whole_labels = capabilities.completes if whole is None else whole

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        """Score every continuation; see `label_scores` for what the probabilities are of."""
        return self._each(requests, lambda request: self._with_model(request, self._scored))

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        """Continue every prompt."""
        return self._each(requests, lambda request: self._with_model(request, self._written))

    def answer(self, requests: Sequence[Asked]) -> list[Answer | EngineError]:
        """Score and write at one time."""
        return self._each(requests, lambda request: self._with_model(request, self._answered))

    @property
    def paid(self) -> PaidUsage:
        """What the server was paid so far; see `Budget`."""
        return PaidUsage(tokens=self.client.budget.tokens, money=self.client.budget.money)

    def close(self) -> None:
        """Let running calls end, and close connections and files."""
        self._pool.shutdown(cancel_futures=True)
        self.client.close()

    def _each(
        self, requests: Sequence[RequestT], answer: Callable[[RequestT], AnswerT]
    ) -> list[AnswerT | EngineError]:
        """Answer requests at one time; a wrong address, key or name fails for all of them."""

        def one(request: RequestT) -> AnswerT | EngineError:
            try:
                return answer(request)
            except FatalError:
                raise
            except EngineError as error:
                return error

        return list(self._pool.map(one, requests))

    def _with_model(
        self, request: AskedT, answer: Callable[[ServerClient, AskedT], AnswerT]
    ) -> AnswerT:
        """Answer with the model, or under the adapter, that a request names."""
        adapter = request.adapter
        if adapter is None:
            return answer(self.client, request)
        self._adapters.load(adapter)
        try:
            return answer(self.client.named(adapter), request)
        except NotFoundError:  # the server was started anew
            self._adapters.forget(adapter)
        self._adapters.load(adapter)
        try:
            return answer(self.client.named(adapter), request)
        except NotFoundError as error:
            raise EngineError(f"The server does not answer under an adapter: {error}") from error

    def _answered(self, client: ServerClient, request: Asked) -> Answer:
        if isinstance(request, Request):
            return self._scored(client, request)
        return self._written(client, request)

    def _scored(self, client: ServerClient, request: Request) -> Scored:
        if self._reads_prompts and not request.context.chat:
            return PromptScorer(client, self.capabilities.tokenizer).score(request)
        return self._scored_by_next_tokens(client, request)

    def _scored_by_next_tokens(self, client: ServerClient, request: Request) -> Scored:
        prompt = self._fitting(request.context)
        labels = [_bare(label) if prompt.chat else label for label in request.continuations]
        tokenizer = None if prompt.chat else self.capabilities.tokenizer
        next_tokens = NextTokenScorer(client, self.capabilities)
        return score_labels(
            partial(next_tokens.scores, prompt),
            labels,
            tokenizer.pieces if tokenizer else _untokenized,
            whole_labels=self._whole_labels and not prompt.chat,
        )

    def _written(self, client: ServerClient, request: GenerateRequest) -> Generation:
        field = self.capabilities.schema_field or request_body.RESPONSE_FORMAT
        prompt = request.context
        next_tokens = NextTokenScorer(client, self.capabilities)
        text = None if prompt.chat else next_tokens.joined(prompt, LabelPrefix())
        answer = client.call(*request_body.written(request, text, field))
        return generation_of(choice_of(answer), must_be_whole=request.schema is not None)

    def _fitting(self, prompt: Prompt) -> Prompt:
        """Turn a plain prompt into a chat where the server does nothing else."""
        if self.capabilities.completes or prompt.chat:
            return prompt
        return Prompt(prompt.before, prompt.text, prompt.after, chat=True)


def _reads_prompts(asked: str, capabilities: Capabilities) -> bool:
    """Choose how labels are scored: by next tokens where the server scores enough of them."""
    if asked == "prompt" and not capabilities.echoes_prompts:
        raise EngineError(
            "The server does not tell the log-probabilities of prompts",
            where="server.labels",
            hint="Set server.labels to auto.",
        )
    return asked == "prompt" or (
        asked == "auto" and capabilities.echoes_prompts and not _scores_next_tokens(capabilities)
    )


def _scores_next_tokens(capabilities: Capabilities) -> bool:
    return capabilities.scores_named_tokens or capabilities.top_logprobs > 0


def _bare(label: str) -> str:
    """Return a label as a chat's answer begins with it."""
    return label.lstrip()


def _untokenized(_: str) -> None:
    return None

"""A model behind an OpenAI-compatible server as an engine: requests to calls, answers to scores."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import TypeVar

import numpy as np

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
from backend.engines.openai.capabilities import Skills, probe
from backend.engines.openai.client import Client, FatalError
from backend.engines.openai.label_scores import Piece, Stem, scored_by_walking
from backend.engines.openai.responses import Token, choice_of, generation_of, tokens_of
from backend.engines.openai.tokenizer import Cutter
from labeling.errors import EngineError
from labeling.settings.settings import Settings

_ALL = 300_000
"""More tokens than any vocabulary has."""

_NAMED = 128
"""Tokens that vLLM lets one call name."""

One = TypeVar("One")
Given = TypeVar("Given")


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
    return Identity(name.rsplit("/", 1)[-1], hashlib.sha256(content.encode()).hexdigest())


def load(settings: Settings) -> "OpenAIEngine":
    """Find out what the server can.

    Raises:
        EngineError: The server is not there, refuses the key, or does not know the model.
    """
    identity = identify(settings)
    client = Client(settings.server, settings.model.name, settings.data_dir / "paid.sqlite3")
    try:
        return OpenAIEngine(client, probe(client), identity)
    except BaseException:
        client.close()
        raise


class OpenAIEngine(Engine):
    """Scores and writes with a model behind a server.

    Args:
        client: Calls the server.
        skills: What the server can.
        identity: What `identify` says of it.
    """

    def __init__(self, client: Client, skills: Skills, identity: Identity) -> None:
        self.name = identity.name
        self.digest = identity.digest
        self.abilities = skills.abilities
        self.client = client
        self.skills = skills
        self._pool = ThreadPoolExecutor(client.settings.concurrency, thread_name_prefix="server")
        self._reads_prompts = _reads_prompts(client.settings.labels, skills)
        whole = client.settings.whole_labels
        self._to_the_end = skills.completes if whole is None else whole

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        """Score every continuation; see `labels` for what the probabilities are of."""
        return self._each(requests, self._scored)

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        """Continue every prompt."""
        return self._each(requests, self._written)

    def answer(self, requests: Sequence[Asked]) -> list[Answer | EngineError]:
        """Score and write at one time."""
        return self._each(requests, self._answered)

    def close(self) -> None:
        """Let running calls end, and close connections and files."""
        self._pool.shutdown(cancel_futures=True)
        self.client.close()

    def _each(
        self, requests: Sequence[One], answer: Callable[[One], Given]
    ) -> list[Given | EngineError]:
        """Answer requests at one time; a wrong address, key or name fails for all of them."""

        def one(request: One) -> Given | EngineError:
            try:
                return answer(request)
            except FatalError:
                raise
            except EngineError as error:
                return error

        return list(self._pool.map(one, requests))

    def _answered(self, request: Asked) -> Answer:
        return self._scored(request) if isinstance(request, Request) else self._written(request)

    def _scored(self, request: Request) -> Scored:
        is_read = self._reads_prompts and not request.context.chat
        return self._echoed(request) if is_read else self._walked(request)

    def _walked(self, request: Request) -> Scored:
        prompt = self._fitting(request.context)

        def top(stem: Stem, wanted: Sequence[Piece]) -> Mapping[bytes, float]:
            if self.skills.cutter is None or prompt.chat:
                return self._told(prompt, stem, self.skills.top)
            if self.skills.names:
                return self._told_named(prompt, stem, wanted, self.skills.cutter)
            if self.skills.forces:
                return self._told_with(prompt, stem, wanted, self.skills.cutter)
            return self._told(prompt, stem, self.skills.top)

        labels = [_bare(label) if prompt.chat else label for label in request.continuations]
        cutter = None if prompt.chat else self.skills.cutter
        pieces = cutter.pieces if cutter else _uncut
        to_the_end = self._to_the_end and not prompt.chat
        return scored_by_walking(top, labels, pieces, to_the_end=to_the_end)

    def _told_named(
        self, prompt: Prompt, stem: Stem, wanted: Sequence[Piece], cutter: Cutter
    ) -> Mapping[bytes, float]:
        """Ask for all wanted tokens by their numbers."""
        told: dict[bytes, float] = {}
        joined = [*cutter.whole(request_body.text_of(prompt)), *(stem.tokens or ())]
        for start in range(0, len(wanted), _NAMED):
            numbers = [number for number, _ in wanted[start : start + _NAMED]]
            told |= self._read_top(request_body.named_tokens(joined, numbers))
        return told

    def _told_with(
        self, prompt: Prompt, stem: Stem, wanted: Sequence[Piece], cutter: Cutter
    ) -> Mapping[bytes, float]:
        """Ask for the most probable tokens and for all wanted ones.

        llama.cpp tells nothing of a token that is forced and ends within a character; such ones are
        found among all tokens, behind another that is forced.
        """
        readable = [piece for piece in wanted if _is_readable(piece)]
        anchor, *others = readable or cutter.pieces(" a")[:1]
        told = dict(self._told(prompt, stem, self.skills.top, anchor[0]))
        for number, text in others:
            if text not in told:
                told |= self._told(prompt, stem, 1, number)
        if any(text not in told for _, text in wanted):
            told |= self._told(prompt, stem, _ALL, anchor[0])
        return told

    def _told(
        self, prompt: Prompt, stem: Stem, count: int, forced: int | None = None
    ) -> Mapping[bytes, float]:
        """Ask for the most probable tokens behind a prompt and a stem, and for a forced one."""
        if prompt.chat and stem.text:
            raise EngineError(
                "Labels begin with the same token, and a chat cannot be continued behind it",
                hint="Set prompt.chat: never, or use a server that completes plain prompts.",
            )
        if prompt.chat:
            return self._read_top(request_body.first_token(prompt, count))
        path, body = request_body.next_token(self._joined(prompt, stem), count, forced)
        is_numbered = self.skills.cutter is not None and self.skills.cutter.names_numbers
        return self._read_top((path, {**body, **request_body.NUMBERED} if is_numbered else body))

    def _read_top(self, call: request_body.Call) -> Mapping[bytes, float]:
        tokens = tokens_of(choice_of(self.client.call(*call)))
        if not tokens or not tokens[0].top:
            raise EngineError("The server told no probabilities for this text")
        return {**tokens[0].top, tokens[0].text: tokens[0].logprob}

    def _joined(self, prompt: Prompt, stem: Stem) -> str | list[int]:
        """Put a stem behind a prompt.

        As tokens where the server cuts texts, so that no text is taken for a special token.
        """
        text = request_body.text_of(prompt)
        if self.skills.cutter and stem.tokens is not None:
            return [*self.skills.cutter.whole(text), *stem.tokens]
        try:
            return text + stem.text.decode()
        except UnicodeDecodeError as error:
            raise EngineError(
                "Labels differ within one character, which the server cannot be asked about",
                hint="Give labels that differ in their letters.",
            ) from error

    def _echoed(self, request: Request) -> Scored:
        """Read each label's own tokens off prompts that end in it, one call a label."""
        cutter = self.skills.cutter
        sums = self._echoed_tokens(request, cutter) if cutter else self._echoed_texts(request)
        return Scored(np.array(sums, dtype=np.float64))

    def _echoed_tokens(self, request: Request, cutter: Cutter) -> list[float]:
        """Read labels off prompts that are sent as tokens."""
        known = list(cutter.whole(request_body.text_of(request.context)))
        sums = []
        for label in request.continuations:
            added = [number for number, _ in cutter.pieces(label)] if label else []
            own = self._own_tokens(known + added)[len(known) :]
            if len(own) != len(added):
                raise EngineError("The server did not tell all of the prompt's tokens")
            sums.append(sum(token.logprob for token in own))
        return sums

    def _echoed_texts(self, request: Request) -> list[float]:
        """Read labels off prompts whose tokens are found by asking once more, without a label.

        Tokens are counted, since a server writes those that end within a character as best it can.
        """
        prompt = request_body.text_of(request.context)
        bare = self._own_tokens(prompt)
        sums = []
        for label in request.continuations:
            whole = self._own_tokens(prompt + label)
            pairs = zip(bare, whole, strict=False)
            shared = sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text, pairs))
            sums.append(sum(token.logprob for token in whole[shared:]))
        return sums

    def _own_tokens(self, prompt: str | list[int]) -> list[Token]:
        """Give a prompt's own tokens, without the one that the server writes behind them."""
        tokens = tokens_of(choice_of(self.client.call(*request_body.echoed(prompt))))
        if len(tokens) < 2:
            raise EngineError("The server told no probabilities for this text")
        return tokens[:-1]

    def _written(self, request: GenerateRequest) -> Generation:
        field = self.skills.schema_field or request_body.RESPONSE_FORMAT
        text = None if request.context.chat else self._joined(request.context, Stem())
        answer = self.client.call(*request_body.written(request, text, field))
        return generation_of(choice_of(answer), must_be_whole=request.schema is not None)

    def _fitting(self, prompt: Prompt) -> Prompt:
        """Turn a plain prompt into a chat where the server does nothing else."""
        if self.skills.completes or prompt.chat:
            return prompt
        return Prompt(prompt.before, prompt.text, prompt.after, chat=True)


def _reads_prompts(asked: str, skills: Skills) -> bool:
    """Choose how labels are scored: off the next tokens where the server tells enough of them."""
    if asked == "prompt" and not skills.echoes:
        raise EngineError(
            "The server does not tell the log-probabilities of prompts",
            where="server.labels",
            hint="Set server.labels to auto.",
        )
    return asked == "prompt" or (asked == "auto" and skills.echoes and not _tells_next(skills))


def _tells_next(skills: Skills) -> bool:
    return skills.names or skills.top > 0


def _bare(label: str) -> str:
    """Give a label as a chat's answer begins with it."""
    return label.lstrip()


def _is_readable(piece: Piece) -> bool:
    try:
        piece[1].decode()
    except UnicodeDecodeError:
        return False
    return True


def _uncut(_: str) -> None:
    return None

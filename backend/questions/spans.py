"""Labelled spans of a text: the model lists them label by label, and each is found in it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from backend.confidence.methods.written_label import json_in, unreadable
from backend.engines import Ability, GenerateRequest, Generation
from backend.prompts.frame import PromptFrame, solved
from backend.questions.item import PromptItem
from backend.questions.open import LIKELY, OpenQuestion, RawAnswer
from backend.questions.solved_items import ShownExamples, with_examples
from labeling.answers.types import canonical_json, content_of, spans_of
from labeling.controls import Control
from labeling.errors import TandemError, TaskError
from labeling.hashing import digest_of

LONGEST_SPAN = 8
"""Words of a span at most."""

MOST_WORDS = 400
"""Words of a text up to which the schema lists all spans; of a longer one any text may be
written, and what is not in it is left out."""

MOST_SPANS = 12
"""Spans of one label in one text at most."""

_WORD = re.compile(r"\w+(?:[^\w\s]\w+)*|[^\w\s]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class SpansQuestion(OpenQuestion):
    """A control that labels spans of its text.

    For each label the model writes a JSON list of what it applies to, under a schema that holds
    nothing but spans of the text itself. Every place where a listed span stands is a span, so that
    offsets are the text's own. A span's probability is the geometric mean of its tokens'. A list
    that the limit cut keeps the spans that it has whole, and is never thought complete.

    Attributes:
        control: The control.
        engine: See `Question`.
        frames: The prompts, one per label.
        tokens: The most that is written for one label.
        examples: Solved items that prompts show, each with the lists of all labels, so that the
            prompts about a text begin alike; None: none.
    """

    control: Control
    engine: str
    frames: tuple[PromptFrame, ...]
    tokens: int
    examples: ShownExamples | None = None

    @cached_property
    def prompt(self) -> str:
        """See `Question`."""
        prompt = digest_of(*(frame.digest_with() for frame in self.frames), str(self.tokens))
        return with_examples(prompt, self.examples)

    @property
    def needs(self) -> dict[str, frozenset[Ability]]:
        """Text under a schema, and its tokens' probabilities."""
        needed = {Ability.GENERATION, Ability.SCHEMAS, Ability.TOKEN_LOGPROBS}
        return {f"{self.control.tag} {self.control.from_name!r}": frozenset(needed)}

    def plan(self, items: Sequence[PromptItem]) -> list[GenerateRequest]:
        """Ask for the list of every label; see `OpenQuestion`."""
        return [
            GenerateRequest(
                frame.around(prompt),
                self.tokens,
                stop=("\n",),
                schema=schema_of(item.markable[self.control.to_name]),
            )
            for item, prompt in zip(items, self._prompts(items), strict=True)
            for frame in self.frames
        ]

    def read(
        self, items: Sequence[PromptItem], answers: Sequence[Generation | TandemError]
    ) -> list[RawAnswer | TandemError]:
        """Find what is listed in the texts; see `OpenQuestion`."""
        labels = len(self.frames)
        return [
            self._found(
                item.markable[self.control.to_name], answers[at * labels : (at + 1) * labels]
            )
            for at, item in enumerate(items)
        ]

    def assemble(self, entries: Mapping[str, float]) -> str:
        """Keep the likely spans, and the likeliest where one is required."""
        kept = [name for name, p in entries.items() if p > LIKELY]
        if self.control.required and not kept and entries:
            kept = [max(entries, key=lambda name: entries[name])]
        return canonical_json(sorted(content_of(name) for name in kept))

    def entries_of(self, answer: str) -> frozenset[str]:
        """Return each span, written as JSON."""
        return frozenset(canonical_json(list(span)) for span in spans_of(answer))

    def _prompts(self, items: Sequence[PromptItem]) -> list[str]:
        if self.examples is None:
            return [item.prompt for item in items]
        return [prompt for [prompt] in self.examples.prompts(items, self._solved)]

    def _solved(self, item: PromptItem, answer: str) -> str:
        """Write a solved item, with the list of every label in the form that is asked for."""
        text = item.texts[self.control.to_name]
        lists: dict[str, dict[str, None]] = {one.value: {} for one in self.control.candidates}
        for start, end, label in spans_of(answer):
            lists[label][_one_line(text[start:end])] = None
        said = [json.dumps([*own], ensure_ascii=False) for own in lists.values()]
        return solved(item.prompt, [*zip(self.frames, said, strict=True)])

    def _found(
        self, text: str, lists: Sequence[Generation | TandemError]
    ) -> RawAnswer | TandemError:
        entries: dict[str, float] = {}
        ended = 1.0
        for candidate, one in zip(self.control.candidates, lists, strict=True):
            if isinstance(one, TandemError):
                return one
            if one.is_whole and not isinstance(json_in(one.text), list):
                return unreadable(one.text, "a list")
            for words, probability in listed(one):
                for start, end in places_of(words, text):
                    name = canonical_json([start, end, candidate.value])
                    entries[name] = max(entries.get(name, 0.0), probability)
            ended *= float(np.exp(one.token_logprobs[-1:].sum())) if one.is_whole else 0.0
        if self.control.required and not entries:
            return TaskError("The model found nothing to label, and the form requires something")
        return RawAnswer(self.assemble(entries), ended, entries)


@lru_cache(maxsize=256)
def schema_of(text: str) -> str:
    """Return the JSON schema of a list of spans of a text."""
    words = [match.span() for match in _WORD.finditer(text)]
    spans = {
        _one_line(text[words[first][0] : words[last][1]])
        for first in range(len(words))
        for last in range(first, min(first + LONGEST_SPAN, len(words)))
    }
    is_short = 0 < len(words) <= MOST_WORDS
    items = {"enum": sorted(spans)} if is_short else {"type": "string", "maxLength": 200}
    return json.dumps({"type": "array", "items": items, "maxItems": MOST_SPANS})


def places_of(span: str, text: str) -> list[tuple[int, int]]:
    """Find all places of a span in a text, first character and the one behind the last.

    Space of any kind and length matches space. Where it stands as whole words anywhere, only those
    places count, so that `Ann` is not found in `Anna`.

    Args:
        span: What is looked for.
        text: Where it is looked for.

    Returns:
        Its places, in order; empty where it is not in the text.
    """
    words = span.split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = [match.span() for match in pattern.finditer(text)]
    return [place for place in found if _is_whole(place, text)] or found


def listed(one: Generation) -> Iterator[tuple[str, float]]:
    """Yield each text of a JSON list, with the geometric mean of its tokens' probabilities."""
    for match in _STRING.finditer(one.text):
        begin, end = match.start() + 1, match.end() - 1
        starts = (0, *one.token_ends[:-1])
        inside = [
            logprob
            for logprob, first, last in zip(one.token_logprobs, starts, one.token_ends, strict=True)
            if first < end and last > begin
        ]
        probability = float(np.exp(np.mean(inside))) if inside else 0.0
        yield str(json.loads(match.group())), probability


def _is_whole(span: tuple[int, int], text: str) -> bool:
    start, end = span
    before, after = text[start - 1 : start], text[end : end + 1]
    joins_before = before.isalnum() and text[start].isalnum()
    joins_after = after.isalnum() and text[end - 1].isalnum()
    return not (joins_before or joins_after)


def _one_line(text: str) -> str:
    return " ".join(text.split())

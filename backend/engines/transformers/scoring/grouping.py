"""Questions about one text, asked in one pass: what their prompts begin with is run once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.scoring.packing import ScoringItem
from backend.engines.transformers.scoring.trie import Branch, tree_of
from backend.engines.transformers.tokens import Tokens, common_prefix
from labeling.mathtypes import Floats

_LONGEST_QUESTION = 128
"""Tokens that may stand between the shared prefix and an answer; where a text was cut
differently for two questions, there are many more, and next to nothing is gained."""

_MOST_NODES = 2048
"""Tokens behind one shared prefix, since attention among them grows with their square."""


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that are asked about a text in one pass.

    Attributes:
        text: The text.
        item: What all of them begin with, and a tree of what differs.
        continuations: How many each question has, in the order of the item's trie.
        places: Which requests ask it, for each question; more than one where requests are equal.
    """

    text: str
    item: ScoringItem
    continuations: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]

    def by_place(self, sums: Floats) -> dict[int, Floats]:
        """Hand the scores of the item's continuations to the requests that asked for them."""
        parts = np.split(sums, np.cumsum(self.continuations)[:-1])
        return {
            place: part for places, part in zip(self.places, parts, strict=True) for place in places
        }


def group_by_text(
    texts: Sequence[str], group: Mapping[int, EncodedPrompt], prefix: Tokens
) -> Iterator[QuestionGroup]:
    """Put together what is asked about the same text.

    Args:
        texts: The text of each of the group's prompts, in its order.
        group: Prompts that begin alike, as tokens, by their place among all requests.
        prefix: The tokens that all of them begin with.

    Yields:
        What is asked in one pass; every prompt is in exactly one of them.
    """
    asked: dict[str, dict[Branch, list[int]]] = {}
    for text, (place, one) in zip(texts, group.items(), strict=True):
        question = (one.context[len(prefix) :], one.continuations)
        asked.setdefault(text, {}).setdefault(question, []).append(place)
    for text, places in asked.items():
        # In one order whatever the requests' order, so that all texts have the same tree.
        for run in _runs(sorted(places)):
            shared = _shared(run)
            branches = tuple((own[shared:], answers) for own, answers in run)
            yield QuestionGroup(
                text,
                ScoringItem(run[0][0][:shared], tree_of(branches)),
                tuple(len(answers) for _, answers in run),
                tuple(tuple(places[question]) for question in run),
            )


def _runs(questions: Sequence[Branch]) -> Iterator[list[Branch]]:
    """Cut sorted questions into runs that are worth a common pass."""
    run: list[Branch] = []
    for question in questions:
        if run and not _is_worth_it([*run, question]):
            yield run
            run = []
        run.append(question)
    yield run


def _is_worth_it(run: Sequence[Branch]) -> bool:
    shared = _shared(run)
    lengths = [len(own) - shared for own, _ in run]
    behind = sum(len(one) for _, answers in run for one in answers)
    return shared > 0 and max(lengths) <= _LONGEST_QUESTION and sum(lengths) + behind <= _MOST_NODES


def _shared(run: Sequence[Branch]) -> int:
    """Count the tokens that sorted questions begin with: those of the first and the last."""
    return len(run[0][0]) if len(run) == 1 else common_prefix([run[0][0], run[-1][0]])

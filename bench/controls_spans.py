"""Spans out of a crowd that tagged token by token: is it better to agree on tokens or on spans?

A folder holds `items.csv`, whose texts are tokens in running order, `crowd.csv` and `gold.csv`.
Tokens up to the end of a sentence make a text, and its spans are the runs of tokens with one tag.

People judged tokens that were dealt out one at a time, so that nobody judged a whole text. As many
slots as every token has votes are filled: each slot gives every token one of its votes, drawn at
random, and marks the spans that come of them. A slot is many people, and all slots are much alike,
so that who is good can only be told where tokens are aggregated.

- *tokens*: all tags of each token are aggregated under their real workers, then runs become spans.
- *pieces*, *whole*: the slots' spans are aggregated by `aggregation.by_type.spans`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from aggregation.by_type import APPROACHES, aggregator_for
from bench.controls_measures import span_scores
from labeling.answers.types import AnswerType, Span, canonical_json

TAG = "NOUN"
"""The tag whose runs are spans: no other is as frequent, and names are runs of several."""

LONGEST = 30
"""Tokens of a text at most."""

METHODS = ("majority-vote", "bayesian-one-coin")

_END = re.compile(r"[.!?…]+|URL")


@dataclass(frozen=True, slots=True)
class TaggedTexts:
    """Tokens with their tags, in texts.

    Attributes:
        name: The folder's name.
        texts: Each text's tokens, by their places in the lists below.
        tokens: All tokens, in running order.
        gold: The expert's tag of each.
        votes: Who gave each which tag.
    """

    name: str
    texts: list[range]
    tokens: list[str]
    gold: list[str]
    votes: list[list[tuple[str, str]]]

    def answer(self, text: range, tags: Sequence[str]) -> str:
        """Write a text's spans under tags of all tokens.

        Args:
            text: Places of its tokens.
            tags: The tag of every token of the folder.

        Returns:
            The answer, in its canonical form.
        """
        own = [self.tokens[place] for place in text]
        return canonical_json(runs_of(own, [tags[place] for place in text], TAG))


def is_tagged(folder: Path) -> bool:
    """Return whether a folder's items are tokens, people's tags and gold beside them."""
    if not (folder / "crowd.csv").exists():
        return False
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    return not items["text"].str.contains(" ").any()


def read_tagged(folder: Path) -> TaggedTexts:
    """Read a folder of tagged tokens."""
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    crowd = pd.read_csv(folder / "crowd.csv", dtype="str")
    votes: dict[str, list[tuple[str, str]]] = {}
    for task, worker, label in crowd[["task", "worker", "label"]].itertuples(index=False):
        votes.setdefault(task, []).append((worker, label))
    tokens = [*items["text"]]
    return TaggedTexts(
        name=folder.name,
        texts=texts_of(tokens),
        tokens=tokens,
        gold=[*gold[items["item_id"]]],
        votes=[sorted(votes[task]) for task in items["item_id"]],
    )


def measure(tagged: TaggedTexts, seeds: int) -> dict[str, dict[str, float]]:
    """Judge each way by exact span F1 and character F1 over all texts; means over the seeds.

    Args:
        tagged: Tokens with their tags.
        seeds: Draws of the votes.

    Returns:
        The scores by way and by measure.
    """
    gold = [tagged.answer(text, tagged.gold) for text in tagged.texts]
    found: dict[str, list[dict[str, float]]] = {}
    for seed in range(seeds):
        drawn = draw(tagged.votes, seed)
        for name, answers in _ways(tagged, drawn):
            found.setdefault(name, []).append(span_scores([*zip(answers, gold, strict=True)]))
    return {
        name: {measure: float(np.mean([one[measure] for one in runs])) for measure in runs[0]}
        for name, runs in found.items()
    }


def texts_of(tokens: Sequence[str]) -> list[range]:
    """Part running tokens into texts: behind what ends a sentence, and where one grows too long."""
    texts, start = [], 0
    for place, token in enumerate(tokens, 1):
        is_end = bool(_END.fullmatch(token)) or place - start == LONGEST
        if is_end or place == len(tokens):
            texts.append(range(start, place))
            start = place
    return texts


def runs_of(tokens: Sequence[str], tags: Sequence[str], tag: str) -> list[Span]:
    """Make spans of the runs of tokens with one tag, a blank standing between two tokens.

    Args:
        tokens: A text's tokens.
        tags: The tag of each.
        tag: The tag whose runs are wanted.

    Returns:
        The spans, in characters.
    """
    ends = np.cumsum([len(token) + 1 for token in tokens]) - 1
    spans: list[Span] = []
    for is_marked, run in groupby(range(len(tokens)), lambda place: tags[place] == tag):
        if is_marked:
            places = [*run]
            first, last = places[0], places[-1]
            spans.append((int(ends[first]) - len(tokens[first]), int(ends[last]), tag))
    return spans


def draw(votes: Sequence[Sequence[tuple[str, str]]], seed: int) -> list[list[tuple[str, str]]]:
    """Draw equally many votes of every token, as many as every token has, in random order.

    Args:
        votes: Pairs of worker and tag, per token.
        seed: Of the draw.

    Returns:
        As many votes of each token.
    """
    random = np.random.default_rng(seed)
    slots = min(map(len, votes))
    return [[own[n] for n in random.permutation(len(own))[:slots]] for own in votes]


def _ways(
    tagged: TaggedTexts, drawn: Sequence[Sequence[tuple[str, str]]]
) -> Iterator[tuple[str, list[str]]]:
    by_token = _frame((n, worker, tag) for n, own in enumerate(drawn) for worker, tag in own)
    slots = [[own[slot][1] for own in drawn] for slot in range(len(drawn[0]))]
    by_text = _frame(
        (n, f"slot {slot}", tagged.answer(text, tags))
        for n, text in enumerate(tagged.texts)
        for slot, tags in enumerate(slots)
    )
    for method in METHODS:
        tags = aggregator_for(AnswerType.CLASS, method=method).fit_predict(by_token)
        yield f"tokens, {method}", [tagged.answer(text, [*tags]) for text in tagged.texts]
        for approach in APPROACHES[AnswerType.SPANS]:
            way = aggregator_for(AnswerType.SPANS, method=method, approach=approach)
            yield f"{approach}, {method}", [*way.fit_predict(by_text)]


def _frame(rows: Iterator[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["task", "worker", "label"])

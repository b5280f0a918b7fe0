"""How far two answers say the same, from 0 to 1, by answer type.

Each measure is symmetric, is 1 where the two say the same, and lies between where they agree in
part:

- `CLASS`, `PAIR`: 1 or 0.
- `SET`: Jaccard, the share of all values named that both name; two empty sets are alike.
- `PATHS`: a path stands for itself and everything above it; F1 of those two sets of places, so that
  two leaves under one branch earn what they share (Kiritchenko et al. 2006; Costa et al. 2007).
- `SCALE`: 1 - |a - b| / (steps - 1), the ends of the scale being wholly unlike.
- `NUMBER`: 1 - |a - b| / spread, at least 0; without a spread, a share of the larger one.
- `SPANS`: F1 of the pairs of character and label that each marks. Annotators agree on what is
  meant long before they agree where it ends (Kim et al. 2004), and an exact comparison takes one
  article more or less for no agreement at all. `span_f1` is that exact one. Spans of one label
  that touch are held for one.
- `REGIONS`: the same, where a pair that both mark counts for as much as what is said of the two
  spans is alike.
- `TEXT`: ROUGE-L's F1 (Lin 2004): the words that both have in the same order, without regard to
  case or spacing. Bags of words would find "dog bites man" in "man bites dog".

Papers:
    S. Kiritchenko et al., "Learning and evaluation in the presence of class hierarchies", 2006.
    E. Costa et al., "A review of performance evaluation measures for hierarchical classifiers",
    AAAI Workshop on Evaluation Methods for Machine Learning II, 2007.
    J.-D. Kim et al., "Introduction to the bio-entity recognition task at JNLPBA", 2004.
    C.-Y. Lin, "ROUGE: A package for automatic evaluation of summaries", 2004.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from functools import partial

from labeling.answers.types import AnswerType, Span, paths_of, regions_of, spans_of, strings_of
from labeling.errors import AnswerError

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
_BREAK = "\n"
"""The token between two texts of one answer; no text holds it, since tokens are never blank."""


def similarity(
    answer_type: AnswerType,
    one: str,
    other: str,
    *,
    steps: int = 0,
    spread: float = 0.0,
    inner: AnswerType = AnswerType.CLASS,
) -> float:
    """Return how far two answers of one type say the same.

    Args:
        answer_type: The answer type of both.
        one: An answer in the canonical form of its answer type.
        other: Another one; which is which makes no difference.
        steps: How many steps a `SCALE` has. With fewer than two, answers are equal or unlike.
        spread: The difference at which two answers of `NUMBER`, in its unit, have nothing in
            common any more; 0 for relative to the larger of them.
        inner: Of `REGIONS`, the answer type of what is said of each, which `steps` and `spread` are
            of.

    Returns:
        From 0, nothing in common, to 1, the same.

    Raises:
        AnswerError: One is not an answer of that type.
    """
    match answer_type:
        case AnswerType.CLASS | AnswerType.PAIR:
            return float(one == other)
        case AnswerType.SET:
            return _jaccard(set(strings_of(one)), set(strings_of(other)))
        case AnswerType.PATHS:
            return _f1(places(paths_of(one)), places(paths_of(other)))
        case AnswerType.SCALE:
            return _nearness(float(step_of(one)), float(step_of(other)), float(steps - 1))
        case AnswerType.NUMBER:
            first, second = number_of(one), number_of(other)
            return _nearness(first, second, spread or max(abs(first), abs(second)))
        case AnswerType.SPANS:
            return _f1(_marked(spans_of(one)), _marked(spans_of(other)))
        case AnswerType.REGIONS:
            similarity_of = partial(similarity, inner, steps=steps, spread=spread)
            return _region_f1(
                _by_character(regions_of(one)), _by_character(regions_of(other)), similarity_of
            )
        case AnswerType.TEXT:
            return _rouge_l(_words(strings_of(one)), _words(strings_of(other)))


def span_f1(one: str, other: str) -> float:
    """Return the F1 of two answers of `SPANS` that counts only spans alike in both ends and label.

    Args:
        one: An answer.
        other: Another answer.

    Returns:
        The F1, in [0, 1]; 1 where neither marks anything.

    Raises:
        AnswerError: One is not an answer of that type.
    """
    return _f1(set(spans_of(one)), set(spans_of(other)))


def places(paths: Sequence[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """List the places of a tree that paths name: their ends, and everything above those."""
    return {path[:depth] for path in paths for depth in range(1, len(path) + 1)}


def step_of(answer: str) -> int:
    """Read an answer of `AnswerType.SCALE`.

    Raises:
        AnswerError: It is none.
    """
    if not (answer.isascii() and answer.isdigit() and int(answer) > 0):
        raise AnswerError(f"{answer[:100]!r} is not a step of a scale")
    return int(answer)


def number_of(answer: str) -> float:
    """Read an answer of `AnswerType.NUMBER`.

    Raises:
        AnswerError: It is none.
    """
    try:
        number = float(answer)
    except ValueError as error:
        raise AnswerError(f"{answer[:100]!r} is not a number") from error
    if not math.isfinite(number):
        raise AnswerError(f"{answer[:100]!r} is not a finite number")
    return number


def _jaccard(one: Set[Hashable], other: Set[Hashable]) -> float:
    union = one | other
    return len(one & other) / len(union) if union else 1.0


def _f1(one: Set[Hashable], other: Set[Hashable]) -> float:
    size = len(one) + len(other)
    return 2 * len(one & other) / size if size else 1.0


def _nearness(one: float, other: float, spread: float) -> float:
    if one == other:
        return 1.0
    # Halves, since the difference of two numbers can be larger than any number.
    half = spread / 2
    return max(0.0, 1.0 - abs(one / 2 - other / 2) / half) if half > 0 else 0.0


def _marked(spans: Sequence[Span]) -> set[tuple[int, str]]:
    return {(at, label) for start, end, label in spans for at in range(start, end)}


def _by_character(regions: Mapping[Span, str]) -> dict[tuple[int, str], str]:
    """Return what is said of each character under each label; the first of those that overlap."""
    answers: dict[tuple[int, str], str] = {}
    for (start, end, label), answer in sorted(regions.items()):
        for at in range(start, end):
            answers.setdefault((at, label), answer)
    return answers


def _region_f1(
    one: Mapping[tuple[int, str], str],
    other: Mapping[tuple[int, str], str],
    similarity_of: Callable[[str, str], float],
) -> float:
    size = len(one) + len(other)
    pairs = Counter((one[place], other[place]) for place in one.keys() & other.keys())
    shared = sum(similarity_of(*sorted(pair)) * count for pair, count in sorted(pairs.items()))
    return 2 * shared / size if size else 1.0


def _words(texts: Sequence[str]) -> list[str]:
    """Split texts into words and marks; what is written without spaces, into characters."""
    words: list[str] = []
    for text in texts:
        folded = unicodedata.normalize("NFKC", text).casefold()
        words += [*_TOKEN.findall(folded), _BREAK]
    return words[:-1]


def _rouge_l(one: Sequence[str], other: Sequence[str]) -> float:
    size = len(one) + len(other)
    return 2 * _longest_in_common(one, other) / size if size else 1.0


def _longest_in_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words of the longest sequence in both: Hyyrö's bits, one word a step (2004)."""
    where: dict[str, int] = {}
    for at, word in enumerate(one):
        where[word] = where.get(word, 0) | 1 << at
    everywhere = (1 << len(one)) - 1
    row = everywhere
    for word in other:
        met = row & where.get(word, 0)
        row = (row + met | row - met) & everywhere
    return len(one) - row.bit_count()

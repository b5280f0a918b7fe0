"""What is found about a dataset before it is trained on: duplicates, contradictions, leaks.

Nothing is changed or taken away: what is found stands in columns, and is counted on the card.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from aggregation.dataset.connected_components import Group
from aggregation.dataset.duplicates import (
    Duplicates,
    contradictions,
    find_duplicates,
)
from aggregation.dataset.splits import leaks
from aggregation.quality.grounding import is_answer_grounded
from labeling.answers.folding import folded
from labeling.answers.types import (
    AnswerType,
    canonical_json,
    paths_of,
    regions_of,
    spans_of,
    strings_of,
)
from labeling.controls import Control
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from tandem.export.parts import parts_of
from tandem.export.split_request import SplitRequest

Texts = Mapping[str, str]
"""What a task shows, by the object that shows it."""
Answers = Mapping[str, str]
"""A label, control by control."""

WITH_OFFSETS = (AnswerType.SPANS, AnswerType.REGIONS)


@dataclass(frozen=True)
class DatasetChecks:
    """What was found.

    Attributes:
        duplicates: Texts that occur more than once, labelled or not.
        contradictions: Groups of exact duplicates whose labels do not say the same.
        near_contradictions: The other groups whose labels do not: a mistake, or the one word that
            makes the difference.
        grounded: Whether what was written or marked stands in the text; of tasks whose label holds
            such an answer.
        parts: The part of each labelled task.
        part_names: The parts, in order.
        leaks: Groups of duplicates in more than one part; there are none in parts of our making.
        request: How it was split.
        with_near: Whether near duplicates were looked for.
    """

    duplicates: Duplicates
    contradictions: Sequence[Group]
    near_contradictions: Sequence[Group]
    grounded: Mapping[int, bool]
    parts: Mapping[int, str]
    part_names: Sequence[str]
    leaks: Sequence[Group]
    request: SplitRequest
    with_near: bool = True

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many examples each part has."""
        counts = Counter(self.parts.values())
        return {name: counts[name] for name in self.part_names}

    @property
    def contradicting(self) -> frozenset[int]:
        """The tasks of groups whose labels contradict each other, near duplicates left out."""
        return frozenset(task for group in self.contradictions for task in group)

    @property
    def counts(self) -> Mapping[str, object]:
        """What was found, in numbers."""
        return {
            "exact_duplicate_groups": len(self.duplicates.exact),
            "duplicate_groups": len(self.duplicates.groups),
            "superfluous": self.duplicates.superfluous,
            "contradictions": len(self.contradictions),
            "near_contradictions": len(self.near_contradictions),
            "near_sought": self.with_near,
            "leaks": len(self.leaks),
            "ungrounded": self.ungrounded,
            "splits": dict(self.sizes),
        }

    @property
    def ungrounded(self) -> int:
        """How many labels say what does not stand in their text."""
        return sum(not one for one in self.grounded.values())


def check(
    equivalence: Equivalence,
    texts: Mapping[int, Texts],
    labels: Mapping[int, Answers],
    data: Mapping[int, Mapping[str, object]],
    request: SplitRequest,
    *,
    with_near: bool = True,
) -> DatasetChecks:
    """Look a dataset through, and split it.

    Args:
        equivalence: The form, and which of its answers say the same.
        texts: What each task shows.
        labels: The label of each task that has one.
        data: Each task's own data.
        request: How it is to be split.
        with_near: Whether near duplicates are looked for, too.

    Returns:
        What was found.

    Raises:
        SettingsError: It cannot be split so.
    """
    form = equivalence.form
    shown = {task: "\n".join(one.values()) for task, one in texts.items()}
    duplicates = find_duplicates(shown, near=with_near)
    said = {task: _comparable(form, one, texts[task]) for task, one in labels.items()}
    exact = contradictions(duplicates.exact, said, _same_by(equivalence))
    known = {task for group in exact for task in group}
    near = contradictions(duplicates.groups, said, _same_by(equivalence))
    strata = {task: set(_named(form, one)) for task, one in labels.items()}
    names, parts = parts_of(strata, duplicates.groups, data, request)
    return DatasetChecks(
        duplicates=duplicates,
        contradictions=exact,
        near_contradictions=tuple(group for group in near if known.isdisjoint(group)),
        grounded={
            task: found
            for task, one in labels.items()
            if (found := is_answer_grounded(form, one, texts[task])) is not None
        },
        parts=parts,
        part_names=names,
        leaks=leaks(duplicates.groups, parts),
        request=request,
        with_near=with_near,
    )


def _comparable(form: Form, answers: Answers, texts: Texts) -> str:
    """Write a label so that those of two texts compare: spans by what they mark, not by where."""
    if not any(control.answer_type in WITH_OFFSETS for control in form.controls):
        return form.answer(answers) or ""
    return canonical_json(
        {
            control.from_name: _marked(control, answers[control.from_name], texts)
            for control in form.controls
            if control.from_name in answers
        }
    )


def _marked(control: Control, answer: str, texts: Texts) -> object:
    text = texts.get(control.to_name, "")
    match control.answer_type:
        case AnswerType.SPANS:
            return sorted(
                [folded(text[start:end]), label] for start, end, label in spans_of(answer)
            )
        case AnswerType.REGIONS:
            return sorted(
                [folded(text[start:end]), label, said]
                for (start, end, label), said in regions_of(answer).items()
            )
    return answer


def _same_by(equivalence: Equivalence) -> Callable[[str, str], bool]:
    """Return what compares two labels that `_comparable` wrote."""
    controls = equivalence.form.controls
    if any(control.answer_type in WITH_OFFSETS for control in controls):
        return eq
    return lambda one, other: (
        one == other or bool(one and other and equivalence.is_same_answer(one, other))
    )


def _named(form: Form, answers: Answers) -> Iterator[str]:
    """Yield the labels that an answer names, each with its control; open answers name none."""
    for control in form.controls:
        if control.from_name in answers:
            for label in _labels(control, answers[control.from_name]):
                yield f"{control.from_name}={label}"


def _labels(control: Control, answer: str) -> Sequence[str]:
    match control.answer_type:
        case AnswerType.CLASS | AnswerType.PAIR | AnswerType.SCALE:
            return [answer]
        case AnswerType.SET:
            return strings_of(answer)
        case AnswerType.PATHS:
            return [path[0] for path in paths_of(answer) if path]
        case AnswerType.SPANS:
            return [label for _, _, label in spans_of(answer)]
    return ()

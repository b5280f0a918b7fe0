"""The labelled tasks as something to train on: texts, answers, and what was found about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from aggregation.dataset.controls import by_control
from aggregation.forms.form import answers_by_control
from aggregation.subjective.opinions import ControlOpinions
from labeling.controls import Control
from labeling.errors import TaskError
from labeling.form.form import Form
from routing.studio.models import StudioTask
from tandem.export.checks import DatasetChecks, check
from tandem.export.outcome import ProjectOutcome
from tandem.export.split_request import SplitRequest


@dataclass(frozen=True, slots=True)
class LabelledTask:
    """A labelled task.

    Attributes:
        task: Its number.
        texts: What it shows, as people read it, by the object that shows it.
        answers: The label's answer of each control, in the canonical form of its type.
        row: All that the dataset says of it; see `aggregation.dataset.tasks`.
        controls: All that it says of each control; see `aggregation.dataset.controls`.
    """

    task: int
    texts: Mapping[str, str]
    answers: Mapping[str, str]
    row: Mapping[str, Any]
    controls: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class LabelledDataset:
    """What can be trained on.

    Attributes:
        form: What was asked.
        examples: The labelled tasks whose texts can be read, by ascending number.
        left_out: Tasks without a label, or whose text cannot be read.
        checks: What was found about the whole project's texts and labels, and the split.
        workers: What each of the people is called in it, by the name that their answers are
            counted under.
        opinions: What people say of each control that asks for one choice, by its name.
    """

    form: Form
    examples: Sequence[LabelledTask]
    left_out: int
    checks: DatasetChecks
    workers: Mapping[str, str]
    opinions: Mapping[str, ControlOpinions] = field(default_factory=dict)

    @property
    def is_pseudonymous(self) -> bool:
        """Whether people have numbers in place of their names."""
        return all(name != own for name, own in self.workers.items())

    @cached_property
    def parts(self) -> Mapping[str, Sequence[LabelledTask]]:
        """The examples of each part, by the part's name, in the order of the split."""
        parts: dict[str, list[LabelledTask]] = {name: [] for name in self.checks.part_names}
        for example in self.examples:
            parts[self.checks.parts[example.task]].append(example)
        return parts

    def answered(self, control: Control) -> Mapping[str, Sequence[LabelledTask]]:
        """Return the examples whose label answers a control, by part."""
        name = control.from_name
        return {
            part: [one for one in examples if name in one.answers]
            for part, examples in self.parts.items()
        }


def labelled_dataset_of(
    outcome: ProjectOutcome,
    tasks: Sequence[StudioTask],
    request: SplitRequest,
    *,
    with_names: bool = False,
    with_near: bool = True,
) -> LabelledDataset:
    """Put the labelled dataset of a project together.

    Args:
        outcome: What is known of every item.
        tasks: The tasks, as Label Studio has them.
        request: How it is to be split.
        with_names: Whether people are called as Label Studio calls them, not `person-1`.
        with_near: Whether near duplicates are looked for, too.

    Returns:
        The labelled dataset.

    Raises:
        SettingsError: It cannot be split so.
    """
    form = outcome.facts.equivalence.form
    examples = _examples(outcome)
    said = {one.task: one for one in examples}
    texts = {
        int(task): shown
        for task, item in zip(outcome.dataset["task"], outcome.dataset["text"], strict=True)
        if (shown := _shown(form, item)) is not None
    }
    checks = check(
        outcome.facts.equivalence,
        texts,
        {task: one.answers for task, one in said.items()},
        {one.id: one.data for one in tasks},
        request,
        with_near=with_near,
    )
    workers = _workers(outcome)
    names = {worker: worker for worker in workers} if with_names else workers
    left_out = len(outcome.dataset) - len(examples)
    return LabelledDataset(form, examples, left_out, checks, names, outcome.opinions)


def _examples(outcome: ProjectOutcome) -> list[LabelledTask]:
    facts = outcome.facts
    form = facts.equivalence.form
    labelled = outcome.dataset[outcome.dataset["label"].notna()]
    frame = by_control(labelled, facts.consensus, facts.equivalence, outcome.opinions)
    told: dict[int, dict[str, Mapping[str, Any]]] = {}
    for row in frame.to_dict("records"):
        told.setdefault(int(row["task"]), {})[row["control"]] = _by_name(row)
    examples = []
    for row in labelled.to_dict("records"):
        texts = _shown(form, row["text"])
        if texts is not None:
            task, answers = int(row["task"]), answers_by_control(form, row["label"])
            examples.append(LabelledTask(task, texts, answers, _by_name(row), told[task]))
    return sorted(examples, key=lambda one: one.task)


def _by_name(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row by column; what is NaN is not known."""
    return {
        str(name): None if isinstance(value, float) and value != value else value
        for name, value in row.items()
    }


def _shown(form: Form, item: str | None) -> Mapping[str, str] | None:
    try:
        return None if item is None else form.shown(item)
    except TaskError:
        return None


def _workers(outcome: ProjectOutcome) -> dict[str, str]:
    """Number people in the order of their first answers, so that numbers stay as more come."""
    first: dict[str, Any] = {}
    for votes in outcome.dataset["votes"]:
        for vote in votes:
            worker, at = vote["worker"], vote["at"]
            first[worker] = min(first.get(worker, at), at)
    ordered = sorted(first, key=lambda worker: (first[worker], worker))
    return {worker: f"person-{number}" for number, worker in enumerate(ordered, start=1)}

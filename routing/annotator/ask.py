"""Asking the annotator, before people are asked: what pays, a few at a time, each kept once paid.

It is asked once people are done with what they were asked and the model has learned from it, of
open texts and of answered ones; see `routing.annotator.choose`. What it said is recorded after each
call, so that a pass that is killed pays again for no more than one call, and for that only where
the backend has lost it too. Without it a pass goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from labeling.answers.types import AnswerType
from labeling.errors import BackendUnreachable, SettingsError
from labeling.form.form import Form
from labeling.mathtypes import Floats
from labeling.protocol.annotate import AnnotateRequest
from labeling.settings.settings import Settings
from routing.annotator.choose import NextAsks, Texts, next_asks
from routing.annotator.worth import threshold
from routing.decisions.round_status import RoundStatus
from routing.facts.open_groups import open_groups
from routing.facts.project import ProjectFacts
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.annotator_label import AnnotatorLabel
from routing.model.client import BackendClient
from routing.snapshot.snapshot import Snapshot

MOST_OFFERED = 5_000
"""Open texts that are looked into: those whose predicted error is nearest to the threshold."""

CALL = 20
"""Texts a call: what a kill can cost, should the backend lose it too."""


def require_one_choice(form: Form, settings: Settings) -> None:
    """Refuse an annotator where anything but one choice of labels is asked for.

    Args:
        form: What is asked for.
        settings: They may name an annotator.

    Raises:
        SettingsError: They do, and it cannot be asked.
    """
    is_choice = form.only is not None and form.only.answer_type is AnswerType.CLASS
    if settings.annotator.name is not None and not is_choice:
        raise SettingsError(
            "An annotator can be asked for one choice of labels alone",
            where="annotator.name",
            hint="Set it to null.",
        )


@dataclass(frozen=True, slots=True)
class ToAsk:
    """Texts to ask the annotator about.

    Attributes:
        worth: What its label of each is expected to save, in human labels, by task.
        is_drawn: Whether chance drew them from those that people answered.
    """

    worth: Mapping[int, float]
    is_drawn: bool


def ask_where_worth(snapshot: Snapshot, backend: BackendClient) -> tuple[Snapshot, str | None]:
    """Ask the settings' annotator about what pays, until nothing does or its budget is spent.

    Args:
        snapshot: The project.
        backend: Reaches the annotator.

    Returns:
        The project as it is then, and why the annotator could not be asked to the end, in one line;
        None: it could, or the settings name none.
    """
    if snapshot.settings.annotator.name is None or not is_time(snapshot.round_status):
        return snapshot, None
    failed: set[int] = set()
    while chosen := to_ask(snapshot.facts, failed):
        tasks = [*chosen.worth]
        for start in range(0, len(tasks), CALL):
            some = tasks[start : start + CALL]
            try:
                labels = _asked(snapshot, backend, chosen, some)
            except BackendUnreachable as error:
                return snapshot, f"The annotator cannot be asked: {error}"
            if not labels:
                return snapshot, f"The annotator answered none of {len(some)} texts."
            failed.update(some)
            snapshot.ledger.record_annotator_labels(labels)
            known = {**snapshot.state.annotator_labels, **{one.task: one for one in labels}}
            snapshot = snapshot.with_state(replace(snapshot.state, annotator_labels=known))
            snapshot.progress("Annotator", start + len(some), len(tasks))
    return snapshot, None


def is_time(status: RoundStatus) -> bool:
    """Return whether people are done with what they were asked, and the model learned from it."""
    facts, rounds = status.facts, status.facts.state.rounds
    if not facts.open_tasks or not rounds or not rounds[-1].answers:
        return False
    return status.is_answered and rounds[-1].answers >= len(facts.settled)


def to_ask(facts: ProjectFacts, left_out: set[int]) -> ToAsk | None:
    """Choose what the annotator is asked next; see `routing.annotator.choose`.

    Args:
        facts: What is known; the settings name an annotator.
        left_out: Tasks that it was asked about already, whatever came of it.

    Returns:
        Either answered texts or open ones; None: nothing pays.
    """
    settings, known = facts.settings.annotator, facts.state.annotator_labels
    # Half a label more or less is a rounding error of the sum.
    room = int((settings.budget - sum(one.price for one in known.values())) / settings.price + 1e-6)
    limits = _thresholds(facts)
    if room <= 0 or not limits:
        return None
    own = [one for one in known.values() if one.model == settings.name]
    fresh = _nearest(facts, limits, {*known, *left_out})
    answered = _answered(facts, {*known, *left_out})
    # No label of an answered text is left to the model; by this, it is like those of open texts.
    middle = float(np.mean([*limits.values()]))
    chosen = next_asks(
        _texts(facts, fresh, [limits[task] for task in fresh]),
        _texts(facts, answered, [middle] * len(answered)),
        facts.annotator.skill(settings.name or ""),
        price=settings.price,
        room=room,
        asked_drawn=sum(one.is_drawn for one in own),
        asked_open=sum(not one.is_drawn for one in own),
    )
    return _by_task(chosen, fresh, answered)


def _by_task(chosen: NextAsks, fresh: Sequence[int], answered: Sequence[int]) -> ToAsk | None:
    if len(chosen.drawn):
        return ToAsk({answered[place]: 0.0 for place in chosen.drawn}, is_drawn=True)
    if len(chosen.open_):
        pairs = zip(chosen.open_, chosen.worth, strict=True)
        return ToAsk({fresh[place]: float(worth) for place, worth in pairs}, is_drawn=False)
    return None


def _thresholds(facts: ProjectFacts) -> dict[int, float]:
    """Return the predicted error up to which a label is left to the model, by undecided task."""
    limits: dict[int, float] = {}
    for group in open_groups(facts):
        limit = threshold(group.errors.values(), group.promise.allowed)
        limits |= dict.fromkeys(group.errors, limit)
    return limits


def _nearest(facts: ProjectFacts, limits: Mapping[int, float], left_out: set[int]) -> Sequence[int]:
    """Return the undecided tasks nearest to the threshold, less those that are left out."""
    errors = facts.predicted_errors
    tasks = [task for task in limits if task not in left_out and _is_readable(facts, task)]
    tasks.sort(key=lambda task: (abs(errors[task] - limits[task]), task))
    return [task for task in tasks[:MOST_OFFERED] if task in facts.beliefs]


def _answered(facts: ProjectFacts, left_out: set[int]) -> Sequence[int]:
    """Return the open tasks that people are done with, in an order drawn by chance."""
    members, seed = facts.state.members, facts.settings.policy.seed
    tasks = [
        task
        for task in facts.settled
        if task not in members
        and task not in left_out
        and _is_readable(facts, task)
        and task in facts.beliefs
    ]
    return sorted(tasks, key=lambda task: hash_uniform(seed, "annotator", task))


def _is_readable(facts: ProjectFacts, task: int) -> bool:
    known = facts.state.tasks.get(task)
    return known is not None and known.unreadable is None


def _texts(facts: ProjectFacts, tasks: Sequence[int], limits: Sequence[float]) -> Texts:
    believed: Floats = facts.annotator.matrix([facts.beliefs[task] for task in tasks])
    return Texts(believed, np.array(limits, dtype=np.float64))


def _asked(
    snapshot: Snapshot, backend: BackendClient, chosen: ToAsk, tasks: Sequence[int]
) -> list[AnnotatorLabel]:
    """Return what the annotator says of a few texts; what it cannot answer is left out."""
    settings, texts = snapshot.settings.annotator, snapshot.state.texts
    answer = backend.annotate(
        AnnotateRequest(
            texts=[texts[task] or "" for task in tasks],
            label_config=snapshot.form.config,
            project=str(snapshot.project.id),
        )
    )
    if answer.model != settings.name:
        raise BackendUnreachable(
            f"The backend's annotator is {answer.model}, and the settings name {settings.name}",
            where="annotator.name",
            hint="Start `tandem serve` with the same settings.",
        )
    now: datetime = snapshot.clock()
    return [
        AnnotatorLabel(
            task=task,
            model=answer.model,
            label=result["label"],
            is_drawn=chosen.is_drawn,
            price=settings.price,
            worth=chosen.worth[task],
            at=now,
        )
        for task, result in zip(tasks, answer.results, strict=True)
        if "label" in result
    ]

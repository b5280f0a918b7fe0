"""A project as a pass sees it, with no servers behind: its model is calibrated, its people err not.

Tasks are numbered from 1; the model's answer is `positive`, and what people say is the truth.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, cast

import numpy as np

from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from labeling.predictions.prediction import UNCALIBRATED
from labeling.settings.policy_section import PolicySettings
from labeling.settings.settings import Settings
from routing.clock import system_clock
from routing.facts.project import ProjectFacts, project_facts
from routing.facts.vote_demands import Reviewer
from routing.ledger import Ledger
from routing.ledger.records import (
    Decision,
    DecisionKind,
    LedgerAnnotation,
    LedgerPrediction,
    LedgerState,
    LedgerTask,
    Round,
)
from routing.planning.review_rounds import pilot
from routing.progress import silent
from routing.reviewers.users import People
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioProject, StudioUser
from routing.tunables import DEFAULTS
from tests.support.certified_population import audited, frozen
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import ADA, BEN, FORM, NOON

VERSION = "tiny-12345678"
PEOPLE = {ADA: "ada@example.org", BEN: "ben@example.org"}
NOWHERE = cast(Any, None)


def doubts(tasks: int, seed: int = 1) -> dict[int, float]:
    """The probability that the model is wrong, by task."""
    drawn = np.random.default_rng(seed).beta(0.7, 3.5, tasks)
    return {task: float(error) for task, error in enumerate(drawn.round(4), start=1)}


def truth(tasks: int, seed: int = 1) -> dict[int, str]:
    """What people say of each task."""
    chances = np.random.default_rng(seed + 1).random(tasks)
    return {
        task: "negative" if chances[task - 1] < error else "positive"
        for task, error in doubts(tasks, seed).items()
    }


def prelabelled(tasks: int) -> LedgerState:
    """A project that the model labelled and nobody answered."""
    return LedgerState(
        tasks={task: LedgerTask(task, 1, False, NOON) for task in doubts(tasks)},
        texts={task: f"Text {task}" for task in doubts(tasks)},
        predictions=[_prediction(task, error) for task, error in doubts(tasks).items()],
        annotations=[],
        decisions={},
        assignments=[],
        rounds=[Round(1, VERSION, 0, None, None, None, "people begin with a random sample", NOON)],
    )


def piloted(tasks: int, seconds: float | None = 8.0) -> LedgerState:
    """The same once people answered the pilot, and the model learned from it."""
    sample = pilot(list(doubts(tasks)), PolicySettings())
    state = with_answers(prelabelled(tasks), sorted(sample), "pilot", seconds)
    calibrated = f"platt:{len(sample)}"
    reason = "84 more reviews and 90 audits are to leave 240"
    return replace(
        state,
        predictions=[
            one if one.task in sample else replace(one, calibrator=calibrated)
            for one in state.predictions
        ],
        rounds=[*state.rounds, Round(2, VERSION, len(sample), 84, 90, 240, reason, NOON)],
    )


def in_audit(tasks: int, most: int | None = 20, label_config: str | None = None) -> LedgerState:
    """The same once the rest was frozen and so many were audited; None: until it is certified."""
    state = piloted(tasks)
    labels = {
        task: ("positive", error)
        for task, error in doubts(tasks).items()
        if task not in state.decisions
    }
    state = audited(frozen(state, labels, 0.1, label_config=label_config), truth(tasks), most)
    return with_answers(state, [one.task for one in state.checks], "audit")


def in_groups(state: LedgerState, *sizes: tuple[str | None, int]) -> LedgerState:
    """The same, whose first tasks state one value, the next ones another one, and so on."""
    values = [value for value, size in sizes for _ in range(size)]
    grouped = {
        task: replace(one, group_value=value)
        for value, (task, one) in zip(values, state.tasks.items(), strict=True)
    }
    return replace(state, tasks=grouped)


def with_answers(
    state: LedgerState, tasks: Sequence[int], kind: DecisionKind, seconds: float | None = 8.0
) -> LedgerState:
    """The state once Ada answered tasks that she was given."""
    said = truth(len(state.tasks))
    decisions = {task: Decision(task, 1, kind, 1, "why", VERSION, 0.5, NOON) for task in tasks}
    return replace(
        state,
        decisions={**state.decisions, **decisions},
        annotations=[
            *state.annotations,
            *(_answer(task, said[task], seconds, blind=kind != "review") for task in tasks),
        ],
    )


def asked(state: LedgerState, count: int) -> LedgerState:
    """The state once people were given so many tasks more."""
    tasks = sorted(state.tasks.keys() - state.decisions.keys())[:count]
    decisions = {task: Decision(task, 1, "review", 1, "why", VERSION, 0.5, NOON) for task in tasks}
    return replace(state, decisions={**state.decisions, **decisions})


@cache
def memory_ledger() -> Ledger:
    """An empty ledger, which remembers forecasts."""
    ledger = Ledger("sqlite://", 1)
    ledger.upgrade()
    return ledger


def snapshot_of(
    state: LedgerState,
    blind_project: LedgerState | None = None,
    form: Form = FORM,
    **sections: Any,
) -> Snapshot:
    """What a pass knows of a project in this state."""
    users = {worker: StudioUser(worker, email, email) for worker, email in PEOPLE.items()}
    people = People(users, tuple(Reviewer(worker, 100) for worker in PEOPLE), None)
    snapshot = Snapshot(
        studio=NOWHERE,
        ledger=memory_ledger(),
        progress=silent,
        clock=system_clock,
        tunables=DEFAULTS,
        project=StudioProject(
            1, "Customer messages", SENTIMENT, "", "", VERSION, len(state.tasks), 0, 0
        ),
        people=people,
        facts=facts_of(state, form, **sections),
        standing=state.annotations,
    )
    if blind_project is None:
        return snapshot
    blind = replace(
        snapshot.with_state(blind_project), standing=blind_project.annotations, is_blind=True
    )
    return replace(snapshot, blind_project=blind)


def facts_of(state: LedgerState, form: Form = FORM, **sections: Any) -> ProjectFacts:
    """What is known of a project in this state, reviewed by Ada and Ben."""
    settings = Settings.model_validate(sections)
    reviewers = tuple(Reviewer(worker, 100) for worker in PEOPLE)
    return project_facts(state, Equivalence(form, settings.controls), settings, reviewers)


def _prediction(task: int, error: float) -> LedgerPrediction:
    right = 1 - error
    shares = {"positive": right, "negative": error}
    return LedgerPrediction(task, task, VERSION, "positive", right, right, UNCALIBRATED, shares)


def _answer(task: int, label: str, seconds: float | None, *, blind: bool) -> LedgerAnnotation:
    at = NOON + timedelta(minutes=task)
    return LedgerAnnotation(
        id=task,
        task=task,
        worker_id=ADA,
        worker=PEOPLE[ADA],
        answer=label,
        result=[],
        kind="person",
        stray=False,
        was_cancelled=False,
        lead_time=seconds,
        created_at=at,
        updated_at=at,
        unique_id=None,
        parent_prediction=None,
        blind=blind,
    )

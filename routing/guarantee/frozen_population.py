"""A population as it was frozen, and what people said since, in the terms of the audit test."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditEvent, AuditStatus, AuditTest, CheckKind, Promise
from routing.guarantee.canonical_json import sha256
from routing.guarantee.mixture_audit_test import MixtureAuditTest
from routing.guarantee.task_group import TaskGroup

AuditTestName: TypeAlias = Literal["mixture", "games"]
"""What decides whether a promise is kept: `MixtureAuditTest`, of earlier releases, or `AuditTest`.
It is announced at the freeze; nobody may choose by what the audits said."""


@dataclass(frozen=True, slots=True)
class FrozenPopulation:
    """A population at its freeze.

    Attributes:
        promise: What is promised of it.
        answered: Its tasks that people had answered by then, ascending.
        labels: The model's label of each task that was open, by task.
        errors: Predicted probability that each of these is wrong, by task, four decimals.
        planned: Audits that were expected.
        texts: SHA-256 over the texts, in hex; ties task numbers to what was labelled.
        model_version: The version that gave the labels.
        seed: Seed of the audits' order.
        at: The moment of the freeze, ISO 8601.
        form: SHA-256 of the label config, in hex; None: it was not remembered.
        group: The group of tasks that it is; None: all that were open are in it.
        test: The audit test that was announced.
    """

    promise: Promise
    answered: Sequence[int]
    labels: Mapping[int, str]
    errors: Mapping[int, float]
    planned: int
    texts: str
    model_version: str
    seed: int
    at: str
    form: str | None = None
    group: TaskGroup | None = None
    test: AuditTestName = "games"

    @property
    def content(self) -> dict[str, Any]:
        """All of it, as it stands in a certificate."""
        names = sorted(set(self.labels.values()))
        number = {name: place for place, name in enumerate(names)}
        return {
            "size": self.promise.size,
            "error": self.promise.error,
            "risk": self.promise.risk,
            "answered": list(self.answered),
            "names": names,
            "open": [
                [task, number[label], self.errors[task]] for task, label in self.labels.items()
            ],
            "planned": self.planned,
            "texts": self.texts,
            "model_version": self.model_version,
            "seed": self.seed,
            "at": self.at,
            **({"form": self.form} if self.form else {}),
            **({"group": asdict(self.group)} if self.group else {}),
            # Before there was another, the mixture had no name.
            **({"test": self.test} if self.test != "mixture" else {}),
        }

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over all of it."""
        return sha256(self.content)

    @property
    def order(self) -> list[int]:
        """The order in which its tasks are audited."""
        return audit_order(self.errors, self.seed, self.digest)


@dataclass(frozen=True, slots=True)
class Check:
    """An open task that people were asked about after the freeze.

    Attributes:
        answer: What people said; None: nobody could tell.
    """

    task: int
    kind: CheckKind
    answer: str | None


@dataclass(frozen=True, slots=True)
class Overruled:
    """A label that people gave and in which the model overrules them: it counts as a wrong one.

    Attributes:
        people: People's own label.
        final: The label that takes its place.
    """

    task: int
    people: str
    final: str


def audit_status_of(
    frozen: FrozenPopulation, checks: Sequence[Check], overruled: int = 0
) -> AuditStatus:
    """Return what the checks say of a frozen population.

    Args:
        frozen: The population.
        checks: What people were asked, in order.
        overruled: Labels of the population in which the model overrules people.
    """
    return audit_test_of(frozen).audit_status(events_of(frozen, checks), overruled)


def events_of(frozen: FrozenPopulation, checks: Sequence[Check]) -> list[AuditEvent]:
    """Return checks in the terms of the audit test.

    Args:
        frozen: The population.
        checks: What people were asked, in order.

    Returns:
        One event per check.
    """
    places = {task: place for place, task in enumerate(frozen.labels)}
    return [
        AuditEvent(
            places[check.task],
            check.kind,
            None if check.answer is None else check.answer != frozen.labels[check.task],
        )
        for check in checks
    ]


def audit_test_of(frozen: FrozenPopulation) -> AuditTest:
    """Return the test of a frozen population's promise."""
    kind = MixtureAuditTest if frozen.test == "mixture" else AuditTest
    return kind(frozen.promise, np.array(list(frozen.errors.values())), frozen.planned)

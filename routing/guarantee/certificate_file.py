"""The proof: a certificate as a file that anyone can check, without Label Studio and any model.

The file is canonical JSON, so that each certificate has exactly one form in bytes. Whoever checks
it draws the audits' order again from the seed, compares people's answers with the frozen labels,
and computes the evidence anew.

Examples:
    Nine labels are frozen, two of which may be wrong. Seven are audited, and people agree.

    >>> labels = dict.fromkeys(range(1, 10), "positive")
    >>> frozen = FrozenPopulation(
    ...     promise=Promise(size=9, error=0.25, risk=0.05),
    ...     answered=[],
    ...     labels=labels,
    ...     errors=dict.fromkeys(labels, 0.1),
    ...     planned=7,
    ...     texts="",
    ...     model_version="model-1",
    ...     seed=0,
    ...     at="2026-01-01T12:00:00+00:00",
    ... )
    >>> checks = [Check(task, "audit", "positive") for task in frozen.order[:7]]
    >>> file = write(frozen, checks)
    >>> verify(file)[:72]
    'Of 9 labels, 2 were given by the model and checked by nobody; at most 2 '
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditEvent, AuditStatus, AuditTest, CheckKind, Promise

FORMAT, FORMAT_WITHOUT_FORM = 2, 1
"""What is written now, and what was written before the label config was remembered."""
CLOSE = 1e-6
"""Nats by which two machines may differ."""


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

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over all of it."""
        return _sha256(_content(self))

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


class NotProved(ValueError):
    """A certificate proves nothing, with the reason in one line."""


def audit_status_of(frozen: FrozenPopulation, checks: Sequence[Check]) -> AuditStatus:
    """Return what the checks say of a frozen population.

    Args:
        frozen: The population.
        checks: What people were asked, in order.
    """
    return audit_test_of(frozen).audit_status(events_of(frozen, checks))


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
    return AuditTest(frozen.promise, np.array(list(frozen.errors.values())), frozen.planned)


def write(
    frozen: FrozenPopulation, checks: Sequence[Check], accepted_form: str | None = None
) -> bytes:
    """Write the certificate of a population whose promise is kept.

    Args:
        frozen: The population.
        checks: What people were asked, in order.
        accepted_form: SHA-256 of a later label config, in hex, that stood for the population's by
            the admin's word; None: there was none.

    Returns:
        The file: canonical JSON in UTF-8, with a line end.

    Raises:
        NotProved: The checks do not prove it.
    """
    audit_status = audit_status_of(frozen, checks)
    if not audit_status.is_kept:
        raise NotProved("the audits do not prove the promise yet")
    content = {
        "format": FORMAT if frozen.form else FORMAT_WITHOUT_FORM,
        **({"accepted_form": accepted_form} if accepted_form else {}),
        "statement": statement(frozen.promise, audit_status),
        "population": {**_content(frozen), "digest": frozen.digest},
        "checks": [[check.task, check.kind, check.answer] for check in checks],
        "result": _result(audit_status),
    }
    return _canonical({**content, "sha256": _sha256(content)}) + b"\n"


def verify(file: bytes) -> str:
    """Check a certificate; give its statement.

    Raises:
        NotProved: It was changed, or does not prove what it says.
    """
    try:
        content = _parse(file)
        frozen = _frozen(content["population"])
        checks = [Check(task, kind, answer) for task, kind, answer in content["checks"]]
        _insist(content["population"]["digest"] == frozen.digest, "the population was changed")
        _insist_on_order(frozen, checks)
        audit_status = audit_status_of(frozen, checks)
        result, recomputed = content["result"], _result(audit_status)
        stated, recomputed_evidence = result.pop("evidence"), recomputed.pop("evidence")
        _insist(_is_close(stated, recomputed_evidence), "the evidence is another")
        _insist(result == recomputed, "the result does not follow from the checks")
        _insist(audit_status.is_kept, "the audits do not prove the promise")
        _insist(
            content["statement"] == statement(frozen.promise, audit_status),
            "the statement is another",
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        if isinstance(error, NotProved):
            raise
        raise NotProved(f"it is not a certificate of Tandem: {error!r}") from error
    return str(content["statement"])


def statement(promise: Promise, status: AuditStatus) -> str:
    """Return what is certified, in one sentence.

    Args:
        promise: What is promised.
        status: What the checks say.
    """
    return (
        f"Of {promise.size} labels, {status.unchecked} were given by the model and checked by"
        f" nobody; at most {promise.allowed} ({promise.error:.2%} of all) differ from what people,"
        f" asked blind, say, with probability at least {1 - promise.risk:.2%}."
        " All other labels are people's."
    )


def _content(frozen: FrozenPopulation) -> dict[str, Any]:
    names = sorted(set(frozen.labels.values()))
    number = {name: place for place, name in enumerate(names)}
    return {
        "size": frozen.promise.size,
        "error": frozen.promise.error,
        "risk": frozen.promise.risk,
        "answered": list(frozen.answered),
        "names": names,
        "open": [
            [task, number[label], frozen.errors[task]] for task, label in frozen.labels.items()
        ],
        "planned": frozen.planned,
        "texts": frozen.texts,
        "model_version": frozen.model_version,
        "seed": frozen.seed,
        "at": frozen.at,
        **({"form": frozen.form} if frozen.form else {}),
    }


def _frozen(content: Mapping[str, Any]) -> FrozenPopulation:
    promise = Promise(content["size"], content["error"], content["risk"])
    names, open_tasks = content["names"], content["open"]
    tasks = [*content["answered"], *(task for task, _, _ in open_tasks)]
    _insist(len(set(tasks)) == len(tasks) == promise.size, "its tasks are not as many as it says")
    _insist(0 < promise.error < 1 and 0 < promise.risk < 1, "its promise is none")
    return FrozenPopulation(
        promise=promise,
        answered=content["answered"],
        labels={task: names[label] for task, label, _ in open_tasks},
        errors={task: error for task, _, error in open_tasks},
        planned=content["planned"],
        texts=content["texts"],
        model_version=content["model_version"],
        seed=content["seed"],
        at=content["at"],
        form=content.get("form"),
    )


def _insist_on_order(frozen: FrozenPopulation, checks: Sequence[Check]) -> None:
    """Refuse audits that were not the next in the drawn order among what was open then."""
    gone: set[int] = set()
    order = iter(frozen.order)
    for check in checks:
        _insist(check.kind in ("audit", "review"), f"task {check.task} was checked in no known way")
        _insist(check.task in frozen.labels, f"task {check.task} was not open")
        _insist(check.task not in gone, f"task {check.task} was checked twice")
        if check.kind == "audit":
            due = next(task for task in order if task not in gone)
            _insist(due == check.task, f"task {check.task} was audited in place of task {due}")
        gone.add(check.task)


def _result(audit_status: AuditStatus) -> dict[str, Any]:
    return {
        "audits": audit_status.audits,
        "found": audit_status.found,
        "unchecked": audit_status.unchecked,
        "bound": audit_status.bound,
        "evidence": round(audit_status.evidence, 6)
        if math.isfinite(audit_status.evidence)
        else None,
    }


def _is_close(stated: float | None, recomputed: float | None) -> bool:
    if stated is None or recomputed is None:
        return stated is recomputed
    return abs(stated - recomputed) <= CLOSE


def _parse(file: bytes) -> dict[str, Any]:
    try:
        content = json.loads(file)
    except (ValueError, RecursionError) as error:
        raise NotProved("it is not JSON") from error
    _insist(isinstance(content, dict), "it is not a certificate of Tandem")
    _insist(file == _canonical(content) + b"\n", "its bytes were changed")
    digest = content.pop("sha256", None)
    _insist(digest == _sha256(content), "its content was changed")
    known = FORMAT if "form" in content.get("population", {}) else FORMAT_WITHOUT_FORM
    _insist(content.get("format") == known, "its format is not known")
    return dict(content)


def _insist(condition: bool, reason: str) -> None:
    if not condition:
        raise NotProved(reason)


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _sha256(content: Any) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()

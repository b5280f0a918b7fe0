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

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from routing.guarantee.audit_test import AuditStatus, Promise
from routing.guarantee.canonical_json import canonical, sha256
from routing.guarantee.frozen_population import (
    Check,
    FrozenPopulation,
    Overruled,
    audit_status_of,
)
from routing.guarantee.task_group import TaskGroup

FORMAT_WITHOUT_FORM, FORMAT_WITH_FORM, FORMAT_OF_GROUP, FORMAT_OF_TEST = 1, 2, 3, 4
"""What was written before the label config was remembered, before groups were, of a group, and what
is written since a population names its audit test."""
CLOSE = 1e-6
"""Nats by which two machines may differ."""


class NotProved(ValueError):
    """A certificate proves nothing, with the reason in one line."""


def write(
    frozen: FrozenPopulation,
    checks: Sequence[Check],
    accepted_form: str | None = None,
    overruled: Sequence[Overruled] = (),
) -> bytes:
    """Write the certificate of a population whose promise is kept.

    Args:
        frozen: The population.
        checks: What people were asked, in order.
        accepted_form: SHA-256 of a later label config, in hex, that stood for the population's by
            the admin's word; None: there was none.
        overruled: The labels in which the model overrules people.

    Returns:
        The file: canonical JSON in UTF-8, with a line end.

    Raises:
        NotProved: The checks do not prove it.
    """
    audit_status = audit_status_of(frozen, checks, len(overruled))
    if not audit_status.is_kept:
        raise NotProved("the audits do not prove the promise yet")
    content = {
        "format": _format(frozen.content),
        **({"accepted_form": accepted_form} if accepted_form else {}),
        "statement": statement(frozen, audit_status, len(overruled)),
        "population": {**frozen.content, "digest": frozen.digest},
        "checks": [[check.task, check.kind, check.answer] for check in checks],
        **({"overruled": [[*astuple(one)] for one in overruled]} if overruled else {}),
        "result": _result(audit_status),
    }
    return canonical({**content, "sha256": sha256(content)}) + b"\n"


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
        overruled = [Overruled(task, own, final) for task, own, final in _listed(content)]
        _insist_on_people(frozen, checks, overruled)
        audit_status = audit_status_of(frozen, checks, len(overruled))
        result, recomputed = content["result"], _result(audit_status)
        stated, recomputed_evidence = result.pop("evidence"), recomputed.pop("evidence")
        _insist(_is_close(stated, recomputed_evidence), "the evidence is another")
        _insist(result == recomputed, "the result does not follow from the checks")
        _insist(audit_status.is_kept, "the audits do not prove the promise")
        _insist(
            content["statement"] == statement(frozen, audit_status, len(overruled)),
            "the statement is another",
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        if isinstance(error, NotProved):
            raise
        raise NotProved(f"it is not a certificate of Tandem: {error!r}") from error
    return str(content["statement"])


def statement(frozen: FrozenPopulation, status: AuditStatus, overruled: int = 0) -> str:
    """Return what is certified, in one sentence.

    Args:
        frozen: The population.
        status: What the checks say.
        overruled: Labels in which the model overrules people.
    """
    against = f", and {overruled} against people's own label" if overruled else ""
    promise, group = frozen.promise, f" ({frozen.group})" if frozen.group else ""
    return (
        f"Of {promise.size} labels{group}, {status.unchecked} were given by the model and checked"
        f" by nobody{against}; at most {promise.allowed} ({promise.error:.2%} of all) differ from"
        f" what people, asked blind, say, with probability at least {1 - promise.risk:.2%}."
        " All other labels are people's."
    )


def _frozen(content: Mapping[str, Any]) -> FrozenPopulation:
    promise = Promise(content["size"], content["error"], content["risk"])
    names, open_tasks = content["names"], content["open"]
    tasks = [*content["answered"], *(task for task, _, _ in open_tasks)]
    _insist(len(set(tasks)) == len(tasks) == promise.size, "its tasks are not as many as it says")
    _insist(0 < promise.error < 1 and 0 < promise.risk < 1, "its promise is none")
    _insist(content.get("test", "games") == "games", "its audit test is not known")
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
        group=TaskGroup(**content["group"]) if "group" in content else None,
        test="games" if "test" in content else "mixture",
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


def _listed(content: Mapping[str, Any]) -> Sequence[Any]:
    """Return the overruled labels that a certificate states; a list, but where it is left out."""
    stated = content.get("overruled", ())
    _insist("overruled" not in content or bool(stated), "it lists no overruled label")
    return list(stated)


def _insist_on_people(
    frozen: FrozenPopulation, checks: Sequence[Check], overruled: Sequence[Overruled]
) -> None:
    """Refuse overruled labels of tasks that people did not answer, or that are people's own."""
    answered = {*frozen.answered, *(one.task for one in checks if one.answer is not None)}
    tasks = [one.task for one in overruled]
    _insist(len(set(tasks)) == len(tasks), "a label is overruled twice")
    for one in overruled:
        _insist(one.task in answered, f"task {one.task} is overruled and was not answered")
        _insist(one.people != one.final, f"task {one.task} is overruled by the same label")


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
    _insist(file == canonical(content) + b"\n", "its bytes were changed")
    digest = content.pop("sha256", None)
    _insist(digest == sha256(content), "its content was changed")
    known = _format(content.get("population", {}))
    _insist(content.get("format") == known, "its format is not known")
    return dict(content)


def _format(population: Mapping[str, Any]) -> int:
    if "test" in population:
        return FORMAT_OF_TEST
    if "group" in population:
        return FORMAT_OF_GROUP
    return FORMAT_WITH_FORM if "form" in population else FORMAT_WITHOUT_FORM


def _insist(condition: bool, reason: str) -> None:
    if not condition:
        raise NotProved(reason)

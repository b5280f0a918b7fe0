"""What changed too late to reach everything, in one line each with its consequence. Pure.

What is frozen stays as it was promised; a change holds for what comes later.
"""

from collections import Counter
from collections.abc import Sequence

from labeling.form.meaning import differences, in_short
from routing.facts.populations import in_audit
from routing.facts.project import ProjectFacts
from routing.facts.unreadable import unreadable_in
from routing.ledger.records import Assignment, Population
from routing.reviewers.users import People


def late_changes(
    facts: ProjectFacts,
    people: People,
    assignments: Sequence[Assignment],
    served: str | None = None,
) -> list[str]:
    """Say what changed in settings, label config, model and reviewers since it was relied upon.

    Args:
        facts: What is known, before a pass acts on it.
        people: The users of Label Studio, and who reviews.
        assignments: Who is asked what, in the project and in its blind project.
        served: The model version that the backend answers with; None: it was not asked.

    Returns:
        One line a change; none where everything is as it was.
    """
    return [
        *_open_form(facts),
        *(line for one in _affected(facts) for line in _settings(facts, one)),
        *_model(facts, served),
        *_people(facts, people, assignments),
    ]


def _open_form(facts: ProjectFacts) -> list[str]:
    """Tell of a label config that changed since the model learned for the open population."""
    last = facts.state.rounds[-1].label_config if facts.state.rounds else None
    if last is None or not facts.open_tasks:
        return []
    changes = differences(last, facts.equivalence.form.config)
    if not changes:
        return []
    lost = len(unreadable_in(facts.state.annotations))
    asked_again = f"; {lost} do not, and others are asked in their place" if lost else ""
    return [
        f"The label config changed ({in_short(changes)}): the model learns anew, and people's"
        f" answers that still fit count on{asked_again}."
    ]


def _affected(facts: ProjectFacts) -> list[Population]:
    """List the populations that somebody may believe a changed setting to reach.

    Those in audit; and where nothing is open that it could be meant for, the latest.
    """
    waiting, known = in_audit(facts.state), facts.state.populations
    return waiting if waiting or facts.open_tasks else list(known[-1:])


def _settings(facts: ProjectFacts, population: Population) -> list[str]:
    """Tell of settings that are not what a population was frozen with."""
    policy, number = facts.settings.policy, population.number
    promised = [
        ("policy.target_error", f"{population.error:.1%}", f"{policy.target_error:.1%}"),
        ("policy.risk", f"{population.risk:.1%}", f"{policy.risk:.1%}"),
        ("policy.seed", str(population.seed), str(policy.seed)),
        ("policy.groups", population.group_field or "null", policy.groups or "null"),
    ]
    was = population.asking or {}
    asked = [
        (name, str(was[key]), str(now), consequence)
        for name, key, now, consequence in (
            (
                "policy.votes",
                "votes",
                policy.votes,
                "audits that are drawn from now on are asked so often, earlier ones stay",
            ),
            (
                "policy.max_votes",
                "max_votes",
                policy.max_votes,
                "it holds at once for answers in doubt, and answered audits stay",
            ),
            (
                "aggregation.method",
                "method",
                facts.settings.aggregation.method,
                "answers are put together anew by it, but what audits counted stays",
            ),
        )
        if key in was
    ]
    begin = f"but population {number} was frozen with"
    return [
        *(
            f"{name} is {now} now, {begin} {then}, which stays; {now} holds for tasks that come"
            " later."
            for name, then, now in promised
            if then != now
        ),
        *(
            f"{name} is {now} now, {begin} {then}: {consequence}."
            for name, then, now, consequence in asked
            if then != now
        ),
    ]


def _model(facts: ProjectFacts, served: str | None) -> list[str]:
    """Tell of a backend that answers with another version than the last that learned."""
    learned = facts.model_version
    if served is None or not learned or served == learned:
        return []
    moved = f"The backend answers as {served} now, no more as {learned} (model, prompt or embedding"
    if any(task not in facts.answers.votes for task in facts.open_tasks):
        return [f"{moved} moved): it learns anew, and open tasks are pre-labelled again."]
    numbers = [str(one.number) for one in _affected(facts)]
    if not numbers:
        return []
    noun = "population" if len(numbers) == 1 else "populations"
    return [
        f"{moved} moved): the frozen labels of {noun} {' and '.join(numbers)} stay, and the new"
        " version answers tasks that come later."
    ]


def _people(facts: ProjectFacts, people: People, assignments: Sequence[Assignment]) -> list[str]:
    """Tell of reviewers who left while they were asked something, and of those who are new."""
    named = {one.worker for one in facts.reviewers}
    waiting = Counter(one.worker for one in assignments if one.state == "open")
    given = Counter(
        one.worker_id
        for one in facts.state.annotations
        if one.kind == "person" and one.answer is not None
    )
    ever = {one.worker for one in assignments}
    left = [
        f"{people.names.get(worker, f'User {worker}')} is no reviewer any more: what waits there"
        f" ({count}) moves to others, and the answers given so far ({given[worker]}) stay counted."
        for worker, count in sorted(waiting.items())
        if named and worker not in named
    ]
    new = [
        f"{people.names[worker]} is new among the reviewers, and gets a share of what is asked"
        " from now on."
        for worker in sorted(named - ever)
        if ever & named and facts.votes_owed
    ]
    gone = [
        f"{email} is named under `reviewers` and is no user of Label Studio any more: others are"
        " asked instead, and the answers given so far stay counted."
        for email in people.missing
    ]
    return [*left, *gone, *new]

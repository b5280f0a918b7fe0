"""Vote demands: what people owe each task that was given to them, and what nobody can give."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from labeling.settings.policy_section import PolicySettings
from routing.facts.populations import being_checked
from routing.ledger.records import (
    BLIND,
    BLIND_ALONE,
    GIVEN_TO_PEOPLE,
    Decision,
    LedgerAnnotation,
    LedgerState,
)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A user who reviews.

    Attributes:
        worker: The user.
        capacity: How many tasks may wait for them at a time.
        expert: Whether they are asked only what waits for an expert, and nobody else is.
        is_excluded: Whether their answers count no more, so that no vote is waited for from them.
        abilities: Languages and abilities that they have; see `routing.facts.needs`.
        groups: The groups that they say they are in, by what these are groups of.
        price: Of one answer, in prices of a human label.
    """

    worker: int
    capacity: int
    expert: bool = False
    is_excluded: bool = False
    abilities: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)
    price: float = 1.0

    def may_be_asked(self, demand: "VoteDemand") -> bool:
        """Return whether they are, by role, abilities and standing, whom a task waits for."""
        fits = self.expert == demand.expert and demand.needs <= self.abilities
        return fits and not self.is_excluded


def crowd(reviewers: Sequence[Reviewer]) -> list[Reviewer]:
    """Return the reviewers who are named, experts left out."""
    return [one for one in reviewers if not one.expert]


@dataclass(frozen=True, slots=True)
class VoteDemand:
    """What people owe one task.

    Attributes:
        task: Its id.
        votes: Votes that are missing; 0 where nobody need be asked any more.
        priority: The most urgent is the smallest.
        answered: Users who answered it.
        skipped: Users who skipped it, or whose answer says nothing that can be read.
        expert: Whether it waits for an expert, since others left it in doubt.
        needs: Languages and abilities that whoever is asked must have.
    """

    task: int
    votes: int
    priority: float
    answered: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    expert: bool = False
    needs: frozenset[str] = frozenset()


def asked_blind(state: LedgerState) -> frozenset[int]:
    """Return the tasks that people are asked without seeing the model's label.

    What the model cannot read has none, so it is asked in the main project.
    """
    return frozenset(
        task
        for task, one in state.decisions.items()
        if one.kind in BLIND and task in state.tasks and state.tasks[task].unreadable is None
    )


def blind_alone(state: LedgerState) -> frozenset[int]:
    """Return those of `asked_blind` whose label is made of blind votes alone.

    These are all but disputes; and a disputed task too while its frozen label is being checked.
    """
    checked = being_checked(state)
    return frozenset(
        task
        for task in asked_blind(state)
        if task in checked or state.decisions[task].kind in BLIND_ALONE
    )


def votes_cap(policy: PolicySettings, people: int) -> int:
    """Return the most votes that may be asked for one item, an expert's left out.

    Args:
        policy: The settings.
        people: How many reviewers there are, experts left out; 0: none is named, so nobody is known
            who could give another vote, and whoever labels alone would be waited for in vain.

    Returns:
        Votes, no fewer than the settings ask for of every item.
    """
    return max(min(policy.max_votes, people), policy.votes)


def vote_demands(
    decisions: Mapping[int, Decision],
    annotations: Sequence[LedgerAnnotation],
    blind_alone: Collection[int],
    most: int | None = None,
) -> list[VoteDemand]:
    """Return what people owe each task that was given to them, wherever they are asked it.

    What is labelled by blind votes alone is owed until as many answered it blind; who answered it
    beside the pre-label can no longer do so, and counts as one who skipped.

    Args:
        decisions: The latest decision of each task.
        annotations: What people answered, blind or not.
        blind_alone: The tasks that blind votes alone count for.
        most: The cap of votes an item, as `votes_cap` returns it: what is asked beyond it waits
            for an expert; None: nothing does.

    Returns:
        One demand per task, by ascending id.
    """
    answered: dict[int, set[int]] = {}
    skipped: dict[int, set[int]] = {}
    for one in annotations:
        if one.kind == "person":
            counts = one.answer is not None and (one.blind or one.task not in blind_alone)
            by_task = answered if counts else skipped
            by_task.setdefault(one.task, set()).add(one.worker_id)
    return [
        VoteDemand(
            task=task,
            votes=max(0, decision.votes - len(answered.get(task, ()))),
            priority=decision.confidence or 0.0 if decision.kind == "review" else 0.0,
            answered=frozenset(answered.get(task, ())),
            skipped=frozenset(skipped.get(task, ())),
            expert=most is not None
            and decision.votes > most
            and len(answered.get(task, ())) >= most,
        )
        for task, decision in sorted(decisions.items())
        if decision.kind in GIVEN_TO_PEOPLE
    ]


def needs_of_nobody(
    demands: Sequence[VoteDemand], reviewers: Sequence[Reviewer]
) -> frozenset[frozenset[str]]:
    """Return the needs of owed tasks that no reviewer meets alone; where none is named, none.

    Args:
        demands: What people owe.
        reviewers: Who may be asked.
    """
    needed = {one.needs for one in demands if one.votes} if reviewers else set()
    return frozenset(
        needs for needs in needed if not any(needs <= one.abilities for one in reviewers)
    )


def unattainable_votes(
    demands: Sequence[VoteDemand], reviewers: Sequence[Reviewer], votes: int = 1
) -> dict[int, int]:
    """Count the votes that nobody is left to give: whoever could answered or skipped.

    What needs an ability that no reviewer has is not given up: it waits for one who has it. Neither
    is anything while fewer people are left than an item is asked of, since others are excluded: it
    waits for somebody who is named or taken back.

    Args:
        demands: What people owe.
        reviewers: Who may be asked; where none is named, a skipped task has nobody to move on to.
            Whoever is excluded is left out; whoever has no room now may have some later.
        votes: How many people an item is asked of at first, by the settings.

    Returns:
        Votes by task; tasks without any are left out.
    """
    counts = {}
    unmet, named = needs_of_nobody(demands, reviewers), crowd(reviewers)
    is_waiting = sum(not one.is_excluded for one in named) < votes <= len(named)
    for demand in demands:
        if demand.needs in unmet or (is_waiting and not demand.expert):
            continue
        workers = {one.worker for one in reviewers if one.may_be_asked(demand)}
        left = len(workers - demand.answered - demand.skipped)
        able = left if reviewers or demand.skipped or demand.expert else demand.votes
        if demand.votes > able:
            counts[demand.task] = demand.votes - able
    return counts

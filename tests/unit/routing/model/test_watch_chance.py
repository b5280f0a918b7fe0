"""Where chance proves to teach more than the strategy, chance decides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import numpy as np
import pytest

from labeling.form.form import parse
from routing.decisions.decide import DRAWN
from routing.facts.project import ProjectFacts
from routing.ledger.chance_looks import ChanceLook
from routing.ledger.records import Decision, DecisionKind, LedgerState
from routing.model.choose_reviews import chooser
from routing.model.client import Vector
from routing.model.watch_chance import asked_rounds, gain_so_far
from routing.planning.review_rounds import chance_rank
from tests.support.ledger_states import answer
from tests.support.observed_tasks import NOON
from tests.support.snapshots import facts_of, prelabelled

TASKS, PILOT, SIZE, SHARE, ROUNDS = 1_500, 10, 100, 0.5, 7
SEED = 0
AMBIGUOUS = frozenset(range(1_000, TASKS + 1))
"""Tasks of which people say one thing or the other, whatever the text."""

POLICY = {"max_votes": 1, "blind_share": 0.0, "random_share": SHARE, "selection": "typiclust"}


def vector_of(task: int) -> Vector:
    """Return the direction of one of thirty kinds of texts, or none of an ambiguous text."""
    vector = np.random.default_rng(task).normal(scale=0.03, size=30)
    if task not in AMBIGUOUS:
        vector[task % 30] += 1
    return cast(Vector, (vector / np.linalg.norm(vector)).astype(np.float32))


def label_of(task: int) -> str:
    """Return what people say: every other kind of text is negative."""
    odd = np.random.default_rng(task).integers(2) if task in AMBIGUOUS else task % 2
    return "negative" if odd else "positive"


def with_asked(
    state: LedgerState, tasks: Sequence[int], kind: DecisionKind, minutes: int, reason: str = "why"
) -> LedgerState:
    """The state once Ada answered tasks that she was given so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    decisions = {task: Decision(task, 1, kind, 1, reason, "m", 0.5, at) for task in tasks}
    given = [
        replace(answer(task, task, label=label_of(task)), blind=kind == "pilot") for task in tasks
    ]
    return replace(
        state,
        decisions={**state.decisions, **decisions},
        annotations=[*state.annotations, *given],
    )


def facts_after(rounds: int, picks_ambiguous: bool) -> ProjectFacts:
    """A project after rounds of which one half was drawn by chance."""
    state = with_asked(prelabelled(TASKS), range(1, PILOT + 1), "pilot", 0)
    for number in range(1, rounds + 1):
        left = [task for task in state.tasks if task not in state.decisions]
        ranked = sorted(left, key=lambda task: chance_rank(SEED, task))
        drawn = ranked[: round(SHARE * SIZE)]
        wanted = [
            task for task in left if task not in drawn and (task in AMBIGUOUS) == picks_ambiguous
        ]
        picked = wanted[: SIZE - len(drawn)]
        state = with_asked(state, drawn, "review", number, DRAWN)
        state = with_asked(state, picked, "review", number)
    return facts_of(state, policy={**POLICY, "seed": SEED})


def with_share(facts: ProjectFacts, share: float) -> ProjectFacts:
    return facts_of(facts.state, policy={**POLICY, "seed": SEED, "random_share": share})


def known_vectors(facts: ProjectFacts) -> Mapping[int, Vector]:
    return {task: vector_of(task) for task in facts.settled}


class Vectors:
    """A backend that knows each text's direction."""

    def embed(self, texts: Sequence[str]) -> list[Vector | None]:
        return [vector_of(int(text.split()[1])) for text in texts]


def test_what_chance_drew_in_a_round_is_told_from_what_the_strategy_picked() -> None:
    facts = facts_after(3, picks_ambiguous=True)
    rounds = asked_rounds(facts)
    assert [(len(one.by_chance), len(one.by_strategy)) for one in rounds] == [(50, 50)] * 3
    for one in rounds:
        assert {*one.by_strategy} <= AMBIGUOUS
        assert not {*one.by_chance} <= AMBIGUOUS


def test_a_strategy_that_asks_what_nobody_can_tell_is_found_worse() -> None:
    facts = facts_after(ROUNDS, picks_ambiguous=True)
    gain = gain_so_far(facts, known_vectors(facts))
    assert gain.is_worse
    assert gain.estimate < 0
    assert gain.draws == 50 * (ROUNDS - 1), "the first round has nothing to compare"


def test_one_that_asks_what_teaches_is_not() -> None:
    facts = facts_after(ROUNDS, picks_ambiguous=False)
    gain = gain_so_far(facts, known_vectors(facts))
    assert not gain.is_worse
    assert gain.draws == 50 * (ROUNDS - 1)


def test_nothing_is_known_without_answers() -> None:
    assert gain_so_far(facts_after(3, picks_ambiguous=True), {}).draws == 0


def in_another_form(facts: ProjectFacts, config: str, answers: Mapping[str, str]) -> ProjectFacts:
    """The same campaign, whose answers say the same in another form."""
    given = [replace(one, answer=answers[str(one.answer)]) for one in facts.state.annotations]
    state = replace(facts.state, annotations=given)
    return facts_of(state, parse(config), policy={**POLICY, "seed": SEED})


BOX = '<Choices name="c" toName="t" choice="multiple"><Choice value="good"/></Choices>'
RATING = '<Rating name="r" toName="t" maxRating="3"/>'
WORDS = '<TextArea name="w" toName="t"/>'
FORMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "a set": (BOX, {"positive": '["good"]', "negative": "[]"}),
    "a set and a scale": (
        BOX + RATING,
        {
            "positive": '{"c":"[\\"good\\"]","r":"3"}',
            "negative": '{"c":"[]","r":"1"}',
        },
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_strategy_is_watched_by_all_that_a_form_asks(name: str) -> None:
    tags, answers = FORMS[name]
    config = f'<View><Text name="t" value="$text"/>{tags}</View>'
    plain = facts_after(ROUNDS, picks_ambiguous=True)
    facts = in_another_form(plain, config, answers)
    gain, of_plain = (
        gain_so_far(facts, known_vectors(facts)),
        gain_so_far(plain, known_vectors(plain)),
    )
    assert gain.is_worse
    assert gain.estimate == pytest.approx(of_plain.estimate, abs=1e-9)


def test_what_people_write_is_not_watched() -> None:
    config = f'<View><Text name="t" value="$text"/>{WORDS}</View>'
    words = {"positive": '["good"]', "negative": '["bad"]'}
    facts = in_another_form(facts_after(3, picks_ambiguous=True), config, words)
    assert facts.settled
    assert gain_so_far(facts, known_vectors(facts)).draws == 0


def test_a_task_that_people_were_asked_again_is_in_no_round() -> None:
    facts = facts_after(1, picks_ambiguous=True)
    [asked] = asked_rounds(facts)
    again = asked.by_chance[0]
    decision = replace(facts.state.decisions[again], number=2)
    state = replace(facts.state, decisions={**facts.state.decisions, again: decision})
    [left] = asked_rounds(facts_of(state, policy=POLICY))
    assert [*left.by_chance] == [*asked.by_chance[1:]]
    assert left.by_strategy == asked.by_strategy


def test_then_chance_chooses_among_what_the_plan_wants_reviewed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    offered, facts = [*range(400, 520)], facts_after(ROUNDS, picks_ambiguous=True)
    by_strategy = chooser(with_share(facts, 0.0), cast(Any, Vectors()))(offered, 40)
    assert not caplog.records
    with caplog.at_level("INFO"):
        by_chance = chooser(facts, cast(Any, Vectors()))(offered, 40)
    assert "Chance teaches more than typiclust" in caplog.text
    assert len({*by_chance} & {*offered}) == 40
    assert {*by_chance} != {*by_strategy}


def test_what_a_look_at_the_gain_said_is_noted() -> None:
    facts, noted = facts_after(ROUNDS, picks_ambiguous=True), list[ChanceLook]()
    chooser(facts, cast(Any, Vectors()), noted.append)([*range(400, 520)], 40)
    [look] = noted
    gain = gain_so_far(facts, known_vectors(facts))
    assert (look.strategy, look.round) == ("typiclust", facts.state.rounds[-1].number)
    assert (look.gain, look.low, look.high) == (gain.estimate, gain.low, gain.high)
    assert (look.draws, look.is_worse) == (gain.draws, True)


def test_nothing_is_noted_without_a_random_share() -> None:
    facts, noted = facts_after(ROUNDS, picks_ambiguous=True), list[ChanceLook]()
    alone = with_share(facts, 0.0)
    chooser(alone, cast(Any, Vectors()), noted.append)([*range(400, 520)], 40)
    assert not noted

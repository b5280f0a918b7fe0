"""A lesson is judged on what chance drew and people answered blind, and held against the last."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from labeling.settings.policy_section import PolicySettings
from routing.decisions.decide import DRAWN
from routing.facts.project import ProjectFacts
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.records import DecisionKind, LedgerState
from routing.model.judge_lesson import blind_random_sample, judged_lesson
from routing.planning.review_rounds import chance_rank, pilot
from tests.support.snapshots import VERSION, facts_of, piloted, prelabelled, truth, with_answers

N, SEED = 200, 0
PILOT = pilot(range(1, N + 1), PolicySettings())
BY_CHANCE = sorted({*range(1, N + 1)} - PILOT, key=lambda task: chance_rank(SEED, task))
"""The tasks behind the pilot, in the order that the random share goes through."""


def with_asked(
    state: LedgerState, tasks: Sequence[int], kind: DecisionKind, *, drawn: bool
) -> LedgerState:
    """The state once people answered tasks of a round, which chance or doubt picked."""
    state = with_answers(state, tasks, kind)
    if not drawn:
        return state
    marked = {task: replace(state.decisions[task], reason=DRAWN) for task in tasks}
    return replace(state, decisions={**state.decisions, **marked})


def with_lesson(state: LedgerState, version: str = VERSION, wrong: int = 0) -> ProjectFacts:
    """The facts once a version learned from all answers, so many of the first held out wrongly."""
    said = truth(N)
    other = {"positive": "negative", "negative": "positive"}
    held_out = {
        task: HeldOutBelief(
            task, version, other[said[task]] if place < wrong else said[task], 0.9, True, {}
        )
        for place, task in enumerate(sorted(state.decisions))
    }
    last = replace(state.rounds[-1], model_version=version)
    return facts_of(replace(state, held_out=held_out, rounds=[*state.rounds[:-1], last]))


def test_before_any_random_share_the_sample_is_the_pilot() -> None:
    state = with_asked(piloted(N), BY_CHANCE[:20], "review", drawn=False)
    state = with_asked(state, BY_CHANCE[20:40], "blind", drawn=False)
    assert blind_random_sample(facts_of(state)) == PILOT


def test_what_chance_drew_joins_it_with_what_doubt_had_taken_from_its_order() -> None:
    taken, drawn, beyond = BY_CHANCE[0:2], BY_CHANCE[2:10], BY_CHANCE[30:33]
    state = with_asked(piloted(N), [*taken, *beyond], "blind", drawn=False)
    state = with_asked(state, drawn, "blind", drawn=True)
    assert blind_random_sample(facts_of(state)) == PILOT | {*taken, *drawn}


def test_what_people_answered_beside_the_pre_label_tells_nothing() -> None:
    state = with_asked(piloted(N), BY_CHANCE[:10], "review", drawn=True)
    assert blind_random_sample(facts_of(state)) == PILOT


def test_a_lesson_is_judged_by_what_the_others_teach_of_each_text() -> None:
    facts = with_lesson(piloted(N), wrong=7)
    lesson = judged_lesson(facts, {}, 60)
    assert (lesson.round, lesson.answers) == (2, 60)
    assert (lesson.judged, lesson.wrong) == (60, 7)
    errors = facts.predicted_errors.values()
    assert lesson.mean_error == pytest.approx(sum(errors) / len(errors))


def test_nothing_is_judged_where_so_few_answers_teach_nothing() -> None:
    lesson = judged_lesson(facts_of(piloted(N)), {}, 60)
    assert (lesson.judged, lesson.wrong) == (0, 0)


def relabelled(facts: ProjectFacts, negative: int) -> ProjectFacts:
    """The facts once another version labelled the open tasks, so many of them otherwise."""
    asked = facts.state.decisions
    new = [one for one in facts.state.predictions if one.task not in asked]
    later = [
        replace(
            one,
            id=one.id + N,
            model_version="later",
            answer="negative" if place < negative else "positive",
        )
        for place, one in enumerate(new)
    ]
    return with_lesson(
        replace(facts.state, predictions=[*facts.state.predictions, *later]), "later"
    )


def test_labels_of_open_tasks_are_held_against_those_of_the_version_before() -> None:
    facts = facts_of(piloted(N))
    before = facts.predictions.latest
    same = judged_lesson(relabelled(facts, negative=0), before, 60)
    assert (same.compared, same.kappa) == (N - 60, 1.0)
    changed = judged_lesson(relabelled(facts, negative=70), before, 60)
    assert (changed.compared, changed.kappa) == (N - 60, 0.0)


def test_a_version_that_stays_in_force_is_held_against_nothing() -> None:
    facts = with_lesson(piloted(N))
    lesson = judged_lesson(facts, facts.predictions.latest, 60)
    assert (lesson.compared, lesson.kappa) == (0, None)


def test_before_the_model_labelled_anything_nothing_is_known() -> None:
    facts = facts_of(replace(prelabelled(N), predictions=[]))
    lesson = judged_lesson(facts, {}, 0)
    assert (lesson.judged, lesson.compared, lesson.kappa, lesson.mean_error) == (0, 0, None, None)

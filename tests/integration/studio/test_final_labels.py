"""Final labels go back to a real Label Studio, and predictions that were replaced go away."""

from collections import Counter

import pytest

from routing.snapshot.observe import observe
from tandem.export.outcome import conclude
from tandem.export.to_studio import StatedLabels, StudioMark, state_labels
from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Loop, Person
from tests.support.studio_answers import new_prediction

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]

People = tuple[Person, Person, Person]


def stated(loop: Loop, how: StudioMark = "annotation") -> StatedLabels:
    snapshot = observe(loop.studio, loop.ledger, loop.settings)
    return state_labels(snapshot, conclude(snapshot), list(loop.studio.tasks()), how)


def test_each_task_that_is_done_gets_one_label_in_the_name_of_the_model_s_user(
    new_loop: NewLoop, people: People
) -> None:
    loop = new_loop(0.6, 0.6, 0.55)
    loop.sync()
    waiting = loop.waiting(*people)
    first, second, third = waiting
    given = {task: waiting[task][0].answer(task, "negative") for task in (first, second)}
    loop.sync()
    of_people = {one.id: one for one in loop.annotations()}

    assert stated(loop) == StatedLabels(2, 2, 0)
    assert loop.accepted() == {first: "negative", second: "negative"}
    assert stated(loop) == StatedLabels(2, 0, 0), "what is stated is not stated again"
    assert loop.sync().changes == [], "a pass leaves it as it is"
    assert stated(loop, "ground-truth") == StatedLabels(2, 2, 2)
    truths = [one for one in loop.annotations() if one.ground_truth]
    assert [(one.task, one.completed_by) for one in truths] == [
        (task, loop.model_user()) for task in (first, second)
    ]
    now = {one.id: one for one in loop.annotations() if one.id in of_people}
    assert now == of_people, "no annotation of a person is touched"

    # A label that moves, and one that is withdrawn, are put right by the next time.
    waiting[first][0].edit(given[first], "positive")
    waiting[second][0].delete(given[second])
    loop.sync()
    assert stated(loop) == StatedLabels(1, 1, 2)
    assert loop.accepted() == {first: "positive"}
    assert third in loop.waiting(*people)


@pytest.mark.usefixtures("two_at_a_time")
def test_a_task_keeps_one_prediction_of_ours_and_all_that_is_not(
    new_loop: NewLoop, people: People
) -> None:
    loop = new_loop(*[0.6] * 8, pilot=2)
    other = loop.studio.task_ids()[-1]
    loop.studio.import_predictions([new_prediction(other, version="other-1")])
    loop.sync()
    stray = next(task for task in loop.studio.task_ids() if task not in loop.places())
    [shown] = [one.id for one in loop.shown()[stray].predictions if one.model_version != "other-1"]
    people[0].answer(stray, "positive", parent_prediction=shown)
    for _ in range(3):
        loop.answer_all("negative", *people)
        loop.sync()
    assert len(loop.state.rounds) > 2, "the model moved on several times"
    waiting = loop.waiting(*people)
    shown_now = {task: seen for task, seen in loop.shown().items() if task not in waiting}
    counts = Counter(
        (task, one.model_version == "other-1")
        for task, seen in shown_now.items()
        for one in seen.predictions
    )
    assert set(counts.values()) == {1}
    others = Counter(one.model_version for one in loop.shown()[other].predictions)
    assert others["other-1"] == 1, "another tool's prediction stays"
    assert shown in [one.id for one in shown_now[stray].predictions]
    assert loop.studio.project().prediction_count == len(loop.state.predictions)
    assert loop.sync().changes == []

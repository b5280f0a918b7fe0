"""Answers as work: each once, whatever it was for and wherever it was given."""

from dataclasses import replace

from routing.work.answers import work_of
from tests.support.ledger_states import answer, state, task
from tests.support.observed_tasks import ADA, MODEL, annotation
from tests.support.observed_tasks import task as studio_task


def test_answers_of_the_blind_project_that_are_no_labels_are_control_tasks() -> None:
    main = state([task(1)], [answer(1, 1)])
    blind = state([task(5, source=1), task(6, source=9_000)], [answer(2, 5), answer(3, 6)])
    given = work_of(main, blind)
    assert [(one.task, one.kind) for one in given] == [(6, "control"), (1, "label")]


def test_what_was_done_before_tandem_is_somebody_else_s_matter() -> None:
    early = replace(answer(1, 1), earlier=True)
    assert work_of(state([task(1)], [early, answer(2, 1)])) == work_of(
        state([task(1)], [answer(2, 1)])
    )


def test_training_is_work_but_for_what_the_model_says() -> None:
    made = [annotation(1, 7, ADA), annotation(2, 7, MODEL), annotation(3, 7, None)]
    given = work_of(state([]), training=[studio_task(7, made)], model=MODEL)
    assert [(one.worker, one.kind, one.lead_time) for one in given] == [(ADA, "training", 4.5)]

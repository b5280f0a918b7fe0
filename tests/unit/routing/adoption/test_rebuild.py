"""The past of a project is told from what Label Studio holds, and nothing is made up."""

from dataclasses import replace

from routing.adoption.rebuild import Past, Seen, rebuild
from routing.ledger.records import LedgerAnnotation, LedgerState, LedgerTask
from tests.support.observed_tasks import ADA, BEN, MODEL, NOON


def answer(number: int, task: int, by: int = ADA, label: str = "negative") -> LedgerAnnotation:
    return LedgerAnnotation(
        id=number,
        task=task,
        worker_id=by,
        worker=f"user {by}",
        answer=label,
        result=[],
        kind="model" if by == MODEL else "person",
        stray=False,
        was_cancelled=False,
        lead_time=None,
        created_at=NOON,
        updated_at=NOON,
        unique_id=None,
        parent_prediction=None,
    )


def project(tasks: list[LedgerTask], *annotations: LedgerAnnotation) -> LedgerState:
    return LedgerState({one.id: one for one in tasks}, [], annotations, {}, [], [])


def tasks(count: int, overlap: int = 1) -> list[LedgerTask]:
    return [LedgerTask(n, overlap, False, NOON) for n in range(1, count + 1)]


def twins(*sources: int, overlap: int = 1) -> list[LedgerTask]:
    return [LedgerTask(10 + n, overlap, False, NOON, source=n) for n in sources]


def past_of(
    main: LedgerState,
    blind: LedgerState | None = None,
    tabs: dict[int, list[int]] | None = None,
    blind_tabs: dict[int, list[int]] | None = None,
) -> Past:
    return rebuild(Seen(main, tabs or {}, blind, blind_tabs or {}, {1}, NOON))


def kinds(past: Past) -> dict[int, tuple[str, int]]:
    return {one.task: (one.kind, one.votes) for one in past.decisions}


def test_an_untouched_project_has_no_past() -> None:
    past = past_of(project(tasks(2), answer(1, 1, MODEL)))
    assert (past.decisions, past.assignments, past.copies) == ([], [], [])
    assert past.accepted == 1, "what the model was left with is open again"


def test_what_is_asked_blind_is_owed_as_many_votes_as_its_overlap_says() -> None:
    blind = project(twins(1, 2, overlap=2), answer(1, 11), answer(2, 12), answer(3, 12, BEN))
    past = past_of(project(tasks(3)), blind, blind_tabs={BEN: [11]})
    assert kinds(past) == {1: ("pilot", 2), 2: ("blind", 2)}
    states = {(one.task, one.worker): one.state for one in past.blind_assignments}
    assert states == {(11, ADA): "done", (11, BEN): "open", (12, ADA): "done", (12, BEN): "done"}


def test_what_others_answered_openly_before_it_was_asked_blind_is_disputed() -> None:
    main = project(tasks(2), answer(1, 1), answer(2, 2, label="positive"))
    past = past_of(main, project(twins(1, 2), answer(8, 12, BEN)))
    assert kinds(past) == {1: ("pilot", 1), 2: ("dispute", 2)}


def test_an_answer_that_stands_in_both_projects_is_one_answer() -> None:
    main = project(tasks(2), answer(1, 1), answer(2, 2, label="positive"))
    past = past_of(main, project(twins(1, 2), answer(7, 11), answer(8, 12)))
    [copy] = past.copies
    assert (copy.key, copy.after) == (
        "copy:7",
        {"task": 1, "completed_by": ADA, "answer": "negative"},
    )
    assert copy.applied_at is not None
    assert [(one.task, one.worker) for one in past.assignments] == [(2, ADA)]


def test_open_answers_are_done_with_and_tabs_are_waited_for() -> None:
    skipped = replace(answer(2, 2, BEN), answer=None, was_cancelled=True)
    main = project(tasks(4, overlap=3), answer(1, 1), skipped, answer(3, 3))
    past = past_of(main, tabs={BEN: [3, 4]})
    assert kinds(past) == {1: ("review", 1), 3: ("review", 3), 4: ("review", 3)}
    states = {(one.task, one.worker): one.state for one in past.assignments}
    assert states == {
        (1, ADA): "done",
        (2, BEN): "skipped",
        (3, ADA): "done",
        (3, BEN): "open",
        (4, BEN): "open",
    }

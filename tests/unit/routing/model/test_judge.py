"""Labels are put to the model a few at a time, and what came too late once more."""

from typing import Any, cast

from labeling.protocol.judge import JudgedLabel, JudgeRequest, JudgeResponse, ProposedLabel
from routing.model.judge import judge

LABELS = [ProposedLabel(text=f"Text {number}", label="positive") for number in range(20)]


class Backend:
    """Gives each label a reason that names its text; of each request, so many in time."""

    def __init__(self, in_time: int) -> None:
        self.in_time = in_time
        self.asked: list[JudgeRequest] = []

    def judge(self, body: JudgeRequest) -> JudgeResponse:
        self.asked.append(body)
        late = JudgedLabel(error="Too late", retry=True)
        results = [
            JudgedLabel(reason=f"On {one.text}.") if place < self.in_time else late
            for place, one in enumerate(body.labels)
        ]
        return JudgeResponse(model="tiny", results=results)


def test_all_are_judged_in_order_with_their_reasons() -> None:
    backend, told = Backend(in_time=99), list[tuple[int, int]]()
    said = judge(
        cast(Any, backend), 4, "<View/>", LABELS, lambda _, done, all_: told.append((done, all_))
    )
    assert said.model == "tiny"
    assert [one["reason"] for one in said.results] == [f"On {one.text}." for one in LABELS]
    assert [len(one.labels) for one in backend.asked] == [16, 4]
    assert {(one.project, one.label_config, one.reasons) for one in backend.asked} == {
        ("4", "<View/>", True)
    }
    assert told == [(16, 20), (20, 20)]


def test_what_the_time_budget_left_out_is_asked_for_again() -> None:
    backend = Backend(in_time=2)
    said = judge(cast(Any, backend), 4, "<View/>", LABELS[:5])
    assert [one["reason"] for one in said.results] == [f"On {one.text}." for one in LABELS[:5]]
    assert [len(one.labels) for one in backend.asked] == [5, 3, 1]


def test_a_backend_that_gets_nothing_done_is_not_asked_for_ever() -> None:
    backend = Backend(in_time=0)
    said = judge(cast(Any, backend), 4, "<View/>", LABELS[:5])
    assert all("reason" not in one for one in said.results)
    assert len(backend.asked) == 1

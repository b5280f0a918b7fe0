"""`tandem people disputes` and `decide`: a known answer in doubt, and points given back."""

import csv
from pathlib import Path

import pytest

from labeling.form.form import parse
from routing.clock import system_clock
from routing.ledger.control_decisions import control_decisions
from routing.ledger.control_tasks import FirstAnswer, control_tasks, record_first_answers
from routing.ledger.people import person_events
from tests.support.commands import tandem, the_line, the_object
from tests.support.label_configs import SENTIMENT
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop

ADA, BEN, EVE, FAY = (f"{one}@memory.localhost" for one in ("ada", "ben", "eve", "fay"))
ADA_ID, BEN_ID, EVE_ID, FAY_ID = 2, 3, 4, 5
KNOWN = 8
FORM = parse(SENTIMENT)


@pytest.fixture
def loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryLoop:
    """A project with eight known answers, all `negative`, and Ben, who said otherwise in all."""
    file = tmp_path / "known.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = [[f"Known {number}", "negative"] for number in range(KNOWN)]
        csv.writer(out).writerows([["text", "answer"], *rows])
    made = new_memory_loop(tmp_path, 40, ADA, BEN, EVE, FAY, pilot=20, votes=2)
    made.sections["quality"] = {"known_answers": str(file)}
    made.sections["reviewers"] = [
        {"email": ADA, "capacity": 99},
        {"email": BEN, "capacity": 99},
        {"email": EVE, "capacity": 99, "expert": True},
        {"email": FAY, "capacity": 99},
    ]
    made.sync()
    answer(made, BEN_ID, "positive", range(1, KNOWN + 1))
    work_on(made, monkeypatch)
    return made


def answer(loop: MemoryLoop, worker: int, label: str | None, numbers: range) -> None:
    """Somebody answers control tasks by now, or skips them."""
    now = system_clock()
    record_first_answers(
        loop.ledger,
        [FirstAnswer(number, worker, label, label is None, now) for number in numbers],
    )


def put_in_doubt(loop: MemoryLoop, number: int) -> None:
    """Two people skip a control task."""
    for worker in (ADA_ID, FAY_ID):
        answer(loop, worker, None, range(number, number + 1))
    loop.sync()


def person(worker: int) -> tuple[str, int, int]:
    """Somebody's state, and how many known answers they got right, of how many."""
    [one] = [
        one for one in the_object(tandem("people", "--json"))["people"] if one["worker"] == worker
    ]
    return one["state"], one["right"], one["controls"]


@pytest.mark.usefixtures("loop")
def test_nothing_is_in_doubt_at_first() -> None:
    assert tandem("people", "disputes").stdout == "No known answer is in doubt.\n"


def test_what_is_in_doubt_is_shown_with_what_was_said_by_how_many(loop: MemoryLoop) -> None:
    put_in_doubt(loop, 3)
    shown = tandem("people", "disputes").stdout
    [known] = [one for one in control_tasks(loop.ledger) if one.number == 3]
    assert "Control task 3, known from file, in doubt since" in shown
    assert known.data["text"] in shown
    assert "known answer: negative" in shown
    assert "said: 1. positive: 1 person · skipped: 2 people" in shown
    assert "tandem people decide NUMBER" in shown
    [told] = the_object(tandem("people", "disputes", "--json"))["disputes"]
    assert (told["number"], told["skipped"]) == (3, 2)
    assert told["said"] == [{"answer": "positive", "people": 1, "is_accepted": False}]
    assert f"/projects/{loop.blind.project_id}/data?task=" in told["address"]


def test_it_counts_for_nobody_in_the_very_pass_that_finds_it(loop: MemoryLoop) -> None:
    put_in_doubt(loop, 3)
    assert person(BEN_ID) == ("paused", 0, KNOWN - 1)


@pytest.mark.parametrize(
    ("words", "then", "in_use"),
    [
        (("--keep",), (0, KNOWN), True),
        (("--accept", "positive"), (1, KNOWN), True),
        (("--said", "1"), (1, KNOWN), True),
        (("--retire",), (0, KNOWN - 1), False),
    ],
)
def test_a_decision_is_recorded_and_answers_are_held_against_it_at_once(
    loop: MemoryLoop, words: tuple[str, ...], then: tuple[int, int], in_use: bool
) -> None:
    put_in_doubt(loop, 3)
    said = tandem("people", "decide", "3", *words)
    assert said.exit_code == 0, said.output
    [decision] = control_decisions(loop.ledger)
    assert (decision.control, decision.by) == (3, "admin@memory.localhost")
    assert person(BEN_ID)[1:] == then
    assert control_tasks(loop.ledger)[2].is_in_use == in_use
    assert "No known answer is in doubt." in tandem("people", "disputes").stdout
    loop.sync()
    assert control_tasks(loop.ledger)[2].is_in_use == in_use, "a pass leaves it so"
    assert len(control_decisions(loop.ledger)) == 1


def test_who_was_paused_by_answers_that_are_right_after_all_is_asked_again(
    loop: MemoryLoop,
) -> None:
    loop.sync()
    assert person(BEN_ID)[0] == "paused"
    for number in range(1, KNOWN + 1):
        tandem("people", "decide", str(number), "--accept", "positive")
    report = loop.sync()
    [back] = [one for one in report.person_events if one.worker == BEN_ID]
    assert (back.state, back.by) == ("active", None)
    assert back.reason.startswith("what is known now no longer proves the pause: 8 of 8")
    assert person(BEN_ID) == ("active", KNOWN, KNOWN)
    assert loop.sync().person_events == []


def test_whom_the_admin_paused_stays_so(loop: MemoryLoop) -> None:
    tandem("people", "pause", "ben")
    for number in range(1, KNOWN + 1):
        tandem("people", "decide", str(number), "--retire")
    loop.sync()
    assert person(BEN_ID)[0] == "paused"
    assert len(person_events(loop.ledger)) == 1


def test_an_expert_who_answers_the_item_in_label_studio_decides(loop: MemoryLoop) -> None:
    put_in_doubt(loop, 3)
    [told] = the_object(tandem("people", "disputes", "--json"))["disputes"]
    task = int(told["address"].rpartition("=")[2])
    loop.blind.annotate(task, EVE_ID, FORM.encode("positive", "Known"))
    loop.sync()
    assert "No known answer is in doubt." in tandem("people", "disputes").stdout
    [decision] = control_decisions(loop.ledger)
    assert (decision.verdict, decision.answer, decision.by) == ("accept", "positive", EVE)
    assert person(BEN_ID)[1:] == (1, KNOWN)
    loop.sync()
    assert len(control_decisions(loop.ledger)) == 1


def test_a_decision_that_makes_no_sense_is_refused_in_a_line(loop: MemoryLoop) -> None:
    for words, says in [
        (("3",), "One decision is needed"),
        (("3", "--keep", "--retire"), "One decision is needed"),
        (("99", "--keep"), "There is no control task 99"),
        (("3", "--said", "7"), "so there is no answer 7"),
        (("3", "--accept", "blue"), "'blue'"),
    ]:
        refused = tandem("people", "decide", *words)
        assert refused.exit_code == 1
        assert says in the_line(refused)
    assert control_decisions(loop.ledger) == []

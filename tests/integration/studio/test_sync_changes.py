"""What changes between and during passes: tasks, the label config, and servers that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from labeling.errors import LabelConfigError, StudioUnreachable
from routing.facts.predictions import PredictionFacts
from routing.studio import Studio
from routing.studio.connection import Paging
from routing.tunables import Tunables
from tandem.servers.process import free_port
from tests.integration.studio.conftest import NewLoop
from tests.support.label_configs import OTHER_SENTIMENT, SENTIMENT
from tests.support.loops import Loop, Person
from tests.support.serving import as_json
from tests.support.studio_answers import new_prediction

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
ONE_MORE_LABEL = SENTIMENT.replace("</Choices>", '<Choice value="neutral"/></Choices>')
NO_CONTROL = '<View><Text name="text" value="$text"/></View>'


class TestTasks:
    def test_later_ones_are_labelled_at_once_and_decided_once_people_are_done(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.9, 0.5)
        loop.sync()
        later = loop.import_texts({"More 0": 0.9, "More 1": 0.5})
        report = loop.sync()
        assert loop.model.asked[-1] == later
        assert (report.labelled, report.decisions, report.undecided) == (2, {}, 2)
        loop.answer_all("positive", *people)
        assert loop.sync().decisions == {"review": 2}
        assert sorted(loop.waiting(*people)) == later

    def test_deleted_ones_are_forgotten(self, new_loop: NewLoop, people: People) -> None:
        ana, *_ = people
        loop = new_loop(0.5, 0.6)
        loop.sync()
        deleted, kept = loop.studio.task_ids()
        ana.delete_task(deleted)
        report = loop.sync()
        assert list(loop.state.tasks) == [kept]
        assert list(loop.waiting(*people)) == [kept]
        assert report.owed == 1
        assert loop.ledger.history(deleted).decisions
        assert loop.sync().changes == []

    def test_one_deleted_and_one_added_are_both_noticed(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, *_ = people
        loop = new_loop(0.5, 0.6)
        loop.sync()
        deleted, kept = loop.studio.task_ids()
        ana.delete_task(deleted)
        (added,) = loop.import_texts({"More": 0.5})
        loop.studio.import_predictions([new_prediction(added, version="another model's")])
        loop.sync()
        assert sorted(loop.state.tasks) == [kept, added]
        assert list(loop.waiting(*people)) == [kept]

    def test_one_without_a_text_is_told_and_goes_to_people(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.9)
        loop.studio.import_tasks([{"text": ""}, {"text": "  "}])
        _, empty, blank = loop.studio.task_ids()
        report = loop.sync()
        assert report.failed == dict.fromkeys((empty, blank), "The task's field 'text' is empty")
        assert (report.labelled, report.decisions) == (1, {"review": 3})
        assert loop.waiting(*people).keys() >= {empty, blank}
        loop.answer_all("negative", *people)
        report = loop.sync()
        assert report.remaining == 0


class TestLabelConfig:
    def test_another_set_of_labels_is_labelled_anew(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, 0.5)
        loop.sync()
        loop.studio.update_project(label_config=OTHER_SENTIMENT)
        loop.model.name = "b"
        report = loop.sync()
        assert report.labelled == 2
        believed = PredictionFacts(loop.state.predictions).latest.values()
        assert {(one.answer, one.model_version) for one in believed} == {("good", "b-0")}
        loop.answer_all("bad", *people)
        report = loop.sync()
        assert report.remaining == 0
        assert set(loop.answers.votes.values()) == {("bad",)}

    def test_one_more_label_leaves_answers_as_they_are(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.9] * 2, pilot=1, target_error=0.5)
        loop.sync()
        loop.answer_all("negative", *people)
        loop.sync()
        loop.studio.update_project(label_config=ONE_MORE_LABEL)
        loop.model.name = "b"
        assert loop.sync().decisions == {}
        assert list(loop.answers.votes.values()) == [("negative",)]
        assert list(loop.accepted().values()) == ["positive"]

    def test_an_answer_of_the_old_labels_moves_on_to_somebody_else(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        loop.sync()
        ((task, (first,)),) = loop.waiting(*people).items()
        loop.studio.update_project(label_config=OTHER_SENTIMENT)
        loop.model.name = "b"
        first.answer(task, "positive")
        loop.sync()
        assert loop.answers.votes == {}
        assert first not in loop.waiting(*people)[task]

    def test_votes_for_a_label_that_was_taken_away_are_asked_for_again(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        loop.studio.paging = Paging(look_back=timedelta(0))
        loop.studio.update_project(label_config=ONE_MORE_LABEL)
        loop.sync()
        ((task, (first,)),) = loop.waiting(*people).items()
        first.answer(task, "neutral")
        loop.import_texts({"More": 0.9})
        loop.sync()
        assert loop.answers.votes == {task: ("neutral",)}
        loop.studio.update_project(label_config=SENTIMENT)
        loop.model.name = "b"
        report = loop.sync()
        assert loop.answers.votes == {}
        assert first not in loop.waiting(*people)[task]
        assert report.owed == 2, "the other one is owed as well"

    def test_one_without_a_control_is_one_clear_error(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.5)
        loop.sync()
        loop.studio.update_project(label_config=NO_CONTROL)
        with pytest.raises(LabelConfigError, match="no control that Tandem can answer"):
            loop.sync()


class TestReading:
    @pytest.fixture
    def paging(self) -> Paging:
        """Let a pull show exactly what changed, since these tests take less than a minute."""
        return Paging(look_back=timedelta(0))

    def test_a_pass_reads_only_what_changed(self, new_loop: NewLoop, people: People) -> None:
        loop = new_loop(*[0.9] * 20)
        loop.sync()
        task, (person,) = next(iter(loop.waiting(*people).items()))
        assert read_by_a_pass(loop) <= 2
        person.skip(task)
        assert read_by_a_pass(loop) <= 4
        states = [one.state for one in loop.state.assignments if one.task == task]
        assert sorted(states) == ["open", "skipped"]

    def test_imported_predictions_are_noticed(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9, 0.5, 0.6)
        loop.sync()
        *_, last = loop.studio.task_ids()
        loop.studio.import_predictions([new_prediction(last, version="another model's")])
        loop.sync()
        assert [one.model_version for one in loop.state.predictions].count("another model's") == 1

    def test_predictions_that_were_cleared_are_made_again(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.5, 0.6, 0.7)
        loop.sync()
        cleared, *_ = loop.studio.task_ids()
        loop.studio.clear_predictions([cleared])
        assert loop.sync().labelled == 1
        assert loop.model.asked[-1] == [cleared]
        assert [len(one.predictions) for one in loop.shown().values()] == [1, 1, 1]


def read_by_a_pass(loop: Loop) -> int:
    """Count the tasks that a pass reads of Label Studio."""
    read: dict[tuple[int, int], int] = {}

    def note(step: str, done: int, total: int) -> None:
        if step == "Reading Label Studio":
            read[len(read), total] = done

    loop.sync(note)
    return sum(read.values())


@contextmanager
def failing(method: str, path: str) -> Iterator[None]:
    """Let requests whose path holds this find nobody, while the test asks for it."""
    plainly = httpx.Client.send

    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if request.method == method and path in request.url.path:
            raise httpx.ConnectError("Connection refused", request=request)
        return plainly(self, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "send", send)
        yield


class TestOutages:
    def test_a_backend_that_moves_between_two_calls_is_told(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9, 0.5)

        def move(path: str) -> None:
            if path == "/predict":
                loop.model.name = "b"

        loop.model.before = move
        told = loop.sync().backend_problem
        assert "moved from a-0 to b-0 while it was asked" in (told or "")
        assert loop.studio.project().prediction_count == 0
        report = loop.sync()
        assert (report.model_version, report.labelled) == ("b-0", 2)

    def test_a_backend_that_fails_meanwhile_is_told_and_asked_for_the_rest(
        self, new_loop: NewLoop
    ) -> None:
        loop = new_loop(0.9, 0.5, 0.9, 0.5, 0.9)
        loop.tunables = Tunables(predicted_tasks=2)
        ids = loop.studio.task_ids()
        loop.model.before = lambda path: (
            as_json({"error": "out of memory"}, 500)
            if path == "/predict" and loop.model.asked
            else None
        )
        assert "out of memory" in (loop.sync().backend_problem or "")
        loop.model.before = lambda _: None
        report = loop.sync()
        assert loop.model.asked == [ids[:2], ids[2:4], ids[4:]]
        assert (report.labelled, report.undecided) == (3, 0)
        assert [len(one.predictions) for one in loop.shown().values()] == [1] * 5
        assert loop.sync().changes == []

    def test_a_backend_that_nobody_started_is_told(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9)
        loop.model.url = f"http://127.0.0.1:{free_port()}"
        assert "does not answer" in (loop.sync().backend_problem or "")
        assert loop.annotations() == []

    def test_a_label_studio_that_nobody_started_is_told(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9)
        loop.studio = Studio(f"http://127.0.0.1:{free_port()}", "key", loop.studio.project_id)
        with pytest.raises(StudioUnreachable, match="does not answer"):
            loop.sync()

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/annotations/"),
            ("POST", "/api/projects/"),
            ("POST", "/api/dm/views/"),
            ("PATCH", "/api/projects/"),
        ],
    )
    def test_a_label_studio_that_fails_meanwhile_is_told_and_the_next_pass_finishes(
        self, new_loop: NewLoop, people: People, method: str, path: str
    ) -> None:
        loop = new_loop(*[0.9] * 4, pilot=2, target_error=0.5)
        if path == "/annotations/":
            loop.sync()
            loop.answer_all("positive", *people)
        with failing(method, path), pytest.raises(StudioUnreachable, match="does not answer"):
            loop.sync()
        loop.sync()
        loop.answer_all("positive", *people)
        report = loop.sync()
        assert (report.undecided, report.owed) == (0, 0)
        assert len(loop.accepted()) == 2
        assert len(loop.annotations()) == 4
        assert loop.studio.project().model_version == "a-2"
        assert loop.ledger.pending() == []
        assert loop.sync().changes == []

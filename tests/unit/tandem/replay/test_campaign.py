"""A replayed campaign asks for recorded votes alone, in their order, and says what came of it."""

from pathlib import Path

import numpy as np
import pytest

from labeling.settings.settings import Settings
from tandem.replay.beliefs import Beliefs
from tandem.replay.campaign import ReplayedCampaign, play
from tandem.replay.folder import RecordedWork, read_folder
from tandem.replay.model import beliefs_of
from tandem.replay.people_alone import labels_of
from tandem.replay.project import SimulatedProject
from tandem.replay.recorded import RecordedPeople
from tests.support.recorded_folder import write_folder

SETTINGS = Settings.model_validate(
    {"policy": {"target_error": 0.15}, "learning": {"embedding": None}}
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> RecordedWork:
    return read_folder(write_folder(tmp_path_factory.mktemp("replay") / "crowd", seconds=True))


@pytest.fixture(scope="module")
def beliefs(work: RecordedWork) -> Beliefs:
    return beliefs_of(work, SETTINGS, Path())


@pytest.fixture(scope="module")
def campaign(work: RecordedWork, beliefs: Beliefs) -> ReplayedCampaign:
    said = labels_of(work, work.votes, SETTINGS.aggregation.method, 0)
    return play(beliefs, RecordedPeople(work), SETTINGS, said)


class TestRecordedPeople:
    def test_votes_come_in_the_order_of_the_record(self, work: RecordedWork) -> None:
        people = RecordedPeople(work)
        every = work.votes[work.votes["task"] == 3]
        first = people.votes(3, set(), 2)
        rest = people.votes(3, {one.place for one in first}, 99)
        assert [one.worker for one in (*first, *rest)] == every["worker"].tolist()
        assert [one.label for one in (*first, *rest)] == every["label"].tolist()
        assert {one.seconds for one in rest} == {8.0}

    def test_nobody_is_left_where_the_record_ends(self, work: RecordedWork) -> None:
        people = RecordedPeople(work)
        short = work.tasks.index("t0")
        assert people.number == 5
        assert list(people.absent(short)) == [4]
        assert not people.absent((short + 1) % 80)
        assert people.votes(short, {0, 1, 2, 3}, 1) == []


def test_every_answer_is_a_recorded_one_and_none_is_given_twice(
    work: RecordedWork, beliefs: Beliefs
) -> None:
    project = SimulatedProject(beliefs, RecordedPeople(work), SETTINGS)
    project.make_pass()
    while project.answer():
        project.make_pass()
    given = [
        (one.task - 1, one.worker, project.names.index(one.answer))
        for one in project.facts.state.annotations
        if one.answer is not None
    ]
    recorded = work.votes[["task", "worker", "label"]].itertuples(index=False, name=None)
    assert len(given) == len(set(given)) > 0
    assert set(given) <= set(recorded)


def test_it_goes_on_to_the_certificate(campaign: ReplayedCampaign) -> None:
    labels = [one.labels for one in campaign.curve.points]
    assert labels[0] == 0
    assert labels == sorted(set(labels))
    assert campaign.curve.end.seconds == 8 * labels[-1]
    assert campaign.curve.end.accuracy > campaign.curve.points[0].accuracy
    [promise] = campaign.promises
    assert promise.is_certified
    assert promise.is_kept
    assert (promise.size, promise.allowed) == (80, 12)
    assert 0 < campaign.by_model <= promise.kept


def test_it_spends_no_more_than_its_budget(work: RecordedWork, beliefs: Beliefs) -> None:
    said = labels_of(work, work.votes, SETTINGS.aggregation.method, 0)
    campaign = play(beliefs, RecordedPeople(work), SETTINGS, said, 70)
    assert campaign.curve.end.labels == 70


def test_a_promise_is_broken_where_more_labels_differ_than_may(
    work: RecordedWork, beliefs: Beliefs
) -> None:
    nobody_says_that = np.full(80, -2, dtype=np.intp)
    campaign = play(beliefs, RecordedPeople(work), SETTINGS, nobody_says_that)
    [promise] = campaign.promises
    assert promise.differ == promise.kept
    assert promise.is_kept == (promise.kept <= 12)

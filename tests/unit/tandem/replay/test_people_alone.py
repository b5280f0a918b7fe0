"""People alone: the same number of votes everywhere, or one more where it gains most."""

import itertools

import pytest

from labeling.settings.settings import Settings
from tandem.replay.curves import ReplayCurve, ReplayPoint
from tandem.replay.folder import RecordedWork, read_folder
from tandem.replay.people_alone import (
    dynamic_overlap,
    first_votes,
    fixed_overlap,
    labels_of,
    people_alone,
)
from tests.support.recorded_folder import write_folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> RecordedWork:
    return read_folder(write_folder(tmp_path_factory.mktemp("replay") / "crowd", seconds=True))


def test_votes_are_shared_out_evenly_in_the_order_of_the_record(work: RecordedWork) -> None:
    given = first_votes(work, 200)
    counts = given.groupby("task").size()
    assert (len(given), counts.min(), counts.max()) == (200, 2, 3)
    every = work.votes[work.votes["task"] == 7]
    assert given[given["task"] == 7]["worker"].tolist() == every["worker"].tolist()[: counts[7]]


def test_who_has_no_vote_gets_the_most_frequent_label(work: RecordedWork) -> None:
    votes = work.votes[work.votes["label"] == 2].iloc[:3]
    assert set(labels_of(work, votes, "majority-vote", 0)) == {2}


def test_more_votes_are_more_often_right_and_take_longer(work: RecordedWork) -> None:
    curve = fixed_overlap(work, "majority-vote", 0, [80, 400])
    first, last = curve.points
    assert (first.labels, last.labels) == (80, 399), "one vote is missing in the record"
    assert first.accuracy < last.accuracy
    assert (first.seconds, last.seconds) == (80 * 8, 399 * 8)


def test_dynamic_overlap_spends_votes_where_people_differ(work: RecordedWork) -> None:
    curve = dynamic_overlap(work, Settings())
    labels = [one.labels for one in curve.points]
    assert labels[0] == 80
    assert labels == sorted(set(labels))
    assert all(later - sooner <= 8 for sooner, later in itertools.pairwise(labels))
    halfway = curve.at(200)
    assert halfway is not None
    assert halfway >= fixed_overlap(work, "majority-vote", 0, [200]).end.accuracy


def test_there_is_a_curve_of_every_way(work: RecordedWork) -> None:
    curves = people_alone(work, Settings(), 100)
    assert curves[-1].name == "dynamic overlap"
    assert len({one.name for one in curves}) == len(curves)
    assert all(one.at(100) is not None for one in curves)


def test_between_two_points_a_curve_is_straight() -> None:
    curve = ReplayCurve("way", "people", [ReplayPoint(10, 0.5), ReplayPoint(20, 0.7)])
    assert curve.at(9) is None
    assert curve.at(15) == pytest.approx(0.6)
    assert curve.at(99) == 0.7

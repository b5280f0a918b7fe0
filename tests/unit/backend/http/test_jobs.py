"""A job is known by how far it is, how fast, and how long it still takes."""

from backend.http.jobs import FORGOTTEN_SECONDS, MOST, Jobs
from labeling.protocol.health import JobProgress
from labeling.protocol.predict import JobStatus


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def job(name: str, done: int, total: int) -> JobStatus:
    return JobStatus(id=name, done=done, total=total)


def test_its_rate_is_measured_from_when_it_was_first_named() -> None:
    clock = Clock()
    jobs = Jobs(clock)
    jobs.note(job("films", 1000, 5000))
    [job_progress] = jobs.running()
    assert (job_progress.per_second, job_progress.seconds_left) == (0, None)
    clock.now = 50
    jobs.note(job("films", 2000, 5000))
    assert jobs.running() == [
        JobProgress(id="films", done=2000, total=5000, per_second=20.0, seconds_left=150)
    ]


def test_one_that_begins_again_is_measured_anew() -> None:
    clock = Clock()
    jobs = Jobs(clock)
    jobs.note(job("films", 0, 100))
    clock.now = 100
    jobs.note(job("films", 90, 100))
    jobs.note(job("films", 0, 100))
    clock.now = 101
    jobs.note(job("films", 10, 100))
    assert jobs.running()[0].per_second == 10


def test_one_that_is_done_or_silent_is_forgotten() -> None:
    clock = Clock()
    jobs = Jobs(clock)
    jobs.note(job("done", 10, 10))
    jobs.note(job("silent", 1, 10))
    assert [job_progress.id for job_progress in jobs.running()] == ["silent"]
    clock.now = FORGOTTEN_SECONDS + 1
    assert jobs.running() == []


def test_only_the_last_are_known() -> None:
    jobs = Jobs()
    for number in range(MOST + 5):
        jobs.note(job(str(number), 0, 1))
    assert len(jobs.running()) == MOST
    assert jobs.running()[-1].id == str(MOST + 4)

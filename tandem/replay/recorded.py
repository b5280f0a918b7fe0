"""People who answered before: each task's votes are given again, in the order of the record."""

from collections.abc import Collection, Sequence

from routing.ledger.records import LedgerAnnotation
from tandem.replay.folder import RecordedWork
from tandem.replay.people import ControlVote, GivenVote


class RecordedPeople:
    """The people behind recorded votes.

    Whoever gave a task's first vote is asked about it first, and so on. A task that has no more
    votes has nobody left who could be asked.

    Args:
        work: The recorded work.
    """

    def __init__(self, work: RecordedWork) -> None:
        self._given: list[list[GivenVote]] = [[] for _ in work.tasks]
        votes = work.votes
        columns = (votes[name].tolist() for name in ("task", "worker", "label", "seconds"))
        for task, worker, label, seconds in zip(*columns, strict=True):
            given = self._given[task]
            measured = None if seconds != seconds else float(seconds)
            given.append(GivenVote(len(given), worker, label, measured))

    @property
    def number(self) -> int:
        """The most votes that a task has."""
        return max(map(len, self._given))

    def absent(self, item: int) -> Collection[int]:
        """Return the places beyond the last vote of an item."""
        return range(len(self._given[item]), self.number)

    def votes(self, item: int, answered: Collection[int], wanted: int) -> Sequence[GivenVote]:
        """Give the next recorded votes of an item, as `People.votes` says.

        Args:
            item: The item, from 0.
            answered: The places of the votes that were given.
            wanted: How many votes are asked for.

        Returns:
            The votes, fewer where the record ends.
        """
        return [one for one in self._given[item] if one.place not in answered][:wanted]

    def look(self, given: Sequence[LedgerAnnotation]) -> Sequence[ControlVote]:  # noqa: ARG002
        """Return nothing: nobody was asked what is known."""
        return ()

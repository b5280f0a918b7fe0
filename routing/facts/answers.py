"""What people answered, of a project's annotations: answers, votes, and who was asked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from aggregation.votes import Answer, of_people
from routing.ledger.records import LedgerAnnotation


@dataclass(frozen=True, eq=False)
class AnswerFacts:
    """What follows from annotations alone; each fact is worked out once.

    Args:
        annotations: Those that stand, wherever they were made; skipped ones are no answers.
    """

    annotations: Sequence[LedgerAnnotation]

    @cached_property
    def votes(self) -> Mapping[int, tuple[str, ...]]:
        """People's labels of each task, one per person; tasks without any are left out."""
        return _votes(self.annotations)

    @cached_property
    def blind_votes(self) -> Mapping[int, tuple[str, ...]]:
        """The labels that people gave without seeing the model's, as `votes`."""
        return _votes([one for one in self.annotations if one.blind])

    @cached_property
    def blind_answers(self) -> Sequence[Answer]:
        """The answers that people gave without seeing the model's."""
        return to_answers([one for one in self.annotations if one.blind])

    @cached_property
    def answered_earlier(self) -> frozenset[int]:
        """The tasks that people answered before Tandem decided anything."""
        return frozenset(
            one.task for one in self.annotations if one.earlier and one.answer is not None
        )

    @cached_property
    def answered_by_excluded(self) -> frozenset[int]:
        """The tasks to which an answer counts no more, since who gave it is excluded."""
        return frozenset(one.task for one in self.annotations if one.excluded)

    @cached_property
    def asked(self) -> Mapping[int, frozenset[int]]:
        """The users who answered or skipped each task."""
        asked: dict[int, set[int]] = {}
        for one in self.annotations:
            if one.kind == "person":
                asked.setdefault(one.task, set()).add(one.worker_id)
        return {task: frozenset(users) for task, users in asked.items()}

    def counted(self, blind_alone: Collection[int], audited: Collection[int]) -> list[Answer]:
        """Return the answers that labels are made of.

        What was asked blind is labelled by its blind answers alone, so that the model has no say
        in how it is checked. What was asked blind to learn from, and was answered beside the
        pre-label alone, is labelled by that; what is audited never is.

        Args:
            blind_alone: Tasks that were asked blind, and whose label was never disputed since.
            audited: Those of them that a promise is checked by.

        Returns:
            Everybody's answers that count, in the order of the annotations.
        """
        blind = {task for task in blind_alone if task in self.blind_votes} | set(audited)
        return to_answers(
            [
                one
                for one in self.annotations
                if one.blind or one.kind != "person" or one.task not in blind
            ]
        )


def to_answers(annotations: Sequence[LedgerAnnotation]) -> list[Answer]:
    """Return everybody's answers among annotations; skipped ones are none, and nobody's either."""
    return [
        Answer(one.task, one.worker, one.answer, one.kind, one.updated_at, one.lead_time)
        for one in annotations
        if one.answer is not None and not one.was_cancelled and one.kind != "nobody"
    ]


def without_earlier(annotations: Iterable[LedgerAnnotation]) -> list[LedgerAnnotation]:
    """Return annotations where those from before Tandem say nothing; who gave them is known."""
    return [replace(one, answer=None) if one.earlier else one for one in annotations]


def without_excluded(
    annotations: Iterable[LedgerAnnotation], excluded: Collection[int]
) -> list[LedgerAnnotation]:
    """Return annotations where those of excluded people say nothing; who gave them is known.

    Args:
        annotations: Everybody's.
        excluded: The users whose answers count no more.
    """
    return [
        replace(one, answer=None, excluded=True)
        if one.worker_id in excluded and one.kind == "person" and one.answer is not None
        else one
        for one in annotations
    ]


def _votes(annotations: Sequence[LedgerAnnotation]) -> dict[int, tuple[str, ...]]:
    by_task: dict[int, list[str]] = {}
    for answer in of_people(to_answers(annotations)):
        by_task.setdefault(answer.task, []).append(answer.label)
    return {task: tuple(labels) for task, labels in by_task.items()}

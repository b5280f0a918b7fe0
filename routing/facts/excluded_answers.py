"""What a promise counted of people who were excluded later, and what others say of it. Pure.

Excluding is the admin's word. A certificate that was given stays what it is: it says what people
said then. A population that is still in audit asks such checks anew, by `routing.lifecycle`, and
its promise is then about what the others say.

That is sound as long as nobody is excluded *because of what an audit found*. The test of a promise
multiplies what the audits of a random order say of fixed labels (`routing.guarantee.audit_test`).
An answer that is replaced by somebody else's makes it the test that the others would have seen from
the start, so it is wrong about them with no more than the stated probability. Who were excluded for
having contradicted the model, until the audits please, would make the promise empty. So Tandem
itself never excludes anybody; what it pauses people for are known answers, which are no audits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.form.equivalence import Equivalence
from routing.facts.answers import AnswerFacts
from routing.ledger.records import RecordedCheck


@dataclass(frozen=True, slots=True)
class ExcludedAudits:
    """The answered audits of a population that somebody who is excluded now had answered.

    Attributes:
        audits: How many there are.
        confirmed: Those in which somebody else says the same.
        contradicted: Those in which others answered, and nobody says the same. What is left of the
            audits waits for others.
    """

    audits: int = 0
    confirmed: int = 0
    contradicted: int = 0

    @property
    def waiting(self) -> int:
        """Those that nobody else has answered yet."""
        return self.audits - self.confirmed - self.contradicted


def in_question(
    checks: Sequence[RecordedCheck], answers: AnswerFacts, equivalence: Equivalence
) -> frozenset[int]:
    """Return the checked tasks whose recorded answer is that of excluded people alone.

    Args:
        checks: What people were asked about, of any population.
        answers: What people answered; of excluded people nothing.
        equivalence: Says which answers are the same.

    Returns:
        The tasks where an answer counts no more, and nobody else says what was recorded; of audits,
        nobody else who was asked blind.
    """
    if not answers.answered_by_excluded:
        return frozenset()
    return frozenset(
        one.task
        for one in checks
        if one.state == "answered"
        and one.task in answers.answered_by_excluded
        and not _is_said(one, answers, equivalence)
    )


def excluded_audits(
    checks: Sequence[RecordedCheck], answers: AnswerFacts, in_question: frozenset[int]
) -> ExcludedAudits:
    """Count the audits of a population that excluded people had answered.

    Args:
        checks: The population's checks.
        answers: What people answered; of excluded people nothing.
        in_question: The tasks of `in_question`.
    """
    tasks = [
        one.task
        for one in checks
        if one.kind == "audit"
        and one.state == "answered"
        and one.task in answers.answered_by_excluded
    ]
    doubted = [task for task in tasks if task in in_question]
    return ExcludedAudits(
        audits=len(tasks),
        confirmed=len(tasks) - len(doubted),
        contradicted=sum(task in answers.blind_votes for task in doubted),
    )


def _is_said(check: RecordedCheck, answers: AnswerFacts, equivalence: Equivalence) -> bool:
    votes = answers.blind_votes if check.kind == "audit" else answers.votes
    recorded = check.answer or ""
    return any(equivalence.is_same_answer(one, recorded) for one in votes.get(check.task, ()))

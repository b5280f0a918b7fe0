"""A lesson: what a project teaches is fitted, held against the version in force, then trained."""

from collections.abc import Callable

from backend.contests import Ask, Contests
from backend.learning.fit import lesson_of
from backend.learning.held_out import held_out
from backend.pupil import Pupil
from backend.trained_versions import TrainedVersions
from backend.versions.candidate import Candidate, light_learners
from backend.versions.contest import LearnOutcome
from backend.versions.evaluation_set import EvaluationSet


class Teacher:
    """Makes versions of what projects teach.

    Args:
        ask: See `Ask`.
        contests: Where what is fitted comes into force.
        trained_versions: Makes versions of what takes longer to fit.
        clock: Returns the time, in seconds.
    """

    def __init__(
        self,
        ask: Ask,
        contests: Contests,
        trained_versions: TrainedVersions,
        clock: Callable[[], float],
    ) -> None:
        self._ask = ask
        self._contests = contests
        self._trained_versions = trained_versions
        self._clock = clock

    def learn(
        self, pupil: Pupil, *, keep_version: bool = False, anew: bool = False
    ) -> LearnOutcome:
        """Fit what a project teaches; put it in force where it beats the version that is.

        What takes longer to fit is trained beside serving, and then held against that in turn. The
        same answers once more change nothing, and cost nothing. A failure leaves the last good
        version in force.

        Args:
            pupil: The project.
            keep_version: Whether the version in force goes on, where it applies, whatever was
                answered since.
            anew: Whether what was trained on the same answers is trained once more.

        Returns:
            The version that is in force now, the report of its fit, and what it believes of the
            answered texts.

        Raises:
            TandemError: The time budget ran out, the model cannot answer, or what was learned
                cannot be written.
        """
        client, embed = self._ask(pupil.blank)
        # What is held out asks the same again, when the time budget may long be over.
        model = client.remembering()
        contest = self._contests.begin(pupil, (model, embed))
        incumbent = contest.incumbent
        evaluation = EvaluationSet.of(pupil.blank, pupil.training_set)
        if incumbent and (keep_version or incumbent.is_refused(evaluation)):
            return incumbent.goes_on(evaluation)
        is_settled = incumbent is not None and incumbent.is_settled(evaluation)
        is_due = anew or self._trained_versions.is_due(pupil.project, evaluation.data)
        if incumbent and is_settled and not is_due:
            return incumbent.goes_on(evaluation)
        started = self._clock()
        lesson = lesson_of(pupil.blank, pupil.training_set, model, embed)
        believed = held_out(pupil.blank, pupil.training_set, model, embed)
        seconds = self._clock() - started
        learned = lesson.learned
        candidate = Candidate(learned, lesson.report, believed, light_learners(learned), seconds)
        if incumbent and is_settled:
            outcome = incumbent.goes_on(evaluation)
        else:
            outcome = self._contests.enter(contest, pupil, candidate)
        self._trained_versions.train(pupil, evaluation.data, lesson, candidate)
        return outcome

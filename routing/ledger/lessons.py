"""How the lesson of each round did, judged when it was learned: later nothing tells it any more."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from routing.ledger.database import add, reading, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import LessonRow


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is known of a lesson.

    Attributes:
        round: The number of the round that learned it.
        answers: People's answers that it was learned from.
        judged: Texts that chance drew and people answered blind, of which the model said, without
            their answer, what it believes.
        wrong: Those of them of which people say otherwise.
        compared: Open tasks that the lesson before had labelled by another version.
        kappa: Cohen's kappa between the labels that these two gave them; None: there are none.
        mean_error: Mean predicted error of the open tasks that nobody was asked; None: there are
            none, or nothing is predicted.
    """

    round: int
    answers: int
    judged: int
    wrong: int
    compared: int = 0
    kappa: float | None = None
    mean_error: float | None = None


def lessons(ledger: Ledger) -> list[Lesson]:
    """Return a project's lessons, the first one first."""
    table = LessonRow
    columns = select(
        table.round,
        table.answers,
        table.judged,
        table.wrong,
        table.compared,
        table.kappa,
        table.mean_error,
    )
    with reading(ledger.engine) as connection:
        rows = connection.execute(
            columns.where(table.project == ledger.project).order_by(table.round)
        ).all()
    return [Lesson(**row._asdict()) for row in rows]


def record_lesson(ledger: Ledger, lesson: Lesson) -> None:
    """Record a lesson; one of a round that is there already stays."""
    with writing(ledger.engine) as connection:
        add(connection, LessonRow, ledger.project, [asdict(lesson)])

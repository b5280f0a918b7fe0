"""The ledger of one project: what was seen, decided, asked of people, and written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import bindparam, delete, update

from routing.clock import Clock, system_clock
from routing.ledger.annotator_label import AnnotatorLabel
from routing.ledger.converters import Reading
from routing.ledger.database import add, connect, put, upgrade, writing
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.identity import LedgerIdentity
from routing.ledger.importer import forget_tasks, mirror_predictions, mirror_tasks
from routing.ledger.reader import LedgerReader
from routing.ledger.records import (
    Assignment,
    Decision,
    Member,
    Population,
    RecordedCheck,
    Round,
    Write,
)
from routing.ledger.schema import (
    AnnotatorLabelRow,
    AssignmentRow,
    Base,
    CheckRow,
    CursorRow,
    DecisionRow,
    HeldOutRow,
    IdentityRow,
    MemberRow,
    PopulationRow,
    PredictionRow,
    RoundRow,
    TaskRow,
    WriteRow,
)
from routing.studio.models import StudioPrediction, StudioTask, TaskOverlap

CHUNK = 500
"""Tasks mirrored in one transaction."""

Item = TypeVar("Item")


class Ledger(LedgerReader):
    """What the controller knows of one project. Recording the same thing twice changes nothing.

    One database serves many projects of one Label Studio.

    Args:
        url: A SQLAlchemy URL of SQLite or PostgreSQL.
        project_id: The project.
        clock: Tells what the time is.

    Raises:
        SettingsError: The URL cannot be used.
    """

    def __init__(self, url: str, project_id: int, clock: Clock = system_clock) -> None:
        super().__init__(connect(url), project_id)
        self._clock = clock

    def beside(self, project_id: int) -> "Ledger":
        """Return the ledger of another project in the same database, on the same connections."""
        other = copy(self)
        other.project = project_id
        return other

    def upgrade(self) -> None:
        """Bring the database to the schema of this release, from empty too.

        Raises:
            SettingsError: It cannot be reached, or was made by a newer release.
        """
        upgrade(self.engine)

    def identify(self) -> LedgerIdentity:
        """Return the ledger's identity, which it is given where it has none."""
        new = self._new_identity()
        with writing(self.engine) as connection:
            add(connection, IdentityRow, self.project, [asdict(new)])
        return self.identity() or new

    def close(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()

    def mirror(
        self,
        tasks: Iterable[StudioTask],
        reading: Reading,
        cursor: datetime | None = None,
        present: datetime | None = None,
    ) -> None:
        """Record tasks as Label Studio has them now, in any order.

        What is known of these tasks and not among what they hold has been deleted there:
        predictions are forgotten, annotations marked. A task that was seen later already
        stays as it is.

        Args:
            tasks: Tasks with all that depends on them; may be lazy.
            reading: How they are read.
            cursor: How far Label Studio has been read once all tasks are recorded; None: it is
                not known.
            present: What Label Studio's clock said when the tasks were read; None: it is not known.
        """
        for chunk in _chunks(tasks):
            with writing(self.engine) as connection:
                mirror_tasks(connection, self.project, chunk, reading, self._clock(), present)
        if cursor is not None:
            with writing(self.engine) as connection:
                read = {"updated_at": cursor, "reading": reading.digest}
                put(connection, CursorRow, self.project, [read])

    def mirror_predictions(
        self,
        predictions: Iterable[StudioPrediction],
        texts: Mapping[int, str | None],
        reading: Reading,
    ) -> None:
        """Record predictions of tasks that are known, beside those that are known already.

        Args:
            predictions: The predictions; may be lazy.
            texts: The text of each task among them, or what stands for its texts.
            reading: How they are read.
        """
        for chunk in _chunks(predictions):
            with writing(self.engine) as connection:
                mirror_predictions(connection, self.project, chunk, texts, reading)

    def forget_tasks(self, ids: Iterable[int]) -> None:
        """Record that Label Studio no longer holds some tasks; what was decided stays known."""
        for chunk in _chunks(ids):
            with writing(self.engine) as connection:
                forget_tasks(connection, self.project, chunk, self._clock())

    def forget_predictions(self, ids: Sequence[int]) -> None:
        """Record that Label Studio no longer holds some predictions."""
        with writing(self.engine) as connection:
            connection.execute(
                delete(PredictionRow).where(
                    PredictionRow.project == self.project, PredictionRow.id.in_(ids)
                )
            )

    def record_overlaps(self, overlaps: Mapping[int, TaskOverlap]) -> None:
        """Record for how many people tasks are, where no `updated_at` shows that it changed."""
        rows = [{"task": task, **asdict(one)} for task, one in overlaps.items()]
        if not rows:
            return
        statement = (
            update(TaskRow)
            .where(TaskRow.project == self.project, TaskRow.id == bindparam("task"))
            .values(overlap=bindparam("overlap"), is_labeled=bindparam("is_labeled"))
        )
        with writing(self.engine) as connection:
            connection.execute(statement, rows)

    def forget_cursor(self) -> None:
        """Have the next look read all of Label Studio, whatever its counters say."""
        with writing(self.engine) as connection:
            connection.execute(delete(CursorRow).where(CursorRow.project == self.project))

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Append decisions; a task's decision whose number is there already stays."""
        self._add(DecisionRow, decisions)

    def assign(self, new: Sequence[Assignment], ended: Sequence[Assignment] = ()) -> None:
        """Record assignments; a pair that is there already stays, unless it is among `ended`.

        Args:
            new: Tasks asked of people from now on.
            ended: Known assignments, with the state that they ended in, and when.
        """
        with writing(self.engine) as connection:
            add(connection, AssignmentRow, self.project, [asdict(one) for one in new])
            put(connection, AssignmentRow, self.project, [asdict(one) for one in ended])

    def rebuild(
        self,
        decisions: Sequence[Decision],
        assignments: Sequence[Assignment],
        writes: Sequence[Write],
    ) -> None:
        """Record all that is known again of a past, with a new identity: all of it, or nothing.

        Args:
            decisions: What was asked of people.
            assignments: Who was asked.
            writes: What was written into Label Studio.
        """
        with writing(self.engine) as connection:
            add(connection, DecisionRow, self.project, [asdict(one) for one in decisions])
            add(connection, AssignmentRow, self.project, [asdict(one) for one in assignments])
            add(connection, WriteRow, self.project, [asdict(one) for one in writes])
            add(connection, IdentityRow, self.project, [asdict(self._new_identity())])

    def plan(self, writes: Sequence[Write]) -> None:
        """Record writes before they are tried; a key that is there already stays as it is."""
        self._add(WriteRow, writes)

    def applied(self, keys: Iterable[str]) -> None:
        """Record that writes were done; one known to be done keeps its time."""
        done = [{"done": key} for key in keys]
        if done:
            with writing(self.engine) as connection:
                connection.execute(
                    update(WriteRow)
                    .where(WriteRow.project == self.project, WriteRow.key == bindparam("done"))
                    .where(WriteRow.applied_at.is_(None))
                    .values(applied_at=self._clock()),
                    done,
                )

    def settle(self) -> None:
        """Record that what is pending need not be done any more.

        To be called by a pass that saw all of Label Studio and did all that was wanting: what an
        earlier pass left pending is then in place, or no longer wanted.
        """
        self.applied(one.key for one in self.pending())

    def record_round(self, round_: Round) -> None:
        """Record a turn of the loop; one whose number is there already stays."""
        self._add(RoundRow, [round_])

    def hold_out(self, beliefs: Iterable[HeldOutBelief]) -> None:
        """Record what is believed of the tasks that were learned from, in place of all before."""
        with writing(self.engine) as connection:
            connection.execute(delete(HeldOutRow).where(HeldOutRow.project == self.project))
            for chunk in _chunks(beliefs):
                add(connection, HeldOutRow, self.project, [asdict(one) for one in chunk])

    def record_annotator_labels(self, labels: Sequence[AnnotatorLabel]) -> None:
        """Record what the annotator said, all at once; what is there already stays."""
        with writing(self.engine) as connection:
            add(connection, AnnotatorLabelRow, self.project, [asdict(one) for one in labels])

    def freeze(self, populations: Sequence[Population], members: Sequence[Member]) -> None:
        """Record populations with all members, all at once; what is there already stays.

        Args:
            populations: The populations.
            members: Their tasks.
        """
        with writing(self.engine) as connection:
            add(connection, PopulationRow, self.project, [asdict(one) for one in populations])
            add(connection, MemberRow, self.project, [asdict(one) for one in members])

    def update(self, population: Population) -> None:
        """Record when a population's promise was certified, or which label config stands for it."""
        with writing(self.engine) as connection:
            put(connection, PopulationRow, self.project, [asdict(population)])

    def withdraw(self, population: Population, record: Write) -> None:
        """Forget a freeze, all at once, so that its tasks are open again; answers stay.

        Args:
            population: A population whose promise is not certified.
            record: What the journal keeps of it.
        """
        number = population.number
        with writing(self.engine) as connection:
            add(connection, WriteRow, self.project, [asdict(record)])
            for table, column in (
                (CheckRow, CheckRow.population),
                (MemberRow, MemberRow.population),
                (PopulationRow, PopulationRow.number),
            ):
                connection.execute(
                    delete(table).where(table.project == self.project, column == number)
                )

    def check(self, checks: Sequence[RecordedCheck]) -> None:
        """Record checks: new ones, and what became of those that waited."""
        with writing(self.engine) as connection:
            put(connection, CheckRow, self.project, [asdict(one) for one in checks])

    def _new_identity(self) -> LedgerIdentity:
        return LedgerIdentity(uuid4().hex[:12], self._clock().date())

    def _add(self, table: type[Base], records: Sequence[Decision | Write | Round]) -> None:
        with writing(self.engine) as connection:
            add(connection, table, self.project, [asdict(one) for one in records])


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk

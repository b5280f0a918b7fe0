"""A campaign: passes and people take turns until a certificate is there, whatever strikes."""

import random
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from labeling.errors import TandemError
from routing.ledger import Ledger
from routing.ledger.lock import locked
from routing.ledger.passes import recorded_pass
from routing.model.client import BackendClient
from routing.studio import Studio
from routing.sync import SyncReport, sync
from tandem.error_line import error_lines
from tandem.servers.label_studio import LabelStudioServer
from tests.support.chaos.database import standing_of, twice, twins
from tests.support.chaos.faults import Death, Faults
from tests.support.chaos.people import Asked, Crew
from tests.support.chaos.process import befall_ledger, befalling_requests, impatient, jumping_clock
from tests.support.chaos.proxy import ChaosProxy
from tests.support.chaos.studio_kill import StudioKill, nth_write
from tests.support.loops import Loop

LONGEST = 40
"""Rounds of passes and people after which a campaign that has no end is given up."""

Outcome: TypeAlias = Literal["done", "without the model", "ended in one line", "died", "unforeseen"]


@dataclass
class Campaign:
    """A project on its way to its certificate.

    Attributes:
        loop: The project, through doors that nothing strikes.
        ledger_url: Where its ledger is.
        server: The Label Studio that has it.
        crew: Who answers.
        faults: What strikes passes.
        outcomes: How passes ended.
        lines: What was said of those that failed.
        unforeseen: Tracebacks of what ended a pass and is no error for people.
    """

    loop: Loop
    ledger_url: str
    server: LabelStudioServer
    crew: Crew
    faults: Faults
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    unforeseen: list[str] = field(default_factory=list)
    _late: list[Asked] = field(default_factory=list)
    _was_late: bool = False
    _is_struck: bool = False
    _kill: StudioKill | None = None
    _cutting: tuple[Callable[[str, str], bool], str] | None = None
    _last: SyncReport | None = None
    _being_late: threading.Lock = field(default_factory=threading.Lock)
    _failed_people: list[Exception] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Put the proxies between the controller and those that it asks."""
        faults = self.faults
        with (
            ChaosProxy(self.loop.studio.url, self._on_studio) as self._to_studio,
            ChaosProxy(
                self.loop.model.url, lambda *_: faults.visit("request to the backend")
            ) as self._to_backend,
            befalling_requests(faults, self._to_studio.url, self._to_backend.url) as self._heedless,
        ):
            yield

    def run(self, faults: int = 0, rounds: int = 1, kills: int = 0) -> int:
        """Bring the project to its certificate.

        Args:
            faults: Faults that strike before the last pass, which none does.
            rounds: Over how many rounds they are spread.
            kills: First rounds in each of which Label Studio is killed.

        Returns:
            Rounds that it took.
        """
        for number in range(1, LONGEST + 1):
            if number <= kills:
                self.make_pass_killing_studio(nth_write(random.Random(number).randint(1, 8)))
            self._make_passes(until=min(faults, number * faults // rounds))
            was_late = self._be_late()
            waiting = self.waiting()
            if not (was_late or waiting):
                self._make_passes(until=faults)
                return number
            self._work(waiting)
        raise AssertionError("it does not come to an end")

    def _make_passes(self, until: int) -> None:
        """Make passes until so many faults have struck in all, and then one that none does."""
        self.faults.begin_round()
        while self.faults.struck.total() < until:
            self.make_pass(struck=True)
        self.make_pass(struck=False)

    @property
    def swallowed(self) -> int:
        """How many faults ended no pass, since it went on without what failed or asked again."""
        return self.faults.struck.total() - (self.outcomes.total() - self.outcomes["done"])

    def waiting(self) -> list[Asked]:
        """Return what people are asked and have not answered, in the order of texts and people."""
        done = {(one.task, one.person) for one in self.crew.book.values()}
        texts = {task: text or "" for task, text in self.loop.state.texts.items()}
        places = self.loop.places()
        asked = [
            Asked(person, places[task], texts[task])
            for task, persons in self.loop.waiting(*self.crew.persons).items()
            for person in persons
            if (places[task], person.id) not in done
        ]
        return sorted(asked, key=lambda one: (one.text, one.person.email))

    def make_pass(self, *, struck: bool, may_fail: bool = False) -> Outcome:
        """Make a pass as `tandem sync` does, in a process of its own as far as it can tell.

        Args:
            struck: Whether faults strike it.
            may_fail: Whether it may fail though none does.

        Returns:
            How it ended.
        """
        self._to_studio.listen()
        self._to_backend.listen()
        self._is_struck = struck
        if struck:
            self.faults.begin()
        try:
            with impatient() if struck else nullcontext():
                outcome: Outcome = "without the model" if self._sync().backend_problem else "done"
        except TandemError as error:
            outcome = self._told(error)
        except Death:
            outcome, self._last = "died", None
        except Exception:
            outcome = "unforeseen"
            self.unforeseen.append(traceback.format_exc())
        self.faults.end(is_whole=outcome in ("done", "without the model"))
        self.outcomes[outcome] += 1
        assert not self._failed_people
        assert not self._heedless, "a pass went on though its ledger had failed"
        assert struck or may_fail or outcome == "done", (outcome, self.unforeseen[-1:], self.lines)
        self.insist_on_people_s_work()
        self.insist_on_journal()
        if outcome == "done":
            doubled = twice(self.server.data_dir / "label_studio.sqlite3")
            assert not doubled, doubled
        return outcome

    def make_pass_killing_studio(
        self, at: Callable[[str, str], bool], once: Callable[[], bool] = lambda: True
    ) -> Outcome:
        """Make a pass in which Label Studio is killed, and start it anew.

        Args:
            at: Tells by method and path which request is under way then.
            once: Tells that Label Studio has come so far with it; asked again and again.

        Returns:
            How the pass ended.
        """
        self._kill = StudioKill(at, once)
        try:
            outcome = self.make_pass(struck=False, may_fail=True)
        finally:
            if self._kill.is_done:
                self.server.stop()
                self.server.start()
            self._kill = None
        return outcome

    def make_pass_cutting(
        self, at: Callable[[str, str], bool], fault: str = "cut while under way"
    ) -> Outcome:
        """Make a pass that does not hear what becomes of a request that Label Studio carries out.

        Args:
            at: Tells by method and path which request that is.
            fault: What keeps it from hearing.

        Returns:
            How the pass ended.
        """
        self._cutting = at, fault
        try:
            return self.make_pass(struck=False, may_fail=True)
        finally:
            self._cutting = None

    def insist_on_people_s_work(self) -> None:
        """Insist that what people left stands as they left it, and nothing that they took back."""
        people = {one.id for one in self.crew.persons}
        standing = standing_of(self.server.data_dir / "label_studio.sqlite3", people)
        for annotation, left in self.crew.book.items():
            assert standing[annotation] == (left, left.person), annotation
        assert not self.crew.deleted & standing.keys()

    def insist_on_journal(self) -> None:
        """Insist that what a pass put into Label Studio was recorded before, however it ended."""
        present = twins(self.server.data_dir / "label_studio.sqlite3")
        with self.loop.ledger.engine.connect() as connection:
            query = "SELECT key FROM write WHERE kind = 'task.create'"
            recorded = set(connection.exec_driver_sql(query).scalars()) if present else set()
        assert {f"twin:{task}" for task in present} <= recorded

    def _sync(self) -> SyncReport:
        project = self.loop.studio.project_id
        clock = jumping_clock(self.faults)
        ledger = Ledger(self.ledger_url, project, clock)
        befall_ledger(ledger.engine, self.faults)
        studio = Studio(self._to_studio.url, self.server.token, project)
        backend = BackendClient(self._to_backend.url)
        try:
            ledger.upgrade()
            with locked(ledger.engine, project), recorded_pass(ledger, clock) as outcome:
                report = sync(
                    studio,
                    backend,
                    ledger,
                    self.loop.settings,
                    clock=self.loop.clock,
                    tunables=self.loop.tunables,
                    # In the others people answer in the midst, and one that is idle has none.
                    last=self._last if self._is_struck else None,
                )
                outcome.writes = len(report.changes)
            self._last = report
            return report
        finally:
            ledger.close()

    def _told(self, error: TandemError) -> Outcome:
        [line] = error_lines(error)
        assert "\n" not in line
        assert error.where, line
        self.lines[error.what] += 1
        return "ended in one line"

    def _on_studio(self, method: str, path: str) -> str | None:
        if self._kill is not None:
            if self._kill.begins(method, path):
                self.faults.struck["Label Studio", "kill -9"] += 1
                # Beside the request that is now handed over.
                threading.Thread(target=self._kill.kill, args=(self.server,)).start()
            return None
        if self._cutting is not None:
            is_it, fault = self._cutting
            return fault if is_it(method, path) else None
        if not self._is_struck and "/api/dm/views" in path:
            self._be_late()
        is_read = method == "GET"
        return self.faults.visit("request to Label Studio" if is_read else "write to Label Studio")

    def _work(self, asked: Sequence[Asked]) -> None:
        """Have people answer; some only in the midst of the next pass that nothing strikes.

        Who is asked next depends on who has answered, so these moments are alike in all campaigns.
        """
        self._was_late = False
        self._late = [one for one in asked if self.crew.is_late(one)]
        self.crew.work(one for one in asked if one not in self._late)

    def _be_late(self) -> bool:
        """Have those answer who are late; tell whether anybody was, in this round."""
        with self._being_late:
            late, self._late = self._late, []
            self._was_late |= bool(late)
            try:
                self.crew.work(late)
            except Exception as error:
                self._failed_people.append(error)
            return self._was_late

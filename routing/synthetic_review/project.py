"""The review project: synthetic texts as tasks, what people said of them, and how they go again.

It has the main project's form and instruction, no predictions and no backend, and no pass of the
controller reads it: what people answer there is in no dataset, no promise and no evaluation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from labeling.data_fields import SYNTHETIC, SYNTHETIC_ID
from labeling.errors import AnswerError, SettingsError, StudioRefused
from labeling.form.form import Form, parse
from routing.blind_project.importable import importable
from routing.clock import Clock, system_clock
from routing.ledger import Ledger
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.records import Write
from routing.ownership.guard import require_own
from routing.snapshot import task_mapping
from routing.studio.client import Studio
from routing.studio.models import StudioProject, StudioTask
from routing.synthetic_review import mark

MAKE = "synthetic_project.create"

AT_ONCE = 100
"""Tasks that are imported with one request."""

CHECKED_AT_ONCE = 50
"""Tasks that are deleted before it is looked again whether people began the next ones."""


@dataclass(frozen=True, slots=True)
class ReviewedTask:
    """A text that people are asked about.

    Attributes:
        text: Its id.
        task: The review project's task.
        said: What people answered it, one a person; none of those who skipped it.
        is_begun: Whether somebody answered, skipped or began it: it is people's work then.
    """

    text: str
    task: int
    said: tuple[str, ...]
    is_begun: bool


@dataclass(frozen=True, slots=True)
class ReviewProject:
    """Where people review the synthetic texts of a project.

    Attributes:
        studio: The main project.
        ledger: The main project's.
        main: The main project as it is.
        form: What it asks.
        id: Label Studio's id of the review project; None: there is none yet.
        clock: Tells what the time is.
    """

    studio: Studio
    ledger: Ledger
    main: StudioProject
    form: Form
    id: int | None
    clock: Clock = system_clock

    @classmethod
    def find(cls, studio: Studio, ledger: Ledger, clock: Clock = system_clock) -> Self:
        """Look for it.

        Args:
            studio: The main project.
            ledger: The main project's.
            clock: Tells what the time is.

        Returns:
            The review project, which may not be there yet.

        Raises:
            ForeignLedger: Another ledger keeps the main project.
            SettingsError: The project asks for something that texts are not written for.
        """
        main, descriptions = studio.project(), studio.descriptions()
        blind_project = task_mapping.find(descriptions, main.id)
        require_own(ledger, descriptions, main.id, blind_project)
        form = parse(main.label_config)
        if not form.is_one_choice or len(form.objects) != 1:
            raise SettingsError(
                "Texts are reviewed where one choice is asked about one text",
                where=f"project {main.id}",
                hint="Name a project with a single Choices or Rating in the settings.",
            )
        return cls(studio, ledger, main, form, mark.find(descriptions, main.id), clock)

    @property
    def offered(self) -> frozenset[str]:
        """The labels that people can give, as Label Studio stores them."""
        return frozenset(one.value for one in self.form.controls[0].candidates)

    def made(self) -> Self:
        """Return the review project, which is made where it is missing.

        Raises:
            StudioRefused: Label Studio says no.
        """
        if self.id is not None:
            return self
        title = mark.title(self.main.title)
        made = sum(one.applied_at is not None for one in self.ledger.writes(MAKE))
        key, target = f"synthetic_project:{made + 1}", f"project {title}"
        writing = Write(key, MAKE, target, None, {"title": title}, self.clock())
        making = partial(
            self.studio.create_project,
            title,
            self.main.label_config,
            self.main.instruction,
            mark.description(self.main),
            self.main.page_settings,
        )
        carry_out(self.ledger, Step([writing], making))
        found = mark.find(self.studio.descriptions(), self.main.id)
        if found is None:
            raise StudioRefused(
                "The review project was made and is not listed",
                where=f"project {self.main.id}",
                hint="Use the key of a user who sees the projects that they make.",
            )
        return replace(self, id=found)

    def ask(self, texts: Mapping[str, str]) -> int:
        """Have people asked about texts; those that they are asked about already stay as they are.

        Args:
            texts: The texts, by id.

        Returns:
            How many are new.
        """
        there = {one.text for one in self.tasks(texts)}
        missing = [one for one in texts if one not in there]
        for some in chunks(missing, AT_ONCE):
            writes = [
                Write(f"synthetic_task:{one}", "task.create", one, None, None, self.clock())
                for one in some
            ]
            data = [self._data(one, texts[one]) for one in some]
            self._carry_out(Step(writes, partial(self._door.import_tasks, data)))
        return len(missing)

    def tasks(self, texts: Mapping[str, str]) -> list[ReviewedTask]:
        """Read what people said of texts.

        Args:
            texts: The texts, by id.

        Returns:
            The tasks that show them.
        """
        if self.id is None:
            return []
        review = self._door
        drafts = {*review.tasks_with_drafts()}
        return [
            ReviewedTask(
                name,
                one.id,
                tuple(self._said(one, texts[name])),
                bool(one.annotations) or one.id in drafts,
            )
            for one in review.tasks()
            if (name := str(one.data.get(SYNTHETIC_ID))) in texts
            and self.form.item_of({"data": one.data}) == texts[name]
        ]

    def remove(self, texts: Mapping[str, str]) -> list[ReviewedTask]:
        """Remove the tasks that show texts, but for those that people have begun.

        The review project goes with its last task.

        Args:
            texts: The texts, by id.

        Returns:
            The tasks that people have begun: they stay.
        """
        while untouched := [one.task for one in self.tasks(texts) if not one.is_begun]:
            some = untouched[:CHECKED_AT_ONCE]
            writes = [
                Write(f"task.delete:{one}", "task.delete", f"task {one}", None, None, self.clock())
                for one in some
            ]
            self._carry_out(Step(writes, partial(self._door.delete_tasks, some)))
        kept = self.tasks(texts)
        if self.id is not None and not self._door.task_ids():
            target = f"project {self.id}"
            writing = Write(
                f"project.delete:{self.id}", "project.delete", target, None, None, self.clock()
            )
            self._carry_out(Step([writing], self._door.delete_project))
        return kept

    @property
    def _door(self) -> Studio:
        if self.id is None:
            raise StudioRefused("There is no review project", where=f"project {self.main.id}")
        return self.studio.beside(self.id)

    def _carry_out(self, step: Step) -> None:
        carry_out(self.ledger.beside(self._door.project_id), step)

    def _data(self, name: str, text: str) -> dict[str, object]:
        """Return a task's data; what the form shows beside the text is empty."""
        own = {**self.form.data_of(text), SYNTHETIC: True, SYNTHETIC_ID: name}
        return importable(self.main.label_config, own)

    def _said(self, task: StudioTask, text: str) -> Iterator[str]:
        """Yield what each person answered last."""
        by_time = sorted(task.annotations, key=lambda one: one.updated_at)
        latest = {one.completed_by: one for one in by_time if not one.was_cancelled}
        for one in latest.values():
            try:
                answer = self.form.decode(one.result, text)
            except AnswerError:  # of a form that the project has no more
                continue
            if answer is not None:
                yield answer

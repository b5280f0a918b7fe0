"""What goes and what stays when Tandem is taken off a project, and the writes that take it off."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from routing.clock import Clock
from routing.disconnect import blind_answers
from routing.disconnect.deletions import CHUNK, deletions, writing
from routing.disconnect.inventory import Inventory
from routing.disconnect.parts import Choice, Part
from routing.disconnect.training_projects import training_parts
from routing.ledger import Ledger
from routing.ledger.journal import Step, chunks
from routing.ledger.records import Write
from routing.progress import Progress
from routing.reviewers.directions import SHOWN
from routing.studio.client import Studio
from routing.studio.own_text import DESCRIPTION, INSTRUCTION


@dataclass(frozen=True, slots=True)
class Removal:
    """What the parts are worked out from.

    Attributes:
        inventory: What was found.
        choice: What is to go.
        studio: Label Studio.
        ledger: Where writes are recorded.
        folder: Where the blind project is exported to.
        progress: Told how far it is.
        clock: Tells what the time is.
    """

    inventory: Inventory
    choice: Choice
    studio: Studio
    ledger: Ledger
    folder: Path
    progress: Progress
    clock: Clock

    def parts(self) -> list[Part]:
        """Return every part that is there, in the order in which it is taken off.

        The model version goes while there are predictions to tell that it is Tandem's, and the
        mark of the ledger last: until then the project says whose it is.
        """
        parts = [
            self._blind_project(),
            *training_parts(self.inventory.trainings, self.choice, self.studio, self.clock),
            self._tabs(),
            self._webhooks(),
            self._backends(),
            self._model_version(),
            self._accepted(),
            self._predictions(),
            self._parents(),
            self._overlaps(),
            self._model_user(),
            self._texts(),
            *self._others(),
        ]
        return [one for one in parts if one.count]

    def _blind_project(self) -> Part:
        found = self.inventory.blind_project
        drafts, what = self.inventory.blind_drafts, "blind project"
        goes = self.choice.blind_project and not drafts
        if found is None:
            return Part(what, 0, goes)
        door = self.studio.beside(found.id)
        file = self.folder / f"blind-project-{found.id}.json"
        exporting = self._writing("project.export", f"project {found.id}", {"file": str(file)})
        deleting = self._writing("project.delete", f"project {found.id}")
        note = "reviewers still see it"
        if goes:
            note = f"project {found.id}: its answers are copied here, and all of it into {file}"
        elif drafts:
            note = f"project {found.id}: {drafts} tasks with drafts that nobody has submitted yet"
        return Part(
            what,
            1,
            goes,
            note,
            [
                *blind_answers.copies(self.inventory, self.studio, self.ledger, self.clock),
                Step([exporting], partial(blind_answers.export, door, file)),
                Step([deleting], partial(blind_answers.delete_if_safe, door, file)),
            ],
        )

    def _tabs(self) -> Part:
        views = self.inventory.views
        steps = [
            Step(
                [self._writing("tab.delete", f"tab {one.id}")],
                partial(self.studio.delete_view, one.id),
            )
            for one in views
        ]
        return Part("tabs of Tandem's", len(views), self.choice.tabs, steps=steps)

    def _webhooks(self) -> Part:
        hooks = self.inventory.webhooks
        steps = [
            Step(
                [self._writing("webhook.delete", f"webhook {one.id}")],
                partial(self.studio.delete_webhook, one.id),
            )
            for one in hooks
        ]
        return Part("webhooks to the ML backend", len(hooks), self.choice.backend, steps=steps)

    def _backends(self) -> Part:
        backends = self.inventory.backends
        steps = [
            Step(
                [self._writing("backend.delete", f"backend {one.id}")],
                partial(self.studio.delete_backend, one.id),
            )
            for one in backends
        ]
        what = "connections to the ML backend"
        return Part(what, len(backends), self.choice.backend, steps=steps)

    def _accepted(self) -> Part:
        found, user = self.inventory.accepted, self.inventory.model_user
        what, goes = "annotations of the model's user", self.choice.model_user
        if user is None:
            return Part(what, 0, goes)
        # What a person changed is theirs, and on such a task the rest goes one by one.
        changed = {one.task for one in self.inventory.of_people if one.completed_by == user.id}
        steps = deletions(
            self.clock,
            "annotation",
            [one for one in found if one.task not in changed],
            partial(self.studio.delete_annotations_of, user.id),
            [one for one in found if one.task in changed],
            partial(self.studio.delete_annotations, progress=self.progress),
        )
        note = "" if goes else "labels that the model was left with; --model-user takes them off"
        return Part(what, len(found), goes, note, steps)

    def _predictions(self) -> Part:
        parents = self.inventory.parents
        found = [one for one in self.inventory.predictions if one.id not in parents]
        going = {one.id for one in found}
        shared = {
            task.id
            for task in self.inventory.tasks
            if any(one.id not in going for one in task.predictions)
        }
        steps = deletions(
            self.clock,
            "prediction",
            [one for one in found if one.task not in shared],
            self.studio.clear_predictions,
            [one for one in found if one.task in shared],
            partial(self.studio.delete_predictions, progress=self.progress),
        )
        return Part("predictions of Tandem's", len(found), self.choice.predictions, steps=steps)

    def _parents(self) -> Part:
        kept = {one.id for one in self.inventory.predictions} & self.inventory.parents
        note = "people's annotations came from them and name them"
        return Part("other predictions of Tandem's", len(kept), False, note)

    def _overlaps(self) -> Part:
        overlaps, goes = self.inventory.overlaps, self.choice.settings
        steps = [
            Step(
                [
                    self._writing("task.overlap.restore", f"task {task}", {"overlap": overlap})
                    for task, overlap in part
                ],
                partial(self.studio.set_overlaps, dict(part), progress=self.progress),
            )
            for part in chunks(list(overlaps.items()), CHUNK)
        ]
        note = "back to what they were" if goes else ""
        return Part("overlaps that Tandem changed", len(overlaps), goes, note, steps)

    def _model_version(self) -> Part:
        inventory, goes = self.inventory, self.choice.settings
        former, present = inventory.model_version, inventory.project.model_version
        shown = {one.model_version for one in inventory.predictions}
        shown |= {one.title for one in inventory.backends}
        # Label Studio itself shows nothing once the connection is gone.
        if present not in {"", *shown} or present == former:
            return Part("model version shown", 0, goes)
        target = f"project {inventory.project.id}"
        writing = self._writing("project.model_version.restore", target, {"model_version": former})
        note = f"back to {former or 'none'}" if goes else present
        return Part(
            "model version shown",
            1,
            goes,
            note,
            [Step([writing], partial(self.studio.update_project, model_version=former))],
        )

    def _model_user(self) -> Part:
        inventory, user = self.inventory, self.inventory.model_user
        if user is None:
            return Part("the model's user", 0, False)
        changed = any(one.completed_by == user.id for one in inventory.of_people)
        reasons = {
            "--model-user takes it off": not self.choice.model_user,
            f"{inventory.other_projects} other projects have it": inventory.other_projects > 0,
            "people changed annotations of it": changed,
        }
        note = next((why for why, holds in reasons.items() if holds), "")
        step = Step(
            [self._writing("user.delete", f"user {user.id}")],
            partial(self.studio.delete_user, user.id),
        )
        return Part("the model's user", 1, not note, note or user.email, [step])

    def _texts(self) -> Part:
        project = self.inventory.project
        present: dict[str, str | bool] = {
            "description": project.description,
            "expert_instruction": INSTRUCTION.with_own(project.instruction, project.directions),
            SHOWN: project.shows_instruction,
        }
        wanted = {
            "description": DESCRIPTION.without_own(project.description),
            "expert_instruction": project.instruction,
            SHOWN: project.shows_instruction and not self.inventory.shows_since_tandem,
        }
        changes = {name: value for name, value in wanted.items() if value != present[name]}
        writing = self._writing(
            "project.texts.restore", f"project {project.id}", {"texts": [*changes]}
        )
        return Part(
            "words of Tandem's in description and instruction",
            len(changes),
            True,
            "with the mark of the ledger",
            [Step([writing], partial(self.studio.update_project, **changes))],
        )

    def _others(self) -> list[Part]:
        """Return what is not Tandem's, and stays whatever is chosen."""
        inventory = self.inventory
        predictions = sum(len(task.predictions) for task in inventory.tasks)
        others = predictions - len(inventory.predictions)
        return [
            Part("tasks", len(inventory.tasks), False),
            Part("annotations of people", len(inventory.of_people), False),
            Part("predictions of other tools", others, False),
        ]

    def _writing(self, kind: str, target: str, after: dict[str, Any] | None = None) -> Write:
        return writing(self.clock, kind, target, after)

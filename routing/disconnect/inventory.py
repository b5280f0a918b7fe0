"""The inventory: what of Tandem's a project holds, and what beside it is other people's."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from labeling.predictions.label_studio_json import META_KEY
from labeling.settings.settings import Settings
from routing.disconnect.training_projects import TrainingFound, find_trainings
from routing.ledger import Ledger
from routing.ledger.converters import is_of_model
from routing.model.connect import hook_url, is_same_backend
from routing.ownership import mark
from routing.ownership.guard import MARKING
from routing.progress import Progress
from routing.reviewers.directions import SHOWING
from routing.reviewers.tabs import owner_of
from routing.snapshot import task_mapping
from routing.studio.client import Studio
from routing.studio.models import (
    StudioAnnotation,
    StudioBackend,
    StudioPrediction,
    StudioProject,
    StudioTask,
    StudioUser,
    StudioView,
    StudioWebhook,
)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was found, in the project and about it.

    Attributes:
        project: The project.
        tasks: Its tasks, with all that depends on them.
        blind_project: Its blind project; None: there is none.
        blind_tasks: The blind project's tasks.
        blind_drafts: Its tasks that somebody has begun to answer and not submitted.
        trainings: Its training projects.
        backends: The connections to Tandem's ML backend.
        webhooks: The webhooks to it.
        views: The tabs that Tandem made.
        model_user: The model's user; None: there is none.
        other_projects: Other projects that Tandem works on, where the model's user is needed.
        overlaps: The overlap that each task had before Tandem changed it, where nobody else has
            changed it since.
        model_version: What the project showed before Tandem came, where Label Studio can show it
            still; else empty.
        shows_since_tandem: Whether it is Tandem who made the instruction show by itself.
    """

    project: StudioProject
    tasks: Sequence[StudioTask]
    blind_project: StudioProject | None
    blind_tasks: Sequence[StudioTask]
    blind_drafts: int
    trainings: Sequence[TrainingFound]
    backends: Sequence[StudioBackend]
    webhooks: Sequence[StudioWebhook]
    views: Sequence[StudioView]
    model_user: StudioUser | None
    other_projects: int
    overlaps: Mapping[int, int]
    model_version: str
    shows_since_tandem: bool

    @property
    def accepted(self) -> list[StudioAnnotation]:
        """The annotations of the model's user, less those that a person changed."""
        return [one for one in self._annotations if self._is_of_model(one)]

    @property
    def of_people(self) -> list[StudioAnnotation]:
        """All other annotations: they stay as they are."""
        return [one for one in self._annotations if not self._is_of_model(one)]

    @property
    def predictions(self) -> list[StudioPrediction]:
        """Tandem's own predictions."""
        found = [one for task in self.tasks for one in task.predictions]
        return own_predictions(found)

    @property
    def parents(self) -> set[int]:
        """The predictions that people's annotations came from, whoever made them."""
        return {one.parent_prediction for one in self.of_people if one.parent_prediction}

    @property
    def _annotations(self) -> Iterator[StudioAnnotation]:
        return (one for task in self.tasks for one in task.annotations)

    def _is_of_model(self, one: StudioAnnotation) -> bool:
        return self.model_user is not None and is_of_model(one, self.model_user.id)


def own_predictions(predictions: Sequence[StudioPrediction]) -> list[StudioPrediction]:
    """Keep Tandem's own predictions: those with its provenance, or without any region beside them.

    Args:
        predictions: All predictions of a project.

    Returns:
        Tandem's own, in the same order.
    """
    versions = {one.model_version for one in predictions if _has_provenance(one)}
    return [
        one
        for one in predictions
        if _has_provenance(one) or (not one.result and one.model_version in versions)
    ]


def take_inventory(
    studio: Studio, ledger: Ledger, settings: Settings, progress: Progress
) -> Inventory:
    """Look for all that Tandem brought to a project; write nothing.

    Args:
        studio: Label Studio.
        ledger: The ledger, whose journal tells how things were before.
        settings: The settings.
        progress: Told how far the reading is.

    Returns:
        What was found.
    """
    project, descriptions = studio.project(), studio.descriptions()
    found = task_mapping.find(descriptions, project.id)
    blind = studio.beside(found) if found else None
    tasks = list(studio.tasks(progress))
    backends = _own_backends(studio.backends(), settings, tasks)
    hooks = {hook_url(settings), *(f"{one.url.rstrip('/')}/webhook" for one in backends)}
    others = descriptions.keys() - {project.id, found}
    email = settings.studio.model_user.lower()
    return Inventory(
        project=project,
        tasks=tasks,
        blind_project=blind.project() if blind else None,
        blind_tasks=list(blind.tasks(progress)) if blind else [],
        blind_drafts=len(blind.tasks_with_drafts()) if blind else 0,
        trainings=find_trainings(studio, descriptions),
        backends=backends,
        webhooks=[one for one in studio.webhooks() if one.url in hooks],
        views=[one for one in studio.views() if owner_of(one.title) is not None],
        model_user=next((one for one in studio.users() if one.email.lower() == email), None),
        other_projects=len(_kept(descriptions, others)),
        overlaps=_former_overlaps(ledger, tasks),
        model_version=_former_version(studio, ledger),
        shows_since_tandem=any(one.applied_at for one in ledger.writes(SHOWING)),
    )


def _own_backends(
    backends: Sequence[StudioBackend], settings: Settings, tasks: Sequence[StudioTask]
) -> list[StudioBackend]:
    """Keep the connections to the settings' address, and those whose title is a version of ours."""
    predictions = [one for task in tasks for one in task.predictions]
    versions = {one.model_version for one in own_predictions(predictions)}
    url = settings.address_for_studio
    return [one for one in backends if is_same_backend(one.url, url) or one.title in versions]


def _kept(descriptions: Mapping[int, str], among: Collection[int]) -> list[int]:
    """List the projects that a ledger keeps, or that are the blind project of another."""
    return [one for one in among if mark.find(descriptions[one]) is not None]


def _former_overlaps(ledger: Ledger, tasks: Sequence[StudioTask]) -> dict[int, int]:
    first: dict[str, int] = {}
    written: dict[str, set[int]] = {}
    for write in ledger.writes("task.overlap"):
        if write.before and write.after:
            first.setdefault(write.target, write.before["overlap"])
            written.setdefault(write.target, set()).add(write.after["overlap"])
    return {
        task.id: first[target]
        for task in tasks
        if (target := f"task {task.id}") in first
        and task.overlap in written[target]
        and task.overlap != first[target]
    }


def _former_version(studio: Studio, ledger: Ledger) -> str:
    """Return what the project showed when Tandem first wrote into it, where that can be shown."""
    writes = [*ledger.writes(MARKING), *ledger.writes("project.model_version")]
    known = [one for one in writes if one.before and "model_version" in one.before]
    first = min(known, key=lambda one: one.planned_at, default=None)
    former = str(first.before["model_version"]) if first and first.before else ""
    return former if former and studio.is_predicted(former) else ""


def _has_provenance(prediction: StudioPrediction) -> bool:
    return any(META_KEY in (region.get("meta") or {}) for region in prediction.result)

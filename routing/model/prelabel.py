"""Pre-labelling: the backend's predictions, brought into Label Studio in bulk and only once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from labeling.errors import BackendUnreachable
from labeling.protocol.predict import TaskResult
from labeling.settings.settings import Settings
from routing.facts.project import ProjectFacts
from routing.ledger import Ledger
from routing.ledger.journal import Step, carry_out
from routing.ledger.lessons import record_lesson
from routing.ledger.records import Write
from routing.model.ahead import ahead
from routing.model.client import BackendClient
from routing.model.connect import is_same_backend
from routing.model.judge_lesson import judged_lesson
from routing.model.predictor import Predictor
from routing.model.train import is_due, is_moved, new_round, teach, training_labels, with_forecast
from routing.progress import Progress, silent
from routing.snapshot.observe import look_again, observe
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import NewPrediction


@dataclass(frozen=True, slots=True)
class PrelabelReport:
    """What pre-labelling did.

    Attributes:
        model_version: The version that every task in need of it now has a prediction of.
        labelled: Predictions that were stored.
        failed: Why tasks got no prediction, by task.
        backend_problem: Why the backend could not be asked to the end; None: it could.
        served: The version that the backend answered with before; empty: it was not asked.
    """

    model_version: str
    labelled: int
    failed: dict[int, str] = field(default_factory=dict)
    backend_problem: str | None = None
    served: str = ""


def prelabel(
    studio: Studio,
    backend: BackendClient,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    predictor: Predictor | None = None,
) -> PrelabelReport:
    """Store a prediction of the backend's present version for every task that needs one.

    Args:
        studio: Label Studio.
        backend: The backend, which learns first where that is due.
        ledger: The ledger.
        settings: The settings.
        progress: Told how far it is.
        predictor: Who predicts; None: the backend.

    Returns:
        What was done.

    Raises:
        TandemError: A door is closed, or the form cannot be answered.
    """
    snapshot = observe(studio, ledger, settings, progress)
    _, report = learn_and_label(snapshot, backend, predictor)
    return report


def learn_and_label(
    snapshot: Snapshot, backend: BackendClient, predictor: Predictor | None = None
) -> tuple[Snapshot, PrelabelReport]:
    """Teach the backend where that is due, label with what it knows, and record the round.

    Args:
        snapshot: The project.
        backend: Who learns.
        predictor: Who predicts; None: the backend.

    Returns:
        The project as it is then, and what was done.
    """
    setup = backend.setup(snapshot.project.id, snapshot.form.config)
    served = setup.model_version
    rounds, due = snapshot.state.rounds, is_due(snapshot.round_status, served)
    labels = training_labels(snapshot.round_status)
    version = snapshot.facts.model_version
    if due or (setup.training_wanted and labels):
        goes_on = not setup.training_wanted and is_moved(snapshot.round_status, served)
        outcome = teach(snapshot, backend, labels, keep_version=goes_on)
        version = outcome.model_version
        snapshot.ledger.hold_out(outcome.held_out)
        held_out = snapshot.ledger.held_out()
        snapshot = snapshot.with_state(replace(snapshot.state, held_out=held_out))
    is_new_round = due or version != snapshot.facts.model_version
    before = snapshot.facts.predictions.latest
    snapshot, report = label(snapshot, version, predictor or backend)
    if is_new_round:
        record = new_round(snapshot.facts, version, len(labels), snapshot.clock())
        snapshot = snapshot.with_state(replace(snapshot.state, rounds=[*rounds, record]))
        record_lesson(snapshot.ledger, judged_lesson(snapshot.facts, before, len(labels)))
        record = with_forecast(snapshot.round_status, record)
        snapshot.ledger.record_round(record)
        snapshot = snapshot.with_state(replace(snapshot.state, rounds=[*rounds, record]))
    return snapshot, replace(report, served=served)


def in_need(facts: ProjectFacts, version: str) -> list[int]:
    """List the tasks that need a prediction of a version, by ascending id.

    A frozen task keeps the prediction that it was frozen with, and one that people answered the
    one that was made before its answer was learned from. What cannot be read needs none.

    Args:
        facts: What is known.
        version: The model version.

    Returns:
        Tasks, by ascending id.
    """
    labelled = facts.predictions.of_version(version)
    return [
        task
        for task in facts.open_tasks
        if task not in labelled
        and task not in facts.answers.votes
        and facts.state.tasks[task].unreadable is None
    ]


def unreadable(facts: ProjectFacts) -> dict[int, str]:
    """Return why open tasks that nobody answered yet cannot be read, by task."""
    tasks = facts.state.tasks
    return {
        task: why
        for task in facts.open_tasks
        if (why := tasks[task].unreadable) is not None and task not in facts.answers.votes
    }


def label(
    snapshot: Snapshot, version: str, predictor: Predictor
) -> tuple[Snapshot, PrelabelReport]:
    """Label what is in need, and make the version the one that the project shows.

    Args:
        snapshot: The project.
        version: The version that is asked for.
        predictor: Who predicts.

    Returns:
        The project as it is then, and what was done.
    """
    tasks = in_need(snapshot.facts, version)
    failed = unreadable(snapshot.facts)
    calibrators: dict[str, str] = {}
    labelled: list[int] = []
    older, parts = _replaceable(snapshot), _predicted(snapshot, predictor, tasks)
    most, wait = snapshot.tunables.imported_parts, snapshot.tunables.gathering
    for some in ahead(parts, most, wait.total_seconds()):
        results = dict(chain.from_iterable(part.items() for part in some))
        new, errors = _split_failures(results)
        failed.update(errors)
        _refuse_other_versions(new, version)
        _make_room(snapshot, {one.task: older[one.task] for one in new if one.task in older})
        _store(snapshot, new)
        calibrators |= _calibrators(results.values())
        labelled += [one.task for one in new]
    if labelled:
        snapshot = look_again(snapshot, calibrators, predicted=labelled)
    show_version(snapshot, version)
    return snapshot, PrelabelReport(version, len(labelled), failed)


def _predicted(
    snapshot: Snapshot, predictor: Predictor, tasks: Sequence[int]
) -> Iterator[dict[int, TaskResult]]:
    """Ask for predictions; return results by task, so many at a time."""
    texts = {task: snapshot.state.texts.get(task) or "" for task in tasks}
    bodies = [{"id": task, "data": snapshot.form.data_of(text)} for task, text in texts.items()]
    project, config = snapshot.project.id, snapshot.form.config
    size = snapshot.tunables.predicted_tasks
    parts = predictor.predict_parts(project, config, bodies, size, snapshot.progress)
    return ({tasks[place]: result for place, result in part} for part in parts)


def _split_failures(
    results: Mapping[int, TaskResult],
) -> tuple[list[NewPrediction], dict[int, str]]:
    """Split results into predictions, and the reasons why tasks have none, by task."""
    failed = {task: str(result["error"]) for task, result in results.items() if "error" in result}
    new = [
        NewPrediction(task, result["result"], result["score"], result["model_version"])
        for task, result in results.items()
        if "error" not in result
    ]
    return new, failed


def _calibrators(results: Iterable[TaskResult]) -> dict[str, str]:
    """Return what stands behind predictions without regions, by model version."""
    return {one["model_version"]: one["calibrator"] for one in results if "calibrator" in one}


def _refuse_other_versions(new: Sequence[NewPrediction], version: str) -> None:
    for one in new:
        if one.model_version != version:
            raise BackendUnreachable(
                f"The backend moved from {version} to {one.model_version} while it was asked",
                hint="Run the command again: it goes on with the new version.",
            )


def _replaceable(snapshot: Snapshot) -> dict[int, list[int]]:
    """Return the predictions that a newer one may replace, where all of a task's may, by task.

    What other tools predicted stays, what an annotation came from, and what people may have before
    them: of such tasks `routing.writes.reconcile` takes away what it can, one by one.
    """
    named = {one.parent_prediction for one in snapshot.standing}
    stays = snapshot.facts.votes_owed.keys() - snapshot.facts.asked_blind
    older: dict[int, list[int]] = {}
    for one in snapshot.state.predictions:
        older.setdefault(one.task, []).append(one.id)
        if one.calibrator is None or one.id in named:
            stays.add(one.task)
    return {task: ids for task, ids in older.items() if task not in stays}


def _make_room(snapshot: Snapshot, older: Mapping[int, Sequence[int]]) -> None:
    """Take away the predictions of tasks, by task, that newer ones are about to replace."""
    ids = [number for predictions in older.values() for number in predictions]
    now, kind = snapshot.clock(), "prediction.delete"
    writes = [Write(f"{kind}:{one}", kind, f"prediction {one}", {}, None, now) for one in ids]

    def replace_older() -> None:
        snapshot.studio.clear_predictions(list(older))
        snapshot.ledger.forget_predictions(ids)

    carry_out(snapshot.ledger, Step(writes, replace_older))


def _store(snapshot: Snapshot, new: Sequence[NewPrediction]) -> None:
    now = snapshot.clock()
    writes = [
        Write(
            f"prediction:{one.task}:{one.model_version}",
            "prediction.create",
            f"task {one.task}",
            None,
            {"model_version": one.model_version, "score": one.score},
            now,
        )
        for one in new
    ]
    carry_out(snapshot.ledger, Step(writes, lambda: snapshot.studio.import_predictions(new)))


def show_version(snapshot: Snapshot, version: str) -> None:
    """Keep the backend's title and the project's version at the version of the predictions.

    Only so does Label Studio show their scores and prefill their answers.

    Args:
        snapshot: The project.
        version: The version of the predictions.
    """
    url, credentials = snapshot.settings.address_for_studio, snapshot.settings.backend.credentials
    shown, titles = snapshot.project.model_version, {one.title for one in snapshot.backends}
    for backend in snapshot.backends:
        is_moved = backend.url.rstrip("/") != url
        if is_same_backend(backend.url, url) and (is_moved or backend.title != version):
            renaming = Write(
                f"backend:{backend.id}:{version}",
                "backend.title",
                f"backend {backend.id}",
                {"title": backend.title, "url": backend.url},
                {"title": version, "url": url},
                snapshot.clock(),
            )
            save = partial(snapshot.studio.save_backend, url, version, credentials, backend.id)
            carry_out(snapshot.ledger, Step([renaming], save))
            # Label Studio makes the title the version that it shows.
            titles.add(version)
            shown = snapshot.studio.project().model_version
    # Label Studio refuses to show a version that it has not heard of.
    is_known = version in titles or bool(snapshot.facts.predictions.of_version(version))
    if shown != version and is_known:
        showing = Write(
            f"project:{version}",
            "project.model_version",
            f"project {snapshot.project.id}",
            {"model_version": shown},
            {"model_version": version},
            snapshot.clock(),
        )
        show = partial(snapshot.studio.update_project, model_version=version)
        carry_out(snapshot.ledger, Step([showing], show))

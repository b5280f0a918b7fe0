"""Predictions past one machine: the same predictor on every worker of a Ray cluster."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backend import engines
from backend.application import Backend
from backend.embedding import identify as identify_embedding
from backend.pipeline.model_spec import build_model_spec
from backend.runtime.priority_queue import Priority
from backend.versions.registry import VersionRegistry
from labeling.errors import EngineError, SettingsError
from labeling.form.form import parse
from labeling.predictions.label_studio_json import results_of
from labeling.protocol.predict import TaskResult
from labeling.settings.backend_section import BackendSettings
from labeling.settings.sections import StudioSettings
from labeling.settings.settings import Settings
from labeling.studio_path import project_key, studio_id

Columns: TypeAlias = dict[str, NDArray[Any]]

BATCH = 64
"""Tasks that a worker predicts at once."""

UNBOUNDED_SECONDS = 1e6
"""A worker's time budget: nobody waits in front of a screen."""


class RayWorker:
    """A loaded model on one worker; Ray Data makes one an actor, and calls it batch by batch.

    Args:
        settings: The settings; its learned states are read from `data_dir`.
        project: Whose learned state answers; None: none's.
        label_config: What is asked.
    """

    def __init__(self, settings: Settings, project: str | None, label_config: str) -> None:
        self._backend = Backend(settings)
        self._project = project
        self._label_config = label_config
        self._backend.model.loader.wait()

    def __call__(self, batch: Columns) -> Columns:
        """Predict a batch: columns `number` and `task` (JSON) in, `number` and `result` out."""
        tasks = [json.loads(task) for task in batch["task"]]
        model_spec, outcomes = self._backend.predict(
            self._project, self._label_config, tasks, Priority.BULK
        )
        results = [
            json.dumps(result)
            for result in results_of(model_spec.form, outcomes, tasks, model_spec.model_version)
        ]
        return {"number": batch["number"], "result": np.array(results, dtype=object)}


class RayPredictor:
    """Predicts on a Ray cluster: that of `RAY_ADDRESS`, else one of this machine alone.

    Args:
        settings: Name the model, and in `bulk` the workers.
        block_tasks: Tasks that a worker takes at once, and does again where it is killed.

    Raises:
        SettingsError: Ray is not installed.
    """

    def __init__(self, settings: Settings, block_tasks: int = 256) -> None:
        _import_ray()
        self._block_tasks = block_tasks
        self._settings = _for_workers(settings)
        self._studio = studio_id(settings.studio.url)

    def version(self, project: int | None, label_config: str) -> str:
        """Return which model version answers, as the service on the same `data_dir` does.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.

        Returns:
            The model version.

        Raises:
            LabelConfigError: The label config holds nothing that can be answered.
            SettingsError: The prompt's template or examples cannot be used.
        """
        settings = self._settings
        embedding = settings.learning.embedding
        learned = VersionRegistry(settings.data_dir / "learned").get(self._key(project))
        model_spec = build_model_spec(
            settings,
            engines.identify(settings),
            parse(label_config),
            learned,
            identify_embedding(embedding) if embedding else None,
        )
        return model_spec.model_version

    def predict_parts(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        part: int,
        progress: Callable[[str, int, int], None],
    ) -> Iterator[list[tuple[int, TaskResult]]]:
        """Predict tasks, and give them part by part as they are done, in any order.

        A worker that is lost is replaced, and what it had at hand is done again.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: `{"id", "data"}` each.
            part: Tasks that come out together.
            progress: Called with the step, tasks done and all tasks, before every part.

        Yields:
            Pairs of a task's place in `tasks` and its result; every place once.

        Raises:
            EngineError: The cluster is too small, or the model fails on it.
        """
        if not tasks:
            return
        ray = _import_ray()
        _start(ray, self._settings)
        bulk = self._settings.bulk
        rows = [{"number": n, "task": json.dumps(task)} for n, task in enumerate(tasks)]
        predictions = ray.data.from_items(
            rows, override_num_blocks=max(bulk.workers, ceil(len(rows) / self._block_tasks))
        ).map_batches(
            RayWorker,
            fn_constructor_args=(self._settings, self._key(project), label_config),
            batch_size=BATCH,
            compute=ray.data.ActorPoolStrategy(size=bulk.workers),
            num_cpus=bulk.cpus,
            num_gpus=bulk.gpus,
        )
        done = 0
        try:
            for batch in predictions.iter_batches(batch_size=part, batch_format="numpy"):
                done += len(batch["number"])
                progress("Predictions", done, len(tasks))
                numbers, results = batch["number"].tolist(), map(json.loads, batch["result"])
                yield list(zip(numbers, results, strict=True))
        except ray.exceptions.RayError as error:
            raise _readable(error) from error
        finally:
            ray.shutdown()

    def _key(self, project: int | None) -> str | None:
        return project_key(None if project is None else str(project), self._studio)


def _import_ray() -> Any:
    """Import Ray, which is set before to keep its usage to itself."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise SettingsError(
            "Ray is not installed", hint="Run: pip install 'label-studio-tandem[ray]'."
        ) from error
    return ray


def _start(ray: Any, settings: Settings) -> None:
    """Join the cluster, or start one; quiet, and without a dashboard."""
    ray.init(
        address=os.environ.get("RAY_ADDRESS", "local"),
        include_dashboard=None if "RAY_ADDRESS" in os.environ else False,
        logging_level=logging.ERROR,
        log_to_driver=False,
    )
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    bulk, resources = settings.bulk, ray.cluster_resources()
    for name, each in (("CPU", bulk.cpus), ("GPU", bulk.gpus)):
        if bulk.workers * each > resources.get(name, 0):
            ray.shutdown()
            raise EngineError(
                f"{bulk.workers} workers need {bulk.workers * each:g} {name}s, and the Ray cluster"
                f" has {resources.get(name, 0):g}",
                hint=f"Lower bulk.workers or bulk.{name.lower()}s, or join more machines.",
            )


def _for_workers(settings: Settings) -> Settings:
    """Leave out keys, which workers need not, and let no time budget cut their work."""
    return settings.model_copy(
        update={
            "studio": StudioSettings(),
            "backend": BackendSettings(
                predict_budget=UNBOUNDED_SECONDS, cache_bytes=settings.backend.cache_bytes
            ),
            "data_dir": settings.data_dir.resolve(),
        }
    )


def _readable(error: Exception) -> EngineError:
    """Return the cause on the worker, where it is an error for people, and else its kind alone."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, EngineError):
        return EngineError(cause.what, where=cause.where, hint=cause.hint)
    kind = type(cause or error).__name__
    return EngineError(
        f"The work on the Ray cluster failed: {kind}",
        hint="The workers' logs say more: they are in /tmp/ray/session_latest/logs.",
    )

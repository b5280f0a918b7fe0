"""The one door into the backend: Flask routes, as Label Studio and the controller call them."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request

from backend import engines
from backend.application import Backend
from backend.engines import Engine
from backend.http.auth import guard
from backend.http.body_input import BodyInput
from backend.http.errors import add_error_handlers
from backend.http.held_out import held_out_results
from backend.http.jobs import Jobs
from backend.http.limits import LARGEST_BODY, MOST_TASKS, BodyRoom, TooLarge
from backend.http.request_log import add_request_log, log_answer, route_of_request
from backend.http.requests import read
from backend.http.responses import response_of
from backend.http.studios import key_of, per_studio
from backend.http.webhooks import Events, known_action
from backend.learning.training_set import HumanAnswer, TrainingSet, shares_of
from backend.runtime.priority_queue import Priority
from labeling.predictions.label_studio_json import results_of
from labeling.protocol.annotate import AnnotateRequest
from labeling.protocol.body import id_of
from labeling.protocol.connection import (
    SetupRequest,
    SetupResponse,
    WebhookRequest,
    WebhookResponse,
)
from labeling.protocol.distill import DistillRequest
from labeling.protocol.embed import EmbedRequest, EmbedResponse, encoded
from labeling.protocol.health import HealthResponse
from labeling.protocol.judge import JudgeRequest, JudgeResponse
from labeling.protocol.learn import LearnRequest, LearnResponse
from labeling.protocol.models import ModelsResponse, UseRequest, UseResponse
from labeling.protocol.predict import JobStatus, PredictRequest, PredictResponse
from labeling.settings.settings import Settings

logger = logging.getLogger(__name__)

MODEL_CLASS = "Tandem"

INTERACTIVE_TASKS = 4
"""Tasks of a `/predict` up to which a person may wait for it: Label Studio asks for one."""


def create_app(settings: Settings, load: Callable[[Settings], Engine] = engines.load) -> Flask:
    """Make the service; its model starts to load at once, in the background.

    Args:
        settings: The settings.
        load: Loads the engine that they name; may take minutes.

    Returns:
        The application; its `Backend` is the extension `tandem`.

    Raises:
        EngineError: The settings name no engine that there is.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    backend = Backend(settings, load)
    app.extensions["tandem"] = backend
    app.wsgi_app = per_studio(app.wsgi_app)  # type: ignore[assignment, method-assign]
    add_request_log(app)
    app.before_request(guard(settings.backend))
    _add_body_room(app)
    _add_routes(app, backend)
    _add_measures(app, backend)
    add_error_handlers(app)
    return app


def _add_routes(app: Flask, backend: Backend) -> None:
    jobs, webhooks = Jobs(), Events(backend.metrics.webhooks)

    @app.get("/health")
    @app.get("/")
    def health() -> Response:
        return response_of(_health(backend, jobs, webhooks))

    @app.get("/models")
    def models() -> Response:
        project = key_of(id_of(request.args.get("project")))
        known = backend.versions.versions(project) if project else []
        removed = backend.versions.removed(project) if project else 0
        return response_of(ModelsResponse(models=known, removed=removed))

    @app.post("/models/use")
    def use() -> Response:
        body = read(UseRequest, request)
        project = key_of(body.project) or body.project
        before = backend.use(project, body.label_config, body.name)
        return response_of(UseResponse(name=body.name, before=before))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(backend.metrics.exposition(), mimetype="text/plain; version=0.0.4")

    @app.post("/setup")
    def setup() -> Response:
        body = read(SetupRequest, request)
        project = key_of(body.project)
        model_spec = backend.model_spec(project, body.label_config)
        return response_of(
            SetupResponse(
                model_version=model_spec.model_version,
                training_wanted=webhooks.is_training_wanted(project),
            )
        )

    @app.post("/predict")
    def predict() -> Response:
        body = read(PredictRequest, request)
        if len(body.tasks) > MOST_TASKS:
            raise TooLarge(
                f"The request holds {len(body.tasks):,} tasks, and may hold {MOST_TASKS:,}",
                hint="Send them in several requests.",
            )
        g.tasks = len(body.tasks)
        priority = priority_of(body)
        with backend.admission.admit(priority), _noted(jobs, body):
            model_spec, outcomes = backend.predict(
                key_of(body.project), body.label_config, body.tasks, priority
            )
        results = results_of(model_spec.form, outcomes, body.tasks, model_spec.model_version)
        return response_of(PredictResponse(results=results))

    @app.post("/learn")
    def learn() -> Response:
        body = read(LearnRequest, request)
        training_set = _training_set(body)
        project = key_of(body.project) or body.project
        with backend.admission.admit(Priority.BULK):
            learned = backend.learn(
                project,
                body.label_config,
                training_set,
                keep_version=body.keep_version,
                anew=webhooks.is_training_wanted(project),
            )
        webhooks.taught(project)
        return response_of(
            LearnResponse(
                model_version=learned.model_version,
                report=learned.report,
                held_out=held_out_results([one.text for one in body.answers], learned.beliefs),
            )
        )

    @app.post("/distill")
    def distill() -> Response:
        body = read(DistillRequest, request)
        with backend.admission.admit(Priority.BULK):
            archive = backend.distil(
                key_of(body.project),
                body.label_config,
                _training_set(body),
                body.control,
                body.licence,
            )
        return Response(archive, mimetype="application/zip")

    @app.post("/judge")
    def judge() -> Response:
        body = read(JudgeRequest, request)
        g.tasks = len(body.labels)
        with backend.admission.admit(Priority.BULK):
            results = backend.judge(
                key_of(body.project), body.label_config, body.labels, with_reasons=body.reasons
            )
        return response_of(JudgeResponse(model=backend.model.identity.name, results=results))

    @app.post("/annotate")
    def annotate() -> Response:
        body = read(AnnotateRequest, request)
        g.tasks = len(body.texts)
        with backend.admission.admit(Priority.BULK):
            answer = backend.annotate(key_of(body.project), body.label_config, body.texts)
        return response_of(answer)

    @app.post("/embed")
    def embed() -> Response:
        body = read(EmbedRequest, request)
        g.tasks = len(body.texts)
        with backend.admission.admit(Priority.BULK):
            vectors = backend.embed(body.texts)
        model = backend.model.embedder.identity.name if backend.model.embedder else None
        written = [None if one is None else encoded(one) for one in vectors or ()]
        return response_of(EmbedResponse(model=model, vectors=written))

    @app.post("/webhook")
    def webhook() -> Response:
        body = read(WebhookRequest, request)
        webhooks.note(body.action, key_of(body.project))
        logger.info("Label Studio sent %s", known_action(body.action))
        return response_of(WebhookResponse(action=body.action))


def _training_set(body: LearnRequest) -> TrainingSet:
    answers = [
        HumanAnswer(one.text, one.label, one.probability, shares_of(one.shares))
        for one in body.answers
    ]
    return TrainingSet(body.instruction, body.texts, answers, body.open_texts)


def priority_of(body: PredictRequest) -> Priority:
    """Return whether tasks are bulk work: many are, even if the request does not say so."""
    is_bulk = body.bulk or len(body.tasks) > INTERACTIVE_TASKS
    return Priority.BULK if is_bulk else Priority.INTERACTIVE


def _health(backend: Backend, jobs: Jobs, webhooks: Events) -> HealthResponse:
    access = backend.model
    error, embedder = access.loader.error, access.embedder
    return HealthResponse(
        status="UP",
        model=access.loader.state,
        model_class=MODEL_CLASS,
        name=access.identity.name,
        events=webhooks.count,
        trainings=webhooks.trainings,
        embedding=embedder.state if embedder else None,
        jobs=jobs.running(),
        work={priority.value: load for priority, load in access.load().items()},
        paid=access.paid,
        methods=access.methods,
        training=backend.trainer.progress(),
        unreadable=backend.versions.unreadable,
        error=str(error) if error else None,
        embedding_error=str(embedder.error) if embedder and embedder.error else None,
    )


@contextmanager
def _noted(jobs: Jobs, body: PredictRequest) -> Iterator[None]:
    """Record the job that a request is part of, before and after it is answered."""
    if body.job:
        jobs.note(body.job)
    yield
    if body.job:
        done = min(body.job.done + len(body.tasks), body.job.total)
        jobs.note(JobStatus(id=body.job.id, done=done, total=body.job.total))


def _add_body_room(app: Flask) -> None:
    """Bound the memory for the bodies of those who may send one."""
    room = BodyRoom()

    @app.before_request
    def count() -> None:
        largest = request.max_content_length or LARGEST_BODY
        g.body = BodyInput(request.environ["wsgi.input"], largest, room)
        request.environ["wsgi.input"] = g.body

    @app.teardown_request
    def give_back(_: BaseException | None) -> None:
        if body := g.pop("body", None):
            body.close()


def _add_measures(app: Flask, backend: Backend) -> None:
    @app.after_request
    def measure(response: Response) -> Response:
        route, seconds = route_of_request(), time.monotonic() - g.started
        backend.metrics.requests.labels(route, str(response.status_code)).inc()
        backend.metrics.seconds.labels(route).observe(seconds)
        log_answer(response.status_code, seconds)
        return response

"""The whole demo: servers up, project made, loop turned until done, dataset and report out."""

import signal
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from label_studio_sdk.client import LabelStudio

from aggregation.beliefs import Belief
from labeling.form import form as forms
from labeling.form.form import Form
from labeling.settings.settings import SETTINGS_FILE, Settings
from routing.facts.predictions import PredictionFacts
from routing.guarantee.certificate_file import verify
from routing.model.connect import connect
from routing.model.prelabel import prelabel
from routing.snapshot import task_mapping
from routing.snapshot.places import places_of
from routing.studio import Studio
from routing.sync import SyncReport
from tandem.demo.checks import control_answers_of, said_of_checks
from tandem.demo.comparison import compare, comparison_table
from tandem.demo.guarantee import promise_table
from tandem.demo.logins import ReviewerLogin, log_in
from tandem.demo.phases import phases_of, showing_phases
from tandem.demo.posts import (
    POLICY,
    QUALITY,
    TEMPLATE,
    instruction,
    known_posts,
    label_config,
    posts,
)
from tandem.demo.reviewers import REVIEWERS, Post, SimulatedReviewer, work_through_tab
from tandem.export.export import export, export_certificates
from tandem.export.outcome import conclude, write_report
from tandem.init import write_settings
from tandem.pass_summary import summary_of
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tandem.session import Session, open_session
from tandem.standing.next_step import next_step
from tandem.standing.sentences import sentences
from tandem.terminal import Terminal

FOLDER = Path(".tandem-demo")
STUDIO_VENV = Path(".venv-label-studio")
YOU = SimulatedReviewer("you@demo.localhost", "You", 1.0, 10.0, 0.0, seed=0)
MODEL = {"TANDEM_PROMPT__TEMPLATE": TEMPLATE}

MOST_PASSES = 120
LOOK_EVERY = 5.0
"""Seconds between two looks at what you labelled."""


def run(terminal: Terminal, *, once: bool, you_review: bool, folder: Path = FOLDER) -> None:
    """Run the demo.

    Args:
        terminal: Where it speaks.
        once: End after the table instead of staying up.
        you_review: Nobody is simulated: a person labels in the browser.
        folder: Where all of its data goes.

    Raises:
        TandemError: A server does not start, or a step fails.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as servers:
        terminal.say(
            "Starting Label Studio and the ML backend (the first time, most of a minute) …"
        )
        backend = servers.enter_context(BackendServer(folder / "backend", **MODEL))
        studio = servers.enter_context(LabelStudioServer(STUDIO_VENV, folder / "label-studio"))
        reviewers = (YOU,) if you_review else REVIEWERS
        logins = log_in(studio, reviewers, folder)
        quality = {} if you_review else QUALITY
        session, by_task, form = _open_project(studio, backend, logins, quality, folder)
        if not you_review:
            _tell_where(terminal, studio, session, logins)
        first = _prelabel(session, terminal)
        connect(session.studio, session.backend, session.settings)
        if you_review:
            _pass(session, terminal)
            terminal.say("Your tab is ready. Label there; every answer is taken up in seconds.")
            _tell_where(terminal, studio, session, logins)
            _wait_for_you(session, terminal)
        else:
            _simulate(session, terminal, studio.url, logins, by_task, form)
        simulated = () if you_review else reviewers
        _finish(session, terminal, first, by_task, simulated, folder)
        if not once:
            _tell_where(terminal, studio, session, logins)
            file = folder / SETTINGS_FILE
            terminal.say(f"Any command works on it: tandem people --settings {file}")
            terminal.say("Label Studio stays up. Ctrl-C ends everything.")
            signal.pause()


def _open_project(
    server: LabelStudioServer,
    backend: BackendServer,
    logins: Sequence[ReviewerLogin],
    quality: Mapping[str, object],
    folder: Path,
) -> tuple[Session, dict[int, Post], Form]:
    """Create the project with its texts; return it with the texts by task."""
    project = Studio(server.url, server.token).create_project(
        "Tandem demo", label_config(), instruction()
    )
    data = [{"text": post.text, "item_id": post.id} for post in posts()]
    by_id = {post.id: post for post in posts()}
    answers: dict[str, Any] = {
        "studio": {"url": server.url, "project": project.id, "api_key": server.token},
        "backend": {"url": backend.url},
        "policy": POLICY,
        "quality": quality,
        "reviewers": [{"email": login.reviewer.email, "capacity": len(data)} for login in logins],
        "data_dir": folder.resolve(),
    }
    write_settings(folder, answers, force=True)
    session = open_session(Settings.model_validate(answers))
    session.studio.import_tasks(data)
    by_task = {task.id: by_id[task.data["item_id"]] for task in session.studio.tasks()}
    return session, by_task, forms.parse(project.label_config)


def _prelabel(session: Session, terminal: Terminal) -> dict[int, Belief]:
    """Pre-label everything; return what the model believes before anybody taught it."""
    with terminal.progress() as progress:
        report = prelabel(
            session.studio, session.backend, session.ledger, session.settings, progress
        )
    terminal.say(f"{report.labelled} texts pre-labelled by {report.model_version}.")
    return dict(PredictionFacts(session.ledger.state().predictions).beliefs)


def _simulate(
    session: Session,
    terminal: Terminal,
    url: str,
    logins: Sequence[ReviewerLogin],
    by_task: Mapping[int, Post],
    form: Form,
) -> None:
    """Alternate simulated reviewers and passes until nothing is left that anybody may answer."""
    terminal.say("From here on, the reviewers are SIMULATED: seeded programs, not people.")
    with showing_phases(terminal.err) as shown, ThreadPoolExecutor(len(logins)) as pool:
        for _ in range(MOST_PASSES):
            report = session.make_pass()
            shown.show(phases_of(session.look().state))
            if not report.remaining or report.idle:
                break
            work = partial(_work, url, posts_by_project(session.studio, by_task), form)
            list(pool.map(work, logins))
    for sentence in sentences(report.standing):
        terminal.say(sentence)


def _work(
    url: str, projects: Mapping[int, Mapping[int, Post]], form: Form, login: ReviewerLogin
) -> None:
    """Work through the tabs of a simulated reviewer."""
    api = LabelStudio(base_url=url, api_key=login.key)  # type: ignore[no-untyped-call]
    for project, by_task in projects.items():
        work_through_tab(login.reviewer, Studio(url, login.key, project), api, by_task, form)


def posts_by_project(studio: Studio, by_task: Mapping[int, Post]) -> dict[int, Mapping[int, Post]]:
    """Return what people are asked in the project and in its blind project, known texts too.

    Args:
        studio: The project.
        by_task: The project's texts, by task.

    Returns:
        The texts by task, by project.
    """
    projects: dict[int, Mapping[int, Post]] = {studio.project_id: by_task}
    blind_project = task_mapping.find(studio.descriptions(), studio.project_id)
    if blind_project is not None:
        by_id = {post.id: post for post in (*by_task.values(), *known_posts())}
        tasks = studio.beside(blind_project).tasks()
        projects[blind_project] = {task.id: by_id[task.data["item_id"]] for task in tasks}
    return projects


def _wait_for_you(session: Session, terminal: Terminal) -> None:
    """Make a pass whenever the reviewer in the browser may have answered, until all is done."""
    left = -1
    while True:
        report = session.make_pass()
        if report.remaining != left:
            _say_pass(terminal, report)
            left = report.remaining
        if not left:
            return
        time.sleep(LOOK_EVERY)


def _pass(session: Session, terminal: Terminal) -> SyncReport:
    with terminal.progress() as progress:
        report = session.make_pass(progress)
    _say_pass(terminal, report)
    return report


def _say_pass(terminal: Terminal, report: SyncReport) -> None:
    """Say where the project stands after a pass, what comes next, and what was done."""
    for sentence in sentences(report.standing):
        terminal.say(sentence)
    terminal.say(f"Next: {next_step(report.standing)}")
    terminal.say(summary_of(report))


def _finish(
    session: Session,
    terminal: Terminal,
    first: Mapping[int, Belief],
    by_task: Mapping[int, Post],
    simulated: Sequence[SimulatedReviewer],
    folder: Path,
) -> None:
    """Write the files and print the table."""
    snapshot = session.look()
    outcome, costs = conclude(snapshot), session.settings.costs
    known = control_answers_of(snapshot)
    rows = compare(
        by_task,
        first,
        outcome.dataset,
        simulated,
        outcome.facts.labels,
        costs,
        [one.lead_time or costs.seconds_per_label for one in known],
    )
    certificates = export_certificates(outcome.facts.state, folder)
    files = [
        *export(outcome.dataset, folder),
        write_report(
            outcome,
            folder / "report.html",
            rows,
            {task: post.gold for task, post in by_task.items()},
        ),
        *certificates,
    ]
    who = "reviewers are SIMULATED" if simulated else "you reviewed"
    terminal.say(comparison_table(f"Against the gold labels; {who}", rows, costs.currency))
    terminal.say(promise_table(outcome.facts.state, by_task))
    for line in said_of_checks(snapshot, outcome.standing.people, simulated, by_task):
        terminal.say(line)
    for file in certificates:
        terminal.say(f"tandem verify {file}: yes: {verify(file.read_bytes())}")
    terminal.say("Written: " + ", ".join(str(file) for file in files))


def _tell_where(
    terminal: Terminal,
    server: LabelStudioServer,
    session: Session,
    logins: Sequence[ReviewerLogin],
) -> None:
    """Print the addresses and the logins, which are this demo's alone."""
    login = logins[0]
    terminal.say(f"Label Studio: {server.url}/projects/{session.studio.project_id}/data")
    terminal.say(f"  admin: {server.email} / {server.password}")
    terminal.say(f"  reviewer: {login.reviewer.email} / {login.password}")
    for place in places_of(session.look()):
        if place.email == login.reviewer.email and place.stream:
            terminal.say(f"  the reviewer's tab: {place.stream}")

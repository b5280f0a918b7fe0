"""Checks between Label Studio and the ML backend: may it call, does it, does the score show."""

from collections.abc import Iterator, Sequence

from labeling.errors import TandemError
from routing.model.connect import CONNECTED
from routing.studio import Studio
from routing.studio.models import StudioBackend, StudioProject
from tandem.doctor.findings import Check, Finding, attempt, fault_of

REFUSED = "Error"
"""Label Studio's word for a backend whose `/health` answered it, but not its `/setup`."""


def check_connection(studio: Studio, address: str, *, is_up: bool) -> Check[StudioBackend | None]:
    """Check whether Label Studio may call the backend, and reaches it.

    Args:
        studio: Label Studio.
        address: The backend's, as Label Studio has to reach it.
        is_up: Whether the backend answers this machine.

    Yields:
        What it finds.

    Returns:
        The project's registered backend; None where there is none.
    """
    is_allowed = yield from _check_address(studio, address)
    backends = yield from attempt("connection", studio.backends)
    if backends is None:
        return None
    connected = next((one for one in backends if one.url.rstrip("/") == address), None)
    if connected is not None:
        yield _reach(connected, is_up=is_up)
    elif is_allowed:
        yield _not_connected(backends, address)
    return connected


def check_score_column(
    studio: Studio, project: StudioProject, connected: StudioBackend | None, version: str
) -> Iterator[Finding]:
    """Check whether the Data Manager shows the scores: names and predictions move together.

    Args:
        studio: Label Studio.
        project: The project.
        connected: The backend that is registered there.
        version: The version that the backend answers under.

    Yields:
        What it finds.
    """
    is_predicted = yield from attempt("score column", lambda: studio.is_predicted(version))
    if is_predicted is None:
        return
    titles = {f"The backend's title is {connected.title!r}": connected.title} if connected else {}
    shown = {
        **titles,
        f"The project shows version {project.model_version!r}": project.model_version,
    }
    wrong = [words for words, name in shown.items() if name != version]
    if not is_predicted:
        what = f"No task has a prediction of {version} yet"
    elif wrong:
        what = f"{wrong[0]}, the backend answers as {version!r}"
    else:
        yield Finding("ok", "score column", f"It shows the scores of {version}")
        return
    hint = "Run `tandem prelabel`, which labels what is in need and moves the names together."
    yield Finding("warning", "score column", what, f"project {project.id}", hint)


def _check_address(studio: Studio, address: str) -> Check[bool]:
    try:
        takes_webhook = studio.judge_address(address)
    except TandemError as error:
        yield fault_of("address", error, where=address)
        return False
    if takes_webhook:
        yield Finding("ok", "address", "Label Studio may call the backend there", address)
    else:
        yield Finding(
            "warning",
            "address",
            "Label Studio tells a host without a dot of no event, so that nothing wakes"
            " `tandem sync --watch`, and `tandem connect` fails where there is Basic auth",
            address,
            "Give the host a name with a dot, such as backend.internal, and set"
            " backend.url_for_studio to it.",
        )
    return True


def _reach(connected: StudioBackend, *, is_up: bool) -> Finding:
    if connected.state == CONNECTED:
        return Finding("ok", "connection", "Label Studio reaches the backend", connected.url)
    if not is_up:
        hint = "Start it with `tandem serve`."
    elif connected.state == REFUSED:
        hint = "Run `tandem connect`, which gives Label Studio the present credentials."
    else:
        hint = (
            "Set backend.url_for_studio to the address by which Label Studio's machine reaches"
            " it, and run `tandem connect`."
        )
    what = f"Label Studio does not reach the backend: it calls it {connected.state!r}"
    return Finding("fault", "connection", what, connected.url, hint)


def _not_connected(backends: Sequence[StudioBackend], address: str) -> Finding:
    others = ", ".join(one.url for one in backends)
    elsewhere = f", only to {others}" if others else ""
    what = f"The project is not connected to the backend{elsewhere}"
    return Finding("warning", "connection", what, address, "Run `tandem connect`.")

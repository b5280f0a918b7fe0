"""The command that serves pages: dashboard."""

from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from tandem.dashboard.links import LinksFile
    from tandem.session import Session

PORT = 8712
PASSES_SHOWN = 10


@command("tandem dashboard", "tandem dashboard --links", "tandem dashboard --host 0.0.0.0")
def dashboard(
    settings_file: SettingsFile = None,
    host: Annotated[
        str, typer.Option(help="The address to listen at; 0.0.0.0: all of this machine's.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any.")] = PORT,
    url: Annotated[
        str | None, typer.Option(help="How people reach it, where that is another address.")
    ] = None,
    links: Annotated[
        bool, typer.Option("--links", help="Print everybody's link, and end.")
    ] = False,
    new_links: Annotated[
        bool, typer.Option("--new-links", help="Make all links anew, print them, and end.")
    ] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Serve a live page for the admin and one for each reviewer; it only reads."""
    from labeling.settings.settings import load
    from tandem.dashboard.links import LinksFile
    from tandem.session import open_session

    with speaking(json=json, debug=debug) as terminal:
        session = open_session(load(settings_file))
        file = LinksFile(session.settings.data_dir, session.studio.project_id)
        if links or new_links:
            known = file.update(_reviewers(session), renew=new_links)
            _say_links(terminal, known.addresses(url or _address(host, port)))
        else:
            _serve(session, file, terminal, host, port, url)


def _serve(
    session: "Session",
    file: "LinksFile",
    terminal: Terminal,
    host: str,
    port: int,
    url: str | None,
) -> None:
    from routing.ledger.passes import last_passes
    from tandem.dashboard.app import create_app
    from tandem.dashboard.live import LiveLook
    from tandem.dashboard.look import take_look
    from tandem.dashboard.server import is_loopback, serve, server_of

    known = file.update(_reviewers(session))
    live = LiveLook(lambda: take_look(session))
    app = create_app(
        live.latest,
        lambda: file.read() or known,
        lambda: last_passes(session.ledger, PASSES_SHOWN),
    )
    server = server_of(app, host, port)
    _say_links(terminal, known.addresses(url or _address(host, server.port)))
    if not is_loopback(host):
        terminal.say(
            "It is open to other machines: whoever has a link can read its page, and what is sent"
            " is not encrypted. Put it behind a server that speaks HTTPS."
        )
    terminal.say("Ctrl-C ends it.")
    serve(server)


def _reviewers(session: "Session") -> list[str]:
    return [reviewer.email for reviewer in session.settings.reviewers]


def _address(host: str, port: int) -> str:
    """Return how this machine, or another one, reaches what listens there."""
    import socket

    reached = socket.gethostname() if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"


def _say_links(terminal: Terminal, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        terminal.say(f"{name}: {address}")
    terminal.result({"links": addresses})

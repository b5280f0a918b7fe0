"""A door to a PostgreSQL server that can be shut in the midst, as a network that fails does."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
CHUNK = 1 << 16


class PostgresProxy:
    """Hands bytes over between a folder of sockets of its own and a server's.

    Args:
        folder: Where it listens, as a server does.
        server: The folder of the server's socket.
    """

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self._server = server
        self._ends: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        """Let everybody in from now on."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / SOCKET))
        self._listener.listen()
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """Break all connections, and let nobody in; more than once does no harm."""
        (self.folder / SOCKET).unlink(missing_ok=True)
        for one in (self._listener, *self._ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._ends.clear()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server / SOCKET))
                self._ends += client, server
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=_hand_over, args=ends, daemon=True).start()


@contextmanager
def postgres_proxy(server: Path) -> Iterator[PostgresProxy]:
    """Run a proxy in front of a server, whose socket lies in a folder."""
    # A socket's path has to be short, so the folder does not lie below pytest's own.
    with tempfile.TemporaryDirectory(prefix="tandem-pg-") as name:
        proxy = PostgresProxy(Path(name), server)
        yield proxy
        proxy.shut()


def _hand_over(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(CHUNK):
            target.sendall(content)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)

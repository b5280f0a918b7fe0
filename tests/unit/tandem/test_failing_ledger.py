"""A ledger that fails is one line: what, where, how to go on; watching outlives it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from routing.ledger import Ledger
from tandem.cli import watching
from tandem.schedule import Schedule
from tandem.servers.process import free_port
from tests.support.commands import KEY, tandem, the_line, the_object
from tests.support.damaged_files import scramble_pages
from tests.support.small_disk import SmallDisk

Settle = Callable[[str], str]


@pytest.fixture
def settle(empty_folder: None, monkeypatch: pytest.MonkeyPatch) -> Settle:  # noqa: ARG001
    """Writes settings of a project whose servers nobody serves, with more beside them."""
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)

    def write(more: str) -> str:
        url = f"http://127.0.0.1:{free_port()}"
        Path("posts.yaml").write_text(f"studio: {{url: '{url}', project: 1}}\n{more}\n")
        return "posts.yaml"

    return write


def damage(folder: Path) -> Path:
    """Make a ledger whose pages hold noise."""
    file = folder / "ledger.sqlite3"
    ledger = Ledger(f"sqlite:///{file}", 1)
    ledger.upgrade()
    ledger.close()
    scramble_pages(file)
    return file


def said_of(file: str, *command: str) -> str:
    """The one line that a command ends with, as a person and as a script is told it."""
    done = tandem(*command, "-s", file)
    assert done.exit_code == 1
    line = the_line(done).removeprefix("tandem: ")
    scripted = tandem(*command, "-s", file, "--json")
    assert scripted.exit_code == 1
    assert the_object(scripted) == {"error": line}
    assert "unforeseen" not in line
    return line


@pytest.mark.parametrize("command", ["status", "sync"])
class TestOneLineSaysIt:
    def test_where_the_file_is_damaged(self, settle: Settle, command: str) -> None:
        file = damage(Path("data"))
        line = said_of(settle("data_dir: data"), command)
        assert "The ledger is damaged" in line
        assert str(file) in line
        assert "restore" in line

    def test_where_its_folder_cannot_be_made(self, settle: Settle, command: str) -> None:
        Path("data").touch()
        line = said_of(settle("data_dir: data"), command)
        assert "The ledger cannot be opened" in line
        assert "data_dir" in line

    def test_where_its_disk_is_read_only(
        self, settle: Settle, command: str, small_disk: SmallDisk
    ) -> None:
        small_disk.change("ro")
        line = said_of(settle(f"data_dir: {small_disk.folder}"), command)
        assert "The ledger cannot be opened: Read-only file system" in line

    def test_where_its_disk_is_full(
        self, settle: Settle, command: str, small_disk: SmallDisk
    ) -> None:
        with pytest.raises(OSError, match="No space"):
            (small_disk.folder / "filler").write_bytes(bytes(1 << 20))
        line = said_of(settle(f"data_dir: {small_disk.folder}"), command)
        assert "full" in line

    def test_where_its_server_is_away(self, settle: Settle, command: str) -> None:
        address = f"postgresql://ada:pass-word@127.0.0.1:{free_port()}/tandem"
        line = said_of(settle(f"ledger: {address}"), command)
        assert "The ledger's database does not answer" in line
        assert "pass-word" not in line


class TestWatching:
    """`sync --watch` over a ledger that is away when it starts."""

    def test_goes_on_once_it_is_back(self, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
        file = damage(Path("data"))
        script_time(monkeypatch, after_first_rest=file.unlink, seconds=30)
        done = tandem("sync", "--watch", "--every", "10", settle("data_dir: data"))
        damaged, *back = done.stderr.splitlines()
        assert "The ledger is damaged" in damaged
        assert "Trying again. project=posts" in damaged
        assert back
        assert all("Label Studio does not answer" in line for line in back)
        assert done.exit_code == 0

    def test_gives_the_others_their_turn_meanwhile(
        self, settle: Settle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        damage(Path("data"))
        posts = Path(settle("data_dir: data"))
        Path("letters.yaml").write_text(
            posts.read_text().replace("project: 1", "project: 2").replace("data\n", "other\n")
        )
        script_time(monkeypatch, after_first_rest=lambda: None, seconds=100)
        done = tandem("sync", "--watch", "--every", "10", "posts.yaml", "letters.yaml")
        said = done.stderr.splitlines()
        assert [line for line in said if "ledger is damaged" in line and "project=posts" in line]
        assert [line for line in said if "Studio does not" in line and "project=letters" in line]
        assert done.exit_code == 0


def script_time(
    monkeypatch: pytest.MonkeyPatch, after_first_rest: Callable[[], object], seconds: float
) -> None:
    """Let watching wait without waiting, and end after so many seconds of its clock."""
    now = 0.0
    pending = [after_first_rest]

    def wait(pause: float) -> bool:
        nonlocal now
        now += pause
        if pause and pending:
            pending.pop()()
        return now >= seconds

    monkeypatch.setattr(
        watching, "Schedule", lambda projects, told, _: Schedule(projects, told, wait, lambda: now)
    )

"""A ledger that fails in the midst of a pass ends it with one line, and the next pass goes on."""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url

from labeling.errors import LedgerError
from routing.ledger import Ledger
from routing.ledger.lock import locked
from routing.ledger.passes import last_passes, recorded_pass
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs
from tests.support.postgres_proxy import postgres_proxy
from tests.support.small_disk import SmallDisk

TASKS = 120
POLICY: dict[str, Any] = {"pilot": 20, "target_error": 0.2}

NewLoop = Callable[[Path], MemoryLoop]


@pytest.fixture
def new_loop() -> Iterator[NewLoop]:
    """Makes projects whose ledger lies in a folder."""
    made: list[MemoryLoop] = []

    def make(folder: Path) -> MemoryLoop:
        made.append(new_memory_loop(folder, TASKS, "ada@x", "ben@x", **POLICY))
        return made[-1]

    yield make
    for loop in made:
        loop.ledger.close()


def make_pass(loop: MemoryLoop) -> None:
    with locked(loop.ledger.engine, loop.ledger.project), recorded_pass(loop.ledger):
        loop.sync()


def fault_of(loop: MemoryLoop) -> str:
    """The one line that a pass ends with."""
    with pytest.raises(LedgerError) as caught:
        make_pass(loop)
    (line,) = caught.value.lines
    return line


def outcome(loop: MemoryLoop) -> dict[str, Any]:
    """What a project has come to: decisions, and what Label Studio holds once and twice."""
    tasks = list(loop.studio.tasks())
    return {
        "decisions": Counter(one.kind for one in loop.ledger.state().decisions.values()),
        "predictions": {one.id: len(one.predictions) for one in tasks},
        "answers": {one.id: len(one.annotations) for one in tasks},
        "tabs": sorted(len(view.task_ids) for view in loop.studio.views()),
        "projects": len(loop.studio.server.projects),
    }


def undisturbed(new_loop: NewLoop, folder: Path) -> dict[str, Any]:
    """What a project comes to whose ledger never fails."""
    loop = new_loop(folder / "undisturbed")
    make_pass(loop)
    answer_tabs(loop.studio, 1)
    make_pass(loop)
    return outcome(loop)


def test_a_full_disk(new_loop: NewLoop, small_disk: SmallDisk, tmp_path: Path) -> None:
    loop = new_loop(small_disk.folder)
    for _ in range(2):
        line = fault_of(loop)
        assert line.startswith("The disk of the ledger is full (")
        assert "ledger.sqlite3" in line
        assert "Free some space" in line
    small_disk.change("size=20m")
    make_pass(loop)
    answer_tabs(loop.studio, 1)
    make_pass(loop)
    assert outcome(loop) == undisturbed(new_loop, tmp_path)
    assert last_passes(loop.ledger, 1)[0].error is None


@pytest.mark.parametrize("pages", [1, 8, 16])
def test_a_ledger_that_is_full_at_any_point(new_loop: NewLoop, tmp_path: Path, pages: int) -> None:
    loop, room = new_loop(tmp_path), iter([pages])

    def limit(connection: Any, *_: Any) -> None:
        [(held,)] = connection.execute("PRAGMA page_count")
        connection.execute(f"PRAGMA max_page_count={held + next(room, 10_000)}")

    event.listen(loop.ledger.engine, "connect", limit)
    assert "is full" in fault_of(loop)
    make_pass(loop)
    answer_tabs(loop.studio, 1)
    make_pass(loop)
    assert outcome(loop) == undisturbed(new_loop, tmp_path)


@pytest.mark.parametrize("seed", [1, 4, 6, 8])
def test_damaged_pages(new_loop: NewLoop, tmp_path: Path, seed: int) -> None:
    loop, drawn = new_loop(tmp_path), random.Random(seed)
    make_pass(loop)
    answer_tabs(loop.studio, 1)
    loop.ledger.close()
    file = tmp_path / "ledger.sqlite3"
    content = bytearray(file.read_bytes())
    for _ in range(30):
        place = drawn.randrange(4_096, len(content) - 64)
        content[place : place + 64] = drawn.randbytes(64)
    file.write_bytes(content)

    line = fault_of(loop)

    assert line.startswith("The ledger is damaged (")
    assert "tandem restore" in line


def test_a_file_that_is_no_database(new_loop: NewLoop, tmp_path: Path) -> None:
    loop = new_loop(tmp_path)
    loop.ledger.close()
    (tmp_path / "ledger.sqlite3").write_bytes(b"This is a text. " * 1_000)
    assert fault_of(loop).startswith("The ledger's file is not a database (")


def test_a_disk_that_became_read_only(
    new_loop: NewLoop, small_disk: SmallDisk, tmp_path: Path
) -> None:
    small_disk.change("size=20m")
    loop = new_loop(small_disk.folder)
    make_pass(loop)
    answer_tabs(loop.studio, 1)
    loop.ledger.close()
    small_disk.change("ro")
    assert "Read-only file system" in fault_of(loop)
    small_disk.change("rw")
    make_pass(loop)
    assert outcome(loop) == undisturbed(new_loop, tmp_path)


def test_a_ledger_that_may_only_be_read(new_loop: NewLoop, tmp_path: Path) -> None:
    loop = new_loop(tmp_path)
    project = loop.ledger.project
    reader = Ledger(f"sqlite:///file:{tmp_path}/ledger.sqlite3?mode=ro&uri=true", project)
    with pytest.raises(LedgerError, match=r"may not be written.*write access"):
        reader.forget_cursor()
    reader.close()


def test_a_folder_that_vanished(new_loop: NewLoop, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    loop = new_loop(folder)
    make_pass(loop)
    folder.rename(tmp_path / "elsewhere")
    for _ in range(2):
        assert fault_of(loop).startswith("The ledger's file is gone (")
    assert not folder.exists(), "no empty ledger takes its place"
    (tmp_path / "elsewhere").rename(folder)
    answer_tabs(loop.studio, 1)
    make_pass(loop)
    assert outcome(loop) == undisturbed(new_loop, tmp_path)


def test_a_file_that_vanishes_in_the_midst(
    new_loop: NewLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    loop = new_loop(folder)
    predict = loop.backend.predict_parts

    def vanish(*asked: Any) -> Any:
        shutil.rmtree(folder)
        return predict(*asked)

    monkeypatch.setattr(loop.backend, "predict_parts", vanish)
    # What is open stays usable to its end; the next pass tells.
    make_pass(loop)
    assert "is gone" in fault_of(loop)


@pytest.mark.postgres
@pytest.mark.parametrize("after", [3, 20])
def test_postgresql_that_goes_away_in_the_midst_and_comes_back(
    new_loop: NewLoop, postgres_url: str, tmp_path: Path, after: int
) -> None:
    address = make_url(postgres_url)
    loop = new_loop(tmp_path)
    with postgres_proxy(Path(str(address.query["host"]))) as proxy:
        through = address.set(query={"host": str(proxy.folder)})
        url = through.render_as_string(hide_password=False)
        loop.ledger.close()
        loop.ledger = Ledger(url, loop.studio.project_id)
        loop.ledger.upgrade()
        begun = iter(range(after))

        def shut(*_: Any) -> None:
            if next(begun, None) is None:
                proxy.shut()

        event.listen(loop.ledger.engine, "begin", shut)
        for _ in range(2):
            line = fault_of(loop)
            assert line.startswith("The ledger's database does not answer (postgresql+psycopg:")
            assert "See that the server runs" in line
        event.remove(loop.ledger.engine, "begin", shut)
        proxy.open()
        make_pass(loop)
        answer_tabs(loop.studio, 1)
        make_pass(loop)
        assert outcome(loop) == undisturbed(new_loop, tmp_path)
        loop.ledger.close()

"""What was paid for is never deleted, and nothing more is paid for while it cannot be kept."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.engines.openai.response_store import ResponseBody, ResponseStore
from labeling.errors import EngineError
from tests.support.damaged_files import DAMAGES, scramble_pages

CALLS = [{"prompt": f"Text {number}", "padding": "x" * 500} for number in range(100)]


class Seller:
    """Answers, and counts what it is paid for."""

    sold = 0

    def __call__(self) -> ResponseBody:
        self.sold += 1
        return {"choices": [self.sold], "padding": "y" * 10_000}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "paid.sqlite3"


@pytest.fixture
def seller() -> Seller:
    return Seller()


@pytest.fixture
def store(file: Path, seller: Seller) -> Iterator[ResponseStore]:
    """A store in which all calls are answered."""
    filled = ResponseStore(file)
    for call in CALLS:
        filled.answer("/completions", call, seller)
    filled.close()
    store = ResponseStore(file)
    yield store
    store.close()


def ask(store: ResponseStore, name: str, seller: Seller) -> ResponseBody:
    return store.answer("/completions", {"prompt": name}, seller)


def fill_the_disk(store: ResponseStore) -> None:
    store._store._database.execute("PRAGMA max_page_count = 1")


def make_room(store: ResponseStore) -> None:
    store._store._database.execute(f"PRAGMA max_page_count = {1 << 20}")


def test_nothing_is_paid_for_twice_whatever_the_restarts(
    store: ResponseStore, file: Path, seller: Seller
) -> None:
    store.close()
    again = ResponseStore(file)
    for call in CALLS:
        again.answer("/completions", call, seller)
    again.close()
    assert seller.sold == len(CALLS)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_set_aside_whole_with_how_to_save_it(
    damage: Callable[[Path], None],
    store: ResponseStore,
    file: Path,
    seller: Seller,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.close()
    damage(file)
    damaged = file.read_bytes()
    again = ResponseStore(file)
    again.answer("/completions", CALLS[0], seller)
    again.answer("/completions", CALLS[0], seller)
    again.close()
    assert seller.sold == len(CALLS) + 1
    [aside] = file.parent.glob("paid.sqlite3.damaged-*")
    assert aside.read_bytes() == damaged
    [line] = caplog.messages
    assert aside.name in line
    assert ".recover" in line


def test_damage_in_mid_service_fails_no_call(
    store: ResponseStore, file: Path, seller: Seller
) -> None:
    scramble_pages(file)
    assert store.answer("/completions", CALLS[0], seller)["choices"] == [len(CALLS) + 1]
    assert ask(store, "new", seller) == ask(store, "new", seller)
    assert seller.sold == len(CALLS) + 2
    assert len(list(file.parent.glob("paid.sqlite3.damaged-*"))) == 1


def test_what_was_paid_for_as_the_disk_filled_is_used_and_nothing_more_is_paid_for(
    store: ResponseStore, file: Path, seller: Seller, caplog: pytest.LogCaptureFixture
) -> None:
    fill_the_disk(store)
    paid = ask(store, "as it fills", seller)
    assert ask(store, "as it fills", seller) == paid
    for _ in range(3):
        with pytest.raises(EngineError, match=r"cannot be written.*full.*paid\.sqlite3.*Make room"):
            ask(store, "afterwards", seller)
    assert seller.sold == len(CALLS) + 1
    assert len(caplog.messages) == 1
    make_room(store)
    ask(store, "afterwards", seller)
    store.close()
    again = ResponseStore(file)
    assert ask(again, "as it fills", seller) == paid
    again.close()
    assert seller.sold == len(CALLS) + 2


def test_an_answer_that_the_disk_garbled_is_paid_for_again(
    store: ResponseStore, file: Path, seller: Seller
) -> None:
    other = sqlite3.connect(file)
    other.execute("UPDATE kept SET content = X'7B7B7B'")
    other.commit()
    other.close()
    assert store.answer("/completions", CALLS[0], seller)["choices"] == [len(CALLS) + 1]


def test_a_file_that_cannot_be_opened_is_one_line_before_anything_is_paid_for(file: Path) -> None:
    file.mkdir()
    with pytest.raises(EngineError, match=r"cannot be opened.*paid\.sqlite3"):
        ResponseStore(file)

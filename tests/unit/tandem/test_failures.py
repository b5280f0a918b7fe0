"""Tasks without a prediction are counted by reason; where all failed, the command has, too."""

import io

import pytest
import typer
from rich.console import Console

from tandem.cli.command import FAILED
from tandem.cli.failures import require_some, say_failures
from tandem.terminal import Terminal
from tandem.unpredicted import reasons_of

FAILURES = {1: "too long", 2: "no text", 3: "no text"}


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def terminal(written: io.StringIO) -> Terminal:
    return Terminal(False, Console(file=written), Console(file=written))


def test_failures_are_counted_by_reason_the_commonest_first(
    terminal: Terminal, written: io.StringIO
) -> None:
    say_failures(terminal, FAILURES)

    assert list(reasons_of(FAILURES).items()) == [("no text", 2), ("too long", 1)]
    assert written.getvalue().splitlines() == [
        "2 tasks got no prediction, such as task 2: no text",
        "1 task got no prediction, such as task 1: too long",
    ]


@pytest.mark.parametrize(("predicted", "failed"), [(3, {}), (3, FAILURES), (0, {})])
def test_a_command_that_did_something_or_had_nothing_to_do_ends_well(
    terminal: Terminal, predicted: int, failed: dict[int, str]
) -> None:
    require_some(terminal, predicted, failed)


def test_one_of_which_everything_failed_does_not(terminal: Terminal, written: io.StringIO) -> None:
    with pytest.raises(typer.Exit) as ended:
        require_some(terminal, 0, FAILURES)

    assert ended.value.exit_code == FAILED
    assert "None of 3 tasks got a prediction; 2 since: no text" in written.getvalue()

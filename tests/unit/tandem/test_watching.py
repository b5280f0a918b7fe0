"""Signals end a watch after the pass at hand, a second Ctrl-C in the middle of it."""

import os
import signal
from io import StringIO
from typing import Any

import pytest
import typer
from rich.console import Console

from labeling.errors import StudioUnreachable
from tandem.cli.watching import watch_projects
from tandem.schedule import WatchedProject
from tandem.terminal import Terminal


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def watch(make_pass: Any, said: StringIO | None = None) -> None:
    terminal = Terminal(False, Console(quiet=True), Console(file=said or StringIO()))
    watch_projects([WatchedProject("demo", make_pass, lambda: 1)], 3_600, terminal)


def test_sigterm_ends_it_after_the_pass_at_hand() -> None:
    done: list[str] = []

    def make_pass() -> None:
        send(signal.SIGTERM)
        done.append("to its end")

    watch(make_pass)
    assert done == ["to its end"]


def test_ctrl_c_ends_it_after_the_pass_at_hand_with_130() -> None:
    done: list[str] = []

    def make_pass() -> None:
        send(signal.SIGINT)
        done.append("to its end")

    with pytest.raises(typer.Exit) as ended:
        watch(make_pass)
    assert ended.value.exit_code == 130
    assert done == ["to its end"]


def test_a_second_ctrl_c_does_not_wait_for_the_pass() -> None:
    done: list[str] = []

    def make_pass() -> None:
        send(signal.SIGINT)
        send(signal.SIGINT)
        done.append("to its end")

    with pytest.raises(KeyboardInterrupt):
        watch(make_pass)
    assert done == []


def test_signals_do_afterwards_what_they_did_before() -> None:
    numbers = signal.SIGTERM, signal.SIGINT
    before = [signal.getsignal(one) for one in numbers]
    watch(lambda: send(signal.SIGTERM))
    assert [signal.getsignal(one) for one in numbers] == before


def test_a_failure_is_one_line_that_names_the_project() -> None:
    def make_pass() -> None:
        send(signal.SIGTERM)
        raise StudioUnreachable("Label Studio does not answer", where="http://there")

    said = StringIO()
    watch(make_pass, said)
    (line,) = said.getvalue().splitlines()
    assert line.startswith("tandem: demo: Label Studio does not answer")
    assert "http://there" in line

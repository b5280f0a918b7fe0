"""Signals end a watch after the pass at hand, a second Ctrl-C in the middle of it."""

import os
import signal
from typing import Any

import pytest
import typer

from labeling.errors import StudioUnreachable
from labeling.logs.lines import TextLine
from tandem.cli.watching import watch_projects
from tandem.schedule import WatchedProject


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def watch(make_pass: Any) -> None:
    watch_projects([WatchedProject("demo", make_pass, lambda: 1)], 3_600)


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


def test_a_failure_is_one_line_that_names_the_project(caplog: pytest.LogCaptureFixture) -> None:
    def make_pass() -> None:
        send(signal.SIGTERM)
        raise StudioUnreachable("Label Studio does not answer", where="http://there")

    caplog.handler.setFormatter(TextLine())
    watch(make_pass)
    (line,) = caplog.text.splitlines()
    assert "Label Studio does not answer (http://there). Trying again. project=demo" in line

"""Commands as tests run them, and what a person or a script is told by them."""

import json
import subprocess
import sys
from typing import Any

from typer.testing import CliRunner, Result

from tandem.cli.app import app
from tandem.servers.process import free_port

KEY = "0123456789abcdef-the-key"


def tandem(*words: str, typed: str = "") -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, words, input=typed)


def process(*words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "tandem", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def the_object(result: Result) -> dict[str, Any]:
    """The only JSON object on stdout, of numbers that JSON has."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    (line,) = result.stdout.splitlines()
    content: dict[str, Any] = json.loads(line, parse_constant=refuse)
    return content


def the_line(result: Result) -> str:
    """The only line on stderr."""
    (line,) = result.stderr.splitlines()
    assert line.startswith("tandem: ")
    return line


def settle(**studio: Any) -> None:
    """Write settings whose Label Studio and backend nobody serves."""
    url = f"http://127.0.0.1:{free_port()}"
    words = [f"--{name}={value}" for name, value in ({"project": 1, "key": KEY} | studio).items()]
    result = tandem("init", "--yes", "--unchecked", f"--url={url}", f"--backend={url}", *words)
    assert result.exit_code == 0, result.stderr

"""The command line: one file a group of commands, wired in `app.py`."""

from tandem.cli.app import main

__all__ = ["main"]

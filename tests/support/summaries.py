"""What a test has to tell at the end of a run, whichever process ran it."""

import pytest

TOLD = "told"
"""The property of a test that is printed: `record_property(TOLD, "…")`."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests had to tell."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == TOLD:
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(str(value))

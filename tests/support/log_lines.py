"""The form of log lines, as those who read them know it."""

import re

_FORM = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{12}Z (INFO|WARNING|ERROR) [\w.]+ [\w.:-]+ \S")
"""Time, level, logger, request id, message."""


def of_another_form(log: str) -> list[str]:
    """The lines that no line of the log should look like."""
    return [line for line in log.splitlines() if not _FORM.match(line)]

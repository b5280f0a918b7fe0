"""What is logged of a pass: a line at its end, and a line for each thing that is wrong."""

import logging

from labeling.errors import TandemError
from labeling.logs.lines import fields
from routing.sync import SyncReport
from tandem.error_line import error_line
from tandem.pass_summary import summary_of, warnings_of
from tandem.unpredicted import failure_lines

logger = logging.getLogger(__name__)


def log_pass(project: str, report: SyncReport, seconds: float, requests: int) -> None:
    """Log a pass that came to its end, and what was wrong all the same.

    Args:
        project: What its project is called.
        report: What it did.
        seconds: How long it took.
        requests: How many requests it made.
    """
    extra = fields(project=project, seconds=round(seconds, 3), requests=requests)
    logger.info("%s", summary_of(report), extra=extra)
    for problem in (*failure_lines(report.failed), *warnings_of(report)):
        logger.warning("%s", problem, extra=fields(project=project))


def log_failure(project: str, error: Exception, then: str = "") -> None:
    """Log that a pass failed, and why; of the unforeseen, where.

    Args:
        project: What its project is called.
        error: What ended it.
        then: What is done about it, as a sentence.
    """
    logger.error(
        "%s",
        f"{error_line(error)} {then}".strip(),
        exc_info=None if isinstance(error, TandemError) else error,
        extra=fields(project=project),
    )

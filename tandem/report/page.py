"""The report as one self-contained HTML page: no network, no scripts, light and dark."""

from functools import cache

from jinja2 import Environment

from tandem.pages.environment import new_environment
from tandem.report import charts, learning_chart, promise_charts
from tandem.report.data import ReportData
from tandem.standing import learning as learning_words


def render(report: ReportData) -> str:
    """Write the report as HTML; every text in it is escaped."""
    template = _environment().get_template("report.html.jinja")
    return template.render(r=report, sentences=report.sentences, next_step=report.next_step)


@cache
def _environment() -> Environment:
    environment = new_environment("tandem.report")
    environment.globals.update(
        charts=charts,
        promise_charts=promise_charts,
        learning_chart=learning_chart,
        learning_words=learning_words,
    )
    return environment

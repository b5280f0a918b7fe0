"""The report as one self-contained HTML page: no network, no scripts, light and dark."""

from tandem.report.data import ReportData


def render(report: ReportData) -> str:
    """Write the report as HTML."""
    raise NotImplementedError

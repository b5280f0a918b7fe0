"""The report: one page that a manager can read. `collect` has the numbers, `render` the looks."""

from tandem.report.collector import collect
from tandem.report.data import Activity, MethodComparison, ReportData
from tandem.report.page import render

__all__ = ["Activity", "MethodComparison", "ReportData", "collect", "render"]

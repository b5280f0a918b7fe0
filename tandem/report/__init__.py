"""The report: one page that a manager can read. `collect` has the numbers, `render` the looks."""

from tandem.report.collector import collect
from tandem.report.data import Activity, Comparison, ReportData
from tandem.report.page import render

__all__ = ["Activity", "Comparison", "ReportData", "collect", "render"]

"""The report: one page that a manager can read. `data` has the numbers, `page` the looks."""

from tandem.report.data import Activity, Comparison, ReportData, collect
from tandem.report.page import render

__all__ = ["Activity", "Comparison", "ReportData", "collect", "render"]

"""The preflight: everything that work needs, checked in turn, each fault with a hint."""

from tandem.doctor.examination import examine
from tandem.doctor.findings import Finding, as_dict

__all__ = ["Finding", "as_dict", "examine"]

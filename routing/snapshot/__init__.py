"""Snapshot: what one look at Label Studio shows of a project and of its blind project."""

from routing.snapshot.observe import Snapshot, observe

__all__ = ["Snapshot", "observe"]

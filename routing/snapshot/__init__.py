"""Snapshots: what one look at Label Studio shows of a project and of its blind project."""

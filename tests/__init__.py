"""The specification, room by room; `tests/studio` needs a real Label Studio."""

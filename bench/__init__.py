"""Benchmarks: `python -m bench.NAME FOLDER... [--seeds N] [--json]` prints a table."""

"""Servers on this machine, for the demo and the tests: Label Studio and the ML backend."""

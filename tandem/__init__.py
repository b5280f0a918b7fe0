"""The front door: command line, doctor, demo, report. It wires the rooms and decides nothing."""

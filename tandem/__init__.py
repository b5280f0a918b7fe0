"""The front door: command line, demo, doctor, report page. Wires the rooms; decides nothing."""

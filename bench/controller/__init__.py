"""What a pass of the controller costs as projects grow; see `bench.controller.__main__`."""

"""What a program prints in a fresh interpreter, which orders sets of words by a seed of its own."""

import subprocess
import sys


def printed(program: str, hash_seed: int) -> str:
    """Run a program, and return what it prints."""
    environment = {"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": ":".join([".", *sys.path])}
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return run.stdout

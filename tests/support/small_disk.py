"""A disk of a few hundred kilobytes, which is soon full and can be made larger or read-only."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class SmallDisk:
    """A file system in memory, mounted on a folder.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self, kilobytes: int) -> None:
        self._run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs")

    def change(self, option: str) -> None:
        """Change it while it is in use: `size=…k`, `ro` or `rw`."""
        self._run("mount", "-o", f"remount,{option}")

    def unmount(self) -> None:
        # Lazily: a connection that a test left open goes with its process.
        self._run("umount", "--lazy")

    def _run(self, *command: str) -> None:
        subprocess.run([*command, str(self.folder)], check=True, capture_output=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk that holds 300 kB."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("Only root can mount a disk of its own")
    folder = tmp_path / "disk"
    folder.mkdir()
    disk = SmallDisk(folder)
    try:
        disk.mount(kilobytes=300)
    except subprocess.CalledProcessError:
        pytest.skip("This machine lets nobody mount a disk")
    yield disk
    disk.unmount()

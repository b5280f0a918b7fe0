"""The demo: the whole main job on a Label Studio of its own, with simulated reviewers."""

from tandem.demo.run import run

__all__ = ["run"]

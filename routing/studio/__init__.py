"""The one door to Label Studio: `Studio`, and the records that it speaks in."""

from routing.studio.client import Studio

__all__ = ["Studio"]

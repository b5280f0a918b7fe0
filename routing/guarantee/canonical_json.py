"""Canonical JSON: each content has one form in bytes, and so one digest."""

import hashlib
import json
from typing import Any


def canonical(content: Any) -> bytes:
    """Return a content as JSON in the one form that it has in bytes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(content: Any) -> str:
    """Return the SHA-256, in hex, over a content in its canonical form."""
    return hashlib.sha256(canonical(content)).hexdigest()

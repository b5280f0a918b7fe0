"""Chances: numbers that look random and belong to a task, the same at every call."""

import hashlib
import math

MOST = 2**64


def hash_uniform(seed: int, purpose: str, task: int) -> float:
    """Draw a number in (0, 1] from SHA-256, so that anyone can draw it again in any language.

    It is (first 8 bytes of SHA-256 of `seed:purpose:task`, big-endian, + ½) / 2⁶⁴.

    Args:
        seed: Seed of the draw.
        purpose: What it is drawn for; draws for two purposes are independent.
        task: The task.

    Returns:
        The number.
    """
    digest = hashlib.sha256(f"{seed}:{purpose}:{task}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") + 0.5) / MOST


def waiting_time(seed: int, purpose: str, task: int, weight: float) -> float:
    """Draw an exponential waiting time; who waits least comes first.

    Ordering items by it is sampling without replacement with probability proportional to weight
    among what is left (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006).

    Args:
        seed: Seed of the draw.
        purpose: What it is drawn for.
        task: The task.
        weight: The rate, above 0.

    Returns:
        The time, above or equal to 0.
    """
    return -math.log(hash_uniform(seed, purpose, task)) / weight

"""Digests of texts: SHA-256, in hex."""

import hashlib


def digest_of(*parts: str) -> str:
    r"""Return the SHA-256, in hex, of texts, which are joined by zero characters.

    Half of a surrogate pair, which UTF-8 does not know, counts as three bytes of its own.

    Examples:
        >>> digest_of("a", "b") == digest_of("a\0b")
        True
        >>> digest_of("a")[:8]
        'ca978112'
    """
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

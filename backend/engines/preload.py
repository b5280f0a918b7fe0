"""Read torch's libraries into memory while other threads go on answering."""

import contextlib
import ctypes
import os
from importlib.util import find_spec
from pathlib import Path


def preload_torch() -> None:
    """Load what `import torch` will need, without holding the interpreter's lock.

    The import itself links hundreds of megabytes under the lock, during which no health check is
    answered (0.3 to 0.7 s measured). A call through ctypes releases the lock; the import then
    finds the libraries linked. Where this fails, the import does it all itself.
    """
    spec = find_spec("torch")
    if spec is None or spec.origin is None or os.name != "posix":
        return
    library = Path(spec.origin).parent / "lib" / "libtorch_python.so"
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).dlopen(str(library).encode(), os.RTLD_LAZY)

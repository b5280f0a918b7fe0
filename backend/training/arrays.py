"""Arrays on disk: npz files, read strictly and without pickle."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.atomic_files import replacing
from labeling.mathtypes import Floats

Arrays = Mapping[str, NDArray[np.generic]]


def write_arrays(file: Path, arrays: Arrays) -> None:
    """Write arrays by name, whole or not at all, for nobody but the owner.

    Raises:
        OSError: They cannot be written.
    """
    with replacing(file) as draft, draft.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **dict(arrays))
        stream.flush()


def read_arrays(file: Path) -> dict[str, NDArray[np.generic]]:
    """Read all arrays of a file.

    Raises:
        ValueError: It is damaged, or holds objects.
        OSError: It cannot be read.
    """
    try:
        # Opened here: of a file that is no archive, numpy leaves the closing to chance.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except OSError:
        raise
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ValueError(f"{file.name} is damaged") from error


def floats(arrays: Arrays, name: str, *shape: int | None) -> Floats:
    """Return an array of floats of a certain shape.

    Args:
        arrays: Where it is looked for.
        name: Its name.
        shape: The length of each axis; None: any.

    Returns:
        The array.

    Raises:
        ValueError: It is missing, or of another type or shape.
    """
    found = _typed(arrays, name, np.dtype(np.float64), shape)
    return np.asarray(found, dtype=np.float64)


def whole_numbers(arrays: Arrays, name: str, *shape: int | None) -> NDArray[np.int64]:
    """Return an array of whole numbers of a certain shape; see `floats`."""
    found = _typed(arrays, name, np.dtype(np.int64), shape)
    return np.asarray(found, dtype=np.int64)


def _typed(
    arrays: Arrays, name: str, dtype: np.dtype[np.generic], shape: tuple[int | None, ...]
) -> NDArray[np.generic]:
    found = arrays.get(name)
    if found is None:
        raise ValueError(f"the array {name!r} is missing")
    if found.dtype != dtype or found.ndim != len(shape):
        raise ValueError(f"the array {name!r} is of another kind")
    if any(want is not None and want != is_ for want, is_ in zip(shape, found.shape, strict=True)):
        raise ValueError(f"the array {name!r} is of another shape")
    return found

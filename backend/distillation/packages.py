"""The packages that a student's folder is written with, which not every install brings."""

from importlib.util import find_spec

from labeling.errors import EngineError


def require_packages() -> None:
    """Check that they are there.

    Raises:
        EngineError: One is missing.
    """
    for package in ("onnx", "onnxruntime"):
        if find_spec(package) is None:
            raise EngineError(
                f"The backend lacks {package}, which the student's folder is written with",
                hint="Run there: pip install 'label-studio-tandem[distil]'",
            )

"""Which marks a test bears, and when its file's turn comes: the longest first.

The marks follow from what a test stands on, so no test has to repeat them. With `-n 2 --dist
loadfile`, each worker takes the next file of this order, so both are busy to the end.
"""

from collections.abc import Mapping

import pytest

MARK_OF_FIXTURE: Mapping[str, str] = {
    "label_studio": "studio",
    "browser": "browser",
    "engine": "model",
    "app": "model",
    "service": "model",
    "backend_server": "model",
    "minilm": "model",
    "new_postgres_url": "postgres",
}
"""The mark of what a fixture starts or loads."""

SECONDS: Mapping[str, int] = {
    "test_killed.py": 240,
    "test_templates.py": 240,
    "test_ray_predictor.py": 120,
    "test_distribution.py": 90,
    "test_label_studio_ml.py": 60,
}
"""About how long the longest files take, on a core of their own; the others take less."""

MARKED_SECONDS: Mapping[str, int] = {"browser": 50, "studio": 40, "slow": 30, "model": 20}
"""About how long a file takes whose tests bear a mark."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is collected by what it stands on, and put the longest files first."""
    for item in items:
        for fixture in MARK_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARK_OF_FIXTURE[fixture])
    seconds: dict[str, int] = {}
    for item in items:
        seconds[item.path.as_posix()] = max(seconds.get(item.path.as_posix(), 0), _seconds(item))
    items.sort(key=lambda item: -seconds[item.path.as_posix()])


def _seconds(item: pytest.Item) -> int:
    marked = [MARKED_SECONDS.get(mark.name, 0) for mark in item.iter_markers()]
    return max(SECONDS.get(item.path.name, 0), *marked, 0)

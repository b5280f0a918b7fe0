"""Which marks a test bears, and when its file's turn comes: the longest first.

The marks follow from what a test stands on, so no test has to repeat them. With `-n 2 --dist
loadfile`, each worker takes the next file of this order, so both are busy to the end.
"""

from collections.abc import Mapping
from pathlib import Path

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
    "integration/studio/test_chaos.py": 300,
    "integration/studio/test_killed.py": 220,
    "integration/studio/test_people.py": 180,
    "integration/studio/test_templates.py": 150,
    "integration/studio/test_sync_populations.py": 70,
    "integration/backend/engines/transformers/test_memory.py": 70,
    "unit/backend/questions/test_contract.py": 60,
    "unit/labeling/controls/test_contract.py": 60,
    "integration/studio/test_studio_killed.py": 60,
    "integration/test_distribution.py": 60,
    "integration/studio/test_promise.py": 50,
    "unit/aggregation/classification/test_registry.py": 50,
}
"""About how long the longest files take, on a core of their own; the others take less."""

MARKED_SECONDS: Mapping[str, int] = {"studio": 40, "slow": 30, "model": 20}
"""About how long a file takes whose tests bear a mark."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is collected by what it stands on, and put the longest files first."""
    for item in items:
        for fixture in MARK_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARK_OF_FIXTURE[fixture])
    seconds: dict[Path, int] = {}
    for item in items:
        seconds[item.path] = max(seconds.get(item.path, 0), _seconds(item))
    items.sort(key=lambda item: -seconds[item.path])


def _seconds(item: pytest.Item) -> int:
    """About how long a file takes, as one of its tests tells."""
    file = item.nodeid.partition("::")[0].removeprefix("tests/")
    return max(
        SECONDS.get(file, 0), *(MARKED_SECONDS.get(mark.name, 0) for mark in item.iter_markers()), 0
    )

"""The benchmark of groups of people reads a crowd that declared its groups."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.people_groups import main


def test_it_finds_who_differs_and_tries_groups_dealt_at_random(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    groups = {f"w{n}": ("a", "b", "c")[n % 3] for n in range(24)}
    rows = [
        (task, who, 1 + rng.integers(0, 2) + 2 * (group == "a"))
        for task in range(30)
        for who, group in groups.items()
    ]
    pd.DataFrame(rows, columns=["task", "worker", "label"]).to_csv(
        tmp_path / "crowd.csv", index=False
    )
    pd.DataFrame(groups.items(), columns=["worker", "team"]).to_csv(
        tmp_path / "people.csv", index=False
    )
    main([str(tmp_path), "--scale", "--deals", "3", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["people"] == 24
    assert {one["group"] for one in found["shown"] if one["label"] is None} == {"a", "b", "c"}
    assert 0 <= found["false_alarms"] <= 0.5

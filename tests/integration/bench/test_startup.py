"""The startup benchmark starts the real service, and ends with JSON."""

import json

import pytest

from bench.startup import ROUTES, main
from labeling.errors import EngineError

pytestmark = pytest.mark.model


def test_it_ends_with_one_object_of_both_phases(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--after", "5", "--json"])
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0 < result["first_answer"] <= result["loaded"]
    latencies = {(one["route"], one["phase"]): one for one in result["latencies"]}
    assert set(latencies) == {(route, phase) for route in ROUTES for phase in ("loading", "loaded")}
    for (_, phase), one in latencies.items():
        assert one["answers"] == 5 if phase == "loaded" else one["answers"] > 0
        assert 0 < one["median"] <= one["worst"]


def test_a_model_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_MODEL__QUANTIZATION", "4bit")
    monkeypatch.setenv("TANDEM_MODEL__DEVICE", "cpu")
    with pytest.raises(EngineError, match="needs CUDA"):
        main(["--after", "1"])

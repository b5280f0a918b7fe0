"""Whatever a version's files hold, its project is taught or untaught; nothing fails for them."""

import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.calibration import stacked_head
from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators import METHODS
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from backend.calibration.control_model import ControlModel
from backend.calibration.covariate_shift import ShiftCorrection
from backend.calibration.learned_state import LearnedState
from backend.calibration.log_odds import calibrated
from backend.confidence.opinion_pool import OpinionPool
from backend.versions.registry import VersionRegistry
from labeling.protocol.learn import HeldOutResult
from tests.support.distorted_models import world
from tests.support.fitted_versions import fitted, names

LABELS = world(60, seed=0)
PRIOR = tuple(np.log(np.full(LABELS.labels, 1 / LABELS.labels)).tolist())
VECTORS = np.random.default_rng(0).normal(size=(60, 3))


def state() -> LearnedState:
    """A state in which all is there that can be learned."""
    head, _ = stacked_head.fit(LABELS.log_probabilities, VECTORS, LABELS.answers)
    controls = {
        name: ControlModel(
            priors={"margin": PRIOR},
            calibration=CalibrationPipeline(
                method.fit(LABELS),
                head=head,
                needs_embedding=True,
                shift=ShiftCorrection(0.9, -0.1, answers=30, open_texts=100, effective=12.0),
                pool=OpinionPool({"label-logprob": 0.7, "margin": 0.2}, answers=30),
            ),
            entries=VectorScaling(answers=90, slope=0.5, shifts=(0.1, -0.1)),
            whole=Temperature(answers=30, slope=0.5),
        )
        for name, method in METHODS.items()
    }
    return LearnedState(
        "Find the topic.", "basis", "content", controls, Temperature(30, 0.7), "embedding"
    )


STATE = state()
VALID = json.dumps(STATE.to_json())

odd_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 0, 1e308, float("nan"), float("inf"), float("-inf")])
    | st.floats()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
often = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The state of project 7's only version, `model-aaaa`."""
    VersionRegistry(tmp_path).put("7", fitted("model-aaaa", STATE), None)
    return tmp_path / "7" / "model-aaaa" / "state.json"


def registry_of(file: Path) -> VersionRegistry:
    return VersionRegistry(file.parents[2])


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List where something stands in JSON, as the keys and indices that lead there."""
    yield path
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(content, dict):
        inside = content.items()
    elif isinstance(content, list):
        inside = enumerate(content)
    for key, value in inside:
        yield from places(value, (*path, key))


def changed(content: Any, path: tuple[Any, ...], value: Any, *, is_lost: bool) -> Any:
    """Return JSON in which one place holds something else, or is lost."""
    if not path:
        return value
    copy = json.loads(json.dumps(content))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    if is_lost:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy


def assert_usable(state: LearnedState) -> None:
    """Check that all that was read gives probabilities."""
    for one in state.controls.values():
        assert np.isfinite(calibrated(one.entries, [0.0, 0.3, 1.0])).all()
        assert np.isfinite(calibrated(one.whole, [0.0, 0.3, 1.0])).all()
        if one.calibration and one.priors == {"margin": PRIOR}:
            vectors = VECTORS if one.needs_embedding else None
            believed = one.calibration(LABELS.log_probabilities, vectors)
            assert np.isfinite(believed).all()
    assert np.isfinite(calibrated(state.whole, [0.0, 0.3, 1.0])).all()


def test_what_can_be_learned_is_read_as_it_was_written(file: Path) -> None:
    file.write_text(VALID)
    read = registry_of(file).get("7")
    assert read is not None
    assert json.dumps(read.to_json()) == VALID
    assert_usable(read)


@given(content=odd_values)
@often
def test_any_json_is_no_state(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content))
    store = registry_of(file)
    assert store.get("7") is None
    assert [*store.unreadable] == ["7"]


@given(content=st.binary(max_size=100))
@often
def test_any_bytes_are_no_state(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert registry_of(file).get("7") is None


@given(place=st.sampled_from([*places(json.loads(VALID))]), value=odd_values, is_lost=st.booleans())
@often
def test_a_changed_state_is_refused_or_can_be_used(
    file: Path, place: tuple[Any, ...], value: Any, is_lost: bool
) -> None:
    file.write_text(json.dumps(changed(json.loads(VALID), place, value, is_lost=is_lost)))
    store = registry_of(file)
    state = store.get("7")
    assert (state is None) == ("7" in store.unreadable)
    if state is not None:
        assert_usable(state)


@given(length=st.integers(0, len(VALID) - 1))
@often
def test_a_state_that_was_cut_off_is_refused(file: Path, length: int) -> None:
    file.write_text(VALID[:length])
    assert registry_of(file).get("7") is None


@pytest.mark.parametrize(
    "content",
    [
        "[" * 200_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        VALID.replace('"Find the topic."', "[" * 5_000 + "]" * 5_000),
        VALID.replace('"Find the topic."', "9" * 10_000),
        VALID.replace('"basis": "basis"', '"basis": "basis", "of_a_later_version": 1'),
    ],
    ids=["deep list", "deep object", "deep inside", "huge number", "later version"],
)
def test_what_no_reader_takes_is_refused(file: Path, content: str) -> None:
    file.write_text(content)
    store = registry_of(file)
    assert store.get("7") is None
    assert [*store.unreadable] == ["7"]


def test_one_line_says_which_project_starts_untaught_and_no_text_of_it(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(VALID.replace('"basis": "basis"', '"basis": ["a secret text"]'))
    store = registry_of(file)
    for _ in range(3):
        assert store.get("7") is None
    [line] = caplog.messages
    assert "project 7 starts untaught" in line
    assert str(file) in line
    assert "secret" not in line
    assert "secret" not in store.unreadable["7"]


@pytest.mark.parametrize("name", ["model-aaaa", "model-bbbb"])
def test_the_next_version_takes_its_place_and_it_is_set_aside(file: Path, name: str) -> None:
    file.write_text("{")
    registry = registry_of(file)
    assert registry.get("7") is None
    assert registry.in_force("7") is None
    registry.put("7", fitted(name, STATE), registry.name_in_force("7"))
    assert registry.unreadable == {}
    read = registry_of(file).get("7")
    assert read is not None
    assert json.dumps(read.to_json()) == VALID
    [aside] = file.parent.glob("state.json.damaged-*")
    assert aside.read_text() == "{"


def test_an_admin_may_put_another_one_in_its_place(file: Path) -> None:
    registry_of(file).put("7", fitted("model-bbbb", STATE), "model-aaaa")
    other = file.parents[1] / "model-bbbb" / "state.json"
    other.write_text("{")
    registry = registry_of(file)
    assert registry.get("7") is None
    assert registry.use("7", "model-aaaa") == "model-bbbb"
    assert registry.unreadable == {}
    with pytest.raises(ValueError, match="unreadable"):
        registry.use("7", "model-bbbb")


@given(content=odd_values | st.binary(max_size=100) | st.just({"models": [{"name": "x"}]}))
@often
def test_a_register_that_cannot_be_read_is_none(file: Path, content: Any) -> None:
    register = file.parents[1] / "versions.json"
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    register.write_bytes(text)
    registry = registry_of(file)
    # What names no version at all can be read, and is a project without any.
    assert registry.get("7") is None
    assert registry.versions("7") == []


def test_a_register_is_set_aside_when_the_next_version_comes(file: Path) -> None:
    register = file.parents[1] / "versions.json"
    register.write_text("{")
    registry = registry_of(file)
    assert registry.get("7") is None
    assert [*registry.unreadable] == ["7"]
    registry.put("7", fitted("model-bbbb", STATE), None)
    assert names(registry_of(file), "7") == ["model-bbbb"]
    [aside] = register.parent.glob("versions.json.damaged-*")
    assert aside.read_text() == "{"


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"report": {}}', '{"report": {}, "beliefs": {"x": {"answer": 7}}}']
)
def test_without_its_beliefs_a_version_goes_on_and_one_line_says_so(
    file: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    belief = HeldOutResult(answer="positive", confidence=0.7, calibrated=True, parts={})
    registry = registry_of(file)
    registry.put("7", fitted("model-aaaa", STATE, {"x": belief}), "model-aaaa")
    (file.parent / "beliefs.json").write_text(content)
    found = registry_of(file).in_force("7")
    assert found is not None
    assert json.dumps(found.learned.to_json()) == VALID
    assert found.beliefs == {}
    [line] = caplog.messages
    assert "beliefs.json" in line
    assert "\n" not in line


def test_a_project_that_was_never_taught_is_none_of_these(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = VersionRegistry(tmp_path)
    assert store.get("7") is None
    assert store.unreadable == {}
    assert caplog.messages == []

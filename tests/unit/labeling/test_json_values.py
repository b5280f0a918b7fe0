"""JSON is read strictly: a value of another type is refused, and the refusal never quotes it."""

from collections.abc import Callable

import pytest

from labeling import json_values

REFUSED: list[tuple[Callable[[object], object], list[object]]] = [
    (json_values.text, [None, 1, True, ["a"], {}]),
    (json_values.truth, [None, 0, 1, "true"]),
    (json_values.number, [None, True, "1", [], float("nan"), float("inf"), 1e13, 10**400]),
    (json_values.count, [None, True, -1, 0.5, "1"]),
    (json_values.numbers, [None, 1, "12", {"a": 1}, [1, None], [[1]]]),
    (json_values.number_lists, [None, [1], [[1], None], [["1"]]]),
    (json_values.table, [None, [], "a", 1]),
]


@pytest.mark.parametrize(
    ("read", "value"), [(read, value) for read, values in REFUSED for value in values]
)
def test_another_type_is_a_value_error(read: Callable[[object], object], value: object) -> None:
    with pytest.raises(ValueError, match=r"expected|too large"):
        read(value)


def test_what_is_of_its_type_is_returned() -> None:
    assert json_values.text("a") == "a"
    assert json_values.truth(False) is False
    assert json_values.number(2) == 2.0
    assert json_values.count(2.0) == 2
    assert json_values.numbers([1, 2.5]) == (1.0, 2.5)
    assert json_values.number_lists([[1], []]) == ((1.0,), ())
    assert json_values.table({"a": 1}) == {"a": 1}
    assert json_values.record({"a": 1}, "a") == {"a": 1}
    assert json_values.optional(None, json_values.text) is None
    assert json_values.optional("a", json_values.text) == "a"


@pytest.mark.parametrize(
    ("value", "said"), [({}, "'a' is missing"), ({"a": 1, "b": 2}, "more in it")]
)
def test_a_record_has_exactly_its_keys(value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        json_values.record(value, "a")


def test_no_message_quotes_what_it_refuses() -> None:
    with pytest.raises(ValueError, match=r"^a number was expected, not str$"):
        json_values.number("a secret text")

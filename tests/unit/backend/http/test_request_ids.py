"""A request keeps the id that it came with, where that can be logged."""

import pytest

from backend.http.request_ids import request_id


def test_the_id_that_came_is_kept() -> None:
    assert request_id("7f3a-b.C_1") == "7f3a-b.C_1"


@pytest.mark.parametrize("given", [None, "", "two words", "a\nline", "x" * 65, "<script>"])
def test_what_may_not_be_logged_is_replaced_by_a_new_one(given: str | None) -> None:
    made = request_id(given)
    assert len(made) == 32
    assert made != request_id(given)

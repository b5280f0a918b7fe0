"""The scale benchmark runs whole campaigns, and tells what they cost by size."""

import json

import pytest

from bench.scale import main, run
from routing.guarantee.audit_test import Promise

pytestmark = pytest.mark.slow


def test_it_ends_with_one_object_of_every_size(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--sizes", "300", "3000", "--seeds", "4", "--json"])
    small, large = json.loads(capsys.readouterr().out.splitlines()[-1])["sizes"]
    assert (small["size"], large["size"]) == (300, 3000)
    for one in (small, large):
        assert one["seeds"] == 4
        assert one["review_share"] + one["audits"] / one["size"] + one["left"] == pytest.approx(1)
        assert 0 < one["look_seconds"] <= one["worst_look_seconds"]
        assert min(one[f"{what}_seconds"] for what in ("plan", "build", "order")) > 0


def test_larger_populations_cost_a_smaller_share(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--sizes", "500", "5000", "50000", "--seeds", "3", "--json"])
    sizes = json.loads(capsys.readouterr().out.splitlines()[-1])["sizes"]
    left = [one["left"] for one in sizes]
    audits = [one["audits"] / one["size"] for one in sizes]
    assert left == sorted(left)
    assert audits == sorted(audits, reverse=True)


def test_a_campaign_is_the_same_at_every_call() -> None:
    first, again = (run(Promise(400, 0.05, 0.05), seed=3) for _ in range(2))
    assert (first.reviews, first.audits, first.left) == (again.reviews, again.audits, again.left)
    assert len(first.look_seconds) >= 2
    assert first.reviews + first.audits + first.left == 400

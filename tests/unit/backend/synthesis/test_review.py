"""People's review: a sample drawn once, a share that holds for all, what is not used."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.synthesis.folder import GATES, PASSED, REVIEW
from backend.synthesis.generation.recipe import WrittenText
from backend.synthesis.review import (
    NAME,
    Review,
    asked_about,
    drawn,
    read_review,
    report,
    usable_texts,
    write_review,
)
from labeling.errors import SettingsError
from tests.support.synthetic_texts import written_texts

TEXTS = [*written_texts([0, 1] * 20)]
RIGHT = [one.recipe.label for one in TEXTS]


def said(*answers: tuple[int, Sequence[str]], number: int = 40) -> Review:
    """A review in which people answered some texts."""
    return Review(7, number, 0, {TEXTS[place].id: tuple(labels) for place, labels in answers})


def keep(folder: Path, texts: Sequence[WrittenText]) -> None:
    lines = (f"{json.dumps(one.to_json())}\n" for one in texts)
    (folder / PASSED).write_text("".join(lines), "utf-8")
    (folder / GATES).write_text('[{"name": "length"}]', "utf-8")


def test_a_text_is_confirmed_where_most_people_gave_it_its_label() -> None:
    right, wrong = RIGHT[0], RIGHT[1]
    for labels, expected in (
        ([right], True),
        ([wrong], False),
        ([right, wrong], False),
        ([right, wrong, right], True),
        ([], None),
    ):
        assert said((0, labels)).confirms(TEXTS[0]) is expected


def test_a_larger_sample_holds_the_smaller_one_and_another_seed_draws_another() -> None:
    small, large = drawn(TEXTS, 10, 0), drawn(TEXTS, 20, 0)
    assert large[:10] == small
    assert drawn(list(reversed(TEXTS)), 10, 0) == small
    assert drawn(TEXTS, 10, 1) != small
    assert {one.id for one in drawn(TEXTS, 99, 0)} == {one.id for one in TEXTS}


def test_what_people_refused_is_not_used_and_what_they_did_not_see_is(tmp_path: Path) -> None:
    keep(tmp_path, TEXTS)
    assert usable_texts(tmp_path) == TEXTS
    write_review(tmp_path, said((0, [RIGHT[1]]), (1, [RIGHT[1]])))
    assert usable_texts(tmp_path) == TEXTS[1:]
    write_review(tmp_path, said((0, [RIGHT[0]])))
    assert usable_texts(tmp_path) == TEXTS, "who answers anew is believed"


def test_the_review_stands_once_among_what_the_gates_did(tmp_path: Path) -> None:
    keep(tmp_path, TEXTS)
    for review in (said(), said((0, [RIGHT[0]]), (1, [RIGHT[0]]))):
        told = write_review(tmp_path, review)
        gates = json.loads((tmp_path / GATES).read_text("utf-8"))
        assert [one["name"] for one in gates] == ["length", NAME]
        assert gates[1] == told.to_json()
        assert read_review(tmp_path) == review
    assert (told.seen, told.refused) == (2, 1)
    assert told.figures["confirmed"] == 0.5
    assert 0 < told.figures["at least"] < 0.5 < told.figures["at most"] < 1


def test_the_share_is_that_of_the_sample_and_refusals_count_wherever_they_are() -> None:
    sample = {one.id for one in drawn(TEXTS, 5, 0)}
    places = [place for place, one in enumerate(TEXTS) if one.id not in sample]
    told = report(TEXTS, said((places[0], ["neither"]), number=5))
    assert (told.seen, told.refused) == (1, 1)
    assert np.isnan(told.figures["confirmed"])


def test_the_interval_holds_the_share_of_all_texts_as_often_as_it_says() -> None:
    texts = [replace(one, id=f"text {place}") for place, one in enumerate(TEXTS * 25)]
    generator, missed = np.random.default_rng(0), 0
    for seed in range(200):
        is_right = generator.random(len(texts)) < 0.7
        labels = {
            one.id: (one.recipe.label if right else "neither",)
            for one, right in zip(texts, is_right, strict=True)
        }
        asked = {one.id: labels[one.id] for one in drawn(texts, 60, seed)}
        told = report(texts, Review(7, 60, seed, asked))
        share = is_right.mean()
        missed += not told.figures["at least"] <= share <= told.figures["at most"]
    assert missed <= 0.05 * 200


def test_what_was_to_be_hard_to_tell_is_asked_first_and_used_once_confirmed(
    tmp_path: Path,
) -> None:
    hard = [replace(one, recipe=replace(one.recipe, rival="other")) for one in TEXTS[:6]]
    texts = [*hard, *TEXTS[6:]]
    keep(tmp_path, texts)
    assert asked_about(texts, 10, 0) == [*hard, *drawn(texts, 4, 0)]
    assert asked_about(texts, 4, 0) == hard[:4]
    assert usable_texts(tmp_path) == TEXTS[6:], "nobody was asked yet"
    told = write_review(tmp_path, said((0, [RIGHT[0]]), (1, ["neither"]), number=10))
    assert usable_texts(tmp_path) == [hard[0], *TEXTS[6:]]
    assert (told.seen, told.refused) == (2, 1)
    assert told.figures["confirmed of those that were to be hard to tell"] == 0.5
    assert np.isnan(told.figures["confirmed"]), "they are no sample of the others"


def test_a_file_that_is_no_review_is_one_line(tmp_path: Path) -> None:
    (tmp_path / REVIEW).write_text("{}", "utf-8")
    with pytest.raises(SettingsError, match="no review of this version"):
        read_review(tmp_path)

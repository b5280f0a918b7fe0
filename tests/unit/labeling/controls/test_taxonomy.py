"""`Taxonomy`: which places of a tree can be picked, and how they are written."""

import pytest

from labeling.controls import Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse
from tests.support.label_configs import on_text

TREE = """<Choice value="Sports" hint="games">
  <Choice value="Football" alias="ball" hint="eleven a side"/><Choice value="Tennis"/>
</Choice>
<Choice value="Other"><Choice value="Football"/></Choice>"""


def taxonomy(attributes: str = "", tree: str = TREE) -> Control:
    return parse(
        on_text(f'<Taxonomy name="t" toName="text" {attributes}>{tree}</Taxonomy>')
    ).controls[0]


def test_every_level_can_be_picked_depth_first() -> None:
    found = [(one.value, one.text, one.hint) for one in taxonomy().candidates]

    assert found == [
        ('[["Sports"]]', "Sports", "games"),
        ('[["Sports","ball"]]', "Sports > Football", "eleven a side"),
        ('[["Sports","Tennis"]]', "Sports > Tennis", ""),
        ('[["Other"]]', "Other", ""),
        ('[["Other","Football"]]', "Other > Football", ""),
    ]


def test_only_leaves_can_be_picked_where_the_config_says_so() -> None:
    control = taxonomy('leafsOnly="true"')

    assert [one.text for one in control.candidates] == [
        "Sports > Football",
        "Sports > Tennis",
        "Other > Football",
    ]
    with pytest.raises(AnswerError):
        control.encode('[["Sports"]]')


def test_places_are_stored_as_paths_of_aliases() -> None:
    (region,) = taxonomy().encode('[["Sports","ball"],["Other"]]')

    assert region["type"] == "taxonomy"
    assert region["value"] == {"taxonomy": [["Sports", "ball"], ["Other"]]}


def test_places_are_read_in_the_config_s_order() -> None:
    region = {"from_name": "t", "type": "taxonomy", "value": {"taxonomy": [["Other"], ["Sports"]]}}

    assert taxonomy().decode([region]) == '[["Sports"],["Other"]]'


def test_more_places_than_may_be_picked_are_refused() -> None:
    region = taxonomy().encode('[["Sports"],["Other"]]')[0]

    with pytest.raises(AnswerError, match="2 places where at most 1"):
        taxonomy('maxUsages="1"').decode([region])
    with pytest.raises(AnswerError, match="at most 1"):
        taxonomy('maxUsages="1"').encode('[["Sports"],["Other"]]')


@pytest.mark.parametrize(
    "attribute", ['value="$tree"', 'apiUrl="/tree"', 'perRegion="true"', 'labeling="true"']
)
def test_variants_that_it_cannot_answer_are_left_to_people(attribute: str) -> None:
    with pytest.raises(LabelConfigError, match="only Taxonomy 't'"):
        taxonomy(attribute)


@pytest.mark.parametrize(
    ("attributes", "tree", "complaint"),
    [
        ("", "", "it has no choices"),
        ("", "<Choice/>", "no value"),
        ("", '<Choice value="a"><Choice value="b"/><Choice value="b"/></Choice>', "'b' is there 2"),
        ('maxUsages="0"', TREE, "whole number from 1 on"),
        ('maxUsages="many"', TREE, "not a number"),
    ],
)
def test_a_broken_tag_is_named_in_one_line(attributes: str, tree: str, complaint: str) -> None:
    with pytest.raises(LabelConfigError, match=complaint) as refusal:
        taxonomy(attributes, tree)

    assert "Taxonomy 't'" in str(refusal.value)

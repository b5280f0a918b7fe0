"""What a label config means: looks count for nothing, everything else does, and is named."""

import pytest

from labeling.form.meaning import differences, meaning_digest

CONFIG = """<View>
  <Header value="What is the mood?"/>
  <Text name="text" value="$text"/>
  <Choices name="mood" toName="text" choice="single" required="true">
    <Choice value="positive" hotkey="1"/>
    <Choice value="negative"/>
  </Choices>
  <View visibleWhen="choice-selected" whenTagName="mood" whenChoiceValue="negative">
    <Rating name="rating" toName="text" maxRating="5"/>
  </View>
</View>"""


class TestLooks:
    @pytest.mark.parametrize(
        ("was", "now"),
        [
            ('hotkey="1"', 'hotkey="p" background="#00ff00"'),
            ('value="negative"/>', 'value="negative" selected="false"/>'),
            ('<Text name="text"', '<Text size="large" style="margin: 1em" name="text"'),
            ('name="mood" toName="text"', 'toName="text" name="mood" layout="inline"'),
            ("</Choices>", "<!-- two will do -->\n\n</Choices>"),
            ('required="true"', 'required="true" requiredMessage="Please choose"'),
            ("maxRating", "maxrating"),
            ('toName="text" maxRating', 'toname="text" maxrating'),
            ("<Choices", '<Filter name="find" toName="mood"/><Choices'),
        ],
    )
    def test_change_no_meaning(self, was: str, now: str) -> None:
        changed = CONFIG.replace(was, now)
        assert changed != CONFIG
        assert differences(CONFIG, changed) == []
        assert meaning_digest(changed) == meaning_digest(CONFIG)

    def test_the_order_of_choices_is_one_of_them(self) -> None:
        one, other = '<Choice value="positive" hotkey="1"/>', '<Choice value="negative"/>'
        swapped = CONFIG.replace(one, "#").replace(other, one).replace("#", other)
        assert differences(CONFIG, swapped) == []

    def test_a_layout_around_a_control_is_one_of_them(self) -> None:
        framed = CONFIG.replace("<Choices", '<View style="x"><Choices')
        framed = framed.replace("</Choices>", "</Choices></View>")
        assert differences(CONFIG, framed) == []


class TestMeaning:
    @pytest.mark.parametrize(
        ("was", "now", "said"),
        [
            (
                "</Choices>",
                '<Choice value="other"/></Choices>',
                "choice 'other' was added to 'mood'",
            ),
            ('<Choice value="negative"/>', "", "choice 'negative' was removed from 'mood'"),
            (
                'value="negative"/>',
                'value="bad"/>',
                "choice 'negative' of 'mood' was renamed to 'bad'",
            ),
            (
                'value="negative"/>',
                'value="negative" hint="or sad"/>',
                "hint of choice 'negative' of 'mood' changed",
            ),
            ('required="true"', "", "required of 'mood' changed"),
            ('choice="single"', 'choice="multiple"', "choice of 'mood' changed"),
            ("$text", "$body", "value of 'text' changed"),
            ('maxRating="5"', 'maxRating="3"', "maxrating of 'rating' changed"),
            ('whenChoiceValue="negative"', "", "whenchoicevalue of 'rating' changed"),
            ("the mood?", "not the mood?", "title of 'mood' changed"),
            (
                '<Rating name="rating" toName="text" maxRating="5"/>',
                "",
                "rating 'rating' was removed",
            ),
            (
                "</View>\n</View>",
                '</View><Number name="n" toName="text"/></View>',
                "number 'n' was added",
            ),
            ('<Rating name="rating"', '<Number name="rating"', "'rating' was rating and is number"),
        ],
    )
    def test_is_named_where_it_changed(self, was: str, now: str, said: str) -> None:
        changed = CONFIG.replace(was, now)
        assert differences(CONFIG, changed) == [said]
        assert meaning_digest(changed) != meaning_digest(CONFIG)

    def test_of_a_taxonomy_is_told_by_its_paths(self) -> None:
        before = """<View><Text name="t" value="$t"/><Taxonomy name="x" toName="t">
          <Choice value="Animal"><Choice value="Cat"/><Choice value="Dog"/></Choice>
          <Choice value="Plant"/></Taxonomy></View>"""
        after = before.replace('<Choice value="Dog"/>', "")
        assert differences(before, after) == ["choice 'Animal > Dog' was removed from 'x'"]

    def test_of_an_alias_is_what_is_stored(self) -> None:
        renamed = CONFIG.replace('value="negative"/>', 'value="Bad" alias="negative"/>')
        assert differences(CONFIG, renamed) == [
            "alias of choice 'negative' of 'mood' changed",
            "value of choice 'negative' of 'mood' changed",
        ]

"""Every strategy has a name in the settings, and the other way round."""

from typing import get_args

from labeling.settings.policy_section import SelectionName
from routing.selection.registry import STRATEGIES


def test_the_settings_name_every_strategy() -> None:
    assert {*get_args(SelectionName)} == {*STRATEGIES}

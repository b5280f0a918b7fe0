"""What an annotator cannot be asked is refused in one line, before a pass does anything."""

import pytest

from labeling.errors import SettingsError
from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.annotator.ask import require_one_choice
from tests.support.label_configs import choices

ONE = choices(["positive", "negative"])
SEVERAL = ONE.replace("single", "multiple")
WITH = Settings.model_validate({"annotator": {"name": "large-model"}})


def test_one_choice_may_be_asked_of_it() -> None:
    require_one_choice(parse(ONE), WITH)


def test_more_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"one choice of labels alone \(annotator.name\)"):
        require_one_choice(parse(SEVERAL), WITH)


def test_without_one_anything_may_be_asked() -> None:
    require_one_choice(parse(SEVERAL), Settings())

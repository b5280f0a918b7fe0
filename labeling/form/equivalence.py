"""Which answers say the same, and which controls must be right: the policy per control."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labeling.answers.similarity import similarity
from labeling.answers.types import CHOICES, AnswerType
from labeling.controls import Control
from labeling.errors import SettingsError
from labeling.form.form import Form
from labeling.settings.sections import ControlSettings
from labeling.suggestion import closest

LEAST_LIKE = {AnswerType.TEXT: 0.5}
"""How alike two answers of one type must be to say the same, where no setting says; else 1."""

NOT_COUNTED = frozenset({AnswerType.TEXT})
"""Kinds that do not count towards a task's error, where no setting says: two people hardly ever
write the same text."""


@dataclass(frozen=True)
class Equivalence:
    """How the answers of one form are compared.

    Attributes:
        form: The form.
        settings: What is set of its controls, by their names.
    """

    form: Form
    settings: Mapping[str, ControlSettings] = field(default_factory=dict)

    def counts(self, control: Control) -> bool:
        """Return whether a task is wrong where this control's answer is.

        Where nothing else is asked, it counts whatever its answer type.
        """
        setting = self._of(control).counts
        is_counted = control.inner.answer_type not in NOT_COUNTED if setting is None else setting
        return is_counted or self.form.only is not None

    def is_subjective(self, control: Control) -> bool:
        """Return whether a control asks for an opinion, so that no answer is the one truth."""
        return self._of(control).subjective

    @property
    def asks_for_opinion(self) -> bool:
        """Whether all that the form asks for is an opinion, by one control."""
        return self.form.only is not None and self.is_subjective(self.form.only)

    def least(self, control: Control) -> float:
        """Return how alike, from 0 to 1, two answers must be to say the same."""
        setting = self._of(control).agreement
        return LEAST_LIKE.get(control.inner.answer_type, 1.0) if setting is None else setting

    def similarity(self, control: Control, one: str, other: str) -> float:
        """Return how far two answers of a control say the same, from 0 to 1.

        Args:
            control: A control of the form.
            one: An answer of it.
            other: Another answer of it.

        Returns:
            The similarity, in [0, 1].
        """
        if one == other:
            return 1.0
        return similarity(
            control.answer_type,
            one,
            other,
            steps=len(control.inner.candidates),
            spread=self._of(control).spread,
            inner=control.inner.answer_type,
        )

    def is_same(self, control: Control, one: str | None, other: str | None) -> bool:
        """Return whether two answers of a control say the same; None: it was not answered.

        Args:
            control: A control of the form.
            one: An answer of it.
            other: Another answer of it.

        Returns:
            Whether the two are similar enough.
        """
        if one is None or other is None:
            return one == other
        return one == other or self.similarity(control, one, other) >= self.least(control)

    def is_same_answer(self, one: str, other: str) -> bool:
        """Return whether two answers of the form say the same, as far as its controls count.

        Args:
            one: An answer.
            other: Another answer.

        Returns:
            Whether they say the same in every control that counts.

        Raises:
            AnswerError: One is no answer of the form.
        """
        if one == other:
            return True
        first, second = self.form.answers(one), self.form.answers(other)
        return all(
            self.is_same(control, first.get(control.from_name), second.get(control.from_name))
            for control in self.form.controls
            if self.counts(control)
        )

    def require_fitting_settings(self) -> None:
        """Refuse settings of controls that the form lacks, or that a control cannot have.

        Raises:
            SettingsError: There is no control of that name, or it asks for more than one choice and
                is to be subjective.
        """
        names = [control.from_name for control in self.form.controls]
        for name in self.settings:
            if name not in names:
                meant = closest(name, names)
                raise SettingsError(
                    f"The label config has no control {name!r} that Tandem answers",
                    where=f"controls.{name}",
                    hint=f"Did you mean {meant}?" if meant else f"Name one of: {', '.join(names)}.",
                )
        for control in self.form.controls:
            if self.is_subjective(control) and control.answer_type not in CHOICES:
                raise SettingsError(
                    f"{control.from_name!r} asks for more than one choice out of several, a step of"
                    " a scale or a side, so it cannot be subjective",
                    where=f"controls.{control.from_name}.subjective",
                    hint="Leave it out.",
                )

    def _of(self, control: Control) -> ControlSettings:
        return self.settings.get(control.from_name, ControlSettings())

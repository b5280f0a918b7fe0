"""What was learned about a project: all that is fitted, and what it was fitted under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.calibration.calibrators import Calibrator, calibrator_from_json
from backend.calibration.control_model import ControlModel
from backend.calibration.trial import require_calibrator
from labeling.json_values import optional, record, table, text


@dataclass(frozen=True, slots=True)
class LearnedState:
    """What `POST /learn` made of a project.

    Attributes:
        instruction: What the project tells its annotators.
        basis: Digest of model, prompt and label config that the rest was fitted under.
        content: Digest of the texts and answers that the rest was fitted on, and of the methods.
        controls: What was fitted for each control, by its name; those with nothing are left out.
        whole: Whether all of an answer is right, where several controls make it: calibrates
            `[right, wrong]`; None: too few answers, or one control.
        embedding: Digest of the embedding model that the calibration pipelines were fitted with, if
            any.
    """

    instruction: str
    basis: str = ""
    content: str = ""
    controls: Mapping[str, ControlModel] = field(default_factory=dict)
    whole: Calibrator | None = None
    embedding: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "instruction": self.instruction,
            "basis": self.basis,
            "content": self.content,
            "controls": {
                name: control_model.to_json() for name, control_model in self.controls.items()
            },
            "whole": self.whole and self.whole.to_json(),
            "embedding": self.embedding,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "LearnedState":
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "instruction", "basis", "content", "controls", "whole", "embedding")
        whole = optional(found["whole"], calibrator_from_json)
        require_calibrator(whole)
        return cls(
            instruction=text(found["instruction"]),
            basis=text(found["basis"]),
            content=text(found["content"]),
            controls={
                name: ControlModel.from_json(one) for name, one in table(found["controls"]).items()
            },
            whole=whole,
            embedding=optional(found["embedding"], text),
        )

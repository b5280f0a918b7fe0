"""Labelled projects, for what is exported of them: made by hand, with no servers behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from labeling.form.form import Form, parse
from routing.ledger.records import LedgerAnnotation, LedgerPrediction, LedgerState, LedgerTask
from routing.studio.models import StudioTask
from tandem.export.labelled_dataset import LabelledDataset, labelled_dataset_of
from tandem.export.outcome import ProjectOutcome, conclude
from tandem.export.split_request import SplitRequest
from tests.support import observed_tasks
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import PEOPLE, snapshot_of

SPANS = """<View><Text name="text" value="$text"/><Labels name="who" toName="text">
<Label value="PER"/><Label value="Big place"/></Labels></View>"""
SEVERAL = """<View><Text name="text" value="$text"/>
<Choices name="topics" toName="text" choice="multiple"><Choice value="price"/><Choice value="été"/>
</Choices></View>"""
EVERYTHING = """<View><Text name="text" value="$text"/>
<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
<Choices name="topics" toName="text" choice="multiple"><Choice value="price"/><Choice value="été"/>
</Choices><Rating name="stars" toName="text" maxRating="5"/>
<Taxonomy name="place" toName="text"><Choice value="Sport"><Choice value="Ball"/></Choice>
</Taxonomy>
<Number name="amount" toName="text"/><TextArea name="said" toName="text"/>
<Labels name="who" toName="text"><Label value="PER"/></Labels></View>"""
WRITTEN = """<View><Text name="text" value="$text"/><TextArea name="said" toName="text"/></View>"""


@dataclass(frozen=True)
class LabelledProject:
    """A project: texts by task, votes on each, what the model believes, controls of opinion."""

    texts: Mapping[int, str]
    votes: Mapping[int, Sequence[str]]
    config: str = SENTIMENT
    beliefs: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    data: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    subjective: Sequence[str] = ()

    @property
    def form(self) -> Form:
        """What it asks."""
        return parse(self.config)

    @property
    def outcome(self) -> ProjectOutcome:
        """What is known of it; Ada votes first, then Ben."""
        controls = {name: {"subjective": True} for name in self.subjective}
        return conclude(snapshot_of(self._state, form=self.form, controls=controls))

    @property
    def tasks(self) -> list[StudioTask]:
        """Its tasks, as Label Studio has them."""
        return [
            replace(observed_tasks.task(task), data={"text": text, **self.data.get(task, {})})
            for task, text in self.texts.items()
        ]

    def labelled(
        self, request: SplitRequest | None = None, *, with_names: bool = False
    ) -> LabelledDataset:
        """What can be trained on."""
        return labelled_dataset_of(
            self.outcome, self.tasks, request or SplitRequest(), with_names=with_names
        )

    @property
    def _state(self) -> LedgerState:
        known = {task: LedgerTask(task, 1, False, NOON) for task in self.texts}
        believed = [
            LedgerPrediction(task, task, "m-1", label, one[label], one[label], "platt:40", one)
            for task, one in self.beliefs.items()
            if (label := max(one, key=lambda name: one[name]))
        ]
        return LedgerState(known, believed, self._annotations, {}, [], [], texts=dict(self.texts))

    @property
    def _annotations(self) -> list[LedgerAnnotation]:
        return [
            _annotation(10 * task + place, task, (ADA, BEN)[place], label)
            for task, labels in self.votes.items()
            for place, label in enumerate(labels)
        ]


def sentiments(count: int, **known: Mapping[int, Mapping[str, object]]) -> LabelledProject:
    """A project of different texts, of which one in four is negative."""
    texts = {
        task: f"{task * 7919} is what number {task} says of {task * 31}"
        for task in range(1, count + 1)
    }
    votes = {task: ["negative" if task % 4 == 0 else "positive"] for task in texts}
    return LabelledProject(texts, votes, **known)  # type: ignore[arg-type]


def _annotation(id_: int, task: int, by: int, label: str) -> LedgerAnnotation:
    at = NOON + timedelta(minutes=id_)
    return LedgerAnnotation(
        id=id_,
        task=task,
        worker_id=by,
        worker=PEOPLE[by],
        answer=label,
        result=[],
        kind="person",
        stray=False,
        was_cancelled=False,
        lead_time=4.5,
        created_at=at,
        updated_at=at,
        unique_id=None,
        parent_prediction=None,
    )

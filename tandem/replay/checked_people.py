"""People among whose answers control tasks stand: who is proved careless is asked no more.

The controller's own functions decide who is given which control task, who is watched, and who is
paused. What people are given they answer at once. Flags of rules are left out.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.skill import SkillPosterior, control_share
from labeling.settings.quality_section import QualitySettings
from routing.control_tasks.mixing import Mixed, new_pairs
from routing.ledger.people import PersonEvent, states_of
from routing.ledger.records import LedgerAnnotation
from routing.people.states import ASKED, state_of
from routing.people.supervise import supervise
from tandem.replay.people import ControlVote, GivenVote, People

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class CheckedPeople:
    """People whose work is checked.

    Args:
        people: Who answers, and in which order they are asked.
        said: What each of them says of each item whose label is known, by their name.
        quality: How their work is checked.
        seed: Decides who is given which control task.

    Attributes:
        answers: What they said of control tasks so far; a worker is numbered by the order of
            `said`.
        events: What became of them.
    """

    def __init__(
        self,
        people: People,
        said: Mapping[str, Sequence[ControlVote]],
        quality: QualitySettings,
        seed: int,
    ) -> None:
        self._people, self._quality, self._seed = people, quality, seed
        self._names = list(said)
        self._said = {(one.control, one.worker): one for own in said.values() for one in own}
        self._controls = sorted({control for control, _ in self._said})
        self._since: Counter[str] = Counter()
        self._now = START
        self.answers: list[ControlAnswer] = []
        self.events: list[PersonEvent] = []

    @property
    def number(self) -> int:
        """How many people may be asked about one item, at most."""
        return self._people.number

    @property
    def paused(self) -> Mapping[str, int]:
        """After how many control tasks each person was paused who was, by name."""
        given = Counter(one.worker for one in self.answers)
        return {
            self._names[one.worker]: given[one.worker]
            for one in self.events
            if one.state == "paused"
        }

    def absent(self, item: int) -> Collection[int]:
        """Return the places of an item that nobody fills."""
        return self._people.absent(item)

    def votes(self, item: int, answered: Collection[int], wanted: int) -> Sequence[GivenVote]:
        """Ask about an item those who are not paused, as `People.votes` says.

        Args:
            item: The item, from 0.
            answered: The places of those who answered it, or who never will.
            wanted: How many votes are asked for.

        Returns:
            The votes.
        """
        everybody = self._people.votes(item, answered, self.number)
        return [one for one in everybody if one.worker not in self.paused][:wanted]

    def look(self, given: Sequence[LedgerAnnotation]) -> Sequence[ControlVote]:
        """Give people the control tasks that are due, and look at what they say.

        Args:
            given: What they answered since the last look.

        Returns:
            What they said of control tasks by now.
        """
        self._since.update(one.worker for one in given)
        self._ask(Counter(one.worker for one in given if one.blind))
        self.events += supervise(self.events, self.answers, [], self._quality, self._now)
        return [self._said[one.control, self._names[one.worker]] for one in self.answers]

    def _ask(self, blind: Mapping[str, int]) -> None:
        """Have everybody answer the control tasks that are due beside what they answered."""
        states = states_of(self.events)
        pairs = new_pairs(
            [
                Mixed(
                    place,
                    self._share(place),
                    self._since[name],
                    blind.get(name, 0),
                    is_watched=state_of(states, place) == "watched",
                )
                for place, name in enumerate(self._names)
                if state_of(states, place) in ASKED
            ],
            self._controls,
            {(one.control, one.worker): False for one in self.answers},
            (),
            exposures=self._quality.exposures,
            seed=self._seed,
        )
        for control, place in pairs:
            vote = self._said[control, self._names[place]]
            self._now += timedelta(seconds=1)
            self._since[vote.worker] = 0
            is_right = vote.label == vote.known
            self.answers.append(
                ControlAnswer(place, control, str(vote.label), is_right, 1.0, self._now)
            )

    def _share(self, place: int) -> float:
        """Return the share of control tasks among somebody's answers."""
        own = [one.is_right for one in self.answers if one.worker == place]
        quality = self._quality
        if state_of(states_of(self.events), place) == "watched":
            return quality.controls_most
        known = SkillPosterior(sum(own), len(own) - sum(own))
        return control_share(known, least=quality.controls_least, most=quality.controls_most)

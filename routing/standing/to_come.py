"""The human labels to come of a project, forecast once for the same facts.

A forecast plays the rest of the project many times over, which takes longer than all else that a
pass does where nothing changed.
"""

from collections import Counter

from labeling.hashing import digest_of
from routing.facts.project import ProjectFacts
from routing.ledger.forecasts import last_forecast, record_forecast
from routing.planning.effort import labels_to_come
from routing.snapshot.snapshot import Snapshot


def forecast_labels(snapshot: Snapshot) -> dict[str, int] | None:
    """Forecast the human labels that the promise and all audits still take.

    Args:
        snapshot: The project.

    Returns:
        `expected`, and the `low` and the `high` end of the interval; None where it cannot be told
        yet.
    """
    ledger, digest = snapshot.ledger, facts_digest(snapshot.facts)
    ahead = last_forecast(ledger, digest)
    if ahead is None and (ahead := labels_to_come(snapshot.facts)) is not None:
        record_forecast(ledger, digest, ahead)
    if ahead is None:
        return None
    return dict(zip(("expected", "low", "high"), map(round, ahead), strict=True))


def facts_digest(facts: ProjectFacts) -> str:
    """Return a SHA-256, in hex, that is another one where a forecast may be.

    It is made of counts and of the latest of everything, in little time however much there is.
    """
    state = facts.state
    return digest_of(
        facts.settings.model_dump_json(include={"policy", "aggregation", "costs", "controls"}),
        repr(list(facts.reviewers)),
        facts.equivalence.form.digest,
        repr((len(state.tasks), len(state.predictions), len(state.annotations))),
        repr(len(state.annotator_labels)),
        repr(max((one.id for one in state.predictions), default=None)),
        repr(sum(one.confidence or 0.0 for one in state.predictions)),
        repr(max(((one.updated_at, one.id) for one in state.annotations), default=None)),
        repr(max(((one.decided_at, one.task) for one in state.decisions.values()), default=None)),
        repr(Counter((one.kind, one.votes) for one in state.decisions.values())),
        repr(Counter((one.population, one.kind, one.state) for one in state.checks)),
        repr([(one.number, one.kept_at) for one in state.populations]),
        repr([one.number for one in state.rounds[-1:]]),
        repr(sorted(Counter(one.group_value for one in state.tasks.values()).items(), key=repr)),
    )
